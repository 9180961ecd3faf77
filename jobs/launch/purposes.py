"""What the data of a run may be used for, on record before anything is joined."""

from __future__ import annotations

from expectations.contracts.lake import PURPOSES
from jobs.audit.calls import CHECK, SUPERVISION
from jobs.launch.context import RunContext

BASES = {
    SUPERVISION: "监督检查职权：社会救助资金发放的监督核查",
    CHECK: "申请人授权：社会救助暂行办法（国务院令第649号，2014）第五十八条",
}


def add(ctx: RunContext, purpose: str) -> None:
    """Writes that the day's run serves the purpose, too, and tells it in the run report."""
    lake = ctx.lake
    before = [tuple(row) for row in lake.read_or_empty(PURPOSES).collect()]  # a row or two a run
    rows = {row[:2]: row for row in before} | {(ctx.as_of, purpose): (ctx.as_of, purpose, BASES[purpose])}
    if len(rows) > len(before):
        lake.overwrite(PURPOSES, lake.session.createDataFrame(sorted(rows.values()), PURPOSES.schema))
    told = ctx.report.figures.setdefault("purpose", [])
    assert isinstance(told, list)
    if purpose not in told:
        told.append(purpose)
