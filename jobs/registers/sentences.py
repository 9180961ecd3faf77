"""Parts of the Chinese sentences that an inspector reads."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F


def zh_day(column: str) -> Column:
    return F.concat(
        F.year(column).cast("string"),
        F.lit("年"),
        F.month(column).cast("string"),
        F.lit("月"),
        F.dayofmonth(column).cast("string"),
        F.lit("日"),
    )


def zh_month(column: str) -> Column:
    return F.concat(F.year(column).cast("string"), F.lit("年"), F.month(column).cast("string"), F.lit("月"))


def zh_level(column: str) -> Column:
    """ "一级": of a disability, as its certificate writes it; empty where no level is known."""
    return F.coalesce(F.concat(F.translate(F.col(column).cast("string"), "1234", "一二三四"), F.lit("级")), F.lit(""))


def zh_months(first: str, last: str) -> Column:
    """ "2017年4月至2017年12月"; a single month stands alone."""
    return F.when(F.col(first) == F.col(last), zh_month(first)).otherwise(F.concat(zh_month(first), F.lit("至"), zh_month(last)))


def zh_yuan(column: Column | str) -> Column:
    amount = F.col(column) if isinstance(column, str) else column
    return F.concat(F.format_number(amount.cast("decimal(18,2)"), 2), F.lit("元"))


def zh_paid(amount: str = "paid_yuan") -> Column:
    """ "仍获发放9个月待遇（2017年4月至2017年12月），计3,120.00元": the common end of an explanation; or why no month counts."""
    paid = F.concat(
        F.lit("仍获发放"), F.col("paid_months").cast("string"), F.lit("个月待遇（"),
        zh_months("first_month", "last_month"), F.lit("），计"), zh_yuan(amount),
    )  # fmt: skip
    return (
        F.when(F.col("paid_months") > 0, paid)
        .when(F.col("grace_months") > 0, F.lit("获发放的月份均在渐退期内"))
        .when(F.col("survivor_months") > 0, F.lit("仅按其余成员人数发放"))
        .when(F.col("refunded_yuan") > 0, F.lit("发放的款项已全部退回"))
        .otherwise(F.lit("没有查到相应月份的发放记录"))
    )
