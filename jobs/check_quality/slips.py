"""Return slips (数据校核回执): what each department is asked to mend, gathered from the lake and written as workbooks."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import QUARANTINE
from expectations.contracts.model import ORIGIN, PERSON_KINDS, DataSet, Field
from jobs.cells.faults import MERGED_AMOUNT, NO_VALUE
from jobs.cells.masking import mask_field, mask_numbers
from jobs.cells.person_numbers import CHECK_FAILS, DAMAGED, JUNK, UNREADABLE
from jobs.check_quality.columns import ColumnCount
from jobs.check_quality.slip_workbook import EMPTY_RESULT, NO_DEPARTMENT, UNREADABLE_CELL, NumberCount, Returned, Slip, write_slip
from jobs.delivery.ledger import Account
from jobs.runtime.lake import Lake
from jobs.sheets.files import workbook_names

MOST_ROWS = 5_000
"""Quarantined rows that a file's slip lists; the counts beside them are complete."""
ROWS_A_STATE = 50
"""Unusable numbers listed by file, column and state: examples to find the cause by."""
LISTED_STATES = (CHECK_FAILS, DAMAGED, JUNK, UNREADABLE)


def write_slips(
    lake: Lake,
    accounts: Sequence[Account],
    holes: Sequence[tuple[Any, ...]],
    numbers: Mapping[tuple[str, str, str], Mapping[str, int]],
    folder: Path,
    as_of: date,
    columns: Sequence[ColumnCount] = (),
) -> list[Path]:
    """One workbook a department of the delivery, into an empty folder. `numbers`: rows by (data set, file, role) and state."""
    returned = quarantined_rows(lake, accounts) + unusable_numbers(lake, accounts, numbers)
    return written(slips(accounts, returned, holes, numbers, columns), folder, as_of)


def slips(
    accounts: Sequence[Account],
    returned: Sequence[Returned],
    holes: Sequence[tuple[Any, ...]] | None,
    numbers: Mapping[tuple[str, str, str], Mapping[str, int]],
    columns: Sequence[ColumnCount] = (),
) -> list[Slip]:
    """The slips, one a department, in the order of their names. `holes`: null where nobody has looked for them."""
    by_department: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        by_department[mask_numbers(account.entry.reported_by) or NO_DEPARTMENT].append(account)
    found = []
    for department, own in sorted(by_department.items()):
        files = {account.file_key for account in own if account.is_read}
        registers = {account.entry.data_set for account in own}
        found.append(
            Slip(
                department,
                own,
                [row for row in returned if row.file_key in files],
                None if holes is None else [hole for hole in holes if hole[0] in registers],
                [
                    NumberCount(account, _field(account, role), states)
                    for account in own
                    for (*key, role), states in sorted(numbers.items())
                    if tuple(key) == account.file_key and account.is_read
                ],
                [counted for counted in columns if (counted.data_set, counted.file_id) in files],
            )
        )
    return found


def written(found: Sequence[Slip], folder: Path, as_of: date) -> list[Path]:
    """Writes the slips into the folder, which is empty before; of two departments no slip takes the place of the other's."""
    paths = [folder / name for name in workbook_names("数据校核回执", [slip.department for slip in found])]
    for slip, path in zip(found, paths, strict=True):
        write_slip(path, slip, as_of)
    return paths


def _field(account: Account, role: str) -> Field:
    data_set = DATA_SETS[account.entry.data_set]
    return next(field for field in data_set.fields if field.kind in PERSON_KINDS and field.role == role)


def refused_row(data_set: DataSet, file_id: str, sheet: str, row: int, reason: str, cells: Mapping[str, str | None]) -> Returned:
    """A quarantined row, its cell masked. The reason names the header after a colon, where one column is to blame."""
    code, _, header = reason.partition(": ")
    if code == MERGED_AMOUNT:  # the cell holds nothing of its own
        return Returned(data_set.code, file_id, sheet, row, header, "", code)
    field = next((field for field in data_set.fields if field.header == header), None)
    cell = cells.get(field.name) if field else None
    value = mask_field(field, cell) if field else ""
    has_value = not cell or re.match(NO_VALUE, cell) is None
    return Returned(
        data_set.code, file_id, sheet, row, header, value, (UNREADABLE_CELL if has_value else EMPTY_RESULT) if header else code
    )


def quarantined_rows(lake: Lake, accounts: Sequence[Account]) -> list[Returned]:
    """The first quarantined rows of each file of the accounts."""
    files = [account.file_id for account in accounts if account.quarantined]
    if not files:
        return []
    order = Window.partitionBy("data_set", "_file_id").orderBy("_sheet", "_row")
    rows = lake.read(QUARANTINE).filter(F.col("_file_id").isin(files)).withColumn("_n", F.row_number().over(order))
    return [
        refused_row(
            DATA_SETS[row["data_set"]], row["_file_id"], row["_sheet"], row["_row"], row["reason"], json.loads(row["cells"])
        )
        for row in rows.filter(F.col("_n") <= MOST_ROWS).orderBy("_file_id", "_sheet", "_row").collect()  # bounded a file
    ]


def unusable_numbers(
    lake: Lake, accounts: Sequence[Account], numbers: Mapping[tuple[str, str, str], Mapping[str, int]]
) -> list[Returned]:
    """Examples of the unusable numbers of each file, column and state."""
    files = {account.file_key for account in accounts if account.is_read}
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (code, file_id, role), states in numbers.items():
        if (code, file_id) in files and any(states.get(state) for state in LISTED_STATES):
            wanted[code, role].append(file_id)
    if not wanted:
        return []
    frames = [_examples(lake, DATA_SETS[code], role, sorted(of_role)) for (code, role), of_role in sorted(wanted.items())]
    rows = reduce(DataFrame.unionByName, frames).orderBy("_file_id", "header", "_sheet", "_row").collect()  # bounded a state
    fields = {(d.code, f.header): f for d in DATA_SETS.values() for f in d.fields}
    return [
        Returned(
            r["data_set"], r["_file_id"], r["_sheet"], r["_row"], r["header"], mask_field(fields[r["data_set"], r["header"]], r["cell"]),
            r["state"],
        )
        for r in rows
    ]  # fmt: skip


def _examples(lake: Lake, data_set: DataSet, role: str, files: Sequence[str]) -> DataFrame:
    field = next(field for field in data_set.fields if field.kind in PERSON_KINDS and field.role == role)
    state = F.col(f"{role}_number_state")
    order = Window.partitionBy("_file_id", "state").orderBy("_sheet", "_row")
    silver = lake.read(data_set.silver).filter(F.col("_file_id").isin(list(files)) & state.isin(list(LISTED_STATES)))
    places = silver.select(*ORIGIN, state.alias("state")).withColumn("_n", F.row_number().over(order))
    cells = lake.read(data_set.bronze).select(*ORIGIN, F.col(field.name).alias("cell"))
    # A place is one row of bronze: no example doubles.
    found = cells.join(F.broadcast(places.filter(F.col("_n") <= ROWS_A_STATE)), list(ORIGIN), "inner")
    return found.select(*ORIGIN, "state", "cell", F.lit(field.header).alias("header"), F.lit(data_set.code).alias("data_set"))
