"""How a cell may be written otherwise and still mean the same: each function takes a text and gives another."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from benchmarks.rewritings.files import Shown
from expectations.contracts.model import PERSON_KINDS, Kind

Write = Callable[[str], str]
SERIAL_ORIGIN = date(1899, 12, 30)
FIRST_SERIAL = date(1900, 3, 1)
"""Days before it have no serial that every spreadsheet counts alike."""
NUMBERS = frozenset({Kind.YUAN, Kind.WAN_YUAN, Kind.PERCENT, Kind.SQUARE_METRES, Kind.INTEGER})
DIGITS = frozenset({Kind.CODE, Kind.MONTH, Kind.INTEGER, Kind.YUAN, Kind.WAN_YUAN, Kind.PERCENT, Kind.SQUARE_METRES})
IDENTIFIERS = PERSON_KINDS | {Kind.FIRM_CODE, Kind.ACCOUNT, Kind.CODE}
_RADICALS = "⻅见⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻥鱼⻦鸟⻨麦⻩黄⻰龙⻬齐⻮齿"
"""Simplified radicals beside the characters that they look like; Unicode folds none of them."""


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None


def day(write: Callable[[date], str]) -> Write:
    """Writes a day, or the first day of a month; another text stays as it is."""

    def written(text: str) -> str:
        read = _read_day(text)
        return text if read is None else write(read)

    return written


def serial(day_: date) -> str:
    return str((day_ - SERIAL_ORIGIN).days) if day_ >= FIRST_SERIAL else day_.isoformat()


def number(write: Callable[[Decimal], str]) -> Write:
    """Writes a number; another text stays as it is."""

    def written(text: str) -> str:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return text
        return write(value) if value.is_finite() else text

    return written


def plain(value: Decimal) -> str:
    return f"{value:f}"


def shortest(value: Decimal) -> str:
    """320.00 as 320, 320.50 as 320.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_float(text: str) -> str:
    """A whole number as a data frame with a gap writes it."""
    return f"{text}.0" if text.isdecimal() and not text.startswith("0") else text


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spread(text: str, blank: str = " ") -> str:
    """张三 as 张 三."""
    return blank.join(text) if len(text) == 2 else text


def inside(text: str, character: str) -> str:
    return text[:1] + character + text[1:] if len(text) > 1 else text


def in_fours(text: str) -> str:
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if text.isdecimal() else text


def _folded(characters: range) -> dict[int, str]:
    """Characters that Unicode folds into one common character, by that character."""
    pairs = ((unicodedata.normalize("NFKC", chr(code)), chr(code)) for code in characters)
    return {ord(common): other for common, other in pairs if len(common) == 1 and "\u4e00" <= common <= "\u9fff"}


RADICALS = _folded(range(0x2F00, 0x2FD6)) | {ord(_RADICALS[i + 1]): _RADICALS[i] for i in range(0, len(_RADICALS), 2)}
COMPATIBLE = _folded(range(0xF900, 0xFADA))


# Cells of a workbook: what they hold and how it is shown. Null: as text.


def day_shown(number_format: str) -> Callable[[str], Shown | None]:
    def shown(text: str) -> Shown | None:
        read = _read_day(text)
        return (read, number_format) if read is not None and read >= FIRST_SERIAL else None

    return shown


def zero_for_empty(number_format: str) -> Callable[[str], Shown | None]:
    """What a look-up of an empty cell leaves: 0, which a date's format shows as 1900-01-00."""
    write = day_shown(number_format)
    return lambda text: write(text) if text else (0, number_format)


def number_shown(number_format: str, unit: int = 1) -> Callable[[str], Shown | None]:
    """A number under a format; `unit` is what the format multiplies by when it shows it."""

    def shown(text: str) -> Shown | None:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return None
        return (float(value / unit), number_format) if value.is_finite() else None

    return shown


def padded(text: str) -> Shown | None:
    """Digits with leading zeros as a number under a format of as many zeros; longer ones would lose digits."""
    return (int(text), "0" * len(text)) if text.isdecimal() and len(text) <= 15 else None
