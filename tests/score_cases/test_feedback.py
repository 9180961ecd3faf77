"""Verdicts on what is unlike all others move what of the like is held for chance, and nothing else of the scores."""

from __future__ import annotations

import shutil
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


def strangest(ctx: RunContext, kind: str) -> dict[str, Any]:
    """The strangest case of all as it would stand on a list that asked about it for this kind."""
    row = ctx.lake.read(CASE_SCORES).orderBy(F.desc("strangeness"), "case_id").first()
    assert row is not None
    figures = {**row["figures"], **{f"X01.kind_{name}": float(name == kind) for name in PATTERN_KINDS}}
    seen = {"clue_id": "C0", "rule_code": "X01", "county_code": "", "signals": figures, "stated_score": 0.2, "score": 0.2}
    return {**seen, "case_id": row["case_id"], "strangeness": row["strangeness"]}


def judged(ctx: RunContext, case: dict[str, Any], outcome: str) -> None:
    """Scores again with one verdict on the case."""
    ctx.lake.overwrite(VERDICTS, ctx.lake.session.createDataFrame(verdicts_on([case], outcome), plain_schema(VERDICTS)))
    score_cases.run(ctx)


def test_a_refuted_point_is_less_strange_and_nothing_else_of_the_scores_moves(ctx: RunContext) -> None:
    scored, case = scores(ctx), strangest(ctx, "unlike_others")
    judged(ctx, case, "refuted")
    moved = ctx.lake.kept("moved_scores")
    assert moved is not None
    (now,) = moved.filter(F.col("case_id") == case["case_id"]).collect()
    assert now["strangeness"] < case["strangeness"]
    assert scores(ctx) == scored
    assert ctx.report.figures["verdicts_on_strange_cases"] == 1


@pytest.mark.parametrize(("kind", "outcome"), [("unlike_others", "unverifiable"), ("one_telephone", "refuted")])
def test_who_was_not_met_and_a_group_say_nothing_of_what_is_unlike_others(ctx: RunContext, kind: str, outcome: str) -> None:
    before, case = surprises(ctx), strangest(ctx, kind)
    judged(ctx, case, outcome)
    assert surprises(ctx) == before
    assert ctx.report.figures["verdicts_on_strange_cases"] == 0
