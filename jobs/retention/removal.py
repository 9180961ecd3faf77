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
from jobs.runtime.delta_folder import LOG, checkpointed, commit, current, is_of_rows


def keep_rows(lake: Path, table: Table, frame: pl.DataFrame, stays: pl.Series, said: str) -> None:
    """The table has the rows that stay, in a new version; nothing is written where all do."""
    if stays.all():
        return
    place = f"{table.zone}/{table.name}"
    now = current(lake, place)
    data = uuid4().hex
    (lake / place / data).mkdir()
    kept = frame.filter(stays)
    if kept.height:
        schema = pa.schema(DeltaTable(lake / place).to_pyarrow_dataset().schema)
        pq.write_table(kept.to_arrow().cast(schema), lake / place / data / "rows.parquet", compression="zstd")
    commit(lake, place, data, "overwrite", now.schema, said)


def forget_history(lake: Path, table: Table) -> None:
    """Of the table nothing is left but its last version: no file of rows, no commit and no checkpoint that tells of another."""
    place = f"{table.zone}/{table.name}"
    folder, log = lake / place, lake / place / LOG
    opened = checkpointed(folder)
    named = set(opened.get_add_actions()["path"].to_pylist())
    last = f"{opened.version():020}"
    for path in sorted(log.iterdir()):
        if not path.name.startswith((last, "_last_checkpoint")):
            _remove(path)
    for path in sorted(folder.iterdir()):
        if path.name == LOG:
            continue
        inside = [child for child in path.rglob("*") if child.is_file()] if path.is_dir() else [path]
        for child in inside:
            name = child.relative_to(folder).as_posix()
            if name not in named and is_of_rows(name):
                child.unlink()
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    durable.sync_names([log, folder], lake)


def remove(path: Path) -> None:
    """The file or folder is gone, and stays away."""
    if os.path.lexists(path):
        _remove(path)
        durable.sync(path.parent)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
