"""Verdicts on what is unlike all others move what of the like is held for chance, and nothing else of the scores."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import functions as F

from expectations.contracts.lake import CASE_SCORES, PATTERN_KINDS, PATTERNS, VERDICTS
from jobs.launch.context import RunContext
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.run_report import RunReport
from jobs.score_cases import job as score_cases
from jobs.score_cases.patterns import points
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


def surprises(ctx: RunContext) -> dict[str, float]:
    """How surprising each case is that something was seen of."""
    return {row["case_id"]: row["surprise"] for row in ctx.lake.read(PATTERNS).collect()}


def scores(ctx: RunContext) -> list[Any]:
    return ctx.lake.read(CASE_SCORES).drop("reasons", "figures").orderBy("case_id").collect()


def seen(ctx: RunContext, kinds: Collection[str]) -> dict[str, Any]:
    """The most surprising case of these kinds as it would stand on a list."""
    rows = ctx.lake.read(PATTERNS).filter(F.col("kind").isin(list(kinds))).orderBy(F.desc("surprise"), "case_id").collect()
    case_id, kind = rows[0]["case_id"], rows[0]["kind"]
    (score,) = ctx.lake.read(CASE_SCORES).filter(F.col("case_id") == case_id).collect()
    figures = {**score["figures"], **{f"X01.kind_{name}": float(name == kind) for name in PATTERN_KINDS}}
    return {
        "clue_id": "C0",
        "rule_code": "X01",
        "case_id": case_id,
        "county_code": "",
        "signals": figures,
        "stated_score": 0.2,
        "score": 0.2,
    }


@pytest.mark.parametrize("outcome", ["unverifiable", "refuted"])
def test_a_refuted_point_gives_way_and_nothing_else_of_the_scores_moves(ctx: RunContext, outcome: str) -> None:
    before, scored, strangest = surprises(ctx), scores(ctx), seen(ctx, points.KINDS)
    ctx.lake.overwrite(VERDICTS, ctx.lake.session.createDataFrame(verdicts_on([strangest], outcome), plain_schema(VERDICTS)))
    score_cases.run(ctx)
    after = surprises(ctx)
    assert scores(ctx) == scored
    assert ctx.report.figures["verdicts_on_strange_cases"] == (outcome == "refuted")
    if outcome == "unverifiable":  # nobody was met: nothing is known
        assert after == before
    else:
        assert after.get(strangest["case_id"], 0.0) < before[strangest["case_id"]]


def test_a_verdict_on_a_group_says_nothing_of_what_is_unlike_others(ctx: RunContext) -> None:
    before, of_a_group = surprises(ctx), seen(ctx, set(PATTERN_KINDS) - set(points.KINDS))
    ctx.lake.overwrite(VERDICTS, ctx.lake.session.createDataFrame(verdicts_on([of_a_group], "refuted"), plain_schema(VERDICTS)))
    score_cases.run(ctx)
    assert surprises(ctx) == before
    assert ctx.report.figures["verdicts_on_strange_cases"] == 0
