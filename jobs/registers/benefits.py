"""Programmes paid month by month, what names a benefit household, and the months for which money moved."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import ENTITLEMENT_MONTHS
from jobs.registers.conditions import holds
from jobs.runtime.ids import made_id

Silver = Callable[[str], DataFrame]
DIBAO_PROGRAMS = ("城市低保", "农村低保")
TEKUN_PROGRAMS = ("城市特困", "农村特困")
BENEFIT_PROGRAMS = (*DIBAO_PROGRAMS, *TEKUN_PROGRAMS)
"""Programmes paid month by month to a household; subsidies, grants and single aids are not entitlements."""


def case_id(county_code: str, family: Column, household_no: str) -> Column:
    """Digest of what names a benefit household: certificates are unique inside one county and programme family."""
    return made_id("case_id", county_code, family, household_no)


def is_refund() -> Column:
    """Of a transfer: money that came back, by its kind or by its sign."""
    return holds((F.col("kind") == "退回") | (F.col("amount") < 0))


def family_of(program: str) -> Column:
    return F.when(F.col(program).isin(list(TEKUN_PROGRAMS)), F.lit("tekun")).otherwise(F.lit("dibao"))


def entitlement_months(silver: Silver) -> DataFrame:
    """silver.entitlement_months: transfers, arrears and refunds of a month of entitlement netted."""
    paid = silver("payments").filter(F.col("program").isin(list(BENEFIT_PROGRAMS)) & F.col("household_no").isNotNull())
    # A refund is negative by contract; some offices write it as a positive amount.
    refund = F.abs(F.when(is_refund(), F.col("amount")))
    transfer = F.when(~is_refund(), F.col("amount"))
    arrears = F.when(~is_refund() & (F.col("kind") == "补发"), F.col("amount"))

    def total(column: Column) -> Column:
        return F.coalesce(F.sum(column), F.lit(0)).cast("decimal(18,2)")

    return (
        paid.withColumn("case_id", case_id("county_code", family_of("program"), "household_no"))
        .groupBy("case_id", "for_month")
        .agg(
            (total(transfer) - total(refund)).cast("decimal(18,2)").alias("paid_yuan"),
            total(transfer).alias("gross_yuan"),
            total(refund).alias("refunded_yuan"),
            total(arrears).alias("arrears_yuan"),
            F.max(F.when(~is_refund(), F.col("heads"))).alias("paid_heads"),
            F.max(F.when(~is_refund(), F.col("paid_on"))).alias("last_paid_on"),
            F.count("*").cast("int").alias("transfer_count"),
        )
        .select(*ENTITLEMENT_MONTHS.column_names)
    )
