"""Amounts, counts and shares. Money stays decimal from the cell to the published list."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from math import prod

import polars as pl

from jobs.cells.chinese_numbers import CHARACTERS, chinese_number
from jobs.cells.text import cleaned, half_width, map_cleaned, map_distinct, trimmed

MONEY = pl.Decimal(18, 2)
_CURRENCY = r"(?:[¥￥$]|RMB|CNY|人民币)?"
_DIGITS = r"(\d{1,3}(?:,\d{3})+|\d{1,3}(?:'\d{3})+|\d+)?(\.\d*)?(?:E([-+]?\d{1,2}))?"
_UNITS = "[亿万千百]{1,2}"
_AMOUNT = re.compile(
    rf"{_CURRENCY}([-+(]?){_CURRENCY}([-+]?)(?:((?:\d+(?:\.\d+)?{_UNITS})+(?:\d{{2,}})?)|{_DIGITS})([-)]?)({_UNITS})?"
    rf"(?:(?:元|圆)(?:(\d)角)?(?:零?(\d)分)?(?:整|正)?(?:人民币)?|{_CURRENCY})"
)
_IN_CHINESE = re.compile(f"[{CHARACTERS}]+")
_BRACKETS_OF_UNIT = re.compile(rf"\(((?:{_UNITS})?元|人民币)\)$")
_BESIDE_AMOUNT = re.compile(
    r"^(?:\*+|每?月(?=[¥￥\d]))|(?:/|每|\()(?:户[/·]?)?月(?:[/·]户)?\)?$|\((?:大写:?[^()]*|[^()0-9万千百亿负红退冲扣减美港未停待暂缓废撤销取-]+)\)$"
    r"|[;、*]+$|(?<=元)\.$|(?<=\.\d\d)\.$"
)
"""What is written around an amount and is none of it: 1200元/月, 1200(含补贴), ***1200.00. 元/年 and 元/人 are other amounts, and
1200(停发) may be none."""
_PART = re.compile(rf"(\d+(?:\.\d+)?)({_UNITS})?")
_SCALES = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 10**2}
_OWN_UNIT = re.compile("[元亿万千百]")
_ONE_SIGN = str.maketrans("−–—﹣负負。", "------.")
_COUNTED = re.compile(
    r"\([^()]*[\u4e00-\u9fff][^()]*\)$|^[\u4e00-\u9fff]* *(?=[一二三四1-4Ⅰ-Ⅳ]级$)|^共|(?:口人|年度|周岁|[人年月岁口名位个户级])$"
)
_ROMAN = str.maketrans("ⅠⅡⅢⅣ", "1234")
_SQUARE_METRES = re.compile(r"^建筑面积:?|\s*\(?(?:㎡|[mM](?:2|²|\^2)|平方米|平米|平方|平)\)?$")
_IN_WORDS = {**dict.fromkeys(("全部", "全额", "单独", "单独所有", "独有", "百分之百"), Decimal(100)), "一半": Decimal(50)}
_BESIDE_SHARE = re.compile("^(?:各占?|占|份额:?|按份共有:?)|份额$")
_SHARES = (
    (re.compile(r"(?P<part>[0-9.]+)/(?P<of>[0-9.]+)"), "part", "of", 100),
    (re.compile("百分之(?P<part>.+)"), "part", "none", 1),
    (re.compile("(?P<of>[^分]+)分之(?P<part>[^分]+)"), "part", "of", 100),
    (re.compile(f"(?P<part>[0-9.{CHARACTERS}]+)成"), "part", "none", 10),
)
"""Forms of a share, the groups of its two numbers, and what one of it is in percent."""
_CENT = Decimal("0.01")
_LIMIT = Decimal(10) ** 15


def parse_amount(cell: str) -> Decimal | None:
    """The number a cell states: thousands separators, currency signs and 元 are noise; 1.2万元, 1万2千 and 一万二千 are twelve thousand."""
    text = half_width(cleaned(cell)).replace(" ", "").translate(_ONE_SIGN).upper()
    text = _BESIDE_AMOUNT.sub("", _BRACKETS_OF_UNIT.sub(r"\1", text))
    match = _AMOUNT.fullmatch(text) or _AMOUNT.fullmatch(_IN_CHINESE.sub(_in_digits, text))
    if match is None:
        return None
    before, within, parts, digits, places, power, behind, units, tenths, cents = match.groups()
    if not (parts or digits or (places and len(places) > 1)) or (before == "(") != (behind == ")"):
        return None
    if parts:
        value = sum((Decimal(number) * _scale(of_part) for number, of_part in _PART.findall(parts)), Decimal(0))
    else:
        value = Decimal((digits or "0").replace(",", "").replace("'", "") + (places or "")).scaleb(int(power or 0))
    value = value * _scale(units or "") + Decimal(tenths or 0) / 10 + Decimal(cents or 0) / 100
    return -value if "-" in (before, within, behind) or before == "(" else value


def _in_digits(found: re.Match[str]) -> str:
    value = chinese_number(found[0])
    return found[0] if value is None else str(value)


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
    return _plain_then_careful(plain, MONEY, parse_yuan)


def _plain_then_careful(plain: pl.Series, kind: pl.Decimal, parse: Callable[[str], Decimal | None]) -> pl.Series:
    """Most cells are digits and a point and read in one pass; the rest, distinct value by distinct value."""
    digits = min(12, kind.precision - kind.scale)
    simple = plain.str.contains(rf"^-?[0-9]{{1,{digits}}}(\.[0-9]{{1,{kind.scale}}})?$")
    fast = plain.set(~simple, None).cast(kind, strict=False)
    if (fast.is_null() & plain.is_not_null()).any():
        return fast.fill_null(map_distinct(plain.set(simple, None), parse, kind))
    return fast


def _whole(cell: str) -> int | None:
    value = parse_amount(_COUNTED.sub("", half_width(cell)).translate(_ROMAN))
    return int(value) if value is not None and abs(value) < 2**31 and value == int(value) else None


def read_integers(cells: pl.Series) -> pl.Series:
    return map_cleaned(cells, _whole, pl.Int32)


def parse_percent(cell: str) -> Decimal | None:
    """Percent that a cell states: 50, 50%, 1/2, 二分之一, 百分之五十, 五成."""
    text = _BESIDE_SHARE.sub("", half_width(cleaned(cell)).replace(" ", ""))
    if text in _IN_WORDS:
        return _IN_WORDS[text]
    for form, part, of, factor in _SHARES:
        if match := form.fullmatch(text):
            value, total = (parse_amount(match.groupdict().get(name) or "1") for name in (part, of))
            return value * factor / total if value is not None and total else None
    return parse_amount(text.removesuffix("%"))


def read_percents(cells: pl.Series) -> pl.Series:
    return _decimals(cells, 7, 4, parse_percent)


def read_square_metres(cells: pl.Series) -> pl.Series:
    """Square metres; a trailing unit is noise."""
    return _decimals(cells, 12, 2, lambda cell: parse_amount(_SQUARE_METRES.sub("", half_width(cell).replace(" ", ""))))


def _decimals(cells: pl.Series, precision: int, scale: int, parse: Callable[[str], Decimal | None]) -> pl.Series:
    places = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** (precision - scale)

    def read(cell: str) -> Decimal | None:
        value = parse(cell)
        return value.quantize(places, rounding=ROUND_HALF_UP) if value is not None and abs(value) < limit else None

    return _plain_then_careful(trimmed(cells), pl.Decimal(precision, scale), read)
