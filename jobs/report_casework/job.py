"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jobs.casebook.opened import case_store_beside
from jobs.casebook.projecting import PROJECTIONS, SEEN, project
from jobs.launch.context import RunContext
from jobs.papers.pdf import Printer
from jobs.registers.delivered import Delivered
from jobs.report_casework import gathering
from jobs.report_casework.pdf import report_pdf
from jobs.report_casework.report import Report, public_edition, report_of
from jobs.report_casework.suppression import Edition
from jobs.report_casework.table import Period
from jobs.report_casework.workbook import write_workbook
from jobs.runtime.errors import BadStore
from jobs.runtime.lake import Lake
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.runtime.run_report import is_synthetic
from jobs.sheets.zones import EXPORTS

NAME = "report_casework"
READS = tuple(dict.fromkeys((*gathering.READS, *SEEN)))
WRITES = PROJECTIONS
FOLDER, FILE, KNOWN = "reports", "工作报告", "public.json"
"""KNOWN: what the public edition was made of, beside the full one."""
_CHECK = "check"
"""Folder of OUT that holds the lake of checks, where these are made apart from supervision."""


def run(ctx: RunContext, period: Period) -> Mapping[Path, Report]:
    """Both editions, by the folders that they were written to."""
    printer = Printer()
    with ctx.report.stage("report casework"), case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store:
        with store.reading() as book:
            project(ctx.lake, book)
            events, removals = book.events(last_day=period.last), book.removals()
        found = gathering.gathered(
            ctx.lake, _lake_of_checks(ctx), ctx.settings.policy, period, is_synthetic=is_synthetic(ctx.out)
        )
        full = report_of(events, found, period, removals)
        name = f"{FOLDER}/{period.first.isoformat()}_{period.last.isoformat()}"
        told, edition = public_edition(full, _editions_out(ctx.out))
        editions = {f"{RESTRICTED}/{name}": full, f"{EXPORTS}/{name}": told}
        stamp = Stamp(period.last, Delivered(ctx.lake).name)
        with publication(ctx.out, NAME, list(editions), stamp, ctx.report.warn) as staged:
            for zone, report in editions.items():
                write_workbook(staged / zone / f"{FILE}.xlsx", report)
                (staged / zone / f"{FILE}.pdf").write_bytes(report_pdf(report, printer))
            (staged / f"{RESTRICTED}/{name}" / KNOWN).write_text(edition.model_dump_json() + "\n", encoding="utf-8")
    return {ctx.out / zone: report for zone, report in editions.items()}


def _editions_out(out: Path) -> list[Edition]:
    """What the public editions that were written tell, by their periods. Raises BadStore for one that is not as it was written."""
    found = []
    for path in sorted((out / RESTRICTED / FOLDER).glob(f"*/{KNOWN}")):
        try:
            found.append(Edition.model_validate_json(path.read_bytes()))
        except ValueError as error:
            raise BadStore(
                f"{path} is not as this program wrote it: what was made public then, and what the next edition must not add to it, nobody could "
                "say. Put it back from a copy. Nothing was written."
            ) from error
    return found


def _lake_of_checks(ctx: RunContext) -> Lake:
    folder = ctx.out / _CHECK / "lake"
    return Lake(ctx.engine, str(folder)).of_job(NAME, gathering.CHECK_READS, ()) if folder.is_dir() else ctx.lake
