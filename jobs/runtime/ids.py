"""Ids as columns: made from what names a thing, and read with their letter also where an earlier version wrote them without."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from expectations.contracts.ids import DIGITS, LETTERS


def made_id(column: str, *parts: Column | str) -> Column:
    """The id of the column's kind: a digest of the parts, the same for the same parts in every run and on every engine."""
    return F.concat(F.lit(LETTERS[column]), F.substring(F.sha2(F.concat_ws("|", *parts), 256), 1, DIGITS))


def digits_of(column: str) -> Column:
    """The id without its letter, see expectations.contracts.ids."""
    return F.substring(column, len("C") + 1, DIGITS)


def lettered(column: str) -> Column:
    """The column; of ids, as they are written now."""
    if column not in LETTERS:
        return F.col(column)
    return F.when(F.length(column) == DIGITS, F.concat(F.lit(LETTERS[column]), F.col(column))).otherwise(F.col(column))
