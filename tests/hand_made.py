"""A city of two counties made by hand: rosters, payments, registry and vehicles as a department would write them.

Every number in it carries the division 420292, which was never assigned.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructField, StructType
from rich.console import Console

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Table
from jobs.check_quality import job as check_quality
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.standardise import job as standardise
from tests.conftest import AS_OF, KEY
from tests.delivery.conftest import Delivery

NORTH, SOUTH = "420292", "420293"
NAMES = {NORTH: "北县", SOUTH: "南县"}
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈", "国建文明志海春秀桂兰"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person_number(i: int) -> str:
    """A valid number of nobody, another for every i below 1000."""
    first17 = f"420292{1940 + i % 50}{1 + i % 12:02}{1 + i % 28:02}{i:03}"
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def person_name(i: int) -> str:
    return _SURNAMES[i % 10] + _GIVEN[i // 10 % 10] + _GIVEN[i // 100 % 10]


def household(i: int, area: str = NORTH) -> dict[str, str]:
    """The roster row of person i, alone in the household D000i."""
    return {
        "county_code": area, "county": NAMES[area], "town": "青石镇", "village": "一村", "household_no": f"D{i:04}",
        "program": "农村低保", "head_name": person_name(i), "head_id": person_number(i), "name": person_name(i),
        "id_number": person_number(i), "relation": "户主", "covered": "是", "single_person_cover": "否", "category": "A",
        "approved_on": "2015-06-01", "start_month": "2015-07", "covered_heads": "1", "monthly_amount": "320.00",
    }  # fmt: skip


def payment(i: int, month: str, area: str = NORTH) -> dict[str, str]:
    """The payment of a month such as 2017-01 to household D000i."""
    return {
        "county_code": area, "program": "农村低保", "household_no": f"D{i:04}", "name": person_name(i), "id_number": person_number(i),
        "for_month": month, "paid_on": f"{month}-20", "heads": "1", "amount": "320.00", "kind": "正常", "batch_no": month,
    }  # fmt: skip


def registered(i: int, area: str = NORTH) -> dict[str, str]:
    """The registry's row of person i."""
    number = person_number(i)
    return {
        "id_number": number, "name": person_name(i), "sex": "男", "born_on": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "county_code": area, "town": "青石镇", "village": "一村", "book_no": f"{i:09}", "relation": "户主", "status": "正常",
    }  # fmt: skip


def vehicle(i: int, **changed: str) -> dict[str, str]:
    """A car of person i."""
    return {
        "owner_name": person_name(i), "owner_id": person_number(i), "plate_kind": "小型汽车", "plate_no": f"鄂B{i:05}",
        "vehicle_kind": "轿车", "usage": "非营运", "registered_on": "2014-03-01", "status": "正常",
    } | changed  # fmt: skip


def as_csv(code: str, rows: Iterable[Mapping[str, str]]) -> str:
    """The rows under the contract's headers."""
    fields = DATA_SETS[code].fields
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.header for field in fields])
    writer.writerows([[row.get(field.name, "") for field in fields] for row in rows])
    return text.getvalue()


class HandMade(Delivery):
    """A delivery of such rows."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder)

    def table(self, code: str, records: Sequence[Mapping[str, str]], name: str = "", **listed: Any) -> str:
        content = as_csv(code, records)
        return self.add(name or f"{code}.csv", content, **({"data_set": code, "rows": str(len(records))} | listed))

    def done(self) -> Path:
        self.write_manifest()
        return self.folder


def first_delivery(folder: Path, months: Sequence[str] = ("2017-01", "2017-02"), north: int = 60, south: int = 60) -> HandMade:
    """Rosters, registry and payments of both counties; persons 0 … north-1 live in the north, 100 … 100+south-1 in the south."""
    homes = {NORTH: range(north), SOUTH: range(100, 100 + south)}
    delivery = HandMade(folder)
    for area, people in homes.items():
        listed = {"area": area, "department": f"{NAMES[area]}民政局"}
        delivery.table("dibao_roster", [household(i, area) for i in people], f"{NAMES[area]}/花名册.csv", **listed)
        delivery.table(
            "household_registry",
            [registered(i, area) for i in people],
            f"{NAMES[area]}/户籍.csv",
            area=area,
            department=f"{NAMES[area]}公安局",
        )
    for month in months:
        rows = [payment(i, month, area) for area, people in homes.items() for i in people]
        delivery.table("payments", rows, f"发放{month}.csv", department="财政局")
    return delivery


def context(engine: Engine, settings: Settings, delivery: Path | None, out: Path, as_of: date = AS_OF) -> RunContext:
    """What a job is given, with a lake of its own in `out`, quietly."""
    out.mkdir(parents=True, exist_ok=True)
    return RunContext(
        engine, Lake(engine, str(out / "lake")), settings, as_of, out, KEY, RunReport(Console(quiet=True)), delivery
    )


def through_the_gate(ctx: RunContext) -> RunContext:
    """From the delivery through the quality gate."""
    for job in (ingest, standardise, check_quality):
        job.run(ctx)
    return ctx


def again(ctx: RunContext, **changed: Any) -> RunContext:
    """The same lake for another run, its report empty."""
    return replace(ctx, report=RunReport(Console(quiet=True)), **changed)


def frame(session: SparkSession, table: Table, rows: Iterable[Mapping[str, Any]]) -> DataFrame:
    """Rows of a table; what a row does not name is null."""
    given = list(rows)
    assert set().union(*given) <= set(table.column_names)
    # Without comments, as the lake reads tables: the embedded engine's planner trips over them (decision 0004).
    schema = StructType([StructField(column.name, column.type) for column in table.columns])
    return session.createDataFrame([tuple(row.get(name) for name in table.column_names) for row in given], schema)


def silver_of(session: SparkSession, **rows: Sequence[Mapping[str, Any]]) -> Any:
    """Silver tables by data set's code; those not given are empty. Each row has its place in the file."""

    def silver(code: str) -> DataFrame:
        placed = [{"_file_id": code, "_sheet": "", "_row": i, **row} for i, row in enumerate(rows.get(code, ()), start=2)]
        return frame(session, DATA_SETS[code].silver, placed)

    return silver
