"""Delivered twice: rows of one file that another file of the register holds, too, count once and are told to both sides.

A department may pay a household twice: equal rows inside one file stay. Between two files it is a repetition where most of
what both could hold, the counties and months that stand in both, is equal in every field. Equality is that of silver: the
same rows saved in another format, order or manner of writing are the same rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import DataSet, Kind
from jobs.runtime.lake import Lake

LEAST_SHARE = 0.5
"""Of the smaller file's rows where the two overlap: nearly all of a block sent again are equal, by chance only some."""
_DIGEST, _EARLIER = "_digest", "_earlier_id"
Sizes = Mapping[str, Counter[tuple[object, ...]]]
"""Rows of each file by what could make two files overlap: county, month."""


@dataclass(frozen=True)
class Repeat:
    """So many rows of a file do not count, because earlier files hold them, most of them the one named."""

    file_id: str
    earlier_id: str
    rows: int


def take_out_repeats(lake: Lake, data_set: DataSet, areas: Mapping[str, str]) -> list[Repeat]:
    """Rewrites the register's silver table without rows that an earlier file holds; one repeat a file that had such rows.

    areas: of the current files by file_id, in the order in which they count: of equal rows the first file's stay.
    """
    files = _overlapping(areas)
    if not files:
        return []
    rows = _digested(data_set, lake.read(data_set.silver))
    places = lake.session.createDataFrame(list(enumerate(files)), "_place int, _file_id string")
    suspects = rows.join(F.broadcast(places), "_file_id", "inner")  # one row a file
    extent = suspects.groupBy(_DIGEST).agg(F.min("_place").alias("_first"), F.max("_place").alias("_last"))
    in_several = extent.filter("_first < _last").select(_DIGEST)
    if not in_several.limit(1).collect():  # as a rule: one pass over the rows, and no more
        return []
    counts = suspects.join(in_several, _DIGEST, "left_semi").groupBy("_file_id", "_place", _DIGEST).agg(F.count("*").alias("_n"))
    shared = lake.computed_once(_shared(counts), f"shared_rows_{data_set.code}")
    by_pair = shared.groupBy("_file_id", _EARLIER).agg(F.sum("_held").alias("rows")).collect()  # pairs of files of a register
    sizes = _sizes(data_set, suspects)
    repeating = [(file, earlier, n) for file, earlier, n in by_pair if n > LEAST_SHARE * _overlap(sizes[file], sizes[earlier])]
    if not repeating:
        return []
    pairs = lake.session.createDataFrame([pair[:2] for pair in repeating], f"_file_id string, {_EARLIER} string")
    held = shared.join(pairs, ["_file_id", _EARLIER], "left_semi").groupBy("_file_id", _DIGEST).agg(F.max("_held").alias("_held"))
    held = lake.computed_once(held, f"repeated_rows_{data_set.code}")
    lake.overwrite(data_set.silver, _without(rows, held).select(*data_set.silver.column_names))
    left_out = held.groupBy("_file_id").agg(F.sum("_held").alias("rows")).collect()  # files of a register
    return sorted((Repeat(file, _most_like(file, repeating), n) for file, n in left_out), key=lambda repeat: repeat.file_id)


def _overlapping(areas: Mapping[str, str]) -> list[str]:
    """Files of which another is of the same area, of one that holds it, or of one inside: 420222 lies in 420200."""
    places = {file: area.removesuffix("00").removesuffix("00") for file, area in areas.items()}
    return [
        file
        for file, place in places.items()
        if any(file != other and (place.startswith(at) or at.startswith(place)) for other, at in places.items())
    ]


def _digested(data_set: DataSet, silver: DataFrame) -> DataFrame:
    """Silver with a digest of every field. How a number read is no part of it: 15 digits and 18 may be the same person's."""
    fields = [c.name for f in data_set.fields for c in f.silver_columns if not c.name.endswith("_number_state")]
    # As texts without nulls: a null would be passed over, and the embedded engine fails on rows of constants alone.
    return silver.withColumn(_DIGEST, F.xxhash64(*(F.coalesce(F.col(field).cast("string"), F.lit("")) for field in fields)))


def _shared(counts: DataFrame) -> DataFrame:
    """_file_id, _earlier_id, _digest, _held: equal rows of a file and one before it, as often as both hold them."""
    earlier = counts.select(
        _DIGEST, F.col("_file_id").alias(_EARLIER), F.col("_place").alias("_earlier_place"), F.col("_n").alias("_earlier_n")
    )
    both = counts.join(earlier, _DIGEST, "inner").filter("_earlier_place < _place")  # a row a pair of files, on purpose
    return both.select("_file_id", _EARLIER, _DIGEST, F.least("_n", "_earlier_n").alias("_held"))


def _sizes(data_set: DataSet, rows: DataFrame) -> Sizes:
    by: list[Column] = [F.col("county_code")] if "county_code" in data_set.field_names else []
    if not data_set.snapshot:  # rows that add up, each of its day
        day = next(f.name for f in data_set.fields if f.essential and f.kind in (Kind.MONTH, Kind.DATE))
        by.append(F.date_trunc("month", day).cast("date"))
    sizes: dict[str, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for file, *cell, count in rows.groupBy("_file_id", *by).count().collect():  # files x counties x months
        sizes[file][tuple(cell)] = count
    return sizes


def _overlap(one: Counter[tuple[object, ...]], other: Counter[tuple[object, ...]]) -> int:
    """Rows of the smaller of two files in the counties and months that stand in both."""
    common = one.keys() & other.keys()
    return min(sum(file[cell] for cell in common) for file in (one, other))


def _without(rows: DataFrame, held: DataFrame) -> DataFrame:
    """The rows less, of each file and digest, as many as are held elsewhere: the first ones of the file."""
    nth = F.row_number().over(Window.partitionBy("_file_id", _DIGEST).orderBy("_sheet", "_row"))
    joined = rows.join(held, ["_file_id", _DIGEST], "left").withColumn("_nth", nth)  # held is one row a file and digest
    return joined.filter("_held IS NULL OR _nth > _held")


def _most_like(file: str, pairs: Iterable[tuple[str, str, int]]) -> str:
    """The earlier file that holds most of the file's rows."""
    return max((rows, earlier) for later, earlier, rows in pairs if later == file)[1]
