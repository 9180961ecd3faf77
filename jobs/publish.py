"""Publish: the ranked clues as a list and as one workbook per county.

Reads   gold.clues                   one row per clue                        key clue_id
        vault.people                 one row per person of a benefit         key person_id
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        bronze.<rosters, payments>   number and name of subjects whom no registered name fits
        ops.files                    one row per file                        key file_name, sha256
Writes  OUT/restricted/clues.csv, OUT/restricted/workbooks/*.xlsx    numbers and names in full, readable by their owner only
        OUT/exports/clues.csv, OUT/exports/workbooks/*.xlsx          the same, masked
Re-run  safe: the same tables give the same bytes; a file is replaced whole or not at all.
"""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import polars as pl

from expectations.contracts.lake import BRONZE, CASE_FILES, CASES, CLUES, FILES, MEMBERS, PEOPLE
from expectations.contracts.model import Table
from jobs.publishing.listing import COLUMNS, case_list, masked, published_clues
from jobs.publishing.workbook import write_workbook
from jobs.runtime.context import RunContext
from jobs.runtime.launch import launch

NAME = "publish"
READS = (CLUES, CASE_FILES, PEOPLE, FILES, CASES, MEMBERS, *BRONZE)
WRITES: tuple[Table, ...] = ()
BOM = b"\xef\xbb\xbf"


def write_csv(listed: pl.DataFrame, path: Path) -> None:
    """UTF-8 with BOM, so that a spreadsheet opens it as it is."""
    path.write_bytes(BOM + listed.write_csv(float_precision=6).encode())


SEPARATE = "另行办理"
"""The workbook of what must not pass through the hands of the office that approved."""


def write_zone(
    listed: pl.DataFrame, cases: pl.DataFrame, counties: dict[str, str], zone: Path, as_of: date, *, is_masked: bool
) -> None:
    """clues.csv and the workbooks of one zone. Written aside, then moved: readers never see half of them."""
    staging = zone.parent / f".{zone.name}.staging"
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "workbooks").mkdir(parents=True)
    write_csv(listed.select(*COLUMNS), staging / "clues.csv")
    dispatched = listed.filter(pl.col("dispatched") == "是").with_columns(
        book=pl.when("is_separate").then(pl.lit(SEPARATE)).otherwise("county_code")
    )
    files = cases.with_columns(book=pl.when("is_separate").then(pl.lit(SEPARATE)).otherwise("county_code"))
    for code in sorted({*dispatched["book"], *files["book"]}):
        title = counties.get(code, code)
        of_book = dispatched.filter(pl.col("book") == code), files.filter(pl.col("book") == code)
        write_workbook(staging / "workbooks" / f"线索清单_{title}.xlsx", title, *of_book, counties, as_of, is_masked=is_masked)
    if not is_masked:
        for path in (staging, *staging.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
    shutil.rmtree(zone, ignore_errors=True)
    os.replace(staging, zone)


def run(ctx: RunContext) -> None:
    with ctx.report.stage("publish") as progress:
        task = progress.add_task("publish", total=3)
        listed = published_clues(ctx.lake)
        cases = case_list(ctx.lake, ctx.as_of)
        named = ctx.lake.read(CASES).select("county_code", "county").where("county IS NOT NULL").distinct().collect()
        counties = {row["county_code"]: row["county"] for row in sorted(named)}
        progress.advance(task)
        write_zone(listed, cases, counties, ctx.out / "restricted", ctx.as_of, is_masked=False)
        progress.advance(task)
        write_zone(masked(listed), cases, counties, ctx.out / "exports", ctx.as_of, is_masked=True)
        progress.advance(task)
        ctx.report.stages[-1].rows = len(listed)
    dispatched = listed.filter(pl.col("dispatched") == "是")
    ctx.report.figures["clues"] = {
        "found": len(listed),
        "exempted": len(listed) - len(dispatched),
        "dispatched": len(dispatched),
        "cases": int((cases["state"] != "gone").sum()),
    }
    current = cases.filter(pl.col("state") != "gone")
    ctx.report.figures["amounts_yuan"] = {"upper": current["amount_upper"].sum(), "estimate": current["amount_estimate"].sum()}
    ctx.report.figures["case_states"] = dict(sorted(cases["state"].value_counts().iter_rows()))


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
