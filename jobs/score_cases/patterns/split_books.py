"""Households of one household book that were approved one beside the other: a family divided on paper."""

from __future__ import annotations

import numpy as np
import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, none
from models.chance import LEAST

KIND = "split_book"
NEAR_DAYS = 31


def found(city: City) -> pl.DataFrame:
    """Two certificates or more of one book within NEAR_DAYS, by how many books have two anyway and how approvals lie over the years.

    Left out: who is covered alone, and those in an institution's or a guardian's care: there the law divides the household; and
    who draws twice under one number, which is rule R01's.
    """
    numbers = city.members.drop_nulls("number_key").select("case_id", "number_key").unique()
    twice = numbers.filter(pl.len().over("number_key") > 1).select("case_id").unique()
    alone = (
        pl.col("is_single_cover").fill_null(False) | pl.col("is_home").fill_null(False) | pl.col("has_guardian").fill_null(False)
    )
    cases = (
        city.cases.filter(~alone).join(twice, on="case_id", how="anti").select("case_id", "approved_on").drop_nulls("approved_on")
    )
    in_book = (
        city.members.filter(pl.col("book").is_not_null() & ~pl.col("book").is_in(["", "|"])).select("case_id", "book").unique()
    )
    dated = in_book.join(cases, on="case_id").sort("book", "approved_on", "case_id")
    books = dated["book"].n_unique()
    near = (pl.col("approved_on").diff().over("book").dt.total_days() <= NEAR_DAYS).fill_null(False)
    steps = dated.with_columns(go=(~near).cum_sum().over("book"))
    goes = steps.group_by("book", "go").agg(
        size=pl.len(), days=(pl.col("approved_on").max() - pl.col("approved_on").min()).dt.total_days()
    )
    several = goes.filter(pl.col("size") >= 2).sort("book", "go")
    if several.is_empty():
        return none()
    span = float((cases["approved_on"].max() - cases["approved_on"].min()).days) + 1.0  # type: ignore[operator, union-attr]
    size, days = several["size"].to_numpy().astype(float), several["days"].to_numpy().astype(float)
    shared = float(dated.group_by("book").len().filter(pl.col("len") > 1).height)
    window = np.minimum((2 * days + 1) / span, 1.0)
    chance = ((shared + 0.5) / (books + 1.0)) * window ** (size - 1)
    told = several.with_columns(
        chance=pl.Series(np.clip(chance, LEAST, 1.0)),
        group=pl.concat_str("book", "go", separator="|"),
        seen=pl.format("该户与同一本户口簿上的另外{}户相隔不过{}天先后获批", pl.col("size") - 1, pl.col("days") + 1),
        usual=pl.lit("一本户口簿上一般只有一户享受待遇，有两户的也相隔多年"),
    )
    return hits(steps.select("case_id", "book", "go").join(told, on=["book", "go"]), KIND, books)
