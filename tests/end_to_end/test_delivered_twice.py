"""A month of payments and a county's roster delivered twice, in other bytes: counted once, told to both sides."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES, QUALITY
from jobs.check_quality import job as check_quality
from jobs.ingest import job as ingest
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.registers.delivered import Delivered
from jobs.registers.delivered_rows import parse_record, place_of
from jobs.runtime.errors import NoSuchRecord
from jobs.runtime.session import Engine
from jobs.standardise import job as standardise
from tests.hand_made import NORTH, SOUTH, again, context, first_delivery, household, payment

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


def take_in(ctx: RunContext) -> RunContext:
    for job in (ingest, standardise, check_quality):
        job.run(ctx)
    return ctx


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
    return take_in(context(embedded, settings, made.done(), folder / "out"))


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


def test_the_run_made_again_says_the_same(ctx: RunContext) -> None:
    before = sorted(ctx.lake.read(FILES).collect()), sorted(ctx.lake.read(DATA_SETS["payments"].silver).collect(), key=str)
    standardise.run(again(ctx))
    other = again(ctx)
    ingest.run(other)
    standardise.run(other)
    after = sorted(ctx.lake.read(FILES).collect()), sorted(ctx.lake.read(DATA_SETS["payments"].silver).collect(), key=str)
    assert before == after
