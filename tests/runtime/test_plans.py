"""What a frame is made of: the same digest for the same rows to come, another for any other plan, value or content of a file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.runtime.lake import READERS
from jobs.runtime.plans import digest_of_plan
from tests.processes import ROOT


def known(path: str) -> str | None:
    return Path(path).name if "kept" in path else None


@pytest.fixture
def files(session: SparkSession, tmp_path: Path) -> Callable[[str], DataFrame]:
    def read(name: str) -> DataFrame:
        if not (tmp_path / name).exists():
            session.range(5).selectExpr("id AS a", "array(id, id + 1) AS b").coalesce(1).write.parquet(str(tmp_path / name))
        return session.read.schema("a bigint, b array<bigint>").parquet(str(tmp_path / name))

    return read


def made(rows: DataFrame, by: int = 2, text: str = "x") -> DataFrame:
    other = rows.select((F.col("a") * by).alias("c"))
    joined = rows.join(other, rows["a"] == other["c"], "left")
    return joined.withColumn("d", F.transform("b", lambda item: item + by)).withColumn("e", F.lit(text))


def test_the_same_frame_made_again_has_the_same_digest_whatever_was_made_between(
    session: SparkSession, files: Callable[[str], DataFrame]
) -> None:
    first = digest_of_plan(made(files("kept_a")), known)
    made(files("kept_b")).select(F.filter("b", lambda item: item > 1))  # counts up what the session counts
    assert first is not None
    assert digest_of_plan(made(files("kept_a")), known) == first
    assert digest_of_plan(session.createDataFrame([(1, "y")], "n int, t string"), known) == digest_of_plan(
        session.createDataFrame([(1, "y")], "n int, t string"), known
    )


def test_any_other_value_order_or_content_has_another(session: SparkSession, files: Callable[[str], DataFrame]) -> None:
    rows = files("kept_a")
    frames = [
        made(rows),
        made(rows, by=3),
        made(rows, text="y"),
        made(files("kept_b")),
        made(rows).drop("e"),
        made(rows).filter("d IS NOT NULL"),
        rows.join(made(rows).select(F.col("a").alias("c")), F.col("a") == F.col("c"), "inner"),
        made(rows).withColumn("d", F.transform("b", lambda item, at: item + at)),
        session.createDataFrame([(1,)], "a int"),
        session.createDataFrame([(2,)], "a int"),
        session.createDataFrame([(1,)], "b int"),
    ]
    digests = [digest_of_plan(frame, known) for frame in frames]
    assert None not in digests
    assert len(set(digests)) == len(frames)


def test_what_reads_a_file_of_unknown_content_or_a_named_table_has_none(
    session: SparkSession, files: Callable[[str], DataFrame]
) -> None:
    assert digest_of_plan(made(files("a")), known) is None
    assert digest_of_plan(made(files("kept_a")).unionByName(made(files("a"))), known) is None
    files("kept_a").createOrReplaceTempView("somewhere")
    assert digest_of_plan(session.table("somewhere"), known) is None


def test_every_library_that_reads_a_cell_or_scores_a_household_is_part_of_what_a_table_is_made_of() -> None:
    """An engine is sent functions by name: another version of what they call would give other rows under the same plan."""
    scored = ("features", "strangeness", "isolation_forest", "dependence", "ranks")
    files = [
        *(ROOT / "jobs/cells").glob("*.py"),
        ROOT / "jobs/runtime/arrow.py",
        *(ROOT / f"models/{name}.py" for name in scored),
    ]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    libraries = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"jobs", "models", "expectations"}
    assert libraries - {"pyspark", "pydantic"} == {name.replace("-", "_") for name in READERS} - {"scikit_learn"} | {"sklearn"}
