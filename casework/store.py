"""The store: events written once, in one transaction a take-in, and read in the order in which they were recorded."""

from __future__ import annotations

import errno
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Row,
    Select,
    create_engine,
    delete,
    event,
    func,
    insert,
    make_url,
    select,
    text,
)  # fmt: skip
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, ProgrammingError

from casework.editions import Edition
from casework.errors import BadAddress, Contradiction, UnusableStore
from casework.events import SCHEMA_VERSION, Event, NewEvent, Place, Role, Source, Subject
from casework.payloads import PAYLOADS, Kind, Payload, Restricted, SubjectKind
from casework.removals import Removal
from casework.rule_decisions import RuleDecision
from casework.tables import (
    EDITIONS,
    EVENTS,
    LAYOUT,
    REMOVALS,
    RESTRICTED,
    RULE_DECISIONS,
    STORE,
    TABLES,
    guarding,
    metadata,
    unguarding,
)
from expectations.contracts.ids import DIGITS

URL_VARIABLE = "MINGJING_CASEWORK_URL"
FILE = "casework.db"
_PATIENCE_SECONDS = 30
"""How long a second writer waits for the first."""
_AT_ONCE = 1000
"""Ids of one query, rows of one insert: databases take no more than some thousands."""
_SEAL = f"CREATE TRIGGER casework_moved BEFORE INSERT ON {EVENTS} BEGIN SELECT RAISE(ABORT, 'the case store was moved'); END"
_IS_SEALED = "SELECT 1 FROM sqlite_master WHERE name = 'casework_moved'"


class Book:
    """The store while it is read. Everything it says is of one moment."""

    def __init__(self, connection: Connection, store_id: str) -> None:
        self._connection = connection
        self.store_id = store_id

    @property
    def last_position(self) -> int:
        """Of the last event, whether or not it was removed since; 0 before the first."""
        return self._last(EVENTS.c.position, REMOVALS.c.last_position)

    @property
    def last_edition(self) -> int:
        """The same of the number of the last edition."""
        return self._last(EDITIONS.c.number, REMOVALS.c.last_edition)

    def events(
        self,
        *,
        kinds: Collection[Kind] | None = None,
        cases: Collection[str] | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
        county_code: str | None = None,
        town: str | None = None,
        rule_code: str | None = None,
        after: int = 0,
    ) -> list[Event]:
        """Events in the order of their positions, of those that are named; all by default.

        first_day, last_day: days of the acts, both inclusive. after: positions behind this one.
        """
        query = select(EVENTS).where(EVENTS.c.position > after)
        if kinds is not None:
            query = query.where(EVENTS.c.kind.in_(sorted(kinds)))
        if first_day is not None:
            query = query.where(EVENTS.c.on_day >= first_day)
        if last_day is not None:
            query = query.where(EVENTS.c.on_day <= last_day)
        for column, wanted in (("county_code", county_code), ("town", town), ("rule_code", rule_code)):
            if wanted is not None:
                query = query.where(EVENTS.c[column] == wanted)
        rows = self._rows(query) if cases is None else self._rows_among(query, "case_id", cases)
        return [_event(row) for row in rows]

    def restricted(self, event_ids: Collection[str]) -> dict[str, Restricted]:
        """The restricted facts of these events, by event; for the few who may see them."""
        found: dict[str, Restricted] = {}
        for ids in _pieces(event_ids):
            rows = self._connection.execute(select(RESTRICTED).where(RESTRICTED.c.event_id.in_(ids)))
            found |= {row.event_id: Restricted.model_validate_json(json.dumps(row.facts)) for row in rows}
        return found

    def editions(self) -> list[Edition]:
        """All editions of full lists, by number; for the few who may see who had which."""
        rows = self._connection.execute(select(EDITIONS).order_by(EDITIONS.c.number)).mappings()
        return [Edition.model_validate_json(json.dumps(dict(row), default=str)) for row in rows]

    def removals(self) -> list[Removal]:
        """What purges have taken out, in the order in which they did."""
        said = self._connection.execute(select(REMOVALS.c.said).order_by(REMOVALS.c.removal_no)).scalars()
        return [Removal.model_validate_json(json.dumps(one)) for one in said]

    def rule_decisions(self) -> list[RuleDecision]:
        """What was decided about rules, in the order in which it was recorded."""
        rows = self._connection.execute(select(RULE_DECISIONS).order_by(RULE_DECISIONS.c.decision_no)).mappings()
        return [RuleDecision(**{name: row[name] for name in RuleDecision.model_fields}) for row in rows]

    def _last(self, there: Column[int], removed: Column[int]) -> int:
        found = (self._connection.execute(select(func.coalesce(func.max(one), 0))).scalar_one() for one in (there, removed))
        return int(max(found))

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._connection.execute(query.order_by(EVENTS.c.position)).all()

    def _rows_among(self, query: Select[Any], column: str, wanted: Collection[str]) -> list[Row[Any]]:
        found = [row for ids in _pieces(wanted) for row in self._rows(query.where(EVENTS.c[column].in_(ids)))]
        return sorted(found, key=lambda row: int(row.position))


class WritableBook(Book):
    """The store while one process alone may write to it; what it records is there for others when it is left without an error."""

    def record(self, *batches: Iterable[NewEvent]) -> list[Event]:
        """The events that are new, as recorded, in the order given. What was recorded before is none, nor is one said twice.

        Each batch is a take-in of its own. Raises Contradiction, and records nothing, where an event is known with another
        restricted fact.
        """
        given = [[(new.event_id, new) for new in batch] for batch in batches]
        everything = dict(pair for batch in reversed(given) for pair in reversed(batch))  # of two alike the first
        known = {row.event_id for row in self._rows_among(select(EVENTS), "event_id", everything)}
        self._refuse_contradictions([pair for batch in given for pair in batch], everything, known)
        last_said = self._last_said({new.subject.id for new in everything.values()})
        position, batch_no = self.last_position, self._last_batch
        recorded: list[Event] = []
        for batch in given:
            fresh = [event_id for event_id in dict(batch) if event_id not in known]
            known.update(fresh)
            batch_no += bool(fresh)
            for event_id in fresh:
                new, position = everything[event_id], position + 1
                topic = new.after.KIND, new.subject
                recorded.append(_recorded(new, position, batch_no, last_said.get(topic) if new.after.REPLACES else None))
                last_said[topic] = new.after
        if recorded:
            self._connection.execute(insert(EVENTS), [_row(recorded_one) for recorded_one in recorded])
        if facts := [
            {"event_id": event_id, "facts": new.restricted.model_dump(mode="json")}
            for event_id in (one.event_id for one in recorded)
            if (new := everything[event_id]).restricted is not None
        ]:
            self._connection.execute(insert(RESTRICTED), facts)
        return recorded

    def record_edition(self, edition: Edition) -> None:
        self._connection.execute(insert(EDITIONS), edition.model_dump(mode="json") | {"expires_on": edition.expires_on})

    def record_rule_decision(self, decision: RuleDecision) -> None:
        known = self._connection.execute(select(func.count()).select_from(RULE_DECISIONS)).scalar_one()
        self._connection.execute(insert(RULE_DECISIONS), {"decision_no": known + 1, **decision.model_dump()})

    def copy(self, source: Connection) -> None:
        """All rows of the store there, as they are, with the gaps that it has. Here it is empty."""
        with self._unguarded():
            for table in (EVENTS, RESTRICTED, EDITIONS, RULE_DECISIONS, REMOVALS):
                key = next(iter(table.primary_key.columns))
                for rows in source.execute(select(table).order_by(key)).mappings().partitions(_AT_ONCE):
                    self._connection.execute(insert(table), [dict(row) for row in rows])

    def remove(self, removal: Removal) -> None:
        """Takes the events that it names out, their restricted facts, and the editions, and records it; nothing where it was done before.
        The bytes go with `CaseStore.forget`."""
        if removal in (before := self.removals()):
            return
        lasts = {"last_position": self.last_position, "last_edition": self.last_edition}
        with self._unguarded():
            for first, last in removal.positions:
                going = EVENTS.c.position.between(first, last)
                of_these = RESTRICTED.c.event_id.in_(select(EVENTS.c.event_id).where(going))
                self._connection.execute(delete(RESTRICTED).where(of_these))
                self._connection.execute(delete(EVENTS).where(going))
            for first, last in removal.editions:
                self._connection.execute(delete(EDITIONS).where(EDITIONS.c.number.between(first, last)))
        said = {"removal_no": len(before) + 1, **lasts, "said": removal.model_dump(mode="json")}
        self._connection.execute(insert(REMOVALS), said)

    @contextmanager
    def _unguarded(self) -> Iterator[None]:
        """Without the triggers, for this transaction alone: nobody else writes before they are there again, and with a kill they never went."""
        dialect = self._connection.dialect.name
        for table in TABLES:
            for statement in unguarding(table, dialect):
                self._connection.exec_driver_sql(statement)
        yield
        for table in TABLES:
            for statement in guarding(table, dialect):
                self._connection.exec_driver_sql(statement)

    @property
    def _last_batch(self) -> int:
        return int(self._connection.execute(select(func.coalesce(func.max(EVENTS.c.batch), 0))).scalar_one())

    def _last_said(self, subjects: Collection[str]) -> dict[tuple[Kind, Subject], Payload]:
        """The last payload of each kind on each of these subjects."""
        events = map(_event, self._rows_among(select(EVENTS), "subject_id", subjects))
        return {(event.after.KIND, event.subject): event.after for event in events}

    def _refuse_contradictions(
        self, pairs: Iterable[tuple[str, NewEvent]], everything: Mapping[str, NewEvent], known: Collection[str]
    ) -> None:
        stored = self.restricted([event_id for event_id in everything if event_id in known])
        for event_id, new in pairs:
            held = stored.get(event_id) if event_id in known else everything[event_id].restricted
            if held != new.restricted:
                where = f"{new.source.file}, row {new.source.row}: " if new.source else ""
                raise Contradiction(
                    f"{where}the {new.after.KIND} of {new.subject.id} of {new.on_day} is known with another restricted fact (a corrected number, "
                    "or names). Expected the same. Ask which one holds; if this one, hand it in with a later day. Nothing was taken in."
                )


class CaseStore:
    """A database of events. Raises BadAddress where no server answers, UnusableStore where it is not what this program made.

    Anyone may read while one process writes; a second writer waits. Left alone, it holds what the last finished take-in recorded.
    """

    def __init__(self, url: URL, store_id: str | None = None) -> None:
        """store_id: of a store that is made here; drawn where none is given."""
        self._name = url.render_as_string(hide_password=True)
        self._is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = _engine(url)
        with self._told():
            try:
                self.store_id = self._made(store_id or f"S{secrets.token_hex(DIGITS // 2)}")
            except OperationalError as error:
                if self._is_sqlite:
                    raise
                raise BadAddress(
                    f"{URL_VARIABLE} is {self._name}, which gives no answer, or lets this account not in. Start the database, correct the "
                    f"address, or unset it to keep the cases in OUT/{FILE}. Nothing was taken in."
                ) from error

    @contextmanager
    def reading(self) -> Iterator[Book]:
        """A book of one moment."""
        with self._told(), self._engine.connect() as connection, connection.begin():
            yield Book(connection, self.store_id)

    @contextmanager
    def writing(self) -> Iterator[WritableBook]:
        """A book that nobody else writes to meanwhile; all that was recorded is kept, or, after an error, nothing of it."""
        with self._told(), self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            if not self._is_sqlite:
                connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE_SECONDS}s'"))
                connection.execute(text(f"LOCK TABLE {EVENTS} IN SHARE ROW EXCLUSIVE MODE"))
            yield WritableBook(connection, self.store_id)

    def forget(self) -> None:
        """What was removed is in no byte of the store's files any more: they are written anew. Of a server, its tables are; its own log,
        copies and replicas are its administrator's. Raises UnusableStore where another process reads meanwhile."""
        alone = {"unbegun": True} if self._is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with self._told(), self._engine.connect().execution_options(**alone) as connection:
            if not self._is_sqlite:
                connection.execute(text(f"VACUUM FULL {EVENTS}, {RESTRICTED}, {EDITIONS}"))
                return
            connection.exec_driver_sql("VACUUM")
            is_read = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        if is_read:
            raise UnusableStore(
                f"The case store {self._name} is read by another process, so that what was removed is still in {FILE}-wal. End that one, and "
                "purge again."
            )

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> CaseStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def move_to(self, url: URL) -> int:
        """Copies the store, every event at its position, into an empty database, and seals this one: how many events there are.

        Raises UnusableStore, and leaves both as they were, where the database holds another store, or other events. Killed in between,
        the same call finishes it.
        """
        with (
            CaseStore(url, self.store_id) as other,
            self._told(),
            self._engine.connect().execution_options(writing=True) as here,
            here.begin(),
        ):
            last = Book(here, self.store_id).last_position
            with other.writing() as there:
                if other.store_id != self.store_id or there.last_position not in (0, last):
                    raise UnusableStore(
                        f"The database {other._name} holds the case store {other.store_id} with {there.last_position} events, and this is "
                        f"{self.store_id} with {last}. Expected an empty database. Nothing was moved."
                    )
                if not (there.last_position or there.editions() or there.rule_decisions() or there.removals()):
                    there.copy(here)
            here.exec_driver_sql(_SEAL)
        return last

    def _made(self, store_id: str) -> str:
        """The store's id; its tables are made, under this id, where there are none."""
        alone = (
            {"writing": True} if self._is_sqlite else {"isolation_level": "READ COMMITTED"}
        )  # sees what was made while it waited
        with self._engine.connect().execution_options(**alone) as connection, connection.begin():
            if not self._is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": STORE.name})
            metadata.create_all(connection)
            rows = connection.execute(select(STORE)).all()
            if self._is_sqlite and connection.exec_driver_sql(_IS_SEALED).first():
                raise UnusableStore(
                    f"The case store {self._name} was moved to a database, and holds what it held then. Name the database in {URL_VARIABLE}."
                )
            if not rows:
                connection.execute(insert(STORE), {"store_id": store_id, "layout": LAYOUT})
                return store_id
        if rows[0].layout != LAYOUT:
            raise UnusableStore(
                f"The case store {self._name} has layout {rows[0].layout}. Expected {LAYOUT}: a later version made it. Use that version."
            )
        return str(rows[0].store_id)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database as sentences: their own words may hold a row."""
        try:
            yield
        except DatabaseError as error:
            if type(error) not in (DatabaseError, OperationalError, ProgrammingError):
                raise  # what the tables refuse is a fault of this program
            if "disk is full" in str(error.orig):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._name) from error
            said = type(error.orig).__name__ if error.orig else type(error).__name__
            raise UnusableStore(
                f"The case store {self._name} cannot be used ({said}): it is no such database, gives no answer, is held by another process "
                f"for more than {_PATIENCE_SECONDS} seconds, or lies where this account may not write. Look at it, or at {URL_VARIABLE}. "
                "Nothing was taken in."
            ) from error


def store_url(folder: Path) -> URL:
    """Where the store of these results is: FILE in the folder, unless the environment names a PostgreSQL database."""
    stated = os.environ.get(URL_VARIABLE)
    if stated is None:
        return URL.create("sqlite", database=str(folder / FILE))
    try:
        url = make_url(stated)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise BadAddress(
            f"{URL_VARIABLE} is no address of a PostgreSQL database. Expected postgresql://USER:PASSWORD@HOST/DATABASE. Unset it to keep "
            f"the cases in OUT/{FILE}."
        )
    return url.set(drivername="postgresql+psycopg")


def sealed_copy(folder: Path, store_id: str) -> Path | None:
    """The file that this store was moved from, as far as it lies there still."""
    path = folder / FILE
    if URL_VARIABLE not in os.environ or not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            is_sealed = connection.execute(_IS_SEALED).fetchone()
            return path if is_sealed and connection.execute(str(select(STORE.c.store_id))).fetchone() == (store_id,) else None
    except sqlite3.DatabaseError:  # no such database: somebody's
        return None


def _engine(url: URL) -> Engine:
    as_json = {"json_serializer": lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))}
    try:
        if url.get_backend_name() != "sqlite":
            patience = {"connect_timeout": _PATIENCE_SECONDS}
            return create_engine(url, isolation_level="REPEATABLE READ", hide_parameters=True, connect_args=patience, **as_json)
        assert url.database is not None
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives the files beside it the same mode
    except OSError as error:
        raise UnusableStore(
            f"The case store {url.database} cannot be opened: {error.strerror}. Name a place to write to."
        ) from error
    engine = create_engine(url, connect_args={"timeout": _PATIENCE_SECONDS}, hide_parameters=True, **as_json)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, see below
        _write_ahead(connection)
        for pragma in (
            "synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON", "secure_delete = ON", "temp_store = MEMORY",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("unbegun", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing", False) else "BEGIN")

    return engine


def _write_ahead(connection: Any) -> None:
    """SQLite itself does not wait while another makes the file, or closes it as the last."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _pieces(ids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _recorded(new: NewEvent, position: int, batch: int, before: Payload | None) -> Event:
    kept = {field.name: getattr(new, field.name) for field in fields(NewEvent)} | {"restricted": None}
    return Event(**kept, position=position, batch=batch, before=before, schema_version=SCHEMA_VERSION)


def _row(recorded: Event) -> dict[str, Any]:
    source, place = recorded.source, recorded.place
    return {
        "position": recorded.position, "event_id": recorded.event_id, "kind": recorded.after.KIND, "recorded_at": recorded.recorded_at,
        "recorded_by": recorded.by, "role": recorded.role, "on_day": recorded.on_day, "subject_kind": recorded.subject.kind,
        "subject_id": recorded.subject.id, "case_id": recorded.case_id, "county_code": place.county_code, "town": place.town,
        "rule_code": place.rule_code, "source_file": source.file if source else None, "source_sheet": source.sheet if source else None,
        "source_row": source.row if source else None, "source_sha256": source.sha256 if source else None, "occasion": recorded.occasion,
        "batch": recorded.batch, "before": recorded.before.model_dump(mode="json") if recorded.before else None,
        "after": recorded.after.model_dump(mode="json"), "schema_version": recorded.schema_version,
    }  # fmt: skip


def _event(row: Row[Any]) -> Event:
    payload = PAYLOADS[Kind(row.kind)]
    return Event(
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id), on_day=row.on_day, after=_payload(payload, row.after), by=row.recorded_by,
        role=Role(row.role), recorded_at=row.recorded_at, case_id=row.case_id, place=Place(row.county_code, row.town, row.rule_code),
        source=None if row.source_file is None else Source(row.source_file, row.source_sha256, row.source_sheet, row.source_row),
        occasion=row.occasion, position=row.position, batch=row.batch, before=None if row.before is None else _payload(payload, row.before),
        schema_version=row.schema_version,
    )  # fmt: skip


def _payload(payload: type[Payload], said: object) -> Payload:
    return payload.model_validate_json(json.dumps(said))
