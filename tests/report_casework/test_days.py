"""The first and the last day of a period belong to it, the day that is due is in time, and what became known later is not known yet."""

from __future__ import annotations

from decimal import Decimal

from casework.events import NewEvent
from casework.payloads import Appeal, Recovery, Rectification, SentBack, Snoozed
from casework.store import CaseStore
from expectations.contracts.lake.planning import ROUTINE_VISIT
from expectations.contracts.returned import AppealOutcome, Measure, Problem
from jobs.report_casework.report import Report
from jobs.report_casework.table import TOTAL, Period, Value
from tests.casework.made import day, dispatched, of_case, of_clue, verdict
from tests.report_casework.test_figures import cell, told


def clock(report: Report, *columns: str) -> list[Value]:
    return [cell(report, "clock", TOTAL, column) for column in columns]


def of_days(store: CaseStore, first: int, last: int, *events: NewEvent) -> Report:
    return told(store, *events, period=Period(day(first), day(last)))


def test_first_and_last_day_are_of_the_period(sqlite_store: CaseStore) -> None:
    before = of_days(sqlite_store, 1, 9, of_case("H1", 10, dispatched("C11")))
    assert before.table("clock").why_not
    assert clock(of_days(sqlite_store, 10, 10), "before", "sent", "out") == [0, 1, 1]
    assert clock(of_days(sqlite_store, 11, 20), "before", "sent", "out") == [1, 0, 1]


def test_the_day_that_is_due_is_in_time(sqlite_store: CaseStore) -> None:
    events = [of_case(case, 2, dispatched(f"C{case}", due=20)) for case in ("H1", "H2", "H3")]
    assert clock(of_days(sqlite_store, 1, 20, *events), "out", "overdue") == [3, 0]
    assert clock(of_days(sqlite_store, 1, 21), "out", "overdue") == [3, 3]
    back = [of_clue("H1", "CH1", 20, verdict()), of_clue("H2", "CH2", 21, verdict())]
    assert clock(of_days(sqlite_store, 1, 30, *back), "back", "late") == [2, 1]


def test_what_is_set_aside_is_not_overdue_until_it_comes_back(sqlite_store: CaseStore) -> None:
    events = [of_case("H1", 2, dispatched("C11", due=20)), of_case("H1", 10, Snoozed(until=day(40), reason="住院"))]
    assert clock(of_days(sqlite_store, 1, 39, *events), "out", "overdue") == [1, 0]
    assert clock(of_days(sqlite_store, 1, 40), "out", "overdue") == [1, 1]


def test_days_are_counted_to_the_last_visit(sqlite_store: CaseStore) -> None:
    events = [of_case("H1", 2, dispatched("C11", "C12"))]
    events += [of_clue("H1", "C11", 12, verdict()), of_clue("H1", "C12", 5, verdict("查否-时间差"))]
    assert clock(of_days(sqlite_store, 1, 30, *events), "back", "days") == [1, 10]


def test_a_measure_is_done_from_its_day_and_late_behind_the_one_that_was_set(sqlite_store: CaseStore) -> None:
    """It was told on day 20 that it will have been done on day 25."""
    measure = Rectification(problem=Problem.DEAD, measure=Measure.STOP, due_on=day(22), done_on=day(25))
    events = [of_case("H1", 2, dispatched("C11")), of_clue("H1", "C11", 10, verdict()), of_clue("H1", "C11", 20, measure)]

    def of_class(first: int, last: int, *more: NewEvent) -> list[Value]:
        report = of_days(sqlite_store, first, last, *more)
        return [cell(report, "problems", "DEAD", column) for column in ("done", "under_way", "overdue", "done_now")]

    assert of_class(1, 22, *events) == [0, 1, 0, 0]
    assert of_class(1, 24) == [0, 1, 1, 0]
    assert of_class(1, 25) == [1, 0, 0, 1]
    assert of_class(26, 40) == [1, 0, 0, 0]


def test_a_problem_is_put_right_on_the_day_of_its_last_measure(sqlite_store: CaseStore) -> None:
    def done(measure: Measure, on: int) -> NewEvent:
        return of_clue("H1", "C11", on, Rectification(problem=Problem.DEAD, measure=measure, done_on=day(on)))

    events = [of_case("H1", 2, dispatched("C11")), of_clue("H1", "C11", 10, verdict())]
    report = of_days(sqlite_store, 30, 40, *events, done(Measure.STOP, 20), done(Measure.PAPERS, 35))
    assert cell(report, "problems", "DEAD", "done_now") == 1


def test_a_clue_that_was_sent_out_before_and_answered_in_the_period_is_of_its_account(sqlite_store: CaseStore) -> None:
    """And one that was answered without being sent out, and one that was sent back and waits again."""
    events = [of_case("H1", 2, dispatched("C11")), of_clue("H2", "C21", 32, verdict())]
    events += [of_clue("H1", "C11", 33, verdict()), of_case("H1", 34, SentBack(reason="照片不清"))]

    def account(first: int, last: int, *more: NewEvent) -> list[Value]:
        report = of_days(sqlite_store, first, last, *more)
        return [cell(report, "clues", TOTAL, column) for column in ("clues", "confirmed", "open")]

    assert account(31, 33, *events) == [2, 2, 0]
    assert account(31, 34) == [2, 1, 1]
    assert account(35, 40) == [1, 0, 1], "what was confirmed before is not of the period, what is open is"


def test_a_routine_visit_is_no_clue(sqlite_store: CaseStore) -> None:
    listed = verdict().listed.model_copy(update={"rule_code": ROUTINE_VISIT})
    visit = verdict().model_copy(update={"listed": listed})
    events = [of_case("H1", 2, dispatched("C11", rule=ROUTINE_VISIT)), of_clue("H1", "C11", 10, visit)]
    report = of_days(sqlite_store, 1, 30, *events)
    assert report.table("clues").why_not
    assert clock(report, "sent", "back") == [1, 1]


def test_only_what_was_confirmed_is_revoked(sqlite_store: CaseStore) -> None:
    appeal = Appeal(reason="重查", outcome=AppealOutcome.REVOKED, decided_on=day(20), reviewers="丙某、丁某")
    events = [
        of_case("H1", 2, dispatched("C11")),
        of_clue("H1", "C11", 10, verdict("查否-时间差")),
        of_clue("H1", "C11", 15, appeal),
    ]
    report = of_days(sqlite_store, 1, 30, *events)
    assert {row.key: row.cells["count"] for row in report.table("refutations").rows} == {"R14": 1, TOTAL: 1}


def test_money_of_a_household(sqlite_store: CaseStore) -> None:
    """Of several clues the largest amount; what comes in beyond what was asked back is owed by nobody else."""

    def confirmed(case: str, clue: str, yuan: int) -> NewEvent:
        found = verdict()
        listed = found.listed.model_copy(update={"case_id": case, "amount_estimate": Decimal(yuan)})
        return of_clue(case, clue, 10, found.model_copy(update={"listed": listed}))

    def asked(case: str, clue: str, on: int, yuan: int) -> NewEvent:
        measure = Rectification(problem=Problem.DEAD, measure=Measure.RECOVER, to_recover_yuan=Decimal(yuan))
        return of_clue(case, clue, on, measure)

    events = [of_case("H1", 2, dispatched("C11", "C12")), of_case("H2", 2, dispatched("C21"))]
    events += [confirmed("H1", "C11", 300), confirmed("H1", "C12", 200), confirmed("H2", "C21", 50)]
    events += [asked("H1", "C11", 20, 300), asked("H2", "C21", 20, 50), asked("H1", "C11", 40, 250)]
    events += [of_clue("H2", "C21", 41, Recovery(yuan=Decimal(60), receipt_no="P1"))]
    report = of_days(sqlite_store, 31, 60, *events)
    assert cell(of_days(sqlite_store, 1, 30), "money", "found", "now") == Decimal(350)
    assert [cell(report, "money", "asked", column) for column in ("now", "ever")] == [Decimal(-50), Decimal(300)]
    assert [cell(report, "money", "owed", column) for column in ("ever", "cases_ever")] == [Decimal(250), 1]
