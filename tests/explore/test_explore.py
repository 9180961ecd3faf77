"""What analysts are given agrees with the lake, with the lists and with the model, and needs no engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from expectations.contracts.lake import CASE_SCORES, CLUES
from jobs.explore import OpenedLake, open_lake, shares
from jobs.explore.contributions import contributions_of
from jobs.explore.pages import fairness_in, learned_in
from jobs.launch.context import RunContext
from jobs.runtime.errors import BadConfiguration, BadStore, NoSuchRecord
from models.features import FEATURE_NAMES
from models.measures import wilson
from tests.conftest import AS_OF

EXAMPLE = """
import sys
import polars as pl
from jobs.explore import open_lake, shares
run = open_lake(sys.argv[1])
clues = run.table("gold.clues").polars("rule_code", "is_dispatched")
answer = shares(clues, by="rule_code", hit="is_dispatched").row(0, named=True)
print(answer["rule_code"], answer["hits"], answer["count"])
from pyspark.sql import SparkSession
print("engine" if "pysail" in sys.modules or SparkSession.getActiveSession() else "none")
"""


def test_a_few_lines_of_plain_python_give_an_answer_without_an_engine(opened: OpenedLake, finished: RunContext) -> None:
    ended = subprocess.run([sys.executable, "-c", EXAMPLE, str(finished.out)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    answer, engine = ended.stdout.splitlines()
    clues = opened.table("gold.clues").polars()
    code, hits, count = answer.split()
    of_code = clues.filter(rule_code=code)
    assert (int(hits), int(count), engine) == (of_code["is_dispatched"].sum(), len(of_code), "none")


def test_tables_come_in_three_forms_with_their_contract(opened: OpenedLake, finished: RunContext) -> None:
    view = opened.table("gold.clues")
    listed = pl.read_csv(finished.out / "exports" / "clues.csv", infer_schema=False)
    assert view.polars().sort("rank")["clue_id"].to_list() == listed["clue_id"].to_list()
    assert view.pandas("clue_id").shape == (len(listed), 1)
    cases = opened.table("silver.cases").duckdb("case_id", "county_code")
    joined = view.duckdb("clue_id", "case_id").join(cases, "case_id")
    assert joined.aggregate("count(*)").fetchall() == [(len(listed),)]
    told = dict(view.contract.select("column", "unit").iter_rows())
    assert list(told) == view.polars().columns
    assert told["amount_estimate"] == "yuan"
    assert view.grain == CLUES.grain
    assert "金额估计" in str(view)
    assert "| amount_estimate | 金额估计 | yuan |" in view._repr_markdown_()


def test_every_table_is_there_and_typed_whether_it_was_written_or_not(opened: OpenedLake) -> None:
    there = dict(opened.tables().select("table", "is there").iter_rows())
    assert there["gold.clues"]
    assert not there["silver.aliases"] or there["silver.aliases"] is True
    for name in there:
        view = opened.table(name)
        frame = view.polars()
        assert frame.columns == view.contract["column"].to_list()
        assert pl.Null not in frame.dtypes, name
    assert opened.as_of == AS_OF


def test_shares_come_with_their_intervals() -> None:
    rows = pl.DataFrame({"rule": ["A", "A", "A", "B"], "hit": [True, False, True, False], "of": [1, 1, 0, 0]})
    told = {row["rule"]: row for row in shares(rows, "rule", "hit").iter_rows(named=True)}
    assert (told["A"]["hits"], told["A"]["count"], told["A"]["share"]) == (2, 3, pytest.approx(2 / 3))
    assert (told["A"]["low"], told["A"]["high"]) == pytest.approx(wilson(2, 3))
    of_some = {
        row["rule"]: row for row in shares(rows, "rule", pl.col("hit") & (pl.col("of") == 1), of="of").iter_rows(named=True)
    }
    assert (of_some["A"]["hits"], of_some["A"]["count"]) == (1, 2)
    assert (of_some["B"]["share"], of_some["B"]["low"], of_some["B"]["high"]) == (None, 0.0, 1.0)


def test_townships_add_up_to_the_city(opened: OpenedLake) -> None:
    towns = opened.townships()
    cases, clues = opened.table("silver.cases").polars(), opened.table("gold.clues").polars().filter("is_dispatched")
    assert towns["households"].sum() == len(cases)
    assert towns["to_visit"].sum() == clues["case_id"].n_unique()
    assert towns["clues"].sum() == len(clues)
    largest = clues.group_by("case_id").agg(pl.col("amount_estimate").max())["amount_estimate"].sum()
    assert towns["at_stake_yuan"].sum() == largest
    assert not towns.select("county_code", "town").is_duplicated().any()


def test_contributions_add_up_to_the_strangeness_of_the_list(opened: OpenedLake, finished: RunContext) -> None:
    scored = pl.DataFrame([row.asDict() for row in finished.lake.read(CASE_SCORES).drop("figures").collect()])
    features = opened.features()
    assert set(features["case_id"]) == set(scored["case_id"])
    assert set(FEATURE_NAMES) < set(features.columns)
    strange = scored.sort("strangeness", descending=True).row(3, named=True)
    found = opened.contributions(strange["case_id"])
    assert found.strangeness == pytest.approx(strange["strangeness"], abs=1e-9)
    assert found.usual + found.frame["step"].sum() == pytest.approx(found.strangeness)
    assert found.frame["fall"].to_list() == sorted(found.frame["fall"], reverse=True)
    assert strange["reasons"].startswith(found.frame["said"][0])
    axes = found.waterfall(most=2)
    assert [text.get_text() for text in axes.texts][-1] == f"{found.strangeness:.3f}"


def test_what_is_not_there_is_told(opened: OpenedLake, finished: RunContext, tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="No list of 2016-05-31"):
        open_lake(finished.out, "2016-05-31")
    with pytest.raises(BadConfiguration, match=f"No list of a day before {AS_OF} was published"):
        opened.before()
    with pytest.raises(BadConfiguration, match="No lake"):
        open_lake(tmp_path)
    with pytest.raises(BadConfiguration, match=r"as_of is '2017-13-01'\. Expected a day such as"):
        open_lake(finished.out, "2017-13-01")
    assert (opened.days[-1], [*opened.days]) == (AS_OF, [AS_OF])
    with pytest.raises(
        BadConfiguration, match=rf"no days\[-2\]: of 1 day\(s\) a list was published \({AS_OF}\). Run another day"
    ):
        opened.days[-2]
    with pytest.raises(BadConfiguration, match="scored no household"):
        opened.contributions("H0000000000000000")
    with pytest.raises(BadConfiguration, match="It scored none: too few"):
        contributions_of(opened._tables.frame(CASE_SCORES, ["case_id", "model_version"]).clear(), "", finished.out)
    with pytest.raises(NoSuchRecord):
        opened.trace("C0000000000000000")
    assert opened.trace(opened.table("gold.clues").polars("clue_id")["clue_id"][0]).is_masked


def test_models_of_a_copied_run_are_its_own(finished: RunContext, opened: OpenedLake, tmp_path: Path) -> None:
    shutil.copytree(finished.out / "mlflow", tmp_path / "mlflow")
    (tmp_path / "lake").mkdir()
    copied = open_lake(tmp_path).models()
    (row,) = copied.iter_rows(named=True)
    assert (row["model"], row["version"], row["as_of"], row["in use"]) == ("mingjing-forest", 1, AS_OF.isoformat(), True)
    assert row["tracking_uri"] == f"sqlite:///{tmp_path}/mlflow/mlflow.db"
    assert opened.models().drop("tracking_uri").equals(copied.drop("tracking_uri"))
    (tmp_path / "empty" / "lake").mkdir(parents=True)
    assert open_lake(tmp_path / "empty").models().is_empty()


def test_what_was_not_measured_is_an_empty_table_with_its_columns(
    opened: OpenedLake, finished: RunContext, tmp_path: Path
) -> None:
    (tmp_path / "fairness").mkdir()
    shutil.copy(finished.out / "fairness" / "fairness.csv", tmp_path / "fairness")
    found, whole = fairness_in(tmp_path), opened.fairness()
    assert found.rates.equals(whole.rates)
    assert (found.proxies.height, found.proxies.columns) == (0, whole.proxies.columns)
    assert found.proxies.schema["auroc"] == whole.proxies.schema["auroc"]


def test_learning_is_read_as_it_was_left(finished: RunContext, tmp_path: Path) -> None:
    assert learned_in(tmp_path) is None
    folder = tmp_path / "learning"
    folder.mkdir()
    with pytest.raises(BadStore, match="mingjing learn"):
        learned_in(tmp_path)
    (folder / "learning.json").write_text(json.dumps({"said": "x", "worth": None, "missed": {}}), encoding="utf-8")
    found = learned_in(tmp_path)
    assert found is not None
    assert (found.calibration.height, found.calibration["promised"].dtype) == (0, pl.Float64)
