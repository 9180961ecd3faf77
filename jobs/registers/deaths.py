"""Deaths: what cremations, certificates, the household registry and stopped pensions say together.

No single register of deaths is complete: all are read, the best-attested day counts, and how many
registers agree stays visible.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import DEATHS
from jobs.registers.benefits import Silver
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.grades import grade_cap
from jobs.registers.references import DEAD, REGISTRY

_BEST, _MONTH_ONLY, _ENTRY_ONLY = 0, 3, 4


def _records(rows: DataFrame, data_set: str, died_on: Column, trust: Column | int, *evidence: str) -> DataFrame:
    return rows.select(
        F.col("person_key").alias("number_key"),
        F.coalesce(F.col("name_key"), F.lit("")).alias("name_key"),
        grade_cap("person_number_state").alias("number_grade"),
        died_on.alias("died_on"),
        (F.lit(trust) if isinstance(trust, int) else trust).cast("int").alias("trust"),
        F.lit(data_set).alias("data_set"),
        rows_of(data_set, *evidence).alias("evidence"),
    ).filter(F.col("number_key").isNotNull() & F.col("died_on").isNotNull())


def best_attested_deaths(silver: Silver, numbers: DataFrame) -> DataFrame:
    """silver.deaths for the given numbers: one row per number and name that death records give.

    The medical certificate is trusted before the cremation, then the registry's day of death; a pension
    gives the month only, and the day of de-registration only bounds the death from above.
    """
    registry = silver(REGISTRY).filter(F.col("status") == DEAD)
    pensions = silver("pensions").filter(F.col("stop_reason").contains("死亡") & F.col("to_month").isNotNull())
    exact_trust = F.when(F.col("died_on").isNotNull(), F.lit(_BEST + 2)).otherwise(F.lit(_ENTRY_ONLY))
    records = (
        _records(silver("death_certificates"), "death_certificates", F.col("died_on"), _BEST, "died_on", "place")
        .unionByName(
            _records(silver("cremations"), "cremations", F.col("died_on"), _BEST + 1, "died_on", "cremated_on", "funeral_home")
        )
        .unionByName(
            _records(
                registry,
                "household_registry",
                F.coalesce(F.col("died_on"), F.col("cancelled_on")),
                exact_trust,
                "status",
                "died_on",
                "cancelled_on",
            )
        )
        .unionByName(_records(pensions, "pensions", F.last_day("to_month"), _MONTH_ONLY, "to_month", "stop_reason"))
    )
    of_members = records.join(numbers, "number_key", "left_semi")
    best = F.min(F.struct("trust", "died_on"))
    grouped = of_members.groupBy("number_key", "name_key").agg(
        best.alias("best"),
        F.min("number_grade").alias("number_grade"),
        F.countDistinct("data_set").cast("int").alias("register_count"),
        F.collect_list("evidence").alias("evidence"),
    )
    return grouped.select(
        "number_key",
        "name_key",
        F.col("best.died_on").alias("died_on"),
        (F.col("best.trust") < _MONTH_ONLY).alias("is_exact"),
        "number_grade",
        "register_count",
        in_order(F.flatten("evidence")).alias("evidence"),
    ).select(*DEATHS.column_names)
