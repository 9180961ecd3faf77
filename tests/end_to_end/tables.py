"""Tables as plain rows, so that two engines' can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import Row

from expectations.contracts.model import Table
from jobs.runtime.lake import Lake

PLACES = 6
"""Doubles are equal to so many places: engines add in another order."""


def plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, PLACES)
    if isinstance(value, Row):
        return tuple(plain(part) for part in value)
    if isinstance(value, list):
        return tuple(plain(part) for part in value)
    if isinstance(value, Mapping):
        return tuple(sorted((key, plain(part)) for key, part in value.items()))
    return value


def rows_of(lake: Lake, table: Table, leave_out: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """All rows of a small table, sorted by their text."""
    rows = [
        {name: plain(value) for name, value in row.asDict().items() if name not in leave_out}
        for row in lake.read(table).collect()
    ]
    return sorted(rows, key=repr)
