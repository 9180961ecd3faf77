"""The report on the small synthetic city: every case in one group of each kind, nobody in person."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import functions as F
from typer.testing import CliRunner

from expectations.contracts.lake import CASE_FILES, CASES, CLUES, PEOPLE, VERDICTS
from jobs.commands.cli import app
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.registers.divisions import division_names
from jobs.report_fairness import job as report_fairness
from jobs.report_fairness.fairness_report import CSV_COLUMNS, print_fairness
from jobs.report_fairness.groups import DIMENSIONS
from jobs.runtime.arrow import on_driver
from jobs.runtime.console import Console
from jobs.runtime.lake import Lake, plain_schema, single_writer
from jobs.runtime.run_report import RunReport
from models.features import FEATURE_NAMES
from tests.conftest import AS_OF

FILES = ("fairness.csv", "fairness.svg", "proxies.csv")


@pytest.fixture
def ctx(finished: RunContext, tmp_path: Path) -> RunContext:
    """A lake of its own."""
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns(".writer.lock"))
    report = RunReport(Console(quiet=True))
    return replace(finished, lake=Lake(finished.engine, str(tmp_path / "lake")), out=tmp_path, report=report)


def table(out: Path) -> pl.DataFrame:
    return pl.read_csv(out / "fairness" / "fairness.csv")


def test_the_main_job_writes_the_report_and_every_case_counts_once_in_every_dimension(finished: RunContext) -> None:
    found = table(finished.out)
    assert tuple(found.columns) == CSV_COLUMNS
    assert found["dimension"].unique(maintain_order=True).to_list() == list(DIMENSIONS.values())
    cases = finished.lake.read(CASES).count()
    dispatched = finished.lake.read(CASE_FILES).filter("state <> 'gone'").count()
    assert dispatched > 0
    for (dimension,), rows in found.group_by("dimension"):
        assert (rows["cases"].sum(), rows["dispatched"].sum(), rows["visited"].sum()) == (cases, dispatched, 0), dimension
    assert set(found["judgement"]) == {"not judged"}  # nobody was visited yet
    counties = set(found.filter(pl.col("dimension") == DIMENSIONS["county"])["group"])
    assert counties == set(division_names(finished.lake.read(CASES)).values())  # no code beside a name
    assert {"女", "男"} <= set(found.filter(pl.col("dimension") == DIMENSIONS["sex"])["group"])


def test_the_report_names_nobody(finished: RunContext) -> None:
    people = finished.lake.read(PEOPLE).collect()
    names = {row["name"] for row in people if len(row["name"]) >= 3}
    for name in FILES:
        text = (finished.out / "fairness" / name).read_text(encoding="utf-8-sig")
        assert not re.search(r"\d{17}[\dX]", text)
        assert not [found for found in names if found in text]


def test_proxies_are_those_of_the_features_of_the_day_and_of_another_day_there_are_none(ctx: RunContext) -> None:
    """The same list under an earlier day: its features are gone, those that are kept are another run's."""
    report = report_fairness.written(ctx.lake, ctx.settings, ctx.out, ctx.report.warn)
    assert report.proxies is not None
    assert {proxy.input for proxy in report.proxies} == set(FEATURE_NAMES)
    earlier = AS_OF - timedelta(days=30)
    files = ctx.lake.read(CASE_FILES)
    ctx.lake.append(CASE_FILES, files.withColumn("as_of", F.lit(earlier)).limit(1))
    gone = files.withColumns({"as_of": F.lit(earlier), "case_id": F.lit("gone"), "state": F.lit("new")}).limit(1)
    ctx.lake.append(CASE_FILES, gone)
    asked = report_fairness.measured(ctx.lake, ctx.settings, earlier)
    assert (asked.proxies, asked.lost_cases) == (None, 1)
    report_fairness.run(replace(ctx, as_of=earlier))
    assert not (ctx.out / "fairness" / "proxies.csv").exists()  # that of the last run would speak of other cases
    assert [warning for warning in ctx.report.warnings if warning.startswith(f"No features of the run of {earlier} are kept")]


def test_a_lake_without_kept_features_says_so(ctx: RunContext) -> None:
    shutil.rmtree(Path(ctx.lake.root) / "_scratch" / report_fairness.FEATURES_KEPT)
    report = report_fairness.written(ctx.lake, ctx.settings, ctx.out, ctx.report.warn)
    assert report.proxies is None
    assert report.warnings[-1].startswith(f"No features of the run of {AS_OF} are kept")


def test_the_command_writes_only_while_it_holds_the_lake(finished: RunContext) -> None:
    with single_writer(finished.lake.root):
        told = CliRunner().invoke(app, ["fairness", str(finished.out), "--env", "test"])
    assert told.exit_code == 2
    assert "Another run is writing to" in told.output


def test_verdicts_make_rates_and_a_group_refuted_too_often_is_told(ctx: RunContext, settings: Settings) -> None:
    """Of everybody with a clue, women are refuted and men confirmed: no chance makes that."""
    people = on_driver(report_fairness.people_of(ctx.lake))
    sex_of = dict(people.select("case_id", "sex").iter_rows())
    clues = ctx.lake.read(CLUES).filter("is_dispatched").orderBy("clue_id").collect()
    verdict = {
        "verdict": "查是-错保", "checked_on": AS_OF + timedelta(days=14), "is_in_force": True, "verdict_no": 1, "checkers": "甲、乙",
        "import_no": 1, "taken_in_on": AS_OF, "listed_on": AS_OF, "rule_code": "D01", "county_code": "",
    }  # fmt: skip
    rows = []
    for clue in clues:
        outcome = "refuted" if sex_of[clue["case_id"]] == "女" else "confirmed"
        rows.append({**verdict, "clue_id": clue["clue_id"], "case_id": clue["case_id"], "outcome": outcome})
    rows.append({**rows[0], "clue_id": "gone", "case_id": "a case that draws no more"})
    values = [tuple(row.get(name) for name in VERDICTS.column_names) for row in rows]
    ctx.lake.overwrite(VERDICTS, ctx.lake.session.createDataFrame(values, plain_schema(VERDICTS)))
    few = settings.fairness.model_copy(update={"least_visits": 5})
    report_fairness.run(replace(ctx, settings=settings.model_copy(update={"fairness": few})))
    women = table(ctx.out).row(by_predicate=pl.col("group") == "女", named=True)
    visited = {clue["case_id"] for clue in clues}
    assert women["visited"] == women["refuted"] == sum(sex_of[case] == "女" for case in visited) >= 5
    assert (women["refuted_ratio"], women["confirmed"], women["judgement"]) == (1.0, 0, "differs beyond chance")
    assert [warning for warning in ctx.report.warnings if warning.startswith(f"{DIMENSIONS['sex']} 女: ")]
    report = report_fairness.written(ctx.lake, ctx.settings, ctx.out, ctx.report.warn)
    assert report.lost_cases == 1
    shown = Console(record=True, width=100, quiet=False, file=(ctx.out / "shown").open("w"))
    print_fairness(shown, report, ctx.out / "fairness")
    assert "1 cases that were listed or visited draw no more" in shown.export_text()
