"""A local Spark is set for the size of what it works on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from pyspark.sql import SparkSession

from jobs.launch.start import _data_of
from jobs.runtime.engine_settings import EngineSettings
from jobs.runtime.errors import DataRefused
from jobs.runtime.session import SPARK, Engine

SETTINGS = EngineSettings(
    cores=2, accept_open_port=False, spark={"partitions": "4", "memory": "4g"}, small_mib=1, spark_small={"partitions": "1"},
    spark_many_rows={"plans": "compiled"},
)  # fmt: skip
SMALL = {"partitions": "1", "memory": "4g"}, {}
USUAL = {"partitions": "4", "memory": "4g"}, {"plans": "compiled"}


@pytest.mark.parametrize(
    ("delivered", "known", "expected"),
    [
        (1 << 20, 0, SMALL),
        ((1 << 20) + 1, 0, USUAL),
        (1, 1 << 20, USUAL),  # a month's delivery to the lake of a large city
        (0, 0, SMALL),
    ],
)
def test_the_delivery_and_those_before_it_decide(
    tmp_path: Path, delivered: int, known: int, expected: tuple[dict[str, str], dict[str, str]]
) -> None:
    delivery, bronze = tmp_path / "delivery" / "民政", tmp_path / "lake" / "bronze" / "payments"
    for folder, size in ((delivery, delivered), (bronze, known)):
        folder.mkdir(parents=True)
        (folder / "rows").write_bytes(bytes(size))
    assert SETTINGS.local_spark(_data_of(str(tmp_path / "lake"), tmp_path / "delivery")) == expected


def test_data_on_a_store_are_never_small(tmp_path: Path) -> None:
    assert SETTINGS.local_spark(_data_of("s3a://bucket/lake", tmp_path)) == USUAL
    assert SETTINGS.local_spark(_data_of(str(tmp_path / "not there yet"), None)) == SMALL


class Conf(dict[str, str]):
    """Of a session that keeps its settings in a mapping."""

    def set(self, key: str, value: str) -> None:
        self[key] = value


def test_settings_over_many_rows_are_a_stages_even_when_it_fails() -> None:
    session = SimpleNamespace(conf=Conf(plans="interpreted", memory="4g"))
    engine = Engine(SPARK, cast(SparkSession, session), 2, many_rows={"plans": "compiled"})

    def fail() -> None:
        with engine.over_many_rows():
            assert session.conf == {"plans": "compiled", "memory": "4g"}
            raise DataRefused("no file")

    with pytest.raises(DataRefused):
        fail()
    assert session.conf == {"plans": "interpreted", "memory": "4g"}
