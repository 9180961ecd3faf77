"""Delivered twice: rows that another file of the register holds, too, or a newer extract of their county, leave silver.

Equality is that of silver: the same rows saved in another format, order or manner of writing are the same rows. What counts once is
decided by `jobs/delivery/delivered_twice.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import DataSet
from jobs.delivery.delivered_twice import (
    COUNTY,
    Alike,
    Repeat,
    Replaced,
    Sizes,
    alike,
    digest_fields,
    key_columns,
    may_replace,
    month_field,
    newer_pairs,
    overlapping,
    repeating,
    repeats,
    replaced,
    replaced_by_key,
    rough_fields,
)
from jobs.delivery.ledger import Account
from jobs.runtime.lake import Lake

_DIGEST, _EARLIER = "_digest", "_earlier_id"


def take_out_replaced(lake: Lake, data_set: DataSet, files: Sequence[Account], as_of: date) -> list[Replaced]:
    """Rewrites the register's silver table without what newer extracts replace; files: the current ones."""
    if not may_replace(data_set, files):
        return []
    if COUNTY not in data_set.field_names:
        return _take_out_by_key(lake, data_set, files, as_of)
    silver = lake.read(data_set.silver)
    counted = silver.filter(F.col(COUNTY).isNotNull()).groupBy("_file_id", COUNTY).count().collect()  # files x counties
    found = replaced(files, {(file, county): count for file, county, count in counted}, as_of)
    if found:
        older = lake.session.createDataFrame([(part.file_id, part.county) for part in found], f"_file_id string, {COUNTY} string")
        lake.overwrite(data_set.silver, silver.join(F.broadcast(older), ["_file_id", COUNTY], "left_anti"))
    return found


def _take_out_by_key(lake: Lake, data_set: DataSet, files: Sequence[Account], as_of: date) -> list[Replaced]:
    pairs = newer_pairs(files, as_of)
    if not pairs:
        return []
    silver, key = lake.read(data_set.silver), key_columns(data_set)
    keyed = silver.dropna(subset=key).select("_file_id", "_sheet", "_row", *key)
    newer = keyed.select(F.col("_file_id").alias("_newer_id"), *key).distinct()
    of_pairs = lake.session.createDataFrame(pairs, "_file_id string, _newer_id string, _newness int")
    told = keyed.join(F.broadcast(of_pairs), "_file_id", "inner").join(newer, ["_newer_id", *key], "inner")  # a row a newer file
    newest = Window.partitionBy("_file_id", "_sheet", "_row").orderBy(F.col("_newness").desc(), F.col("_newer_id").desc())
    held = told.withColumn("_n", F.row_number().over(newest)).filter("_n = 1").select("_file_id", "_sheet", "_row", "_newer_id")
    held = lake.computed_once(held, f"replaced_rows_{data_set.code}")
    counted = held.groupBy("_file_id", "_newer_id").count().collect()  # pairs of files of a register
    found = replaced_by_key(files, [tuple(row) for row in counted])
    if found:
        gone = [part.file_id for part in found if part.rows == next(f.accepted for f in files if f.file_id == part.file_id)]
        left = silver.join(held, ["_file_id", "_sheet", "_row"], "left_anti").filter(~F.col("_file_id").isin(gone))
        lake.overwrite(data_set.silver, left.select(*data_set.silver.column_names))
    return found


def take_out_repeats(lake: Lake, data_set: DataSet, areas: Mapping[str, str]) -> list[Repeat]:
    """Rewrites the register's silver table without rows that an earlier file holds; one repeat a file that had such rows.

    areas: of the current files by file_id, in the order in which they count: of equal rows the first file's stay.
    """
    files = overlapping(areas)
    if not files:
        return []
    rows = _digested(lake.read(data_set.silver), digest_fields(data_set))
    shared, found = _in_several(lake, data_set, rows, files, "shared")
    if not found:
        return []
    pairs = lake.session.createDataFrame([pair[:2] for pair in found], f"_file_id string, {_EARLIER} string")
    held = shared.join(pairs, ["_file_id", _EARLIER], "left_semi").groupBy("_file_id", _DIGEST).agg(F.max("_held").alias("_held"))
    held = lake.computed_once(held, f"repeated_rows_{data_set.code}")
    lake.overwrite(data_set.silver, _without(rows, held).select(*data_set.silver.column_names))
    left_out = held.groupBy("_file_id").agg(F.sum("_held").alias("rows")).collect()  # files of a register
    return repeats([tuple(row) for row in left_out], found)


def near_copies(lake: Lake, data_set: DataSet, areas: Mapping[str, str]) -> list[Alike]:
    """What is left in silver, once repeats are out, that an earlier file holds with other numbers or accounts."""
    files = overlapping(areas)
    if not files:
        return []
    rows = _digested(lake.read(data_set.silver), rough_fields(data_set))
    return alike(_in_several(lake, data_set, rows, files, "alike")[1])


def _in_several(
    lake: Lake, data_set: DataSet, rows: DataFrame, files: Sequence[str], name: str
) -> tuple[DataFrame, list[tuple[str, str, int]]]:
    """The rows of `_shared`, and the pairs of files that repeat each other: file, earlier file, rows."""
    places = lake.session.createDataFrame(list(enumerate(files)), "_place int, _file_id string")
    suspects = rows.join(F.broadcast(places), "_file_id", "inner")  # one row a file
    extent = suspects.groupBy(_DIGEST).agg(F.min("_place").alias("_first"), F.max("_place").alias("_last"))
    in_several = extent.filter("_first < _last").select(_DIGEST)
    if not in_several.limit(1).collect():  # as a rule: one pass over the rows, and no more
        return rows, []
    counts = suspects.join(in_several, _DIGEST, "left_semi").groupBy("_file_id", "_place", _DIGEST).agg(F.count("*").alias("_n"))
    shared = lake.computed_once(_shared(counts), f"{name}_rows_{data_set.code}")
    by_pair = shared.groupBy("_file_id", _EARLIER).agg(F.sum("_held").alias("rows")).collect()  # pairs of files of a register
    return shared, repeating([tuple(pair) for pair in by_pair], _sizes(data_set, suspects))


def _digested(silver: DataFrame, fields: Sequence[str]) -> DataFrame:
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
    by: list[Column] = [F.col(COUNTY)] if COUNTY in data_set.field_names else []
    if month := month_field(data_set):
        by.append(F.date_trunc("month", month).cast("date"))
    sizes: dict[str, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for file, *cell, count in rows.groupBy("_file_id", *by).count().collect():  # files x counties x months
        sizes[file][tuple(cell)] = count
    return sizes


def _without(rows: DataFrame, held: DataFrame) -> DataFrame:
    """The rows less, of each file and digest, as many as are held elsewhere: the first ones of the file."""
    nth = F.row_number().over(Window.partitionBy("_file_id", _DIGEST).orderBy("_sheet", "_row"))
    joined = rows.join(held, ["_file_id", _DIGEST], "left").withColumn("_nth", nth)  # held is one row a file and digest
    return joined.filter("_held IS NULL OR _nth > _held")
