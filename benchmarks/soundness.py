"""What does not hold of an OUT after a run: accounts, sums of files, ids, lists of one run, what the log vouches for. Nothing, if all is well."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from benchmarks.run import MINGJING


@dataclass(frozen=True)
class Kept:
    """What no later run may change: person ids by the digests of number and name, case ids by household, yuan by file of payments."""

    persons: dict[tuple[str, ...], str]
    cases: dict[tuple[str, ...], str]
    yuan: dict[str, Decimal]


def kept(out: Path) -> Kept:
    """As it stands in the lake."""
    persons, cases = _table(out, "silver.person_ids"), _table(out, "silver.cases")
    files = (
        _table(out, "silver.payments").group_by("_file_id").agg(pl.col("amount").sum())
    )  # a month gains arrears and refunds later
    return Kept(
        {(number, name): own for number, name, own in persons.select("number_key", "name_key", "own_id").rows()},
        {tuple(row[1:]): row[0] for row in cases.select("case_id", "family", "county_code", "household_no").rows()},
        dict(files.rows()),
    )


def changed(before: Kept, now: Kept) -> Iterator[str]:
    """Ids and sums that were there before and are others, or none, now; a household may leave the rosters, and its id with it."""
    lost = [pair for pair, given in before.persons.items() if now.persons.get(pair) != given]
    moved = [household for household, given in before.cases.items() if now.cases.get(household, given) != given]
    if lost or moved:
        yield f"{len(lost)} person ids and {len(moved)} case ids are not as they were"
    for ids in (now.persons, now.cases):
        if len(set(ids.values())) != len(ids):
            yield f"{len(ids) - len(set(ids.values()))} ids are given twice"
    yield from (
        f"file {file} sums to {now.yuan.get(file)}, was {was}" for file, was in before.yuan.items() if now.yuan.get(file) != was
    )


def unaccounted(out: Path) -> Iterator[str]:
    """Registers whose rows are not those of the ledger: in bronze every row that was read, in silver every accepted one that counts."""
    ledger = _table(out, "ops.files")
    for file in ledger.filter(pl.col("read_rows") != pl.sum_horizontal("accepted_rows", "quarantined_rows", "skipped_rows")).rows(
        named=True
    ):
        yield f"{file['file_name']}: rows read are not those that were accepted, quarantined and skipped"
    for code in ledger["data_set"].unique().sort():
        files = ledger.filter(pl.col("data_set") == code)
        current = files.filter(pl.col("status") == "accepted")
        once = files.filter(pl.col("status").is_in(["accepted", "superseded"])).unique("file_id")
        counts = (once["read_rows"].sum(), current["accepted_rows"].sum() - current["repeated_rows"].sum())
        found = (_table(out, f"bronze.{code}").height, _table(out, f"silver.{code}").height)
        if found != counts:
            yield f"{code}: {found[0]} rows in bronze and {found[1]} in silver, {counts[0]} and {counts[1]} in the ledger"


def of_other_runs(out: Path, as_of: str) -> Iterator[str]:
    """Zones that hold results of another day, and commands that find that the OUT is not as it was written."""
    for path in sorted(out.glob("*/.mingjing.json")):
        days = {part["as_of"] for part in json.loads(path.read_bytes()).values()}
        if days != {as_of}:
            yield f"{path.parent.name} is of {', '.join(sorted(days))}"
    if left := [path.name for path in (out / ".mingjing").iterdir() if path.name != "lock"]:
        yield f"{', '.join(left)} left in {out / '.mingjing'}"
    for words in (["verify"], ["audit", "verify"]):
        told = subprocess.run([MINGJING, *words, str(out)], capture_output=True, text=True, check=False)
        if told.returncode:
            yield f"mingjing {' '.join(words)}: {told.stderr[-400:]}{told.stdout[-400:]}"


def _table(out: Path, name: str) -> pl.DataFrame:
    return pl.read_delta(str(out / "lake" / name.replace(".", "/")))
