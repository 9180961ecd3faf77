"""Households in which several things are rare that have nothing to do with one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, none
from models.chance import LEAST, of_sums
from models.features import Matrix

KIND = "rare_together"
RARE = 0.1
"""Share of comparable households from which on a value is nothing rare."""
_MOST_TOLD = 3


@dataclass(frozen=True)
class Own:
    """A figure of a household by itself, the higher the stranger; what it shares with others is told by groups. said: {} = the value.
    from_on: below, it is nothing worth telling however rare: a raise after a review is no peak."""

    said: str
    value: pl.Expr
    from_on: float


_IS_KEPT = (pl.col("is_home") | pl.col("has_guardian")).fill_null(False)
FIGURES = {
    "foreign": Own("{}成的钱打入户外人员的账户", pl.when(_IS_KEPT).then(0.0).otherwise(10 * pl.col("foreign_holder_ratio")), 1.0),
    "accounts": Own("用过{}个收款账户", pl.col("accounts_used"), 2),
    "gap": Own("中间断发{}个月", pl.col("gap_months"), 1),
    # A month that was left out and paid with the next is one thing and not two.
    "peak": Own("最高月是平均月的{}倍", pl.when(pl.col("gap_months") >= 1).then(1.0).otherwise(pl.col("highest_to_usual")), 1.5),
    "arrears": Own("{}成的发放是补发", 10 * pl.col("arrears_ratio"), 1.0),
    "refunds": Own("{}成的发放被退回", 10 * pl.col("refund_ratio"), 1.0),
    "heads": Own("发放人数比花名册多{}人", pl.col("heads_over_roster"), 1),
    "early": Own("批准之前已发放{}个月", pl.col("months_paid_before_approval"), 1),
    "high": Own("人均发放额是月标准的{}倍", pl.col("to_standard"), 1.005),
    "low": Own("人均发放额只有同县同类家庭的{}分之一", 1 / pl.col("relative_to_peers"), 4.0),
}
"""That few registers know a household is told by nobody_knows; what makes rules speak, by rules."""


def found(city: City, moved: pl.DataFrame) -> pl.DataFrame:
    """Each figure's surprise is -ln of the share of the family's households that come up to it; their sum is held against the sums that
    would come about if the figures had nothing to do with one another (every figure dealt out anew among all).

    moved: case_id, moved: what verdicts on the like have changed the chance by. Left out: households of whom a rule has stated something.
    """
    stated = city.stated.filter((pl.col("rule_code") != "U01") & (pl.col("outcome") != "clear")).select("case_id").unique()
    drawing = city.cases.filter(pl.col("paid_months") > 0).join(stated, on="case_id", how="anti").sort("case_id")
    figures = drawing.select(
        "case_id", "family", *(own.value.cast(pl.Float64).fill_nan(None).alias(name) for name, own in FIGURES.items())
    )
    told = []
    for _, rows in figures.group_by(["family"], maintain_order=True):
        surprises = rows.select(_surprise(name) for name in FIGURES).to_numpy()
        chance = of_sums(surprises)
        told.append(rows.select("case_id").with_columns(_chance=pl.Series(chance), seen=pl.Series(_said(rows, surprises))))
    if not told:
        return none()
    rare = pl.concat(told).join(moved, on="case_id", how="inner").filter(pl.col("seen") != "")
    return hits(
        rare.with_columns(
            chance=(pl.col("_chance") * pl.col("moved")).clip(LEAST, 1.0),
            seen=pl.concat_str(pl.lit("该户没有触及任何一条规则，但几处情况同时少见："), "seen"),
            usual=pl.lit("这些情况在同类家庭中单独出现已不多，同时出现极少"),
        ),
        KIND,
        len(drawing),
    )


def _surprise(name: str) -> pl.Expr:
    at_least = pl.col(name).rank("max", descending=True)
    share = (at_least - 0.5) / (pl.col(name).count() + 1.0)
    is_rare = (share <= RARE) & (pl.col(name) >= FIGURES[name].from_on)
    return pl.when(is_rare).then(-share.log()).otherwise(0.0).fill_null(0.0).alias(name)


def _said(figures: pl.DataFrame, surprises: Matrix) -> list[str]:
    """The rarest figures of each household in words, two at least, or nothing."""
    names = list(FIGURES)
    told = []
    for row, weights in zip(figures.select(names).to_numpy(), surprises, strict=True):
        order = [i for i in np.argsort(-weights, kind="stable")[:_MOST_TOLD] if weights[i] > 0]
        told.append("、".join(FIGURES[names[i]].said.format(f"{row[i]:.2g}") for i in order) if len(order) > 1 else "")
    return told
