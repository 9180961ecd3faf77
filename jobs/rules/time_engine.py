"""The time engine: what was paid to a case after a fact, month of entitlement by month of entitlement.

One place decides what counts after an event; no rule adds up payments by itself. The month of transfer
never decides: arrears paid late are for the month they are for.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

PAYMENT_COLUMNS = (
    "paid_months", "gross_months", "first_month", "last_month", "paid_yuan", "share_yuan", "refunded_yuan", "event_month_late",
    "late_arrears_yuan", "survivor_months",
)  # fmt: skip
"""
paid_months        months counted in which more was paid than refunded
gross_months       months counted in which anything was transferred, refunded or not
first_month, last_month   of the months paid
paid_yuan          paid in them, the whole household's, yuan
share_yuan         one person's share of it, yuan
refunded_yuan      refunded for months counted, yuan
event_month_late   1 when the month of the event itself was paid on or after the day of the event
late_arrears_yuan  arrears for months before, transferred after the day of the event, yuan
survivor_months    months after the event that were paid for no more persons than may lawfully draw
"""


def with_payments(candidates: DataFrame, entitlement_months: DataFrame) -> DataFrame:
    """Candidates with PAYMENT_COLUMNS. Counted are the months from `count_from` through `count_until` (null = no end),
    less those paid for no more than `lawful_heads` persons (null = all count).

    Grain and key are the candidates' own: (case_id, subject_key, thing_key).
    """
    key = ["case_id", "subject_key", "thing_key", "person_id"]
    spans = candidates.select(
        *key, "event_on", "count_from", "count_until", "lawful_heads", F.coalesce("covered_heads", F.lit(1)).alias("_heads")
    )
    months = spans.join(entitlement_months, "case_id", "inner")
    is_counted = (F.col("for_month") >= F.col("count_from")) & (
        F.coalesce(F.col("for_month") <= F.col("count_until"), F.lit(True))
    )
    is_lawful = F.coalesce(F.col("paid_heads") <= F.col("lawful_heads"), F.lit(False))
    has_money = is_counted & (F.col("paid_yuan") > 0)
    is_paid = has_money & ~is_lawful
    event_month = F.trunc("event_on", "month")
    paid_late = (F.col("gross_yuan") > 0) & (F.col("last_paid_on") >= F.col("event_on"))
    is_late_arrears = (F.col("for_month") < F.col("count_from")) & (F.col("last_paid_on") > F.col("event_on"))
    heads = F.greatest(F.coalesce(F.col("paid_heads"), F.col("_heads")), F.lit(1))
    summed = months.groupBy(*key).agg(
        _count(is_paid).alias("paid_months"),
        _count(is_counted & (F.col("gross_yuan") > 0)).alias("gross_months"),
        F.min(F.when(is_paid, F.col("for_month"))).alias("first_month"),
        F.max(F.when(is_paid, F.col("for_month"))).alias("last_month"),
        _total(F.when(is_paid, F.col("paid_yuan"))).alias("paid_yuan"),
        _total(F.when(is_paid, (F.col("paid_yuan") / heads).cast("decimal(18,2)"))).alias("share_yuan"),
        _total(F.when(is_counted, F.col("refunded_yuan"))).alias("refunded_yuan"),
        F.max(((F.col("for_month") == event_month) & paid_late).cast("int")).alias("event_month_late"),
        _total(F.when(is_late_arrears, F.col("arrears_yuan"))).alias("late_arrears_yuan"),
        _count(has_money & is_lawful).alias("survivor_months"),
    )
    # `person_id` is null for a name that fits nobody: a null-safe join, or such rows would lose their months.
    on = [candidates[column].eqNullSafe(summed[column]) for column in key]
    joined = candidates.join(summed, on, "left").drop(*(summed[column] for column in key))
    counts = {
        name: F.coalesce(F.col(name), F.lit(0)) for name in ("paid_months", "gross_months", "event_month_late", "survivor_months")
    }
    amounts = {
        name: F.coalesce(F.col(name), F.lit(0).cast("decimal(18,2)"))
        for name in ("paid_yuan", "share_yuan", "refunded_yuan", "late_arrears_yuan")
    }
    return joined.withColumns({**counts, **amounts})


def _count(condition: Column) -> Column:
    return F.sum(condition.cast("int")).cast("int")


def _total(amount: Column) -> Column:
    return F.coalesce(F.sum(amount), F.lit(0)).cast("decimal(18,2)")
