"""The lake: the only place that reads and writes tables. Delta tables by path, ROOT/zone/name.

What the embedded engine would let pass (extra columns, other types) is refused here for both engines.
"""

from __future__ import annotations

import copy
import fcntl
import hashlib
import json
import os
import platform
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from importlib import metadata
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

import pyarrow.parquet as pq
from pyarrow import ArrowInvalid
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

from expectations.contracts.model import Table
from jobs.runtime import delta_folder, durable, scratch
from jobs.runtime.delta_folder import MADE_OF, Mode, commit, current, digest_in, files_of_rows, schema_written
from jobs.runtime.delta_log import LEFT, Commit, last_commit, last_commit_on_a_store, last_version
from jobs.runtime.errors import BadConfiguration, BadStore, ContractBroken, explanation
from jobs.runtime.ids import lettered
from jobs.runtime.paths import address, is_known_to_deltalake, local_folder
from jobs.runtime.plans import digest_of_plan
from jobs.runtime.results import digest_of
from jobs.runtime.session import EMBEDDED, Engine

PARALLEL_TABLES = 2
"""Tables that one run may write at the same time: one keeps a core busy while another commits."""
RESTRICTED_ZONES = ("bronze", "quarantine", "vault")
READERS = ("polars", "polars-hash", "pyarrow", "numpy", "pandas", "cryptography", "scikit-learn")
"""What reads cells and gives scores beside the program's own code, and Python with its tables of characters."""
_READ_BY = (f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in READERS))
_NOT_THERE = (  # what Spark 4.1 with Delta 4.4 and Sail 0.7 say of a path that holds no table; all else is a failure
    "[PATH_NOT_FOUND]",
    "[DELTA_TABLE_NOT_FOUND]",
    "Invalid table location: No commit files found in _delta_log",
)


class Lake:
    """Tables of one lake, read and written by contract.

    root: folder of the lake on this machine, by its path or a file: URI, or a URI that the engine can write. Column comments
    are written by Spark only: the embedded engine's planner trips over them (decision 0004), so it drops them on reading, too.
    """

    def __init__(self, engine: Engine, root: str) -> None:
        self.engine = engine
        self.session = engine.session
        self.folder = local_folder(root)
        self.root = root.rstrip("/") if self.folder is None else str(self.folder)
        self._address = self.root if self.folder is None else address(self.folder, engine.name)
        # Where deltalake cannot, the engine keeps the tables, as it does on a store.
        self.kept_here = self.folder if self.folder and is_known_to_deltalake(self.folder) else None
        self._is_embedded = engine.name == EMBEDDED
        self._cores = engine.cores
        self._job = ""
        self._stamp: Mapping[str, str | None] = {}
        self.read_at: dict[str, int | None] = {}
        """Of the tables that a job has read, the version it found; null where a store does not tell it."""
        self.written: dict[str, Commit] = {}
        """Of the tables that a job has written, the last version and the rows of all its commits."""
        self._readable: frozenset[str] | None = None
        self._writable: frozenset[str] | None = None

    def of_job(
        self, name: str, reads: Iterable[Table], writes: Iterable[Table], stamp: Mapping[str, str | None] = MappingProxyType({})
    ) -> Lake:
        """The same lake for one job: what the job does not declare it can neither read nor write (ContractBroken).

        stamp: what every commit says of the run, beside the job and the versions of the tables that it had read by then.
        """
        own = copy.copy(self)
        own._job, own._stamp, own.read_at, own.written = name, stamp, {}, {}
        own._writable = frozenset(table.full_name for table in writes)
        own._readable = own._writable | {table.full_name for table in reads}
        return own

    @property
    def versions_read(self) -> dict[str, int]:
        """Of the tables that a job has read so far, the versions that its store tells."""
        return {name: version for name, version in self.read_at.items() if version is not None}

    def _assure_declared(self, table: Table, declared: frozenset[str] | None, where: str) -> None:
        if declared is not None and table.full_name not in declared:
            raise ContractBroken(
                f"{self._job} uses {table.full_name} and does not declare it. Name it in {where} of jobs/{self._job}/job.py."
            )

    def path(self, table: Table) -> str:
        """Where the table lies, as the engine must be given it."""
        return self._path(_place(table))

    def _path(self, place: str) -> str:
        return f"{self._address}/{place}"

    def numbers_of_tasks(self, count: int) -> DataFrame:
        """The numbers 0 … count-1 in column `id`, spread for work that takes seconds and megabytes each.

        Spark hands out a partition at a time and gets one for each. The embedded engine starts all partitions at once:
        as many as there are cores work through the numbers, or the memory would grow with them.
        """
        partitions = min(count, self._cores) if self._is_embedded else count
        return self.session.range(0, count, 1, partitions)

    def exists(self, table: Table) -> bool:
        """Was the table ever written? Raises BadStore where that cannot be told."""
        self._assure_declared(table, self._readable, "READS")
        place = _place(table)
        return last_version(self.folder, place) is not None if self.folder else self._found(place) is not None

    def _found(self, place: str) -> _Rows | None:
        """The table's current rows; null where nothing was ever written. Raises BadStore where that cannot be told.

        Not there and not to be read are two things: what is taken for not there begins anew, and its history is lost.
        """
        if self.folder and last_version(self.folder, place) is None:
            return None
        try:
            if self.kept_here:
                version = current(self.kept_here, place)
                return self._rows_of(place, version.schema, version.files, version.commit)
            rows = self.session.read.format("delta").load(self._path(place))
            schema = rows.schema  # asked for now, not in the midst of a job
            return _Rows(self._without_comments(rows, schema), schema.names)
        except Exception as error:  # each engine and store has errors of its own
            if isinstance(error, AnalysisException) and str(error).startswith(_NOT_THERE) and not self.folder:
                return None
            damaged = BadStore(f"{place} in the lake {self.root} cannot be read ({type(error).__name__}). {LEFT}")
            raise explanation(error) or damaged from error

    def _rows_of(self, place: str, schema: StructType, paths: Sequence[str], made: Commit | None = None) -> _Rows:
        """The rows of these files in the table's folder."""
        plain = StructType([StructField(field.name, field.dataType) for field in schema])
        if not paths:
            return _Rows(self.session.createDataFrame([], plain), plain.names, made)
        if self._is_embedded and any(field.metadata for field in schema):
            # Its files may have them, too: the engine knows how both go together.
            rows = self.session.read.format("delta").load(self._path(place))
            return _Rows(self._without_comments(rows, schema), plain.names, made)
        rows = reduce(
            DataFrame.union,
            (
                self.session.read.schema(_in_words(plain)).parquet(*(f"{self._path(place)}/{path}" for path in of_one))
                for of_one in self._by_writer(place, plain, paths)
            ),
        )
        # Said of them, it spares moving them before each join and group.
        return _Rows(rows.coalesce(1) if self.engine.has_one_partition else rows, plain.names, made)

    def _by_writer(self, place: str, schema: StructType, paths: Sequence[str]) -> Iterable[Sequence[str]]:
        """The files by who wrote them, where it matters: each engine names the entries of a map in its own way, and the embedded one
        cannot read both ways at once. One write is of one engine, and has a folder of its own."""
        has_maps = any("map<" in field.dataType.simpleString() for field in schema)
        if not (self._is_embedded and has_maps and len({PurePosixPath(path).parent for path in paths}) > 1):
            return [paths]
        assert self.folder is not None
        writers: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            writers[pq.read_metadata(self.folder / place / path).created_by].append(path)
        return writers.values()

    def _without_comments(self, rows: DataFrame, schema: StructType) -> DataFrame:
        """The embedded engine's planner trips over comments of columns, which Spark's tables and those of earlier versions have."""
        if not self._is_embedded or not any(field.metadata for field in schema):
            return rows
        return rows.select(*(F.coalesce(F.col(name), F.lit(None)).alias(name) for name in rows.columns))

    def read(self, table: Table) -> DataFrame:
        """The table's current rows in contract columns; one that it gained since they were written is null. Raises ContractBroken
        when the table was never written."""
        rows = self._current(table)
        if rows is None:
            raise ContractBroken(
                f"{table.full_name} is not in the lake {self.root}. Run the jobs before this one, or mingjing run."
            )
        return self._in_contract(table, rows)

    def read_or_empty(self, table: Table) -> DataFrame:
        """The table's rows, or none where no file of it was ever delivered."""
        rows = self._current(table)
        return self.session.createDataFrame([], plain_schema(table)) if rows is None else self._in_contract(table, rows)

    def rows(self, table: Table, **equal: str | int | None) -> list[dict[str, Any]]:
        """Few rows, in the driver: those in which the columns hold these values, see jobs.runtime.tables.Rows."""
        found = self.read_or_empty(table)
        for name, value in equal.items():
            is_nothing = value is None or value == ""
            found = found.filter(F.coalesce(name, F.lit("")) == "" if is_nothing else F.col(name) == F.lit(value))
        return [row.asDict() for row in found.collect()]

    def _current(self, table: Table) -> _Rows | None:
        self._assure_declared(table, self._readable, "READS")
        rows, name = self._found(_place(table)), table.full_name
        # What a job reads after it has written it is its own work, and nothing that it rests on.
        if rows is not None and self._job and name not in self.read_at and name not in self.written:
            self.read_at[name] = (rows.commit or self._last_commit(_place(table))).version
        return rows

    def _last_commit(self, place: str) -> Commit:
        return last_commit(self.folder, place) if self.folder else last_commit_on_a_store(self._path(place))

    def _in_contract(self, table: Table, rows: _Rows) -> DataFrame:
        gained = {c.name: F.lit(None).cast(c.type) for c in table.columns if c.nullable and c.name not in rows.columns}
        return rows.frame.select(*(gained.get(name, lettered(name)).alias(name) for name in table.column_names))

    def overwrite(self, table: Table, frame: DataFrame) -> None:
        """Replaces all rows in one commit. Raises ContractBroken, and changes nothing, when the frame does not fit."""
        self._write(table, frame, "overwrite")

    def append(self, table: Table, frame: DataFrame) -> None:
        """Adds rows in one commit; the caller has made sure that they are not there yet."""
        self._write(table, frame, "append")

    def computed_once(self, frame: DataFrame, name: str) -> DataFrame:
        """The frame's rows, computed now and read back: neither engine remembers a result that is used twice.

        Kept in a scratch folder of the lake under `name`, in columns that name nobody; the next run replaces it.
        """
        place = _scratch(name)
        if self.folder is None:
            return self._save(place, frame, "overwrite").frame
        rows = self._scratch_rows(self.folder, place, scratch.finish(self.folder / place, self._made_rows(place, frame)))
        return self._rows_of(place, frame.schema, ()).frame if rows is None else rows

    def kept(self, name: str) -> DataFrame | None:
        """What `computed_once` kept under the name in this run or the one before; null where nothing is kept. Raises BadStore for
        what a power cut left of it."""
        place = _scratch(name)
        if self.folder:
            try:
                return self._scratch_rows(self.folder, place, scratch.last(self.folder / place))
            except ArrowInvalid as error:
                raise BadStore(
                    f"{place} in the lake {self.root} cannot be read. Run mingjing run again: it makes it anew."
                ) from error
        rows = self._found(place)
        return None if rows is None else rows.frame

    def _scratch_rows(self, lake: Path, place: str, data: str | None) -> DataFrame | None:
        schema = schema_written(lake / place, data) if data else None
        return self._rows_of(place, schema, files_of_rows(lake / place, data)).frame if data and schema else None

    def stated(self, what: str) -> Mapping[str, str] | None:
        """What the lake states about itself under the name; null where it does not."""
        rows = self._found(_statement(what))
        row = None if rows is None else rows.frame.first()
        return None if row is None else row.asDict()

    def state(self, what: str, values: Mapping[str, str], *, instead: bool = False) -> None:
        """Keeps a statement of the lake about itself, for good: a second one of the name is refused, unless it is `instead` of the first."""
        rows = self.session.createDataFrame([tuple(values.values())], ", ".join(f"{name} string" for name in values))
        self._save(_statement(what), rows, "overwrite" if instead else "error")

    def forget_what_was_stated(self, what: str) -> None:
        """Of the statement the last version stays, and no byte of those before; a store has a history of its own."""
        if self.kept_here:
            delta_folder.forget_history(self.kept_here, _statement(what))

    def tidy(self, versions: int) -> None:
        """Of each table in a folder the last versions stay readable; older ones, and what killed runs left, are taken away."""
        if self.folder:
            scratch.tidy(self.folder)
        if self.kept_here:
            delta_folder.tidy(self.kept_here, versions)

    def _write(self, table: Table, frame: DataFrame, mode: Mode) -> None:
        self._assure_declared(table, self._writable, "WRITES")
        rows = self._without_comments(conform(frame, table), frame.schema)
        if table.zone in RESTRICTED_ZONES and self.folder:  # closed before its first byte
            zone = self.folder / table.zone
            zone.mkdir(mode=0o700, parents=True, exist_ok=True)
            zone.chmod(0o700)
        saved = self._save(_place(table), rows, mode, plain_schema(table) if self._is_embedded else table.schema)
        if self._job:
            made, before = saved.commit or self._last_commit(_place(table)), self.written.get(table.full_name)
            if mode == "append" and before and before.rows is not None and made.rows is not None:
                made = made._replace(rows=before.rows + made.rows)
            self.written[table.full_name] = made

    def _save(self, place: str, rows: DataFrame, mode: Mode, schema: StructType | None = None) -> _Rows:
        """Writes and commits the rows, in the schema or as they are, and gives them as they were written."""
        if self.kept_here:
            made_of = self._made_of(rows) if mode == "overwrite" else None
            if made_of and (known := delta_folder.made_of(self.kept_here, place, made_of)):
                return self._rows_of(place, known.schema, known.files, known.commit)
            data = self._made_rows(place, rows)
            kept_as = schema or schema_written(self.kept_here / place, data) or rows.schema
            version = commit(self.kept_here, place, data, mode, kept_as, self._said(made_of))
            return self._rows_of(place, version.schema, version.files, version.commit)
        writer = (rows if schema is None or self._is_embedded else rows.to(schema)).write.format("delta").mode(mode)
        if mode == "overwrite":
            writer = writer.option("overwriteSchema", "true")
        writer.option("userMetadata", self._said()).save(self._path(place))
        if self.folder:
            durable.sync_tree(self.folder / place)
        written = self._found(place)
        assert written is not None
        return written

    def _made_rows(self, place: str, rows: DataFrame) -> str:
        """Name of a folder that the engine has filled with the rows, in the table's folder; they belong to nothing yet."""
        data = uuid4().hex
        rows.write.parquet(f"{self._path(place)}/{data}")
        return data

    def _said(self, made_of: str | None = None) -> str:
        """What a commit says of the job and the run that it is of, of what these had read, and of what its rows follow from."""
        told = {**self._stamp, "job": self._job, "read": self.read_at} if self._stamp else {}
        return json.dumps(told | ({MADE_OF: made_of} if made_of else {}), ensure_ascii=False)

    def _made_of(self, rows: DataFrame) -> str | None:
        """Digest of all that the rows of a job follow from: plan and inputs, code, configuration, engine (decision 0057)."""
        if not self._stamp or (plan := digest_of_plan(rows, self._content)) is None:
            return None
        code = (self._stamp.get("code_version"), self._stamp.get("settings_fingerprint"), self.engine.version, _READ_BY)
        return hashlib.sha256(f"{plan} {code}".encode()).hexdigest()

    def _content(self, path: str) -> str | None:
        """Digest of a file of rows of this lake: a table's has it in its name, one of scratch is hashed."""
        assert self.folder is not None
        known = digest_in(PurePosixPath(path).name)
        if known is None and path.startswith(f"{self._path(scratch.SCRATCH)}/"):
            known = digest_of(self.folder / path.removeprefix(f"{self._address}/"))
        return known


class _Rows(NamedTuple):
    """Rows as they stand, their columns, for which an engine need not be asked again, and the commit that made them, where known."""

    frame: DataFrame
    columns: list[str]
    commit: Commit | None = None


def _in_words(schema: StructType) -> str:
    """The schema as an engine reads it in a text. Of the schema itself pyspark makes JSON first, with a look into each column for collations."""
    return ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in schema)


def _place(table: Table) -> str:
    return f"{table.zone}/{table.name}"


def _scratch(name: str) -> str:
    return f"{scratch.SCRATCH}/{name}"


def _statement(what: str) -> str:
    return f"_about/{what}"


def plain_schema(table: Table) -> StructType:
    """The table's schema for rows made here, without the comments over which the embedded engine stumbles (decision 0004)."""
    return StructType([StructField(c.name, c.type) for c in table.columns])


def conform(frame: DataFrame, table: Table) -> DataFrame:
    """The frame in the contract's columns and order. Raises ContractBroken on a missing, extra or mistyped column."""
    found = {field.name: field.dataType for field in frame.schema.fields}
    expected = {column.name: column.type for column in table.columns}
    for name, data_type in expected.items():
        if name not in found:
            raise ContractBroken(f"{table.full_name}: column {name} is missing. Nothing was written.")
        if found[name].simpleString() != data_type.simpleString():
            raise ContractBroken(
                f"{table.full_name}: column {name} is {found[name].simpleString()}, "
                f"expected {data_type.simpleString()}. Nothing was written."
            )
    if extra := sorted(set(found) - set(expected)):
        raise ContractBroken(f"{table.full_name}: column {extra[0]} is not in the contract. Nothing was written.")
    return frame.select(*table.column_names)


@contextmanager
def single_writer(root: str) -> Iterator[None]:
    """Holds the lake against a second writer for the length of a run. Raises BadConfiguration where there is one.

    A folder is held against all who write to it, on every machine that shares it where its file system shares locks. A lake
    on a store is held against runs of this machine only (decision 0019): no store that the engines write has a lock that ends
    with the process that took it.

    While it is held the lock file has a mark. One that is found there is of a run that was killed, or that failed: the rows which it
    had written and not committed are taken away first.
    """
    folder = local_folder(root)
    digest = hashlib.sha256(root.rstrip("/").encode()).hexdigest()[:16]
    path = folder / ".writer.lock" if folder else Path(tempfile.gettempdir()) / f"mingjing-{digest}.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadConfiguration(f"Another run is writing to {root}. Wait for it to end, or use another --out.") from error
        if folder and os.fstat(lock).st_size and is_known_to_deltalake(folder):
            delta_folder.forget_unfinished(folder)
        elif folder:
            durable.append(lock, b"held\n")
        yield
        os.ftruncate(lock, 0)
    finally:
        os.close(lock)
