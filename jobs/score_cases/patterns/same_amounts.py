"""One amount a head, to the cent, for many households of a village or an officer: supplements are reckoned from means, and means differ."""

from __future__ import annotations

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits
from jobs.score_cases.patterns.rates import GROUPS, LEAST_HOLDING, LIKE
from models.chance import of_at_least

KIND = "many_same_amounts"
FULL = 0.995
"""From this part of the standard on, an amount is the highest rate: many draw it."""


def found(city: City) -> list[pl.DataFrame]:
    """Held against how often the amount stands elsewhere in the county and programme; that it is whichever amount came up most is
    reckoned in."""
    drawing = city.cases.filter((pl.col("to_standard") > 0) & (pl.col("to_standard") < FULL)).with_columns(
        amount=pl.col("paid_yuan_per_head").round(2)
    )
    return [_of(drawing, key, called, name) for name, (key, called) in GROUPS.items()]


def _of(drawing: pl.DataFrame, key: list[str], called: str, name: str) -> pl.DataFrame:
    like = [*LIKE, "amount"]
    cases = drawing.drop_nulls(key).with_columns(
        group=pl.concat_str(pl.lit(name), *key, "program", "amount", separator="|"), same=pl.len().over(*key, *like), size=pl.len().over(*key, *LIKE),
        everywhere=pl.len().over(like), all=pl.len().over(LIKE), amounts=pl.col("amount").n_unique().over(*key, *LIKE),
    )  # fmt: skip
    groups = cases.unique("group").filter(pl.col("size") >= LEAST_HOLDING).sort("group")
    same, size, amounts, everywhere, all_ = (
        groups[column].to_numpy().astype(float) for column in ("same", "size", "amounts", "everywhere", "all")
    )
    rate = (everywhere - same + 0.5) / (all_ - size + 1.0)
    told = groups.select("group", "same", "size").with_columns(
        chance=pl.Series(np.minimum(of_at_least(same, size, rate) * amounts, 1.0), dtype=pl.Float64),
        usual=pl.Series([f"同县同类家庭每百户约有{100 * share:.1f}户是这个数" for share in rate], dtype=pl.String),
    )
    tests = told["group"].n_unique()
    many = told.filter(pl.col("same") >= LEAST_HOLDING).with_columns(
        seen=pl.format(f"{called}{{}}户同类家庭中有{{}}户的人均发放额分文不差，该户是其中之一", "size", "same")
    )
    return hits(cases.select("case_id", "group").join(many, on="group"), KIND, tests)
