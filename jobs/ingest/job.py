"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import BRONZE, FILES, QUARANTINE
from expectations.contracts.model import DataSet, Table
from jobs.delivery.decode import decode, trouble
from jobs.delivery.ledger import ACCEPTED, DUPLICATE, REFUSED, SUPERSEDED, Account, account_with_fates, from_rows, settled
from jobs.delivery.manifest import delivery_id, read_manifest
from jobs.delivery.remarks import Remark, in_english
from jobs.delivery.survey import Piece, SurveyedFile, has_changed, survey_delivery
from jobs.delivery.unchanged import FileChanged
from jobs.launch.context import RunContext
from jobs.runtime.arrow import arrow_batches
from jobs.runtime.errors import BadDelivery
from jobs.runtime.lake import PARALLEL_TABLES, Lake

NAME = "ingest"
READS: tuple[Table, ...] = (FILES,)
WRITES = (*BRONZE, QUARANTINE, FILES)
IS_GATE = True
"""Nothing is written for a delivery of which no file can be used."""
_NO_WARNING = ("unknown_columns", "unread_sheets")
"""Remarks that are for the department and the page: offices have columns and sheets of their own."""


def bronze_rows(lake: Lake, data_set: DataSet, pieces: Sequence[Piece]) -> DataFrame:
    """Bronze rows of the pieces, decoded in parallel."""
    tasks = tuple(pieces)
    schema = data_set.bronze.schema

    def decode_tasks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for task in batch.column(0).to_pylist():
                for rows in decode(tasks[task]):
                    yield from arrow_batches(rows, schema)

    return lake.numbers_of_tasks(len(tasks)).mapInArrow(decode_tasks, schema)


def ingest_data_set(lake: Lake, data_set: DataSet, files: Sequence[SurveyedFile]) -> list[tuple[SurveyedFile, Remark]]:
    """Appends to bronze, in one commit, the rows of the files that are not there yet; of the same bytes those that come first.

    Returns the files that changed before all of them was read, or are damaged below their heads, and which: of those nothing is there.
    """
    present: set[str] = set()
    if lake.exists(data_set.bronze):
        rows = lake.read(data_set.bronze).select("_file_id").distinct().collect()  # one row a file
        present = {row[0] for row in rows}
    lost: list[tuple[SurveyedFile, Remark]] = []
    while True:
        left = [file for file in files if all(file is not gone for gone, _ in lost)]
        once = {file.file_id: file for file in reversed(left) if file.file_id not in present}
        pieces = [piece for file in reversed(once.values()) for piece in file.pieces]
        if not pieces:
            return lost
        try:
            lake.append(data_set.bronze, bronze_rows(lake, data_set, pieces))
        except Exception:  # each engine wraps in its own what a task raises
            now = [(file, why) for file in once.values() if (why := trouble(file))]
            if not now:
                raise
            lost += now
        else:
            # What has the same bytes was not read, and is no copy of them any more if it changed since.
            unread = [file for file in left if file.file_id in once and file is not once[file.file_id]]
            return lost + [(file, FileChanged.why) for file in unread if has_changed(file)]


def fates_by_file(lake: Lake, data_sets: Sequence[DataSet]) -> dict[tuple[str, str], dict[str, int]]:
    """Rows per data set, file and fate, counted in bronze by one query over all of them."""
    fates = [
        lake.read(data_set.bronze).select(F.lit(data_set.code).alias("data_set"), "_file_id", "_fate") for data_set in data_sets
    ]
    counted = reduce(DataFrame.unionByName, fates).groupBy("data_set", "_file_id", "_fate").count().collect()  # three rows a file
    by_file: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for code, file_id, fate, count in counted:
        by_file[code, file_id][fate] = count
    return by_file


def quarantined(lake: Lake, data_set: DataSet, files: Sequence[str]) -> DataFrame:
    """Quarantined rows of the files, their cells as JSON. Restricted: the cells are as received."""
    rows = lake.read(data_set.bronze).filter((F.col("_fate") == "quarantined") & F.col("_file_id").isin(list(files)))
    return rows.select(
        F.lit(data_set.code).alias("data_set"),
        "_file_id",
        "_sheet",
        "_row",
        F.col("_reason").alias("reason"),
        F.to_json(F.struct(*data_set.field_names)).alias("cells"),
    )


def run(ctx: RunContext) -> None:
    if ctx.delivery is None:
        raise BadDelivery("ingest needs a delivery folder. Name it: --delivery FOLDER.")
    entries = read_manifest(ctx.delivery)
    with ctx.report.stage("survey files") as progress:
        task = progress.add_task("survey files", total=len(entries))
        files = survey_delivery(ctx.delivery, entries, ctx.settings.ingest.piece_mib << 20, lambda: progress.advance(task))
    name = delivery_id(entries)
    earlier = [known for known in from_rows(ctx.lake.read_or_empty(FILES).collect()) if known.delivery_id != name]
    number = _delivery_no(ctx.lake, name, earlier)
    surveyed = {id(file): Account(number, name, file.entry, file.file_id, file.status, file.remarks) for file in files}
    if not any(account.is_read for account in surveyed.values()):
        reasons = "; ".join(sorted({file.reason for file in files})[:3])
        raise BadDelivery(f"No file of {ctx.delivery} can be used ({reasons}). Nothing was written.")
    usable: dict[str, list[SurveyedFile]] = defaultdict(list)
    for file in files:
        if surveyed[id(file)].is_read:
            usable[file.entry.data_set].append(file)
    with ctx.report.stage("decode into bronze") as progress, ThreadPoolExecutor(PARALLEL_TABLES) as pool:
        task = progress.add_task("decode into bronze", total=len(usable))

        def ingest_one(code: str) -> None:
            for file, why in ingest_data_set(ctx.lake, DATA_SETS[code], usable[code]):
                surveyed[id(file)] = replace(surveyed[id(file)], status=REFUSED, remarks=(why, *file.remarks))
            progress.advance(task)

        largest_first = sorted(usable, key=lambda code: -sum(file.entry.claimed_rows or 0 for file in usable[code]))
        list(pool.map(ingest_one, largest_first))
        read = {account.entry.data_set for account in surveyed.values() if account.is_read}
        if not read:
            raise BadDelivery(
                f"Every file of {ctx.delivery} changed while it was read, or is damaged. Deliver it again when it is complete."
            )
        fates = fates_by_file(ctx.lake, [DATA_SETS[code] for code in sorted(read)])
        delivered = [
            account_with_fates(account, fates.get((account.entry.data_set, account.file_id), {})) for account in surveyed.values()
        ]
        ledger = settled([*earlier, *delivered], ctx.as_of)
        _write(ctx.lake, ledger)
        ctx.report.current.rows = sum(sum(of_file.values()) for of_file in fates.values())
    _tell(ctx, [account for account in ledger if account.delivery_id == name])


def withdraw(ctx: RunContext, name: str) -> None:
    """Nothing of the delivery counts from now on: the next one is judged as if it had never come. Delivered again, it is read anew."""
    accounts = from_rows(ctx.lake.read(FILES).collect())
    ledger = [account.withdrawn() if account.delivery_id == name else account for account in accounts]
    _write(ctx.lake, settled(ledger, ctx.as_of))


def _delivery_no(lake: Lake, name: str, earlier: Sequence[Account]) -> int:
    """The delivery's number in the ledger: its own if it was made before, else the next."""
    known = lake.read_or_empty(FILES).filter(F.col("delivery_id") == name).limit(1).collect()
    return known[0]["delivery_no"] if known else 1 + max((account.delivery_no for account in earlier), default=0)


def _write(lake: Lake, ledger: Sequence[Account]) -> None:
    lake.overwrite(FILES, lake.session.createDataFrame([account.as_row() for account in ledger], FILES.schema))
    files: dict[str, list[str]] = defaultdict(list)  # a run that was killed may have left rows of files that no account knows
    for account in ledger:
        if account.quarantined:
            files[account.entry.data_set].append(account.file_id)
    frames = [quarantined(lake, DATA_SETS[code], sorted(of_register)) for code, of_register in sorted(files.items())]
    everything = reduce(DataFrame.unionByName, frames, lake.session.createDataFrame([], QUARANTINE.schema))
    lake.overwrite(QUARANTINE, everything)


def _tell(ctx: RunContext, accounts: Sequence[Account]) -> None:
    ctx.report.figures["rows"] = {
        "read": sum(account.delivered + account.skipped for account in accounts),
        "accepted": sum(account.accepted for account in accounts),
        "quarantined": sum(account.quarantined for account in accounts),
        "skipped": sum(account.skipped for account in accounts),
    }
    ctx.report.figures["files"] = {
        status: sum(account.status == status for account in accounts) for status in (ACCEPTED, REFUSED, DUPLICATE, SUPERSEDED)
    }
    for account in accounts:
        if any(found.code not in _NO_WARNING for found in account.remarks):
            ctx.report.warn(f"{account.entry.file_name}: {account.status}: {in_english(account.remarks)}")
