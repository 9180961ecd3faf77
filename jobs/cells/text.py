"""Text of cells: what is noise in whatever column, what is empty, close forms of yes and no.

Bronze keeps a cell as it was written; every reader takes it as `cleaned` gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from jobs.cells.lookalikes import ONE_OF_EACH
from jobs.cells.lookalikes import RANGES as _DOUBLES

_BLANKS = (
    *((0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),  # so far the blanks of Unicode
    *((0x115F, 0x1160), (0x2800, 0x2800), (0x3164, 0x3164), (0xFFA0, 0xFFA0)),  # fillers of Hangul and Braille
    *((0xE5E5, 0xE5E5), (0xF020, 0xF020), (0xF0A0, 0xF0A0)),  # A3A0 of GBK and the blanks of symbol fonts, for private use
)
_INVISIBLE = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD)),  # controls, soft hyphen
    *(
        (0x034F, 0x034F),
        (0x061C, 0x061C),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
    ),  # direction, joins
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF)),  # style of a symbol, byte order mark
)


def _class(*ranges: tuple[int, int]) -> str:
    """What stands in the brackets of a regular expression; none of the characters means anything there."""
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


BLANKS = f"[{_class(*_BLANKS)}]+"
EDGE = " \t\r\n\u00a0\u3000'\"‘’“”`"
NOISE = f"{_class(*_INVISIBLE, *_BLANKS)}{EDGE}=＝()&"
"""Characters that may stand around the value of a cell, for the brackets of a regular expression that looks at cells as written."""
DITTO = (
    *("同上", "同 上", "仝上", "同前", "如上", "同上。", "同上行", "(同上)", "（同上）"),
    *("〃", "〃〃", "〞", "″", "″″", "′′", "”", "“", "＂"),
)
"""What stands for the cell above. In a sheet a quotation mark of the keyboard does, too; two of them are how some programs write nothing."""
EMPTY_FORMS = frozenset({
    *("", "无", "不详", "不明", "未知", "暂无", "没有", "无数据", "未填", "未填写", "未提供", "不适用", *DITTO),
    *("空", "空白", "(空)", "（空）", "(空白)", "（空白）", "/", "／", "//", "\\", "-", "--", "---", "－", "－－", "–", "―", "—", "——"),
    *("null", "Null", "NULL", "(null)", "(NULL)", "[NULL]", "<NULL>", "\\N", "nil", "none", "None", "NONE"),
    *("nan", "NaN", "NAN", "NaT", "NA", "N/A", "n/a", "<NA>"),
})  # fmt: skip
"""What is written where there is nothing: by people, by databases, by programs for data."""
_ODD = f"^[=＝]|&[a-z#]|[{_class(*_INVISIBLE, *(blank for blank in _BLANKS if blank != (0x20, 0x20)), *_DOUBLES)}]"
_MAY_BE_NOISE = b"&='\"`"
"""Signs of ASCII, no blank and no control, of which `cleaned` may take one away."""
_AS_ONE: dict[int, str | None] = {
    **ONE_OF_EACH,
    **{character: " " for first, last in _BLANKS for character in range(first, last + 1)},
    **{character: None for first, last in _INVISIBLE for character in range(first, last + 1)},
}
_PROTECTED = re.compile(r"[=＝]\s*T?\s*(\(*)\s*(?:((?:[\"“”'‘’].*)?)|([-+]?[0-9][0-9.,]*)\s*\)*)", re.DOTALL)
_QUOTES = re.compile(r"[\"“”]\s*&\s*[\"“”]|[\"“”]|&$")
_FLOAT = re.compile(r"(-?[0-9]+)\.0+")
_EXPONENT = re.compile(r"([0-9])(?:\.([0-9]+))?[Ee]\+?([0-9]{1,2})")
_YES = {form: "是" for form in ("是", "√", "1", "Y", "有", "TRUE", "✓", "☑", "✔", "YES", "T", "对", "是的")}
_NO = {form: "否" for form in ("否", "×", "0", "N", "无", "FALSE", "✗", "X", "☐", "✘", "NO", "F", "错", "不是")}
_SEX = {"男性": "男", "M": "男", "MALE": "男", "1": "男", "女性": "女", "F": "女", "FEMALE": "女", "2": "女"}
_CODE_OF_VALUE = re.compile(
    r"^(?:[0-9]{1,4}|[A-Z][0-9]{1,3})(?:[-—_.:、|/\\)]+|(?=[\u4e00-\u9fff]))|^[A-Z][-—_.:、|/\\)]+(?=[\u4e00-\u9fff])|^[☑√✓]+(?=.)|\([0-9A-Z]{1,4}\)$|(?<=^[A-Z])[类档级]$|[。.,;]$|^[【\[<「]|[】\]>」]$"
)
"""What systems and people put around a value of a list: 01-农村低保, 农村低保(01), ☑农村低保, 【农村低保】, A类."""
_BESIDE_CODE = re.compile(
    r"^\+86(?=1[0-9]{10}$)|^[\u4e00-\u9fff]+:|^[\u4e00-\u9fff]+(?=[0-9]{9,}$)|#+$|(?<=[0-9]{9})\(?[\u4e00-\u9fff]+\)?$"
)
"""+86139…, 账号:6217…, 农商行6217…, 6217…(农商行)."""
_DIVISION = re.compile(r"^[\u4e00-\u9fff]*\(?([0-9]{6})(?:[0-9]{3}|[0-9]{6})?\)?[\u4e00-\u9fff]*$")
_FULL_TO_HALF = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"\u3000": " "})
_ONE_WIDTH = str.maketrans({i + 0xFEE0: chr(i) for i in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), *b"()-")})
_NEEDLESS_BLANK = re.compile(r"(?<![A-Za-z]) +| +(?![A-Za-z ])")


def half_width(text: str) -> str:
    return text.translate(_FULL_TO_HALF)


def cleaned(text: str) -> str:
    """A cell without what no reader sees or means.

    That is characters without a shape, blanks and quotes at its edges, and habits that keep a spreadsheet from taking it for a
    number (="…"). Blanks inside are all one, and a character's doubles are the character.
    """
    if "&" in text:  # copied from a web page
        text = unescape(text)
    text = text.translate(_AS_ONE).strip(EDGE)
    while (inner := _unprotected(text)) != text:
        text = inner.strip(EDGE)
    return text


def _unprotected(text: str) -> str:
    """The text inside of ="…", =("…"), ="…"&"" and their like; the number behind a = alone."""
    found = _PROTECTED.fullmatch(text)
    if found is None:
        return text
    brackets, quoted, number = found.groups()
    if number:
        return number
    for _ in brackets:
        quoted = quoted.rstrip().removesuffix(")")
    return _QUOTES.sub("", quoted)


def trimmed(cells: pl.Series) -> pl.Series:
    """The cells as `cleaned` gives them; empty becomes null."""
    if _is_plain(cells):
        return _without_empty(cells)
    plain = cells.str.strip_chars(EDGE)
    odd = plain.str.contains(_ODD).arg_true()  # rare: only touch what is odd, the common case stays one pass
    if len(odd):
        plain = plain.scatter(odd, map_distinct(cells.gather(odd), cleaned, pl.String))
    return _without_empty(plain)


def _without_empty(cells: pl.Series) -> pl.Series:
    return cells.set(cells == "", None) if (cells == "").any() else cells


def _is_plain(cells: pl.Series) -> bool:
    """Are all cells in signs of ASCII alone, none of which may be noise?"""
    text = _text_of(cells)
    return not text.size or bool(text.min() > ord(" ") and text.max() < 0x7F and not _holds_any(text, _MAY_BE_NOISE))


def holds_any(cells: pl.Series, signs: bytes) -> bool:
    """Does any cell hold one of the bytes? A look over the column's text as a whole, which costs a tenth of a pattern for each cell."""
    return _holds_any(_text_of(cells), signs)


def _holds_any(text: npt.NDArray[np.uint8], signs: bytes) -> bool:
    return any((text == sign).any() for sign in signs)


def _text_of(cells: pl.Series) -> npt.NDArray[np.uint8]:
    """The bytes of all cells, one after the other."""
    return np.frombuffer(_as_arrow(cells).buffers()[2] or b"", dtype=np.uint8)


def _as_arrow(cells: pl.Series) -> pa.Array:
    return cells.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())


_LOOKED_AT = 2000
"""Cells that tell whether the values of a column repeat themselves."""


def in_few_values(cells: pl.Series) -> tuple[pl.Series, pl.Series] | None:
    """The distinct values of a column, null among them where it has any, and of each cell the place of its value: so that cells need not
    be read one by one. Null for a column that does not repeat itself, or is short."""
    sample = cells.gather_every(max(8, len(cells) // _LOOKED_AT))
    repeated = len(sample) - sample.n_unique()
    # A pair of a sample is equal as often as two draws among all values: by that, more than half of the cells are values of their own.
    if repeated * len(cells) <= len(sample) ** 2:
        return None
    coded = _as_arrow(cells).dictionary_encode(null_encoding="encode")
    return pl.Series(coded.dictionary), pl.Series(coded.indices)


def map_distinct(cells: pl.Series, read: Callable[[str], Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """`read` applied once to every distinct cell. Registers repeat themselves: months, dates, codes."""
    distinct = cells.drop_nulls().unique(maintain_order=True)
    values = pl.Series([read(cell) for cell in distinct.to_list()], dtype=dtype, strict=False)
    return cells.replace_strict(distinct, values, default=None, return_dtype=dtype)


def map_cleaned(cells: pl.Series, read: Callable[[str], Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """The same of the cells as `cleaned` gives them; null for an empty one."""
    return map_distinct(cells, lambda cell: read(plain) if (plain := cleaned(cell)) else None, dtype)


def whole(text: str) -> str:
    """The digits of a whole number that was written as a float (201701.0, 2.01701E+05); any other text as it is.

    So is one whose notation leaves out digits (4.20281E+17).
    """
    if found := _FLOAT.fullmatch(text):
        return found[1]
    if found := _EXPONENT.fullmatch(text):
        first, places, power = found[1], found[2] or "", int(found[3])
        is_exact = len(places) == power or not places.strip("0")
        return f"{first}{places[:power].ljust(power, '0')}" if is_exact else text
    return text


def read_text(cells: pl.Series) -> pl.Series:
    """Texts in one spelling: letters, digits, brackets and dashes half width, blanks only between Latin words; empty becomes null."""
    texts = trimmed(cells)
    odd = texts.str.contains(" |[－（）０-９Ａ-Ｚａ-ｚ]").arg_true()
    if len(odd):
        texts = texts.scatter(odd, map_distinct(texts.gather(odd), one_spelling, pl.String))
    return texts


def one_spelling(text: str) -> str:
    """A cleaned text as `read_text` gives it."""
    return _NEEDLESS_BLANK.sub("", text.translate(_ONE_WIDTH))


def read_code(cells: pl.Series) -> pl.Series:
    """Codes and accounts in half-width capitals; empty becomes null.

    Without the blanks and dashes that part their digits, a label before them and the name of the bank beside them.
    """
    codes = trimmed(cells)
    odd = codes.str.contains("[^0-9A-Z]").arg_true()
    if len(odd):
        codes = codes.scatter(odd, map_distinct(codes.gather(odd), _as_code, pl.String))
    return codes


def _as_code(text: str) -> str:
    plain = half_width(text).upper()
    parted = plain.translate({ord(mark): None for mark in " -"})
    return _BESIDE_CODE.sub("", parted) or parted or plain


def read_plate(cells: pl.Series) -> pl.Series:
    """Number plates as codes, without the dot that parts the place from the number."""
    return read_code(cells).str.replace_all("[.·•・]", "")


def read_division(cells: pl.Series) -> pl.Series:
    """Codes of a county, of six digits, also out of those of its towns and villages and beside its name; any other as `read_code`."""
    codes = read_code(cells)
    odd = (~codes.str.contains("^[0-9]{6}$")).fill_null(False).arg_true()
    if len(odd):
        codes = codes.scatter(odd, map_distinct(codes.gather(odd), lambda code: _DIVISION.sub(r"\1", code), pl.String))
    return codes


def read_enum(cells: pl.Series, values: tuple[str, ...], words: Mapping[str, str] = MappingProxyType({})) -> pl.Series:
    """The enumeration's own spelling; null for a cell that names none of its values. `words`: patterns of other words, by value."""
    close = _YES | _NO if {"是", "否"} <= {*values} else _SEX if {"男", "女"} <= {*values} else {}
    forms = {_as_value(form): value for form, value in (close | {value: value for value in values}).items()}
    others = {value: re.compile(pattern) for value, pattern in words.items()}

    def named(text: str) -> str | None:
        meant = [value for value, pattern in others.items() if pattern.fullmatch(text)]
        return forms.get(text) or (meant[0] if len(meant) == 1 else None)

    def read(cell: str) -> str | None:
        value = _as_value(cell)
        return named(value) or named(_CODE_OF_VALUE.sub("", value))

    return map_cleaned(cells, read, pl.String)


def _as_value(cell: str) -> str:
    return whole(half_width(cell).replace(" ", "").upper())
