"""Amounts, counts and shares. Money stays decimal from the cell to the published list."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from math import prod

import polars as pl

from jobs.cells.text import cleaned, half_width, map_distinct, trimmed

MONEY = pl.Decimal(18, 2)
_CURRENCY = r"(?:[¥￥$]|RMB|CNY|人民币)?"
_DIGITS = r"(\d{1,3}(?:,\d{3})+|\d{1,3}(?:'\d{3})+|\d+)?(\.\d*)?(?:E([-+]?\d{1,2}))?"
_UNITS = "[亿万千百]{1,2}"
_AMOUNT = re.compile(
    rf"{_CURRENCY}([-+(]?){_CURRENCY}([-+]?)(?:((?:\d+(?:\.\d+)?{_UNITS})+\d*)|{_DIGITS})([-)]?)({_UNITS})?"
    rf"(?:(?:元|圆)(?:整|正)?|{_CURRENCY})"
)
_PART = re.compile(rf"(\d+(?:\.\d+)?)({_UNITS})?")
_SCALES = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 10**2}
_OWN_UNIT = re.compile("[元亿万千百]")
_MINUS = str.maketrans("−–", "--")
_CENT = Decimal("0.01")
_LIMIT = Decimal(10) ** 15


def parse_amount(cell: str) -> Decimal | None:
    """The number a cell states: thousands separators, currency signs and 元 are noise; 1.2万元 and 1万2千 are twelve thousand."""
    text = half_width(cleaned(cell)).replace(" ", "").translate(_MINUS).upper()
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    before, within, parts, digits, places, power, behind, units = match.groups()
    if not (parts or digits or (places and len(places) > 1)) or (before == "(") != (behind == ")"):
        return None
    if parts:
        value = sum((Decimal(number) * _scale(of_part) for number, of_part in _PART.findall(parts)), Decimal(0))
    else:
        value = Decimal((digits or "0").replace(",", "").replace("'", "") + (places or "")).scaleb(int(power or 0))
    value *= _scale(units or "")
    return -value if "-" in (before, within, behind) or before == "(" else value


def _scale(units: str) -> int:
    return prod(_SCALES[unit] for unit in units)


def parse_yuan(cell: str, unit: int = 1) -> Decimal | None:
    value = parse_amount(cell)
    # A cell that names its own unit is not multiplied by the header's as well.
    factor = 1 if _OWN_UNIT.search(cell) else unit
    if value is None or abs(value) * factor >= _LIMIT:
        return None
    return (value * factor).quantize(_CENT, rounding=ROUND_HALF_UP)


def read_yuan(cells: pl.Series, unit: int = 1) -> pl.Series:
    """Yuan with two places; `unit` is what one of the column's numbers stands for."""
    plain = trimmed(cells)
    if unit != 1:
        return map_distinct(plain, lambda cell: parse_yuan(cell, unit), MONEY)
    simple = plain.str.contains(r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$")
    fast = plain.set(~simple, None).cast(MONEY, strict=False)
    if (fast.is_null() & plain.is_not_null()).any():
        return fast.fill_null(map_distinct(plain.set(simple, None), parse_yuan, MONEY))
    return fast


def _whole(cell: str) -> int | None:
    value = parse_amount(cell.rstrip("人年月岁"))
    return int(value) if value is not None and abs(value) < 2**31 and value == int(value) else None


def read_integers(cells: pl.Series) -> pl.Series:
    return map_distinct(trimmed(cells), _whole, pl.Int32)


def read_decimals(cells: pl.Series, precision: int, scale: int) -> pl.Series:
    """Plain decimals (percent, square metres); a trailing unit or percent sign is noise."""
    places = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** (precision - scale)

    def read(cell: str) -> Decimal | None:
        value = parse_amount(re.sub(r"(%|％|㎡|m2|m²|平方米|平米)$", "", cell.strip()))
        return value.quantize(places, rounding=ROUND_HALF_UP) if value is not None and abs(value) < limit else None

    return map_distinct(trimmed(cells), read, pl.Decimal(precision, scale))
