"""Tables of a lake read without an engine, a few rows at a time: for questions that a person asks and waits for."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from functools import cache, reduce
from typing import Any, Protocol

import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyspark.sql.pandas.types import to_arrow_schema

from expectations.contracts.ids import LETTERS, OLD_ID, as_id, without_letter
from expectations.contracts.model import Table
from jobs.runtime.delta_log import LEFT, last_version
from jobs.runtime.errors import BadConfiguration, BadStore, explanation
from jobs.runtime.paths import address, local_folder
from jobs.runtime.releases import refuse_later
from jobs.runtime.session import EMBEDDED

Value = str | int


class Rows(Protocol):
    """Whatever gives rows of a table by the values of some columns: a lake, or its tables without an engine."""

    def rows(self, table: Table, **equal: Value | None) -> list[dict[str, Any]]:
        """Rows in contract columns; none where the table was never written. Null and an empty text are taken for one."""


class Tables:
    """Tables by contract, each as it was in the version given for it, else as it is now.

    root: a folder or a URI. Raises BadStore for what cannot be read: it is never taken for empty, and for what a later release wrote;
    BadConfiguration for a folder
    whose path delta-rs, which reads the tables, takes for another's.
    """

    def __init__(self, root: str, versions: Mapping[str, int | None] | None = None) -> None:
        self.folder = local_folder(root)
        self.root = root.rstrip("/") if self.folder is None else str(self.folder)
        self._address = self.root if self.folder is None else address(self.folder, EMBEDDED)
        if self.folder and set("%\\") & set(str(self.folder.resolve())):
            raise BadConfiguration(
                f"The lake {self.root} cannot be read without an engine: what reads it takes % and \\ in a path for signs of its own. "
                "Rename the folder, or copy the lake to another."
            )
        if self.folder:
            refuse_later(self.folder)
        self._versions = versions or {}
        self._opened = cache(self._open)
        self.asked: dict[str, int] = {}
        """Versions of the tables that were read so far."""

    def at(self, versions: Mapping[str, int | None]) -> Tables:
        """The same lake, its tables in these versions."""
        return Tables(self.root, versions)

    def version(self, table: Table) -> int | None:
        """The version that is read; null where the table was never written."""
        opened = self._opened(table.full_name)
        return None if opened is None else opened[0]

    def rows(self, table: Table, **equal: Value | None) -> list[dict[str, Any]]:
        frame = self._found(table, table.column_names, equal)
        return [] if frame is None else [_in_contract(table, row) for row in frame.iter_rows(named=True)]

    def frame(self, table: Table, columns: Sequence[str]) -> pl.DataFrame:
        """All rows in these columns of the contract, typed by it; without a row where the table was never written."""
        typed = pl.from_arrow(to_arrow_schema(table.schema).empty_table())
        assert isinstance(typed, pl.DataFrame)
        found = self._found(table, columns, {})
        if found is None:
            return typed.select(columns)
        absent = [pl.lit(None, typed.schema[name]).alias(name) for name in columns if name not in found.columns]
        ids = [
            pl.when(pl.col(name).str.contains(OLD_ID)).then(pl.concat_str(pl.lit(letter), name)).otherwise(name).alias(name)
            for name, letter in LETTERS.items()
            if name in found.columns
        ]
        return found.with_columns(*absent, *ids).select(columns)

    def _found(self, table: Table, columns: Sequence[str], equal: Mapping[str, Value | None]) -> pl.DataFrame | None:
        """Rows in the columns that the table has; null where it was never written."""
        opened = self._opened(table.full_name)
        if opened is None:
            return None
        data = opened[1]
        there = [name for name in columns if name in data.schema.names]
        alike = [_alike(name, value) for name, value in equal.items()]
        try:
            found = data.to_table(columns=there, filter=reduce(operator.and_, alike) if alike else None)
        except Exception as error:  # each store has errors of its own
            raise self._unreadable(table.full_name, error) from error
        frame = pl.from_arrow(found)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _open(self, name: str) -> tuple[int, ds.Dataset] | None:
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        place = name.replace(".", "/", 1)
        if self.folder is not None and last_version(self.folder, place) is None:
            return None
        try:
            table = DeltaTable(f"{self._address}/{place}", version=self._versions.get(name))
            self.asked[name] = table.version()
            return self.asked[name], table.to_pyarrow_dataset()
        except TableNotFoundError:
            return None
        except Exception as error:  # each store has errors of its own
            raise self._unreadable(name, error) from error

    def _unreadable(self, name: str, error: Exception) -> Exception:
        version = self._versions.get(name)
        which = "" if version is None else f" in its version {version}"
        told = f"{name}{which} in the lake {self.root} cannot be read ({type(error).__name__}). {LEFT}"
        return explanation(error) or BadStore(told)


def _alike(name: str, value: Value | None) -> ds.Expression:
    if value is None or value == "":
        return pc.field(name).is_null() | (pc.field(name) == "")
    if name in LETTERS:  # lakes of an earlier version have ids without their letter
        return pc.field(name).isin([value, without_letter(str(value))])
    return pc.field(name) == value


def _in_contract(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row.get(name) for name in table.column_names}
    return told | {name: as_id(name, text) for name in LETTERS if isinstance(text := told.get(name), str)}
