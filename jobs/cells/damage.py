"""Person numbers that a spreadsheet or a float has damaged, recognised by what the whole column looks like.

A spreadsheet keeps fifteen digits: 420281195001012345 becomes …000, or the float nearest to that once a workbook is read (…968).
A float keeps some sixteen: what is printed is the float itself (…352) or the shortest number that reads as the same float (…350).
Each leaves prints that an intact number bears by chance, and one damaged number in eleven passes its check all the same:
only the column can tell.
"""

from __future__ import annotations

from math import log

import numpy as np
import numpy.typing as npt
import polars as pl

from jobs.cells.person_numbers import SCIENTIFIC, passes_a_check
from jobs.cells.text import read_code, trimmed

_FEWEST = 5
"""Damaged numbers that it takes at least to judge a column."""
_LOG_OF_CHANCE = log(1e-6)
"""How seldom an intact column may be judged damaged, were every one of its numbers mistyped. Hardly any are: really it is never."""

_Numbers = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]


def _as_float(numbers: _Numbers) -> _Numbers:
    return numbers.astype(np.float64).astype(np.int64)


def _shortest(floats: _Numbers) -> _Numbers:
    """Of the numbers that read as these floats those with most zeros at the end, and then the nearest."""
    shortest = floats
    for step in (10, 100, 1000):
        nearest = (floats + step // 2) // step * step
        shortest = np.where(_as_float(nearest) == floats, nearest, shortest)
    return shortest


def _is_beyond_chance(failing: int, by_chance: float) -> bool:
    """Chernoff's bound on the upper tail of a binomial, for which so many are expected."""
    if failing < max(_FEWEST, by_chance):
        return False
    return failing - by_chance + failing * log(by_chance / failing) < _LOG_OF_CHANCE


def _damaged_numbers(numbers: _Numbers) -> _Numbers:
    """Which of a column's distinct numbers are damaged.

    Only numbers that fail their check are evidence: were sequences that end in 00 the custom of a place, most would pass. They are
    held against what chance would bring if all numbers failed, so that most bearers of a print in a judged column are damaged.
    A number that bears the print of another way, too, is no evidence for this one.
    """
    by_chance = float(np.sum(1 / np.spacing(numbers.astype(np.float64))))  # one number in 64, between 2^58 and 2^59
    rounded_by_chance = len(numbers) / 500
    numbers = numbers[(numbers & 15 == 0) | (numbers % 10 == 0)]  # no other bears a print: from 10^17 on floats are 16 apart
    floats = _as_float(numbers)
    thousands = (numbers + 500) // 1000 * 1000
    rounded = (numbers == thousands) | (numbers == _as_float(thousands))
    printed, shortest = numbers == floats, numbers == _shortest(floats)
    passes = rounded | printed | shortest
    passes[passes] = passes_a_check(pl.Series(numbers[passes]).cast(pl.String))
    marked = np.zeros(len(numbers), dtype=np.bool_)
    for bearers, evidence, expected in (
        (rounded, rounded, rounded_by_chance),
        (printed, printed & ~shortest & ~rounded, by_chance),
        (shortest, shortest & ~printed & ~rounded, by_chance),
    ):
        failing, passing = int(np.count_nonzero(evidence & ~passes)), int(np.count_nonzero(evidence & passes))
        if failing < max(expected, passing):
            continue
        if _is_beyond_chance(failing, expected):
            marked |= bearers
        elif bearers is rounded:
            # Too few to judge the column by: those that pass are left alone.
            marked |= rounded & ~passes
    return numbers[marked]


def damaged(cells: pl.Series) -> pl.Series:
    """Per cell of one column of one file: is it a number that a spreadsheet or a float has damaged?

    Scientific notation always is. Repeated numbers count once: a payment file names a person every month.
    """
    numbers = _leading_18(cells)
    others = (numbers.is_null() & ~cells.str.ends_with("X")).arg_true()
    odd = trimmed(cells.gather(others))  # noise may stand before a number
    numbers = numbers.scatter(others, _leading_18(odd))
    # A filler of zeros is no rounded number.
    distinct = numbers.filter((numbers >= 10**17) & (numbers // 10**4 % 10**8 != 0)).unique()
    found = _damaged_numbers(distinct.to_numpy())
    marked = numbers.is_in(pl.Series(found).implode()).fill_null(False)
    return marked.scatter(others, marked.gather(others) | odd.str.contains(SCIENTIFIC).fill_null(False))


def _leading_18(plain: pl.Series) -> pl.Series:
    """The number in cells of 18 digits; of 20, because a disability certificate has two more, which are damaged first."""
    length = plain.str.len_bytes()
    return plain.str.head(18).cast(pl.Int64, strict=False).set(~((length == 18) | (length == 20)), None)


def damaged_accounts(cells: pl.Series) -> pl.Series:
    """Per cell of one column of bank accounts: did a spreadsheet write zeros behind its fifteenth digit?

    Accounts have no check digit: the share of such cells alone tells. Two people whose accounts end in zeros would else share one.
    """
    plain = read_code(cells)
    distinct = plain.drop_nulls().unique()
    long = distinct.filter(distinct.str.contains("^[0-9]{17,19}$"))  # sixteen digits end in a zero once in ten
    is_rounded = long.str.contains("^[0-9]{15}0+$")
    by_chance = float((10.0 ** (15 - long.str.len_bytes().cast(pl.Float64))).sum())
    found = long.filter(is_rounded) if _is_beyond_chance(int(is_rounded.sum()), by_chance) else long.clear()
    return (plain.is_in(found.implode()) | plain.str.contains(SCIENTIFIC)).fill_null(False)
