"""Events are kept once, whole, in their order, and nobody edits them; on both databases alike."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DatabaseError

from casework.errors import BadAddress, Contradiction, UnusableStore
from casework.events import NewEvent, Place
from casework.payloads import (
    PAYLOADS,
    Accountability,
    Appeal,
    Closed,
    Correction,
    DataOutcome,
    Kind,
    NeedOutcome,
    Payload,
    Received,
    Recovery,
    Rectification,
    Referred,
    Reopened,
    Restricted,
    SentBack,
    Snoozed,
    SubjectKind,
)
from casework.store import URL_VARIABLE, CaseStore, store_url
from expectations.contracts.returned import AppealOutcome, Assistance, DataResult, Measure, NeedResult, Problem, Sanction
from jobs.casebook.opened import addresses_of_move
from jobs.runtime.errors import BadConfiguration
from tests.casework.made import day, dispatched, of_case, of_clue, verdict

TWO = "甲某、乙某"
ONE_OF_EACH: tuple[NewEvent, ...] = (
    of_case("H1", 1, dispatched("C11", "C12")),
    of_case("H1", 2, Received()),
    of_clue("H1", "C11", 5, verdict(recovered_yuan=Decimal("1200.50"), stop_month=day(32), note="家中无人，问过邻居")),
    of_case("H1", 6, SentBack(reason="缺照片")),
    of_case("H1", 7, Referred(assistance=Assistance.MEDICAL, reason="重病")),
    of_clue(None, "N1", 8, NeedOutcome(result=NeedResult.LOW_INCOME, month=day(60), yuan_per_month=Decimal("380.00"), checkers=TWO),
            SubjectKind.NEED),
    of_clue("H1", "C13", 8, DataOutcome(result=DataResult.CORRECTED, checkers=TWO), SubjectKind.DATA_CLUE, restricted=Restricted(number="11")),
    of_clue("H1", "C13", 9, Correction(result=DataResult.CORRECTED, kept="a.csv:3", dropped=("b.csv:9",), checkers=TWO), SubjectKind.DATA_CLUE),
    of_clue("H1", "C11", 10, Rectification(problem=Problem.PAYMENT, measure=Measure.RECOVER, due_on=day(40), to_recover_yuan=Decimal("100.00"))),
    of_clue("H1", "C11", 11, Recovery(yuan=Decimal("40.00"), receipt_no="收001")),
    of_clue("H1", "C11", 12, Accountability(sanction=Sanction.PARTY, people=1, role="村委会委员"), restricted=Restricted(names=("某人",))),
    of_clue("H1", "C11", 13, Appeal(reason="车已卖", outcome=AppealOutcome.REVOKED, decided_on=day(20), reviewers=TWO)),
    of_case("H1", 21, Closed()),
    of_case("H1", 22, Snoozed(until=day(80), reason="外出务工")),
    of_case("H1", 23, Reopened(reason="又有线索")),
)  # fmt: skip


def record(store: CaseStore, *events: NewEvent) -> int:
    with store.writing() as book:
        return len(book.record(events))


def test_every_kind_comes_back_as_it_was_recorded(store: CaseStore) -> None:
    assert {event.after.KIND for event in ONE_OF_EACH} == set(Kind) == set(PAYLOADS)
    with store.writing() as book:
        recorded = book.record(ONE_OF_EACH)
    with store.reading() as book:
        assert book.events() == recorded
        assert book.last_position == len(ONE_OF_EACH)
    assert [event.position for event in recorded] == list(range(1, len(ONE_OF_EACH) + 1))
    for new, event in zip(ONE_OF_EACH, recorded, strict=True):
        assert event.event_id == new.event_id
        assert event.event_id[0] == "E"
        names = ("subject", "on_day", "after", "by", "role", "recorded_at", "case_id", "place", "source", "occasion")
        assert [getattr(event, name) for name in names] == [getattr(new, name) for name in names]


def test_the_same_paper_again_adds_nothing_whoever_brings_it_and_from_whichever_row(store: CaseStore) -> None:
    first = of_clue("H1", "C11", 5, verdict())
    assert record(store, first, first) == 1
    again = of_clue("H1", "C11", 5, verdict(taken_in_on=day(99), is_random=True), by="another", recorded_at="2019", source=None)
    assert record(store, again) == 0
    assert record(store, of_clue("H1", "C11", 6, verdict()), of_clue("H1", "C11", 5, verdict(note="又问"))) == 2


def test_before_is_what_the_last_event_of_the_kind_on_the_subject_said(store: CaseStore) -> None:
    one, two, three = verdict(), verdict("无法核实"), verdict("查否-时间差")
    with store.writing() as book:
        book.record([of_clue("H1", "C11", 5, one), of_clue("H1", "C12", 5, two)])
    with store.writing() as book:
        recorded = book.record([of_clue("H1", "C11", 6, two), of_clue("H1", "C11", 7, three)])
        money = book.record([of_clue("H1", "C11", n, Recovery(yuan=Decimal(n), receipt_no=str(n))) for n in (8, 9)])
    assert [event.before for event in recorded] == [one, two]
    assert [event.before for event in money] == [None, None], "instalments add up, they do not replace one another"
    assert [event.batch for event in (*recorded, *money)] == [2, 2, 3, 3]


def test_a_batch_is_a_take_in(store: CaseStore) -> None:
    with store.writing() as book:
        recorded = book.record(
            [of_clue("H1", "C11", 5, verdict())], [], [of_clue("H1", "C11", 5, verdict())], [of_clue("H1", "C12", 5, verdict())]
        )
    assert [(event.subject.id, event.batch) for event in recorded] == [("C11", 1), ("C12", 2)]


def test_a_take_in_that_fails_leaves_nothing(store: CaseStore) -> None:
    def fails() -> None:
        with store.writing() as book:
            book.record([of_clue("H1", "C11", 5, verdict())])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.reading() as book:
        assert book.last_position == 0


NAMED = "position, event_id, kind, role, on_day, subject_kind, subject_id, occasion, batch, after, schema_version"
INSERT = f"INSERT INTO casework_events ({NAMED})"
EDITS = {
    "update": "UPDATE casework_events SET role = 'county'",
    "delete": "DELETE FROM casework_events",
    "restricted update": "UPDATE casework_restricted SET facts = '{}'",
    "restricted delete": "DELETE FROM casework_restricted",
    "another store": "UPDATE casework_store SET store_id = 'S'",
    "no store": "DELETE FROM casework_store",
    "twice": "INSERT INTO casework_events SELECT * FROM casework_events WHERE position = 1",
    "a gap": f"{INSERT} VALUES (99, 'E9', 'closed', 'office', '2018-01-01', 'case', 'H1', '', 9, '{{}}', 1)",
    "another kind": f"{INSERT} VALUES (16, 'E9', 'forgotten', 'office', '2018-01-01', 'case', 'H1', '', 9, '{{}}', 1)",
    "an id without its letter": f"{INSERT} VALUES (16, '9', 'closed', 'office', '2018-01-01', 'case', 'H1', '', 9, '{{}}', 1)",
}
ON_SQLITE = {
    "replace": "INSERT OR REPLACE INTO casework_events SELECT * FROM casework_events WHERE position = 1",
    "replace from behind": (
        f"INSERT OR REPLACE INTO casework_events ({NAMED}) SELECT 16, {NAMED.removeprefix('position, ')} FROM casework_events "
        "WHERE position = 1"
    ),
    "replace restricted": "INSERT OR REPLACE INTO casework_restricted SELECT event_id, '{}' FROM casework_restricted",
}
ON_POSTGRESQL = {"truncate": "TRUNCATE casework_events CASCADE", "truncate restricted": "TRUNCATE casework_restricted"}


@pytest.mark.parametrize(
    ("kept_in", "edit"),
    [
        (name, edit)
        for name, own in (("sqlite", ON_SQLITE), ("postgresql", ON_POSTGRESQL))
        for edit in ({**EDITS, **own}).values()
    ],
)
def test_the_database_refuses_every_edit(request: pytest.FixtureRequest, kept_in: str, edit: str) -> None:
    """Sent past the store, as somebody with a shell of the database would."""
    store: CaseStore = request.getfixturevalue(f"{kept_in}_store")
    assert record(store, *ONE_OF_EACH) == 15
    with store.reading() as book:
        before = book.events(), book.restricted([event.event_id for event in ONE_OF_EACH]), book.store_id
    with pytest.raises(DatabaseError), store._engine.connect() as connection, connection.begin():
        connection.execute(text(edit))
    with store.reading() as book:
        assert (book.events(), book.restricted([event.event_id for event in ONE_OF_EACH]), book.store_id) == before


def test_restricted_facts_are_apart_from_the_events(store: CaseStore) -> None:
    record(store, *ONE_OF_EACH)
    with store.reading() as book:
        events = book.events()
        assert all(event.restricted is None for event in events)
        facts = book.restricted([event.event_id for event in events])
        kinds = {event.event_id: event.after.KIND for event in events}
    assert {kinds[event_id]: said for event_id, said in facts.items()} == {
        Kind.DATA_OUTCOME: Restricted(number="11"),
        Kind.ACCOUNTABILITY: Restricted(names=("某人",)),
    }
    with store._engine.connect() as connection:
        assert "某人" not in str(connection.execute(text("SELECT * FROM casework_events")).all())


def test_another_number_for_what_is_known_is_asked_back(store: CaseStore) -> None:
    def corrected(number: str) -> NewEvent:
        return of_clue(
            "H1",
            "C13",
            8,
            DataOutcome(result=DataResult.CORRECTED, checkers=TWO),
            SubjectKind.DATA_CLUE,
            restricted=Restricted(number=number),
        )

    with pytest.raises(Contradiction, match=r"^a.xlsx, row 7: the data_outcome of C13 .* another restricted fact"):
        record(store, corrected("11"), corrected("12"))
    assert record(store, corrected("11")) == 1
    assert record(store, corrected("11")) == 0
    with pytest.raises(Contradiction) as told:
        record(store, of_clue("H1", "C12", 9, verdict()), corrected("13"))
    assert "13" not in str(told.value).replace("C13", "")
    with store.reading() as book:
        assert book.last_position == 1


def test_events_are_found_by_day_place_rule_kind_and_case(store: CaseStore) -> None:
    west, other = Place("420222", "西镇", "V01"), Place("420281", None, "E01")
    record(
        store, of_case("H1", 1, dispatched("C11")), of_clue("H1", "C11", 5, verdict()), of_clue("H2", "C21", 9, verdict(), place=west),
        of_clue("H3", "C31", 9, verdict(), place=other),
    )  # fmt: skip

    def found(**wanted: object) -> list[int]:
        with store.reading() as book:
            return [event.position for event in book.events(**wanted)]  # type: ignore[arg-type]

    assert found() == [1, 2, 3, 4]
    assert found(first_day=day(5), last_day=day(9)) == [2, 3, 4]
    assert found(first_day=day(6), last_day=day(8)) == []
    assert found(county_code="420222") == [1, 2, 3]
    assert found(county_code="420222", town="西镇") == [3]
    assert found(rule_code="E01", kinds={Kind.VERDICT}) == [2, 4]
    assert found(cases=["H3", "H1", "H9"]) == [1, 2, 4]
    assert found(cases=[f"H{n}" for n in range(5000)]) == [1, 2, 3, 4]
    assert found(after=2) == [3, 4]


def test_a_second_writer_waits_and_both_are_kept(store: CaseStore) -> None:
    """Eight at once: positions without a gap, and what a writer reads it has for itself."""

    def write(n: int) -> None:
        with store.writing() as book:
            last = book.last_position
            book.record([of_clue("H1", f"C{n}", 5, verdict())])
            assert book.last_position == last + 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as book:
        events = book.events()
    assert [event.position for event in events] == list(range(1, 9))
    assert {event.subject.id for event in events} == {f"C{n}" for n in range(8)}


def test_a_reader_sees_one_moment_while_another_writes(store: CaseStore) -> None:
    with store.reading() as book:
        assert book.last_position == 0
        record(store, ONE_OF_EACH[0])
        assert (book.last_position, book.events()) == (0, [])
    with store.reading() as book:
        assert book.last_position == 1


@pytest.mark.parametrize(("kept_in", "rounds"), [("sqlite", 20), ("postgresql", 1)])
def test_those_who_open_a_new_store_at_once_make_one(
    request: pytest.FixtureRequest, tmp_path: Path, kept_in: str, rounds: int
) -> None:
    for n in range(rounds):  # two meet in SQLite's making of a file in one round of fifteen
        (tmp_path / f"{n}").mkdir()
        url = store_url(tmp_path / f"{n}")
        if kept_in == "postgresql":
            url = make_url(request.getfixturevalue("database")).set(drivername="postgresql+psycopg")
        found = opened_at_once(url)
        assert len(found) == 6
        assert len(set(found)) == 1


def opened_at_once(url: URL) -> list[str]:
    begin, found = threading.Barrier(6), list[str]()

    def open_it() -> None:
        begin.wait()
        with CaseStore(url) as store:
            found.append(store.store_id)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# --- the file and the address ------------------------------------------------------------------------------------------


def test_the_file_is_its_owners_only_and_moves_with_its_folder(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with CaseStore(store_url(tmp_path)) as store:
            store_id = store.store_id
            with store.writing() as book:
                book.record(ONE_OF_EACH)
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("casework.db", "casework.db-wal", "casework.db-shm"), 0o600)
    moved = tmp_path / "另 一%20处?#"
    moved.mkdir()
    (tmp_path / "casework.db").rename(moved / "casework.db")
    with CaseStore(store_url(moved)) as store, store.reading() as book:
        assert (store.store_id, book.last_position) == (store_id, 15)


@pytest.mark.parametrize("stated", ["", "cases", "mysql://u:secret@h/d", "postgresql+asyncpg://u:secret@h/d", "sqlite:///x.db"])
def test_an_address_of_another_kind_is_refused_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    monkeypatch.setenv(URL_VARIABLE, stated)
    with pytest.raises(BadAddress, match="Expected postgresql://") as told:
        store_url(tmp_path)
    assert "secret" not in str(told.value)


def test_a_server_that_is_silent_and_a_file_that_is_no_database_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv(URL_VARIABLE, "postgresql://u:secret@127.0.0.1:9/cases")
        silent = store_url(tmp_path)
    with pytest.raises(BadAddress, match="gives no answer") as told:
        CaseStore(silent)
    assert "secret" not in str(told.value)
    (tmp_path / "casework.db").write_bytes(b"no database, but long enough to be looked at" * 99)
    with pytest.raises(UnusableStore, match=r"casework.db cannot be used"):
        CaseStore(store_url(tmp_path))


def test_a_store_of_a_later_version_is_left_alone(store: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.store.LAYOUT", 0)
    with pytest.raises(UnusableStore, match=r"has layout 1. Expected 0: a later version made it"):
        store._made("")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda: of_clue("H1", "C11", 1, Closed()), "is about case, not about a clue"),
        (lambda: of_clue("H1", "11", 1, verdict()), "begins with a letter"),
        (lambda: replace(of_case("H1", 1, Closed()), case_id=None), "is that case"),
        (lambda: Referred(reason="无"), "one of the two"),
        (lambda: Referred(reason="无", office="教育局", assistance=Assistance.EDUCATION), "one of the two"),
        (lambda: Appeal(reason="无", outcome=AppealOutcome.UPHELD), "together"),
        (lambda: verdict("属实"), "查是-违规"),
        (lambda: Recovery(yuan=Decimal("0.001"), receipt_no="1"), "decimal"),
    ],
)  # fmt: skip
def test_what_says_nothing_of_its_kind_is_no_event(wrong: Callable[[], NewEvent | Payload], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        wrong()


TAKE_IN = """
import sys
from casework.store import CaseStore
from sqlalchemy import make_url
from tests.casework.test_store import ONE_OF_EACH

with CaseStore(make_url(sys.argv[1])) as store, store.writing() as book:
    book.record(ONE_OF_EACH)
    print("recorded", flush=True)
    sys.stdin.read()
"""


def test_a_take_in_that_is_killed_before_its_end_leaves_nothing_and_holds_nobody_up(store: CaseStore) -> None:
    """With SIGKILL, in another process, when all is written and nothing is decided."""
    url = store._engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", TAKE_IN, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"recorded\n"
        with store.reading() as book:
            assert book.last_position == 0
        process.kill()
    assert record(store, *ONE_OF_EACH) == len(ONE_OF_EACH)


def test_a_store_moves_without_loss_and_takes_nothing_in_afterwards(
    sqlite_store: CaseStore, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Positions, ids, batches, what stood before, restricted facts and the store's own id are the same; what is moved twice is moved once."""
    names = Restricted(names=("王五",))
    with sqlite_store.writing() as book:
        book.record([of_case("H1", 1, dispatched("C11"))], [of_clue("H1", "C11", 9, verdict())])
        book.record(
            [of_clue("H1", "C11", 12, Accountability(sanction=Sanction.REMINDER, people=1, role="村干部"), restricted=names)]
        )
    with sqlite_store.reading() as book:
        before = book.events()
    monkeypatch.setenv(URL_VARIABLE, database)
    here, there = addresses_of_move(tmp_path)
    with CaseStore(here) as waiting:
        assert sqlite_store.move_to(there) == 3
        with pytest.raises(DatabaseError, match="the case store was moved"), waiting.writing() as late:
            late.record([of_case("H9", 20, dispatched("C91"))])
    with pytest.raises(
        UnusableStore, match=f"was moved to a database, and holds what it held then. Name the database in {URL_VARIABLE}"
    ):
        CaseStore(here)
    with CaseStore(there) as moved, moved.reading() as book:
        assert (moved.store_id, book.events()) == (sqlite_store.store_id, before)
        assert book.restricted([event.event_id for event in before]) == {before[-1].event_id: names}
    with CaseStore(there) as moved, moved.writing() as book:
        assert book.record([of_case("H1", 20, Received())])[0].position == 4


def test_a_store_moves_into_an_empty_database_only(
    sqlite_store: CaseStore, postgresql_store: CaseStore, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_store.writing() as book:
        book.record([of_case("H1", 1, dispatched("C11"))])
    with pytest.raises(BadConfiguration, match=f"{URL_VARIABLE} is not set"):
        addresses_of_move(tmp_path)
    monkeypatch.setenv(URL_VARIABLE, database)
    with pytest.raises(
        UnusableStore, match=rf"holds the case store {postgresql_store.store_id} with 0 events.*Nothing was moved"
    ):
        sqlite_store.move_to(addresses_of_move(tmp_path)[1])
    with sqlite_store.writing() as book:
        book.record([of_case("H2", 1, dispatched("C21"))])
    with pytest.raises(BadConfiguration, match="Name the OUT whose case store is to be moved"):
        addresses_of_move(tmp_path / "none")
