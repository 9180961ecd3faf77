"""Who a record means: its number and name held against the household registry, for people whom no benefit names.

silver.identities knows the people of benefits only. Here the same grades are given for any numbers: A number and name of
an entry, B the former name or a variant of the name, C a number that was upgraded, repaired or linked, D another name.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import ORIGIN
from jobs.cells.names import may_be_same
from jobs.registers.conditions import holds
from jobs.registers.grades import capped, grade_cap
from jobs.registers.origins import texts_at
from jobs.registers.references import LIVE, REGISTRY
from jobs.runtime.lake import Lake

Once = Callable[[DataFrame, str], DataFrame]
"""Computes a frame that is used more than once, and gives it back: Lake.computed_once."""
Variants = Callable[[DataFrame], DataFrame]
"""Of RECORD_COLUMNS and REGISTERED_ORIGIN pairs whose names differ, those that may be one name: number_key, record_name_key, name_key."""

RECORD_COLUMNS = ("number_key", "record_name_key", "number_state", "data_set", "name_field", *ORIGIN)
"""What a frame of records needs, so that `identified` can say whom they mean; number_state is the state of the record's number."""
REGISTERED_ORIGIN = tuple(f"registered{column}" for column in ORIGIN)
ENTRY_COLUMNS = (
    "number_key", "name_key", "former_name_key", "sex", "born_on", "county_code", "town", "village", "book_no", "book_relation",
    "registry_status", *REGISTERED_ORIGIN,
)  # fmt: skip


def entries(registry: DataFrame) -> DataFrame:
    """The registry in ENTRY_COLUMNS, without rows that no usable number stands in."""
    return registry.filter(F.col("person_key").isNotNull()).select(
        F.col("person_key").alias("number_key"), F.coalesce("name_key", F.lit("")).alias("name_key"), "former_name_key", "sex",
        "born_on", "county_code", "town", "village", "book_no", F.col("relation").alias("book_relation"),
        F.col("status").alias("registry_status"), *(F.col(c).alias(f"registered{c}") for c in ORIGIN),
    )  # fmt: skip


def current_entries(registry: DataFrame, numbers: DataFrame) -> DataFrame:
    """The entries under the given numbers: one a number and name, a live one before a cancelled one. Key number_key, name_key."""
    live_first = Window.partitionBy("number_key", "name_key").orderBy(
        (~F.col("registry_status").isin(*LIVE)).cast("int"), *REGISTERED_ORIGIN
    )
    found = entries(registry).join(numbers.select("number_key").distinct(), "number_key", "left_semi")
    return found.withColumn("_n", F.row_number().over(live_first)).filter("_n = 1").drop("_n")


def unregistered(records: DataFrame, people: DataFrame) -> DataFrame:
    """Persons whom records name under a number that the registry does not know, in ENTRY_COLUMNS: the record's name stands."""
    once = Window.partitionBy("number_key", "record_name_key").orderBy("data_set", *ORIGIN)
    unknown = (
        records.filter(F.col("number_key").isNotNull())
        .join(people.select("number_key").distinct(), "number_key", "left_anti")
        .withColumn("_n", F.row_number().over(once))
        .filter("_n = 1")
    )
    given = {"number_key": F.col("number_key"), "name_key": F.coalesce("record_name_key", F.lit(""))}
    types = {field.name: field.dataType for field in people.schema.fields}
    return unknown.select(*(given.get(name, F.lit(None).cast(types[name])).alias(name) for name in ENTRY_COLUMNS))


def identified(records: DataFrame, people: DataFrame, variants: Variants) -> DataFrame:
    """Records beside every person registered under their number, with `name_key` of the person and `identity_grade`.

    records: RECORD_COLUMNS and more; people: ENTRY_COLUMNS. A number that two people share makes two rows, one of them D.
    """
    known = people.select("number_key", "name_key", "former_name_key", *REGISTERED_ORIGIN)
    pairs = records.join(known, "number_key", "inner")
    is_same = holds(F.col("record_name_key") == F.col("name_key"))
    is_former = holds(F.col("record_name_key") == F.col("former_name_key"))
    found = variants(pairs.filter(~is_same & ~is_former).select(*RECORD_COLUMNS, "name_key", *REGISTERED_ORIGIN))
    written = found.select("number_key", "record_name_key", "name_key").distinct().withColumn("_is_variant", F.lit(True))
    grade = F.when(is_same, F.lit("A")).when(is_former | holds(F.col("_is_variant")), F.lit("B")).otherwise(F.lit("D"))
    return (
        pairs.join(F.broadcast(written), ["number_key", "record_name_key", "name_key"], "left")  # distinct: doubles nothing
        .withColumn("identity_grade", capped(grade, grade_cap("number_state")))
        .drop("_is_variant", "former_name_key", *REGISTERED_ORIGIN)
    )


def variants_of(lake: Lake) -> Variants:
    """The comparison of written names: the texts stay inside, keys come out."""

    def variants(pairs: DataFrame) -> DataFrame:
        rows = pairs.dropDuplicates(["number_key", "record_name_key", "name_key"]).toPandas()  # numbers under two names: few
        found = [] if rows.empty else _same_names(lake, rows)
        return lake.session.createDataFrame(found, "number_key string, record_name_key string, name_key string")

    return variants


def _same_names(lake: Lake, rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    rows = rows[(rows["record_name_key"].fillna("") != "") & rows["registered_row"].notna()]
    texts: dict[object, str | None] = {}
    for code, field in sorted(set(zip(rows["data_set"], rows["name_field"], strict=True))):
        of_set = rows[(rows["data_set"] == code) & (rows["name_field"] == field)]
        texts |= _texts(lake, code, field, of_set, list(ORIGIN))
    registered = _texts(lake, REGISTRY, "name", rows, list(REGISTERED_ORIGIN))
    return sorted(
        {
            (row["number_key"], row["record_name_key"], row["name_key"])
            for index, row in rows.iterrows()
            if texts.get(index) and registered.get(index) and may_be_same(str(texts[index]), str(registered[index]))
        }
    )


def _texts(lake: Lake, code: str, field: str, rows: pd.DataFrame, origin: list[str]) -> dict[object, str | None]:
    """Names by the index of the rows."""
    places = {
        index: (file_id, sheet or "", int(number))
        for index, file_id, sheet, number in zip(rows.index, *(rows[column] for column in origin), strict=True)
    }
    found = texts_at(lake, DATA_SETS[code], places.values(), (field,))
    return {index: found.get(place, (None,))[0] for index, place in places.items()}


def no_variants(pairs: DataFrame) -> DataFrame:
    """Takes names as equal or not: for frames without a lake behind them."""
    return pairs.select("number_key", "record_name_key", "name_key").limit(0)
