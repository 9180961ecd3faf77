"""Fillers: one number that clerks write for everyone whose number they do not know. Nobody's, so it is taken out of silver."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.model import DataSet
from jobs.cells.person_numbers import JUNK
from jobs.registers.benefits import Silver
from jobs.registers.conditions import holds
from jobs.registers.references import REGISTRY, person_references

_MOST = 10_000
"""Fillers that one run takes out; a city has some dozens."""


def fillers(silver: Silver, data_sets: list[DataSet], least_names: int) -> list[str]:
    """Number keys that stand beside at least so many different names, over all registers.

    The household registry is left out of the counting: it says whose a number is, and is the largest by far.
    """
    mentions = [
        silver(data_set.code).select(F.col(reference.number_key).alias("number_key"), F.col(reference.name_key).alias("name_key"))
        for data_set in data_sets
        if data_set.code != REGISTRY and data_set.purpose == "supervision"  # a check request shapes nobody's identity
        for reference in person_references(data_set)
    ]
    if not mentions:
        return []
    everyone = reduce(DataFrame.unionByName, mentions).filter(F.col("number_key").isNotNull() & F.col("name_key").isNotNull())
    often = everyone.groupBy("number_key").count().filter(F.col("count") >= least_names).select("number_key")
    named = everyone.join(often, "number_key", "left_semi").groupBy("number_key").agg(F.count_distinct("name_key").alias("names"))
    found = named.filter(F.col("names") >= least_names).orderBy("number_key").limit(_MOST).collect()
    return [row["number_key"] for row in found]


def owners(silver: Silver, numbers: list[str]) -> list[str]:
    """`number|name` keys of the people who are registered under a filler: theirs it is, whoever else writes it."""
    registered = silver(REGISTRY).filter(F.col("person_key").isin(numbers)).select("person_key", "name_key").distinct().collect()
    return [f"{row['person_key']}|{row['name_key']}" for row in registered]


def without_fillers(data_set: DataSet, rows: DataFrame, numbers: list[str], owned: list[str]) -> DataFrame:
    """The rows with every filler taken out, its state `junk`; a registered owner under their own name keeps it."""
    for reference in person_references(data_set):
        number, state = F.col(reference.number_key), F.col(reference.state)
        is_owner = F.concat_ws("|", reference.number_key, reference.name_key).isin(owned) if owned else F.lit(False)
        is_filler = holds(number.isin(numbers) & ~is_owner)
        rows = rows.withColumns(
            {
                reference.state: F.when(is_filler, F.lit(JUNK)).otherwise(state),
                reference.number_key: F.when(~is_filler, number),
            }
        )
    return rows
