"""The bounds of a silver table: structure from its contract, limits from the domain, severity by what a failure means."""

from __future__ import annotations

from datetime import date

from expectations.bounds import CRITICAL, WARNING, Bound, SuiteBounds
from expectations.contracts.model import DATE, PERSON_KINDS, YUAN, DataSet, Field, Kind

EARLIEST = date(1900, 1, 1)
"""Before it nobody alive was born; benefits, cars and firms are younger still."""
_PLANNED = frozenset({"valid_to", "inspected_to", "grace_until", "to_on", "to_month", "stop_month"})
"""Days that may lie ahead: a certificate's end, a release, the end of a term."""


def silver_bounds(data_set: DataSet, as_of: date, limits: SuiteBounds) -> list[Bound]:
    """Bounds on figures of the data set's silver table, all measured in one pass over its rows."""
    found = [
        Bound(
            "rows",
            CRITICAL if data_set.is_required else WARNING,
            f"{data_set.title} arrived without a usable row: ask {data_set.owner} for it again.",
            minimum=1,
            sql="count(*)",
        ),
        *_of_key(data_set, limits),
    ]
    for field in data_set.fields:
        found += _of_field(data_set, field, as_of, limits)
    return found


def _share(condition: str) -> str:
    """Share of rows for which the condition holds, among those for which it is not null."""
    return f"avg(cast({condition} AS double))"


def _of_key(data_set: DataSet, limits: SuiteBounds) -> list[Bound]:
    """A key that repeats: the same rows delivered twice. Only registers that are snapshots have one row a key."""
    if not data_set.snapshot:
        return []
    columns = [data_set[name].silver_columns[0].name for name in data_set.key]
    complete = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    distinct = f"count(DISTINCT CASE WHEN {complete} THEN xxhash64({', '.join(columns)}) END)"
    sql = f"1 - {distinct} / cast(nullif(count(CASE WHEN {complete} THEN 1 END), 0) AS double)"
    headers = "、".join(data_set[name].header for name in data_set.key)
    meaning = f"rows of {data_set.title} share {headers}: delivered twice, or an older extract under a new date."
    warns = Bound("key repeated", WARNING, f"Many {meaning}", maximum=limits.repeated_key_ratio_warn, sql=sql)
    stops = Bound("key repeated", CRITICAL, f"Most {meaning}", maximum=limits.repeated_key_ratio_stop, sql=sql)
    return [stops, warns] if data_set.is_required else [warns]


def _of_field(data_set: DataSet, field: Field, as_of: date, limits: SuiteBounds) -> list[Bound]:
    if field.kind in PERSON_KINDS:
        return _of_number(data_set, field, limits)
    column = field.silver_columns[0]
    found: list[Bound] = []
    if not field.nullable and not field.essential:  # essentials were judged row by row at ingest
        found.append(
            Bound(
                f"{field.header} empty",
                WARNING,
                f"{field.header} is empty or unreadable in many rows: rules that need it cannot judge them.",
                maximum=limits.empty_required_ratio_warn,
                sql=_share(f"{column.name} IS NULL"),
            )
        )
    if column.type == DATE:
        latest = date(as_of.year + (50 if field.name in _PLANNED else 1), 12, 31)
        found.append(
            Bound(
                f"{field.header} out of range",
                WARNING,
                f"{field.header} lies outside {EARLIEST} … {latest} in too many rows: swapped day and month, or another year's extract.",
                maximum=limits.wild_date_ratio_warn,
                sql=_share(f"NOT ({column.name} BETWEEN DATE'{EARLIEST}' AND DATE'{latest}')"),
            )
        )
    if column.type == YUAN and not (data_set.code == "payments" and field.name == "amount"):
        found.append(
            Bound(
                f"{field.header} negative",
                WARNING,
                f"{field.header} is negative in some rows; only refunds are.",
                maximum=limits.negative_ratio_warn,
                sql=_share(f"{column.name} < 0"),
            )
        )
    if field.kind is Kind.PERCENT:
        found.append(
            Bound(
                f"{field.header} out of range",
                WARNING,
                f"{field.header} is a percentage of 0 … 100.",
                maximum=limits.negative_ratio_warn,
                sql=_share(f"NOT ({column.name} BETWEEN 0 AND 100)"),
            )
        )
    return found


def _of_number(data_set: DataSet, field: Field, limits: SuiteBounds) -> list[Bound]:
    """Firms own cars and homes, and funeral homes leave numbers empty: there a low share is no fault of the file."""
    if field.nullable or field.kind is Kind.OWNER_NUMBER:
        return []
    measure, sql = f"{field.header} usable", _share(f"{field.role}_key IS NOT NULL")
    stops = Bound(
        measure,
        CRITICAL,
        f"{field.header} holds hardly any person number: shifted or damaged. Ask {data_set.owner} for it again.",
        minimum=limits.usable_number_ratio_stop,
        sql=sql,
    )
    warns = Bound(
        measure,
        WARNING,
        f"{field.header} is unusable in many rows: the people behind them cannot be found by number.",
        minimum=limits.usable_number_ratio_warn,
        sql=sql,
    )
    return [stops, warns] if data_set.is_required else [warns]
