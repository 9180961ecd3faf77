"""Conditions over nullable columns."""

from __future__ import annotations

from collections.abc import Mapping

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
    (first, condition), *others = conditions.items()
    named = F.when(condition, F.lit(first))
    for name, other in others:
        named = named.when(other, F.lit(name))
    return named
