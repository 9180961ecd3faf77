"""Days on which offices are closed: weekends and holidays, less the weekends that were worked for a holiday."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import polars as pl

_SATURDAY = 5


def days_off(days: pl.Series) -> pl.DataFrame:
    """A row for each of the days: day, is_off, is_holiday. By what the State Council announced; in years of which that is not known,
    weekends are off and no day is a holiday."""
    told = [(day, *_closed(day)) for day in days.drop_nulls().unique().sort()]
    return pl.DataFrame(told, {"day": pl.Date, "is_off": pl.Boolean, "is_holiday": pl.Boolean}, orient="row")


def _closed(day: date) -> tuple[bool, bool]:
    try:
        is_off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return day.weekday() >= _SATURDAY, False
    return is_off, is_off and holiday is not None
