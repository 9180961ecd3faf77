"""A month of payments and a county's roster delivered twice, in other bytes: counted once, told to both sides."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES, QUALITY
from jobs.check_quality.dry_run import delivery_state
from jobs.delivery.ledger import day_of, from_rows, order
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.registers.delivered import Delivered
from jobs.registers.delivered_rows import parse_record, place_of
from jobs.runtime.errors import NoSuchRecord
from jobs.runtime.session import Engine
from jobs.standardise import job as standardise
from tests.conftest import AS_OF
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
)

PEOPLE = 12
ORIGINAL, COPY, CITY_ROSTER = "发放2017-06.csv", "发放2017-06(终稿).csv", "全市花名册.csv"


def saved_again(rows: list[dict[str, str]]) -> bytes:
    """Payments as another office saves them: GB18030, tabs, the columns turned round, other dates and amounts."""
    fields = DATA_SETS["payments"].fields[::-1]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t")
    writer.writerow([field.header for field in fields])
    for row in rows:
        other = row | {
            "for_month": row["for_month"].replace("-", ""),
            "paid_on": row["paid_on"].replace("-", "/"),
            "amount": f"¥{float(row['amount']):,.1f}",
        }
        writer.writerow([other.get(field.name, "") for field in fields])
    return text.getvalue().encode("gb18030")


@pytest.fixture(scope="module")
def ctx(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """After a run; the copy holds a payment that the original lacks, and the original one household paid twice."""
    folder = tmp_path_factory.mktemp("twice")
    homes = [(i, NORTH) for i in range(PEOPLE)] + [(i, SOUTH) for i in range(100, 100 + PEOPLE)]
    made = first_delivery(folder / "delivery", months=("2017-05",), north=PEOPLE, south=PEOPLE)
    june = [payment(i, "2017-06", area) for i, area in homes]
    made.table("payments", [*june, june[0]], ORIGINAL, department="财政局")
    late = payment(3, "2017-06") | {"kind": "补发", "amount": "20.00"}
    made.add(COPY, saved_again([*june, june[0], late]), "payments", rows=str(len(june) + 2), department="财政局")
    made.table("dibao_roster", [household(i) for i in reversed(range(PEOPLE))], CITY_ROSTER, area="420200", department="市民政局")
    return through_the_gate(context(embedded, settings, made.done(), folder / "out"))


def test_every_row_counts_once_and_a_second_payment_stays(ctx: RunContext) -> None:
    silver = Delivered(ctx.lake).silver
    june = silver("payments").filter("for_month = DATE'2017-06-01'")
    assert june.count() == 2 * PEOPLE + 2
    assert june.filter("amount = 320 AND household_no = 'D0000'").count() == 2
    assert june.filter("amount = 20").count() == 1
    assert silver("dibao_roster").count() == 2 * PEOPLE


def test_the_rows_stay_in_the_accounts_of_their_file(ctx: RunContext) -> None:
    files = {row["file_name"]: row for row in ctx.lake.read(FILES).collect()}
    assert (files[ORIGINAL]["accepted_rows"], files[ORIGINAL]["repeated_rows"]) == (2 * PEOPLE + 1, 0)
    assert (files[COPY]["read_rows"], files[COPY]["accepted_rows"], files[COPY]["repeated_rows"]) == (26, 26, 25)
    roster = files["北县/花名册.csv"], files[CITY_ROSTER]
    assert [row["repeated_rows"] for row in roster] == [PEOPLE, 0]  # the shorter name counts
    assert sum(row["repeated_rows"] for row in files.values()) == 25 + PEOPLE == ctx.report.figures["rows_delivered_twice"]


def test_both_sides_are_told(ctx: RunContext) -> None:
    assert (
        f"{COPY}: delivered twice: 25 rows stand in {ORIGINAL}, too, and count once; the other 1 count as they are"
        in ctx.report.warnings
    )
    book = openpyxl.load_workbook(ctx.out / "slips" / "数据校核回执_财政局.xlsx")
    (row,) = [row for row in book["文件"].iter_rows(values_only=True) if row[0] == COPY]
    assert f"有25条与“{ORIGINAL}”中的记录各项相同，视为重复报送，只计一次；其余1条照常采用" in str(row)
    assert any("重复报送25条，只计一次。" in str(cell.value) for cell in book["回执"]["B"])
    (checked,) = ctx.lake.read(QUALITY).filter("measure = 'rows delivered twice'").collect()
    assert (checked["success"], checked["observed"], checked["severity"]) == (False, 25.0 + PEOPLE, "warning")


def test_whoever_asks_about_such_a_row_is_told_where_it_counts(ctx: RunContext) -> None:
    with pytest.raises(
        NoSuchRecord, match=f"row 3 is not among the current rows of 救助资金发放明细. .*25 rows stand in {ORIGINAL}"
    ):
        place_of(ctx.lake, parse_record("发放2017-06(终稿).csv:3"))


def test_a_dry_run_tells_the_same(ctx: RunContext) -> None:
    assert ctx.delivery is not None
    judged = delivery_state(ctx.delivery, ctx.as_of, 1 << 20).accounts
    assert sorted(judged, key=order) == sorted(from_rows(ctx.lake.read(FILES).collect()), key=order)


def extracts(folder: Path, city_day: str, county_day: str) -> Path:
    """A city's roster of one day and a county's of another; between the two D0000 lost its benefit and D0030 was granted one."""
    made = HandMade(folder)
    before, after = [household(i) for i in range(PEOPLE)], [household(i) for i in (*range(1, PEOPLE), 30)]
    south = [household(i, SOUTH) for i in range(100, 100 + PEOPLE)]
    is_city_newer = city_day > county_day
    made.table("dibao_roster", (after if is_city_newer else before) + south, CITY_ROSTER, area="420200", extract_date=city_day)
    made.table("dibao_roster", before if is_city_newer else after, "北县.csv", area=NORTH, extract_date=county_day)
    return made.done()


@pytest.mark.parametrize(("city_day", "county_day"), [("2017-12-31", "2017-10-31"), ("2017-10-31", "2017-12-31")])
def test_of_a_city_and_its_county_the_newer_extract_counts(
    embedded: Engine, settings: Settings, tmp_path: Path, city_day: str, county_day: str
) -> None:
    ctx = context(embedded, settings, extracts(tmp_path / "delivery", city_day, county_day), tmp_path / "out")
    ingest.run(ctx)
    standardise.run(ctx)
    rows = ctx.lake.read(DATA_SETS["dibao_roster"].silver).collect()
    north = {row["household_no"] for row in rows if row["county_code"] == NORTH}
    assert (len(rows), north) == (2 * PEOPLE, {f"D{i:04}" for i in (*range(1, PEOPLE), 30)})
    accounts = from_rows(ctx.lake.read(FILES).collect())
    older, newer = sorted(accounts, key=day_of)
    assert (older.repeated, newer.repeated, ctx.report.figures["rows_delivered_twice"]) == (PEOPLE, 0, 0)
    assert [found.code for found in older.remarks] == ["rows_replaced"]
    assert any(older.entry.file_name in warning and "holds a newer extract" in warning for warning in ctx.report.warnings)
    judged = delivery_state(tmp_path / "delivery", ctx.as_of, 1 << 20).accounts
    assert sorted(judged, key=order) == sorted(accounts, key=order)


def staff(i: int, **changed: str) -> dict[str, str]:
    """An employee; the register names no county."""
    return {
        "name": person_name(i), "id_number": person_number(i), "unit": "某局", "post": "科员", "staff_kind": "事业编制",
        "status": "在职", "from_month": "2010-01", "monthly_pay": "4000.00",
    } | changed  # fmt: skip


@pytest.mark.parametrize(
    ("city_day", "county_day", "left"),
    [
        ("2017-10-31", "2017-12-31", 20 + 1),
        ("2017-12-31", "2017-10-31", 20),
    ],  # who left the county stands in the older city's file
)
def test_a_register_without_counties_is_told_anew_by_its_key(
    embedded: Engine, settings: Settings, tmp_path: Path, city_day: str, county_day: str, left: int
) -> None:
    """Persons 0 … 9 of the north and 10 … 19 of the south; between the two days 0 left, 1 was given more, and 30 came."""
    made = HandMade(tmp_path / "delivery")
    before, after = [staff(i) for i in range(10)], [staff(1, monthly_pay="5000.00"), *map(staff, (*range(2, 10), 30))]
    is_city_newer = city_day > county_day
    city = (after if is_city_newer else before) + [staff(i) for i in range(10, 20)]
    made.table("fiscal_staff", city, "全市.csv", area="420200", extract_date=city_day)
    made.table("fiscal_staff", before if is_city_newer else after, "北县.csv", area=NORTH, extract_date=county_day)
    ctx = context(embedded, settings, made.done(), tmp_path / "out")
    ingest.run(ctx)
    standardise.run(ctx)
    pay = Counter(str(row["monthly_pay"]) for row in ctx.lake.read(DATA_SETS["fiscal_staff"].silver).collect())
    assert pay == {"4000.00": left - 1, "5000.00": 1}
    accounts = from_rows(ctx.lake.read(FILES).collect())
    older, newer = sorted(accounts, key=day_of)
    assert (older.repeated, newer.repeated) == (10 if is_city_newer else 9, 0)
    assert [found.code for found in older.remarks] == ["rows_replaced"]
    judged = delivery_state(tmp_path / "delivery", ctx.as_of, 1 << 20).accounts
    assert sorted(judged, key=order) == sorted(accounts, key=order)


DAMAGE = {
    "one cell of it": lambda rows: [rows[0] | {"amount": "不详"}, *rows[1:]],
    "its end cut off": lambda rows: rows[: PEOPLE - 4],
}


def test_a_copy_with_damaged_numbers_is_told_and_counts(embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    """Nobody can say by rule which of the two holds, or that they are one."""
    made = HandMade(tmp_path / "delivery")
    june = [payment(i, "2017-06") | {"bank_account": f"62170000000{i:05}"} for i in range(PEOPLE)]
    cut = [row | {"id_number": row["id_number"][:15] + "000", "bank_account": "6.217E+15"} for row in june]
    made.table("payments", june, "六月.csv", area=NORTH)
    made.table("payments", cut, "六月(另存).csv", area=NORTH)
    made.table("payments", [payment(i, "2017-07") for i in range(PEOPLE)], "七月.csv", area=NORTH)
    ctx = context(embedded, settings, made.done(), tmp_path / "out")
    ingest.run(ctx)
    standardise.run(ctx)
    accounts = from_rows(ctx.lake.read(FILES).collect())
    assert {a.entry.file_name: [r.code for r in a.remarks] for a in accounts} == {
        "六月.csv": [], "六月(另存).csv": ["rows_alike"], "七月.csv": [],
    }  # fmt: skip
    assert any("六月(另存).csv: 12 rows differ from rows of 六月.csv in numbers" in warning for warning in ctx.report.warnings)
    assert ctx.lake.read(DATA_SETS["payments"].silver).count() == 3 * PEOPLE
    judged = delivery_state(tmp_path / "delivery", ctx.as_of, 1 << 20).accounts
    assert sorted(judged, key=order) == sorted(accounts, key=order)


@pytest.mark.parametrize(("damage", "repeated", "left"), [("one cell of it", PEOPLE - 1, 0), ("its end cut off", PEOPLE - 4, 0)])
def test_a_damaged_copy_is_told_and_takes_nothing_away(tmp_path: Path, damage: str, repeated: int, left: int) -> None:
    june = [payment(i, "2017-06") for i in range(PEOPLE)]
    made = HandMade(tmp_path / "delivery")
    made.table("payments", june, "六月.csv", area=NORTH)
    made.table("payments", DAMAGE[damage](june), "六月(重发).csv", area=NORTH)
    found = {a.entry.file_name: a for a in delivery_state(made.done(), AS_OF, 1 << 20).accounts}
    copy = found["六月(重发).csv"]
    assert (found["六月.csv"].repeated, copy.repeated, copy.accepted - copy.repeated) == (0, repeated, left)
    assert [dict(r.details)["other"] for r in copy.remarks if r.code == "rows_repeated"] == ["六月.csv"]


def test_the_run_made_again_says_the_same(ctx: RunContext) -> None:
    before = sorted(ctx.lake.read(FILES).collect()), sorted(ctx.lake.read(DATA_SETS["payments"].silver).collect(), key=str)
    standardise.run(again(ctx))
    other = again(ctx)
    ingest.run(other)
    standardise.run(other)
    after = sorted(ctx.lake.read(FILES).collect()), sorted(ctx.lake.read(DATA_SETS["payments"].silver).collect(), key=str)
    assert before == after
