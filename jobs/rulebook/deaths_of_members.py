"""Deaths recorded under a member's number: what D01 and D02 both look at."""

from __future__ import annotations

from pydantic import Field
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.conditions import holds, may_hold
from jobs.rulebook.facts import Facts, once, pair_grade, with_identity, with_months_that_count


class AfterDeathParams(Conf):
    lawful_months: int = Field(0, ge=0, description="months after the month of death that are still lawful; inclusive")


@once
def _known_deaths(facts: Facts) -> DataFrame:
    return with_identity(facts.deaths, facts, "number_key", "name_key", cap="number_grade")


def deaths_of_members(facts: Facts, lawful_months: int) -> DataFrame:
    """One row per member and death record of the number. Counting starts after the month of death and the lawful months."""
    deaths = _known_deaths(facts).select(
        F.col("number_key").alias("subject_key"),
        "other_person_id",
        "other_grade",
        F.col("died_on").alias("event_on"),
        "is_exact",
        "register_count",
        "evidence",
        F.concat(F.lit("death:"), F.col("name_key")).alias("thing_key"),
    )
    others = F.col("covered_members") - F.col("is_covered").cast("int")
    linked = (
        facts.members.join(deaths, "subject_key", "inner")
        .withColumn("identity_grade", pair_grade("member_person_id", "member_grade", "other_person_id", "other_grade"))
        .withColumn("person_id", F.when(F.col("identity_grade") != "D", F.col("member_person_id")))
    )
    # After the death the survivors' own share is lawful: months in which no more persons are paid for than are left.
    return with_months_that_count(linked, after="event_on", lawful_months=lawful_months, lawful_heads=F.when(others > 0, others))


def is_recipient() -> Column:
    """The benefit was this person's own: the only one covered, or the head in whose name it is paid."""
    return F.col("is_head") | (F.col("covered_heads") <= 1)


def was_granted_after() -> Column:
    """Granted after the death: approved and begun after it, and never drawn before. Then it is D03's matter."""
    began_after = may_hold(F.col("start_month") > F.trunc("event_on", "month"))
    return holds(F.col("approved_on") > F.col("event_on")) & began_after & (F.col("months_before") == 0)


def lawful_after_death() -> dict[str, Column]:
    """Exemption codes that the payments and the registry themselves can decide, in the order in which they are tried."""
    nothing_left = F.col("paid_months") == 0
    nothing_sent = F.col("gross_months") == 0
    return {
        "R24": F.col("registry_status") == "恢复",  # the cancellation was revoked: the person lives
        "R23": nothing_left & (F.col("refunded_yuan") > 0),  # what went out came back
        "R04": nothing_left & (F.col("survivor_months") > 0),  # only the survivors were paid for
        "R02": nothing_sent & (F.col("event_month_late") > 0),
        "R03": nothing_sent & (F.col("late_arrears_yuan") > 0),
    }
