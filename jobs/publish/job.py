"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from expectations.contracts.lake import BRONZE, CASE_FILES, CASES, CHECKS, CLUES, FILES, MEMBERS, NEEDS, PEOPLE, VERDICTS
from expectations.contracts.model import Table
from jobs.cells.masking import masked_texts
from jobs.launch.context import RunContext
from jobs.publish.beside import Writer, checks_files, needs_files
from jobs.registers.delivered import Delivered
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.sheets.books import book_of_case, books, refuse_unless_whole
from jobs.sheets.clue_list import CLUE_COLUMNS, case_list, masked, published_clues
from jobs.sheets.clue_workbook import write_workbook
from jobs.sheets.files import write_csv
from jobs.sheets.zones import EXPORTS, ZONES, county_names

NAME = "publish"
READS = (CLUES, CASE_FILES, NEEDS, CHECKS, PEOPLE, FILES, CASES, MEMBERS, VERDICTS, *BRONZE)
WRITES: tuple[Table, ...] = ()

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
    write_csv(listed.select(*CLUE_COLUMNS), zone / "clues.csv")
    dispatched = listed.filter(pl.col("dispatched") == "是").with_columns(book=book_of_case())
    files = cases.with_columns(book=book_of_case())
    for code, title, name in books(KIND, [*dispatched["book"], *files["book"]], counties):
        of_book = dispatched.filter(pl.col("book") == code), files.filter(pl.col("book") == code)
        write_workbook(folder / name, title, *of_book, counties, as_of, is_masked=is_masked)
    refuse_unless_whole(folder, KIND, ("线索", "数据核对"), "线索编号", dispatched["clue_id"])
    refuse_unless_whole(folder, KIND, ("案件",), "案件编号", files["case_id"])
    for write in beside:
        write(zone, is_masked)


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
