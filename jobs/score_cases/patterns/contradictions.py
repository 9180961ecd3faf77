"""Registers that cannot both be right about a household: nobody knows it, or everybody in it has left the city."""

from __future__ import annotations

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits
from models.chance import LEAST

USUAL_SHARE = 0.02
"""Share of a county's households from which a contradiction is the registers' own: a register of the county is missing."""

COVERED_SHARE = 0.9
"""Share of a county's households of whom the registry knows somebody, below which it was not delivered, or only a part of it."""


def nobody_knows(city: City) -> pl.DataFrame:
    """Nobody of the household is in the household registry or any other register; where the registry knows the others of the
    county. Of a county whose registry was not delivered nothing is told; nor where it knows somebody of the name in the village:
    there the number is wrong, and the data's owner is asked (U01)."""
    known = city.members.group_by("case_id").agg(
        known=pl.col("in_registry").fill_null(False).any(), has_namesake=pl.col("has_namesake").any()
    )
    cases = city.cases.join(known, on="case_id").with_columns(
        _is=~pl.col("known") & ~pl.col("has_namesake") & (pl.col("registers_knowing").fill_null(0) == 0),
        _covered=pl.col("known").mean().over("county_code") >= COVERED_SHARE,
    )
    cases = cases.filter("_covered")
    return _contradicting(
        cases, "nobody_knows", "该户没有一个人能在户籍和其他各类登记中查到", "本县{}%的享受家庭至少有一人查得到"
    )


def everybody_left(city: City) -> pl.DataFrame:
    """Everybody who is covered has been struck off the registry as moved away, and the money goes on."""
    left = city.members.filter("is_covered").group_by("case_id").agg(
        _is=(pl.col("registry_status") == "迁出注销").fill_null(False).all()
    )  # fmt: skip
    cases = city.cases.join(left, on="case_id").filter(pl.col("stop_month").is_null())
    return _contradicting(
        cases, "everybody_left", "该户享受待遇的人都已迁出户籍注销，待遇仍在发放", "本县{}%的享受家庭户籍仍在本市"
    )


def _contradicting(cases: pl.DataFrame, kind: str, seen: str, usual: str) -> pl.DataFrame:
    """No crowd, no rate: each is strange by itself, as long as it is rare where it stands. The chance is the share of others."""
    county = pl.col("_is").sum().over("county_code"), pl.len().over("county_code")
    told = cases.with_columns(_share=(county[0] - pl.col("_is").cast(pl.Int64) + 0.5) / (county[1] + 1.0)).filter("_is")
    rare = told.filter(pl.col("_share") <= USUAL_SHARE)
    marked = rare.with_columns(
        chance=pl.lit(LEAST), seen=pl.lit(seen), usual=pl.format(usual, (100 * (1 - pl.col("_share"))).floor().cast(pl.Int64))
    )
    return hits(marked, kind, max(len(cases), 1))
