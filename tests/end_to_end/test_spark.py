"""The same code on Apache Spark with the Delta jar: parity with the embedded engine, shared tables, and a submitted job."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pyspark
import pytest
from deltalake import DeltaTable
from deltalake.transaction import AddAction
from rich.console import Console

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import LAKE_TABLES, RUNS
from jobs.find_clues import job as find_clues
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings, load_settings
from jobs.learn import job as learn
from jobs.link_people import job as link_people
from jobs.plan_visits import job as plan_visits
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine, delta_jars
from jobs.settle_identities import job as settle_identities
from jobs.standardise import job as standardise
from jobs.take_in import job as take_in
from tests.conftest import AS_OF, City
from tests.end_to_end.tables import rows_of
from tests.processes import ROOT, run_apart
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


BY_PEOPLE = {table.full_name for job in (learn, plan_visits, settle_identities, take_in) for table in job.WRITES}
"""Tables of the jobs that people start: the main job writes none of them."""


OF_THE_RUN = {RUNS.full_name}
"""Which run, when and by which engine: each has its own."""


@pytest.mark.parametrize("name", [name for name in LAKE_TABLES if name not in BY_PEOPLE | OF_THE_RUN])
def test_both_engines_give_the_same_rows(embedded: Engine, finished: RunContext, on_spark: Path, name: str) -> None:
    table = LAKE_TABLES[name]
    assert rows_of(Lake(embedded, str(on_spark / "lake")), table) == rows_of(finished.lake, table)


def test_the_engines_are_compared_on_the_settings_of_production(settings: Settings) -> None:
    """What decides results is the same in both runs, and Spark runs as base.yaml says; the embedded engine has no settings but its cores."""
    production = load_settings()
    assert settings.model_copy(update={"engine": production.engine, "learning": production.learning}) == production


def test_both_engines_publish_the_same_bytes(finished: RunContext, on_spark: Path) -> None:
    for zone in ("exports", "restricted"):
        for path in sorted((finished.out / zone).rglob("*")):
            if path.is_file():
                assert (on_spark / path.relative_to(finished.out)).read_bytes() == path.read_bytes(), path.name


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


SUBMITTED = ("payments", "vehicles", "fiscal_staff")


def few_data_sets(city: City, folder: Path) -> Path:
    """The city's delivery with a manifest of SUBMITTED only: a cluster on one machine is slow to start, not to compute."""
    shutil.copytree(city.delivery, folder)
    manifest = folder / "交接清单.csv"
    head, *lines = manifest.read_text(encoding="utf-8-sig").splitlines()
    kept = [line for line in lines if any(f",{code}," in line for code in SUBMITTED)]
    manifest.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return folder


def test_the_zip_runs_under_spark_submit_on_a_cluster_with_udfs_that_call_our_modules(
    finished: RunContext, city: City, tmp_path: Path
) -> None:
    """Executors are processes of their own: a UDF that reaches a module of ours fails there unless the zip brings it."""
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    delivery = few_data_sets(city, tmp_path / "delivery")
    ingest.run(replace(finished, lake=lake, out=tmp_path, delivery=delivery, report=RunReport(Console(quiet=True))))
    archive = build(ROOT, tmp_path / "dist")
    settings = {**delta_jars(), "spark.driver.memory": "1g", "spark.executor.memory": "700m", "spark.ui.enabled": "false"}
    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-submit"), "--master", "local-cluster[2,1,1024]"]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    command += ["--py-files", str(archive), str(tmp_path / "dist" / "run_job.py"), "standardise"]
    command += ["--out", str(tmp_path), "--as-of", AS_OF.isoformat()]
    run_apart(command, cwd=tmp_path, MINGJING_CONF=str(tmp_path / "dist" / "conf"))
    for code in SUBMITTED:
        table = DATA_SETS[code].silver
        assert rows_of(lake, table) == rows_of(finished.lake, table)
