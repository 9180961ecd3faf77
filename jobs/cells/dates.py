"""Dates and months in every form that the delivery contract lists."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl

from jobs.cells.text import half_width, map_distinct, trimmed

EARLIEST, LATEST = date(1850, 1, 1), date(2100, 12, 31)
# Serial 1 is 1900-01-01 and serial 60 the 29 February 1900 that never was: from 61 on this origin holds.
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIALS = range(7306, 73051)  # 1920-01-01 to 2099-12-31: a smaller number is a year or a count, not a day
_TIME = r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_YMD = re.compile(rf"^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?(?:{_TIME})?$")
_YM = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$")
_COMPACT = re.compile(rf"^(\d{{4}})(\d{{2}})(?:(\d{{2}})(?:\d{{4}}(?:\d{{2}})?|{_TIME})?)?$")  # with hour and minute, and second
_AROUND = re.compile(r"\s*([-/.年月])\s*|\s+(?=日)")
_SERIAL = re.compile(r"^(\d{4,5})(?:\.\d+)?$")


def _plain(cell: str) -> str:
    return _AROUND.sub(r"\1", half_width(cell).strip())


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def parse_date(cell: str) -> date | None:
    """The day a cell names; null for no day (00000000, 9999-12-31, a month alone, anything else)."""
    text = _plain(cell)
    if match := _YMD.match(text):
        return _day(*match.groups())
    if (match := _COMPACT.match(text)) and match[3]:
        return _day(*match.groups())
    if match := _SERIAL.match(text):
        serial = int(match[1])
        return _SERIAL_ORIGIN + timedelta(days=serial) if serial in _SERIALS else None
    return None


def parse_month(cell: str) -> date | None:
    """First day of the month that a cell names, by itself or by a day in it."""
    text = _plain(cell)
    if match := _YM.match(text):
        return _day(match[1], match[2], "1")
    if (match := _COMPACT.match(text)) and not match[3]:
        return _day(match[1], match[2], "1")
    day = parse_date(text)
    return day.replace(day=1) if day else None


def _fast_then_careful(cells: pl.Series, fast: pl.Series, careful: object) -> pl.Series:
    """Most cells are ISO and read in one pass; the rest, distinct value by distinct value."""
    left = cells.filter(fast.is_null() & cells.is_not_null())
    if left.is_empty():
        return fast
    assert callable(careful)
    return fast.fill_null(map_distinct(cells.set(fast.is_not_null(), None), careful, pl.Date))


def read_dates(cells: pl.Series) -> pl.Series:
    plain = trimmed(cells)
    iso = plain.str.to_date("%Y-%m-%d", strict=False)
    # The fast reader takes a sign before the year.
    in_range = (iso.is_between(EARLIEST, LATEST) & ~plain.str.starts_with("+")).fill_null(False)
    return _fast_then_careful(plain, iso.set(~in_range, None), parse_date)


def read_months(cells: pl.Series) -> pl.Series:
    """Months repeat: reading each distinct cell once is the fast way."""
    return map_distinct(trimmed(cells), parse_month, pl.Date)
