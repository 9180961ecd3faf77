"""The forest's features of every case, from households, members and months of entitlement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import GRADES
from jobs.registers.benefits import Silver
from jobs.registers.means.lines import Lines
from jobs.registers.policy import Policy
from jobs.rulebook.payments import transfers
from jobs.score_cases.surroundings import accounts, approval_to_death, incomes, kin_in_office, property_rows, traces
from models.features import FEATURES, RANKING_FIGURES


def _months_between(first: Column, last: Column) -> Column:
    return (F.year(last) - F.year(first)) * 12 + F.month(last) - F.month(first)


def _ratio(part: Column, whole: Column) -> Column:
    return F.when(whole > 0, part.cast("double") / whole.cast("double"))


CASE_FIGURES = tuple(feature.name for feature in (*FEATURES, *RANKING_FIGURES))
"""What the forest sees, and what only the ranking may learn from."""
PATTERN_FIGURES = ("to_standard",)
"""What only the detectors of patterns look at, within one programme: it tells no model who is old (decision 0046)."""
APPROVAL_DAYS = 3
"""Approvals so many days apart are of one go."""


@dataclass(frozen=True)
class Registers:
    """Tables of the lake from which features are made; `register` gives a delivered register as the links read it."""

    cases: DataFrame
    members: DataFrame
    months: DataFrame
    kin: DataFrame
    deaths: DataFrame
    register: Silver
    policy: Policy
    as_of: date


def case_features(of: Registers) -> DataFrame:
    """One row per case: case_id, CASE_FIGURES and PATTERN_FIGURES, all double, null where the feature contract says so."""
    cases, as_of, lines = of.cases, of.as_of, Lines.of(of.policy, of.as_of)
    persons = of.members.filter(F.col("number_key").isNotNull()).select("case_id", "number_key").distinct()
    grade = F.array_position(F.array(*(F.lit(grade) for grade in GRADES)), F.col("identity_grade")) - 1
    people = of.members.groupBy("case_id").agg(
        F.sum(F.col("is_covered").cast("int")).alias("covered_members"),
        F.count("*").alias("members"),
        F.sum(F.col("number_key").isNull().cast("int")).alias("unusable"),
        F.max((F.col("data_set") != "payments").cast("int")).alias("rostered"),
        F.max(grade).alias("worst_grade"),
    )
    beside = (
        _payment_features(of.months),
        people,
        traces(of.register, persons),
        property_rows(of.register, persons),
        incomes(of.register, persons, lines),
        kin_in_office(of.register, persons, of.kin, lines),
        approval_to_death(of.members, of.deaths),
        accounts(of.members, transfers(of.register)),
        _approvals_at_once(cases),
    )
    joined = reduce(lambda left, right: left.join(right, "case_id", "left"), beside, cases)  # one row a case each
    per_head = _ratio(F.col("mean_paid"), F.coalesce("heads_paid", "covered_heads"))
    on_account = F.count("*").over(Window.partitionBy("bank_account_key"))
    of_the_day = F.count("*").over(Window.partitionBy("approver_name_key", "approved_on"))
    of_officer = F.count("*").over(Window.partitionBy("county_code", "approver_name_key"))
    of_village = F.count("*").over(Window.partitionBy("county_code", "town", "village"))
    standard = of.policy.monthly_standard("program", "county_code", F.lit(as_of)).cast("double")
    approval_month = F.trunc("approved_on", "month")
    features = joined.withColumns({"per_head": per_head}).withColumns(
        {
            "peers": F.percentile("per_head", 0.5).over(Window.partitionBy("county_code", "program")),
            "on_account": F.when(F.col("bank_account_key").isNotNull(), on_account),
            "of_officer": F.when(F.col("approver_name_key").isNotNull(), of_officer),
            "of_village": F.when(F.col("village").isNotNull(), of_village),
            "standard": standard,
            "of_the_day": F.when(F.col("approver_name_key").isNotNull() & F.col("approved_on").isNotNull(), of_the_day),
        }
    )
    in_county, in_town = Window.partitionBy("county_code"), Window.partitionBy("county_code", "town")
    features = features.withColumns(
        {
            "officer_peers": F.percentile("of_officer", 0.5).over(in_county),
            "village_peers": F.percentile("of_village", 0.5).over(in_town),
        }
    )
    nobody = F.lit(0)
    heads = F.greatest(F.coalesce("members", F.lit(1)), F.lit(1))
    columns: dict[str, Column] = {
        "paid_yuan_per_head": F.col("per_head"),
        "relative_to_peers": _ratio(F.col("per_head"), F.col("peers")),
        "paid_months": F.coalesce("months_paid", F.lit(0)),
        "gap_months": F.coalesce(_months_between(F.col("first_paid"), F.col("last_paid")) + 1 - F.col("months_paid"), F.lit(0)),
        "highest_to_usual": _ratio(F.col("highest"), F.col("mean_paid")),
        "arrears_ratio": F.coalesce(_ratio(F.col("arrears"), F.col("gross")), F.lit(0.0)),
        "refund_ratio": F.coalesce(_ratio(F.col("refunded"), F.col("gross")), F.lit(0.0)),
        "round_ratio": _ratio(F.col("round_months"), F.col("months_paid")),
        "covered_heads": F.col("covered_heads"),
        "uncovered_ratio": F.coalesce(_ratio(F.col("members") - F.col("covered_members"), F.col("members")), F.lit(0.0)),
        "heads_over_roster": F.when(
            F.col("heads_paid").isNotNull(), F.greatest(F.col("heads_paid") - F.col("covered_members"), F.lit(0))
        ),
        "months_since_approval": _months_between(approval_month, F.lit(as_of)),
        "months_paid_before_approval": F.greatest(
            F.coalesce(_months_between(F.col("first_paid"), approval_month), F.lit(0)), F.lit(0)
        ),
        "cases_on_account": F.col("on_account"),
        "approvals_of_the_day": F.col("of_the_day"),
        "unusable_number_ratio": F.coalesce(_ratio(F.col("unusable"), F.col("members")), F.lit(0.0)),
        "is_unrostered": 1 - F.coalesce("rostered", F.lit(0)),
        "approvals_at_once": F.col("at_once"),
        "officer_cases_to_peers": _ratio(F.col("of_officer"), F.col("officer_peers")),
        "village_cases_to_peers": _ratio(F.col("of_village"), F.col("village_peers")),
        "registers_knowing": F.coalesce("registers_knowing", nobody),
        "vehicles_held": F.coalesce("vehicles_held", nobody),
        "properties_held": F.coalesce("properties_held", nobody),
        "entities_held": F.coalesce("enterprises_held", nobody),
        "income_to_standard": F.coalesce(_ratio(F.col("income_yuan") / heads, F.col("standard")), F.lit(0.0)),
        "kin_in_office": F.coalesce("kin_in_office", nobody),
        "months_approval_to_death": F.col("months_to_death"),
        "accounts_used": F.coalesce("accounts_used", nobody),
        "foreign_holder_ratio": F.coalesce("foreign_holder_ratio", F.lit(0.0)),
        "worst_identity_grade": F.col("worst_grade"),
        "to_standard": _ratio(F.col("per_head"), F.col("standard")),
    }
    return features.select("case_id", *(columns[name].cast("double").alias(name) for name in (*CASE_FIGURES, *PATTERN_FIGURES)))


def _approvals_at_once(cases: DataFrame) -> DataFrame:
    """case_id, at_once: cases that the officer approved within APPROVAL_DAYS of this one, it included."""
    approved = cases.filter(F.col("approver_name_key").isNotNull() & F.col("approved_on").isNotNull()).select(
        "case_id", "county_code", "approver_name_key", "approved_on"
    )
    # By day first: an officer approves hundreds of households, but on few days.
    days = approved.groupBy("county_code", "approver_name_key", F.col("approved_on").alias("day")).agg(F.count("*").alias("n"))
    around = F.sequence(F.date_sub("approved_on", APPROVAL_DAYS), F.date_add("approved_on", APPROVAL_DAYS))
    near = approved.withColumn("day", F.explode(around)).join(days, ["county_code", "approver_name_key", "day"], "inner")
    return near.groupBy("case_id").agg(F.sum("n").alias("at_once"))


def _payment_features(months: DataFrame) -> DataFrame:
    is_paid = F.col("paid_yuan") > 0
    return months.groupBy("case_id").agg(
        F.sum(is_paid.cast("int")).alias("months_paid"),
        F.min(F.when(is_paid, F.col("for_month"))).alias("first_paid"),
        F.max(F.when(is_paid, F.col("for_month"))).alias("last_paid"),
        # A sum of decimals: one of doubles would be another number in another order of rows.
        _ratio(F.sum(F.when(is_paid, F.col("paid_yuan"))), F.sum(is_paid.cast("int"))).alias("mean_paid"),
        F.max(F.when(is_paid, F.col("paid_yuan"))).alias("highest"),
        F.sum("gross_yuan").alias("gross"),
        F.sum("arrears_yuan").alias("arrears"),
        F.sum("refunded_yuan").alias("refunded"),
        F.sum((is_paid & (F.col("paid_yuan") % 100 == 0)).cast("int")).alias("round_months"),
        F.max("paid_heads").alias("heads_paid"),
    )
