"""Ingest: every row of every accepted file becomes a bronze row; what cannot be used is quarantined with its reason.

Reads   the delivery folder
Writes  bronze.<data set>    one row per row read, as received             key _file_id, _sheet, _row
        quarantine.rows      one row per row that could not be used         key data_set, _file_id, _sheet, _row
        ops.files            one row per file, with accounts that add up    key file_name, sha256
Re-run  safe: a file whose hash is in bronze already is not read again; the rest is rebuilt from bronze.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import BRONZE, FILES, QUARANTINE
from expectations.contracts.model import DataSet, Table
from jobs.delivery.decode import decode
from jobs.delivery.survey import ACCEPTED, SUPERSEDED, Piece, SurveyedFile, survey_delivery
from jobs.runtime.arrow import arrow_batches
from jobs.runtime.context import RunContext
from jobs.runtime.errors import BadDelivery
from jobs.runtime.lake import PARALLEL_TABLES, Lake
from jobs.runtime.launch import launch

NAME = "ingest"
READS: tuple[Table, ...] = ()
WRITES = (*BRONZE, QUARANTINE, FILES)


def bronze_rows(lake: Lake, data_set: DataSet, pieces: Sequence[Piece]) -> DataFrame:
    """Bronze rows of the pieces, decoded in parallel: one task a piece."""
    tasks = tuple(pieces)
    schema = data_set.bronze.schema

    def decode_tasks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for task in batch.column(0).to_pylist():
                for rows in decode(tasks[task]):
                    yield from arrow_batches(rows, schema)

    return lake.session.range(0, len(tasks), 1, len(tasks)).mapInArrow(decode_tasks, schema)


def ingest_data_set(lake: Lake, data_set: DataSet, files: Sequence[SurveyedFile]) -> None:
    """Appends to bronze, in one commit, the rows of the files that are not there yet."""
    present: set[str] = set()
    if lake.exists(data_set.bronze):
        rows = lake.read(data_set.bronze).select("_file_id").distinct().collect()  # one row a file
        present = {row[0] for row in rows}
    pieces = [piece for file in files if file.file_id not in present for piece in file.pieces]
    if pieces:
        lake.append(data_set.bronze, bronze_rows(lake, data_set, pieces))


def accounts(lake: Lake, data_sets: Sequence[DataSet]) -> dict[tuple[str, str], dict[str, int]]:
    """Rows per data set, file and fate, counted in bronze by one query over all of them."""
    fates = [
        lake.read(data_set.bronze).select(F.lit(data_set.code).alias("data_set"), "_file_id", "_fate") for data_set in data_sets
    ]
    counted = reduce(DataFrame.unionByName, fates).groupBy("data_set", "_file_id", "_fate").count().collect()  # three rows a file
    by_file: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for code, file_id, fate, count in counted:
        by_file[code, file_id][fate] = count
    return by_file


def quarantined(lake: Lake, data_set: DataSet) -> DataFrame:
    """Quarantined rows of a data set, their cells as JSON. Restricted: the cells are as received."""
    rows = lake.read(data_set.bronze).filter(F.col("_fate") == "quarantined")
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
    with ctx.report.stage("survey files") as progress:
        task = progress.add_task("survey files", total=None)
        files = survey_delivery(ctx.delivery, ctx.settings.ingest.piece_mib << 20, lambda: progress.advance(task))
    usable: dict[str, list[SurveyedFile]] = defaultdict(list)
    for file in files:
        if file.status in (ACCEPTED, SUPERSEDED):
            usable[file.entry.data_set].append(file)
    if not usable:
        reasons = "; ".join(sorted({file.reason for file in files})[:3])
        raise BadDelivery(f"No file of {ctx.delivery} can be used ({reasons}). Nothing was written.")
    with ctx.report.stage("decode into bronze") as progress, ThreadPoolExecutor(PARALLEL_TABLES) as pool:
        task = progress.add_task("decode into bronze", total=len(usable))

        def ingest_one(code: str) -> None:
            ingest_data_set(ctx.lake, DATA_SETS[code], usable[code])
            progress.advance(task)

        largest_first = sorted(usable, key=lambda code: -sum(file.entry.claimed_rows or 0 for file in usable[code]))
        list(pool.map(ingest_one, largest_first))
        by_file = accounts(ctx.lake, [DATA_SETS[code] for code in sorted(usable)])
        _write_accounts(ctx, files, by_file)
        ctx.report.stages[-1].rows = sum(sum(fates.values()) for fates in by_file.values())


def _write_accounts(ctx: RunContext, files: Sequence[SurveyedFile], by_file: dict[tuple[str, str], dict[str, int]]) -> None:
    rows = [_account(file, by_file.get((file.entry.data_set, file.file_id), {})) for file in files]
    ctx.lake.overwrite(FILES, ctx.lake.session.createDataFrame(rows, FILES.schema))
    refused_rows = [code for (code, _), fates in by_file.items() if fates.get("quarantined")]
    frames = [quarantined(ctx.lake, DATA_SETS[code]) for code in sorted(set(refused_rows))]
    everything = frames[0] if frames else ctx.lake.session.createDataFrame([], QUARANTINE.schema)
    for frame in frames[1:]:
        everything = everything.unionByName(frame)
    ctx.lake.overwrite(QUARANTINE, everything)
    _tell(ctx, files, rows)


def _account(file: SurveyedFile, fates: dict[str, int]) -> tuple[object, ...]:
    entry = file.entry
    is_read = file.status in (ACCEPTED, SUPERSEDED)
    counts = {fate: fates.get(fate, 0) if is_read else 0 for fate in ("accepted", "quarantined", "skipped")}
    reason = file.reason
    delivered = counts["accepted"] + counts["quarantined"]
    if is_read and entry.claimed_rows is not None and entry.claimed_rows != delivered:
        reason = "; ".join(filter(None, (reason, f"the manifest claims {entry.claimed_rows} rows, the file holds {delivered}")))
    if file.unknown_headers:
        reason = "; ".join(
            filter(None, (reason, f"unknown columns kept aside: {'、'.join(dict.fromkeys(file.unknown_headers))}"))
        )
    return (
        entry.file_name, file.file_id, entry.sha256, entry.data_set, entry.reported_by, entry.area, entry.extract_date, file.status, reason,
        entry.claimed_rows, sum(counts.values()), counts["accepted"], counts["quarantined"], counts["skipped"],
    )  # fmt: skip


def _tell(ctx: RunContext, files: Sequence[SurveyedFile], rows: Sequence[tuple[object, ...]]) -> None:
    totals = {
        name: sum(int(str(row[position])) for row in rows)
        for name, position in (("read", 10), ("accepted", 11), ("quarantined", 12), ("skipped", 13))
    }
    ctx.report.figures["rows"] = totals
    ctx.report.figures["files"] = {
        status: sum(file.status == status for file in files) for status in ("accepted", "refused", "duplicate", "superseded")
    }
    for file in files:
        if file.status != ACCEPTED:
            ctx.report.warn(f"{file.entry.file_name}: {file.status}: {file.reason}")


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run, needs_delivery=True))
