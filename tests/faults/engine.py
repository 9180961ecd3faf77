"""An engine that holds its rows in memory and writes them as Parquet: what the lake asks of one, and no more."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import Row, StructType

from jobs.runtime.session import EMBEDDED, Engine

os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"  # columns are made without a machine of their own
PARTS = 2
"""Files of one write: an engine may end between two of them."""


@dataclass(frozen=True)
class Frame:
    """Rows in the columns of their schema."""

    table: pa.Table
    schema: StructType

    @property
    def columns(self) -> list[str]:
        return self.schema.names

    @property
    def write(self) -> Frame:
        return self

    @property
    def digest(self) -> str:
        """Of the rows, whoever made them: what a plan over the same files comes to."""
        return hashlib.sha256(repr(self.table.to_pylist()).encode()).hexdigest()

    def select(self, *_: object) -> Frame:
        """As they are: all tables here are written in the columns of their contracts."""
        return self

    def collect(self) -> list[Row]:
        return [Row(**row) for row in self.table.to_pylist()]

    def first(self) -> Row | None:
        return next(iter(self.collect()), None)

    def parquet(self, folder: str) -> None:
        os.makedirs(folder)
        size = -(-self.table.num_rows // PARTS) or 1
        for part, start in enumerate(range(0, self.table.num_rows, size)):
            content = io.BytesIO()
            pq.write_table(self.table.slice(start, size), content, compression="zstd")
            Path(folder, f"part-{part}.parquet").write_bytes(content.getvalue())


class Session:
    """Makes frames of rows, and of files."""

    @property
    def read(self) -> Session:
        return self

    def createDataFrame(self, rows: list[Any], schema: StructType) -> Frame:
        named = [row if isinstance(row, dict) else dict(zip(schema.names, row, strict=True)) for row in rows]
        full = [{name: row.get(name) for name in schema.names} for row in named]
        return Frame(pa.Table.from_pylist(full, schema=_arrow(schema)), schema)

    def schema(self, words: str) -> _Reader:
        return _Reader(words)


@dataclass(frozen=True)
class _Reader:
    words: str

    def parquet(self, *files: str) -> Frame:
        rows = pa.concat_tables(pq.read_table(pa.BufferReader(Path(file).read_bytes())) for file in files)
        schema = from_arrow_schema(rows.schema)
        assert self.words == ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in schema)
        return Frame(rows, schema)


def _arrow(schema: StructType) -> pa.Schema:
    return pa.schema([field.remove_metadata() for field in to_arrow_schema(schema)])


def engine() -> Engine:
    return Engine(EMBEDDED, cast(SparkSession, Session()), 1)
