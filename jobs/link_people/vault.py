"""vault.people: the only table that ties a person id to a number and a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import PEOPLE
from expectations.contracts.model import ORIGIN
from jobs.cells.names import read_names
from jobs.cells.person_numbers import read_numbers
from jobs.runtime.arrow import arrow_batches, polars_frames
from jobs.runtime.lake import Lake

ANCHOR_SETS = ("household_registry", "dibao_roster", "tekun_roster", "payments")
"""Data sets that an anchor's number and name may come from."""


def people(lake: Lake, roots: DataFrame) -> DataFrame:
    """vault.people of the anchors: number and name as delivered, in one spelling."""
    frames = []
    for code in ANCHOR_SETS:
        if not lake.exists(DATA_SETS[code].bronze):
            continue
        bronze = lake.read(DATA_SETS[code].bronze).select(*ORIGIN, F.col("id_number").alias("number"), "name")
        wanted = roots.filter(F.col("data_set") == code).select("person_id", *ORIGIN)
        # An origin is one bronze row: the join multiplies nothing.
        frames.append(
            bronze.join(wanted, list(ORIGIN), "inner").select("person_id", "number", "name", F.lit(code).alias("source"))
        )
    everything = frames[0]
    for frame in frames[1:]:
        everything = everything.unionByName(frame)
    return everything.mapInArrow(_in_one_spelling, PEOPLE.schema)


def _in_one_spelling(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for rows in polars_frames(batches):
        yield from arrow_batches(
            rows.with_columns(number=read_numbers(rows["number"])[0], name=read_names(rows["name"])), PEOPLE.schema
        )
