"""Villages and officers in which far more households have something in common than in comparable ones."""

from __future__ import annotations

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, none
from jobs.score_cases.patterns.measures import MEASURES, Measure, measured
from models.chance import countable_tests, of_at_least, of_group_rates
from models.ranks import Vector

LIKE = ["county_code", "program"]
"""Households of one county and programme are comparable."""
CITY_WEIGHT = 20
"""Households of the whole city that a small county borrows: among five, no share says anything."""
LEAST_HOLDING = 4
GROUPS = {
    "village": (["county_code", "town", "village"], "本村"),
    "officer": (["county_code", "approver_name_key"], "同一名经办人经手的"),
}


def found(city: City, false_share: float) -> pl.DataFrame:
    """Of every village and officer, each measure held against what comparable households would have, by the beta-binomial of how
    such groups differ. All are one family of tests: looked at are thousands of rates, and the least of them is no news."""
    cases = measured(city)
    parts = [_of(cases, measure, *GROUPS[name], name) for name in GROUPS for measure in MEASURES]
    tests = countable_tests(np.concatenate([attainable for _, attainable in parts]), false_share)
    return pl.concat([none(), *(frame.with_columns(tests=pl.lit(tests, dtype=pl.Int64)) for frame, _ in parts)])


def _of(cases: pl.DataFrame, measure: Measure, key: list[str], called: str, name: str) -> tuple[pl.DataFrame, Vector]:
    """Hits of one measure in one kind of group, and the smallest chance that each of these can come to: if all of it held."""
    group = pl.concat_str(pl.lit(name), *key, pl.lit(measure.kind), separator="|")
    asked = cases.filter(measure.applies).drop_nulls(key).with_columns(group=group, _holds=measure.holds.fill_null(False))
    tested = _expected(asked).filter(pl.col("size") >= LEAST_HOLDING)
    holding, size, expected = (tested[column].to_numpy().astype(float) for column in ("holding", "size", "expected"))
    told = tested.with_columns(
        chance=pl.Series(of_group_rates(holding, size, expected), dtype=pl.Float64),
        seen=pl.format(f"{called}{{}}户享受家庭中有{{}}户{measure.said}，该户是其中之一", "size", "holding"),
        usual=pl.when(pl.col("expected") < 1)
        .then(pl.lit("情况相近的同样多户中一般不到1户如此"))
        .otherwise(pl.format("情况相近的同样多户中一般约{}户如此", pl.col("expected").round(0).cast(pl.Int64))),
    ).filter(pl.col("holding") >= LEAST_HOLDING)
    found_in = asked.filter("_holds").select("case_id", "group").join(told, on="group")
    return hits(found_in, measure.kind, 0), of_at_least(size, size, expected / np.maximum(size, 1))


def _expected(asked: pl.DataFrame) -> pl.DataFrame:
    """group, size, holding, expected: what of the group would hold by the shares of its counties and programmes without it."""
    everywhere = (float(asked["_holds"].sum()) + 0.5) / (len(asked) + 1)
    stratum = asked.group_by("group", *LIKE).agg(pl.len().alias("n"), pl.col("_holds").sum().alias("k")).with_columns(
        all_n=pl.col("n").sum().over(LIKE), all_k=pl.col("k").sum().over(LIKE)
    ).sort("group", *LIKE)  # fmt: skip
    others = (pl.col("all_k") - pl.col("k") + CITY_WEIGHT * everywhere) / (pl.col("all_n") - pl.col("n") + CITY_WEIGHT)
    return stratum.group_by("group", maintain_order=True).agg(  # sums of doubles in one order give one figure
        size=pl.col("n").sum(), holding=pl.col("k").sum(), expected=(pl.col("n") * others).sum()
    )
