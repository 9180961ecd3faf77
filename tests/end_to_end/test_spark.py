"""The same code on Apache Spark with the Delta jar, on this machine alone and on a cluster: parity with the embedded engine, shared tables."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyspark
import pytest
from deltalake import DeltaTable
from deltalake.transaction import AddAction
from rich.console import Console

from expectations.contracts.lake import LAKE_TABLES, PEOPLE, RUNS
from jobs.find_clues import job as find_clues
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings, load_settings
from jobs.link_people import job as link_people
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine, delta_jars
from jobs.standardise import job as standardise
from tests.conftest import AS_OF, City
from tests.end_to_end.tables import OF_THE_MAIN_JOB, differing, rows_of
from tests.processes import ROOT, python_without_us, run_apart
from tools.package import build

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def on_spark(embedded: Engine, city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the main job on Apache Spark as it is run in production: by a process of its own, with the settings of base.yaml."""
    out = tmp_path_factory.mktemp("on_spark")
    command = [sys.executable, "-m", "jobs.commands.run_all", "--delivery", str(city.delivery), "--out", str(out)]
    command += ["--as-of", AS_OF.isoformat(), "--engine", "spark"]
    done = run_apart(command)
    assert "NativeCodeLoader" in done.stderr or "spark" in done.stderr.lower(), "no word of a JVM: was this Spark?"
    return out


@dataclass(frozen=True)
class Submitted:
    """Results of a job on a cluster, and the folder of its executors."""

    out: Path
    executors: Path


@pytest.fixture(scope="module")
def submitted(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submitted]:
    """The main job on a cluster, as docs/spark.md says: two executors, processes of their own. Nothing of ours is there but the zip."""
    folder = tmp_path_factory.mktemp("on_a_cluster")
    archive, out = build(ROOT, folder / "dist"), folder / "out"
    java = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
    settings = {
        **load_settings().engine.spark, **delta_jars(), "spark.driver.memory": "2g", "spark.executor.memory": "1g",
        "spark.sql.codegen.wholeStage": "false", "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": java, "spark.executor.extraJavaOptions": java,
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
    }  # fmt: skip
    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-submit"), "--master", "local-cluster[2,2,2048]"]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    command += ["--py-files", str(archive), str(folder / "dist" / "run_job.py"), "run_all", "--delivery", str(city.delivery)]
    command += ["--out", str(out), "--as-of", AS_OF.isoformat()]
    python = python_without_us(folder / "python")
    done = run_apart(command, cwd=folder, MINGJING_CONF=str(folder / "dist" / "conf"), PYSPARK_PYTHON=str(python))
    (application,) = set(re.findall(r"app-\d+-\d+", done.stderr))
    executors = Path(pyspark.__file__).parent / "work" / application
    yield Submitted(out, executors)
    shutil.rmtree(executors)


@pytest.mark.parametrize("name", OF_THE_MAIN_JOB)
def test_both_engines_give_the_same_rows(embedded: Engine, finished: RunContext, on_spark: Path, name: str) -> None:
    table = LAKE_TABLES[name]
    assert rows_of(Lake(embedded, str(on_spark / "lake")), table) == rows_of(finished.lake, table)


@pytest.mark.parametrize("name", OF_THE_MAIN_JOB)
def test_a_cluster_gives_the_same_rows(embedded: Engine, finished: RunContext, submitted: Submitted, name: str) -> None:
    table = LAKE_TABLES[name]
    assert rows_of(Lake(embedded, str(submitted.out / "lake")), table) == rows_of(finished.lake, table)


def test_the_engines_are_compared_on_the_settings_of_production(settings: Settings) -> None:
    """What decides results is the same in both runs, and Spark runs as base.yaml says; the embedded engine has no settings but its cores."""
    production = load_settings()
    assert settings.model_copy(update={"engine": production.engine, "learning": production.learning}) == production


def test_both_engines_publish_the_same_bytes(finished: RunContext, on_spark: Path) -> None:
    assert differing(on_spark, finished.out) == []


def test_a_cluster_publishes_the_same_bytes(finished: RunContext, submitted: Submitted) -> None:
    assert differing(submitted.out, finished.out) == []


def test_two_executors_work_and_write_no_number_and_no_name_into_their_logs(finished: RunContext, submitted: Submitted) -> None:
    people = finished.lake.read(PEOPLE).collect()
    told = [path.read_text(encoding="utf-8") for path in submitted.executors.glob("*/stderr")]
    assert ["Finished task" in log for log in told] == [True, True]
    logs = "".join(told)
    assert not {row["number"] for row in people} & set(re.findall(r"\d{17}[\dX]", logs))
    assert not {row["name"] for row in people} & set(re.findall(r"[\u4e00-\u9fff]+", logs))


def test_a_lake_that_spark_wrote_is_worked_on_by_the_embedded_engine(
    embedded: Engine, finished: RunContext, on_spark: Path, tmp_path: Path
) -> None:
    """Spark writes column comments, the embedded engine drops them."""
    shutil.copytree(on_spark / "lake", tmp_path / "lake")
    ctx = replace(finished, lake=Lake(embedded, str(tmp_path / "lake")), out=tmp_path, report=RunReport(Console(quiet=True)))
    for job in (standardise, link_people, find_clues):
        job.run(ctx)
        for table in job.WRITES:
            assert rows_of(ctx.lake, table) == rows_of(finished.lake, table), table.full_name


def test_one_table_holds_files_of_both_engines(embedded: Engine, on_spark: Path, tmp_path: Path) -> None:
    """A job on Spark between others on the embedded engine: each names the entries of a map in its own way."""
    theirs, ours = Lake(embedded, str(on_spark / "lake")), Lake(embedded, str(tmp_path))
    ours.append(RUNS, embedded.session.createDataFrame(theirs.read(RUNS).collect(), plain_schema(RUNS)))
    written = next((on_spark / "lake" / RUNS.zone / RUNS.name).rglob("*-*.parquet"))
    folder = tmp_path / RUNS.zone / RUNS.name
    (folder / "theirs").mkdir()
    path = f"theirs/{written.name}"
    shutil.copy(written, folder / path)
    table = DeltaTable(folder)
    table.create_write_transaction([AddAction(path, written.stat().st_size, {}, 0, True, "{}")], "append", table.schema())
    assert len(ours.read(RUNS).collect()) > theirs.read(RUNS).count() > 0
