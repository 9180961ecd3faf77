"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial, reduce
from operator import or_

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import BRONZE, FILES, SILVER
from expectations.contracts.model import ORIGIN, DataSet
from jobs.cells.typed import standardised
from jobs.delivery.delivered_twice import Alike, Repeat, Replaced, told
from jobs.delivery.ledger import ACCEPTED, Account, from_rows, order
from jobs.launch.context import RunContext
from jobs.registers.references import person_references
from jobs.runtime.arrow import arrow_batches, polars_frames
from jobs.runtime.lake import PARALLEL_TABLES, Lake, plain_schema
from jobs.standardise.fillers import fillers, owners, without_fillers
from jobs.standardise.repeats import near_copies, take_out_repeats, take_out_replaced

NAME = "standardise"
READS = (*BRONZE, FILES)
WRITES = (*SILVER, FILES)


def standardise(data_set: DataSet, bronze: DataFrame, current_files: list[str], key: str) -> DataFrame:
    """Silver rows of the accepted rows of the current files, with the origin of each."""
    accepted = bronze.filter((F.col("_fate") == "accepted") & F.col("_file_id").isin(current_files))
    return accepted.select(*data_set.field_names, "_damaged", "_shown", *ORIGIN).mapInArrow(
        partial(_typed, data_set.code, key), plain_schema(data_set.silver)
    )


def _typed(code: str, key: str, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Named, and with texts alone: sent to an engine it is the same bytes in every process, so that a table made of the same is known."""
    schema = plain_schema(DATA_SETS[code].silver)
    for rows in polars_frames(batches):
        yield from arrow_batches(standardised(DATA_SETS[code], rows, key), schema)


def take_out_fillers(lake: Lake, data_sets: list[DataSet], least_names: int) -> int:
    """Rewrites the silver tables in which a number stands that is nobody's; returns how many such numbers there are."""

    def silver(code: str) -> DataFrame:
        return lake.read_or_empty(DATA_SETS[code].silver)

    numbers = fillers(silver, data_sets, least_names)
    if numbers:
        owned = owners(silver, numbers)
        for data_set in data_sets:
            holds = [F.col(reference.number_key).isin(numbers) for reference in person_references(data_set)]
            if holds and silver(data_set.code).filter(reduce(or_, holds)).limit(1).collect():
                lake.overwrite(data_set.silver, without_fillers(data_set, silver(data_set.code), numbers, owned))
    return len(numbers)


def run(ctx: RunContext) -> None:
    ledger = from_rows(ctx.lake.read(FILES).collect())  # one row a file
    current: dict[str, list[Account]] = defaultdict(list)
    for account in sorted(ledger, key=order):
        if account.status == ACCEPTED:
            current[account.entry.data_set].append(account)
    repeats: dict[str, list[Repeat]] = {}
    older: dict[str, list[Replaced]] = {}
    near: dict[str, list[Alike]] = {}
    with (
        ctx.report.stage("standardise into silver") as progress,
        ctx.engine.over_many_rows(),
        ThreadPoolExecutor(PARALLEL_TABLES) as pool,
    ):
        task = progress.add_task("standardise into silver", total=len(current))

        def standardise_one(code: str) -> None:
            data_set, files = DATA_SETS[code], current[code]
            silver = standardise(data_set, ctx.lake.read(data_set.bronze), sorted(file.file_id for file in files), ctx.key)
            ctx.lake.overwrite(data_set.silver, silver)
            older[code] = take_out_replaced(ctx.lake, data_set, files, ctx.as_of)
            areas = {file.file_id: file.entry.area for file in files}
            repeats[code] = take_out_repeats(ctx.lake, data_set, areas)
            near[code] = near_copies(ctx.lake, data_set, areas)
            progress.advance(task)

        rows = {code: sum(file.accepted for file in files) for code, files in current.items()}
        list(pool.map(standardise_one, sorted(current, key=lambda code: -rows[code])))
        for data_set in DATA_SETS.values():
            if data_set.code not in current and ctx.lake.exists(data_set.silver):  # its files were accepted once, and are no more
                ctx.lake.overwrite(data_set.silver, ctx.lake.session.createDataFrame([], plain_schema(data_set.silver)))
        count = take_out_fillers(ctx.lake, [DATA_SETS[code] for code in sorted(current)], ctx.settings.ingest.filler_names)
        ctx.report.current.rows = sum(rows.values())
    _tell_repeats(ctx, ledger, repeats, older, near)
    if count:
        ctx.report.warn(
            f"{count} numbers stand beside many names each: taken for fillers and used for nobody but a registered owner"
        )


def _tell_repeats(
    ctx: RunContext,
    ledger: Sequence[Account],
    repeats: Mapping[str, Sequence[Repeat]],
    older: Mapping[str, Sequence[Replaced]],
    near: Mapping[str, Sequence[Alike]],
) -> None:
    """Keeps in the ledger what does not count, for the accounts and the return slips, and warns of what was delivered twice."""
    current: dict[str, dict[str, Account]] = defaultdict(dict)
    for account in ledger:
        if account.status == ACCEPTED:
            current[account.entry.data_set][account.file_id] = account
    counted = {
        code: told(of_register, repeats.get(code, ()), older.get(code, ()), near.get(code, ()))
        for code, of_register in current.items()
    }
    if counted != current:
        known = {id(account): counted[code][file_id] for code, files in current.items() for file_id, account in files.items()}
        rows = [known.get(id(account), account).as_row() for account in ledger]
        ctx.lake.overwrite(FILES, ctx.lake.session.createDataFrame(rows, plain_schema(FILES)))
    everything = [account for of_register in counted.values() for account in of_register.values()]
    for account in everything:
        for found in account.remarks:
            if found.code == "rows_repeated":
                ctx.report.warn(f"{account.entry.file_name}: delivered twice: {found.en}")
            elif found.code in ("rows_replaced", "rows_alike"):
                ctx.report.warn(f"{account.entry.file_name}: {found.en}")
    ctx.report.figures["rows_delivered_twice"] = sum(account.delivered_twice for account in everything)
