"""What two runs made, so that it can be compared: tables as plain rows, and the files that people get."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import Row

from expectations.contracts.lake import LAKE_TABLES, RUNS
from expectations.contracts.model import Table
from jobs.learn import job as learn
from jobs.plan_visits import job as plan_visits
from jobs.runtime.lake import Lake
from jobs.settle_identities import job as settle_identities
from jobs.take_in import job as take_in

_BY_PEOPLE = {table.full_name for job in (learn, plan_visits, settle_identities, take_in) for table in job.WRITES}
"""Tables of the jobs that people start: the main job writes none of them."""
_OF_THE_RUN = {RUNS.full_name}
"""Which run, when and by which engine: each has its own."""
OF_THE_MAIN_JOB = [name for name in LAKE_TABLES if name not in _BY_PEOPLE | _OF_THE_RUN]
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


def differing(one: Path, other: Path) -> list[str]:
    """Of the files that people get, those that are not the same bytes in both."""
    ours, theirs = _published(one), _published(other)
    assert len(ours) > 30
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def _published(out: Path) -> dict[str, bytes]:
    found = [path for zone in ("exports", "restricted", "slips", "fairness") for path in (out / zone).rglob("*")]
    return {str(path.relative_to(out)): path.read_bytes() for path in found if path.is_file()}
