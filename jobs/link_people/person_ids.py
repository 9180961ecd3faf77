"""Person ids that stay: a number and name keep the id that they were first given, and what changes is written down."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import PERSON_CHANGES, PERSON_IDS

_PAIR = ("number_key", "name_key")


def with_person_ids(roots: DataFrame, known: DataFrame) -> DataFrame:
    """The anchors with `person_id`. known: silver.person_ids of the runs before.

    A person alone under a number has the number's digest for an id, and keeps it under a new name where the registry
    knows the old one; whoever else has the number gets an id of number and name.
    """
    before = known.select(*_PAIR, "own_id")
    renamed = known.select("number_key", F.col("name_key").alias("former_name_key"), F.col("own_id").alias("_former_id"))
    given = known.filter(F.col("own_id") == F.col("number_key")).select("number_key", F.lit(True).alias("_is_given")).distinct()
    is_alone = F.count("*").over(Window.partitionBy("number_key")) == 1
    apart = F.substring(F.sha2(F.concat_ws("|", *_PAIR), 256), 1, 24)
    first_id = F.when(F.col("_is_alone") & F.col("_is_given").isNull(), F.col("number_key")).otherwise(apart)
    return (
        roots.withColumn("_is_alone", is_alone)
        .join(before, list(_PAIR), "left")  # known pairs are unique
        .join(renamed, ["number_key", "former_name_key"], "left")
        .join(given, "number_key", "left")  # one row a number
        .withColumn("person_id", F.coalesce("own_id", F.when(F.col("_is_alone"), F.col("_former_id")), first_id))
        .drop("own_id", "_is_alone", "_former_id", "_is_given")
    )


def next_person_ids(known: DataFrame, roots: DataFrame, aliases: DataFrame, as_of: date) -> DataFrame:
    """silver.person_ids after this run: those of before and the new anchors, each with the person it makes now."""
    now = roots.select(*_PAIR, F.col("person_id").alias("own_id"))
    fresh = now.join(known.select(*_PAIR), list(_PAIR), "left_anti").withColumn("first_seen", F.lit(as_of))
    everyone = known.select(*_PAIR, "own_id", "first_seen").unionByName(fresh)
    stands = aliases.select(*_PAIR, F.col("to_number_key").alias("_number"), F.col("to_name_key").alias("_name")).join(
        everyone.select(
            F.col("number_key").alias("_number"), F.col("name_key").alias("_name"), F.col("own_id").alias("_merged_into")
        ),
        ["_number", "_name"],
        "inner",
    )
    merged = stands.select(*_PAIR, "_merged_into")  # one row a pair, as aliases are
    return (
        everyone.join(merged, list(_PAIR), "left")
        .withColumn("person_id", F.coalesce("_merged_into", "own_id"))
        .select(*PERSON_IDS.column_names)
    )


def person_changes(known: DataFrame, now: DataFrame, aliases: DataFrame, as_of: date) -> DataFrame:
    """ops.person_changes of this run: pairs known before that make another person now."""
    before = known.select(*_PAIR, F.col("person_id").alias("old_person_id"))
    moved = now.join(before, list(_PAIR), "inner").filter(F.col("person_id") != F.col("old_person_id"))
    is_merged = F.col("person_id") != F.col("own_id")
    return (
        moved.join(aliases.select(*_PAIR, "reason"), list(_PAIR), "left")
        .withColumns(
            {
                "as_of": F.lit(as_of),
                "change": F.when(is_merged, F.lit("merged")).otherwise(F.lit("split")),
                "new_person_id": F.col("person_id"),
                "reason": F.coalesce("reason", F.lit("verdict withdrawn")),
            }
        )
        .select(*PERSON_CHANGES.column_names)
    )
