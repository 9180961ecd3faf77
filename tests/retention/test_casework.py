"""The case store has an end, too: what was done with a case is in no byte of the results once its time is over, and not a day sooner."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs
import psycopg
import pytest
from deltalake import DeltaTable
from openpyxl import load_workbook

from casework import store as of_store
from casework.editions import Edition, EditionFile
from casework.errors import UnusableStore
from casework.events import NewEvent
from casework.payloads import Accountability, Appeal, Closed, Listed, Recovery, Reopened, Restricted
from casework.store import URL_VARIABLE, CaseStore, store_url
from expectations.contracts.lake import CASE_STATES, CASEWORK, VERDICTS
from expectations.contracts.model import Table
from expectations.contracts.returned import AppealOutcome, Sanction
from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.intact import Found
from jobs.audit.log import entries_of
from jobs.casebook.opened import addresses_of_move
from jobs.casebook.projections import case_rows, verdict_rows
from jobs.launch.retention_params import Kept, RetentionParams
from jobs.retention import casework, job
from jobs.retention.certificate import Certificate
from tests.casework.conftest import database, postgresql  # noqa: F401
from tests.casework.made import day, dispatched, of_case, of_clue, verdict
from tests.retention.conftest import NAME, NUMBER, named_in

PARAMS = RetentionParams(**{
    name: Kept(months=months, source="a test") for name, months in (("registers", 12), ("findings", 36), ("casework", 120))
})  # fmt: skip
LAST, OVER = date(2028, 2, 9), date(2028, 2, 10)
"""H1 is closed on the 40th day of 2018, and was recorded no later: the last day within its 120 months, and the first behind."""
AT = "2018-02-09T08:00:00+00:00"


def _listed(case: str) -> Listed:
    return Listed(listed_on=day(1), rule_code="E01", case_id=case, county_code="420222")


OF_H1: tuple[NewEvent, ...] = (
    of_case("H1", 1, dispatched("C11", town=f"{NAME}镇"), recorded_at=AT),
    of_clue("H1", "C11", 5, verdict(checkers=f"{NAME}、乙某", note=f"本人{NUMBER}"), recorded_at=AT),
    of_clue("H1", "C11", 11, Recovery(yuan=Decimal("40.00"), receipt_no=NUMBER), recorded_at=AT),
    of_clue("H1", "C11", 12, Accountability(sanction=Sanction.PARTY, people=1, role=NAME), recorded_at=AT,
            restricted=Restricted(names=(NAME,), number=NUMBER)),
    of_clue("H1", "C11", 13, Appeal(reason=NUMBER, outcome=AppealOutcome.REVOKED, decided_on=day(20), reviewers=f"{NAME}、丙某"), recorded_at=AT),
    of_case("H1", 40, Closed(note=NAME), recorded_at=AT),
)  # fmt: skip
REST: tuple[NewEvent, ...] = (
    of_case("H2", 1, dispatched("C21"), recorded_at=AT),
    of_clue("H2", "C21", 5, verdict(listed=_listed("H2")), recorded_at=AT),
    of_case("H3", 1, dispatched("C31"), recorded_at=AT),
    of_clue("H3", "C31", 6, verdict("查否-时间差", listed=_listed("H3")), recorded_at=AT),
    of_case("H3", 39, Closed(), recorded_at=AT),
    of_clue("H3", "C31", 41, Recovery(yuan=Decimal("5.00"), receipt_no="收9"), recorded_at="2018-02-10T08:00:00+00:00"),
)
"""H2 is open; of H3 money came a day later than H1 was closed."""
EDITION = Edition(
    number=1, mark="0" * 12, made_at=AT, made_by="zhao", recipient=NAME, purpose="入户核查", expires_on=day(40),
    files=(EditionFile(name="a.xlsx", sha256="0" * 64, made_from="1" * 64),),
)  # fmt: skip


@pytest.fixture
def kept_out(tmp_path: Path) -> Path:
    """OUT with a store and what a lake shows of it."""
    return made(tmp_path / "out")


def made(out: Path) -> Path:
    out.mkdir()
    with CaseStore(store_url(out)) as store:
        with store.writing() as book:
            book.record(OF_H1[:2], OF_H1[2:], REST)
            book.record_edition(EDITION)
        with store.reading() as book:
            events = book.events()
            for table, rows in (
                (VERDICTS, verdict_rows(events)),
                (CASE_STATES, case_rows(events)),
                (CASEWORK, [(book.store_id, book.last_position)]),
            ):
                write(out, table, rows)
    return out


def write(out: Path, table: Table, rows: list[Any]) -> None:
    """The table without what its rule measured, of which no row here says anything."""
    given = [dict(zip(table.column_names, row, strict=True)) | ({"signals": None} if table is VERDICTS else {}) for row in rows]
    frame = pl.DataFrame(given, infer_schema_length=None).with_columns(cs.by_dtype(pl.Null).cast(pl.String))
    frame.write_delta(str(out / "lake" / table.zone / table.name))


def purged(out: Path, as_of: date) -> Certificate:
    lakes = [out / "lake"]
    with recorded("purge", {}, purpose=SUPERVISION, out=out):
        plan = job.unfinished(lakes, out, as_of, PARAMS) or planned(out, as_of)
        if plan.things:
            job.purge(lakes, out, plan, PARAMS, lambda _: None)
    return plan


def planned(out: Path, as_of: date) -> Certificate:
    return job.planned([out / "lake"], out, as_of, PARAMS, ("li", "wang", "2026-01-01T00:00:00+00:00"))


def store_said(out: Path) -> tuple[list[str], dict[int, Decimal]]:
    """Cases of which events are there, and what was recovered by year."""
    with CaseStore(store_url(out)) as store, store.reading() as book:
        events = book.events()
    money: dict[int, Decimal] = {}
    for event in events:
        if isinstance(event.after, Recovery):
            money[event.on_day.year] = money.get(event.on_day.year, Decimal(0)) + event.after.yuan
    return sorted({str(event.case_id) for event in events}), money


def rows_of(out: Path, table: Table) -> list[dict[str, Any]]:
    return list(DeltaTable(out / "lake" / table.zone / table.name).to_pyarrow_table().to_pylist())


def test_a_closed_case_is_in_no_byte_once_its_time_is_over_and_not_a_day_sooner(kept_out: Path) -> None:
    before, money = named_in(kept_out), store_said(kept_out)[1]
    assert any(path.startswith("casework.db") for path in before)
    assert any(path.startswith("lake/vault/verdicts") for path in before)
    assert purged(kept_out, LAST).things == ()
    assert named_in(kept_out) == before
    certificate = purged(kept_out, OVER)
    assert named_in(kept_out) == []
    cases, left = store_said(kept_out)
    assert cases == ["H2", "H3"], "open, and gone on with a day later"
    assert certificate.held_cases == ("H2",)
    removal = certificate.casework
    assert removal is not None
    assert (removal.cases, removal.events, removal.restricted, removal.positions, removal.editions) == (
        1,
        6,
        1,
        ((1, 6),),
        ((1, 1),),
    )
    assert {year.year: left.get(year.year, Decimal(0)) + year.recovered_yuan for year in removal.years} == money
    assert {row["case_id"] for row in rows_of(kept_out, CASE_STATES)} == {"H2", "H3"}
    log = {entry["event"]: entry for entry in entries_of(kept_out / "audit")}
    assert log["purge"]["casework"] == {"positions": [[1, 6]], "editions": [[1, 1]], "events": 6, "sha256": removal.sha256}
    assert purged(kept_out, OVER).things == ()
    assert store_said(kept_out)[0] == cases


def test_the_certificate_says_what_was_taken_out_by_year_and_what_stays(kept_out: Path) -> None:
    assert planned(kept_out, LAST).restricted_left == 1
    purged(kept_out, OVER)
    book = load_workbook(kept_out / "certificates" / f"销毁证明_{OVER}.xlsx", read_only=True)
    years = [tuple(cell.value for cell in row) for row in book["办理记录"].iter_rows()]
    assert ("2018年", 6, 1, 1, 40) in years
    facts = {row[0].value: str(row[1].value) for row in book["证明"].iter_rows(min_row=2)}
    assert "已销号案件1件，共6条记录（其中含证件号码或姓名的1条），序号1—6；发放登记1" in facts["办理记录"]
    assert "由数据库管理员销毁" in facts["本程序不能保证的"]


def test_what_the_lake_shows_afterwards_is_what_it_shows_when_it_is_built_anew(kept_out: Path) -> None:
    purged(kept_out, OVER)
    with CaseStore(store_url(kept_out)) as store, store.reading() as book:
        anew = verdict_rows(book.events(), sum(removal.imports for removal in book.removals()))
        assert book.last_position == len(OF_H1) + len(REST), "the lake that has followed it so far refuses an older one"
    kept = sorted(rows_of(kept_out, VERDICTS), key=lambda row: str(row["clue_id"]))
    assert [(row["clue_id"], row["verdict_no"], row["import_no"]) for row in kept] == [
        tuple(dict(zip(VERDICTS.column_names, row, strict=True))[name] for name in ("clue_id", "verdict_no", "import_no")) for row in anew
    ]  # fmt: skip


class Killed(BaseException):
    """As by a signal."""


@pytest.mark.parametrize("step", ["before", "between", "behind"])
def test_a_purge_of_casework_that_is_killed_is_gone_on_with(kept_out: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    expected = planned(kept_out, OVER)
    forget = CaseStore.forget

    def killed(*given: Any, **_: Any) -> None:
        if step == "behind":
            forget(given[0])
        raise Killed

    with monkeypatch.context() as patch:
        where: Any = job if step == "before" else CaseStore
        patch.setattr(where, "remove_casework" if step == "before" else "forget", killed)
        with pytest.raises(Killed):
            purged(kept_out, OVER)
    assert any(path.startswith("vault/verdicts") for path in named_in(kept_out / "lake"))
    certificate = purged(kept_out, OVER)
    assert certificate == expected
    assert named_in(kept_out) == []


def test_a_case_that_is_gone_on_with_while_a_purge_lies_killed_stays_whole(
    kept_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(job, "remove_casework", killed)
        with pytest.raises(Killed):
            purged(kept_out, OVER)
    with CaseStore(store_url(kept_out)) as store, store.writing() as book:
        book.record([of_case("H1", 3695, Reopened(reason="又有线索"), recorded_at="2028-02-12T08:00:00+00:00")])
    certificate = purged(kept_out, OVER)
    assert certificate.casework is not None
    assert (certificate.casework.events, certificate.casework.editions) == (0, ((1, 1),))
    assert store_said(kept_out)[0] == ["H1", "H2", "H3"]
    assert any(row["case_id"] == "H1" for row in rows_of(kept_out, VERDICTS))


def test_a_reader_keeps_the_bytes_until_he_has_gone_and_the_purge_says_so(
    kept_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_store, "_PATIENCE_SECONDS", 0.2)
    with CaseStore(store_url(kept_out)) as other, other.reading() as book:
        book.events()
        with pytest.raises(UnusableStore, match="read by another process"):
            purged(kept_out, OVER)
    purged(kept_out, OVER)
    assert named_in(kept_out) == []


def test_on_a_server_the_rows_go_and_with_them_the_file_that_the_store_was_moved_from(
    kept_out: Path,
    database: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(URL_VARIABLE, database)
    here, there = addresses_of_move(kept_out)
    with CaseStore(here) as store:
        store.move_to(there)
    certificate = purged(kept_out, OVER)
    assert {"casework.db", casework.EVENTS} <= {thing.path for thing in certificate.things}
    assert named_in(kept_out) == []
    assert not list(kept_out.glob("casework.db*"))
    assert store_said(kept_out)[0] == ["H2", "H3"]
    with psycopg.connect(database) as connection:
        for table in ("casework_events", "casework_restricted", "casework_editions"):
            assert NAME not in str(connection.execute(f"SELECT * FROM {table}").fetchall())


def test_what_is_missing_of_the_store_was_taken_out_by_a_purge_that_the_log_knows_or_is_named(kept_out: Path) -> None:
    def differences() -> list[str]:
        found = Found()
        casework.compare_casework(kept_out / "lake", kept_out, entries_of(kept_out / "audit"), found)
        return found.differences

    assert differences() == []
    purged(kept_out, OVER)
    assert differences() == []
    log = kept_out / "audit" / "log.jsonl"
    log.rename(log.with_suffix(".away"))
    assert differences() == [f"The case store says that a purge as of {OVER} took events out; the log knows of none."]
    log.with_suffix(".away").rename(log)
    with closing(sqlite3.connect(kept_out / "casework.db")) as connection:
        connection.executescript("DROP TRIGGER casework_events_no_delete; DELETE FROM casework_events WHERE position = 9")
    assert differences() == ["The case store lacks events, of which the first is 9: no purge took them out."]


def test_an_approval_of_a_purge_is_of_the_events_that_it_was_given_for(kept_out: Path) -> None:
    first = planned(kept_out, OVER)
    again = job.planned([kept_out / "lake"], kept_out, OVER, PARAMS, ("zhao", "", "2027-01-01T00:00:00+00:00"))
    assert job.digest_of_plan(first) == job.digest_of_plan(again), "whoever asks, and whenever"
    with CaseStore(store_url(kept_out)) as store, store.writing() as book:
        book.record([of_case("H1", 50, Reopened(reason="又有线索"), recorded_at=AT)])
    assert job.digest_of_plan(planned(kept_out, OVER)) != job.digest_of_plan(first)
    assert json.loads(first.model_dump_json())["casework"]["positions"] == [[1, 6]]
