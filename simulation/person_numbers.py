"""Citizen numbers (GB 11643) that no real person can carry.

Every number has a valid check digit, but its division code was never assigned: 420292-420297
stand for the six counties, 429991-429995 for births elsewhere,
429981-429985 for people outside the city's registry.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

COUNTY_PREFIXES = (420292, 420293, 420294, 420295, 420296, 420297)
ELSEWHERE_PREFIXES = (429991, 429992, 429993, 429994, 429995)
STRANGER_PREFIXES = (429981, 429982, 429983, 429984, 429985)
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
CHECK_CHARACTERS = "10X98765432"


def check_character(body: str) -> str:
    """Last character of the number with these first 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[sum(int(w) * int(c) for w, c in zip(WEIGHTS, body, strict=True)) % 11]


def is_valid(number: str | None) -> bool:
    """18 characters, 17 digits and the right check character; says nothing about who carries it."""
    return number is not None and len(number) == 18 and number[:17].isdigit() and check_character(number[:17]) == number[17]


def valid_mask(numbers: pl.Series) -> pl.Series:
    """`is_valid` over a column; false for empty cells."""
    digits = numbers.str.slice(0, 17)
    shaped = numbers.str.contains(r"^\d{17}[\dX]$").fill_null(False)
    total = pl.Series(np.zeros(len(numbers), dtype=np.int64))
    for place, weight in enumerate(WEIGHTS):
        total = total + digits.str.slice(place, 1).cast(pl.Int64, strict=False).fill_null(0) * int(weight)
    check = pl.Series(list(CHECK_CHARACTERS)).gather((total % 11).cast(pl.UInt32))
    return shaped & (numbers.str.slice(17, 1) == check).fill_null(False)


def number_series(prefix: NDArray[np.int64], birth: NDArray[np.int64], sequence: NDArray[np.int64]) -> pl.Series:
    """Numbers of 18 characters. `birth` counts days from 1970, `sequence` is 1-999 and odd for men."""
    days = birth.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    dates = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    body = ((prefix * 10000 + years) * 10000 + months * 100 + dates) * 1000 + sequence
    total = np.zeros(len(body), dtype=np.int64)
    rest = body.copy()
    for weight in WEIGHTS[::-1]:
        total += (rest % 10) * weight
        rest //= 10
    checks = pl.Series(list(CHECK_CHARACTERS)).gather(pl.Series(total % 11).cast(pl.UInt32))
    return (
        pl.DataFrame({"body": body, "check": checks}).select(pl.concat_str(pl.col("body").cast(pl.String), "check")).to_series()
    ).rename("number")


def sequences(prefix: NDArray[np.int64], birth: NDArray[np.int64], is_male: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Order numbers 1-995, odd for men, never twice for one division, birthday and sex (up to 498 of them)."""
    key = pl.DataFrame({"prefix": prefix, "birth": birth, "male": is_male})
    rank = key.select((pl.int_range(pl.len()).over("prefix", "birth", "male")).alias("rank")).to_series().to_numpy()
    # 499 is prime, so steps of 37 visit every slot once before one comes again.
    slot = (rank.astype(np.int64) * 37 + birth * 13 + prefix) % 499
    return np.asarray(2 * slot + np.where(is_male, 1, 2), dtype=np.int64)


def fifteen_digits(number: str) -> str:
    """The number as written before 1999: no century, no check character."""
    return number[:6] + number[8:17]


def mistyped(rng: np.random.Generator, number: str) -> str:
    """The number with one wrong digit or two swapped ones; never valid."""
    while True:
        place = int(rng.integers(6, 16))
        if rng.random() < 0.5:
            digit = str((int(number[place]) + int(rng.integers(1, 10))) % 10)
            wrong = number[:place] + digit + number[place + 1 :]
        else:
            wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if wrong != number and not is_valid(wrong):
            return wrong


def foreign_number(rng: np.random.Generator, birth: date, is_male: bool, serial: int) -> str:
    """A valid number of somebody outside the city's registry; `serial` below 498 keeps them apart on one birthday."""
    prefix = int(rng.choice(STRANGER_PREFIXES))
    body = f"{prefix}{birth:%Y%m%d}{(2 * (serial % 498) + (1 if is_male else 2)):03d}"
    return body + check_character(body)
