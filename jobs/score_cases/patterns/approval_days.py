"""Many households approved by one officer within a few days: a campaign, or a batch that was pushed through."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from jobs.score_cases.patterns.account_runs import NEIGHBOUR
from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import hits, of_cases, spelled
from models.chance import LEAST, of_at_least, of_crowding, together

KIND = "approval_days"
PAUSE_DAYS = 2
"""Approvals so far apart still belong to one go."""
LEAST_APPROVED = 4
ODD = {
    "same_phone": "{}户同一电话",
    "next_account": "{}户卡号相连",
    "same_amount": "{}户人均金额相同",
    "full_rate": "{}户按最高标准发放",
    "unknown": "{}户在其他登记中查不到人",
    "foreign": "{}户的钱打入外人账户",
}
"""What ordinary households do not have in common, however many are approved on one day; and how it is said."""


def found(city: City) -> pl.DataFrame:
    """Approvals of one officer that lie closer together than the officer's and the county's do, and whose households have in common what
    those of a campaign have not: a telephone, neighbouring cards, an amount, a stranger's account, or that nobody knows them.

    Lawful: a campaign, a disaster, a resettlement, whose households are as different from one another as any.
    """
    goes = _goes(city)
    long = goes.group_by("group").len().filter(pl.col("len") >= LEAST_APPROVED)
    used = goes.join(long, on="group", how="semi")
    tests = goes["group"].n_unique()
    if used.is_empty():
        return hits(used.select("case_id", chance=pl.lit(1.0), seen=pl.lit(""), usual=pl.lit("")), KIND, tests)
    marked = _oddities(city, used)
    days = (pl.col("approved_on").max() - pl.col("approved_on").min()).dt.total_days() + 1
    told = of_cases(city, used.select("case_id", "group")).join(
        used.group_by("group").agg(
            pl.col("approved_on").min().alias("first"), pl.col("approved_on").max().alias("last"), days.alias("span"),
            pl.col("of_officer").first(), pl.col("active_days").first(),
        ), on="group",
    ).sort("group")  # fmt: skip
    size, span, of_officer, active = (
        told[name].to_numpy().astype(float) for name in ("size", "span", "of_officer", "active_days")
    )
    by_days = of_crowding(size, of_officer, span / np.maximum(active, span))
    counts = told.select("group").join(
        marked.group_by("group").agg(pl.col(name).sum() for name in ODD), on="group", how="left", maintain_order="left"
    )
    elsewhere = marked.filter(pl.col("group").is_null()) if marked["group"].null_count() else marked
    chances = {
        name: of_at_least(
            counts[name].to_numpy().astype(float), size,
            np.full(len(size), (float(elsewhere[name].sum()) + 0.5) / (len(elsewhere) + 1)),
        )
        for name in ODD
    }  # fmt: skip
    least = np.clip(len(ODD) * np.minimum.reduce(list(chances.values())), LEAST, 1.0)
    is_odd = least < 1e-3
    parts = [
        [ODD[name].format(counts[name][i]) for name in ODD if chances[name][i] < 1e-2 and counts[name][i] > 1]
        for i in range(len(size))
    ]
    seen = [
        f"该户是同一经办人{spelled(first)}{'' if first == last else '至' + spelled(last)}批准的{int(n)}户之一"
        + (f"，其中{'、'.join(part)}" if part else "")
        for first, last, n, part in zip(told["first"], told["last"], size, parts, strict=True)
    ]
    pace = of_officer / np.maximum(active, 1) * span
    usual = [
        f"其平常{int(days)}天批准{'不到1户' if usually < 1 else f'约{usually:.0f}户'}"
        for days, usually in zip(span, pace, strict=True)
    ]
    kept = told["kept"].to_numpy() * 2 > told["size"].to_numpy()
    told = told.with_columns(
        chance=pl.Series(np.where(is_odd, together([by_days, least]), by_days)),
        lawful=pl.Series(np.where(kept, "R22", np.where(is_odd, "", "R99"))),
        seen=pl.Series(seen),
        usual=pl.Series(usual),
    )
    return hits(used.select("case_id", "group").join(told, on="group"), KIND, tests)


def _goes(city: City) -> pl.DataFrame:
    """case_id, approved_on, group: approvals of an officer without a pause, with of_officer (all of the officer's) and active_days."""
    officer = ["county_code", "approver_name_key"]
    dated = city.cases.drop_nulls(["approver_name_key", "approved_on"]).sort(*officer, "approved_on", "case_id")
    pause = pl.col("approved_on").diff().over(officer) > timedelta(days=PAUSE_DAYS)
    goes = dated.with_columns(_go=pause.fill_null(True).cast(pl.Int32).cum_sum().over(officer)).with_columns(
        of_officer=pl.len().over(officer),
        active_days=((pl.col("approved_on").max() - pl.col("approved_on").min()).dt.total_days() + 1).over(officer),
        group=pl.concat_str(*officer, pl.col("approved_on").min().over(*officer, "_go").cast(pl.String), separator="|"),
    )
    return goes.select("case_id", "approved_on", "group", "of_officer", "active_days")


def _oddities(city: City, used: pl.DataFrame) -> pl.DataFrame:
    """A row a case, with `group` (null outside of these) and the ODD flags: shared is what is shared inside the go; outside, with
    anybody of the officer's county."""
    cases = city.cases.join(used.select("case_id", "group"), on="case_id", how="left").with_columns(
        pool=pl.coalesce("group", "county_code"), per_head=pl.col("paid_yuan_per_head").round(2)
    )
    numbered = cases.sort("account_no", nulls_last=True).with_columns(gap=pl.col("account_no").diff().over("pool"))
    near = (pl.col("gap") > 0) & (pl.col("gap") <= NEIGHBOUR)
    is_next = near.fill_null(False) | near.shift(-1).over("pool").fill_null(False)
    is_full = pl.col("to_standard").fill_null(0.0) > 0.995
    same = pl.len().over("pool", "per_head") > pl.len().over("pool") * 0.5
    return numbered.select(
        "case_id", "group",
        same_phone=(pl.col("phone_key").is_not_null() & (pl.len().over("pool", "phone_key") >= 3)).fill_null(False),
        next_account=is_next,
        same_amount=(pl.col("per_head").is_not_null() & ~is_full & same & (pl.len().over("pool") >= LEAST_APPROVED)).fill_null(False),
        full_rate=is_full & (pl.col("family") == "dibao"),
        unknown=(pl.col("registers_knowing").fill_null(0) == 0),
        foreign=(pl.col("foreign_holder_ratio").fill_null(0.0) > 0.5) & ~(pl.col("is_home") | pl.col("has_guardian")).fill_null(False),
    )  # fmt: skip
