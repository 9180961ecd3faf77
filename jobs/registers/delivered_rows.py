"""A delivered row as a user names it: FILE:ROW or FILE:SHEET:ROW, with or without the role of a person in it. Restricted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES
from expectations.contracts.model import DataSet
from jobs.delivery.ledger import ACCEPTED, DUPLICATE
from jobs.registers.references import REGISTRY
from jobs.runtime.errors import NoSuchRecord
from jobs.runtime.lake import Lake

_RECORD = re.compile(r"(?P<file>[^:]+)(?::(?P<sheet>[^:]*))?:(?P<row>[0-9]+)(?:#(?P<role>\w+))?")
_SHOWN_FILES = 5
_RANKS = {ACCEPTED: 2, DUPLICATE: 1}
"""Of a path that several deliveries hold, the file that counts comes last."""


@dataclass(frozen=True)
class Wanted:
    """A record as the command line names it."""

    file: str
    sheet: str | None
    row: int
    role: str | None


@dataclass(frozen=True)
class Place:
    """A delivered row that was accepted; bronze: its cells as received, silver: its typed values and digests."""

    data_set: DataSet
    title: str
    bronze: Mapping[str, Any]
    silver: Mapping[str, Any]


def parse_record(text: str) -> Wanted:
    """FILE:ROW or FILE:SHEET:ROW, with or without #role. Raises NoSuchRecord for anything else."""
    found = _RECORD.fullmatch(text.strip())
    if not found:
        raise NoSuchRecord(
            f"RECORD is {text!r}. Expected FILE:ROW or FILE:SHEET:ROW, such as 火化登记.xlsx:Sheet1:17 or 企业.csv:12#legal_rep."
        )
    return Wanted(found["file"], found["sheet"], int(found["row"]), found["role"])


def place_of(lake: Lake, wanted: Wanted) -> Place:
    """The accepted row. Raises NoSuchRecord, which says why, where there is none or where it is not known which."""
    if not lake.exists(FILES):
        raise NoSuchRecord(f"Nothing was delivered yet to the lake {lake.root}. Run mingjing run first.")
    file = _file(lake, wanted.file)
    name, data_set = file["file_name"], DATA_SETS.get(file["data_set"])
    if data_set is None or file["status"] not in _RANKS:
        raise NoSuchRecord(f"{name} is {file['status']}: {file['reason'] or 'no reason given'}. Its rows are tied to nobody.")
    if data_set.code == REGISTRY or data_set.purpose != "supervision":
        raise NoSuchRecord(f"{name} is {data_set.title}: its rows are tied to nobody. Name a row of another register.")
    bronze = _row(lake, wanted, name, data_set, file["file_id"])
    title = " ".join(filter(None, (name, bronze["_sheet"], f"row {wanted.row}")))
    if bronze["_fate"] != "accepted":
        raise NoSuchRecord(f"{title} was {bronze['_fate']}: {bronze['_reason'] or 'no reason given'}. It is tied to nobody.")
    typed = lake.read_or_empty(data_set.silver).filter(at(bronze)).collect()  # one row
    if not typed:
        why = f"Of its file it is said: {file['reason']}." if file["repeated_rows"] else "Run mingjing run again."
        raise NoSuchRecord(f"{title} is not among the current rows of {data_set.title}. {why}")
    return Place(data_set, title, bronze, typed[0].asDict())


def at(row: Mapping[str, Any]) -> Column:
    """Rows with the origin of the given one."""
    in_sheet = F.coalesce("_sheet", F.lit("")) == (row["_sheet"] or "")
    condition: Column = (F.col("_file_id") == row["_file_id"]) & in_sheet & (F.col("_row") == row["_row"])
    return condition


def _row(lake: Lake, wanted: Wanted, name: str, data_set: DataSet, file_id: str) -> dict[str, Any]:
    of_file = lake.read(data_set.bronze).filter(F.col("_file_id") == file_id)
    in_sheet = F.lit(True) if wanted.sheet is None else F.coalesce("_sheet", F.lit("")) == wanted.sheet
    rows = of_file.filter((F.col("_row") == wanted.row) & in_sheet).collect()  # one a sheet
    if len(rows) == 1:
        found: dict[str, Any] = rows[0].asDict()
        return found
    if rows:
        sheets = ", ".join(sorted(row["_sheet"] for row in rows))
        raise NoSuchRecord(f"{name} has a row {wanted.row} in the sheets {sheets}. Name one: FILE:SHEET:ROW.")
    spans = of_file.groupBy("_sheet").agg(F.min("_row"), F.max("_row")).collect()  # some sheets
    there = "; ".join(f"{sheet or 'the file'} has rows {first} to {last}" for sheet, first, last in sorted(spans, key=str))
    sought = f"row {wanted.row}" + (f" in a sheet {wanted.sheet!r}" if wanted.sheet else "")
    raise NoSuchRecord(f"{name} has no {sought}: {there or 'nothing was read of it'}.")


def _file(lake: Lake, file: str) -> Any:
    """The row of ops.files of the path, or of the only path that ends so."""
    rows = lake.read(FILES).collect()  # some hundreds of files
    paths = sorted({row["file_name"] for row in rows})
    found = [path for path in paths if path == file] or [path for path in paths if _plain(path).endswith(f"/{_plain(file)}")]
    if not found:
        bases = {_base(path): path for path in paths}
        near = [bases[base] for base in get_close_matches(_base(file), bases, n=_SHOWN_FILES)]
        hint = f"Near it: {', '.join(near)}." if near else f"{len(paths)} files were delivered: see mingjing quality OUT."
        raise NoSuchRecord(f"No file {file!r} in the lake {lake.root}. {hint}")
    if len(found) > 1:
        more = f" and {len(found) - _SHOWN_FILES} more" if len(found) > _SHOWN_FILES else ""
        shown = ", ".join(found[:_SHOWN_FILES])
        raise NoSuchRecord(f"{len(found)} files are called {file!r}: {shown}{more}. Name more of the path.")
    versions = [row for row in rows if row["file_name"] == found[0]]
    return max(versions, key=lambda row: (_RANKS.get(row["status"], 0), row["delivery_no"]))


def _plain(path: str) -> str:
    return path.replace("\\", "/")


def _base(path: str) -> str:
    return _plain(path).rsplit("/", 1)[-1]
