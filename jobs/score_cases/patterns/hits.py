"""What a detector hands over, and what several of them measure about a group of cases."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from models.chance import of_crowding

HITS = pl.Schema(
    {
        "case_id": pl.String,
        "kind": pl.String,
        "group": pl.String,
        "chance": pl.Float64,
        "tests": pl.Int64,
        "lawful": pl.String,
        "seen": pl.String,
        "usual": pl.String,
    }
)
"""A row a case: which kind of strangeness, in which group (a key of its own; empty = the case alone), how likely by chance alone,
how many things were looked at for it, the exemption by which the data explain it (or empty), and the two halves of the sentence."""
WINDOW_DAYS = 8
LEAST_MEMBERS = 3
"""Two may be neighbours, or a mother and her son."""


def none() -> pl.DataFrame:
    return pl.DataFrame(schema=HITS)


def hits(rows: pl.DataFrame, kind: str, tests: int) -> pl.DataFrame:
    """The rows as HITS; what they do not state of group and lawful reason is empty."""
    empty = {name: pl.lit("") for name in ("group", "lawful") if name not in rows.columns}
    return rows.with_columns(kind=pl.lit(kind), tests=pl.lit(tests, dtype=pl.Int64), **empty).select(HITS.names()).cast(HITS)


def crowding(city: City, groups: pl.DataFrame) -> pl.DataFrame:
    """group, crowd (cases approved within WINDOW_DAYS of one another, the most), crowd_chance: 1 where they lie as all cases do.

    groups: case_id, group. The usual is what part of all other households was approved in that very window, so that a
    campaign of the whole city crowds nobody.
    """
    days = np.sort(city.cases["approved_on"].drop_nulls().to_numpy().astype("datetime64[D]"))
    dated = groups.join(city.cases.select("case_id", "approved_on"), on="case_id").drop_nulls("approved_on")
    told = []
    for (group,), rows in dated.sort("group", "approved_on").group_by(["group"], maintain_order=True):
        own = rows["approved_on"].to_numpy().astype("datetime64[D]")
        ends = np.searchsorted(own, own + np.timedelta64(WINDOW_DAYS, "D"), side="left")
        counts = ends - np.arange(len(own))
        best = int(np.argmax(counts))
        window = np.searchsorted(days, [own[best], own[best] + np.timedelta64(WINDOW_DAYS, "D")])
        share = max(float(window[1] - window[0] - counts[best]), 1.0) / max(len(days) - len(own), 1)
        told.append((group, int(counts[best]), len(own), share))
    frame = pl.DataFrame(told, {"group": pl.String, "crowd": pl.Int64, "_n": pl.Int64, "_share": pl.Float64}, orient="row")
    chance = of_crowding(*(frame[name].to_numpy().astype(float) for name in ("crowd", "_n", "_share")))
    return frame.select("group", "crowd").with_columns(crowd_chance=pl.Series(chance))


def of_cases(city: City, groups: pl.DataFrame) -> pl.DataFrame:
    """group, size, villages, kept: how many cases and villages a group has, and how many are in an institution's or a
    guardian's care."""
    known = groups.join(city.cases.select("case_id", "county_code", "town", "village", "is_home", "has_guardian"), on="case_id")
    return known.group_by("group").agg(
        size=pl.len(),
        villages=pl.struct("county_code", "town", "village").n_unique(),
        kept=(pl.col("is_home").fill_null(False) | pl.col("has_guardian").fill_null(False)).sum(),
    )


def spelled(day: date) -> str:
    """2017年3月5日"""
    return f"{day.year}年{day.month}月{day.day}日"
