"""The facts as they would stand if the list had been paid: what the rules are asked about."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from jobs.registers.benefits import BENEFIT_PROGRAMS, case_id, entitlement_months, family_of, is_refund
from jobs.rulebook.facts import Facts
from jobs.rulebook.time_engine import gathered_months

PAYMENTS = DATA_SETS["payments"]


def to_be_paid(listed: DataFrame) -> DataFrame:
    """Rows of the list that pay something, with the case that each is for; case_id is null for all but benefits paid month by month."""
    is_benefit = F.col("program").isin(list(BENEFIT_PROGRAMS)) & F.col("household_no").isNotNull()
    named = listed.withColumn("case_id", F.when(is_benefit, case_id("county_code", family_of("program"), "household_no")))
    return named.filter(~is_refund() & (F.col("amount") > 0))


def as_if_paid(facts: Facts, listed: DataFrame) -> Facts:
    """Facts of the households and payees of the list alone, its rows among the payments as if made on the day of the run.

    listed: silver.payments_next.
    """
    ahead = _as_payments(facts, listed)

    def register(code: str) -> DataFrame:
        return facts.register(code).unionByName(ahead) if code == PAYMENTS.code else facts.register(code)

    asked = to_be_paid(listed)
    of_payees = facts.members.join(
        asked.select(F.col("person_key").alias("subject_key")).distinct(), "subject_key", "left_semi"
    ).select("case_id")
    cases = facts.keep(asked.filter("case_id IS NOT NULL").select("case_id").unionByName(of_payees).distinct(), "cases_listed")
    months = facts.keep(entitlement_months(register).join(cases, "case_id", "left_semi"), "months_if_paid")
    return replace(
        facts,
        members=facts.keep(facts.members.join(cases, "case_id", "left_semi"), "members_listed"),
        months=months,
        paid=facts.keep(gathered_months(months), "paid_if_paid"),
        register=register,
        kept={},
    )


def as_if_paid_first(facts: Facts, listed: DataFrame) -> Facts:
    """The facts with the list for all payments that there ever were: what it says of accounts, and nothing from before."""
    ahead = _as_payments(facts, listed)

    def register(code: str) -> DataFrame:
        return ahead if code == PAYMENTS.code else facts.register(code)

    return replace(facts, register=register, keep=lambda frame, name: frame, kept={})


def _as_payments(facts: Facts, listed: DataFrame) -> DataFrame:
    return listed.withColumn("paid_on", F.lit(facts.as_of)).select(*PAYMENTS.silver.column_names)
