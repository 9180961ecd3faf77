"""Text as departments type it: full-width forms, invisible characters, close forms of yes and no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

# Zero widths, typographers' spaces, marks of writing direction (copied from phones) and of the style of a symbol.
INVISIBLE = "[\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff]"
EDGE = " \t\r\n\u00a0\u3000'\"‘’“”`"
BLANKS = r"[\s\u3000\u00a0]+"
EMPTY_FORMS = frozenset({"", "无", "不详", "/", "\\", "-", "--", "—", "——", "空", "未知", "null", "NULL", "None", "nan", "同上"})
_YES = {form: "是" for form in ("是", "√", "1", "Y", "y", "有", "true", "TRUE", "✓", "☑")}
_NO = {form: "否" for form in ("否", "×", "0", "N", "n", "无", "false", "FALSE", "✗", "x", "X", "☐")}
_FULL_TO_HALF = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"\u3000": " "})


def half_width(text: str) -> str:
    return text.translate(_FULL_TO_HALF)


def trimmed(cells: pl.Series) -> pl.Series:
    """The cells without invisible characters, blanks and stray quotes at the edges; empty becomes null."""
    plain = cells.str.strip_chars(EDGE)
    # All of them are rare, and none is in a column of plain ASCII: only touch what carries them, the common case stays one pass.
    if plain.str.len_bytes().sum() != plain.str.len_chars().sum() and plain.str.contains(INVISIBLE).any():
        plain = plain.str.replace_all(INVISIBLE, "").str.strip_chars(EDGE)
    return plain.set(plain == "", None) if (plain == "").any() else plain


def map_distinct(cells: pl.Series, read: Callable[[str], Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """`read` applied once to every distinct cell. Registers repeat themselves: months, dates, codes."""
    distinct = cells.drop_nulls().unique(maintain_order=True)
    values = pl.Series([read(cell) for cell in distinct.to_list()], dtype=dtype, strict=False)
    return cells.replace_strict(distinct, values, default=None, return_dtype=dtype)


def read_enum(cells: pl.Series, values: tuple[str, ...]) -> pl.Series:
    """The enumeration's own spelling; null for a cell that names none of its values."""
    forms = {half_width(value).replace(" ", ""): value for value in values}
    if "是" in values and "否" in values:
        forms = _YES | _NO | forms
    return map_distinct(trimmed(cells), lambda cell: forms.get(half_width(cell).replace(" ", "")), pl.String)
