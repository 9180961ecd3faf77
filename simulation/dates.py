"""Days and months of the simulated year: months are counted as year * 12 + (month - 1)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

AS_OF = date(2017, 12, 31)
YEAR = 2017
JANUARY = YEAR * 12
DECEMBER = JANUARY + 11
MONTHS = range(JANUARY, DECEMBER + 1)
EPOCH = date(1970, 1, 1)


def epoch_day(day: date) -> int:
    """Days from 1970-01-01, as numpy and polars count them."""
    return (day - EPOCH).days


def from_epoch_day(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


AS_OF_DAY = epoch_day(AS_OF)


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def day_in(rng: np.random.Generator, month: int, first: int = 1, last: int = 28) -> date:
    """A day of the month between two day numbers, both included."""
    return date(month // 12, month % 12 + 1, int(rng.integers(first, last + 1)))


def day_between(rng: np.random.Generator, first: date, last: date) -> date:
    """A day of the span, both ends included; the first day when the span is empty."""
    return first + timedelta(days=int(rng.integers(0, max(0, (last - first).days) + 1)))


def months_as_dates(months: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """First days of months counted as year * 12 + (month - 1)."""
    return (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
