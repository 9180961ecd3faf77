"""Households approved by an officer of another town."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import LEAST_MEMBERS, hits, none, spelled
from models.chance import of_at_least

KIND = "officer_elsewhere"
AT_HOME = 0.6
"""Share of an officer's approvals in one town, from which that town is the officer's."""
ABSENCE = timedelta(days=62)
"""The own officers of a town may be away, or their post empty, for so long."""
_OFFICER = ["county_code", "approver_name_key"]
_TOWN = ["county_code", "town"]


def found(city: City) -> pl.DataFrame:
    """Approvals of one officer in a town that is not the officer's, by how many such approvals the other towns of the county have.

    Lawful: a stand-in, all within ABSENCE and while the town's own officers approved nothing; and an officer who moved, whose
    approvals in the one town ended before those in the other began.
    """
    dated = city.cases.drop_nulls([*_OFFICER, "town", "approved_on"]).select("case_id", *_OFFICER, "town", "approved_on")
    at = dated.group_by(*_OFFICER, "town").agg(
        size=pl.len(), first=pl.col("approved_on").min(), last=pl.col("approved_on").max(), days=pl.col("approved_on").sort()
    )
    homes = (
        at.with_columns(share=pl.col("size") / pl.col("size").sum().over(_OFFICER))
        .filter(pl.col("share") >= AT_HOME)
        .select(*_OFFICER, home="town", home_first="first", home_last="last")
    )
    own = at.join(homes, on=_OFFICER).filter(pl.col("town") == pl.col("home"))
    at_work = own.group_by(*_TOWN).agg(own_size=pl.col("size").sum(), own_days=pl.col("days").explode())
    guests = at.join(homes, on=_OFFICER).filter(pl.col("town") != pl.col("home")).join(at_work, on=_TOWN)
    if guests.is_empty():
        return none()
    told = guests.sort(*_OFFICER, "town").with_columns(approved=pl.col("size") + pl.col("own_size"))
    size, approved = (told[name].to_numpy().astype(float) for name in ("size", "approved"))
    # Strange groups must not make one another usual: the largest other one is left out of what is.
    largest = np.sort(size)[-2:]
    others = size.sum() - size - np.where(size == largest[-1], largest[0], largest[-1]) * (len(size) > 1)
    chance = of_at_least(size, approved, (others + 0.5) / (len(dated) - size + 1.0))
    met = pl.struct("first", "last", "own_days").map_elements(
        lambda row: any(row["first"] <= day <= row["last"] for day in row["own_days"]), return_dtype=pl.Boolean
    )
    stood_in = (pl.col("last") - pl.col("first") <= ABSENCE) & ~met
    moved = (pl.col("first") > pl.col("home_last")) | (pl.col("last") < pl.col("home_first"))
    many = told.with_columns(
        chance=pl.Series(chance), group=pl.concat_str(*_OFFICER, "town", separator="|"),
        lawful=pl.when(stood_in | moved).then(pl.lit("R99")).otherwise(pl.lit("")),
        seen=pl.Series([
            f"该户由外镇（街道）的经办人批准，{spelled(first)}至{spelled(last)}本镇（街道）这样的有{n}户"
            for first, last, n in zip(told["first"], told["last"], told["size"], strict=True)
        ]),
        usual=pl.lit(f"全市{len(dated)}户中由外镇经办人批准的只有{size.sum():.0f}户"),
    ).filter(pl.col("size") >= LEAST_MEMBERS)  # fmt: skip
    return hits(dated.join(many, on=[*_OFFICER, "town"]), KIND, max(at.height, 1))
