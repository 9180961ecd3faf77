"""Between polars frames and the Arrow batches that both engines exchange with Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def arrow_batches(rows: pl.DataFrame, schema: StructType) -> Iterator[pa.RecordBatch]:
    """The frame as batches in exactly the schema's columns and types: engines refuse, or worse cast, anything else."""
    names = schema.fieldNames()
    table = rows.select(names).to_arrow(compat_level=pl.CompatLevel.oldest())
    yield from table.cast(pa.schema([field.remove_metadata() for field in to_arrow_schema(schema)])).to_batches()


FRAME_ROWS = 128_000
"""Rows gathered before a frame is worked on: engines hand over a few thousand at a time, and each call costs the same."""


def polars_frames(batches: Iterable[pa.RecordBatch], rows: int = FRAME_ROWS) -> Iterator[pl.DataFrame]:
    """The batches as frames of about `rows` rows each; no frame is empty."""
    gathered: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if batch.num_rows:
            gathered.append(batch)
            count += batch.num_rows
        if count >= rows:
            yield _frame(gathered)
            gathered, count = [], 0
    if gathered:
        yield _frame(gathered)


def on_driver(rows: DataFrame) -> pl.DataFrame:
    """All rows, in the driver's memory: callers say what bounds their number."""
    # Spark hands over one chunk a task, and polars fails on an empty chunk of nested lists.
    frame = pl.from_arrow(rows.toArrow().combine_chunks())
    assert isinstance(frame, pl.DataFrame)
    return frame


def _frame(batches: list[pa.RecordBatch]) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches(batches))
    assert isinstance(frame, pl.DataFrame)
    return frame
