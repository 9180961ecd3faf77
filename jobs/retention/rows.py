"""Which rows of a table go: those of files whose time is over, and what is derived from nothing else; unless an open case rests on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from expectations.contracts.lake import (
    ALIASES,
    CASE_STATES,
    CLUES,
    FINDINGS,
    IDENTITY_VERDICTS,
    LAKE_TABLES,
    MEMBERS,
    PERSON_IDS,
    TABLES,
    VERDICTS,
)
from expectations.contracts.model import ORIGIN, Table
from jobs.retention.certificate import Kind
from jobs.runtime.delta_log import last_version

_OF_IDENTITY = frozenset(table.full_name for table in (PERSON_IDS, ALIASES, IDENTITY_VERDICTS))
"""What makes ids the same from run to run: digests, kept as long as the lake."""
OF_CASEWORK = (VERDICTS, CASE_STATES)
"""What the lake shows of the case store, case by case."""
_OF_REGISTERS = ("bronze", "quarantine", "vault", "silver")


@dataclass(frozen=True)
class Held:
    """What open cases rest on. origins: file, sheet and row; keys: digests of the numbers of their members."""

    cases: frozenset[str]
    origins: frozenset[tuple[str, str, int]]
    keys: frozenset[str]


@dataclass(frozen=True)
class Live:
    """What is left in the registers once the rows have gone: numbers, persons and cases that derived tables may speak of."""

    keys: frozenset[str]
    persons: frozenset[str]
    cases: frozenset[str]


def kind_of(table: Table) -> Kind | None:
    """The kind by which the table's time is told; null for what stays: the ledger, counts, what keeps ids the same."""
    if table.full_name in _OF_IDENTITY:
        return None
    if table in OF_CASEWORK:
        return "casework"
    return "registers" if table.zone in _OF_REGISTERS else "findings" if table.zone == "gold" else None


def tables_of(kind: Kind) -> list[Table]:
    """Delivered rows first, the tables without an origin last: what these may speak of is what the first still hold."""
    return sorted(
        (t for t in TABLES.values() if kind_of(t) == kind), key=lambda t: (not has_origin(t), t.full_name in LAKE_TABLES)
    )


def has_origin(table: Table) -> bool:
    return ORIGIN[0] in table.column_names


def frame_of(lake: Path, table: Table, columns: Iterable[str] | None = None) -> pl.DataFrame | None:
    """The table's rows, or some columns of them; null where it was never written."""
    place = f"{table.zone}/{table.name}"
    if last_version(lake, place) is None:
        return None
    data = DeltaTable(lake / place).to_pyarrow_dataset()
    there = [name for name in (columns or data.schema.names) if name in data.schema.names]
    frame = pl.from_arrow(data.to_table(columns=there))
    assert isinstance(frame, pl.DataFrame)
    return frame


def held_by(lake: Path, cases: frozenset[str]) -> Held:
    """The rows that the households of these cases, and what was found of them, rest on."""
    origins: set[tuple[str, str, int]] = set()
    keys: set[str] = set()
    members = frame_of(lake, MEMBERS)
    if members is not None:
        for row in members.filter(pl.col("case_id").is_in(list(cases))).iter_rows(named=True):
            origins.add(_origin(row))
            keys |= {row["number_key"]} - {None}
    for table in (CLUES, FINDINGS):
        found = frame_of(lake, table, ("case_id", "evidence"))
        if found is not None:
            for row in found.filter(pl.col("case_id").is_in(list(cases))).iter_rows(named=True):
                origins |= {(seen["file_id"], seen["sheet"] or "", seen["row"]) for seen in row["evidence"] or ()}
    return Held(cases, frozenset(origins), frozenset(keys))


def stays(frame: pl.DataFrame, expired: frozenset[str], held: Held) -> pl.Series:
    """Of each row of a table with an origin: is its file's time not over, or is it held?"""
    number_keys = [name for name in frame.columns if _is_number_key(name)]
    of_file = ~pl.col("_file_id").is_in(list(expired))
    of_person = pl.any_horizontal(pl.col(name).is_in(list(held.keys)) for name in number_keys) if number_keys else pl.lit(False)
    kept = frame.select((of_file | of_person.fill_null(False)).alias("stays"), *ORIGIN)
    is_held = [_origin(row) in held.origins for row in kept.select(ORIGIN).iter_rows(named=True)] if held.origins else False
    return kept["stays"] | pl.Series("held", is_held if isinstance(is_held, list) else [False] * kept.height, dtype=pl.Boolean)


def derived_stays(frame: pl.DataFrame, live: Live) -> pl.Series:
    """The same of a table without an origin: does it speak of somebody who is still there?"""
    tests = [pl.col(name).is_in(list(live.keys)) for name in frame.columns if _is_number_key(name)]
    tests += [pl.col("person_id").is_in(list(live.persons))] if "person_id" in frame.columns else []
    tests += [pl.col("case_id").is_in(list(live.cases))] if "case_id" in frame.columns else []
    if not tests:
        return pl.Series("stays", [True] * frame.height, dtype=pl.Boolean)
    return frame.select(pl.any_horizontal(*tests).fill_null(False).alias("stays"))["stays"]


def whom_named(columns: Iterable[str]) -> list[str]:
    """Of a table's columns those that say of whom, or of which household, a row is."""
    return [name for name in columns if _is_number_key(name) or name in ("case_id", "person_id")]


def living(frames: Iterable[tuple[Table, pl.DataFrame]], persons: pl.DataFrame | None) -> Live:
    """frames: of the tables with an origin, whom the rows that stay name. persons: silver.persons as it is."""
    keys: set[str] = set()
    people: set[str] = set()
    cases: set[str] = set()
    for table, frame in frames:
        for name in frame.columns:
            if _is_number_key(name):
                keys |= set(frame[name].drop_nulls())
        if table is MEMBERS:
            cases |= set(frame["case_id"].drop_nulls())
            people |= set(frame["person_id"].drop_nulls())
    if persons is not None:
        people |= set(persons.filter(pl.col("number_key").is_in(list(keys)))["person_id"])
    return Live(frozenset(keys), frozenset(people), frozenset(cases))


def _is_number_key(name: str) -> bool:
    return name.endswith("_key") and not name.endswith(("name_key", "account_key", "phone_key", "thing_key"))


def _origin(row: dict[str, object]) -> tuple[str, str, int]:
    file_id, sheet, number = (row[name] for name in ORIGIN)
    assert isinstance(file_id, str)
    assert isinstance(number, int)
    return file_id, str(sheet or ""), number
