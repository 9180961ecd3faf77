"""Figures counted once more, by other means: SQL on the case store's own table, polars on the lake's files."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from casework.events import NewEvent
from casework.payloads import (
    Accountability,
    Appeal,
    Recovery,
    Rectification,
    Restricted,
)
from casework.removals import Removal, years_of
from casework.store import CaseStore
from expectations.contracts.lake import CASES, CHECKS, FILES, LISTED_CLUES, NEEDS, PURPOSES
from expectations.contracts.model import Table
from expectations.contracts.returned import AppealOutcome, Measure, Problem, Sanction
from jobs.casebook.projections import verdict_rows
from jobs.registers.policy import in_force
from jobs.report_casework import job
from jobs.report_casework.register_tables import SOURCE_ROWS, SOURCES, FromLake, Need
from jobs.report_casework.report import Report, public_edition, report_of
from jobs.report_casework.table import TOTAL, Blank, Period, Value
from jobs.report_casework.workbook import COLUMNS, write_workbook
from tests.casework.made import day, dispatched, of_case, of_clue, verdict
from tests.report_casework.conftest import Year


@contextmanager
def sql(year: Year) -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(f"file:{year.ctx.out / 'casework.db'}?mode=ro", uri=True) as connection:
        yield connection


def rows_of(year: Year, table: Table) -> pl.DataFrame:
    return pl.read_delta(f"{year.ctx.lake.root}/{table.zone}/{table.name}")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT count(*) FROM casework_events WHERE kind = 'received'", ("acts", "received", "acts")),
        ("SELECT count(*) FROM casework_events WHERE kind = 'sent_back'", ("acts", "sent_back", "acts")),
        ("SELECT count(DISTINCT case_id) FROM casework_events WHERE kind = 'received'", ("acts", "received", "cases")),
        ("SELECT count(DISTINCT case_id) FROM casework_events WHERE kind = 'dispatched'", ("clock", TOTAL, "sent")),
        ("SELECT sum(json_extract(after, '$.people')) FROM casework_events WHERE kind = 'accountability'", ("accountability", TOTAL, "people")),
        ("SELECT count(DISTINCT subject_id) FROM casework_events WHERE kind = 'appeal'", ("appeals", TOTAL, "count")),
        ("SELECT count(DISTINCT subject_id) FROM casework_events WHERE kind = 'need_outcome'", ("needs", TOTAL, "visited")),
        (
            "SELECT count(DISTINCT subject_id) FROM casework_events WHERE kind = 'need_outcome' AND json_extract(after, '$.result') = '已纳入低保'",
            ("needs", TOTAL, "dibao"),
        ),
        (
            "SELECT count(*) FROM casework_events WHERE kind = 'referred' AND json_extract(after, '$.assistance') = '临时救助'",
            ("referrals", "TEMPORARY", "cases"),
        ),
        (
            "SELECT count(DISTINCT county_code || town) FROM casework_events WHERE kind != 'dispatched' AND town IS NOT NULL",
            ("windows", TOTAL, "active"),
        ),
        (
            "SELECT count(DISTINCT json_extract(clue.value, '$.clue_id')) FROM casework_events, json_each(after, '$.clues') clue "
            "WHERE kind = 'dispatched' AND json_extract(clue.value, '$.rule_code') != 'Z00'",
            ("clues", TOTAL, "clues"),
        ),
        (
            "SELECT count(*) FROM (SELECT json_extract(after, '$.verdict') said, row_number() OVER "
            "(PARTITION BY subject_id ORDER BY on_day DESC, position DESC) n FROM casework_events WHERE kind = 'verdict' "
            "AND rule_code != 'Z00' AND subject_id NOT IN (SELECT subject_id FROM casework_events WHERE kind = 'appeal' "
            "AND json_extract(after, '$.outcome') = '撤销')) WHERE n = 1 AND said LIKE '查是%'",
            ("clues", TOTAL, "confirmed"),
        ),
    ],
)  # fmt: skip
def test_a_figure_of_the_store_is_what_sql_says(year: Year, query: str, place: tuple[str, str, str]) -> None:
    table, row, column = place
    with sql(year) as connection:
        (expected,) = connection.execute(query).fetchone()
    assert year.full.table(table).value(row, column) == expected
    assert expected


def test_yuan_that_came_in_is_the_sum_of_the_receipts(year: Year) -> None:
    with sql(year) as connection:
        receipts = [
            json.loads(row[0])["yuan"] for row in connection.execute("SELECT after FROM casework_events WHERE kind = 'recovery'")
        ]
    assert year.full.table("money").value("got", "now") == sum(map(Decimal, receipts), Decimal(0)) > 0


def test_townships_are_those_of_the_rosters(year: Year) -> None:
    towns = rows_of(year, CASES).select("county_code", "town").drop_nulls().unique()
    assert year.full.table("windows").value(TOTAL, "towns") == len(towns)


def test_what_was_delivered_and_checked_is_what_the_lake_holds(year: Year) -> None:
    """The delivery was taken in on the last day of 2017."""
    report = report_for(year, Period(date(2017, 1, 1), date(2017, 12, 31)))
    files = rows_of(year, FILES)
    assert report.table("records").value(TOTAL, "read") == files["read_rows"].sum()
    of_civil_affairs = files.filter(pl.col("data_set").is_in(SOURCES))
    assert report.table("records").value(SOURCE_ROWS, "accepted") == of_civil_affairs["accepted_rows"].sum()
    by_department = dict(files.group_by("reported_by").agg(pl.col("quarantined_rows").sum()).iter_rows())
    assert {row.key: row.cells["quarantined"] for row in report.table("departments").rows if row.depth} == by_department
    clues = rows_of(year, LISTED_CLUES).filter(pl.col("as_of") == date(2017, 12, 31))
    compared = report.table("compared")
    assert {row.key: row.cells["listed"] for row in compared.rows if row.depth} == dict(
        clues.group_by("rule_code").len().iter_rows()
    )
    assert compared.value(TOTAL, "to_visit") == clues["is_dispatched"].sum()
    assert compared.value(TOTAL, "lawful") == (~clues["is_dispatched"]).sum()
    summaries = rows_of(year, CHECKS).filter("is_summary", pl.col("applied_on").is_between(date(2017, 1, 1), date(2017, 12, 31)))
    assert rows_of(year, PURPOSES)["as_of"].max() == date(2017, 12, 31)
    assert report.table("checks").value(TOTAL, "households") == len(summaries)
    assert report.table("checks").value(TOTAL, "found") == (summaries["result"] == "有检出").sum()
    assert year.full.table("records").why_not == "期内没有读入的报送"


def test_needs_are_those_of_the_last_search(year: Year) -> None:
    listed = rows_of(year, NEEDS).filter(pl.col("outcome") == "found")
    by_rule = Counter(listed["rule_code"])
    assert {row.key: row.cells["needs"] for row in year.full.table("needs").rows if row.depth} == by_rule
    assert year.full.table("add_ons").value(TOTAL, "people") == by_rule["M07"]


def test_visits_made_are_those_of_the_register(year: Year) -> None:
    """By the team and the village, in the quarter that the register covers: each household a month, a week, once."""
    report = report_for(year, Period(date(2017, 10, 1), date(2017, 12, 31)))
    line = in_force(year.ctx.settings.policy.visiting, date(2017, 12, 31))
    visits = pl.read_delta(f"{year.ctx.lake.root}/silver/visits").filter(pl.col("visitor_kind").is_in(line.monthly))
    months = visits.select("county_code", "name_key", "village", pl.col("visited_on").dt.truncate("1mo")).unique()
    made, due = (report.table("visits").value(TOTAL, column) for column in ("months_made", "months"))
    assert isinstance(made, int)
    assert isinstance(due, int)
    assert 0.9 * len(months) <= made <= len(months)  # of households that are not to be visited nothing counts
    assert made < due
    assert report.table("visits").value("420202", "months") is Blank.NOT_PROVIDED


def report_for(year: Year, period: Period) -> Report:
    return next(iter(job.run(year.ctx, period).values()))


NOTHING = FromLake(
    {"420222": "阳新县"}, "没有", "没有比对过", "没有查找过需求", "没有报送走访记录", "没有", "没有核对过申请", (), None
)
NAMES = Restricted(names=("甲某", "乙某"))
MONTH = Period(day(1), day(60))


def told(store: CaseStore, *events: NewEvent, period: Period = MONTH, found: FromLake = NOTHING) -> Report:
    with store.writing() as book:
        book.record(events)
        return report_of(book.events(), found, period)


def cell(report: Report, table: str, row: str, column: str) -> Value:
    return report.table(table).value(row, column)


def test_what_is_not_there_is_said_to_be_so_and_never_nought(sqlite_store: CaseStore, tmp_path: Path) -> None:
    report = told(sqlite_store)
    for table in (table for chapter in report.chapters for table in chapter.tables if table.key != "acts"):
        assert table.why_not or all(value is Blank.NOT_PROVIDED for row in table.rows for value in row.cells.values()), table.key
    write_workbook(tmp_path / "a.xlsx", report)
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[1:]:
        wide = {merged.min_row for merged in sheet.merged_cells.ranges if merged.size["columns"] == COLUMNS + 1}
        said = [cell.row for cell in sheet["A"] if str(cell.value).startswith("未提供：")]
        assert said, sheet.title
        assert {2, *said} <= wide, sheet.title  # the lead, too; in the first column alone they would be cut off
    report = told(sqlite_store, of_case("H1", 5, dispatched("C11")))
    assert report.table("problems").why_not == "没有登记过整改"
    assert cell(report, "acts", "received", "acts") is Blank.NOT_PROVIDED
    assert cell(report, "money", "got", "now") is Blank.NOT_PROVIDED
    assert cell(report, "clues", TOTAL, "confirmed") == 0


def test_a_report_of_days_of_which_events_were_removed_says_so_in_both_editions(sqlite_store: CaseStore) -> None:
    with sqlite_store.writing() as book:
        book.record([of_case("H1", 5, dispatched("C11"))])
        events = book.events()
    gone = Removal(
        as_of=day(300), removed_at="", removed_by="li", second="wang", positions=((1, 1),), editions=(), cases=1, restricted=0, imports=0,
        last_position=1, sha256="", years=years_of(events),
    )  # fmt: skip
    for period, is_told in ((MONTH, True), (Period(day(400), day(430)), False)):
        full = report_of([], NOTHING, period, [gone])
        for edition in (full, public_edition(full)[0]):
            assert any("销毁证明" in words for _, words in edition.lines) is is_told


def test_a_revoked_confirmation_is_a_refutation_from_the_day_of_the_decision(sqlite_store: CaseStore) -> None:
    appeal = Appeal(
        reason="车已卖", outcome=AppealOutcome.REVOKED, decided_on=day(40), reviewers="丙某、丁某", owed_yuan=Decimal(300)
    )
    events = [of_case("H1", 2, dispatched("C11")), of_clue("H1", "C11", 10, verdict()), of_clue("H1", "C11", 20, appeal)]
    before, after = (
        told(sqlite_store, *events, period=Period(day(1), day(39))),
        told(sqlite_store, period=Period(day(1), day(40))),
    )
    assert [cell(one, "clues", "E01", "confirmed") for one in (before, after)] == [1, 0]
    assert [cell(one, "clues", "E01", "refuted") for one in (before, after)] == [0, 1]
    assert cell(before, "appeals", "PENDING", "count") == 1
    assert cell(after, "appeals", "REVOKED", "yuan") == Decimal(300)
    assert cell(after, "refutations", "revoked", "count") == 1
    with sqlite_store.reading() as book:
        assert "refuted" in verdict_rows(book.events())[0], "learning counts it so, too"


def test_nobody_at_home_is_no_confirmation(sqlite_store: CaseStore) -> None:
    report = told(sqlite_store, of_case("H1", 2, dispatched("C11", "C12")), of_clue("H1", "C11", 10, verdict("无法核实")))
    assert [cell(report, "clues", TOTAL, column) for column in ("unverifiable", "confirmed", "open")] == [1, 0, 1]
    assert cell(report, "clues", TOTAL, "share") is Blank.NOTHING


def test_a_case_is_in_hand_until_every_clue_has_a_verdict_and_late_behind_its_day(sqlite_store: CaseStore) -> None:
    events = [
        of_case("H1", 2, dispatched("C11", "C12", due=20)),
        of_clue("H1", "C11", 10, verdict()),
        of_case("H2", 3, dispatched("C21", due=59)),
    ]
    report = told(sqlite_store, *events)
    assert [cell(report, "clock", TOTAL, column) for column in ("sent", "back", "out", "overdue")] == [2, 0, 2, 2]
    report = told(sqlite_store, of_clue("H1", "C12", 32, verdict("查否-时间差")))
    assert [cell(report, "clock", TOTAL, column) for column in ("back", "out", "late", "days")] == [1, 1, 1, 30]
    later = told(sqlite_store, period=Period(day(61), day(90)))
    assert [cell(later, "clock", TOTAL, column) for column in ("before", "sent", "back", "out")] == [1, 0, 0, 1]


def test_a_problem_is_put_right_when_all_its_measures_are_done(sqlite_store: CaseStore) -> None:
    stop = Rectification(problem=Problem.DEAD, measure=Measure.STOP, done_on=day(20))
    back = Rectification(problem=Problem.DEAD, measure=Measure.RECOVER, to_recover_yuan=Decimal(500), due_on=day(30))
    report = told(
        sqlite_store, of_case("H1", 2, dispatched("C11")), of_clue("H1", "C11", 10, verdict()), of_clue("H1", "C11", 20, stop),
        of_clue("H1", "C11", 21, back), of_clue("H1", "C11", 25, Recovery(yuan=Decimal(200), receipt_no="P1")),
        of_clue("H1", "C11", 26, Accountability(sanction=Sanction.REMINDER, people=2, role="村委会委员"), restricted=NAMES),
    )  # fmt: skip
    assert [cell(report, "problems", "DEAD", column) for column in ("problems", "done", "under_way", "overdue")] == [1, 0, 1, 1]
    assert [cell(report, "money", row, "ever") for row in ("asked", "got", "owed")] == [Decimal(500), Decimal(200), Decimal(300)]
    assert cell(report, "accountability", "REMINDER", "people") == 2
    done = back.model_copy(update={"done_on": day(40)})
    assert cell(told(sqlite_store, of_clue("H1", "C11", 40, done)), "problems", "DEAD", "done_now") == 1


def test_a_case_of_the_citys_own_team_stands_in_no_township(sqlite_store: CaseStore) -> None:
    sent = dispatched("C11").model_copy(update={"to": type(dispatched("C11").to)(), "is_separate": True})
    report = told(sqlite_store, of_case("H1", 2, sent), of_case("H2", 2, dispatched("C21")))
    assert [row.label for row in report.table("clock").rows] == ["全市", "阳新县", "东镇", "市本级（另行办理）"]


def test_a_need_that_was_settled_before_the_period_is_not_of_it(sqlite_store: CaseStore) -> None:
    found = FromLake({}, "", "", [Need("N1", "M01", day(1)), Need("N2", "M01", day(90))], "", "", "", (), None, day(50))
    report = told(sqlite_store, found=found)
    assert [cell(report, "needs", "M01", column) for column in ("needs", "visited")] == [1, Blank.NOT_PROVIDED]


def test_the_public_edition_of_a_small_office_tells_little(sqlite_store: CaseStore) -> None:
    report, _ = public_edition(told(sqlite_store, of_case("H1", 2, dispatched("C11")), of_clue("H1", "C11", 10, verdict())))
    assert cell(report, "clues", TOTAL, "confirmed") is cell(report, "clues", TOTAL, "share") is Blank.HIDDEN


def test_two_editions_do_not_tell_how_many_acts_lie_between_them(sqlite_store: CaseStore) -> None:
    full = [told(sqlite_store, of_case(case, 2, dispatched(f"C{case}"))) for case in ("H1", "H2")]
    assert full[0].lines != full[1].lines
    assert public_edition(full[0])[0].lines == public_edition(full[1])[0].lines
