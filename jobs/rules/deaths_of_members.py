"""Deaths recorded under a member's number: what D01 and D02 both look at."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.rules.facts import Facts, counted, pair_grade, with_identity


def deaths_of_members(facts: Facts, lawful_months: int) -> DataFrame:
    """One row per member and death record of the number. Counting starts after the month of death and the lawful months."""
    deaths = with_identity(facts.deaths, facts, "number_key", "name_key", is_upgraded=~F.col("has_full_number")).select(
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
    return counted(linked, after="event_on", lawful_months=lawful_months, lawful_heads=F.when(others > 0, others))


def is_recipient() -> Column:
    """The benefit was this person's own: the only one covered, or the head in whose name it is paid."""
    return F.col("is_head") | (F.col("covered_heads") <= 1)


def survivors_only() -> Column:
    """After the death no more persons are paid for than are left: the survivors draw what is theirs."""
    return (F.col("paid_months") == 0) & (F.col("survivor_months") > 0)


def was_refunded() -> Column:
    """Money for months after the death went out and came back."""
    return (F.col("paid_months") == 0) & (F.col("refunded_yuan") > 0)


def only_month_of_death() -> Column:
    return (F.col("gross_months") == 0) & (F.col("event_month_late") > 0)


def only_arrears() -> Column:
    return (F.col("gross_months") == 0) & (F.col("late_arrears_yuan") > 0)
