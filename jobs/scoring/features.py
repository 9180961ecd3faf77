"""The forest's features of every case, from households, members and months of entitlement."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.features import FEATURE_NAMES


def _months_between(first: Column, last: Column) -> Column:
    return (F.year(last) - F.year(first)) * 12 + F.month(last) - F.month(first)


def _ratio(part: Column, whole: Column) -> Column:
    return F.when(whole > 0, part.cast("double") / whole.cast("double"))


def case_features(cases: DataFrame, members: DataFrame, months: DataFrame, as_of: date) -> DataFrame:
    """One row per case: case_id and FEATURES, all double, null where the feature contract says so."""
    paid = _payment_features(months)
    people = members.groupBy("case_id").agg(
        F.sum(F.col("is_covered").cast("int")).alias("covered_members"),
        F.count("*").alias("members"),
        F.sum(F.col("number_key").isNull().cast("int")).alias("unusable"),
        F.max((F.col("data_set") != "payments").cast("int")).alias("rostered"),
    )
    joined = cases.join(paid, "case_id", "left").join(people, "case_id", "left")  # one row a case each
    per_head = _ratio(F.col("mean_paid"), F.coalesce("heads_paid", "covered_heads"))
    on_account = F.count("*").over(Window.partitionBy("bank_account_key"))
    of_the_day = F.count("*").over(Window.partitionBy("approver_name_key", "approved_on"))
    approval_month = F.trunc("approved_on", "month")
    features = joined.withColumns({"per_head": per_head}).withColumns(
        {
            "peers": F.percentile("per_head", 0.5).over(Window.partitionBy("county_code", "program")),
            "on_account": F.when(F.col("bank_account_key").isNotNull(), on_account),
            "of_the_day": F.when(F.col("approver_name_key").isNotNull() & F.col("approved_on").isNotNull(), of_the_day),
        }
    )
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
    }
    return features.select("case_id", *(columns[name].cast("double").alias(name) for name in FEATURE_NAMES))


def _payment_features(months: DataFrame) -> DataFrame:
    is_paid = F.col("paid_yuan") > 0
    return months.groupBy("case_id").agg(
        F.sum(is_paid.cast("int")).alias("months_paid"),
        F.min(F.when(is_paid, F.col("for_month"))).alias("first_paid"),
        F.max(F.when(is_paid, F.col("for_month"))).alias("last_paid"),
        F.avg(F.when(is_paid, F.col("paid_yuan")).cast("double")).alias("mean_paid"),
        F.max(F.when(is_paid, F.col("paid_yuan"))).alias("highest"),
        F.sum("gross_yuan").alias("gross"),
        F.sum("arrears_yuan").alias("arrears"),
        F.sum("refunded_yuan").alias("refunded"),
        F.sum((is_paid & (F.col("paid_yuan") % 100 == 0)).cast("int")).alias("round_months"),
        F.max("paid_heads").alias("heads_paid"),
    )
