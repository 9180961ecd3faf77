"""The time engine: what was paid to a case after a fact, month of entitlement by month of entitlement.

One place decides what counts after an event; no rule adds up payments by itself. The month of transfer
never decides: arrears paid late are for the month they are for.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

PAYMENT_COLUMNS = (
    "paid_months", "gross_months", "counted_months", "counted_yuan", "counted_share_yuan", "first_month", "last_month", "upper_yuan",
    "paid_yuan", "share_yuan", "refunded_yuan", "event_month_late", "late_arrears_yuan", "months_before", "survivor_months",
    "grace_months",
)  # fmt: skip
"""
paid_months        months counted in which more was paid than refunded, and not all of it lawful
gross_months       months counted in which anything was transferred, refunded or not
counted_months     the months paid, in order
counted_yuan, counted_share_yuan   what of each of them is at stake, the whole household's and one person's share, yuan
first_month, last_month   of the months paid
upper_yuan         paid in all months counted, lawful or not, the whole household's, yuan
paid_yuan          paid in the months paid, less what is lawful in each, the whole household's, yuan
share_yuan         one person's share of it, yuan
refunded_yuan      refunded for months counted, yuan
event_month_late   1 when the month of the event itself was paid on or after the day of the event
late_arrears_yuan  arrears for months before, transferred after the day of the event, yuan
months_before      months paid up to the month of the event, that month included
survivor_months    months after the event that were paid for no more persons than may lawfully draw
grace_months       months counted that are lawful because income had only just risen
"""


def with_payments(candidates: DataFrame, money: DataFrame) -> DataFrame:
    """Candidates with PAYMENT_COLUMNS. Counted are the months from `count_from` through `count_until` (null = no end), less
    those through `lawful_until`, those paid for no more than `lawful_heads` persons, and of each month `lawful_yuan`
    (null = nothing is lawful).

    money: silver.entitlement_months, or months in the same columns by case_id, or by more of the candidates' key.
    Grain and key are the candidates' own: (case_id, subject_key, thing_key). A thing that a register has twice counts each month
    once: of two entries with different days each has its own months.
    """
    key: list[str] = [
        "case_id", "subject_key", "thing_key", "person_id",
        "event_on", "count_from", "count_until", "lawful_until", "lawful_heads", "lawful_yuan", "_heads",
    ]  # fmt: skip
    candidates = candidates.withColumn("_heads", F.coalesce("covered_heads", F.lit(1)))
    spans = candidates.select(*key).distinct()
    months = spans.join(money, [column for column in key if column in money.columns], "inner")
    is_counted = (F.col("for_month") >= F.col("count_from")) & (
        F.coalesce(F.col("for_month") <= F.col("count_until"), F.lit(True))
    )
    has_money = is_counted & (F.col("paid_yuan") > 0)
    is_survivors = F.coalesce(F.col("paid_heads") <= F.col("lawful_heads"), F.lit(False))
    is_in_grace = F.coalesce(F.col("for_month") <= F.col("lawful_until"), F.lit(False))
    at_stake = F.col("paid_yuan") - F.coalesce("lawful_yuan", F.lit(0))
    is_paid = has_money & ~is_survivors & ~is_in_grace & (at_stake > 0)
    event_month = F.trunc("event_on", "month")
    paid_late = (F.col("gross_yuan") > 0) & (F.col("last_paid_on") >= F.col("event_on"))
    is_late_arrears = (F.col("for_month") < F.col("count_from")) & (F.col("last_paid_on") > F.col("event_on"))
    heads = F.greatest(F.coalesce(F.col("paid_heads"), F.col("_heads")), F.lit(1))
    share = (at_stake / heads).cast("decimal(18,2)")
    # As texts: arrays of structs are where the engines' planners differ most.
    in_words = F.concat_ws(
        "=", F.col("for_month").cast("string"), at_stake.cast("decimal(18,2)").cast("string"), share.cast("string")
    )
    summed = months.groupBy(*key).agg(
        _count(is_paid).alias("paid_months"),
        _count(is_counted & (F.col("gross_yuan") > 0)).alias("gross_months"),
        F.sort_array(F.collect_list(F.when(is_paid, in_words))).alias("_in_words"),
        F.min(F.when(is_paid, F.col("for_month"))).alias("first_month"),
        F.max(F.when(is_paid, F.col("for_month"))).alias("last_month"),
        _total(F.when(has_money, F.col("paid_yuan"))).alias("upper_yuan"),
        _total(F.when(is_paid, at_stake)).alias("paid_yuan"),
        _total(F.when(is_paid, share)).alias("share_yuan"),
        _total(F.when(is_counted, F.col("refunded_yuan"))).alias("refunded_yuan"),
        F.max(((F.col("for_month") == event_month) & paid_late).cast("int")).alias("event_month_late"),
        _total(F.when(is_late_arrears, F.col("arrears_yuan"))).alias("late_arrears_yuan"),
        _count((F.col("paid_yuan") > 0) & (F.col("for_month") <= event_month)).alias("months_before"),
        _count(has_money & is_survivors).alias("survivor_months"),
        _count(has_money & is_in_grace).alias("grace_months"),
    )
    # `person_id` is null for a name that fits nobody, a span may have no end: a null-safe join, or such rows would lose their months.
    # Under other names: where the money comes from the tables of the candidates, Spark takes columns of one name for each other.
    theirs = {column: f"_sum_{column}" for column in key}
    of_span = summed.withColumnsRenamed(theirs)
    on = [F.col(column).eqNullSafe(F.col(their)) for column, their in theirs.items()]
    joined = candidates.join(of_span, on, "left").drop(*theirs.values())
    counts = {
        name: F.coalesce(F.col(name), F.lit(0))
        for name in ("paid_months", "gross_months", "event_month_late", "months_before", "survivor_months", "grace_months")
    }
    amounts = {
        name: F.coalesce(F.col(name), F.lit(0).cast("decimal(18,2)"))
        for name in ("upper_yuan", "paid_yuan", "share_yuan", "refunded_yuan", "late_arrears_yuan")
    }
    words = F.coalesce("_in_words", F.array().cast("array<string>"))
    arrays = {
        "counted_months": F.transform(words, lambda word: F.split(word, "=")[0].cast("date")),
        "counted_yuan": F.transform(words, lambda word: F.split(word, "=")[1].cast("decimal(18,2)")),
        "counted_share_yuan": F.transform(words, lambda word: F.split(word, "=")[2].cast("decimal(18,2)")),
    }
    return joined.withColumns({**counts, **amounts, **arrays}).drop("_in_words", "_heads")


def _count(condition: Column) -> Column:
    return F.sum(condition.cast("int")).cast("int")


def _total(amount: Column) -> Column:
    return F.coalesce(F.sum(amount), F.lit(0)).cast("decimal(18,2)")
