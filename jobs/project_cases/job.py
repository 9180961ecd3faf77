"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from expectations.contracts.lake import VERDICTS
from jobs.casebook.opened import case_store_beside, has_store
from jobs.casebook.projecting import PROJECTIONS, SEEN, project
from jobs.launch.context import RunContext

NAME = "project_cases"
READS = SEEN
WRITES = PROJECTIONS


def run(ctx: RunContext) -> None:
    """Before the first verdict there is no store, and none is made."""
    if not has_store(ctx.out) and not ctx.lake.exists(VERDICTS):
        return
    with (
        ctx.report.stage("project cases"),
        case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store,
        store.reading() as book,
    ):
        project(ctx.lake, book)
