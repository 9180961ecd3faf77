"""What a delivery says, and in what two of them differ: the rows of its files typed, and what the rules find in them."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CHECKS, FINDINGS, NEEDS
from expectations.contracts.model import Table
from jobs.cells.typed import standardised
from jobs.check_households import job as check_households
from jobs.delivery.decode import decode
from jobs.delivery.ledger import ACCEPTED
from jobs.delivery.manifest import read_manifest
from jobs.delivery.survey import survey_delivery
from jobs.find_clues import job as find_clues
from jobs.find_needs import job as find_needs
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.link_people import job as link_people
from jobs.runtime.console import Console
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.standardise import job as standardise
from jobs.state_purpose import job as state_purpose

PIECE_BYTES = 48 << 20
STAGES: tuple[Callable[[RunContext], None], ...] = (
    ingest.run,
    state_purpose.run,
    standardise.run,
    link_people.run,
    find_clues.run,
    find_needs.run,
    check_households.run,
)
"""From the files to findings, needs and checks."""
PUBLISHED = (FINDINGS, NEEDS, CHECKS)
_PLACES = frozenset({"evidence", "who_file_id", "who_sheet", "who_row"})
"""Columns that say where something stands: the one thing that another form may change."""
_DIGITS = 6
Rows = Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Said:
    """What a delivery says, by data set or table: the names of the columns and every row, as often as it stands there.

    extracts: of each file that is read its data set, area and day, which decide what replaces what.
    """

    columns: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Rows]
    troubles: tuple[str, ...] = ()
    extracts: frozenset[tuple[str, str, date | None]] = frozenset()


def rows_said(delivery: Path, key: str) -> Said:
    """The typed rows of every file, without an engine: what silver would hold. Troubles: files refused, rows quarantined."""
    troubles: Counter[str] = Counter()
    columns: dict[str, tuple[str, ...]] = {}
    rows: dict[str, Rows] = {}
    files = survey_delivery(delivery, read_manifest(delivery), PIECE_BYTES)
    for file in files:
        code = file.entry.data_set
        if file.status != ACCEPTED:
            troubles[f"{code}: refused: {file.reason}"] += 1
        for piece in file.pieces:
            for bronze in decode(piece):
                for reason, count in bronze.filter(pl.col("_fate") == "quarantined")["_reason"].value_counts().iter_rows():
                    troubles[f"{code}: quarantined: {reason}"] += count
                silver = standardised(DATA_SETS[code], bronze.filter(pl.col("_fate") == "accepted"), key)
                columns[code] = tuple(column.name for field in DATA_SETS[code].fields for column in field.silver_columns)
                rows.setdefault(code, Counter()).update(silver.select(columns[code]).iter_rows())
    extracts = frozenset((f.entry.data_set, f.entry.area, f.entry.extract_date) for f in files if f.status == ACCEPTED)
    return Said(columns, rows, tuple(f"{what} ({count})" for what, count in sorted(troubles.items())), extracts)


def findings_said(engine: Engine, settings: Settings, delivery: Path, as_of: date, key: str) -> Said:
    """Findings, needs and checks of a run over the delivery on a lake of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        report = RunReport(Console(quiet=True))
        ctx = RunContext(engine, Lake(engine, str(out / "lake")), settings, as_of, out, key, report, delivery)
        for stage in STAGES:
            stage(ctx)
        return lake_said(ctx.lake, tuple(warning for warning in report.warnings if "refused" in warning))


def lake_said(lake: Lake, troubles: tuple[str, ...] = ()) -> Said:
    """Findings, needs and checks that a lake holds."""
    columns, rows = {}, {}
    for table in PUBLISHED:
        columns[table.full_name] = names = _compared(table)
        rows[table.full_name] = Counter(_plain(row) for row in lake.read(table).select(*names).collect())
    return Said(columns, rows, troubles)


def _compared(table: Table) -> tuple[str, ...]:
    return tuple(name for name in table.column_names if name not in _PLACES)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return tuple(sorted((key, _plain(part)) for key, part in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    return value


def differences(before: Said, after: Said) -> list[str]:
    """In what the second differs, a sentence a table, naming the columns; what it could not read first. Empty: the law holds."""
    found = list(after.troubles)
    for name in sorted(before.rows.keys() | after.rows.keys()):
        old, new = before.rows.get(name, Counter()), after.rows.get(name, Counter())
        lost, gained = old - new, new - old
        if lost or gained:
            columns = before.columns.get(name) or after.columns[name]
            changed = [
                c
                for i, c in enumerate(columns)
                if Counter(row[i] for row in lost.elements()) != Counter(row[i] for row in gained.elements())
            ]
            found.append(
                f"{name}: {lost.total():,} rows lost, {gained.total():,} gained of {old.total():,}, by {', '.join(changed) or 'their pairing'}"
            )
    return found
