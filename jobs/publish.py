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
Re-run  safe: the same tables give the same bytes; both zones are replaced together or not at all (jobs/runtime/results.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from expectations.contracts.lake import BRONZE, CASE_FILES, CASES, CHECKS, CLUES, FILES, MEMBERS, NEEDS, PEOPLE
from expectations.contracts.model import Table
from jobs.delivery.divisions import division_names
from jobs.publishing.beside import Writer, checks_files, needs_files
from jobs.publishing.books import book_of_case, books, refuse_unless_whole
from jobs.publishing.files import write_csv
from jobs.publishing.listing import COLUMNS, case_list, masked, published_clues
from jobs.publishing.masking import masked_texts
from jobs.publishing.workbook import write_workbook
from jobs.quality.delivered import Delivered
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.launch import launch
from jobs.runtime.results import RESTRICTED, Stamp, publication

NAME = "publish"
READS = (CLUES, CASE_FILES, NEEDS, CHECKS, PEOPLE, FILES, CASES, MEMBERS, *BRONZE)
WRITES: tuple[Table, ...] = ()

EXPORTS = "exports"
ZONES = (RESTRICTED, EXPORTS)
KIND = "线索清单"


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
    """clues.csv, the workbooks and what stands beside them, into the zone's empty folder. Every listed clue is in one workbook."""
    folder = zone / "workbooks"
    folder.mkdir()
    write_csv(listed.select(*COLUMNS), zone / "clues.csv")
    dispatched = listed.filter(pl.col("dispatched") == "是").with_columns(book=book_of_case())
    files = cases.with_columns(book=book_of_case())
    for code, title, name in books(KIND, [*dispatched["book"], *files["book"]], counties):
        of_book = dispatched.filter(pl.col("book") == code), files.filter(pl.col("book") == code)
        write_workbook(folder / name, title, *of_book, counties, as_of, is_masked=is_masked)
    refuse_unless_whole(folder, KIND, ("线索", "数据核对"), "线索编号", dispatched["clue_id"])
    refuse_unless_whole(folder, KIND, ("案件",), "案件编号", files["case_id"])
    for write in beside:
        write(zone, is_masked)


def county_names(lake: Lake) -> dict[str, str]:
    """Counties by code, as the rosters call them."""
    return division_names(lake.read(CASES))


def publish_checks(ctx: RunContext, out: Path) -> None:
    """The list of checks alone, into the zones under `out`; what supervision published there stays as it is."""
    with ctx.report.stage("publish checks"):
        write = checks_files(ctx.lake, county_names(ctx.lake), ctx.as_of)
        stamp = Stamp(ctx.as_of, Delivered(ctx.lake).name)
        with publication(out, "publish_checks", ZONES, stamp, ctx.report.warn) as staged:
            for zone in ZONES:
                (staged / zone / "workbooks").mkdir()
                write(staged / zone, zone != RESTRICTED)


def run(ctx: RunContext) -> None:
    with ctx.report.stage("publish") as progress:
        task = progress.add_task("publish", total=3)
        listed = published_clues(ctx.lake)
        cases = case_list(ctx.lake, ctx.as_of)
        counties = county_names(ctx.lake)
        beside = [files(ctx.lake, counties, ctx.as_of) for files in (needs_files, checks_files)]
        progress.advance(task)
        stamp = Stamp(ctx.as_of, Delivered(ctx.lake).name)
        with publication(ctx.out, NAME, ZONES, stamp, ctx.report.warn) as staged:
            write_zone(listed, cases, beside, counties, staged / RESTRICTED, ctx.as_of, is_masked=False)
            progress.advance(task)
            write_zone(masked(listed), masked_texts(cases), beside, counties, staged / EXPORTS, ctx.as_of, is_masked=True)
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
