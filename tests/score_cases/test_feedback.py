"""Verdicts on strange cases move which cases are asked about next, and nothing else of the scores."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from expectations.contracts.lake import CASE_SCORES, LISTED_CLUES, NOVEL_FINDINGS, VERDICTS
from jobs.launch.context import RunContext
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.run_report import RunReport
from jobs.score_cases import job as score_cases
from tests.conftest import AS_OF


@pytest.fixture
def ctx(finished: RunContext, tmp_path: Path) -> RunContext:
    """A lake and a model store of its own, after one run."""
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    return replace(
        finished, lake=Lake(finished.engine, str(tmp_path / "lake")), out=tmp_path, report=RunReport(finished.report.console)
    )


def verdicts_on(rows: list[dict[str, Any]], outcome: str) -> list[tuple[Any, ...]]:
    said = {
        "outcome": outcome, "verdict": "查否-政策允许" if outcome == "refuted" else "查是-错保", "checked_on": AS_OF, "is_in_force": True,
        "verdict_no": 1, "checkers": "甲、乙", "import_no": 1, "taken_in_on": AS_OF, "listed_on": AS_OF,
    }  # fmt: skip
    return [tuple({**row, **said}.get(name) for name in VERDICTS.column_names) for row in rows]


def novel(ctx: RunContext) -> dict[str, float]:
    """How strange each case is that X01 asks about."""
    return {row["case_id"]: row["value"] for row in ctx.lake.read(NOVEL_FINDINGS).filter("outcome = 'found'").collect()}


def scores(ctx: RunContext) -> list[Any]:
    return ctx.lake.read(CASE_SCORES).drop("reasons", "figures").orderBy("case_id").collect()


def test_refuted_strange_cases_give_way_to_others(ctx: RunContext) -> None:
    listed = [row.asDict() for row in ctx.lake.read(LISTED_CLUES).filter("rule_code = 'X01' AND is_dispatched").collect()]
    before, scored = novel(ctx), scores(ctx)
    strangest = max(listed, key=lambda row: before[row["case_id"]])
    for outcome in ("unverifiable", "refuted"):
        rows = verdicts_on([strangest], outcome)
        ctx.lake.overwrite(VERDICTS, ctx.lake.session.createDataFrame(rows, plain_schema(VERDICTS)))
        score_cases.run(ctx)
        after = novel(ctx)
        if outcome == "unverifiable":  # nobody was met: nothing is known
            assert after == before
    assert after.get(strangest["case_id"], 0.0) < before[strangest["case_id"]]
    assert len(after) == len(before)
    assert scores(ctx) == scored
    told = ctx.lake.read(NOVEL_FINDINGS).filter("outcome = 'found' AND explanation IS NULL").count()
    assert told == 0
    assert ctx.report.figures["verdicts_on_strange_cases"] == 1
