"""One amount, to the cent, for many households of a village or an officer: supplements are reckoned from means, and means differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits
from jobs.score_cases.patterns.rates import GROUPS, LEAST_HOLDING, LIKE
from models.chance import of_at_least

KIND = "many_same_amounts"
FULL = 0.995
"""From this part of the standard on, an amount is the highest rate: many draw it."""


@dataclass(frozen=True)
class Amount:
    """An amount that goes by a household's own means. least_sizes: of households that have it in common, so many sizes at least."""

    name: str
    yuan: pl.Expr
    applies: pl.Expr
    said: str
    least_sizes: int = 1


_BELOW_FULL = (pl.col("to_standard") > 0) & (pl.col("to_standard") < FULL)
AMOUNTS = (
    Amount("per_head", pl.col("paid_yuan_per_head"), _BELOW_FULL, "人均发放额分文不差"),
    Amount("sum", pl.col("monthly_amount").cast(pl.Float64), _BELOW_FULL, "人口多少不同，全户发放额却分文不差", 2),
    Amount("deduction", pl.col("rigid_expense"), pl.col("rigid_expense") > 0, "刚性支出扣减额分文不差"),
)


def found(city: City) -> list[pl.DataFrame]:
    """Held against how often the amount stands elsewhere in the county and programme; that it is whichever amount came up most is
    reckoned in."""
    return [_of(city, amount, key, called, name) for amount in AMOUNTS for name, (key, called) in GROUPS.items()]


def _of(city: City, amount: Amount, key: list[str], called: str, name: str) -> pl.DataFrame:
    like = [*LIKE, "amount"]
    having = city.cases.filter(amount.applies).with_columns(amount=amount.yuan.round(2)).drop_nulls([*key, "amount"])
    cases = having.with_columns(
        group=pl.concat_str(pl.lit(f"{name}|{amount.name}"), *key, "program", "amount", separator="|"),
        same=pl.len().over(*key, *like), size=pl.len().over(*key, *LIKE), sizes=pl.col("covered_heads").n_unique().over(*key, *like),
        everywhere=pl.len().over(like), all=pl.len().over(LIKE), amounts=pl.col("amount").n_unique().over(*key, *LIKE),
    )  # fmt: skip
    groups = cases.unique("group").filter(pl.col("size") >= LEAST_HOLDING).sort("group")
    same, size, amounts, everywhere, all_ = (
        groups[column].to_numpy().astype(float) for column in ("same", "size", "amounts", "everywhere", "all")
    )
    rate = (everywhere - same + 0.5) / (all_ - size + 1.0)
    told = groups.select("group", "same", "size", "sizes").with_columns(
        chance=pl.Series(np.minimum(of_at_least(same, size, rate) * amounts, 1.0), dtype=pl.Float64),
        usual=pl.Series([f"同县同类家庭每百户约有{100 * share:.1f}户是这个数" for share in rate], dtype=pl.String),
    )
    tests = told["group"].n_unique()
    many = told.filter((pl.col("same") >= LEAST_HOLDING) & (pl.col("sizes") >= amount.least_sizes)).with_columns(
        seen=pl.format(f"{called}{{}}户同类家庭中有{{}}户{amount.said}，该户是其中之一", "size", "same")
    )
    return hits(cases.select("case_id", "group").join(many, on="group"), KIND, tests)
