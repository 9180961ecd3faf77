"""How many records are tied to a person, how surely, and why the others are not: ops.identity_counts."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, IDENTITIES, IDENTITY_COUNTS
from jobs.cells.person_numbers import FIRM, VALID
from jobs.link_people.records import RECORD
from jobs.registers.benefits import Silver
from jobs.registers.grades import capped, grade_cap
from jobs.registers.references import REGISTRY, person_references
from jobs.runtime.lake import Lake

NOBODY = "none"
"""The grade of a record that is tied to nobody."""


def identity_counts(lake: Lake, silver: Silver, unresolved: DataFrame, links: DataFrame, candidates: DataFrame) -> DataFrame:
    """ops.identity_counts: every record of every supervision register but the registry, once. Firms are left out.

    silver: the registers as delivered, without the links. unresolved, links, candidates: what link_people made of them.
    To be called after silver.aliases and silver.identities are written, which know more of a number and name than the registry.
    """
    records = _records(silver)
    counts: Counter[tuple[str, str, str, str]] = Counter()
    states = records.groupBy("data_set", "role", "state", F.col("name_key").isNotNull().alias("is_named")).count().collect()
    unresolved_by = _by_state(unresolved)
    for data_set, role, state, is_named, count in states:  # some a column of numbers
        if is_named:
            tied_so = ("A", "same name") if state == VALID else ("C", "upgraded number")
            counts[data_set, role, *tied_so] += count - unresolved_by[data_set, role, state]
        else:
            counts[data_set, role, NOBODY, "no name"] += count
    pairs = F.broadcast(_tied_pairs(lake, silver(REGISTRY), unresolved))
    otherwise_tied = records.join(pairs, ["number_key", "name_key"], "inner")  # a pair stands there once
    for data_set, role, state, grade, reason, count in _record_counts(otherwise_tied, "state", "grade", "reason"):
        counted_so, better = (("A", "same name"), grade) if state == VALID else (("C", "upgraded number"), max(grade, "C"))
        counts[data_set, role, *counted_so] -= count
        counts[data_set, role, better, reason] += count
    for data_set, role, grade, reason, count in _record_counts(
        _untied(lake, silver, unresolved, links, candidates), "grade", "reason"
    ):
        counts[data_set, role, grade, reason] += count
    rows = [(*key, count) for key, count in sorted(counts.items()) if count]
    return lake.session.createDataFrame(rows, IDENTITY_COUNTS.schema)


def _records(silver: Silver) -> DataFrame:
    """data_set, role, state, number_key and name_key of every record that is no firm's."""
    frames = [
        silver(data_set.code)
        .filter(F.col(reference.state) != FIRM)
        .select(
            F.lit(data_set.code).alias("data_set"),
            F.lit(reference.role).alias("role"),
            F.col(reference.state).alias("state"),
            F.col(reference.number_key).alias("number_key"),
            F.col(reference.name_key).alias("name_key"),
        )
        for data_set in DATA_SETS.values()
        if data_set.code != REGISTRY and data_set.purpose == "supervision"
        for reference in person_references(data_set)
    ]
    return reduce(DataFrame.unionByName, frames)


def _record_counts(records: DataFrame, *by: str) -> list[tuple[Any, ...]]:
    rows = records.groupBy("data_set", "role", *by).count().collect()  # some a column of numbers
    return [tuple(row) for row in rows]


def _by_state(records: DataFrame) -> Counter[tuple[str, str, str]]:
    return Counter({(data_set, role, state): count for data_set, role, state, count in _record_counts(records, "state")})


def _tied_pairs(lake: Lake, registry: DataFrame, unresolved: DataFrame) -> DataFrame:
    """Numbers with a name that tie a record, though not as registered now: number_key, name_key, grade, reason. Few."""
    pair = ["number_key", "name_key"]
    known = registry.filter(F.col("person_key").isNotNull()).withColumnRenamed("person_key", "number_key")
    former = known.filter(F.col("former_name_key").isNotNull()).select("number_key", F.col("former_name_key").alias("name_key"))
    of_former = known.join(F.broadcast(former.select("number_key").distinct()), "number_key", "left_semi")
    renamed = former.distinct().join(of_former, pair, "left_anti")
    unregistered = lake.read_or_empty(IDENTITIES).filter(F.col("reason") == "not in the registry")
    frames = [
        lake.read_or_empty(ALIASES).select(*pair, F.lit("C").alias("grade"), "reason", F.lit(1).alias("order")),
        renamed.select(*pair, F.lit("B").alias("grade"), F.lit("former name").alias("reason"), F.lit(2).alias("order")),
        unregistered.select(*pair, "grade", "reason", F.lit(3).alias("order")),
    ]
    first = F.min(F.struct("order", "grade", "reason")).alias("first")
    found = reduce(DataFrame.unionByName, frames).groupBy(*pair).agg(first).select(*pair, "first.grade", "first.reason")
    return found.join(unresolved.select(*pair).distinct(), pair, "left_anti")


def _untied(lake: Lake, silver: Silver, unresolved: DataFrame, links: DataFrame, candidates: DataFrame) -> DataFrame:
    """Unresolved records with grade and reason. No join doubles a record: each has its key on the right once."""
    linked = links.select(*RECORD, F.col("grade").alias("link_grade"), F.col("reason").alias("link_reason"))
    # Of a tie the third candidate is below, of a refusal all others may be: the outcome that says most.
    most_telling = F.when(F.max(F.col("outcome") == "tie"), "tie").when(F.max(F.col("outcome") == "refused"), "refused")
    outcomes = candidates.groupBy(*RECORD).agg(most_telling.otherwise("below").alias("outcome"))
    known = lake.read_or_empty(IDENTITIES).select(
        "number_key", "name_key", F.col("grade").alias("pair_grade"), F.col("reason").alias("pair_reason")
    )
    registered = (
        silver(REGISTRY)
        .select(F.col("person_key").alias("number_key"))
        .join(F.broadcast(unresolved.select("number_key").distinct()), "number_key", "left_semi")
        .distinct()
        .withColumn("is_registered", F.lit(True))
    )
    joined = (
        unresolved.join(linked, list(RECORD), "left")
        .join(outcomes, list(RECORD), "left")
        .join(known, ["number_key", "name_key"], "left")
        .join(registered, "number_key", "left")
    )
    is_linked, is_known = F.col("link_grade").isNotNull(), F.col("pair_grade").isNotNull()
    is_registered, has_number = F.col("is_registered").isNotNull(), F.col("number_key").isNotNull()
    states_a_birth = F.col("born_on").isNotNull() | (F.col("age").isNotNull() & F.col("died_on").isNotNull())
    grade = (
        F.when(is_linked, F.col("link_grade"))
        .when(is_known, capped("pair_grade", grade_cap("state")))
        .when(is_registered, F.lit("D"))
        .otherwise(F.lit(NOBODY))
    )
    reason = (
        F.when(is_linked, F.col("link_reason"))
        .when(is_known, F.col("pair_reason"))
        .when(is_registered, F.lit("other name"))
        .when(has_number, F.lit("not in the registry"))
        .when(F.col("outcome").isNotNull(), F.col("outcome"))
        .when(states_a_birth, F.lit("no candidate"))
        .otherwise(F.lit("nothing to compare"))
    )
    return joined.select("data_set", "role", grade.alias("grade"), reason.alias("reason"))
