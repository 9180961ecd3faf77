"""Bank accounts in a row: cards that were opened one after the other for households that have nothing to do with one another."""

from __future__ import annotations

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import crowding, hits, of_cases
from jobs.score_cases.patterns.shared_things import NEAR
from models.chance import either, of_rows, of_wandering, together

KIND = "account_run"
NEIGHBOUR, SERIES = 2, 1000
"""Numbers so far apart at most are neighbours; those further apart than a series were not opened at one counter."""
WIDTHS = {NEIGHBOUR: "一个挨着一个", 20: "一个接一个，相差都不过20"}
"""How far apart the numbers of a row may lie, and how that is said: between two of them a stranger may have been served."""
LEAST_RUN = 4


def found(city: City) -> pl.DataFrame:
    """Households whose account numbers follow one another where those of others in a series lie apart.

    The chance that the next number in a series is a neighbour is learned from all other series: where an office opens cards by the
    hundred for everybody, rows are nothing. Lawful: one village's cards, opened in one go for households approved over years.
    """
    return pl.concat([_rows(city, width, apart) for width, apart in WIDTHS.items()])


def _rows(city: City, width: int, apart: str) -> pl.DataFrame:
    numbered = city.cases.drop_nulls("account_no").sort("account_no", "case_id").select("case_id", "account_no")
    gap = pl.col("account_no").diff()
    steps = numbered.with_columns(
        is_step=((gap > 0) & (gap <= width)).fill_null(False), in_series=((gap > 0) & (gap <= SERIES)).fill_null(False)
    ).with_columns(run=(~pl.col("is_step")).cum_sum())
    key = pl.format("{}|{}", pl.lit(width), pl.col("case_id").min())
    runs = steps.group_by("run", maintain_order=True).agg(pl.len().alias("length"), key.alias("group"))
    near, series = int(steps["is_step"].sum()), int(steps["in_series"].sum())
    long = runs.filter(pl.col("length") >= LEAST_RUN)
    used = steps.join(long, on="run").select("case_id", "group")
    if used.is_empty():
        return hits(used.with_columns(chance=pl.lit(1.0), seen=pl.lit(""), usual=pl.lit("")), KIND, 0)
    told = long.join(of_cases(city, used), on="group").join(crowding(city, used), on="group", how="left")
    own = told["length"].to_numpy().astype(float) - 1
    by_place = of_wandering(told["villages"].to_numpy(), told["length"].to_numpy() >= LEAST_RUN)
    crowd = told["crowd_chance"].fill_null(1.0)
    by_row = of_rows(own, near, series)
    chance = np.minimum(len(WIDTHS) * either(by_row, together([by_row, by_place, crowd.to_numpy()])), 1.0)
    is_local = (pl.col("villages") == 1) & (pl.col("crowd_chance").fill_null(1.0) > NEAR)
    others = max(series - int(own.sum()), 1)
    usual = f"本市其余{others}对号码相近的卡里，只有{max(near - int(own.sum()), 0)}对相差不过{width}"
    told = told.with_columns(
        chance=pl.Series(chance),
        lawful=pl.when(pl.col("kept") * 2 > pl.col("size")).then(pl.lit("R22")).when(is_local).then(pl.lit("R99")).otherwise(pl.lit("")),
        seen=pl.format(f"该户卡号与另外{{}}户{apart}（分属{{}}个村）", pl.col("size") - 1, "villages"),
        usual=pl.lit(usual if others >= 20 else "各户的卡号互不相邻"),
    )  # fmt: skip
    return hits(used.join(told, on="group"), KIND, max(series, 1))
