"""What changed between two deliveries though nobody approved it: amounts, accounts, persons, days, and households out of nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from jobs.score_cases.patterns.contradictions import USUAL_SHARE
from jobs.score_cases.patterns.hits import hits, none
from models.chance import LEAST

KIND = "silent_change"
LATE = timedelta(days=92)
"""An approval may take a quarter until it stands in a roster."""
_SAME_APPROVAL = pl.col("approved_on").eq_missing(pl.col("approved_on_before"))


@dataclass(frozen=True)
class Change:
    """is_so: of a household as it stands beside how it stood (…_before; null where it was not there)."""

    is_so: pl.Expr
    seen: str
    usual: str


def _other(column: str) -> pl.Expr:
    return (pl.col(column) != pl.col(f"{column}_before")).fill_null(False)


_WAS_THERE = pl.col("was_there")
CHANGES = (
    Change(
        _WAS_THERE & _SAME_APPROVAL & _other("monthly_amount") & ~_other("covered_heads"),
        "与上一次报送相比，该户的月保障金额变了，人数和批准日期都没有变", "没有新的审批就没有变动",
    ),
    Change(
        _WAS_THERE & _SAME_APPROVAL & _other("covered_heads"), "与上一次报送相比，该户的保障人数变了，批准日期没有变", "没有新的审批就没有变动"
    ),
    Change(
        _WAS_THERE & _SAME_APPROVAL & _other("bank_account_key"), "与上一次报送相比，该户的收款账户变了，批准日期没有变", "没有更换账户"
    ),
    Change(
        _WAS_THERE & (pl.col("approved_on") < pl.col("approved_on_before")).fill_null(False),
        "与上一次报送相比，该户的批准日期被改早了", "的批准日期只会因复核而推后",
    ),
    Change(
        ~_WAS_THERE & pl.col("is_back"), "该户在上一次报送的花名册里不见了，这一次又以同一批准日期出现", "一直都在",
    ),
    Change(
        ~_WAS_THERE & ~pl.col("is_back") & (pl.col("approved_on") < pl.col("last_as_of") - LATE).fill_null(False),
        "该户的批准日期早于上一次报送几个月，上一次的花名册里却没有这一户", "获批后几个月内就在花名册里",
    ),
)  # fmt: skip
STATE = ("case_id", "county_code", "program", "approved_on", "monthly_amount", "covered_heads", "bank_account_key")


def found(now: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """now: STATE of every household; earlier: the same with as_of, of the deliveries before. The last of these is compared.

    What many households of a county and programme share is everybody's: a new standard, another bank, a roster that came late.
    """
    if earlier.is_empty():
        return none()
    last = earlier["as_of"].max()
    before = earlier.filter(pl.col("as_of") == last).select(*STATE, was_there=pl.lit(True))
    ever = earlier.filter(pl.col("as_of") < last).select("case_id", "approved_on", is_back=pl.lit(True)).unique()
    stood = (
        now.join(before, on="case_id", how="left", suffix="_before")
        .join(ever, on=["case_id", "approved_on"], how="left")
        .with_columns(pl.col("was_there", "is_back").fill_null(False), last_as_of=pl.lit(last))
    )
    return pl.concat([none(), *(_told(stood, change) for change in CHANGES)])


def _told(stood: pl.DataFrame, change: Change) -> pl.DataFrame:
    like = ["county_code", "program"]
    marked = stood.with_columns(_is=change.is_so).with_columns(
        _share=(pl.col("_is").sum().over(like) - pl.col("_is").cast(pl.Int64) + 0.5) / (pl.len().over(like) + 1.0)
    )
    rare = marked.filter(pl.col("_is") & ((pl.col("_share") <= USUAL_SHARE) | (pl.col("_is").sum().over(like) <= 1)))
    usual = pl.format("本县{}%的同类家庭" + change.usual, (100 * (1 - pl.col("_share"))).floor().cast(pl.Int64))
    return hits(rare.with_columns(chance=pl.lit(LEAST), seen=pl.lit(change.seen), usual=usual), KIND, max(len(stood), 1))
