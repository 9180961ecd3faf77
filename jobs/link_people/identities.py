"""Which person a number and a name together make, and how sure that is.

A number that matches while the name does not is not a person found. The household registry anchors a
number; where it does not know the number, the name that the benefit rosters give most often does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import reduce

import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import IDENTITIES, PERSONS
from expectations.contracts.model import ORIGIN
from jobs.cells.names import may_be_same
from jobs.registers.benefits import Silver
from jobs.registers.conditions import holds
from jobs.registers.origins import texts_at
from jobs.registers.references import REGISTRY, person_references
from jobs.runtime.lake import Lake


def mentions(silver: Silver, numbers: DataFrame) -> DataFrame:
    """Every number of `numbers` with every name that any data set gives it, and one row that does.

    Columns number_key, name_key, data_set, name_field, origin. Key number_key, name_key.
    """
    frames = []
    for code, data_set in DATA_SETS.items():
        if data_set.purpose != "supervision":
            continue
        rows = silver(code)
        for reference in person_references(data_set):
            frames.append(
                rows.select(
                    F.col(reference.number_key).alias("number_key"),
                    F.coalesce(F.col(reference.name_key), F.lit("")).alias("name_key"),
                    F.lit(code).alias("data_set"),
                    F.lit(reference.name_field).alias("name_field"),
                    *ORIGIN,
                )
            )
    # One join over all of them: each would build its own table of the numbers.
    everything = reduce(DataFrame.unionByName, frames).join(numbers, "number_key", "left_semi")
    # Not the least of structs: the embedded engine compares these one by one, several times slower than it sorts.
    first = Window.partitionBy("number_key", "name_key").orderBy("data_set", "name_field", *ORIGIN)
    return everything.withColumn("_n", F.row_number().over(first)).filter("_n = 1").drop("_n")


def anchors(registry: DataFrame, numbers: DataFrame, named: DataFrame) -> DataFrame:
    """The names that stand for a number: key number_key, name_key.

    A number that the registry gives to two names is two people: the name keeps them apart.
    """
    entries = registry.filter(F.col("person_key").isNotNull()).join(
        numbers.withColumnRenamed("number_key", "person_key"), "person_key", "left_semi"
    )
    current_first = Window.partitionBy("person_key", "name_key").orderBy((F.col("status") != "正常").cast("int"), *ORIGIN)
    registered = entries.withColumn("_n", F.row_number().over(current_first)).filter("_n = 1").select(
        F.col("person_key").alias("number_key"),
        F.coalesce(F.col("name_key"), F.lit("")).alias("name_key"),
        "former_name_key", "born_on", "book_no", F.col("status").alias("registry_status"),
        F.col("county_code").alias("registry_county_code"), F.lit(REGISTRY).alias("data_set"), *ORIGIN,
    )  # fmt: skip
    most_often = Window.partitionBy("number_key").orderBy(F.col("mention_count").desc(), "name_key")
    unregistered = (
        named.filter(F.col("number_key").isNotNull())
        .join(registered.select("number_key").distinct(), "number_key", "left_anti")
        .groupBy("number_key", F.coalesce(F.col("name_key"), F.lit("")).alias("name_key"))
        .agg(F.count("*").alias("mention_count"), F.min(F.struct("data_set", *ORIGIN)).alias("at"))
        .withColumn("_n", F.row_number().over(most_often))
        .filter("_n = 1")
        .select(
            "number_key", "name_key", F.lit(None).cast("string").alias("former_name_key"), F.lit(None).cast("date").alias("born_on"),
            F.lit(None).cast("string").alias("book_no"), F.lit(None).cast("string").alias("registry_status"),
            F.lit(None).cast("string").alias("registry_county_code"), "at.*",
        )
    )  # fmt: skip
    return registered.unionByName(unregistered)


def persons(roots: DataFrame) -> DataFrame:
    """silver.persons of the anchors."""
    return roots.withColumn("in_registry", F.col("data_set") == REGISTRY).select(*PERSONS.column_names)


def identities(found: DataFrame, roots: DataFrame) -> DataFrame:
    """Mentions with the person they make: A same name, B former name, D another name; variants are still D here.

    A mention under another name has a row for each person who has the number: key number_key, name_key, anchor_name.
    """
    anchor = roots.select(
        "number_key", F.col("name_key").alias("anchor_name"), "former_name_key", "person_id", F.col("data_set").alias("anchor_set"),
        *(F.col(column).alias(f"anchor{column}") for column in ORIGIN),
    )  # fmt: skip
    same = F.col("name_key") == F.col("anchor_name")
    former = holds(F.col("name_key") == F.col("former_name_key"))
    judged = found.join(anchor, "number_key", "inner").withColumn(
        "grade", F.when(same, F.lit("A")).when(former, F.lit("B")).otherwise(F.lit("D"))
    )
    of_mention = Window.partitionBy("number_key", "name_key")
    ranked = judged.withColumns(
        {"_best": F.min("grade").over(of_mention), "_n": F.row_number().over(of_mention.orderBy("grade", "person_id"))}
    )
    # Where no name agrees all persons of the number stay: which of them the name is a variant of is not known yet.
    return ranked.filter("_n = 1 OR _best = 'D'").drop("_n", "_best")


def with_variants(lake: Lake, judged: DataFrame, apart: DataFrame) -> DataFrame:
    """silver.identities: names that differ are compared as texts, so that what a machine could not write is no other person.

    The texts stay inside the comparison; only the grade leaves it. Of two persons under one number whom a name fits neither is
    meant. apart: number_key, name_key, anchor_name of pairs that inspectors said are two people.
    """
    one = ["number_key", "name_key", "anchor_name"]
    refused = apart.withColumn("is_refused", F.lit(True))
    judged = judged.join(F.broadcast(refused), one, "left")
    other = judged.filter("grade = 'D' AND is_refused IS NULL").select(
        *one, "data_set", "name_field", *ORIGIN, "anchor_set", *(f"anchor{column}" for column in ORIGIN)
    )
    pairs = other.toPandas()  # numbers under two names: a few in a thousand
    variants = _variants(lake, pairs)
    found = lake.session.createDataFrame(variants, "number_key string, name_key string, anchor_name string, is_variant boolean")
    grade = F.when(F.col("is_refused"), F.lit("D")).when(F.col("is_variant"), F.lit("B")).otherwise(F.col("grade"))
    reason = (
        F.when(
            F.col("grade") == "A",
            F.when(F.col("anchor_set") == REGISTRY, F.lit("same name")).otherwise(F.lit("not in the registry")),
        )
        .when(F.col("is_refused"), F.lit("another person by verdict"))
        .when(F.col("is_variant"), F.lit("variant of the name"))
        .when(F.col("grade") == "B", F.lit("former name"))
        .otherwise(F.lit("other name"))
    )
    graded = judged.join(found, one, "left").select(
        "number_key",
        "name_key",
        F.when(grade != "D", F.col("person_id")).alias("person_id"),
        grade.alias("grade"),
        reason.alias("reason"),
    )
    best = Window.partitionBy("number_key", "name_key").orderBy("grade", "reason", "person_id")
    return graded.withColumn("_n", F.row_number().over(best)).filter("_n = 1").select(*IDENTITIES.column_names)


def _variants(lake: Lake, pairs: pd.DataFrame) -> list[tuple[str, str, str, bool]]:
    """Of numbers and names beside an anchor, those whose written names may be the same, and that fit no second anchor."""
    if pairs.empty:
        return []
    written = _names(lake, pairs, "data_set", "name_field", list(ORIGIN))
    pairs = pairs.assign(anchor_field="name")
    registered = _names(lake, pairs, "anchor_set", "anchor_field", [f"anchor{column}" for column in ORIGIN])
    keys = zip(pairs["number_key"], pairs["name_key"], pairs["anchor_name"], strict=True)
    fitting = [
        key for key, left, right in zip(keys, written, registered, strict=True) if left and right and may_be_same(left, right)
    ]
    times = Counter((number, name) for number, name, _ in fitting)
    return [(number, name, anchor, True) for number, name, anchor in fitting if times[number, name] == 1]


def _names(lake: Lake, pairs: pd.DataFrame, set_column: str, field_column: str, origin: list[str]) -> Iterator[str | None]:
    wanted: dict[tuple[str, str], set[tuple[str, str, int]]] = {}
    for code, field, *at in zip(pairs[set_column], pairs[field_column], *(pairs[column] for column in origin), strict=True):
        wanted.setdefault((code, field), set()).add((at[0], at[1] or "", int(at[2])))
    texts = {
        (code, field, *at): text
        for (code, field), places in wanted.items()
        for at, (text,) in texts_at(lake, DATA_SETS[code], places, (field,)).items()
    }
    for code, field, *at in zip(pairs[set_column], pairs[field_column], *(pairs[column] for column in origin), strict=True):
        yield texts.get((code, field, at[0], at[1] or "", int(at[2])))
