"""Dates and months: every form of the delivery contract, its near misses, and the way back from a written date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells.dates import parse_date, parse_month, read_dates, read_months

FIFTH = date(2017, 1, 5)

DATES = {
    "2017年1月5日（农历腊月初八）": date(2017, 1, 5),
    "2017年1月5日（农历）": None,  # twin: another day
    "2017-01-05起": date(2017, 1, 5),
    "公元2017年1月5日": date(2017, 1, 5),
    "贰零壹柒年壹月伍日": date(2017, 1, 5),
    "2017年1月5日上午": date(2017, 1, 5),
    "2017年1月5日8时": date(2017, 1, 5),
    "2017..1.5": date(2017, 1, 5),
    "2017·1·5": date(2017, 1, 5),
    "2017.1-6": None,  # twins: from one month to another
    "2017.1-2017.6": None,
    "20170105": FIFTH,
    "2017-01-05": FIFTH,
    "2017/1/5": FIFTH,
    "2017.1.5": FIFTH,
    "2017年1月5日": FIFTH,
    "2017年01月05日": FIFTH,
    "2017年1月5": FIFTH,
    "2017 年 1 月 5 日": FIFTH,
    "２０１７－０１－０５": FIFTH,
    "42740": FIFTH,  # the spreadsheet serial that the contract gives for this day
    "42740.0": FIFTH,
    "42740.4375": FIFTH,
    "2017-01-05 10:30": FIFTH,
    "2017-01-05 10:30:15": FIFTH,
    "2017-01-05T10:30:15.250": FIFTH,
    "2017/1/5 0:00": FIFTH,
    "2017-01-05 00:00:00": FIFTH,
    "20170105103015": FIFTH,
    "201701051030": FIFTH,
    "20170105 10:30:15": FIFTH,
    "2017- 1- 5": FIFTH,  # filled up with blanks
    "2017. 1. 5": FIFTH,
    "+2017-01-05": None,
    "'2017-01-05": FIFTH,
    " 2017-01-05\u3000": FIFTH,
    "2016-02-29": date(2016, 2, 29),
    "2017-02-29": None,  # twin: no leap year
    "2016-12-31": date(2016, 12, 31),
    "2016-12-32": None,
    "2016-13-01": None,
    "1850-01-01": date(1850, 1, 1),
    "1849-12-31": None,
    "2100-12-31": date(2100, 12, 31),
    "9999-12-31": None,
    "99991231": None,
    "00000000": None,
    "0000-00-00": None,
    "2017": None,  # a year, not serial 2017
    "7305": None,
    "7306": date(1920, 1, 1),
    "73050": date(2099, 12, 31),
    "73051": None,
    "201701": None,  # a month names no day
    "2017-01": None,
    "2017年1月": None,
    "2017-01-05 10": None,
    "2017-01-0510": None,
    "2017010510": None,
    "17/1/5": None,
    "不详": None,
    "无": None,
    "": None,
    # what programs write of themselves
    "2017-01-04T16:00:00.000Z": FIFTH,  # midnight in China
    "2017-01-04T15:59:59Z": date(2017, 1, 4),
    "2017-01-05T00:00:00+08:00": FIFTH,
    "2017-01-05T00:00:00+0800": FIFTH,
    "2017-01-05T00:00:00+08": FIFTH,
    "2017-01-04T11:00:00-05:00": FIFTH,
    "2017-01-04 16:00:00 UTC": FIFTH,
    "2017-01-04 4:00 PM UTC": FIFTH,
    "20170104T160000Z": FIFTH,
    "2017-01-04T24:00:00Z": FIFTH,
    "2017-01-05T25:00:00Z": None,
    "2017-01-05T00:00:00+99:00": None,
    "1988-06-30T15:00:00Z": date(1988, 7, 1),  # the summers of 1986 to 1991 were an hour ahead
    "1988-06-30T16:00:00Z": date(1988, 7, 1),
    "1988-07-01T00:00:00+09:00": date(1988, 7, 1),
    "9999-12-31T00:00:00Z": None,
    "2100-12-31T23:00:00Z": None,  # the first day of 2101 in China
    "2017-01-05 00:00:00.0": FIFTH,
    "20170105000000000": FIFTH,
    "Thu Jan 05 00:00:00 CST 2017": FIFTH,
    "Sun Jul 01 00:00:00 CDT 1990": date(1990, 7, 1),
    "Wed Jan 04 16:00:00 UTC 2017": FIFTH,
    "Wed Jan 04 16:00:00 GMT+00:00 2017": FIFTH,
    "Thu Jan 05 2017 00:00:00 GMT+0800 (中国标准时间)": FIFTH,
    "Thu, 05 Jan 2017 00:00:00 GMT": FIFTH,
    "Jan  5 2017 12:00AM": FIFTH,
    "January 5, 2017": FIFTH,
    "5 January 2017": FIFTH,
    "05-JAN-2017": FIFTH,
    "05-1月 -2017": FIFTH,
    "05-1月 -17": FIFTH,  # Oracle in Chinese
    "05-1月 -17 12.00.00.000000 上午": FIFTH,
    "05-JAN-17 03.30.00.000000 PM": FIFTH,
    "05-13月-17": None,
    "05-JAN-17": FIFTH,  # as a spreadsheet takes it: 29 is 2029, 30 is 1930
    "5-Jan-30": date(1930, 1, 5),
    "05JAN2017": FIFTH,
    "05JAN2017:00:00:00": FIFTH,
    "17年1月5日": FIFTH,
    "17-1-5": None,  # the column may tell: see test_habits
    "2017。1。5": FIFTH,
    "2017_01_05": FIFTH,
    "2017.01.05.": FIFTH,
    "1483545600": FIFTH,  # seconds, micro- and nanoseconds since 1970
    "1483545600000000": FIFTH,
    "1483545600000000000": FIFTH,
    "2483545600": None,
    "/Date(1483545600000)/": FIFTH,
    "/Date(1483545600000+0800)/": FIFTH,
    "1483545600000": FIFTH,
    "631123200000": date(1990, 1, 1),
    "-631180800000": date(1950, 1, 1),
    "999912312359": None,  # twin: twelve digits that are a day, hour and minute
    "99999999999999": None,
    "20170105.0": FIFTH,
    "2.0170105E7": FIFTH,
    "2.01701E+07": None,  # digits are missing
    "2017-01-05 上午 10:30:00": FIFTH,
    "2017/1/5 下午3:00": FIFTH,
    "2017年01月05日 星期四": FIFTH,
    "2017-01-05(四)": FIFTH,
    "2017年1月5日10时30分": FIFTH,
    "2017年1月5号": FIFTH,
    "二〇一七年一月五日": FIFTH,
    "二○一七年元月五日": FIFTH,
    "二零一七年十二月三十一日": date(2017, 12, 31),
    "二〇一七年十月二十日": date(2017, 10, 20),
    "2017年元月5日": FIFTH,
    "零年零月零日": None,
    "2017—01—05": FIFTH,
    "2017‑01‑05": FIFTH,
    "2017\\1\\5": FIFTH,
    "2017 01 05": FIFTH,
    "2017、1、5": FIFTH,
    '="2017-01-05"': FIFTH,
    "\x1f2017-01-05\ue5e5": FIFTH,
    "20\u00ad17-01-05": FIFTH,
    "05/01/2017": None,  # the column may tell: see test_habits
}

MONTHS = {
    "2017年1月起": date(2017, 1, 1),
    "2017年1月（补）": date(2017, 1, 1),
    "2017年1月补发": date(2017, 1, 1),
    "2017年1月低保金": date(2017, 1, 1),
    "2017.1-3": None,  # twins: several months
    "2017.10-12": None,
    "2017.1、2": None,
    "2017.1-2017.6": None,
    "201701": date(2017, 1, 1),
    "2017-01": date(2017, 1, 1),
    "2017-1": date(2017, 1, 1),
    "2017.1": date(2017, 1, 1),
    "2017/01": date(2017, 1, 1),
    "2017年1月": date(2017, 1, 1),
    "2017年01月": date(2017, 1, 1),
    "2017 年 1 月": date(2017, 1, 1),
    "２０１７年１月": date(2017, 1, 1),
    "2017-01-05": date(2017, 1, 1),
    "20170131": date(2017, 1, 1),
    "2017年1月31日": date(2017, 1, 1),
    "2017-01-31 23:59:59": date(2017, 1, 1),
    "42740": date(2017, 1, 1),
    "201712": date(2017, 12, 1),
    "2017.10": date(2017, 10, 1),
    "201713": None,
    "201700": None,
    "2017-02-30": None,
    "2017": None,
    "2017年01月份": date(2017, 1, 1),
    "201701月": date(2017, 1, 1),
    "2017M01": date(2017, 1, 1),
    "2017-01-00": date(2017, 1, 1),  # a month in a column of days
    "20170100": date(2017, 1, 1),
    "2017-00-00": None,
    "201701期": date(2017, 1, 1),
    "2017、1": date(2017, 1, 1),
    "01/2017": date(2017, 1, 1),
    "17年1月": date(2017, 1, 1),
    "Jan-17": date(2017, 1, 1),
    "JAN17": date(2017, 1, 1),
    "Jan 17": None,  # the seventeenth of January, or 2017?
    "17-Jan": None,
    "17.1": None,  # the column may tell: see test_habits
    "2017年一季度": None,
    "201701.0": date(2017, 1, 1),
    "2.01701E+05": date(2017, 1, 1),
    "2017年元月": date(2017, 1, 1),
    "2017年1月份": date(2017, 1, 1),
    "二〇一七年十二月": date(2017, 12, 1),
    "Jan 2017": date(2017, 1, 1),
    "Jan-2017": date(2017, 1, 1),
    "2016-12-31T16:00:00.000Z": date(2017, 1, 1),
    "1483545600000": date(2017, 1, 1),
    '="201701"': date(2017, 1, 1),
    "\ue5e5201701": date(2017, 1, 1),
    "000000": None,
    "999912": None,
    "": None,
}

DATE_FORMS: dict[str, Callable[[date], str]] = {
    "compact": lambda day: f"{day:%Y%m%d}",
    "dashes": lambda day: f"{day:%Y-%m-%d}",
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "points": lambda day: f"{day.year}.{day.month}.{day.day}",
    "hanzi": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "with a time": lambda day: f"{day:%Y-%m-%d} 08:30:00",
}

MONTH_FORMS: dict[str, Callable[[date], str]] = {
    "compact": lambda day: f"{day:%Y%m}",
    "dash": lambda day: f"{day:%Y-%m}",
    "point": lambda day: f"{day.year}.{day.month}",
    "hanzi": lambda day: f"{day.year}年{day.month}月",
}

# The days that programs make of nothing (the ends of 1899, the first of 1900) are cases of their own above.
DAYS = st.one_of(st.dates(date(1850, 1, 1), date(1899, 12, 29)), st.dates(date(1900, 2, 1), date(2100, 12, 31)))
CELLS = st.one_of(st.none(), st.text(max_size=12), st.text("0123456789-/.年月日 T:'", max_size=16), DAYS.map(str))


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def test_every_form_of_a_date() -> None:
    assert dict(zip(DATES, read_dates(texts(*DATES)), strict=True)) == DATES


def test_every_form_of_a_month() -> None:
    assert dict(zip(MONTHS, read_months(texts(*MONTHS)), strict=True)) == MONTHS


def test_columns_of_empty_cells() -> None:
    assert read_dates(texts(None, "")).to_list() == [None, None]
    assert read_months(texts(None, None)).to_list() == [None, None]
    assert read_dates(texts()).dtype == read_months(texts()).dtype == pl.Date


@pytest.mark.parametrize("form", DATE_FORMS)
@settings(max_examples=25, deadline=None)
@given(day=DAYS)
def test_a_written_date_reads_as_itself(form: str, day: date) -> None:
    cell = DATE_FORMS[form](day)
    assert read_dates(texts(cell)).to_list() == [day]
    assert parse_date(cell) == day
    assert parse_month(cell) == day.replace(day=1)


@pytest.mark.parametrize("form", MONTH_FORMS)
@settings(max_examples=25, deadline=None)
@given(day=DAYS)
def test_a_written_month_reads_as_its_first_day(form: str, day: date) -> None:
    cell = MONTH_FORMS[form](day)
    assert read_months(texts(cell)).to_list() == [day.replace(day=1)]
    assert parse_date(cell) is None


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", "", "+", "-", " "]),
            st.sampled_from(["2017", "1949", "1899", "0017", "17", "1840"]),
            st.sampled_from(["-", "/", ".", "年", ""]),
            st.sampled_from(["1", "01", "12", "13", "00"]),
            st.sampled_from(["-", "/", ".", "月", ""]),
            st.sampled_from(["5", "05", "31", "32", "0"]),
            st.sampled_from(["", "日", " "]),
        ),
    )
)
def test_what_is_read_in_one_pass_is_what_careful_reading_makes_of_it(cell: str) -> None:
    assert read_dates(texts(cell)).to_list() == [parse_date(cell)]


@settings(max_examples=25, deadline=None)
@given(day=st.dates(date(1920, 1, 1), date(2099, 12, 31)))
def test_a_spreadsheet_serial_counts_days_from_one_that_is_known(day: date) -> None:
    serial = 42740 + (day - FIFTH) // timedelta(days=1)
    assert read_dates(texts(str(serial))).to_list() == [day]


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, max_size=5))
def test_arbitrary_cells_keep_their_places_and_stay_in_range(cells: list[str | None]) -> None:
    dates, months = read_dates(texts(*cells)), read_months(texts(*cells))
    assert dates.to_list() == [read_dates(texts(cell))[0] for cell in cells]
    assert months.to_list() == [read_months(texts(cell))[0] for cell in cells]
    assert all(date(1850, 1, 1) <= day <= date(2100, 12, 31) for day in dates.drop_nulls())
    assert all(month.day == 1 for month in months.drop_nulls())


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text("0123456789０１年月日-/.: T", max_size=20)))
def test_parsing_arbitrary_text_never_raises(cell: str) -> None:
    day, month = parse_date(cell), parse_month(cell)
    assert day is None or month == day.replace(day=1)


@pytest.mark.parametrize(
    "cell", ["1899-12-30", "1899-12-31 00:00:00", "1899/12/30 0:00", "1900-01-00", "1900/1/1", "1900-01-01T00:00:00"]
)
def test_the_day_that_a_program_makes_of_nothing_is_none(cell: str) -> None:
    """An empty day is 0 in a spreadsheet, which others write out as the day it would be; in a database it is 1 January 1900."""
    assert read_dates(pl.Series([cell, "1900-01-02"])).to_list() == [None, date(1900, 1, 2)]
    assert read_months(pl.Series([cell])).to_list() == [None]
