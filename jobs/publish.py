"""Publish: the ranked clues as a list and as one workbook per county; beside them the lists of needs and of checks.

Reads   gold.clues                   one row per clue                        key clue_id
        gold.needs                   one row per rule and person looked at   key need_id
        gold.checks                  one row per thing found of a member     key check_id
        vault.people                 one row per person of a benefit         key person_id
        silver.cases                 one row per benefit household           key case_id
        silver.members               one row per person of a case            key case_id, data_set, origin
        bronze.<registers>           number and name of people whom the vault does not know
        ops.files                    one row per file                        key file_name, sha256
Writes  OUT/restricted/clues.csv, needs.csv, checks.csv, workbooks/*.xlsx    numbers and names in full, readable by their owner only
        OUT/exports/clues.csv, needs.csv, checks.csv, workbooks/*.xlsx       the same, masked
Re-run  safe: the same tables give the same bytes; a file is replaced whole or not at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from expectations.contracts.lake import BRONZE, CASE_FILES, CASES, CHECKS, CLUES, FILES, MEMBERS, NEEDS, PEOPLE
from expectations.contracts.model import Table
from jobs.publishing.beside import Writer, checks_files, needs_files
from jobs.publishing.files import for_owner_only, move_into, write_csv
from jobs.publishing.listing import COLUMNS, case_list, masked, published_clues
from jobs.publishing.masking import masked_texts
from jobs.publishing.workbook import write_workbook
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.launch import launch

NAME = "publish"
READS = (CLUES, CASE_FILES, NEEDS, CHECKS, PEOPLE, FILES, CASES, MEMBERS, *BRONZE)
WRITES: tuple[Table, ...] = ()

SEPARATE = "另行办理"
"""The workbook of what must not pass through the hands of the office that approved."""


def write_zone(
    listed: pl.DataFrame,
    cases: pl.DataFrame,
    beside: Sequence[Writer],
    counties: dict[str, str],
    zone: Path,
    as_of: date,
    *,
    is_masked: bool,
) -> None:
    """clues.csv, the workbooks and what stands beside them in one zone. Written aside, then moved: readers never see half of them."""
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
    for write in beside:
        write(staging, is_masked)
    if not is_masked:
        for_owner_only(staging)
    shutil.rmtree(zone, ignore_errors=True)
    os.replace(staging, zone)


def county_names(lake: Lake) -> dict[str, str]:
    """Counties by code, as the rosters call them."""
    named = lake.read(CASES).select("county_code", "county").where("county IS NOT NULL").distinct().collect()
    return {row["county_code"]: row["county"] for row in sorted(named)}


def publish_checks(ctx: RunContext, out: Path) -> None:
    """The list of checks alone, into the zones under `out`; what supervision published there stays as it is."""
    with ctx.report.stage("publish checks"):
        write = checks_files(ctx.lake, county_names(ctx.lake), ctx.as_of)
        for zone, is_masked in (("restricted", False), ("exports", True)):
            staging = out / f".{zone}.checks.staging"
            shutil.rmtree(staging, ignore_errors=True)
            (staging / "workbooks").mkdir(parents=True)
            write(staging, is_masked)
            if not is_masked:
                for_owner_only(staging)
            if not (out / zone).is_dir():
                (out / zone).mkdir(parents=True)
                shutil.copymode(staging, out / zone)
            move_into(staging, out / zone)


def run(ctx: RunContext) -> None:
    with ctx.report.stage("publish") as progress:
        task = progress.add_task("publish", total=3)
        listed = published_clues(ctx.lake)
        cases = case_list(ctx.lake, ctx.as_of)
        counties = county_names(ctx.lake)
        beside = [files(ctx.lake, counties, ctx.as_of) for files in (needs_files, checks_files)]
        progress.advance(task)
        write_zone(listed, cases, beside, counties, ctx.out / "restricted", ctx.as_of, is_masked=False)
        progress.advance(task)
        write_zone(masked(listed), masked_texts(cases), beside, counties, ctx.out / "exports", ctx.as_of, is_masked=True)
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
