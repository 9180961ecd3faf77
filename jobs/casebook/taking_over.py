"""Verdicts that an earlier version kept in vault.verdicts, as the events that they were."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from casework.events import NewEvent, Role, Source, Subject
from casework.payloads import Listed, SubjectKind, Verdict
from expectations.contracts.lake import VERDICTS
from jobs.casebook.places import placed, towns_of
from jobs.runtime.lake import Lake

_SAID = tuple(name for name in Verdict.model_fields if name != "listed")


def events_of_earlier_verdicts(lake: Lake) -> list[list[NewEvent]]:
    """One batch an import, in their order; inside of it as the verdicts of each clue were numbered."""
    rows = [row.asDict() for row in lake.read(VERDICTS).collect()]  # inspectors' work: thousands
    towns = towns_of(lake, {row["case_id"] for row in rows})
    ordered = sorted(rows, key=lambda row: (row["import_no"], row["clue_id"], row["verdict_no"]))
    return [
        [_event(row, towns.get(row["case_id"])) for row in batch] for _, batch in groupby(ordered, lambda row: row["import_no"])
    ]


def _event(row: dict[str, Any], town: str | None) -> NewEvent:
    listed = Listed(**{name: row[name] for name in Listed.model_fields})
    source = Source(row["source_file"], row["source_sha256"], row["source_sheet"], row["source_row"])
    return NewEvent(
        subject=Subject(SubjectKind.CLUE, row["clue_id"]), case_id=listed.case_id, on_day=row["checked_on"],
        after=Verdict(**{name: row[name] for name in _SAID}, listed=listed), by=row["brought_by"], role=Role.INSPECTOR,
        recorded_at=row["recorded_at"], place=placed(listed, town), source=source if source.file is not None else None,
    )  # fmt: skip
