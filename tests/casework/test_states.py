"""Where a case stands, by hand, and by sequences drawn at random: step by step and from the start, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event

from casework.errors import StepRefused
from casework.events import Event, NewEvent, Role
from casework.payloads import (
    Appeal,
    Closed,
    Payload,
    Received,
    Recovery,
    Rectification,
    Referred,
    Reopened,
    SentBack,
    Severity,
    Snoozed,
)
from casework.states import STEPS, CaseState, ClockParams, Colour, Stage, after, state_of, states_of
from casework.steps import Hand, Taken, take
from casework.store import CaseStore
from expectations.contracts.lake import VERDICTS
from expectations.contracts.returned import CONFIRMED, REFUTED, UNVERIFIABLE, AppealOutcome, Assistance, Measure, Problem
from jobs.casebook.projections import case_rows, verdict_rows
from tests.casework.made import AT, day, dispatched, of_case, of_clue, verdict

STOP = Rectification(problem=Problem.PAYMENT, measure=Measure.STOP, due_on=day(50))
MONEY = Rectification(
    problem=Problem.PAYMENT, measure=Measure.RECOVER, due_on=day(40), done_on=day(35), to_recover_yuan=Decimal("100.00")
)


def recorded(*events: NewEvent) -> list[Event]:
    return [
        Event(**{**vars(event), "position": n, "batch": 1, "before": None, "schema_version": 1})
        for n, event in enumerate(events, 1)
    ]


def stands(*events: NewEvent) -> CaseState:
    return state_of("H1", recorded(*events))


def stage(*events: NewEvent, on: int = 20) -> str:
    return stands(*events).stage(day(on))


OUT = of_case("H1", 1, dispatched("C11", "C12", due=30))
IN = of_case("H1", 2, Received())
BOTH_REFUTED = (of_clue("H1", "C11", 5, verdict("查否-时间差")), of_clue("H1", "C12", 5, verdict("查否-时间差")))
ONE_CONFIRMED = (of_clue("H1", "C11", 5, verdict("查是-错保")), of_clue("H1", "C12", 5, verdict("查否-时间差")))


def test_a_case_goes_from_dispatch_to_closing() -> None:
    steps = [
        (OUT, Stage.DISPATCHED), (IN, Stage.RECEIVED), (ONE_CONFIRMED[0], Stage.RECEIVED), (ONE_CONFIRMED[1], Stage.VERDICT),
        (of_clue("H1", "C11", 9, STOP), Stage.RECTIFYING),
        (of_clue("H1", "C11", 10, STOP.model_copy(update={"done_on": day(10)})), Stage.RECTIFYING),
        (of_case("H1", 11, Closed()), Stage.CLOSED),
    ]  # fmt: skip
    done: list[NewEvent] = []
    for event, expected in steps:
        done.append(event)
        assert stage(*done) == expected, event.after.KIND
    assert stage() == Stage.OPEN
    assert stands(*done).lacking == ()


def test_what_closing_lacks() -> None:
    assert stands(of_case("H1", 1, Snoozed(reason="外出"))).lacking == ("any verdict",)
    assert stands(OUT).lacking == ("the verdict on 2 clues",)
    assert stands(OUT, *BOTH_REFUTED).lacking == ()
    assert stands(OUT, *ONE_CONFIRMED).lacking == ("the rectification of 1 confirmed clues",)
    assert stands(OUT, *ONE_CONFIRMED, of_clue("H1", "C11", 9, STOP)).lacking == ("the day on which 1 rectifications were done",)
    owed = (*ONE_CONFIRMED, of_clue("H1", "C11", 9, MONEY))
    assert stands(OUT, *owed).lacking == ("100.00 yuan to recover",)
    paid = [of_clue("H1", "C11", n, Recovery(yuan=Decimal("50.00"), receipt_no=str(n))) for n in (12, 13)]
    assert stands(OUT, *owed, paid[0]).lacking == ("50.00 yuan to recover",)
    assert stands(OUT, *owed, *paid).lacking == ()
    assert stands(OUT, *owed, of_clue("H1", "C11", 12, Appeal(reason="错"))).lacking[-1] == "the outcome of 1 appeals"
    whole = of_case("H1", 9, STOP.model_copy(update={"done_on": day(9)}))
    assert stands(OUT, *ONE_CONFIRMED, whole).lacking == (), "a measure for the whole case is one for each of its clues"


def test_a_revoked_confirmation_needs_no_rectification() -> None:
    revoked = of_clue(
        "H1", "C11", 9, Appeal(reason="错", outcome=AppealOutcome.REVOKED, decided_on=day(9), reviewers="丙某、丁某")
    )
    state = stands(OUT, *ONE_CONFIRMED, of_clue("H1", "C11", 8, MONEY), revoked)
    assert (state.confirmed, state.to_recover_yuan, state.lacking) == (frozenset(), Decimal(0), ())


def test_the_later_visit_holds_whatever_the_order_of_handing_in() -> None:
    late = of_clue("H1", "C11", 3, verdict("查是-违规"))
    assert stands(*BOTH_REFUTED, late).confirmed == frozenset()
    assert stands(*BOTH_REFUTED, of_clue("H1", "C11", 5, verdict("查是-违规"))).confirmed == {"C11"}


def test_sent_back_asks_for_all_clues_again_and_the_old_paper_does_not_do() -> None:
    back = of_case("H1", 6, SentBack(reason="缺照片"))
    assert stage(OUT, IN, *BOTH_REFUTED, back) == Stage.SENT_BACK
    assert stands(OUT, IN, *BOTH_REFUTED, back).open_clues == {"C11", "C12"}
    again = [of_clue("H1", clue, 7, verdict("查否-时间差")) for clue in ("C11", "C12")]
    assert stage(OUT, IN, *BOTH_REFUTED, back, again[0]) == Stage.SENT_BACK
    assert stage(OUT, IN, *BOTH_REFUTED, back, *again) == Stage.VERDICT


def test_set_aside_sleeps_until_its_day_and_reopened_is_awake() -> None:
    asleep = (OUT, of_case("H1", 3, Snoozed(until=day(60), reason="外出")))
    assert [stage(*asleep, on=n) for n in (3, 59, 60)] == [Stage.SNOOZED, Stage.SNOOZED, Stage.DISPATCHED]
    assert stage(OUT, of_case("H1", 3, Snoozed(reason="外出")), on=9999) == Stage.SNOOZED
    assert stage(*asleep, of_case("H1", 4, Reopened(reason="已回"))) == Stage.DISPATCHED


def test_referred_stands_until_it_is_received_again() -> None:
    referred = of_case("H1", 3, Referred(assistance=Assistance.MEDICAL, reason="重病"))
    assert stage(OUT, referred) == Stage.REFERRED
    assert stage(OUT, referred, of_case("H1", 4, Received())) == Stage.RECEIVED


def test_a_closed_case_is_closed_no_more_when_what_it_rested_on_goes() -> None:
    closed = (OUT, *BOTH_REFUTED, of_case("H1", 9, Closed()))
    assert stage(*closed, of_clue("H1", "C12", 12, verdict("无法核实"))) == Stage.CLOSED
    state = stands(*closed, of_clue("H1", "C12", 12, verdict("查是-违规")))
    assert (state.stage(day(20)), state.lacking) == (Stage.VERDICT, ("the rectification of 1 confirmed clues",))
    assert stage(*closed, of_case("H1", 12, dispatched("C13"))) == Stage.DISPATCHED


@pytest.mark.parametrize(
    ("on", "expected"), [(26, Colour.GREEN), (27, Colour.YELLOW), (30, Colour.YELLOW), (31, Colour.RED), (400, Colour.RED)]
)
def test_the_lamp_is_yellow_three_days_before_and_red_behind_the_day(on: int, expected: Colour) -> None:
    assert stands(OUT).colour(day(on), 3) is expected
    assert stands(OUT, *BOTH_REFUTED).colour(day(on), 3) is Colour.GREEN
    assert stands(OUT, of_case("H1", 3, Snoozed(reason="外出"))).colour(day(on), 3) is Colour.GREEN


def test_a_rectification_has_a_clock_of_its_own() -> None:
    state = stands(OUT, *ONE_CONFIRMED, of_clue("H1", "C11", 9, STOP))
    assert [state.colour(day(n), 3) for n in (46, 47, 51)] == [Colour.GREEN, Colour.YELLOW, Colour.RED]


def test_a_case_is_due_by_its_severity() -> None:
    clock = ClockParams(due_days={Severity.HARD: 10, Severity.KEY_PERSON: 15, Severity.ORDINARY: 30}, yellow_days=3)
    assert [clock.due_on(day(1), severity) for severity in Severity] == [day(11), day(16), day(31)]


# --- steps ---------------------------------------------------------------------------------------------------------------

Steps = list[tuple[int, Payload]]


def hand(on: int) -> Hand:
    return Hand("clerk", Role.TOWNSHIP, day(on), AT)


def taken(store: CaseStore, on: int, *steps: tuple[str, Payload]) -> Taken:
    with store.writing() as book:
        return take(book, dict(steps), hand(on))


def test_a_step_is_taken_for_all_cases_or_for_none(sqlite_store: CaseStore) -> None:
    taken(sqlite_store, 1, ("H1", dispatched("C11")), ("H2", dispatched("C21")))
    with pytest.raises(StepRefused) as told:
        taken(sqlite_store, 2, ("H1", Received()), ("H2", Closed()), ("H3", Received()))
    assert str(told.value) == (
        "H2 cannot be closed: it lacks the verdict on 1 clues. "
        "H3 was never dispatched from here, nor has it a verdict. Take the id from mingjing cases. Nothing was taken in."
    )
    with sqlite_store.reading() as book:
        assert book.last_position == 2


def test_the_same_step_again_adds_nothing_and_is_said(sqlite_store: CaseStore) -> None:
    taken(sqlite_store, 1, ("H1", dispatched("C11")))
    for on, payload in (
        (2, Received()),
        (3, Referred(office="教育局", reason="学籍")),
        (4, Snoozed(reason="外出")),
        (5, Reopened(reason="回")),
    ):
        first, again = taken(sqlite_store, on, ("H1", payload)), taken(sqlite_store, on + 1, ("H1", payload))
        assert (len(first.recorded), first.already, again.recorded, again.already) == (1, (), (), ("H1",))
    assert taken(sqlite_store, 5, ("H1", dispatched("C11", due=60))).already == ("H1",), "it is out with this clue"
    assert len(taken(sqlite_store, 5, ("H1", dispatched("C11", "C12", due=60))).recorded) == 1, "not with this one"


def test_what_is_said_twice_in_turn_is_two_events(sqlite_store: CaseStore) -> None:
    """Received, sent back and received on one day."""
    taken(sqlite_store, 1, ("H1", dispatched("C11")))
    for payload in (Received(), SentBack(reason="缺页"), Received(), SentBack(reason="缺页")):
        assert len(taken(sqlite_store, 2, ("H1", payload)).recorded) == 1


def test_a_case_that_was_visited_anew_may_be_sent_back_again(sqlite_store: CaseStore) -> None:
    taken(sqlite_store, 1, ("H1", dispatched("C11")))
    for on in (3, 6):
        with sqlite_store.writing() as book:
            book.record([of_clue("H1", "C11", on, verdict("无法核实", note=f"第{on}天"))])
        assert len(taken(sqlite_store, on + 1, ("H1", SentBack(reason="缺页"))).recorded) == 1
        assert taken(sqlite_store, on + 1, ("H1", SentBack(reason="缺页"))).already == ("H1",)


@pytest.mark.parametrize(
    ("before", "payload", "on", "why"),
    [
        ([OUT], dispatched("C13"), 0, "had its last step on 2018-01-01"),
        ([OUT], Received(), 0, "had its last step on 2018-01-01, later than 2017-12-31"),
        ([OUT], SentBack(reason="无"), 5, "nothing to send back"),
        ([OUT], Reopened(reason="无"), 5, "neither closed nor set aside"),
        ([OUT], Snoozed(reason="外出", until=day(5)), 5, "would come back on 2018-01-05, not after the 2018-01-05"),
        ([*BOTH_REFUTED], Received(), 9, "was never dispatched"),
        (
            [OUT, *BOTH_REFUTED, of_case("H1", 9, Closed())],
            SentBack(reason="无"),
            10,
            "was closed on 2018-01-09. Reopen it first",
        ),
    ],
)
def test_steps_that_do_not_follow_are_refused(
    sqlite_store: CaseStore, before: list[NewEvent], payload: Payload, on: int, why: str
) -> None:
    with sqlite_store.writing() as book:
        book.record(before)
    with pytest.raises(StepRefused, match=why):
        taken(sqlite_store, on, ("H1", payload))


# --- sequences drawn at random ------------------------------------------------------------------------------------------

DAYS, CASES, CLUES = st.integers(1, 60), st.sampled_from(["1", "2"]), st.sampled_from(["1", "2", "3"])
MONEYS = st.decimals(0, 500, places=2)
SAID = st.sampled_from(["查是-违规", "查否-时间差", "无法核实", "移送"])
OF_CLUE = st.one_of(
    st.builds(verdict, SAID),
    st.builds(
        Rectification, problem=st.sampled_from(Problem), measure=st.sampled_from(Measure), due_on=st.none() | st.builds(day, DAYS),
        done_on=st.none() | st.builds(day, DAYS), to_recover_yuan=st.none() | MONEYS,
    ),
    st.builds(Recovery, yuan=MONEYS, receipt_no=st.sampled_from("123")),
    st.just(Appeal(reason="错")),
    st.builds(lambda o: Appeal(reason="错", outcome=o, decided_on=day(9), reviewers="丙某、丁某"), st.sampled_from(AppealOutcome)),
)  # fmt: skip
OF_CASE = st.one_of(
    st.builds(lambda due, n: dispatched(*(f"C{i}" for i in range(1, n + 1)), due=due), DAYS, st.integers(1, 3)),
    st.sampled_from(
        [Received(), SentBack(reason="缺页"), Referred(office="教育局", reason="学籍"), Closed(), Reopened(reason="又")]
    ),
    st.builds(Snoozed, until=st.none() | st.builds(day, DAYS), reason=st.just("外出")),
)
ACTS = st.lists(st.tuples(CASES, CLUES, DAYS, OF_CLUE | OF_CASE), min_size=1, max_size=25)
_drawn = count(1)


def events_of(acts: Iterable[tuple[str, str, int, Any]], example: int) -> list[NewEvent]:
    """Each example has cases of its own, so that one store does for all."""
    made = []
    for n, (case, clue, on, payload) in enumerate(acts):
        case_id = f"H{example}x{case}"
        is_step = payload.KIND in STEPS
        made.append(
            of_case(case_id, on, payload, occasion=str(n)) if is_step else of_clue(case_id, f"C{example}x{clue}", on, payload)
        )
    return made


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, cut=st.integers(0, 25))
def test_states_agree_step_by_step_and_from_the_start_on_both_databases(
    sqlite_store: CaseStore, postgresql_store: CaseStore, acts: list[Any], cut: int
) -> None:
    events = events_of(acts, next(_drawn))
    cases = sorted({event.case_id for event in events if event.case_id})
    kept: list[list[Event]] = []
    for store in (sqlite_store, postgresql_store):
        followed: dict[str, CaseState] = {}
        with store.reading() as book:
            position = book.last_position
        for part in (events[:cut], events[cut:], events):  # the last: all of it is handed in again
            with store.writing() as book:
                book.record(part)
                for event in book.events(after=position):
                    assert event.case_id is not None
                    followed[event.case_id] = after(followed.get(event.case_id, CaseState(event.case_id)), event)
                    position = event.position
        with store.reading() as book:
            kept.append(book.events(cases=cases))
        assert states_of(kept[-1]) == followed
    assert kept[0] == kept[1]
    assert verdict_rows(kept[0]) == verdict_rows(kept[1])
    assert case_rows(kept[0]) == case_rows(kept[1])
    for state in states_of(kept[0]).values():
        assert (state.stage(date(2018, 3, 1)) is Stage.CLOSED) == (state.closed_on is not None)


def test_two_thousand_verdicts_are_few(store: CaseStore) -> None:
    """Take-in, states and projections of a year's verdicts: none is read or written one by one."""
    events = [of_clue(f"H{n // 3}", f"C{n}", 1 + n % 60, verdict("查是-违规" if n % 3 else "查否-时间差")) for n in range(2000)]
    statements: list[str] = []
    sqlalchemy_event.listen(store._engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    with store.writing() as book:
        assert len(book.record(events)) == 2000
    with store.reading() as book:
        stored = book.events()
    assert len(verdict_rows(stored)) == 2000
    assert len(case_rows(stored)) == 667
    assert len(statements) < 20


def test_a_confirmation_that_an_appeal_revoked_counts_as_a_refutation() -> None:
    """In the lake's table of verdicts, of which training, lists and trials know; a visit after the appeal stands by itself."""

    def outcomes(*more: NewEvent) -> list[str]:
        events = recorded(ONE_CONFIRMED[0], *more)
        at = VERDICTS.column_names.index("outcome")
        return [row[at] for row in verdict_rows(events)]

    decided = {"decided_on": day(20), "reviewers": "陈某甲、孙某乙"}
    assert outcomes(of_clue("H1", "C11", 12, Appeal(reason="错"))) == [CONFIRMED]
    assert outcomes(of_clue("H1", "C11", 12, Appeal(reason="错", outcome=AppealOutcome.PARTLY_REVOKED, **decided))) == [CONFIRMED]
    revoked = of_clue("H1", "C11", 12, Appeal(reason="错", outcome=AppealOutcome.REVOKED, **decided))
    assert outcomes(revoked) == [REFUTED]
    assert outcomes(revoked, of_clue("H1", "C11", 30, verdict("查是-违规"))) == [REFUTED, CONFIRMED]
    assert outcomes(revoked, of_clue("H1", "C11", 30, verdict("无法核实"))) == [REFUTED, UNVERIFIABLE]
