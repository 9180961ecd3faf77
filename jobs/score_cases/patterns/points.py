"""Households that are like no other, and households in which values do not go together that each are usual."""

from __future__ import annotations

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, none
from models.chance import LEAST, of_tail

KINDS = {"unlike_others": "anomaly", "odd_together": "dependence"}
"""Kind of strangeness and the score of gold.case_scores that it is read from."""
DATA_RULES = ("U01",)


def found(city: City, scores: pl.DataFrame) -> list[pl.DataFrame]:
    """Scores beyond the line that the tail of the ordinary ones draws. Left out: households of whom a rule has stated something,
    found or exempted, for that is what makes most of them unlike others: arrears, refunds, a death, an institution's account.

    scores: case_id, anomaly, dependence, moved (the factor by which verdicts on the like have changed the chance), reasons.
    """
    stated = (
        city.stated.filter(~pl.col("rule_code").is_in(DATA_RULES) & (pl.col("outcome") != "clear")).select("case_id").unique()
    )
    drawing = city.cases.filter(pl.col("paid_months") > 0)
    told = scores.join(drawing.select("case_id"), on="case_id", how="semi").join(stated, on="case_id", how="anti").sort("case_id")
    if len(told) < 2:
        return [none()]
    return [
        hits(
            told.with_columns(
                chance=pl.Series(np.clip(of_tail(told[score].to_numpy()) * told["moved"].to_numpy(), LEAST, 1.0)),
                seen=pl.format("该户没有触及任何一条规则，但几处情况少见：{}", pl.col("reasons").fill_null("多项情况的组合")),
                usual=pl.lit("" if kind == "unlike_others" else "这些情况分开看都平常，合在一起少见"),
            ),
            kind,
            len(told),
        )
        for kind, score in KINDS.items()
    ]
