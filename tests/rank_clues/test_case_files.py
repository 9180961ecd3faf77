"""Cases: one amount month by month, one explanation, and what changed since the run before. Expected values by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from expectations.contracts.lake import CASE_FILES, CASES, CLUES, FINDINGS
from expectations.contracts.model import Table
from jobs.rank_clues.case_files import case_amounts, case_files
from tests.conftest import AS_OF

BEFORE = date(2017, 11, 30)


def frame(session: SparkSession, table: Table, rows: list[dict[str, Any]]) -> DataFrame:
    return session.createDataFrame([tuple(row.get(name) for name in table.column_names) for row in rows], table.schema)


def finding(case: str, rule: str, subject: str, months: str, yuan: str, personal: bool) -> dict[str, Any]:
    days = [date(2017, int(month), 1) for month in months.split()]
    return {
        "rule_code": rule, "case_id": case, "subject_key": subject, "thing_key": "t", "outcome": "found", "counted_months": days,
        "counted_yuan": [Decimal(yuan)] * len(days), "is_personal": personal, "evidence": [],
    }  # fmt: skip


def clue(case: str, rule: str, subject: str, rank: int, **more: Any) -> dict[str, Any]:
    return {
        "clue_id": f"{case}{rule}{subject}", "case_id": case, "rule_code": rule, "subject_key": subject, "rank": rank,
        "is_dispatched": True, "is_separate": False, "explanation": f"{rule}。", "months": 1, "amount_estimate": Decimal(1),
        "amount_upper": Decimal(9), "first_seen": AS_OF, "evidence": [],
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # a whole month is at stake once, whatever else is found about it
        ([("V01", "a", "1 2 3", "300", False), ("E01", "b", "2 3 4", "300", False)], "1200.00"),
        # the share of a dead member is in the whole month that a car puts at stake
        ([("D02", "a", "1 2", "100", True), ("V01", "b", "2 3", "300", False)], "700.00"),
        # two dead members: their shares add up
        ([("D02", "a", "1 2", "100", True), ("D02", "b", "2", "100", True)], "300.00"),
        # two facts on one person's share: the larger one
        ([("D02", "a", "1", "100", True), ("S01", "a", "1", "120", True)], "120.00"),
    ],
)
def test_no_month_of_a_case_is_counted_twice(
    session: SparkSession, rows: list[tuple[str, str, str, str, bool]], expected: str
) -> None:
    findings = frame(session, FINDINGS, [finding("c", *row) for row in rows])
    dispatched = frame(session, CLUES, [clue("c", rule, subject, n) for n, (rule, subject, *_) in enumerate(rows, 1)])
    assert [str(row["amount_estimate"]) for row in case_amounts(findings, dispatched).collect()] == [expected]


def test_what_is_not_dispatched_adds_nothing(session: SparkSession) -> None:
    findings = frame(
        session, FINDINGS, [finding("c", "V01", "a", "1", "300", False), finding("c", "E01", "a", "2", "300", False)]
    )
    dispatched = frame(session, CLUES, [clue("c", "V01", "a", 1)])
    assert [row["amount_estimate"] for row in case_amounts(findings, dispatched).collect()] == [Decimal("300.00")]


def test_a_case_starts_with_its_strongest_fact_and_names_the_others_once(session: SparkSession) -> None:
    clues = frame(
        session, CLUES, [clue("c", "E01", "a", 2), clue("c", "V01", "a", 1), clue("c", "V01", "b", 3), clue("d", "U01", "a", 4)]
    )
    made = case_files(
        clues, frame(session, FINDINGS, []), frame(session, CASES, []), frame(session, CASE_FILES, []), AS_OF
    ).collect()
    assert [(row["case_id"], row["rank"], row["clue_count"], row["rule_codes"]) for row in made] == [("c", 1, 3, "E01、V01")]
    assert made[0]["explanation"] == "V01。同户另有：名下有市场主体。"


def test_new_unchanged_changed_and_gone_are_told_against_the_run_before(session: SparkSession) -> None:
    nothing = frame(session, FINDINGS, []), frame(session, CASES, [])

    def files(clues: list[dict[str, Any]], earlier: DataFrame, as_of: date) -> DataFrame:
        return case_files(frame(session, CLUES, clues), *nothing, earlier, as_of)

    first = files(
        [clue("same", "V01", "a", 1), clue("more", "V01", "a", 2), clue("gone", "V01", "a", 3)],
        frame(session, CASE_FILES, []),
        BEFORE,
    )
    assert {row["state"] for row in first.collect()} == {"new"}
    known = frame(session, CASE_FILES, [row.asDict() for row in first.collect()])
    now = [clue("same", "V01", "a", 1), clue("more", "V01", "a", 2, months=2), clue("fresh", "V01", "a", 3)]
    states = {row["case_id"]: row["state"] for row in files(now, known, AS_OF).collect()}
    assert states == {"same": "unchanged", "more": "changed", "fresh": "new", "gone": "gone"}
    # Run again on the same day, with its own result at hand: the same states, told against the run before.
    again = known.unionByName(frame(session, CASE_FILES, [row.asDict() for row in files(now, known, AS_OF).collect()]))
    assert {row["case_id"]: row["state"] for row in files(now, again, AS_OF).collect()} == states


def test_a_case_that_was_gone_is_not_told_gone_again(session: SparkSession) -> None:
    gone = {"as_of": BEFORE, "case_id": "c", "state": "gone", "fingerprint": "x"}
    made = case_files(
        frame(session, CLUES, []),
        frame(session, FINDINGS, []),
        frame(session, CASES, []),
        frame(session, CASE_FILES, [gone]),
        AS_OF,
    )
    assert made.count() == 0
