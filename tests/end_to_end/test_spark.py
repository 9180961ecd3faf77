"""The same code on Apache Spark with the Delta jar: parity with the embedded engine, shared tables, and a submitted job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyspark
import pytest
from rich.console import Console

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import LAKE_TABLES
from jobs import find_clues, ingest, link_people
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.package import build
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import SPARK, Engine, delta_jars, open_engine
from jobs.runtime.settings import Settings
from tests.conftest import AS_OF, KEY, City, run_main_job
from tests.end_to_end.tables import rows_of

pytestmark = pytest.mark.spark
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def spark(settings: Settings) -> Iterator[Engine]:
    with open_engine(SPARK, cores=2, local_settings=settings.engine.spark) as engine:
        yield engine


@pytest.fixture(scope="module")
def on_spark(spark: Engine, settings: Settings, city: City, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    return run_main_job(spark, settings, city.delivery, tmp_path_factory.mktemp("on_spark"))


@pytest.mark.parametrize("name", [name for name in LAKE_TABLES if name != "ops.quality"])
def test_both_engines_give_the_same_rows(finished: RunContext, on_spark: RunContext, name: str) -> None:
    table = LAKE_TABLES[name]
    assert rows_of(on_spark.lake, table) == rows_of(finished.lake, table)


def test_both_engines_judge_the_data_alike(finished: RunContext, on_spark: RunContext) -> None:
    table = LAKE_TABLES["ops.quality"]
    assert rows_of(on_spark.lake, table) == rows_of(finished.lake, table)


def test_both_engines_publish_the_same_bytes(finished: RunContext, on_spark: RunContext) -> None:
    for zone in ("exports", "restricted"):
        for path in sorted((finished.out / zone).rglob("*")):
            if path.is_file():
                assert (on_spark.out / path.relative_to(finished.out)).read_bytes() == path.read_bytes(), path.name


def test_a_lake_written_by_one_engine_is_read_and_worked_on_by_the_other(
    embedded: Engine, finished: RunContext, on_spark: RunContext, tmp_path: Path
) -> None:
    """Spark writes column comments, the embedded engine drops them: both must be able to go on from either."""
    for data_set in DATA_SETS.values():
        assert (
            Lake(on_spark.engine, finished.lake.root).read(data_set.silver).count() == finished.lake.read(data_set.silver).count()
        )
    shutil.copytree(on_spark.lake.root, tmp_path / "lake")
    ctx = RunContext(
        embedded,
        Lake(embedded, str(tmp_path / "lake")),
        on_spark.settings,
        AS_OF,
        tmp_path,
        KEY,
        on_spark.report,
        on_spark.delivery,
    )
    link_people.run(ctx)
    find_clues.run(ctx)
    for table in (*link_people.WRITES, *find_clues.WRITES):
        assert rows_of(ctx.lake, table) == rows_of(finished.lake, table), table.full_name


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
    done = subprocess.run(
        command, env=clean_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    for code in SUBMITTED:
        table = DATA_SETS[code].silver
        assert rows_of(lake, table) == rows_of(finished.lake, table)


def clean_environment(folder: Path) -> dict[str, str]:
    """Of this process what a user's shell has: sessions of the tests leave variables behind that would decide the engine."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_", "PYTHONPATH"))}
    return {**ours, "PYSPARK_PYTHON": sys.executable, "MINGJING_CONF": str(folder / "dist" / "conf")}
