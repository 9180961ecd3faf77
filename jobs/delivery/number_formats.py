"""Number formats of spreadsheets: what a stored number says to whoever looks at the sheet, as a text with nothing rounded away.

0.5 under 0% says 50%, 123 under 00000000 says 00000123, and 0 under a date says nothing. What only decorates (separators,
currency signs, places) leaves the number as it is stored: under #,##0 it loses no cents.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import pairwise

from expectations.contracts.model import Field, Kind


class Use(Enum):
    """What a column's numbers are read for: a date format over amounts is a slip, and of a certificate its very form counts."""

    AMOUNT = "amount"
    SUM = "sum"  # an amount that its row is about: each cell counts once, over however many rows it is merged
    SHARE = "share"
    DAY = "day"
    TEXT = "text"


_USES = {
    Kind.YUAN: Use.AMOUNT, Kind.WAN_YUAN: Use.AMOUNT, Kind.INTEGER: Use.AMOUNT, Kind.SQUARE_METRES: Use.AMOUNT,
    Kind.PERCENT: Use.SHARE, Kind.DATE: Use.DAY, Kind.MONTH: Use.DAY,
}  # fmt: skip


def use_of(field: Field) -> Use:
    return Use.SUM if field.essential and field.kind in (Kind.YUAN, Kind.WAN_YUAN) else _USES.get(field.kind, Use.TEXT)


_MONTH, _MONTH_DAY, _CLOCK = 'yyyy"年"m"月"', 'm"月"d"日"', 'h"时"mm"分"'
_BUILT_IN = {
    2: "0.00", 4: "#,##0.00", 7: "$#,##0.00", 8: "$#,##0.00", 39: "#,##0.00", 40: "#,##0.00", 43: "#,##0.00", 44: "$#,##0.00",
    9: "0%", 10: "0.00%", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    # Those of a Chinese spreadsheet, which states them nowhere in the file.
    27: _MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"', 32: _CLOCK, 33: 'h"时"mm"分"ss"秒"', 34: _CLOCK,
    35: 'h"时"mm"分"ss"秒"', 36: _MONTH, 50: _MONTH, 51: _MONTH_DAY, 52: _MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY, 55: _CLOCK,
    56: 'h"时"mm"分"ss"秒"', 57: _MONTH, 58: _MONTH_DAY,
}  # fmt: skip
"""Formats by number that a file need not spell out and that change what a number says."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|(?P<space>[_*].)|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<when>[<>=]+-?[\d.]+)\]|(?P<bracket>\[[^\]]*\])'
    r"|(?P<general>General|G/通用格式|@)|(?P<science>E[+-])|(?P<day>AM/PM|A/P|上午/下午|y+|e+|m+|d+|h+|s+|aaa+)"
    r"|(?P<digits>[0#?]+)|(?P<comma>,)|(?P<point>\.)|(?P<percent>%)|(?P<end>;)|(?P<text>.)",
    re.IGNORECASE | re.DOTALL,
)
_TEXT_ITSELF = ("general", "@")
_LITERALS = ("quoted", "escaped", "text")
_DECORATION = frozenset(" ¥￥$€元()+-")
_UNIT = re.compile(r"\s*([十百千]?)([万亿]?)(?:元|圆)?\s*")
_MAGNITUDE = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_COMPARE = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "=": float.__eq__, "<>": float.__ne__}
_WAN = 10_000
_TENTH = re.compile(r"(?:19|20)\d\d\.1")
"""A year and its tenth month as a number, which has no zero at its end: under 0.00 the sheet shows 2017.10, else 2017.1."""
_ORIGIN = datetime(1899, 12, 30)
_FIRST_SERIAL = 61  # 1900-03-01: below it spreadsheets count a day that never was, and what stands there is no day
_LAST_SERIAL = 2_958_465  # 9999-12-31
_FROM_1904 = 1_462


@dataclass(frozen=True)
class Section:
    """One of the formats that a code gives by a number's sign or size: its parts, each a kind of token and its text."""

    parts: tuple[tuple[str, str], ...]
    when: str = ""

    def applies(self, value: float) -> bool:
        found = re.match(r"([<>=]+)(.*)", self.when)
        return found is None or _COMPARE[found[1]](value, float(found[2]))

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.parts)

    @cached_property
    def is_day(self) -> bool:
        return self.has("day", "elapsed")

    @cached_property
    def literal(self) -> str:
        return "".join(text for kind, text in self.parts if kind in _LITERALS)

    @cached_property
    def is_fraction(self) -> bool:
        return self.has("digits") and ("text", "/") in self.parts

    @cached_property
    def scale(self) -> int:
        """What the number is divided by: a thousand for each comma behind the last digit, ten for each digit behind a written point."""
        last = max((i for i, (kind, _) in enumerate(self.parts) if kind == "digits"), default=-1)
        commas = 0
        while last + 1 + commas < len(self.parts) and self.parts[last + 1 + commas][0] == "comma":
            commas += 1
        places = 0
        for before, (kind, text), (_, digits) in zip(self.parts, self.parts[1:], self.parts[2:], strict=False):
            if kind in _LITERALS and text == "." and before[0] == "digits":
                places = len(digits)
        return int(1000**commas * 10**places)

    @cached_property
    def has_two_places(self) -> bool:
        """Are two digits shown behind the point, zeros or not?"""
        behind = [then for (kind, _), then in pairwise(self.parts) if kind == "point"]
        return behind == [("digits", "00")] and not self.has("science")

    @cached_property
    def unit(self) -> int:
        """What the unit beside the number multiplies it by: 万 ten thousand; 0 where no such unit stands there."""
        found = _UNIT.fullmatch(self.literal.replace(".", ""))
        return _MAGNITUDE[found[1]] * _MAGNITUDE[found[2]] if found and (found[1] or found[2]) else 0

    @cached_property
    def is_form(self) -> bool:
        """Is it a form that whole numbers fill: leading zeros, or characters beside the digits?"""
        zeros = sum(text.count("0") for kind, text in self.parts if kind == "digits")
        is_whole = self.has("digits", "general") and not self.has("point", "science", "comma", "percent") and not self.is_fraction
        return is_whole and (zeros > 1 or not _DECORATION.issuperset(self.literal))

    @cached_property
    def is_label(self) -> bool:
        """Is it a word instead of the number?"""
        return not self.has("digits", "general", "day", "elapsed") and not _DECORATION.issuperset(self.literal)

    @cached_property
    def is_plain(self) -> bool:
        is_number = bool(self.parts) and not (self.is_day or self.is_label or self.has("percent") or self.is_fraction)
        return is_number and self.scale == 1 and not self.unit and not self.is_form


@dataclass(frozen=True)
class NumberFormat:
    """A number format, read from its code."""

    code: str

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Those for numbers."""
        return self._sections[:3]

    @cached_property
    def _sections(self) -> tuple[Section, ...]:
        """For numbers; a fourth, or the last one with an @, is for texts."""
        found: list[Section] = []
        parts: list[tuple[str, str]] = []
        when = ""
        for token in _TOKEN.finditer(self.code + ";"):
            kind = str(token.lastgroup)
            if kind == "when":
                when = token[kind]
            elif kind == "end":
                found.append(Section(tuple(parts), when))
                parts, when = [], ""
            elif kind not in ("space", "bracket"):
                parts.append((kind, token[kind]))
        return tuple(found)

    @cached_property
    def is_plain(self) -> bool:
        """Does it leave what a number says as it is stored?"""
        return all(section.is_plain for section in self.sections)

    @cached_property
    def around_text(self) -> tuple[str, str]:
        """What it writes before and behind a text; twice nothing where it leaves texts alone."""
        section = self._sections[-1]
        if (_TEXT_ITSELF not in section.parts) or _DECORATION.issuperset(section.literal):
            return "", ""
        at = section.parts.index(_TEXT_ITSELF)
        return Section(section.parts[:at]).literal, Section(section.parts[at:]).literal

    def shown_text(self, stored: str) -> str:
        """What a text says under this format.

        One without a digit is no code but a word such as 合计, and who types what the format adds means it once.
        """
        before, behind = self.around_text
        has_all = stored.startswith(before) and stored.endswith(behind)
        return stored if has_all or not any(map(str.isdigit, stored)) else before + stored + behind

    @cached_property
    def shows_months(self) -> bool:
        """Does it leave numbers as they are stored, but for a month that ends in a zero?"""
        return self.is_plain and any(section.has_two_places for section in self.sections)

    def tells(self, value: float) -> bool:
        """May it change what this number says?"""
        return not self.is_plain or (self.shows_months and _TENTH.fullmatch(_plain(value)) is not None)

    def shown(self, stored: str, use: Use, *, is_1904: bool = False) -> str | None:
        """What the number says under this format; null where it shows nothing. What is no number stays as it is."""
        try:
            value = float(stored)
        except ValueError:
            return stored
        if not math.isfinite(value):
            return stored
        section = self._section(value)
        if section is None or not section.parts:
            return None
        if section.is_day:
            return _plain(value) if use in (Use.AMOUNT, Use.SUM, Use.SHARE) else _day(section, value, use, is_1904)
        if section.has("percent") or (use is Use.SHARE and section.is_fraction):
            return f"{_plain(value, 100)}%"
        if use in (Use.DAY, Use.TEXT) and section.is_plain and section.has_two_places and _TENTH.fullmatch(_plain(value)):
            return f"{_plain(value)}0"
        if use is Use.DAY:
            return _plain(value)
        if section.unit:
            return f"{_plain(value, Decimal(section.unit) / section.scale / _WAN)}万"
        if use is Use.TEXT and section.is_label:
            return section.literal
        if use is Use.TEXT and section.is_form:
            return _filled(section, value)
        return _plain(value, 1 / Decimal(section.scale))

    def _section(self, value: float) -> Section | None:
        """The section for a number; null where the code has none for it."""
        sections = self.sections
        if any(section.when for section in sections):
            return next((section for section in sections if section.applies(value)), None)
        return sections[
            {0: 2, -1: 1}.get(int(math.copysign(value != 0, value)), 0) if len(sections) > 2 else int(value < 0) % len(sections)
        ]


def stored_as(value: str) -> str:
    """A stored number in plain digits, as a cell without a format says it."""
    return NumberFormat("General").shown(value, Use.AMOUNT) or value


def formats_by_style(code_of: Mapping[int, str], styles: list[int]) -> dict[int, NumberFormat]:
    """Formats that may change what a cell says, by style. `code_of`: codes that the file spells out; `styles`: the format number of each."""
    found = {style: NumberFormat(code_of.get(number, _BUILT_IN.get(number, "General"))) for style, number in enumerate(styles)}
    return {style: read for style, read in found.items() if not read.is_plain or read.shows_months or any(read.around_text)}


def _plain(value: float, factor: Decimal | int = 1) -> str:
    if factor == 1 and value == int(value):
        return str(int(value))
    text = f"{Decimal(repr(value)) * factor:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(section: Section, value: float, use: Use, is_1904: bool) -> str | None:
    """A serial number as its day. 0 is what a formula brings that looked up an empty cell; it is no day."""
    if value == 0:
        return None
    if section.has("elapsed"):
        seconds = round(abs(value) * 86_400)
        return f"{'-' * (value < 0)}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    serial = value + _FROM_1904 * is_1904
    if 0 < value < 1:
        return (_ORIGIN + timedelta(seconds=round(value * 86_400))).strftime("%H:%M:%S")
    if not _FIRST_SERIAL <= serial < _LAST_SERIAL + 1:
        return _plain(value)
    moment = _ORIGIN + timedelta(seconds=round(serial * 86_400))
    return str(moment) if use is Use.DAY else _rendered(section, moment)


def _rendered(section: Section, moment: datetime) -> str:
    """The day as the format writes it. Weekdays are left out: they belong to no number."""
    names = [(kind, text if kind in _LITERALS else text.lower()) for kind, text in section.parts]
    days = [i for i, (kind, _) in enumerate(names) if kind == "day"]
    written = []
    for i, (kind, text) in enumerate(names):
        if kind != "day":
            written.append(text)
            continue
        at = days.index(i)
        near = [names[day][1][0] for day in (days[at - 1] if at else i, days[at + 1] if at + 1 < len(days) else i)]
        is_minute = text in ("m", "mm") and (near[0] == "h" or near[1] == "s")
        number = (
            moment.minute
            if is_minute
            else {"m": moment.month, "d": moment.day, "h": moment.hour, "s": moment.second}.get(text[0])
        )
        if text[0] in "ye":
            written.append(f"{moment:%y}" if text == "yy" else f"{moment:%Y}")
        elif number is not None and not (text[0] == "d" and len(text) > 2):
            written.append(f"{number:0{min(len(text), 2)}}")
    return "".join(written).strip() or str(moment.date())


def _filled(section: Section, value: float) -> str:
    """A whole number in the form's places, from the right."""
    if value < 0 or value != int(value):
        return _plain(value)
    places = sum(len(text) for kind, text in section.parts if kind in ("digits", "general"))
    digits = str(int(value)).zfill(sum(text.count("0") for kind, text in section.parts if kind == "digits"))
    written: list[str] = []
    for kind, text in reversed(section.parts):
        if kind in ("digits", "general"):
            places -= len(text)
            taken = len(text) if places else len(digits)
            written.append(digits[-taken:] if taken else "")
            digits = digits[:-taken] if taken < len(digits) else ""
        elif kind in _LITERALS:
            written.append(text)
    return "".join(reversed(written)).strip()
