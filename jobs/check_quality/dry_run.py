"""Judging a delivery without a lake or an engine: the accounts, and what each department would be asked to mend."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS
from jobs.cells.typed import standardised
from jobs.check_quality.columns import NO_KEY, ColumnCount, counts_in, counts_of
from jobs.check_quality.dry_repeats import digests, without_what_counts_once
from jobs.check_quality.slip_workbook import Returned
from jobs.check_quality.slips import MOST_ROWS, refused_row
from jobs.delivery.decode import decode
from jobs.delivery.delivered_twice import overlapping
from jobs.delivery.ledger import REFUSED, Account, account_with_fates, settled
from jobs.delivery.manifest import delivery_id, read_manifest
from jobs.delivery.survey import SurveyedFile, survey_delivery
from jobs.delivery.unchanged import FileChanged
from jobs.delivery.workbooks import BadWorkbook


@dataclass
class Tally:
    """What decoding one file came to."""

    fates: Counter[str] = field(default_factory=Counter)
    returned: list[Returned] = field(default_factory=list)
    numbers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    rows: int = 0
    nulls: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    digests: list[pl.DataFrame] = field(default_factory=list)


@dataclass(frozen=True)
class DeliveryState:
    """Accounts of every file; quarantined rows, masked; numbers by (file, role) and state; cells by column."""

    accounts: list[Account]
    returned: list[Returned]
    numbers: dict[tuple[str, str, str], dict[str, int]]
    columns: list[ColumnCount]


def delivery_state(delivery: Path, as_of: date, piece_bytes: int, on_file: Callable[[], None] = lambda: None) -> DeliveryState:
    """The judgement of a delivery by itself. Raises BadDelivery when its manifest cannot be used."""
    entries = read_manifest(delivery)
    files = survey_delivery(delivery, entries, piece_bytes)
    areas: dict[str, dict[str, str]] = defaultdict(dict)
    for file in files:
        if file.pieces:
            areas[file.entry.data_set][file.file_id] = file.entry.area
    beside = {(code, file_id) for code, of_register in areas.items() for file_id in overlapping(of_register)}
    with ThreadPoolExecutor(2) as pool:

        def tallied(file: SurveyedFile) -> tuple[SurveyedFile, Tally]:
            try:
                tally = _tally(file, is_beside=(file.entry.data_set, file.file_id) in beside)
            except (FileChanged, BadWorkbook) as bad:
                tally, file = Tally(), replace(file, status=REFUSED, remarks=(bad.why, *file.remarks), pieces=())
            on_file()
            return file, tally

        judged = list(pool.map(tallied, files))
    name = delivery_id(entries)
    accounts = [
        account_with_fates(Account(1, name, file.entry, file.file_id, file.status, file.remarks), tally.fates)
        for file, tally in judged
    ]
    once = {(file.entry.data_set, file.file_id): tally for file, tally in judged if file.pieces}  # the same bytes count once
    return DeliveryState(
        without_what_counts_once(
            settled(accounts, as_of), {key: pl.concat(tally.digests) for key, tally in once.items() if tally.digests}, as_of
        ),
        [row for tally in once.values() for row in tally.returned],
        {(*key, role): dict(states) for key, tally in once.items() for role, states in tally.numbers.items()},
        [
            counted
            for (code, file_id), tally in once.items()
            if tally.rows
            for counted in counts_of(DATA_SETS[code], file_id, tally.rows, tally.nulls, tally.marks)
        ],
    )


def _tally(file: SurveyedFile, *, is_beside: bool) -> Tally:
    """is_beside: another file may hold the same rows."""
    tally = Tally()
    for piece in file.pieces:
        data_set = DATA_SETS[piece.data_set]
        for rows in decode(piece):
            tally.fates.update(dict(rows["_fate"].value_counts().iter_rows()))
            refused = rows.filter(pl.col("_fate") == "quarantined").head(MOST_ROWS - len(tally.returned))
            for row in refused.iter_rows(named=True):
                tally.returned.append(refused_row(data_set, file.file_id, row["_sheet"] or "", row["_row"], row["_reason"], row))
            data = rows.filter(pl.col("_fate") != "skipped")
            typed = standardised(data_set, data, NO_KEY)
            nulls, marks = counts_in(data_set, typed)
            tally.rows += data.height
            tally.nulls.update(nulls)
            tally.marks.update(marks)
            accepted = typed.filter(data["_fate"] == "accepted")
            if is_beside:
                tally.digests.append(digests(data_set, accepted))
            for number in data_set.fields:
                if number.kind in PERSON_KINDS:
                    states = accepted[f"{number.role}_number_state"].value_counts()
                    tally.numbers[number.role].update(dict(states.iter_rows()))
    return tally
