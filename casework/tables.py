"""The tables of the case store, on SQLite and PostgreSQL alike. Triggers refuse every change but an event behind the last one; a purge
alone takes them away, and puts them back, in the one transaction in which it removes what is over."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.schema import DDL

from casework.payloads import Kind, SubjectKind

LAYOUT = 1
"""Of these tables; a store of a later layout is left alone."""
metadata = MetaData()

STORE = Table(
    "casework_store",
    metadata,
    Column("store_id", String(17), primary_key=True, comment="S and 16 hex digits, drawn when the store was made"),
    Column("layout", Integer, nullable=False),
    comment="One row: which store this is.",
)
EVENTS = Table(
    "casework_events",
    metadata,
    Column(
        "position",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="1 for the first event ever; without gaps but those that casework_removals names",
    ),
    Column(
        "event_id", String(17), nullable=False, unique=True, comment="digest of what was said: the same paper again is no event"
    ),
    Column("kind", String(20), nullable=False),
    Column("recorded_at", String(32), comment="instant, ISO 8601 in UTC; null = taken over from a version that kept none"),
    Column("recorded_by", Text, comment="account that recorded it; null as above"),
    Column("role", String(20), nullable=False, comment="in which role somebody acted"),
    Column("on_day", Date, nullable=False, comment="day of the act"),
    Column("subject_kind", String(10), nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("case_id", Text),
    Column("county_code", Text),
    Column("town", Text),
    Column("rule_code", Text),
    Column("source_file", Text),
    Column("source_sheet", Text),
    Column("source_row", Integer),
    Column("source_sha256", String(64)),
    Column("occasion", Text, nullable=False, comment="what tells two acts apart that say the same on the same day"),
    Column("batch", Integer, nullable=False, comment="take-in that brought it, from 1"),
    Column("before", JSON(none_as_null=True), comment="what the last event of the kind on the subject said"),
    Column("after", JSON(none_as_null=True), nullable=False, comment="what this one says"),
    Column("schema_version", Integer, nullable=False, comment="of before and after"),
    CheckConstraint(f"kind IN ({', '.join(repr(str(kind)) for kind in Kind)})", name="casework_kind"),
    CheckConstraint(f"subject_kind IN ({', '.join(repr(str(kind)) for kind in SubjectKind)})", name="casework_subject_kind"),
    CheckConstraint("event_id LIKE 'E%'", name="casework_event_id"),
    Index("casework_by_subject", "subject_id", "kind"),
    Index("casework_by_case", "case_id"),
    Index("casework_by_day", "on_day"),
    comment="One row an event. Key: position. Nothing is ever changed, nor removed before its time.",
)
RESTRICTED = Table(
    "casework_restricted",
    metadata,
    Column("event_id", String(17), ForeignKey(EVENTS.c.event_id), primary_key=True),
    Column("facts", JSON, nullable=False, comment="corrected numbers, names of people held to account"),
    comment="One row an event with restricted facts. Nothing is ever changed, nor removed before its event.",
)

EDITIONS = Table(
    "casework_editions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="第…份, from 1, gaps as above"),
    Column("mark", String(12), nullable=False, unique=True, comment="12 hex digits, drawn; hidden in every file of the edition"),
    Column("made_at", String(32), nullable=False, comment="instant, ISO 8601 in UTC"),
    Column("made_by", Text, nullable=False, comment="account"),
    Column("second", Text, comment="account that approved it; null where nobody was asked"),
    Column("recipient", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("files", JSON, nullable=False, comment="of each file its name, its SHA-256, and that of the list it was made from"),
    comment="One row an edition of full lists. Restricted: it names people. Nothing is ever changed, nor removed before its time.",
)

RULE_DECISIONS = Table(
    "casework_rule_decisions",
    metadata,
    Column("decision_no", Integer, primary_key=True, autoincrement=False, comment="1 for the first ever; without gaps"),
    Column("rule_code", Text, nullable=False),
    Column("on_day", Date, nullable=False, comment="visits of later days count anew"),
    Column("goes_on", Boolean, nullable=False, comment="are its clues sent out again?"),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False, comment="account"),
    Column("recorded_at", String(32), nullable=False, comment="instant, ISO 8601 in UTC"),
    comment="One row a decision about a rule that visits refuted too often; the last of a rule holds. Nothing is ever changed or removed.",
)

REMOVALS = Table(
    "casework_removals",
    metadata,
    Column("removal_no", Integer, primary_key=True, autoincrement=False, comment="1 for the first ever; without gaps"),
    Column("last_position", BigInteger, nullable=False, comment="of the store's last event then: no later one gets its number"),
    Column("last_edition", Integer, nullable=False, comment="the same of editions"),
    Column("said", JSON, nullable=False, comment="which numbers went, how many, their digest, totals by year, who and when"),
    comment="One row a purge that took out what was over. Nothing is ever changed or removed.",
)
TABLES = (STORE, EVENTS, RESTRICTED, EDITIONS, RULE_DECISIONS, REMOVALS)

_NO_EDITS = "the case store is append-only"
_NOT_NEXT = "an event stands behind the last one"
_NEXT = (
    f"(SELECT 1 + max(last) FROM (SELECT coalesce(max(position), 0) AS last FROM {EVENTS} "
    f"UNION ALL SELECT coalesce(max(last_position), 0) FROM {REMOVALS}) AS lasts)"
)
"""Behind the last event that is there, or ever was."""


def _on_sqlite(table: Table) -> list[str]:
    """REPLACE removes a row without its trigger: what it would take the place of is refused before."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_NO_EDITS}'); END"
    key = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {{0}} = NEW.{{0}})".format(next(iter(table.primary_key.columns)).name)
    ddl = [f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {refuse}" for act in ("update", "delete")]
    if table is EVENTS:
        ddl.append(
            f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} WHEN NEW.position <> {_NEXT} OR EXISTS "
            f"(SELECT 1 FROM {table} WHERE event_id = NEW.event_id) BEGIN SELECT RAISE(ABORT, '{_NOT_NEXT}'); END"
        )
    else:
        ddl.append(f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} {key} {refuse}")
    return ddl


def _on_postgresql(table: Table) -> list[str]:
    ddl = [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_NO_EDITS}'; END $$",
        f"CREATE TRIGGER {table}_no_edits BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION {table}_refuse()",
    ]
    if table is EVENTS:
        ddl += [
            f"CREATE FUNCTION {table}_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.position <> {_NEXT} THEN RAISE EXCEPTION '{_NOT_NEXT}'; END IF; "
            "RETURN NEW; END $$",
            f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_next()",
        ]
    return ddl


def guarding(table: Table, dialect: str) -> list[str]:
    """The statements that put the table's triggers there."""
    return _on_sqlite(table) if dialect == "sqlite" else _on_postgresql(table)


def unguarding(table: Table, dialect: str) -> list[str]:
    """The statements that take them away, also those that an earlier version put there."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_{name}" for name in ("no_update", "no_delete", "next", "once")]
    return [f"DROP FUNCTION IF EXISTS {table}_{name}() CASCADE" for name in ("refuse", "next")]


def _guard(table: Table) -> None:
    for dialect in ("sqlite", "postgresql"):
        for statement in guarding(table, dialect):
            guard = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            event.listen(table, "after_create", guard.execute_if(dialect=dialect))


for _table in TABLES:
    _guard(_table)
