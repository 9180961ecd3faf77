"""What is counted of the households of a village or an officer, to be held against comparable ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.days_off import days_off


@dataclass(frozen=True)
class Measure:
    """A yes or no of each household. applies: for whom it is asked at all. said: "18户中有15户{said}"."""

    kind: str
    said: str
    holds: pl.Expr
    applies: pl.Expr


_IS_DIBAO = pl.col("family") == "dibao"
_ALL = pl.lit(True)
_IS_DATED = pl.col("approved_on").is_not_null()
MEASURES = (
    Measure("many_full_rates", "按最高标准足额发放", pl.col("to_standard").is_between(0.995, 1.005), _IS_DIBAO),
    Measure(
        "many_just_below", "发放额恰好略低于最高标准", pl.col("to_standard").is_between(0.96, 0.995, closed="left"), _IS_DIBAO
    ),
    Measure("many_add_ons", "拿到了超过标准的增发", pl.col("to_standard") > 1.005, _IS_DIBAO),
    Measure("many_category_a", "定为A类", pl.col("category") == "A", _IS_DIBAO),
    Measure("many_round_amounts", "月发放额是整百元", pl.col("monthly_amount") % 100 == 0, _IS_DIBAO),
    Measure("many_deductions", "认定了刚性支出扣减", pl.col("has_rigid_expense"), _IS_DIBAO),
    Measure("many_single_covers", "按单人保纳入", pl.col("is_single_cover"), _IS_DIBAO),
    Measure("many_split_books", "与同一本户口簿上的另一户几乎同时获批", pl.col("is_split"), _IS_DIBAO),
    Measure(
        "many_outsiders",
        "把钱打入户外人员的账户",
        pl.col("foreign_holder_ratio") > 0.5,
        ~pl.col("is_kept") & ~pl.col("is_on_shared_account"),
    ),
    Measure("many_moved_accounts", "在年内更换了收款账户", pl.col("has_moved"), _ALL),
    Measure("many_unknown", "全家在其他各类登记中查不到人", pl.col("registers_knowing").fill_null(0) == 0, _ALL),
    Measure("many_before_approval", "在批准之前就开始领钱", pl.col("months_paid_before_approval") > 0, _ALL),
    Measure("many_in_grace", "仍在渐退期内", pl.col("grace_until").is_not_null(), _IS_DIBAO),
    # In town halls some approve on Saturdays; those who always do are few.
    Measure("many_on_days_off", "是在周末或节假日批准的", pl.col("is_off"), _IS_DATED),
    Measure("many_on_holidays", "是在法定节假日放假期间批准的", pl.col("is_holiday"), _IS_DATED),
    Measure(
        "many_paid_at_once", "在批准当月就开始享受", pl.col("start_month") == pl.col("approved_on").dt.truncate("1mo"), _IS_DATED
    ),
    Measure("many_kin_in_office", "有近亲属是村干部或财政供养人员", pl.col("kin_in_office") > 0, _ALL),
    Measure("many_new_approvals", "是最近一年才批准的", pl.col("approved_on") > pl.col("year_ago"), _ALL),
    Measure("many_of_two_years", "是最近两年才批准的", pl.col("approved_on") > pl.col("two_years_ago"), _ALL),
    Measure("dead_never_reported", "有成员去世后仍照常发放", pl.col("is_dead_paid"), pl.col("has_died")),
    Measure("nobody_leaves", "一年到头没有停发、没有调整", ~pl.col("has_changed"), _ALL),
)
DEATH_RULES = ("D01", "D02", "D03")


def measured(city: City) -> pl.DataFrame:
    """city.cases with what the measures look at beside what the rosters state."""
    died = city.stated.filter(pl.col("rule_code").is_in(DEATH_RULES)).group_by("case_id").agg(
        is_dead_paid=(pl.col("outcome") == "found").any(), has_died=pl.lit(True)
    )  # fmt: skip
    months = city.months.filter("is_regular").sort("case_id", "for_month")
    over_time = months.group_by("case_id").agg(
        has_moved=pl.col("account").drop_nulls().n_unique() > 1,
        _changed=(pl.col("paid_yuan").n_unique() > 1) | (pl.col("for_month").max() < city.months["for_month"].max()),
    )
    # One account for several households is rule F02's, whether it is a collector's or a home's.
    accounts = city.months.drop_nulls("account").select("case_id", "account").unique()
    shared = accounts.filter(pl.len().over("account") > 1).select("case_id", is_on_shared_account=pl.lit(True)).unique()
    flags = {
        "is_dead_paid": False,
        "has_died": False,
        "has_moved": False,
        "is_on_shared_account": False,
        "has_rigid_expense": False,
        "is_single_cover": False,
    }
    return (
        city.cases.join(died, on="case_id", how="left")
        .join(over_time, on="case_id", how="left")
        .join(_split(city), on="case_id", how="left")
        .join(shared, on="case_id", how="left")
        .join(days_off(city.cases["approved_on"]), left_on="approved_on", right_on="day", how="left")
        .with_columns(
            is_kept=pl.col("is_home").fill_null(False) | pl.col("has_guardian").fill_null(False),
            year_ago=city.as_of - timedelta(days=365),
            two_years_ago=city.as_of - timedelta(days=730),
            is_split=pl.col("is_split").fill_null(False),
            has_changed=pl.col("_changed").fill_null(True) | pl.col("stop_month").is_not_null(),
            **{name: pl.col(name).fill_null(value) for name, value in flags.items()},
        )
    )


def _split(city: City) -> pl.DataFrame:
    """case_id, is_split: households that were approved within a month of another one of the same household book."""
    in_book = city.members.filter(pl.col("book").is_not_null() & (pl.col("book") != "")).select("case_id", "book").unique()
    dated = (
        in_book.join(city.cases.select("case_id", "approved_on"), on="case_id")
        .drop_nulls("approved_on")
        .sort("book", "approved_on", "case_id")
    )
    before = pl.col("approved_on").diff().over("book") <= timedelta(days=31)
    after = (pl.col("approved_on").shift(-1) - pl.col("approved_on")).over("book") <= timedelta(days=31)
    return dated.filter(before.fill_null(False) | after.fill_null(False)).select("case_id", is_split=pl.lit(True)).unique()
