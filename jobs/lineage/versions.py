"""Which versions of the tables a list was made of, by ops.runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from expectations.contracts.lake import RUNS
from expectations.contracts.lake.runs import FAILED
from expectations.contracts.model import Table
from jobs.runtime.tables import Tables

Run = Mapping[str, Any]
"""A row of ops.runs."""


def runs_of(tables: Tables) -> list[Run]:
    """All rows of ops.runs, oldest first."""
    rows = [{**row, **{name: dict(row[name] or {}) for name in _MAPS}} for row in tables.rows(RUNS)]
    return sorted(rows, key=lambda row: (row["started_at"], row["job_no"]))


_MAPS = ("tables_read", "tables_written", "rows_written")


def writer(runs: Sequence[Run], table: str, version: int) -> Run | None:
    """The job that wrote the version; null where no run is on record: an earlier program's, or one that was killed."""
    return next((row for row in reversed(runs) if row["tables_written"].get(table) == version), None)


def versions_behind(runs: Sequence[Run], table: Table, version: int) -> dict[str, int]:
    """Versions by table of all that the version of the list was made of and published with: what its jobs read, what the jobs read
    that wrote that, and so on. Where two jobs read a table, the one that is nearer to the list decides."""
    name = table.full_name
    found, ahead = {name: version}, deque[Run]()
    publisher = next((row for row in reversed(runs) if row["job"] == "publish" and row["tables_read"].get(name) == version), None)
    ahead.extend(row for row in (publisher, writer(runs, name, version)) if row is not None)
    while ahead:
        row = ahead.popleft()
        for other, at in {**row["tables_read"], **row["tables_written"]}.items():
            if other not in found and at is not None:
                found[other] = at
                if (wrote := writer(runs, other, at)) is not None:
                    ahead.append(wrote)
    return found


def stopped_since(runs: Sequence[Run], table: Table, version: int) -> Run | None:
    """The last run, where it is a later one than the list's and failed: its lists were withheld."""
    wrote = writer(runs, table.full_name, version)
    last = runs[-1] if runs else None
    is_later = last is not None and (wrote is None or last["run_id"] != wrote["run_id"])
    return last if is_later and last is not None and last["state"] == FAILED else None
