"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from expectations.contracts.lake import BRONZE, CASE_FILES, CASES, CHECKS, CLUES, FILES, LEDGER, MEMBERS, NEEDS, PEOPLE, VERDICTS
from expectations.contracts.model import Table
from jobs.cells.masking import masked_texts
from jobs.launch.context import RunContext
from jobs.papers.pdf import Printer
from jobs.publish.beside import Writer, checks_files, needs_files
from jobs.publish.check_reports import FOLDER, REQUESTS, members_of_applications, write_check_reports
from jobs.publish.checks_list import checks_to_publish
from jobs.registers.delivered import Delivered
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.runtime.second_process import meanwhile
from jobs.sheets.asked import innocent_codes
from jobs.sheets.books import refuse_unless_every_book_is_whole, write_books
from jobs.sheets.clue_list import CLUE_COLUMNS, case_list, masked, published_clues
from jobs.sheets.clue_workbook import Told, with_cells, write_workbook
from jobs.sheets.files import write_csv
from jobs.sheets.history import history_before
from jobs.sheets.zones import EXPORTS, ZONES, county_names

NAME = "publish"
READS = (CLUES, CASE_FILES, NEEDS, CHECKS, VERDICTS, LEDGER, PEOPLE, FILES, CASES, MEMBERS, REQUESTS.silver, *BRONZE)
WRITES: tuple[Table, ...] = ()

KIND = "线索清单"
_WORTH_A_PROCESS = 2_000
"""Clues of which the two zones are written beside each other: of fewer they are written before another process has started."""


GUIDE = (
    (
        "先后",
        "“案件”表按户排列，一户只需上门一次；“线索”表的序号是排名，越小越值得先看。为什么排在前面，可向发来清单的数据组询问。",
    ),
    ("金额", "估计：扣除豁免、宽限并按本人份额计算后的金额。同户多条线索涉及同一月份的，只计一次。不是应追回的数。"),
    ("与上次相比", "新增、有变化、未变化均指与上一次运行相比；“本次未再查出”的案件列在最后，供对照。"),
)


def write_zone(listed: pl.DataFrame, cases: pl.DataFrame, beside: Sequence[Writer], zone: Path, told: Told) -> None:
    """clues.csv, the workbooks and what stands beside them, into the zone's empty folder; masked where `told` says so.

    Every dispatched clue and every case is in one county's workbook and, unless it is apart, in one township's.
    """
    if told.is_masked:
        listed, cases = masked(listed), masked_texts(cases)
    folder = zone / "workbooks"
    folder.mkdir()
    write_csv(listed.select(*CLUE_COLUMNS), zone / "clues.csv")
    dispatched = with_cells(listed.filter(pl.col("dispatched") == "是"), "rank", told)
    ordered = cases.sort("rank", "case_id", nulls_last=True)  # by their best clue

    def write(path: Path, title: str, clues: pl.DataFrame, of_book: pl.DataFrame) -> None:
        write_workbook(path, title, clues, of_book, told, GUIDE)

    write_books(folder, KIND, dispatched, ordered, told.counties, write)
    refuse_unless_every_book_is_whole(folder, KIND, dispatched, cases)
    for writer in beside:
        writer(zone, told.is_masked)


def publish_checks(ctx: RunContext, out: Path) -> None:
    """The list of checks alone with a report an application, into the zones under `out`; what supervision published stays as it is."""
    with ctx.report.stage("publish checks"):
        counties, printer = county_names(ctx.lake), Printer()
        write = checks_files(ctx.lake, counties, ctx.as_of)
        listed, members = checks_to_publish(ctx.lake), members_of_applications(ctx.lake)
        stamp = Stamp(ctx.as_of, Delivered(ctx.lake).name)
        with publication(out, "publish_checks", ZONES, stamp, ctx.report.warn) as staged:
            for zone in ZONES:
                is_masked = zone != RESTRICTED
                (staged / zone / "workbooks").mkdir()
                write(staged / zone, is_masked)
                (papers := staged / zone / FOLDER).mkdir()
                shown = masked(listed) if is_masked else listed
                write_check_reports(papers, shown, members, counties, ctx.as_of, printer, is_masked=is_masked)


def run(ctx: RunContext) -> None:
    with ctx.report.stage("publish") as progress:
        task = progress.add_task("publish", total=3)
        listed = published_clues(ctx.lake)
        cases = case_list(ctx.lake, ctx.as_of)
        counties = county_names(ctx.lake)
        beside = [files(ctx.lake, counties, ctx.as_of) for files in (needs_files, checks_files)]
        progress.advance(task)
        stamp = Stamp(ctx.as_of, Delivered(ctx.lake).name)
        told = Told(KIND, counties, innocent_codes(ctx.settings), history_before(ctx.lake, ctx.as_of), ctx.as_of, is_masked=False)
        with publication(ctx.out, NAME, ZONES, stamp, ctx.report.warn) as staged:
            in_full = partial(write_zone, listed, cases, beside, staged / RESTRICTED, told)
            as_masked = partial(write_zone, listed, cases, beside, staged / EXPORTS, replace(told, is_masked=True))
            if len(listed) < _WORTH_A_PROCESS:
                in_full()
                progress.advance(task)
                as_masked()
            else:
                with meanwhile(as_masked):
                    in_full()
                    progress.advance(task)
            progress.advance(task)
        ctx.report.current.rows = len(listed)
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
