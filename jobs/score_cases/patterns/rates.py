"""Villages and officers in which far more households have something in common than in comparable ones."""

from __future__ import annotations

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, none
from jobs.score_cases.patterns.measures import MEASURES, Measure, measured
from models.chance import of_group_rates

LIKE = ["county_code", "program"]
"""Households of one county and programme are comparable."""
CITY_WEIGHT = 20
"""Households of the whole city that a small county borrows: among five, no share says anything."""
LEAST_HOLDING = 4
GROUPS = {
    "village": (["county_code", "town", "village"], "本村"),
    "officer": (["county_code", "approver_name_key"], "同一名经办人经手的"),
}


def found(city: City) -> pl.DataFrame:
    """Of every village and officer, each measure held against what comparable households would have, by the beta-binomial of how
    such groups differ. All are one family of tests: looked at are thousands of rates, and the least of them is no news."""
    cases = measured(city)
    parts = [_of(cases, measure, *GROUPS[name], name) for name in GROUPS for measure in MEASURES]
    tests = sum(count for _, count in parts)
    frames = [frame.with_columns(tests=pl.lit(tests, dtype=pl.Int64)) for frame, _ in parts]
    return pl.concat([none(), *frames])


def _of(cases: pl.DataFrame, measure: Measure, key: list[str], called: str, name: str) -> tuple[pl.DataFrame, int]:
    asked = cases.filter(measure.applies).drop_nulls(key).with_columns(_holds=measure.holds.fill_null(False))
    group = pl.concat_str(pl.lit(name), *key, separator="|")
    groups = _expected(asked.with_columns(group=group))
    tested = groups.filter(pl.col("size") >= LEAST_HOLDING)
    chance = of_group_rates(*(tested[column].to_numpy().astype(float) for column in ("holding", "size", "expected")))
    told = tested.with_columns(
        chance=pl.Series(chance, dtype=pl.Float64),
        seen=pl.format(f"{called}{{}}户享受家庭中有{{}}户{measure.said}，该户是其中之一", "size", "holding"),
        usual=pl.format("情况相近的同样多户中一般约{}户如此", pl.col("expected").round(1)),
    ).filter(pl.col("holding") >= LEAST_HOLDING)
    kind = measure.kind
    found_in = asked.with_columns(group=group).filter("_holds").select("case_id", "group").join(told, on="group")
    return hits(found_in.with_columns(group=pl.concat_str("group", pl.lit(kind), separator="|")), kind, 0), len(tested)


def _expected(asked: pl.DataFrame) -> pl.DataFrame:
    """group, size, holding, expected: what of the group would hold by the shares of its counties and programmes without it."""
    everywhere = (asked["_holds"].sum() + 0.5) / (len(asked) + 1)
    stratum = asked.group_by("group", *LIKE).agg(pl.len().alias("n"), pl.col("_holds").sum().alias("k")).with_columns(
        all_n=pl.col("n").sum().over(LIKE), all_k=pl.col("k").sum().over(LIKE)
    )  # fmt: skip
    others = (pl.col("all_k") - pl.col("k") + CITY_WEIGHT * everywhere) / (pl.col("all_n") - pl.col("n") + CITY_WEIGHT)
    return (
        stratum.group_by("group")
        .agg(size=pl.col("n").sum(), holding=pl.col("k").sum(), expected=(pl.col("n") * others).sum())
        .sort("group")
    )
