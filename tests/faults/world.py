"""The product's own writers over a city of a few rows: what a run, a take-in and a purge write, in the order in which they do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq
from deltalake import DeltaTable

from casework.events import NewEvent
from casework.payloads import Closed, Listed
from casework.removals import numbers_in
from casework.store import FILE
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CLUES, FILES, PERSON_IDS
from jobs.audit import intact
from jobs.audit import vouched as vouched_module
from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.intact import Found, compare_lake, compare_lists
from jobs.audit.log import FOLDER as AUDIT
from jobs.audit.log import entries_of, proof
from jobs.audit.vouched import places, vouch, vouched, zones
from jobs.casebook.opened import case_store, case_store_beside, has_store
from jobs.casebook.projecting import PROJECTIONS, project
from jobs.launch.retention_params import Kept, RetentionParams
from jobs.retention.casework import compare_casework
from jobs.retention.job import PLAN, planned, purge, unfinished
from jobs.runtime import delta_folder
from jobs.runtime import lake as lake_module
from jobs.runtime.lake import Lake, single_writer
from jobs.runtime.results import Stamp, owner_only, parts_of, publication, replace_file, settle
from tests.casework.made import day, dispatched, of_case, of_clue, verdict
from tests.faults.engine import Session, engine

PAYMENTS = DATA_SETS["payments"]
VERSIONS = 3
RETENTION = RetentionParams(
    **{name: Kept(months=months, source="s") for name, months in (("registers", 12), ("findings", 24), ("casework", 24))}
)
PURGED_ON = date(2018, 6, 30)
"""The first file has expired by then, the second has not; of the cases the one that was closed years ago."""
NOTE = "the words of an inspector years ago"
PEOPLE = 3
"""In each month's file; one of them is new."""


_told: dict[object, Any] = {}
"""What logs of tables say, by their bytes: most tables of most seeds are as they were in the seed before."""


def _by_log(function: Callable[..., Any], folder_of: Callable[..., Path]) -> Callable[..., Any]:
    def asked_once(*given: Any) -> Any:
        folder = folder_of(*given)
        log = tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("_delta_log/*")) if path.is_file())
        key = (function, folder.name, *(one for one in given if not isinstance(one, Path)), log)
        if key not in _told:
            _told[key] = function(*given)
        return _told[key]

    return asked_once


@contextmanager
def stood_in() -> Iterator[None]:
    """Plans are known by the rows that they come to, a log is shortened soon, and is not read twice."""
    now = _by_log(delta_folder.current, lambda lake, place: Path(lake, place))
    of_table = _by_log(vouched_module.state_of, lambda folder, *_: Path(folder))
    with (
        patch.object(lake_module, "digest_of_plan", lambda rows, _: rows.digest),
        patch.object(delta_folder, "_OLD_LOG", 3),
        patch.object(lake_module, "current", now),
        patch.object(delta_folder, "current", now),
        patch.object(intact, "state_of", of_table),
        patch.object(vouched_module, "state_of", of_table),
        patch.object(intact, "_current", _by_log(intact._current, Path)),
    ):
        yield


def first_months(out: Path) -> None:
    """Two months, a take-in between them, and a list that somebody has filled in."""
    out.mkdir(parents=True)
    run(out, 1)
    take_in(out, 1)
    (out / "exports" / "clues.csv").write_text("filled in", encoding="utf-8")
    run(out, 2)


def run(out: Path, month: int) -> None:
    """A month's file into every zone, and lists of it."""
    day = date(2017, month, 28)
    with recorded("run", {"as_of": day}, purpose=SUPERVISION, out=out), _held(out) as lake:
        try:
            settle(out, _silent)
            own = lake.of_job(
                "run_all",
                (),
                (PAYMENTS.bronze, PAYMENTS.silver, FILES, PERSON_IDS, CLUES, *PROJECTIONS),
                {"run_id": "R", "code_version": "c"},
            )
            if has_store(out):
                with case_store_beside(own, out, _silent) as store, store.reading() as book:
                    project(own, book)
            _tables(own, month, day)
            clues = own.rows(CLUES)
            with publication(out, "publish", ["exports", "restricted"], Stamp(day, f"D{month}"), _silent) as staged:
                for zone in ("exports", "restricted"):
                    text = json.dumps([zone, month, sorted(clue["clue_id"] for clue in clues)])
                    (staged / zone / "clues.csv").write_text(text, encoding="utf-8")
                    (staged / zone / f"{month}").mkdir()
                    (staged / zone / f"{month}" / "of-month.txt").write_text(text * 50, encoding="utf-8")
            lake.tidy(VERSIONS)
            replace_file(out / "run_report.json", f"{month}\n")
        finally:
            vouch(lake.kept_here)


def take_in(out: Path, number: int) -> None:
    """Events of a returned file, the tables that follow them, and an account."""
    with recorded("take-in", {}, purpose=SUPERVISION, out=out), _held(out) as lake:
        try:
            settle(out, _silent)
            with case_store_beside(lake, out, _silent) as store:
                with store.writing() as book:
                    book.record(events(number))
                with store.reading() as book:
                    project(lake, book)
                    last = book.last_position
            zone = f"restricted/returns/{number}"
            with publication(out, "take_in", [zone], Stamp(date(2017, 2, 28), "D"), _silent) as staged:
                (staged / zone / "account.csv").write_text(f"{last}\n", encoding="utf-8")
        finally:
            vouch(lake.kept_here)


def remove(out: Path) -> None:
    """The purge of what has expired."""
    with recorded("purge", {}, purpose=SUPERVISION, out=out), _held(out):
        settle(out, _silent)
        lakes = [out / "lake"]
        plan = unfinished(lakes, out, PURGED_ON, RETENTION) or planned(lakes, out, PURGED_ON, RETENTION, ("a", "b", "now"))
        if plan.things:
            purge(lakes, out, plan, RETENTION, _silent)
        vouch(lakes[0])


ACTS: dict[str, Callable[[Path], None]] = {
    "run": lambda out: run(out, 3),
    "run again": lambda out: run(out, 2),
    "take in": lambda out: take_in(out, 2),
    "purge": remove,
}


def events(number: int) -> list[NewEvent]:
    """Of two cases and a clue; the last of the take-in before is said once more. The first brings a case of long ago, too."""
    found = verdict(note=NOTE, listed=Listed(listed_on=day(-999), rule_code="E01", case_id="H9", county_code="420222"))
    of_old = [
        of_case("H9", -999, dispatched("C91"), recorded_at=None),
        of_clue("H9", "C91", -998, found, recorded_at=None),
        of_case("H9", -997, Closed(note=NOTE), recorded_at=None),
    ]
    return [*of_old, *_of_two(number)] if number == 1 else _of_two(number)


def _of_two(number: int) -> list[NewEvent]:
    return [
        event
        for one in (number - 1, number)
        for event in (
            of_case(f"H{one}", 1 + one, dispatched(f"C{one}1")),
            of_clue(f"H{one}", f"C{one}1", 10 + one, verdict()),
        )
    ]  # fmt: skip


def state(out: Path) -> dict[str, Any]:
    """What stands: rows of every table, every result by its bytes, every event."""
    tables = {place: _rows(out / "lake" / place) for place in places(out / "lake")}
    results = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for zone in ("exports", "restricted")
        for path in sorted((out / zone).rglob("*"))
        if path.is_file() and path.name != ".mingjing.json"
    }
    lists = {zone: {name: (part.as_of, part.delivery) for name, part in parts_of(out / zone).items()} for zone in zones(out)}
    report = (out / "run_report.json").read_bytes()
    certified = [_certified(path) for path in sorted((out / "certificates").glob("*.json")) if path.name != ".mingjing.json"]
    return {**tables, **results, "certified": certified, "lists": lists, "events": _events(out), "report": report}


def wrong(out: Path, *, is_done: bool) -> Iterator[str]:
    """What must hold at any time, and once a command has come to its end."""
    if fault := proof(out / AUDIT).fault:
        yield f"audit: {fault}"
    positions, gone = [position for position, _, _ in _events(out)], _removed(out)
    if sorted((*positions, *gone)) != list(range(1, len(positions) + len(gone) + 1)):
        yield f"events at {positions}, removed {sorted(gone)}"
    files = {row["file_id"]: row["read_rows"] for row in _rows(out / "lake" / "ops/files")}
    held = [row["_file_id"] for row in _rows(out / "lake" / "bronze/payments")]
    is_purged = (out / "certificates").is_dir() or (out / ".mingjing" / PLAN).is_file()
    if not is_purged and any(held.count(file) != rows for file, rows in files.items()):
        yield f"accounts: {files} in the ledger, {[(file, held.count(file)) for file in sorted(set(held))]} in bronze"
    rows = [(row["_file_id"], row["_row"]) for row in _rows(out / "lake" / "bronze/payments")]
    if len(rows) != len(set(rows)):
        yield "rows doubled in bronze"
    ids = [(row["number_key"], row["own_id"]) for row in _rows(out / "lake" / "silver/person_ids")]
    if len({number for number, _ in ids}) != len(ids) or len({own for _, own in ids}) != len(ids):
        yield f"ids doubled: {ids}"
    if not is_done:
        return
    of_runs = {(part.as_of, part.delivery) for zone in ("exports", "restricted") for part in [parts_of(out / zone)["publish"]]}
    if len(of_runs) != 1:
        yield f"zones of two runs: {of_runs}"
    if left := sorted(path.name for path in (out / ".mingjing").iterdir() if path.name != "lock"):
        yield f"left in .mingjing: {left}"
    if hidden := sorted(path.name for path in out.rglob(".*.new")):
        yield f"left: {hidden}"
    found = Found()
    known = vouched(entries_of(out / AUDIT), out, out / "lake")
    compare_lake(out / "lake", known, found)
    compare_lists(out, known, found)
    compare_casework(out / "lake", out, entries_of(out / AUDIT), found)
    if _removed(out) and (
        told := [path.name for path in out.rglob("*") if path.is_file() and NOTE.encode() in path.read_bytes()]
    ):
        yield f"what was removed is still in {told}"
    yield from found.differences


@contextmanager
def _held(out: Path) -> Iterator[Lake]:
    with owner_only(out), single_writer(str(out / "lake")):
        yield Lake(engine(), str(out / "lake"))


def _tables(lake: Lake, month: int, day: date) -> None:
    session = Session()
    file, bronze = f"F{month}", PAYMENTS.bronze
    known = lake.rows(bronze) if lake.exists(bronze) else []
    if file not in {row["_file_id"] for row in known}:
        rows = [{"_fate": "accepted", "_file_id": file, "_row": n} for n in range(PEOPLE)]
        lake.append(bronze, session.createDataFrame(rows, lake_module.plain_schema(bronze)))  # type: ignore[arg-type]
    held = [row["_file_id"] for row in lake.rows(bronze)]
    ledger = {row["file_id"]: row for row in lake.rows(FILES)} | {
        file: {
            "delivery_no": month, "delivery_id": f"D{month}", "file_id": file, "file_name": f"{file}.csv", "data_set": "payments",
            "extract_date": date(2016 + month, 1, 31), "status": "accepted", "claimed_rows": PEOPLE, "sha256": "0" * 64,
        }
    }  # fmt: skip
    accounts = [
        row | {"read_rows": held.count(known), "accepted_rows": held.count(known)} for known, row in sorted(ledger.items())
    ]
    _put(lake, FILES, accounts)
    lake.computed_once(session.createDataFrame(accounts, lake_module.plain_schema(FILES)), "accounts")  # type: ignore[arg-type]
    paid = [
        {
            "county_code": "420222", "program": "城市低保", "for_month": date(2017, int(known[1:]), 1), "paid_on": day.replace(month=int(known[1:])),
            "amount": Decimal("100.00"), "kind": "正常", "person_key": f"k{int(known[1:]) + n}", "_file_id": known, "_row": n,
        }
        for known in sorted(ledger) for n in range(held.count(known))
    ]  # fmt: skip
    _put(lake, PAYMENTS.silver, paid)
    given = {row["number_key"]: row for row in lake.rows(PERSON_IDS)}
    for row in paid:
        key = row["person_key"]
        given.setdefault(
            key,
            {
                "number_key": key,
                "name_key": f"n{key}",
                "own_id": f"{key}-{month}",
                "person_id": f"{key}-{month}",
                "first_seen": day,
            },
        )
    _put(lake, PERSON_IDS, [given[key] for key in sorted(given)])
    clues = [
        {
            "clue_id": f"C{row['_file_id']}{row['_row']}",
            "case_id": f"H{row['person_key']}",
            "rule_code": "E01",
            "subject_key": row["person_key"],
            "county_code": "420222",
        }
        for row in paid
    ]
    _put(lake, CLUES, clues)


def _put(lake: Lake, table: Any, rows: list[Any]) -> None:
    lake.overwrite(table, Session().createDataFrame(rows, lake_module.plain_schema(table)))  # type: ignore[arg-type]


_known: dict[tuple[object, ...], list[dict[str, Any]]] = {}
"""Rows of tables as they were read before, by their log and what lies beside it."""


def _rows(table: Path) -> list[dict[str, Any]]:
    log = tuple((path.name, path.read_bytes()) for path in sorted(table.glob("_delta_log/*.json")))
    key = (table.name, log, *sorted((path.name, path.stat().st_size) for path in table.glob("*/*.parquet")))
    if key not in _known:
        opened = DeltaTable(table)
        parts = [pq.read_table(table / name).to_pylist() for name in opened.get_add_actions()["path"].to_pylist()]
        kept = [{name: value for name, value in row.items() if name != "store_id"} for part in parts for row in part]
        _known[key] = sorted(kept, key=lambda row: str(sorted(row.items(), key=str)))
    return _known[key]


def _certified(path: Path) -> list[tuple[Any, ...]]:
    """What went, without the digests of files that have drawn names."""
    said = json.loads(path.read_bytes())
    things = [(thing["path"], thing["removed"], thing["held"]) for thing in said["things"] if "_scratch" not in thing["path"]]
    return [*sorted(things), *((part["file_id"], part["read_rows"], part["removed"]) for part in said["files"])]


def _events(out: Path) -> list[tuple[int, str, int]]:
    if not (out / FILE).exists():
        return []
    with case_store(out) as store, store.reading() as book:
        return [(event.position, event.event_id, event.batch) for event in book.events()]


def _removed(out: Path) -> set[int]:
    if not (out / FILE).exists():
        return set()
    with case_store(out) as store, store.reading() as book:
        return set().union(*(numbers_in(removal.positions) for removal in book.removals()))


def _silent(_: str) -> None:
    """Warnings are for people."""
