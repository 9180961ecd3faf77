"""Figures of a table, and between tables: what the suites' bounds are held against. Each table is read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.bounds import Bound
from expectations.contracts.lake import NUMBER_STATES
from expectations.contracts.model import PERSON_KINDS, DataSet
from expectations.suites.across import fall_measure
from jobs.registers.benefits import BENEFIT_PROGRAMS, Silver
from jobs.registers.county_totals import Totals
from jobs.runtime.lake import Lake


def row_figures(tables: Sequence[tuple[DataFrame, Sequence[Bound]]]) -> list[dict[str, float | None]]:
    """Every measure of the bounds of each table, by one query with an aggregate over the rows of each.

    What counts distinct values has an aggregate of its own: beside others Spark would keep all of them for each of the values.
    """
    found: list[dict[str, float | None]] = [{} for _ in tables]
    asked: list[tuple[int, list[str]]] = []
    told = []
    for n, (rows, bounds) in enumerate(tables):
        sql = {bound.measure: bound.sql for bound in bounds}
        found[n] = dict.fromkeys(sql)
        apart = [measure for measure in sql if "DISTINCT" in sql[measure]]
        for measures in filter(None, (apart, [measure for measure in sql if measure not in apart])):
            values = F.array(*(F.expr(sql[measure]).cast("double") for measure in measures))
            told.append(rows.agg(values.alias("values")).select(F.lit(len(asked)).alias("n"), "values"))
            asked.append((n, measures))
    for number, values in reduce(DataFrame.unionByName, told).collect():  # one or two a table
        n, measures = asked[number]
        found[n].update(zip(measures, values, strict=True))
    return found


def household_figures(roster: DataFrame) -> dict[str, float | None]:
    """Shares of low-income households that lack a head, or whose covered members are not as many as is stated."""
    households = roster.groupBy("county_code", "household_no").agg(
        F.max((F.col("relation") == "户主").cast("int")).alias("heads"),
        F.sum((F.col("covered") == "是").cast("int")).alias("covered"),
        F.max("covered_heads").alias("stated"),
    )
    (row,) = households.agg(
        F.avg((F.coalesce("heads", F.lit(0)) == 0).cast("double")),
        F.avg((F.col("covered") != F.col("stated")).cast("double")),
    ).collect()
    return {
        "households without a head": row[0],
        "households whose 保障人数 differs from their covered members": row[1],
    }


def payment_figures(silver: Silver) -> dict[str, float | None]:
    """Share of benefit payments whose certificate neither roster holds in that county."""
    certificates = silver("dibao_roster").select("county_code", "household_no")
    certificates = certificates.unionByName(silver("tekun_roster").select("county_code", F.col("tekun_no").alias("household_no")))
    known = certificates.distinct().withColumn("is_known", F.lit(1.0))
    payments = silver("payments").filter(F.col("program").isin(*BENEFIT_PROGRAMS) & F.col("household_no").isNotNull())
    matched = payments.join(known, ["county_code", "household_no"], "left")  # certificates are distinct: no payment doubles
    (row,) = matched.agg(F.avg(1 - F.coalesce("is_known", F.lit(0.0)))).collect()
    return {"payments of a certificate that no roster holds": row[0]}


def falls(before: Totals, now: Totals, least_rows: int) -> dict[tuple[str, str], float]:
    """By how large a share each total of the last delivery fell; negative where it rose. Small totals are left out."""
    return {key: 1 - now.get(key, 0) / rows for key, rows in sorted(before.items()) if rows >= least_rows}


def fall_figures(fallen: Mapping[tuple[str, str], float]) -> dict[str, float | None]:
    return {fall_measure(*key): share for key, share in fallen.items()}


def number_states(silver: Silver, data_sets: Sequence[DataSet]) -> DataFrame:
    """Rows of ops.number_states: how the numbers of each file and column read. Each table is read once, whatever numbers it has."""
    counted = []
    for data_set in data_sets:
        if not (roles := [field.role for field in data_set.fields if field.kind in PERSON_KINDS]):
            continue
        states = [f"{role}_number_state" for role in roles]
        alike = silver(data_set.code).groupBy("_file_id", *states).count()  # some rows a file
        by_role = [
            F.struct(F.lit(role).alias("role"), F.col(state).alias("state")) for role, state in zip(roles, states, strict=True)
        ]
        counted.append(
            alike.select(
                F.lit(data_set.code).alias("data_set"),
                F.col("_file_id").alias("file_id"),
                "count",
                F.explode(F.array(*by_role)).alias("of"),
            )
        )
    each = reduce(DataFrame.unionByName, counted).groupBy("data_set", "file_id", "of.role", "of.state")
    return each.agg(F.sum("count").alias("row_count")).select(*NUMBER_STATES.column_names)


def number_counts(lake: Lake) -> dict[tuple[str, str, str], dict[str, int]]:
    """Rows by (data set, file, role) and state."""
    counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for row in lake.read(NUMBER_STATES).collect():  # some rows a file
        counts[row["data_set"], row["file_id"], row["role"]][row["state"]] = row["row_count"]
    return counts
