"""All detectors, in one line each: what a new kind of strangeness is added to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from jobs.score_cases.patterns import (
    account_runs,
    aid,
    approval_days,
    contradictions,
    officers,
    points,
    rarities,
    rates,
    same_amounts,
    sequences,
    shared_things,
    silent_changes,
    split_books,
    village_sizes,
)
from jobs.score_cases.patterns.city import City
from models.chance import admitted


def found(city: City, scores: pl.DataFrame, false_share: float) -> Iterator[pl.DataFrame]:
    """Hits of every detector. scores: see points.found. Rates are counted without the households of campaigns: what was approved in one
    go is alike in much, and has been told apart already."""
    days = approval_days.found(city)
    yield days
    yield shared_things.one_telephone(city)
    yield shared_things.one_holder(city)
    yield shared_things.two_accounts(city)
    yield account_runs.found(city)
    yield officers.found(city)
    one_by_one = replace(city, cases=city.cases.join(_of_campaigns(days, false_share), on="case_id", how="anti"))
    yield rates.found(one_by_one, false_share)
    yield from same_amounts.found(one_by_one)
    yield village_sizes.found(one_by_one)
    yield split_books.found(city)
    yield from sequences.found(city)
    yield contradictions.found(city)
    yield from aid.found(city)
    earlier = city.states.filter(pl.col("as_of") < city.as_of)
    yield silent_changes.found(city.cases.select(silent_changes.STATE), earlier)
    yield from points.found(city, scores)
    yield rarities.found(city, scores.select("case_id", "moved"))


def _of_campaigns(days: pl.DataFrame, false_share: float) -> pl.DataFrame:
    """case_id of approvals in one go that the data explain."""
    goes = days.unique("group")
    limit = admitted(goes["chance"].to_numpy(), false_share, goes["tests"][0]) if len(goes) else 0.0
    return days.filter((pl.col("lawful") != "") & (pl.col("chance") <= limit)).select("case_id").unique()
