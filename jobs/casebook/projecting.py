"""The lake follows the case store: its projections are built anew when they lag behind the store's last event."""

from __future__ import annotations

from casework.store import Book
from expectations.contracts.lake import CASE_STATES, CASES, CASEWORK, VERDICTS
from expectations.contracts.model import Table
from jobs.casebook.projections import Row, case_rows, verdict_rows
from jobs.runtime.lake import Lake, plain_schema

PROJECTIONS = (VERDICTS, CASE_STATES, CASEWORK)
SEEN = (*PROJECTIONS, CASES)
"""Tables that opening the store and projecting read."""


def project(lake: Lake, book: Book) -> bool:
    """Were the projections behind? Then they show the store's last event now.

    Each table is replaced in one commit, the position last: killed in between, the next start begins here again.
    """
    position = book.last_position
    if lake.exists(CASEWORK) and (row := lake.read(CASEWORK).first()) is not None and row["position"] == position:
        return False
    events = book.events()
    _replace(lake, VERDICTS, verdict_rows(events, sum(removal.imports for removal in book.removals())))
    _replace(lake, CASE_STATES, case_rows(events))
    _replace(lake, CASEWORK, [(book.store_id, position)])
    return True


def _replace(lake: Lake, table: Table, rows: list[Row]) -> None:
    lake.overwrite(table, lake.session.createDataFrame(rows, plain_schema(table)))
