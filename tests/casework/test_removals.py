"""What is over is taken out as a whole and told; afterwards the store refuses what it refused before. On both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError

from casework.payloads import Closed, Kind, NeedOutcome, Recovery, SubjectKind
from casework.removals import Removal, YearTotals, digest_of_events, events_over, imports_gone, numbers_in, ranges, years_of
from casework.store import URL_VARIABLE, CaseStore, WritableBook
from casework.tables import EVENTS, REMOVALS
from expectations.contracts.returned import NeedResult
from tests.casework.made import AT, day, dispatched, of_case, of_clue, verdict


def filled(store: CaseStore) -> None:
    with store.writing() as book:
        book.record(
            [of_case("H1", 1, dispatched("C11")), of_clue("H1", "C11", 2, verdict())],
            [of_case("H1", 3, Closed()), of_clue("H2", "C21", 3, verdict())],
            [
                of_case("H1", 4, dispatched("C11")),
                of_clue("H2", "C21", 5, Recovery(yuan=Decimal("7.00"), receipt_no="1")),
                of_case("H2", 6, Closed()),
            ],
        )


def over(book: WritableBook) -> Removal:
    """All that is recorded so far, told as a purge tells it."""
    events = book.events()
    return Removal(
        as_of=day(300), removed_at=AT, removed_by="li", second="wang", positions=ranges(event.position for event in events), editions=(),
        cases=2, restricted=0, imports=imports_gone(events, events), last_position=book.last_position, sha256=digest_of_events(events),
        years=years_of(events),
    )  # fmt: skip


def test_numbers_go_on_behind_what_was_removed_and_nothing_else_can_be(store: CaseStore) -> None:
    filled(store)
    with store.writing() as book:
        removal = over(book)
        book.remove(removal)
        book.remove(removal)
    store.forget()
    with store.writing() as book:
        assert (book.events(), book.removals(), book.last_position) == ([], [removal], 7)
        assert [event.position for event in book.record([of_case("H3", 1, dispatched("C31"))])] == [8]
    for statement in (
        f"DELETE FROM {EVENTS}",
        f"UPDATE {EVENTS} SET role = 'county'",
        f"DELETE FROM {REMOVALS}",
        f"UPDATE {REMOVALS} SET last_position = 0",
        f"INSERT INTO {EVENTS} SELECT * FROM {EVENTS}",
    ):
        with store._engine.connect() as connection, pytest.raises(DatabaseError), connection.begin():
            connection.execute(text(statement))


def test_a_removal_that_fails_leaves_store_and_triggers_as_they_were(store: CaseStore) -> None:
    filled(store)

    def fails() -> None:
        with store.writing() as book:
            book.remove(over(book))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.reading() as book:
        assert (len(book.events()), book.removals()) == (7, [])
    with store._engine.connect() as connection, pytest.raises(DatabaseError), connection.begin():
        connection.execute(text(f"DELETE FROM {EVENTS}"))


def test_a_store_of_an_earlier_version_never_gives_a_number_twice_either(store: CaseStore) -> None:
    filled(store)
    with store._engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text(f"DROP TABLE {REMOVALS}"))
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"DROP FUNCTION {REMOVALS}_refuse()"))
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER casework_events_next"))
            connection.execute(text(
                "CREATE TRIGGER casework_events_next BEFORE INSERT ON casework_events WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 "
                "FROM casework_events) BEGIN SELECT RAISE(ABORT, 'an event stands behind the last one'); END"
            ))  # fmt: skip
    with CaseStore(store._engine.url) as opened, opened.writing() as book:
        book.remove(over(book))
        assert [event.position for event in book.record([of_case("H3", 1, dispatched("C31"))])] == [8]


def test_a_store_with_gaps_moves_with_them(sqlite_store: CaseStore, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(sqlite_store)
    with sqlite_store.writing() as book:
        removal = over(book)
        book.remove(removal)
        later = book.record([of_case("H3", 1, dispatched("C31"))])
    address = make_url(database).set(drivername="postgresql+psycopg")
    assert sqlite_store.move_to(address) == 8
    monkeypatch.setenv(URL_VARIABLE, database)
    with CaseStore(address) as moved, moved.writing() as book:
        assert (book.events(), book.removals(), book.last_position) == (later, [removal], 8)
        assert [event.position for event in book.record([of_case("H4", 1, dispatched("C41"))])] == [9]


def test_whole_cases_are_over_by_their_last_act_and_the_day_on_which_it_was_recorded(sqlite_store: CaseStore) -> None:
    def need(subject: str, on: int) -> object:
        said = NeedOutcome(result=NeedResult.LOW_INCOME, checkers="甲、乙")
        return of_clue(None, subject, on, said, SubjectKind.NEED, recorded_at=None)

    filled(sqlite_store)
    late = of_case("H5", 9, Closed(), recorded_at="2018-06-01T08:00:00+00:00")
    with sqlite_store.writing() as book:
        book.record([of_clue("H5", "C51", 8, verdict(), recorded_at=None), late, need("N1", 8), need("N2", 12), need("N2", 13)])  # type: ignore[list-item]
        events = book.events()

    def gone(last: date) -> list[str]:
        return sorted({event.case_id or event.subject.id for event in events_over(events, lambda on: on <= last)})

    assert gone(day(8)) == ["N1"], "what nobody recorded the day of is of the day of the act"
    assert gone(day(12)) == ["N1"], "not the first half of what was done with a need"
    assert gone(day(13)) == ["N1", "N2"]
    assert gone(date(2018, 4, 1)) == ["N1", "N2"], "cases were recorded on the second of April"
    assert gone(date(2018, 4, 2)) == ["H2", "N1", "N2"], "one that was sent out again without an answer is open"
    assert gone(date(2018, 6, 1)) == ["H2", "H5", "N1", "N2"]


def test_what_was_removed_is_told_by_year_and_adds_up(sqlite_store: CaseStore) -> None:
    filled(sqlite_store)
    with sqlite_store.writing() as book:
        events = [*book.events(), *book.record([of_clue("H9", "C91", 400, Recovery(yuan=Decimal("3.00"), receipt_no="2"))])]
    assert years_of(events) == (
        YearTotals(year=2018, events=7, verdicts=2, confirmed=2, recovered_yuan=Decimal("7.00")),
        YearTotals(year=2019, events=1, verdicts=0, confirmed=0, recovered_yuan=Decimal("3.00")),
    )
    verdicts = [event for event in events if event.after.KIND is Kind.VERDICT]
    assert [imports_gone(events, going) for going in ([], verdicts[:1], verdicts)] == [0, 1, 2]
    assert ranges([9, 1, 2, 3, 5]) == ((1, 3), (5, 5), (9, 9))
    assert numbers_in(ranges([9, 1, 2, 3, 5])) == {1, 2, 3, 5, 9}
