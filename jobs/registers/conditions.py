"""Conditions over nullable columns."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F


def holds(condition: Column) -> Column:
    """A condition that is never null."""
    return F.coalesce(condition, F.lit(False))


def first_that_holds(conditions: Mapping[str, Column]) -> Column:
    """Name of the first condition that holds, or null."""
    if not conditions:
        return F.lit(None).cast("string")
    return F.coalesce(*(F.when(holds(condition), F.lit(name)) for name, condition in conditions.items()))
