"""Who draws a benefit already, or did until the office stopped it: whatever number or name the roster gives."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds, may_hold
from jobs.rulebook.need_outcomes import COVERED, DIBAO, STOPPED, TEKUN

FAMILIES = (DIBAO, TEKUN)
_LATE_MONTHS = 2
"""Payees whom no roster names are covered while the last month paid is so near."""


def _this_month(as_of: date) -> Column:
    return F.trunc(F.lit(as_of), "month")


def _with_state(members: DataFrame, months: DataFrame, as_of: date) -> DataFrame:
    """silver.members with `cover`: covered today, stopped, or null."""
    last_paid = months.filter("paid_yuan > 0").groupBy("case_id").agg(F.max("for_month").alias("_last_month"))
    is_payee = F.col("data_set") == "payments"
    has_begun = may_hold(F.trunc("start_month", "month") <= F.lit(as_of))
    has_stopped = holds(F.col("stop_month") < _this_month(as_of))
    is_paid = holds(F.col("_last_month") >= F.add_months(_this_month(as_of), -_LATE_MONTHS))
    is_drawing = F.when(is_payee, is_paid).otherwise(F.col("is_covered") & has_begun & ~has_stopped)
    has_drawn = F.when(is_payee, ~is_paid).otherwise(F.col("is_covered") & has_stopped)
    ended = F.when(is_payee, F.col("_last_month")).otherwise(F.col("stop_month"))
    return members.join(last_paid, "case_id", "left").withColumns(  # one row a case
        {
            "cover": F.when(holds(is_drawing), F.lit(COVERED)).when(holds(has_drawn), F.lit(STOPPED)),
            "stopped_month": ended,
        }
    )  # fmt: skip


def cover(members: DataFrame, cases: DataFrame, identities: DataFrame, months: DataFrame, as_of: date) -> DataFrame:
    """Of every number and name that means a person of a benefit: number_key, name_key, cover, stopped_month, and draws_<family>
    of each programme family. Covered before stopped."""
    state = (
        _with_state(members, months, as_of)
        .filter(F.col("person_id").isNotNull() & F.col("cover").isNotNull())
        .join(cases.select("case_id", "family"), "case_id", "left")  # one row a case
    )

    def draws(family: str) -> Column:
        return F.max(((F.col("cover") == COVERED) & (F.col("family") == family)).cast("int"))

    persons = (
        state.groupBy("person_id")
        .agg(
            F.min(F.when(F.col("cover") == COVERED, F.lit(0)).otherwise(1)).alias("_stopped"),
            F.max(F.when(F.col("cover") == STOPPED, F.col("stopped_month"))).alias("stopped_month"),
            *(holds(draws(family) == 1).alias(f"draws_{family}") for family in FAMILIES),
        )
        .withColumn("cover", F.when(F.col("_stopped") == 0, F.lit(COVERED)).otherwise(F.lit(STOPPED)))
        .select("person_id", "cover", "stopped_month", *(f"draws_{family}" for family in FAMILIES))
    )
    pairs = identities.filter(F.col("person_id").isNotNull()).select("number_key", "name_key", "person_id")
    return pairs.join(persons, "person_id", "inner").drop("person_id")  # one row a person


def unknown_namesakes(members: DataFrame, cases: DataFrame, months: DataFrame, as_of: date) -> DataFrame:
    """Names of people who draw a benefit under a number that is nobody's: name_key, county_code, town. Whoever is called so may be they."""
    unknown = _with_state(members, months, as_of).filter(F.col("person_id").isNull() & (F.col("cover") == COVERED))
    placed = unknown.join(cases.select("case_id", "county_code", "town"), "case_id", "inner")  # one row a case
    return placed.select("name_key", "county_code", "town").dropna().distinct()
