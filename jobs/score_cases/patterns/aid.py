"""Aid that stays below its yearly cap by a hair in many a person, or is given to one person again and again."""

from __future__ import annotations

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import LEAST_MEMBERS, hits, none
from models.chance import of_at_least, of_sharing

NEAR, BAND = 0.98, 0.85
"""Of the cap: totals from NEAR up to the cap are just below it; those from BAND on are their neighbours. Who needs more than the cap
gets the cap: that many reach it is lawful, and tells nothing of those below."""
AGAIN = ("临时救助",)
"""Aid for a single emergency: medical aid comes as often as somebody is treated."""
LEAST_TRANSFERS = 4


def found(city: City) -> list[pl.DataFrame]:
    """One frame a kind: below_cap by county and by city, aid_again by household."""
    place = city.cases.select("case_id", "county_code")
    aid = city.aid.drop_nulls("cap_yuan").join(place, on="case_id", how="inner").sort("case_id", "program", "year")
    if aid.is_empty():
        return [none()]
    return [_below_cap(aid, ["program", "year"]), _below_cap(aid, ["county_code", "program", "year"]), _again(aid)]


def _below_cap(aid: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Held against how totals just below would lie if they lay as evenly as in the band beneath them."""
    part = pl.col("total_yuan") / pl.col("cap_yuan")
    band = aid.filter((part >= BAND) & (part < 1)).with_columns(
        is_near=part >= NEAR, group=pl.concat_str(pl.lit("cap"), *(pl.col(name).cast(pl.String) for name in key), separator="|")
    )
    groups = band.group_by("group", maintain_order=True).agg(
        size=pl.len(), near=pl.col("is_near").sum(), what=pl.col("program").first(), cap=pl.col("cap_yuan").first()
    )
    size, near = groups["size"].to_numpy().astype(float), groups["near"].to_numpy().astype(float)
    even = (1 - NEAR) / (1 - BAND)
    told = groups.with_columns(chance=pl.Series(of_at_least(near, size, even + 0 * size), dtype=pl.Float64)).filter(
        pl.col("near") >= LEAST_MEMBERS
    )
    where = "本县" if "county_code" in key else "本市"
    told = told.with_columns(
        seen=pl.format(f"该户有人一年的{{}}合计恰好略低于年度封顶线{{}}元，{where}这样的有{{}}人", "what", pl.col("cap").cast(pl.Int64), "near"),
        usual=pl.format("按封顶线以下各档的人数，这一档一般约{}人", (pl.col("size") * even).ceil().cast(pl.Int64)),
    )  # fmt: skip
    near_ones = band.filter("is_near").unique(["case_id", "group"], maintain_order=True).select("case_id", "group")
    return hits(near_ones.join(told, on="group"), "below_cap", max(len(groups), 1))


def _again(aid: pl.DataFrame) -> pl.DataFrame:
    """Held against how often others got it in a year."""
    often = aid.filter(pl.col("program").is_in(AGAIN) & (pl.col("transfers") > 0))
    told = often.with_columns(chance=pl.Series(of_sharing(often["transfers"].to_numpy()), dtype=pl.Float64))
    once = 100.0 * told.filter(pl.col("transfers") == 1).height / max(len(told), 1)
    again = (
        told.filter(pl.col("transfers") >= LEAST_TRANSFERS).sort("chance").unique("case_id", keep="first", maintain_order=True)
    )
    return hits(
        again.with_columns(
            seen=pl.format("该户有人一年里领取{}{}次，每次都没有超过封顶线", "program", "transfers"),
            usual=pl.lit(f"本市领取的人{once:.0f}%一年只领一次，此项救助应一事一审"),
        ),
        "aid_again",
        max(len(told), 1),
    )
