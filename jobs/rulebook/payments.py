"""What the rules on payments share: who is paid for a case, and the transfers that show it."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import EVIDENCE
from expectations.contracts.model import ORIGIN
from jobs.registers.benefits import BENEFIT_PROGRAMS, Silver, case_id, family_of
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.sentences import zh_months, zh_yuan
from jobs.rulebook.facts import Facts, once

MOST_ROWS = 12
"""Transfers shown with a clue: a year's."""


def transfers(register: Silver) -> DataFrame:
    """Transfers of benefits with the case that each is for."""
    return (
        register("payments")
        .filter(F.col("program").isin(list(BENEFIT_PROGRAMS)) & F.col("household_no").isNotNull())
        .withColumn("case_id", case_id("county_code", family_of("program"), "household_no"))
    )


@once
def transfers_of_benefits(facts: Facts) -> DataFrame:
    """`transfers` of the facts."""
    return transfers(facts.register)


def with_payment_rows(candidates: DataFrame, facts: Facts, months: DataFrame) -> DataFrame:
    """Candidates with `evidence`: the first transfers of the case for the given months (case_id, for_month); empty without one."""
    first = Window.partitionBy("case_id").orderBy("for_month", "paid_on", *ORIGIN)
    shown = (
        transfers_of_benefits(facts)
        .join(months.distinct(), ["case_id", "for_month"], "left_semi")
        .withColumn("_n", F.row_number().over(first))
        .filter(F.col("_n") <= MOST_ROWS)
        .withColumn("_row_of", rows_of("payments", "program", "for_month", "paid_on", "heads", "amount", "kind"))
        .groupBy("case_id")
        .agg(in_order(F.flatten(F.collect_list("_row_of"))).alias("evidence"))
    )
    return candidates.join(shown, "case_id", "left").withColumn(  # one row a case
        "evidence", F.coalesce("evidence", F.array().cast(EVIDENCE))
    )


def zh_months_and_yuan(amount: str = "paid_yuan") -> Column:
    """ "共9个月（2017年4月至2017年12月），计3,120.00元": which months count and what is at stake in them."""
    return F.concat(
        F.lit("共"), F.col("paid_months").cast("string"), F.lit("个月（"), zh_months("first_month", "last_month"), F.lit("），计"), zh_yuan(amount),
    )  # fmt: skip
