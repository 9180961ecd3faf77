"""A lake over several deliveries on the embedded engine: what counts, what is told and kept."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import COVERAGE, FILES, QUALITY, QUARANTINE, TABLES, TOTALS
from jobs.audit.calls import SUPERVISION, recorded
from jobs.check_quality import job as check_quality
from jobs.delivery.manifest import read_manifest
from jobs.delivery.survey import survey_delivery
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.retention_params import RetentionParams
from jobs.launch.settings import Settings
from jobs.retention import job as retention
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.standardise import job as standardise
from tests.conftest import AS_OF
from tests.end_to_end.tables import rows_of
from tests.hand_made import (
    NORTH,
    SOUTH,
    HandMade,
    again,
    context,
    first_delivery,
    household,
    payment,
    person_name,
    person_number,
    through_the_gate,
    vehicle,
)

FEBRUARY = date(2018, 2, 1)
PEOPLE = 60
"""In each of the two counties."""
ROSTER = DATA_SETS["dibao_roster"]
Snapshot = dict[str, list[dict[str, Any]]]


def snapshot(lake: Lake) -> Snapshot:
    return {name: rows_of(lake, table) for name, table in TABLES.items() if lake.exists(table)}


def cadre(i: int) -> dict[str, str]:
    return {
        "name": person_name(i), "id_number": person_number(i), "county": "北县", "town": "青石镇", "village": "一村",
        "post": "委员", "from_on": "2016-01-01",
    }  # fmt: skip


@dataclass
class Grown:
    """A lake over two deliveries and what was in it after each run."""

    ctx: RunContext
    after: list[Snapshot] = field(default_factory=list)

    def status(self, run: int) -> dict[tuple[int, str], tuple[str, str]]:
        return {(row["delivery_no"], row["file_name"]): (row["status"], row["reason"]) for row in self.after[run]["ops.files"]}


@pytest.fixture(scope="module")
def grown(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """A first delivery; a second with another month of payments and the roster of a month later; the first once more."""
    folder = tmp_path_factory.mktemp("grown")
    made = first_delivery(folder / "first", north=PEOPLE, south=PEOPLE)
    made.table("village_cadres", [cadre(i) for i in range(3)], area=NORTH, department="组织部")
    first = made.done()
    made = HandMade(folder / "second")
    newer = [household(i) | {"monthly_amount": "350.00"} for i in range(PEOPLE - 2)]
    made.table("dibao_roster", newer, "北县/花名册.csv", area=NORTH, extract_date="2018-01-31", department="北县民政局")
    paid = [payment(i, "2017-03", area) for area, start in ((NORTH, 0), (SOUTH, 100)) for i in range(start, start + PEOPLE)]
    made.table("payments", paid, "发放2017-03.csv", department="财政局")
    second = made.done()
    grown = Grown(context(embedded, settings, first, folder / "out"))
    for delivery, as_of in ((first, AS_OF), (second, FEBRUARY), (first, FEBRUARY), (first, AS_OF)):
        through_the_gate(again(grown.ctx, delivery=delivery, as_of=as_of))
        grown.after.append(snapshot(grown.ctx.lake))
    return grown


def test_a_delivery_after_a_purge_is_a_new_beginning(grown: Grown, embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    """What was delivered before it is gone: that it held three months of payments, and cadres, is held against nothing."""
    shutil.copytree(str(grown.ctx.lake.folder), tmp_path / "out" / "lake")
    day, kept = date(2021, 6, 30), {"months": 12, "source": "a test"}
    params = RetentionParams.model_validate({"registers": kept, "findings": kept, "casework": kept})
    lakes = [tmp_path / "out" / "lake"]
    with recorded("purge", {}, purpose=SUPERVISION, out=tmp_path / "out"):
        plan = retention.planned(lakes, tmp_path / "out", day, params, ("li", "wang", "2021-06-30T00:00:00+00:00"))
        retention.purge(lakes, tmp_path / "out", plan, params, lambda _: None)
    assert len(plan.files) > 5
    delivery = first_delivery(tmp_path / "again", ["2017-03"], north=PEOPLE, south=PEOPLE).done()
    fresh = through_the_gate(context(embedded, settings, delivery, tmp_path / "out", as_of=FEBRUARY))
    totals = {(row["delivery_no"], row["data_set"], row["county_code"]): row["row_count"] for row in rows_of(fresh.lake, TOTALS)}
    assert [totals[number, "payments", NORTH] for number in (1, 2, 3)] == [0, 0, PEOPLE]
    assert totals[3, "dibao_roster", NORTH] == PEOPLE, "though the roster that has gone was of a later day"
    assert (3, "village_cadres") not in {key[:2] for key in totals}


def test_a_second_delivery_adds_to_the_first_and_replaces_its_older_extract(grown: Grown) -> None:
    assert {place: status for place, (status, _) in grown.status(1).items()} == {
        (1, "北县/花名册.csv"): "superseded",
        (1, "北县/户籍.csv"): "accepted",
        (1, "南县/花名册.csv"): "accepted",
        (1, "南县/户籍.csv"): "accepted",
        (1, "发放2017-01.csv"): "accepted",
        (1, "发放2017-02.csv"): "accepted",
        (1, "village_cadres.csv"): "accepted",
        (2, "北县/花名册.csv"): "accepted",
        (2, "发放2017-03.csv"): "accepted",
    }
    assert grown.status(1)[1, "北县/花名册.csv"][1] == "a newer extract of the area, of 2018-01-31, is there"
    assert {status for status, _ in grown.status(0).values()} == {"accepted"}


def test_what_was_replaced_stays_in_bronze_and_in_the_accounts(grown: Grown) -> None:
    assert len(grown.after[0]["bronze.dibao_roster"]) == 2 * PEOPLE
    assert len(grown.after[1]["bronze.dibao_roster"]) == 2 * PEOPLE + PEOPLE - 2
    (old,) = [row for row in grown.after[1]["ops.files"] if row["status"] == "superseded"]
    assert (old["read_rows"], old["accepted_rows"]) == (PEOPLE, PEOPLE)
    assert old["file_id"] in {row["_file_id"] for row in grown.after[1]["bronze.dibao_roster"]}


def test_silver_holds_the_newer_extract_and_all_months(grown: Grown) -> None:
    north = [row for row in grown.after[1]["silver.dibao_roster"] if row["county_code"] == NORTH]
    assert len(north) == PEOPLE - 2
    assert {str(row["monthly_amount"]) for row in north} == {"350.00"}
    south = [row for row in grown.after[1]["silver.dibao_roster"] if row["county_code"] == SOUTH]
    assert south == [row for row in grown.after[0]["silver.dibao_roster"] if row["county_code"] == SOUTH]
    months = [f"{row['for_month']:%Y-%m}" for row in grown.after[1]["silver.payments"]]
    assert {month: months.count(month) for month in months} == dict.fromkeys(("2017-01", "2017-02", "2017-03"), 2 * PEOPLE)


def test_totals_of_both_deliveries_are_kept_and_those_of_the_second_are_its_own(grown: Grown) -> None:
    totals = {(row["delivery_no"], row["data_set"], row["county_code"]): row["row_count"] for row in grown.after[1]["ops.totals"]}
    assert {key: rows for key, rows in totals.items() if key[1] in ("dibao_roster", "payments")} == {
        (1, "dibao_roster", NORTH): PEOPLE,
        (1, "dibao_roster", SOUTH): PEOPLE,
        (1, "payments", NORTH): 2 * PEOPLE,
        (1, "payments", SOUTH): 2 * PEOPLE,
        (2, "dibao_roster", NORTH): PEOPLE - 2,
        (2, "dibao_roster", SOUTH): PEOPLE,
        (2, "payments", NORTH): 3 * PEOPLE,
        (2, "payments", SOUTH): 3 * PEOPLE,
    }
    falls = {row["measure"]: row["observed"] for row in grown.after[1]["ops.quality"] if row["table_name"] == "across.totals"}
    assert falls == pytest.approx(
        {
            "fall of 城乡低保对象花名册 in 420292": 2 / PEOPLE,
            "fall of 城乡低保对象花名册 in 420293": 0,
            "fall of 救助资金发放明细 in 420292": -0.5,
            "fall of 救助资金发放明细 in 420293": -0.5,
            "fall of 户籍人口 in 420292": 0,
            "fall of 户籍人口 in 420293": 0,
        },
        abs=1e-6,
    )
    assert not [row for row in grown.after[0]["ops.quality"] if row["table_name"] == "across.totals"]  # nothing to compare with


def test_the_first_delivery_made_again_changes_nothing(grown: Grown) -> None:
    assert grown.after[2] == grown.after[1]


def test_as_of_an_earlier_day_the_earlier_extract_counts_again(grown: Grown) -> None:
    kept = ("silver.dibao_roster", "silver.household_registry")
    assert {name: grown.after[3][name] for name in kept} == {name: grown.after[0][name] for name in kept}
    assert grown.status(3)[1, "北县/花名册.csv"][0] == "accepted"
    status, reason = grown.status(3)[2, "北县/花名册.csv"]
    assert status == "superseded"
    assert reason.startswith("stands for 2018-01-31, after the day of this run")
    assert len(grown.after[3]["silver.payments"]) == 6 * PEOPLE  # what was paid was paid


def test_every_row_of_a_read_file_is_in_bronze_and_every_accepted_one_of_a_current_file_in_silver(grown: Grown) -> None:
    for tables in grown.after:
        files = tables["ops.files"]
        for code in {row["data_set"] for row in files}:
            of_register = [row for row in files if row["data_set"] == code]
            assert len(tables[f"bronze.{code}"]) == sum(row["read_rows"] for row in of_register)
            current = sum(row["accepted_rows"] for row in of_register if row["status"] == "accepted")
            assert len(tables[f"silver.{code}"]) == current


def test_a_county_left_out_of_a_register_is_told_with_the_people_who_live_there(grown: Grown) -> None:
    holes = {(row["data_set"], row["area"], row["month"]): row for row in grown.after[0]["ops.coverage"]}
    hole = holes["village_cadres", SOUTH, ""]
    assert (hole["area_name"], hole["registered_people"], hole["benefit_people"]) == ("南县", PEOPLE, PEOPLE)
    whole = holes["vehicles", "", ""]  # never delivered at all
    assert (whole["area_name"], whole["registered_people"], whole["benefit_people"]) == (None, 2 * PEOPLE, 2 * PEOPLE)
    delivered = {"dibao_roster", "payments", "household_registry", "village_cadres"}
    assert set(holes) == {("village_cadres", SOUTH, "")} | {
        (code, "", "") for code, data_set in DATA_SETS.items() if code not in delivered and not data_set.is_optional
    }


def test_a_month_left_out_is_told_and_one_delivered_later_is_none(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    made = first_delivery(tmp_path / "first", months=("2017-01", "2017-03", "2017-04"), north=PEOPLE, south=PEOPLE)
    ctx = through_the_gate(context(embedded, settings, made.done(), tmp_path / "out"))
    holes = [tuple(row) for row in ctx.lake.read(COVERAGE).filter(F.col("data_set") == "payments").collect()]
    assert holes == [("payments", "", None, "2017-02", 2 * PEOPLE, 2 * PEOPLE)]
    assert [w for w in ctx.report.warnings if "2017-02" in w] == [
        "hole: 救助资金发放明细: 2017-02: 120 registered people, 120 on benefit fall outside"
    ]
    made = HandMade(tmp_path / "second")
    made.table("payments", [payment(i, "2017-02") for i in range(PEOPLE)], "发放2017-02.csv", department="财政局")
    ctx = through_the_gate(again(ctx, delivery=made.done()))
    holes = [tuple(row) for row in ctx.lake.read(COVERAGE).filter(F.col("data_set") == "payments").collect()]
    assert holes == [("payments", SOUTH, "南县", "2017-02", PEOPLE, PEOPLE)]  # of the north only


def test_a_county_without_a_name_stops_nobody(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    made = first_delivery(tmp_path / "first", north=PEOPLE, south=PEOPLE)
    nameless = [household(i) | {"county": ""} for i in range(900, 903)]
    made.table("dibao_roster", nameless, "无名.csv", area=NORTH)
    made.table("village_cadres", [cadre(1)], area=SOUTH)
    ctx = through_the_gate(context(embedded, settings, made.done(), tmp_path / "out"))
    (hole,) = ctx.lake.read(COVERAGE).filter(F.col("data_set") == "village_cadres").collect()
    assert (hole["area"], hole["area_name"]) == (NORTH, "北县")


def test_a_filler_is_nobodys_number_after_standardising(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    made = first_delivery(tmp_path / "first", north=PEOPLE, south=PEOPLE)
    filler, owner = person_number(5), person_name(5)
    cars = [vehicle(i, owner_id=filler) for i in range(9)] + [vehicle(20)]
    made.table("vehicles", cars)
    ctx = context(embedded, settings, made.done(), tmp_path / "out")
    ingest.run(ctx)
    standardise.run(ctx)
    rows = rows_of(ctx.lake, DATA_SETS["vehicles"].silver)
    used = {row["plate_no"] for row in rows if row["owner_key"] is not None}
    assert owner == cars[5]["owner_name"]
    assert used == {"鄂B00005", "鄂B00020"}  # the registered owner's own car, and one under another number
    assert {row["owner_number_state"] for row in rows if row["plate_no"] not in used} == {"junk"}
    assert all(row["person_key"] for row in rows_of(ctx.lake, DATA_SETS["household_registry"].silver))
    assert "1 numbers stand beside many names" in ctx.report.warnings[-1]


def test_rows_that_a_killed_run_left_are_in_no_account(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    """The killed run had put a file into bronze and not come to its accounts; then another delivery is taken in."""
    made = HandMade(tmp_path / "killed")
    made.table("dibao_roster", [household(i) | {"start_month": "不详"} for i in range(3)])
    killed = survey_delivery(made.done(), read_manifest(made.folder), 1 << 20)
    made = HandMade(tmp_path / "delivery")
    made.table("dibao_roster", [household(5), household(6) | {"start_month": "不详"}])
    ctx = context(embedded, settings, made.done(), tmp_path / "out")
    ingest.ingest_data_set(ctx.lake, ROSTER, killed)
    ingest.run(ctx)
    (file,) = ctx.lake.read(FILES).collect()
    (row,) = ctx.lake.read(QUARANTINE).collect()
    assert (row["_file_id"], file["quarantined_rows"]) == (file["file_id"], 1)
    assert ctx.lake.read(ROSTER.bronze).count() == 3 + 2


def test_a_file_that_is_refused_when_it_is_made_again_leaves_silver(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    made = first_delivery(tmp_path / "delivery", north=PEOPLE, south=PEOPLE)
    made.table("vehicles", [vehicle(1)])
    ctx = context(embedded, settings, made.done(), tmp_path / "out")
    for change in (None, "the disk failed"):
        if change:
            (made.folder / "vehicles.csv").write_text(change)
        ingest.run(again(ctx))
        standardise.run(again(ctx))
    status = {row["file_name"]: row["status"] for row in ctx.lake.read(FILES).collect()}
    assert status["vehicles.csv"] == "refused"
    assert ctx.lake.read(DATA_SETS["vehicles"].silver).count() == 0
    assert ctx.lake.read(ROSTER.silver).count() == 2 * PEOPLE


def test_results_of_old_runs_are_dropped_and_pages_are_of_the_last(
    embedded: Engine, settings: Settings, grown: Grown, tmp_path: Path
) -> None:
    shutil.copytree(grown.ctx.out / "lake", tmp_path / "lake")
    few = settings.model_copy(update={"quality": settings.quality.model_copy(update={"history_runs": 3})})
    ctx = replace(grown.ctx, lake=Lake(embedded, str(tmp_path / "lake")), out=tmp_path, settings=few)
    days = [date(2018, 3, day) for day in range(1, 6)]
    pages = []
    for day in days:
        check_quality.run(again(ctx, as_of=day))
        pages.append(sorted(path.relative_to(tmp_path).as_posix() for path in (tmp_path / "quality").rglob("*.html")))
    for table in (QUALITY, TOTALS):
        runs = {(row["delivery_no"], row["as_of"]) for row in ctx.lake.read(table).select("delivery_no", "as_of").collect()}
        assert runs == {(2, day) for day in days[2:]}, table.full_name
    a_run = ctx.lake.read(QUALITY).groupBy("as_of").count().collect()
    assert len({row["count"] for row in a_run}) == 1  # each is whole
    assert len({len(of_run) for of_run in pages}) == 1
    assert not set(pages[0]) & {page for page in pages[-1] if "validations/" in page}  # no page of an earlier run is left
    assert "截至2018-03-05" in (tmp_path / "quality" / "index.html").read_text(encoding="utf-8")


def test_a_run_made_again_replaces_its_results(embedded: Engine, grown: Grown, tmp_path: Path) -> None:
    shutil.copytree(grown.ctx.out / "lake", tmp_path / "lake")
    lake = Lake(embedded, str(tmp_path / "lake"))
    before = rows_of(lake, QUALITY), rows_of(lake, TOTALS)
    check_quality.run(again(grown.ctx, lake=lake, out=tmp_path, as_of=AS_OF))
    assert (rows_of(lake, QUALITY), rows_of(lake, TOTALS)) == before
