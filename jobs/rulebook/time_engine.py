"""The time engine: what was paid to a case after a fact, month of entitlement by month of entitlement.

One place decides what counts after an event; no rule adds up payments by itself. The month of transfer
never decides: arrears paid late are for the month they are for.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds, may_hold

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


_OF_A_MONTH = {
    "for_month": "date", "paid_yuan": "decimal(18,2)", "gross_yuan": "decimal(18,2)", "refunded_yuan": "decimal(18,2)",
    "arrears_yuan": "decimal(18,2)", "paid_heads": "int", "last_paid_on": "date",
}  # fmt: skip
_MONTHS = f"array<struct<{','.join(f'{name}:{kind}' for name, kind in _OF_A_MONTH.items())}>>"


def gathered_months(money: DataFrame) -> DataFrame:
    """Money by its key, one row each, with `months`: what was paid for each month, in order.

    money: silver.entitlement_months, or months in the same columns by case_id, or by more of the candidates' key.
    """
    key = [column for column in ("case_id", "subject_key", "thing_key") if column in money.columns]
    return money.groupBy(*key).agg(F.sort_array(F.collect_list(F.struct(*_OF_A_MONTH))).alias("months"))


def with_payments(candidates: DataFrame, gathered: DataFrame) -> DataFrame:
    """Candidates with PAYMENT_COLUMNS. Counted are the months from `count_from` through `count_until` (null = no end), less
    those through `lawful_until`, those paid for no more than `lawful_heads` persons, and of each month `lawful_yuan`
    (null = nothing is lawful).

    gathered: money as gathered_months gives it. Each candidate has its own months: of a thing that a register has twice, with
    different days, either is looked at by itself.
    """
    key = [column for column in gathered.columns if column != "months"]
    heads_of_case = F.coalesce("covered_heads", F.lit(1))
    event_month = F.trunc("event_on", "month")

    def is_counted(month: Column) -> Column:
        is_before_end = may_hold(month["for_month"] <= F.col("count_until"))
        return (month["for_month"] >= F.col("count_from")) & is_before_end

    def at_stake(month: Column) -> Column:
        return month["paid_yuan"] - F.coalesce("lawful_yuan", F.lit(0))

    def is_survivors(month: Column) -> Column:
        return holds(month["paid_heads"] <= F.col("lawful_heads"))

    def is_in_grace(month: Column) -> Column:
        return holds(month["for_month"] <= F.col("lawful_until"))

    def share(month: Column) -> Column:
        return at_stake(month) / F.greatest(F.coalesce(month["paid_heads"], heads_of_case), F.lit(1))

    def is_late_arrears(month: Column) -> Column:
        return (month["for_month"] < F.col("count_from")) & (month["last_paid_on"] > F.col("event_on"))

    def is_paid_late(month: Column) -> Column:
        is_late = (month["gross_yuan"] > 0) & (month["last_paid_on"] >= F.col("event_on"))
        return (month["for_month"] == event_month) & is_late

    joined = candidates.join(gathered, key, "left")  # one row a key
    every = joined.withColumn("months", F.coalesce("months", F.array().cast(_MONTHS)))
    spans = every.withColumn("_counted", F.filter("months", is_counted))
    drawn = spans.withColumn("_drawn", F.filter("_counted", lambda month: month["paid_yuan"] > 0))
    paid = drawn.withColumn(
        "_paid",
        F.filter("_drawn", lambda month: ~is_survivors(month) & ~is_in_grace(month) & (at_stake(month) > 0)),
    )
    listed = paid.withColumns(
        {
            "counted_months": F.transform("_paid", lambda month: month["for_month"]),
            "counted_yuan": F.transform("_paid", lambda month: at_stake(month).cast("decimal(18,2)")),
            "counted_share_yuan": F.transform("_paid", lambda month: share(month).cast("decimal(18,2)")),
        }
    )
    return listed.withColumns(
        {
            "paid_months": F.size("_paid"),
            "gross_months": F.size(F.filter("_counted", lambda month: month["gross_yuan"] > 0)),
            "first_month": F.array_min("counted_months"),
            "last_month": F.array_max("counted_months"),
            "upper_yuan": _total(F.transform("_drawn", lambda month: month["paid_yuan"])),
            "paid_yuan": _total(F.col("counted_yuan")),
            "share_yuan": _total(F.col("counted_share_yuan")),
            "refunded_yuan": _total(F.transform("_counted", lambda month: month["refunded_yuan"])),
            "event_month_late": (F.size(F.filter("months", is_paid_late)) > 0).cast("int"),
            "late_arrears_yuan": _total(F.transform(F.filter("months", is_late_arrears), lambda month: month["arrears_yuan"])),
            "months_before": F.size(
                F.filter("months", lambda month: (month["paid_yuan"] > 0) & (month["for_month"] <= event_month))
            ),
            "survivor_months": F.size(F.filter("_drawn", is_survivors)),
            "grace_months": F.size(F.filter("_drawn", is_in_grace)),
        }
    ).drop("months", "_counted", "_drawn", "_paid")


def _total(amounts: Column) -> Column:
    nothing = F.lit(0).cast("decimal(18,2)")
    return F.aggregate(amounts, nothing, lambda total, yuan: (total + F.coalesce(yuan, nothing)).cast("decimal(18,2)"))
