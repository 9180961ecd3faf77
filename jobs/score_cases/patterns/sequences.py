"""What months show one after the other: amounts that creep or leap about, accounts that change, days that are nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits
from models.chance import of_at_least

COMMON = 0.05
"""Share of a county's households from which a step in one month is everybody's: a new standard, another bank."""
_MONTH = ["county_code", "program", "for_month"]


@dataclass(frozen=True)
class Sequence:
    """A kind of step from one month to the next. least: steps below which nothing is told. seen: {} = how many."""

    kind: str
    least: int
    is_step: pl.Expr
    seen: str
    usual: str


_HEADS_STAY = pl.col("paid_heads").eq_missing(pl.col("_heads_before"))
_RISE = (pl.col("paid_yuan") > pl.col("_yuan_before")) & _HEADS_STAY
_FALL = (pl.col("paid_yuan") < pl.col("_yuan_before")) & _HEADS_STAY
SEQUENCES = (
    Sequence("creeping_amount", 3, _RISE, "该户的人数没有变，发放额一年里却上调了{}次", "同县同类家庭一年里除统一调标外{}上调"),
    Sequence("restless_amount", 4, _RISE | _FALL, "该户的人数没有变，发放额一年里却变动了{}次", "同县同类家庭一年里除统一调标外{}变动"),
    Sequence("growing_heads", 2, pl.col("paid_heads") > pl.col("_heads_before"), "该户一年里{}次增加发放人数", "同县同类家庭一年里{}添人"),
    Sequence(
        "wandering_account", 2, (pl.col("account") != pl.col("_account_before")).fill_null(False),
        "该户一年里换了{}次收款账户", "同县同类家庭一年里除统一换卡外{}更换",
    ),
    Sequence(
        "on_and_off", 2, pl.col("for_month") > pl.col("_month_before").dt.offset_by("1mo"),
        "该户的待遇一年里断发、续发了{}次，中断的月份没有补发", "同县同类家庭一年里{}断发又续发",
    ),
)  # fmt: skip


def found(city: City) -> list[pl.DataFrame]:
    """One frame a kind. A month with arrears or refunds is no step, nor is one that everybody of the county made."""
    return [*(_steps(city, sequence) for sequence in SEQUENCES), odd_days(city)]


def _steps(city: City, sequence: Sequence) -> pl.DataFrame:
    place = city.cases.select("case_id", "county_code", "program")
    over = {"_yuan_before": "paid_yuan", "_heads_before": "paid_heads", "_account_before": "account"}
    months = (
        city.months.sort("case_id", "for_month")
        .with_columns(_month_before=pl.col("for_month").shift(1).over("case_id"))  # a month paid in arrears is no gap
        .filter("is_regular")
        .join(place, on="case_id", maintain_order="left")
    )
    pairs = months.with_columns(pl.col(column).shift(1).over("case_id").alias(name) for name, column in over.items()).filter(
        pl.col("_yuan_before").is_not_null()
    )
    is_common = (pl.col("_step").sum() > COMMON * pl.len()) & (pl.col("_step").sum() >= 5)
    stepped = pairs.with_columns(_step=sequence.is_step.fill_null(False)).with_columns(
        _step=pl.col("_step") & ~is_common.over(_MONTH)
    )
    return _told(stepped, sequence, lambda count: pl.format(sequence.seen, count))


def _told(stepped: pl.DataFrame, sequence: Sequence, seen: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Cases with at least as many steps, by the rate of all others: a household's own steps do not make it usual."""
    of_case = stepped.group_by("case_id").agg(tries=pl.len(), count=pl.col("_step").sum()).sort("case_id")
    tries, count = of_case["tries"].to_numpy().astype(float), of_case["count"].to_numpy().astype(float)
    rate = (count.sum() - count + 0.5) / (tries.sum() - tries + 1.0)
    stepping = 100.0 * float((count > 0).mean()) if len(count) else 0.0
    usual = sequence.usual.format("几乎都不" if stepping < 1 else f"只有{stepping:.0f}%有过")
    told = of_case.with_columns(chance=pl.Series(of_at_least(count, tries, rate), dtype=pl.Float64))
    many = told.filter(pl.col("count") >= sequence.least)
    return hits(many.with_columns(seen=seen(pl.col("count")), usual=pl.lit(usual)), sequence.kind, len(of_case))


ODD_DAYS = Sequence("odd_days", 3, pl.lit(False), "该户有{}个月的钱不是随本县统一发放日到账的", "同县同类家庭{}单独到账")
DAY_SHARE = 0.02


def odd_days(city: City) -> pl.DataFrame:
    """Months whose money came on a day on which hardly anybody of the county and programme was paid for the month."""
    place = city.cases.select("case_id", "county_code", "program")
    months = city.months.filter("is_regular").join(place, on="case_id").drop_nulls("last_paid_on")
    of_day, of_month = pl.len().over(*_MONTH, "last_paid_on"), pl.len().over(_MONTH)
    # Among a few households every day is somebody's own.
    stepped = months.with_columns(_step=(of_day <= DAY_SHARE * of_month) & (of_month >= 20))
    return _told(stepped.sort("case_id", "for_month"), ODD_DAYS, lambda count: pl.format(ODD_DAYS.seen, count))
