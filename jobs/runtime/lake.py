"""The lake: the only place that reads and writes tables. Delta tables by path, ROOT/zone/name.

What the embedded engine would let pass (extra columns, other types) is refused here for both engines.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

from expectations.contracts.model import Table
from jobs.runtime.errors import BadConfiguration, ContractBroken
from jobs.runtime.ids import with_letters
from jobs.runtime.session import EMBEDDED, Engine

PARALLEL_TABLES = 2
"""Tables that one run may write at the same time: one keeps a core busy while another commits."""
RESTRICTED_ZONES = ("bronze", "quarantine", "vault")


class Lake:
    """Tables of one lake, read and written by contract.

    root: folder of the lake on this machine, or a URI that the engine can write. Column comments are written by
    Spark only: the embedded engine's planner trips over them (decision 0004), so it drops them on reading, too.
    """

    def __init__(self, engine: Engine, root: str) -> None:
        self.session = engine.session
        self.root = root.rstrip("/")
        self._is_embedded = engine.name == EMBEDDED
        self._cores = engine.cores

    def path(self, table: Table) -> str:
        return f"{self.root}/{table.zone}/{table.name}"

    def numbers_of_tasks(self, count: int) -> DataFrame:
        """The numbers 0 … count-1 in column `id`, spread for work that takes seconds and megabytes each.

        Spark hands out a partition at a time and gets one for each. The embedded engine starts all partitions at once:
        as many as there are cores work through the numbers, or the memory would grow with them.
        """
        partitions = min(count, self._cores) if self._is_embedded else count
        return self.session.range(0, count, 1, partitions)

    def exists(self, table: Table) -> bool:
        return self._is_there(self.path(table))

    def _is_there(self, path: str) -> bool:
        if "://" not in self.root:
            # A run that was killed may leave a log without a commit: then there is no table yet.
            return any((Path(path) / "_delta_log").glob("*.json"))
        try:
            return bool(self.session.read.format("delta").load(path).columns)
        except Exception:  # each engine and store has its own error for "not there"
            return False

    def read(self, table: Table) -> DataFrame:
        """The table's current rows in contract columns; one that it gained since they were written is null. Raises ContractBroken
        when the table was never written."""
        if not self.exists(table):
            raise ContractBroken(
                f"{table.full_name} is not in the lake {self.root}. Run the jobs before this one, or mingjing run."
            )
        rows = self.session.read.format("delta").load(self.path(table))
        gained = [column for column in table.columns if column.nullable and column.name not in rows.columns]
        rows = rows.withColumns({column.name: F.lit(None).cast(column.type) for column in gained}) if gained else rows
        rows = with_letters(rows)
        if self._is_embedded and any(field.metadata for field in rows.schema.fields):
            return rows.select(*(F.coalesce(F.col(name), F.lit(None)).alias(name) for name in table.column_names))
        return rows.select(*table.column_names)

    def read_or_empty(self, table: Table) -> DataFrame:
        """The table's rows, or none where no file of it was ever delivered."""
        if self.exists(table):
            return self.read(table)
        return self.session.createDataFrame([], plain_schema(table))

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
        path = self._scratch(name)
        frame.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(path)
        return self.session.read.format("delta").load(path)

    def kept(self, name: str) -> DataFrame | None:
        """What `computed_once` kept under the name in this run or the one before; null where nothing is kept."""
        path = self._scratch(name)
        return self.session.read.format("delta").load(path) if self._is_there(path) else None

    def _scratch(self, name: str) -> str:
        return f"{self.root}/_scratch/{name}"

    def _write(self, table: Table, frame: DataFrame, mode: str) -> None:
        writer = conform(frame, table, with_comments=not self._is_embedded).write.format("delta").mode(mode)
        if table.zone in RESTRICTED_ZONES and "://" not in self.root:  # closed before its first byte
            zone = Path(self.root) / table.zone
            zone.mkdir(mode=0o700, parents=True, exist_ok=True)
            zone.chmod(0o700)
        if mode == "overwrite":
            writer = writer.option("overwriteSchema", "true")
        writer.option("userMetadata", table.comment).save(self.path(table))


def plain_schema(table: Table) -> StructType:
    """The table's schema for rows made here, without the comments over which the embedded engine stumbles (decision 0004)."""
    return StructType([StructField(c.name, c.type) for c in table.columns])


def conform(frame: DataFrame, table: Table, *, with_comments: bool = False) -> DataFrame:
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
    if with_comments:
        return frame.select(*(F.col(c.name).alias(c.name, metadata={"comment": c.comment}) for c in table.columns))
    return frame.select(*table.column_names)


@contextmanager
def single_writer(root: str) -> Iterator[None]:
    """Holds the lake against a second writer on this machine for the length of a run."""
    if "://" in root:
        yield
        return
    folder = Path(root)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".writer.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadConfiguration(f"Another run is writing to {root}. Wait for it to end, or use another --out.") from error
        yield
