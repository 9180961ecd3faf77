"""Between polars frames and the Arrow batches that both engines exchange with Python."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pyarrow as pa
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def arrow_batches(rows: pl.DataFrame, schema: StructType) -> Iterator[pa.RecordBatch]:
    """The frame as batches in exactly the schema's columns and types: engines refuse, or worse cast, anything else."""
    names = schema.fieldNames()
    table = rows.select(names).to_arrow(compat_level=pl.CompatLevel.oldest())
    yield from table.cast(pa.schema([field.remove_metadata() for field in to_arrow_schema(schema)])).to_batches()


def polars_frame(batch: pa.RecordBatch) -> pl.DataFrame:
    """The batch as a frame, without copying."""
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    assert isinstance(frame, pl.DataFrame)
    return frame
