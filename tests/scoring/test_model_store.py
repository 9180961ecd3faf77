"""The model store of a run: what is refused of it ends the run with a sentence."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from jobs.launch.context import RunContext
from jobs.runtime.errors import BadStore
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.score_cases import job as score_cases
from models.registry import ForestRegistry
from tests.models.test_registry import PARAMS, ordinary, tags


def test_scoring_with_a_forest_that_is_not_ours_ends_with_a_sentence(finished: RunContext, tmp_path: Path) -> None:
    ForestRegistry(tmp_path / "mlflow").train(ordinary(), PARAMS, tags("one"))
    (forest,) = (tmp_path / "mlflow").rglob("model.skops")
    forest.write_bytes(b"no forest")
    shutil.copytree(finished.out / "lake", tmp_path / "lake")
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    ctx = replace(finished, lake=lake, out=tmp_path, report=RunReport(Console(quiet=True)))
    before = lake.read(score_cases.CASE_SCORES).count()
    with pytest.raises(BadStore, match=r"model\.skops is no forest that this program wrote .* Put OUT/mlflow back") as refused:
        score_cases.run(ctx)
    assert refused.value.exit_code == 3
    assert lake.read(score_cases.CASE_SCORES).count() == before
