"""A city of ordinary households made by hand, what can be changed in it, and what is asked about then. No engine is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from jobs.score_cases.patterns import detectors
from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.judged import judged
from jobs.score_cases.patterns.silent_changes import STATE

AS_OF = date(2017, 12, 31)
HOUSEHOLDS, VILLAGES = 600, 40
FALSE_SHARE = 0.05
NOUGHTS = ("gap_months", "arrears_ratio", "refund_ratio", "heads_over_roster", "is_unrostered", "add_on_yuan", "kin_in_office")
Cell = Callable[[int], Any]


def scattered(i: int, step: int, among: int) -> int:
    """A number of i that follows no other property of i."""
    return (i * step + i // 7) % among


def ordinary() -> City:
    """600 households of two counties, 40 villages, ten officers, approved one by one over nine years, drawing one amount all year."""
    rows = range(HOUSEHOLDS)
    cases = pl.DataFrame(
        {
            "case_id": [f"H{i:04}" for i in rows],
            "family": ["dibao"] * HOUSEHOLDS,
            "program": ["农村低保"] * HOUSEHOLDS,
            "county_code": [f"42029{2 + i % VILLAGES % 2}" for i in rows],
            "town": [f"镇{i % VILLAGES % 4}" for i in rows],
            "village": [f"村{i % VILLAGES}" for i in rows],
            "category": ["ABBCC"[scattered(i, 3, 5)] for i in rows],
            "covered_heads": [1 + scattered(i, 5, 3) for i in rows],
            "member_count": [1 + scattered(i, 5, 3) for i in rows],
            "monthly_amount": [float(200 + scattered(i, 37, 251)) for i in rows],
            "approved_on": [date(2008, 1, 1) + timedelta(days=scattered(i, 1571, 3300)) for i in rows],
            "phone_key": [f"phone{i}" for i in rows],
            "approver_name_key": [f"officer{scattered(i, 11, 10)}" for i in rows],
            "bank_account_key": [f"account{i}" for i in rows],
            "account_no": [990010000000000000 + 173 * scattered(i, 101, 4801) + i for i in rows],
            "to_standard": [0.4 + scattered(i, 37, 251) / 600 for i in rows],
            "paid_yuan_per_head": [200.0 + scattered(i, 37, 251) for i in rows],
            "paid_months": [12.0] * HOUSEHOLDS,
            "registers_knowing": [float(1 + scattered(i, 3, 4)) for i in rows],
            "foreign_holder_ratio": [0.0] * HOUSEHOLDS,
            "months_paid_before_approval": [0.0] * HOUSEHOLDS,
            "relative_to_peers": [(200.0 + scattered(i, 37, 251)) / 325 for i in rows],
            "highest_to_usual": [1.0] * HOUSEHOLDS,
            "accounts_used": [1.0] * HOUSEHOLDS,
            "rigid_expense": [None] * HOUSEHOLDS,
            **{name: [0.0] * HOUSEHOLDS for name in NOUGHTS},
            **{name: [False] * HOUSEHOLDS for name in ("is_home", "has_guardian", "has_rigid_expense", "is_single_cover")},
        },
        schema_overrides={"account_no": pl.Int128, "rigid_expense": pl.Float64},
    ).with_columns(
        start_month=pl.col("approved_on"), stop_month=pl.lit(None, dtype=pl.Date), grace_until=pl.lit(None, dtype=pl.Date)
    )
    months = cases.select(
        "case_id", "county_code", paid_yuan="monthly_amount", paid_heads="covered_heads", account="bank_account_key"
    ).join(pl.DataFrame({"for_month": [date(2017, n, 1) for n in range(1, 13)]}), how="cross")
    payday = pl.col("for_month").dt.offset_by("9d")
    holders = cases.select("case_id", holder=pl.format("name{}", "case_id"))
    months = months.join(holders, on="case_id").with_columns(is_regular=pl.lit(True), last_paid_on=payday).drop("county_code")
    members = holders.select(
        "case_id", number_key=pl.format("number{}", "case_id"), name_key="holder", is_covered=pl.lit(True), in_registry=pl.lit(True),
        has_namesake=pl.lit(False),
        registry_status=pl.lit("正常"), book=pl.format("book{}", "case_id"),
    )  # fmt: skip
    states = cases.clear().select(STATE).with_columns(as_of=pl.lit(AS_OF))
    stated = pl.DataFrame(schema={"case_id": pl.String, "rule_code": pl.String, "outcome": pl.String})
    villages = cases.select("county_code", "town", "village").unique().sort("village").with_columns(registered=pl.lit(200))
    # Every tenth household got temporary aid once, between nothing and the cap.
    aid = cases.filter(pl.int_range(pl.len()) % 10 == 0).select(
        "case_id", program=pl.lit("临时救助"), year=2017, transfers=1, cap_yuan=15000.0
    )
    aid = aid.with_columns(total_yuan=14500.0 * (pl.int_range(pl.len()) + 0.5) / pl.len())
    kin = holders.select("case_id", name_key=pl.format("kin of {}", "case_id"))
    return City(cases, months.sort("case_id", "for_month"), members, kin, stated, aid, villages, states, AS_OF)


def some(count: int, start: int = 3, step: int = 41) -> list[int]:
    """Households of as many villages: neighbours in no list."""
    return [start + n * step for n in range(count)]


def of_village(village: int, count: int) -> list[int]:
    return [village + VILLAGES * n for n in range(count)]


def with_cells(frame: pl.DataFrame, who: list[int], **cells: Cell) -> pl.DataFrame:
    """The frame with cells of these households set, each by its place among them."""
    place = pl.col("case_id").replace_strict({f"H{i:04}": n for n, i in enumerate(who)}, default=None, return_dtype=pl.Int64)
    for column, cell in cells.items():
        made = pl.Series([cell(n) for n in range(len(who))], dtype=frame.schema[column], strict=False)
        chosen = place.map_batches(lambda places, made=made: made.gather(places), return_dtype=frame.schema[column])
        frame = frame.with_columns(pl.when(place.is_null()).then(pl.col(column)).otherwise(chosen).alias(column))
    return frame


def with_cases(city: City, who: list[int], **cells: Cell) -> City:
    return replace(city, cases=with_cells(city.cases, who, **cells))


def with_months(city: City, who: list[int], months: range, **cells: Callable[[int], Any]) -> City:
    """Months (1-12) of these households with cells by the month."""
    is_of = pl.col("case_id").is_in([f"H{i:04}" for i in who]) & pl.col("for_month").dt.month().is_in(list(months))
    frame = city.months
    for column, cell in cells.items():
        made = pl.Series([cell(day.month) for day in frame["for_month"]], dtype=frame.schema[column], strict=False)
        frame = frame.with_columns(pl.when(is_of).then(made).otherwise(pl.col(column)).alias(column))
    return replace(city, months=frame)


def scores_of(city: City) -> pl.DataFrame:
    """Of the forest: an ordinary tail."""
    spread = [((n * 37) % HOUSEHOLDS + 0.5) / HOUSEHOLDS for n in range(HOUSEHOLDS)]
    return city.cases.select(
        "case_id", anomaly=pl.Series(spread).log() * -0.05, dependence=pl.Series(spread).log() * -1.0
    ).with_columns(moved=pl.lit(1.0), reasons=pl.lit("同一电话户数6户（通常1户）"))


def told(city: City, scores: pl.DataFrame | None = None) -> pl.DataFrame:
    return judged(detectors.found(city, scores_of(city) if scores is None else scores, FALSE_SHARE), FALSE_SHARE, FALSE_SHARE)


def asked(city: City, scores: pl.DataFrame | None = None) -> dict[str, str]:
    """Kind of strangeness by household that is asked about."""
    return asked_of(told(city, scores))


def asked_of(rows: pl.DataFrame) -> dict[str, str]:
    """The same of what was told."""
    rows = rows.filter((pl.col("surprise") >= pl.col("surprise_needed")) & pl.col("lawful_code").is_null())
    return dict(rows.select("case_id", "kind").iter_rows())


def lawful(city: City) -> dict[str, str]:
    rows = told(city).filter((pl.col("surprise") >= pl.col("surprise_needed")) & pl.col("lawful_code").is_not_null())
    return dict(rows.select("case_id", "lawful_code").iter_rows())


def ids(who: list[int]) -> set[str]:
    return {f"H{i:04}" for i in who}


def in_one_go(city: City, who: list[int], **cells: Cell) -> City:
    """Approved by one officer on two days."""
    county = city.cases["county_code"][who[0]]
    together: dict[str, Cell] = {
        "approver_name_key": lambda n: "officer0", "approved_on": lambda n: date(2016, 11, 5 + n % 2), "county_code": lambda n: county,
    }  # fmt: skip
    return with_cases(city, who, **together, **cells)
