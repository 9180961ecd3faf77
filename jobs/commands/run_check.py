"""The check: from requests and registers to what was found of each household. A purpose, a lake and a report of its own.

Reads   a delivery folder that holds check_requests
Writes  OUT/check (lake, quality pages, return slips, run_report.json), OUT/restricted/checks.csv, OUT/exports/checks.csv, workbooks
Re-run  safe: the same delivery gives the same bytes; lists of supervision in the same OUT stay as they are.

What is handed over for a check goes to a lake of its own: an extract of the applicants' vehicles must never become the
register that supervision compares with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from expectations.contracts.deliveries import DATA_SETS
from jobs.audit.calls import CHECK
from jobs.check_households import job as check_households
from jobs.check_quality import job as check_quality
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.metrics import reported
from jobs.launch.purposes import add
from jobs.link_people import job as link_people
from jobs.publish import job as publish
from jobs.runtime.console import Console
from jobs.runtime.errors import BadDelivery
from jobs.runtime.run_report import RunReport
from jobs.standardise import job as standardise
from jobs.state_purpose import job as state_purpose

FOLDER = "check"
"""Folder of OUT for all that is no list."""
STAGES = (standardise, check_quality)


def run(ctx: RunContext, out: Path) -> None:
    """All stages of a check; `ctx.out` is OUT/check. Raises BadDelivery where nobody asks to be checked."""
    with reported(ctx, "check"):
        with ctx.job(ingest) as own:
            ingest.run(own)
        with ctx.job(state_purpose) as own:
            add(own, CHECK)
        for stage in STAGES:
            with ctx.job(stage) as own:
                stage.run(own)
        requests = DATA_SETS[check_households.REQUESTS]
        if ctx.lake.read_or_empty(requests.silver).isEmpty():
            raise BadDelivery(
                f"{ctx.delivery} holds no {requests.title} (data set {requests.code}). Deliver the requests beside the registers; "
                "to supervise, use mingjing run. Nothing was checked."
            )
        for stage in (link_people, check_households):
            with ctx.job(stage) as own:
                stage.run(own)
        with ctx.job(publish) as own:
            publish.publish_checks(own, out)


def print_summary(console: Console, report: RunReport, out: Path) -> None:
    """Households by result, and where the lists lie."""
    figures: dict[str, Any] = report.figures
    table = Table(title="Check (purpose: check)", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for result, count in figures["checks"]["households"].items():
        table.add_row(f"households {result}", f"{count:,}")
    console.print(table)
    console.print_places(
        {
            "lists and reports, masked": out / "exports",
            "lists and reports in full": out / "restricted",
            "return slips": out / FOLDER / "slips",
            "this report": out / FOLDER / "run_report.json",
        }
    )


if __name__ == "__main__":
    from jobs.commands.cli import as_module

    as_module("check")
