"""Going back from a row's origin to the texts that were delivered. Restricted: the texts identify people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.model import DataSet, Kind
from jobs.cells.names import read_names
from jobs.cells.person_numbers import read_disability_numbers, read_numbers
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake

Place = tuple[str, str, int]
"""file_id, sheet, row"""


def texts_at(
    lake: Lake, data_set: DataSet, places: Iterable[Place], fields: tuple[str, ...]
) -> dict[Place, tuple[str | None, ...]]:
    """Normalised texts of the named fields at the given places of bronze."""
    rows = [(file_id, sheet or "", row) for file_id, sheet, row in places]
    if not rows or not lake.exists(data_set.bronze):
        return {}
    wanted = lake.session.createDataFrame(sorted(rows), "_file_id string, _sheet string, _row bigint")
    bronze = lake.read(data_set.bronze).select("_file_id", F.coalesce("_sheet", F.lit("")).alias("_sheet"), "_row", *fields)
    found = bronze.join(F.broadcast(wanted), ["_file_id", "_sheet", "_row"], "left_semi")  # as many rows as places
    frame = on_driver(found)
    read = frame.with_columns([_normalised(data_set, field, frame[field]) for field in fields])
    return {(f, s, r): tuple(texts) for f, s, r, *texts in read.select("_file_id", "_sheet", "_row", *fields).iter_rows()}


def texts_of(data_set: DataSet, bronze: Mapping[str, str | None], fields: tuple[str, ...]) -> tuple[str | None, ...]:
    """Normalised texts of the named fields of one row of bronze."""
    cells = (pl.Series(field, [bronze[field]], dtype=pl.String) for field in fields)
    return tuple(_normalised(data_set, cell.name, cell)[0] for cell in cells)


def _normalised(data_set: DataSet, field: str, cells: pl.Series) -> pl.Series:
    match data_set[field].kind:
        case Kind.NAME:
            return read_names(cells)
        case Kind.PERSON_NUMBER | Kind.OWNER_NUMBER:
            return read_numbers(cells)[0].alias(field)
        case Kind.DISABILITY_NUMBER:
            return read_disability_numbers(cells)[0].alias(field)
        case _:
            return cells
