"""Amounts: separators, signs and units; 万元 counts ten thousand, once; money stays exact to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells.amounts import (
    MONEY,
    parse_amount,
    parse_percent,
    parse_yuan,
    read_integers,
    read_percents,
    read_square_metres,
    read_yuan,
)

YUAN = {
    "320": "320.00",
    "320.5": "320.50",
    "320.50": "320.50",
    "0": "0.00",
    "0.01": "0.01",
    ".5": "0.50",
    "1,234": "1234.00",
    "1，234.50": "1234.50",
    "1,234,567.89": "1234567.89",
    "320元/月": "320.00",
    "￥1,320.00元/月": "1320.00",
    "320/月": "320.00",
    "320元（月）": "320.00",
    "每月320元": "320.00",
    "320元/年": None,  # twins: another amount
    "320元/人": None,
    "320（含补贴）": "320.00",
    "￥320.00（大写：叁佰贰拾元整）": "320.00",
    "320（退回）": None,  # twins: perhaps less than nothing, or nothing
    "320（未发）": None,
    "320（已停发）": None,
    "320（300）": None,
    "***320.00": "320.00",
    "320.00；": "320.00",
    "1千2": None,  # twins: 1,002 or 1,200
    "1万5": None,
    "12,34": None,  # twin: no thousands separator stands there
    "1,2345": None,
    "320元": "320.00",
    "320 元": "320.00",
    "¥320": "320.00",
    "￥320.00": "320.00",
    "¥ 1,234.50元": "1234.50",
    "３２０．５": "320.50",
    "-320": "-320.00",
    "−320": "-320.00",
    "(320)": "-320.00",
    "（320）": "-320.00",
    "-¥320": "-320.00",
    "¥-320": "-320.00",
    "5万元": "50000.00",
    "5万": "50000.00",
    "0.558万元": "5580.00",
    "-1.5万元": "-15000.00",
    "5万人": None,
    "1.005": "1.01",  # half a cent up
    "1.004": "1.00",
    "-1.005": "-1.01",
    " 320 ": "320.00",
    "320\u200b": "320.00",
    "999999999999.99": "999999999999.99",
    "9999999999999999": None,  # more than a register of money can hold
    "元": None,
    "-": None,
    "": None,
    "无": None,
    "/": None,
    "320-": "-320.00",  # as bookkeeping programs write it
    "1,234.50-": "-1234.50",
    "－320": "-320.00",
    "–320": "-320.00",
    "(320": None,  # twin: a bracket that is not closed
    "320)": None,
    "-(320)": None,
    "RMB320": "320.00",
    "CNY 1,234.50": "1234.50",
    "320.00RMB": "320.00",
    "人民币320元整": "320.00",
    "320圆": "320.00",
    "1 234.50": "1234.50",
    "1\u00a0234.50": "1234.50",
    "1\u202f234\u202f567.00": "1234567.00",
    "1'234.50": "1234.50",
    "1万2000元": "12000.00",
    "1万2千": "12000.00",
    "5千元": "5000.00",
    "3百": "300.00",
    "1千万": "10000000.00",
    "1,200万元": "12000000.00",
    "0.5亿": "50000000.00",
    "(1.5万)": "-15000.00",
    "(1.5)万": "-15000.00",
    "千": None,
    "320.": "320.00",
    '="320.00"': "320.00",
    "\x1f320.00\ue5e5": "320.00",
    "1.0E+02": "100.00",
    "1e3": "1000.00",
    "1e+05": "100000.00",
    "4.20281E+17": None,
    "1E99": None,
    "3.2.0": None,
    "NaN": None,
    "三百二十元": "320.00",
    "叁佰贰拾元整": "320.00",
    "人民币壹万贰仟叁佰元伍角整": "12300.50",
    "一千零五元": "1005.00",
    "一亿二千万": "120000000.00",
    "一万二": None,  # 12,000 or 10,002?
    "万元": None,
    "1320元5角": "1320.50",
    "1320元零5分": "1320.05",
    "1320.50(元)": "1320.50",
    "1.5（万元）": "15000.00",
    "50万元人民币": "500000.00",
    "320。50": "320.50",
    "—320": "-320.00",
    "负320": "-320.00",
    "—": None,
}

UNDER_A_WAN_HEADER = {
    "5": "50000.00",
    "0.5": "5000.00",
    "1,234": "12340000.00",
    "5万元": "50000.00",  # the unit is said twice and counts once
    "5万": "50000.00",
    "50000元": "50000.00",  # the cell's own unit wins
    "¥5": "50000.00",
    "-5": "-50000.00",
    "": None,
}

INTEGERS = {
    "3": 3,
    "3.0": 3,
    "3人": 3,
    "65岁": 65,
    "1.0E+02": 100,
    '="3"': 3,
    "2017.0年": 2017,
    "2017年": 2017,
    "１２": 12,
    "1,234": 1234,
    "0": 0,
    "-1": -1,
    "3.5": None,
    "2147483647": 2147483647,
    "2147483648": None,
    "三": 3,
    "两人": 2,
    "3口人": 3,
    "十二户": 12,
    "共3人": 3,
    "3（含1名儿童）": 3,
    "82周岁": 82,
    "2017年度": 2017,
    "一级": 1,
    "Ⅱ级": 2,
    "肢体四级": 4,
    "3（1）": None,
    "": None,
}

PERCENTS = {
    "50": "50.0000",
    "50%": "50.0000",
    "33.3333": "33.3333",
    "33.33335%": "33.3334",
    "５０％": "50.0000",
    "100": "100.0000",
    "1000": None,
    "999.99999": None,  # rounds to what the column cannot hold
    "1/2": "50.0000",
    "1/3": "33.3333",
    "1/0": None,
    "二分之一": "50.0000",
    "3分之1": "33.3333",
    "百分之五十": "50.0000",
    "百分之33.5": "33.5000",
    "五成": "50.0000",
    "2.5成": "25.0000",
    "一半": "50.0000",
    "全部": "100.0000",
    "单独所有": "100.0000",
    "按份共有 50%": "50.0000",
    "各占50%": "50.0000",
    "共同共有": None,
    "": None,
}

AREAS = {
    "89.5": "89.50",
    "89.5㎡": "89.50",
    "89.5m²": "89.50",
    "89.5平方米": "89.50",
    "89.5 m^2": "89.50",
    "89.5平": "89.50",
    "89.5（平方米）": "89.50",
    "89.5 平 方 米": "89.50",
    "建筑面积89.5㎡": "89.50",
    "1,089.555": "1089.56",
    "89.5亩": None,
}

CENTS = st.integers(-(10**14), 10**14)


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def spelt(values: pl.Series) -> list[str | None]:
    return [None if value is None else str(value) for value in values]


def test_every_form_of_yuan() -> None:
    assert dict(zip(YUAN, spelt(read_yuan(texts(*YUAN))), strict=True)) == YUAN


def test_a_header_in_ten_thousand_yuan_multiplies_cells_that_name_no_unit() -> None:
    read = spelt(read_yuan(texts(*UNDER_A_WAN_HEADER), unit=10_000))
    assert dict(zip(UNDER_A_WAN_HEADER, read, strict=True)) == UNDER_A_WAN_HEADER


def test_a_plain_column_reads_as_one_that_needs_care() -> None:
    plain = texts("1", "22.5", None, "-3.25")
    assert spelt(read_yuan(plain)) == ["1.00", "22.50", None, "-3.25"]
    assert spelt(read_yuan(pl.concat([plain, texts("4元")]))) == ["1.00", "22.50", None, "-3.25", "4.00"]


def test_integers() -> None:
    assert dict(zip(INTEGERS, read_integers(texts(*INTEGERS)), strict=True)) == INTEGERS


def test_percent() -> None:
    assert dict(zip(PERCENTS, spelt(read_percents(texts(*PERCENTS))), strict=True)) == PERCENTS


def test_square_metres() -> None:
    assert dict(zip(AREAS, spelt(read_square_metres(texts(*AREAS))), strict=True)) == AREAS


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"\A-?[0-9]{1,12}(\.[0-9]{0,5})?%?\Z"))
def test_a_share_that_is_read_in_one_pass_is_what_careful_reading_makes_of_it(cell: str) -> None:
    stated = parse_percent(cell)
    told = None if stated is None or abs(stated) >= 1000 else stated.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    assert read_percents(texts(cell)).to_list() == [told]


def test_columns_of_empty_cells() -> None:
    assert read_yuan(texts(None, "")).to_list() == [None, None]
    assert read_integers(texts(None, None)).to_list() == [None, None]
    assert read_yuan(texts()).dtype == MONEY


@pytest.mark.parametrize("decorate", ["{}", "{}元", "¥{}", " {} "])
@settings(max_examples=30, deadline=None)
@given(cents=CENTS)
def test_money_with_thousands_separators_reads_as_itself(decorate: str, cents: int) -> None:
    whole, part = divmod(abs(cents), 100)
    cell = decorate.format(f"{'-' if cents < 0 else ''}{whole:,}.{part:02}")
    [read] = read_yuan(texts(cell))
    assert read * 100 == cents


@settings(max_examples=30, deadline=None)
@given(yuan=st.integers(0, 10**10))
def test_ten_thousand_yuan_is_exact(yuan: int) -> None:
    cell = f"{yuan // 10_000}.{yuan % 10_000:04}"
    assert [int(value) for value in read_yuan(texts(cell), unit=10_000)] == [yuan]
    assert parse_yuan(f"{cell}万元") == yuan


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text("0123456789,.-+()¥元万", max_size=40)))
def test_parsing_arbitrary_text_never_raises(cell: str) -> None:
    value = parse_amount(cell)
    assert value is None or value.is_finite()
    yuan = parse_yuan(cell, 10_000)
    assert yuan is None or (abs(yuan) <= Decimal(10) ** 15 and yuan == round(yuan, 2))
