"""A delivery of one household: the rules that can judge do, the scorer says that there are too few cases, all is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from expectations.contracts.lake import CASE_SCORES, NOVEL_FINDINGS
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.session import Engine
from jobs.score_cases.job import LEAST_CASES, trained_model
from models.features import FEATURES
from models.registry import ForestRegistry
from tests.conftest import run_main_job
from tests.hand_made import NORTH, HandMade, household, payment, person_name, registered, vehicle


@pytest.fixture(scope="module")
def ctx(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """One household with a car, paid in two months of the year; of the other registers one came empty, the others not at all."""
    folder = tmp_path_factory.mktemp("one")
    made = HandMade(folder / "delivery")
    made.table("dibao_roster", [household(1)], area=NORTH)
    made.table("household_registry", [registered(1)], area=NORTH)
    made.table("payments", [payment(1, "2017-01"), payment(1, "2017-03")])
    made.table("vehicles", [vehicle(1)])
    made.table("cremations", [])
    return run_main_job(embedded, settings, made.done(), folder / "out")


def test_what_the_rules_found_is_listed_without_a_score_of_strangeness(ctx: RunContext) -> None:
    (clue,) = pl.read_csv(ctx.out / "restricted" / "clues.csv", infer_schema=False).to_dicts()
    assert (clue["rule_code"], clue["subject_name"], clue["dispatched"], clue["rank"]) == ("V01", person_name(1), "是", "1")
    assert (clue["months"], clue["amount_upper"], clue["anomaly"]) == ("2", "640.00", None)
    assert "异常程度高于" not in clue["reasons"]
    assert (ctx.out / "exports" / "needs.csv").is_file()
    assert list((ctx.out / "exports" / "workbooks").glob("线索清单_*.xlsx"))
    assert (ctx.out / "fairness" / "fairness.csv").is_file()


def test_the_scorer_says_that_there_are_too_few_cases(ctx: RunContext) -> None:
    (told,) = [warning for warning in ctx.report.warnings if "too few cases" in warning]
    assert told.startswith(f"too few cases: 1, and nothing is usual among fewer than {LEAST_CASES}.")
    (score,) = ctx.lake.read(CASE_SCORES).collect()
    assert (score["anomaly"], score["strangeness"], score["anomaly_percentile"], score["model_version"]) == (None,) * 4
    assert score["figures"]["case.paid_months"] == 2.0
    assert ctx.lake.read(NOVEL_FINDINGS).count() == 0


def test_a_register_that_was_not_delivered_is_said_of_the_rules_that_need_it(ctx: RunContext) -> None:
    assert any("I01 had no pensions: it judged 0 of 1 people." in warning for warning in ctx.report.warnings)


def test_few_cases_are_scored_by_a_model_that_learned_before(settings: Settings, tmp_path: Path) -> None:
    registry = ForestRegistry(tmp_path)
    x = np.random.default_rng(1).normal(size=(LEAST_CASES, len(FEATURES)))
    day = date(2017, 12, 31).isoformat()
    assert trained_model(registry, x[:-1], settings.forest, day) == (None, {})
    trained, drift = trained_model(registry, x, settings.forest, day)
    assert trained is not None
    assert drift
    after, drift = trained_model(registry, x[:3] + 1.0, settings.forest, day)
    assert after is not None
    assert (after.version, drift) == (trained.version, {})
