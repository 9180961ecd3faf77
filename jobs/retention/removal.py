"""Physical removal: a table gets a version with the rows that stay, and every byte of the versions before it goes; done again, it does nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from expectations.contracts.model import Table
from jobs.runtime import durable
from jobs.runtime.delta_folder import commit, current


def keep_rows(lake: Path, table: Table, frame: pl.DataFrame, stays: pl.Series, said: str) -> None:
    """The table has the rows that stay, in a new version; nothing is written where all do."""
    if not stays.all():
        put_rows(lake, table, frame.filter(stays), said)


def put_rows(lake: Path, table: Table, rows: pl.DataFrame, said: str) -> None:
    """The table has these rows, in a new version."""
    place = f"{table.zone}/{table.name}"
    now = current(lake, place)
    data = uuid4().hex
    (lake / place / data).mkdir()
    if rows.height:
        schema = pa.schema(DeltaTable(lake / place).to_pyarrow_dataset().schema)
        pq.write_table(rows.to_arrow().cast(schema), lake / place / data / "rows.parquet", compression="zstd")
    commit(lake, place, data, "overwrite", now.schema, said)


def remove(path: Path) -> None:
    """The file or folder is gone, and stays away."""
    if os.path.lexists(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        durable.sync(path.parent)
