"""Whatever order an engine hands rows over in, the same comes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import LAKE_TABLES
from expectations.contracts.model import Table
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.lake import Lake
from tests.conftest import City, run_main_job
from tests.end_to_end.tables import OF_THE_MAIN_JOB, differing, rows_of


def dealt_anew(read: Callable[[Lake, Table], DataFrame]) -> Callable[[Lake, Table], DataFrame]:
    return lambda lake, table: read(lake, table).orderBy(F.xxhash64(F.lit(3), F.struct("*").cast("string")))


@pytest.fixture(scope="module")
def out_of_order(finished: RunContext, settings: Settings, city: City, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """The main job over tables each of which is read in an order that nothing asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lake, "read", dealt_anew(Lake.read))
        patch.setattr(Lake, "read_or_empty", dealt_anew(Lake.read_or_empty))
        return run_main_job(finished.engine, settings, city.delivery, tmp_path_factory.mktemp("out_of_order"))


@pytest.mark.parametrize("name", OF_THE_MAIN_JOB)
def test_no_table_rests_on_the_order_of_another(finished: RunContext, out_of_order: RunContext, name: str) -> None:
    table = LAKE_TABLES[name]
    assert rows_of(out_of_order.lake, table) == rows_of(finished.lake, table)


def test_no_file_that_people_get_does(finished: RunContext, out_of_order: RunContext) -> None:
    assert differing(out_of_order.out, finished.out) == []


def test_the_tables_were_read_in_another_order(
    finished: RunContext, out_of_order: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the others prove nothing."""
    table = LAKE_TABLES[OF_THE_MAIN_JOB[0]]
    as_written = finished.lake.read(table).collect()
    monkeypatch.setattr(Lake, "read", dealt_anew(Lake.read))
    anew = finished.lake.read(table).collect()
    assert anew != as_written
    assert sorted(anew) == sorted(as_written)
