"""The same code on Apache Spark with the Delta jar: parity with the embedded engine, shared tables, and a submitted job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import LAKE_TABLES
from jobs import find_clues, link_people
from jobs.runtime.context import RunContext
from jobs.runtime.lake import Lake
from jobs.runtime.package import build
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


def test_the_zip_runs_under_spark_submit_on_a_cluster_with_udfs_that_call_our_modules(
    finished: RunContext, tmp_path: Path
) -> None:
    """Executors are processes of their own: a UDF that reaches a module of ours fails there unless the zip brings it."""
    lake = tmp_path / "lake"
    shutil.copytree(finished.lake.root, lake, ignore=shutil.ignore_patterns("silver", "gold", "vault", "_scratch"))
    dist = tmp_path / "dist"
    archive = build(ROOT, dist)
    settings = {
        **delta_jars(),
        "spark.driver.memory": "1g",
        "spark.executor.memory": "700m",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.executorEnv.PYTHONPATH": str(archive),
    }
    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-submit"), "--master", "local-cluster[2,1,1024]"]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    command += [
        "--py-files",
        str(archive),
        str(dist / "run_job.py"),
        "standardise",
        "--out",
        str(tmp_path),
        "--as-of",
        AS_OF.isoformat(),
    ]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "PYSPARK_PYTHON": sys.executable,
        "MINGJING_CONF": str(dist / "conf"),
    }
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    submitted = Lake(finished.engine, str(lake))
    for code in ("payments", "vehicles", "household_registry"):
        table = DATA_SETS[code].silver
        assert rows_of(submitted, table) == rows_of(finished.lake, table)
