"""Identity grades: how well number and name agree, A best; a link between two records has the weaker grade of the two."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.cells.person_numbers import UPGRADED, VALID

REPAIRED, MATCHED = "repaired", "matched"
"""States of a number that a link gave: found by a damaged number, or by everything but a number."""
_CAPS = {VALID: "A", UPGRADED: "C", REPAIRED: "C", MATCHED: "E"}


def grade_cap(state: str | Column) -> Column:
    """The best grade that a number in this state can have; null for a state that stands for nobody."""
    column = F.col(state) if isinstance(state, str) else state
    cap = F.lit(None).cast("string")
    for name, grade in _CAPS.items():
        cap = F.when(column == name, F.lit(grade)).otherwise(cap)
    return cap


def capped(grade: str | Column, cap: str | Column) -> Column:
    """The grade that number and name give, no better than the cap; null where either is. D stays D: another's is no weaker match."""
    column = F.col(grade) if isinstance(grade, str) else grade
    worst = F.greatest(column, cap)  # which passes over nulls
    is_known = column.isNotNull() & (F.col(cap) if isinstance(cap, str) else cap).isNotNull()
    return F.when(column == "D", column).when(is_known, worst)
