"""Conditions over nullable columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F


def holds(condition: Column) -> Column:
    """Is the condition true? Never null.

    No coalesce: the embedded engine writes what stands in one twice into its plan, and what stands in one in another four times.
    """
    return condition.eqNullSafe(F.lit(True))


def may_hold(condition: Column) -> Column:
    """Is the condition true, or not known? Never null."""
    return ~condition.eqNullSafe(F.lit(False))


def first_that_holds(conditions: Mapping[str, Column]) -> Column:
    """Name of the first condition that holds, or null."""
    if not conditions:
        return F.lit(None).cast("string")
    return first_of((condition, F.lit(name)) for name, condition in conditions.items())


def first_of(cases: Iterable[tuple[Column, Column]]) -> Column:
    """The value beside the first condition that holds, or null; with `otherwise`, another value."""
    (condition, value), *others = cases
    return reduce(lambda told, case: told.when(*case), others, F.when(condition, value))
