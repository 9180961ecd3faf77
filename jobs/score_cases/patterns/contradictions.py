"""Registers that cannot both be right about a household, and money that its roster does not explain."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from jobs.score_cases.patterns.city import City
from jobs.score_cases.patterns.hits import LEAST_MEMBERS, hits, none
from models.chance import LEAST

USUAL_SHARE = 0.02
"""Share of the households elsewhere in a county from which a contradiction is the registers' own: a register of the county is missing,
or kept in another way."""
COVERED_SHARE = 0.9
"""Share of a county's households of whom the registry (a roster) knows somebody, below which it was not delivered, or only a part of it."""
LEAST_MONTHS = 3
"""A newcomer, a raise or a move may take some months until a roster states it."""
_ABOVE, _PEAK = 1.05, 1.5
MOST_GRACE = 12
"""Months that a gradual exit lasts at most, by what is usual (six to twelve): whoever has more than these before him began with more."""
_LATELY = 12
"""Months before the day of approval: who began to draw earlier was reviewed on that day."""


@dataclass(frozen=True)
class Contradiction:
    """is_so: of a row of `_told`. applies: where it can be told at all. usual: {} = per cent of the county's households."""

    kind: str
    is_so: pl.Expr
    applies: pl.Expr
    seen: str
    usual: str


_ALWAYS = pl.lit(True)
_GOES_ON = pl.col("stop_month").is_null()
CONTRADICTIONS = (
    # Where the registry knows somebody of the name in the village the number is wrong, and the data's owner is asked (U01).
    Contradiction(
        "nobody_knows", ~pl.col("is_known") & ~pl.col("has_namesake") & (pl.col("registers_knowing").fill_null(0) == 0),
        pl.col("is_known").mean().over("county_code") >= COVERED_SHARE,
        "该户没有一个人能在户籍和其他各类登记中查到", "本县{}%的享受家庭至少有一人查得到",
    ),
    Contradiction(
        "everybody_left", pl.col("has_left"), _GOES_ON,
        "该户享受待遇的人都已迁出户籍注销，待遇仍在发放", "本县{}%的享受家庭户籍仍在本市",
    ),
    # A certificate that was issued anew stands on a roster under the payee's name: that is a question of numbers, not of people.
    Contradiction(
        "no_roster", (pl.col("is_unrostered") == 1) & ~pl.col("is_rostered_elsewhere") & (pl.col("months_since_paid") == 0),
        (1 - pl.col("is_unrostered").fill_null(0)).mean().over("county_code") >= COVERED_SHARE,
        "该户至今仍在领钱，花名册里却没有这个证号，也没有领款人", "本县{}%的领款户都在花名册上",
    ),
    Contradiction(
        "paid_above_roster", pl.col("months_above") >= LEAST_MONTHS, _ALWAYS,
        "该户实际发放额连续几个月高于花名册上的月保障金额，人数相同", "本县{}%的享受家庭发放额与花名册一致",
    ),
    Contradiction(
        "more_heads_paid", pl.col("months_of_more_heads") >= LEAST_MONTHS, _ALWAYS,
        "该户发放人数连续几个月多于花名册上的保障人数", "本县{}%的享受家庭发放人数与花名册一致",
    ),
    Contradiction(
        "one_high_month", pl.col("high_months").is_between(1, 2), _ALWAYS,
        "该户人数没有变，也没有补发，个别月份的发放额却比平常高出一半以上", "本县{}%的享受家庭没有这样的月份",
    ),
    Contradiction(
        "long_grace", pl.col("grace_months") > MOST_GRACE, _GOES_ON,
        "该户登记的渐退期还要一年以上才截止", "本县{}%的享受家庭没有这样长的渐退期",
    ),
    Contradiction(
        "before_approval",
        (pl.col("months_paid_before_approval") > 0) & (pl.col("start_month") > pl.col("approved_on").dt.offset_by(f"-{_LATELY}mo")).fill_null(False),
        _ALWAYS, "该户在批准之前就开始领钱", "本县{}%的享受家庭先批准后发放",
    ),
)  # fmt: skip


def found(city: City) -> pl.DataFrame:
    """Households about which something is contradictory. No crowd, no rate: each is strange by itself, as long as it is rare elsewhere in
    its county. Several of one village make one group."""
    told = _told(city)
    return pl.concat([none(), *(_contradicting(told, contradiction) for contradiction in CONTRADICTIONS)])


def _told(city: City) -> pl.DataFrame:
    """Drawing cases with what registers and months say of them."""
    people = city.members.group_by("case_id").agg(
        is_known=pl.col("in_registry").fill_null(False).any(), has_namesake=pl.col("has_namesake").any(),
        has_left=(pl.col("is_covered").fill_null(True).not_() | (pl.col("registry_status") == "迁出注销").fill_null(False)).all()
        & pl.col("is_covered").fill_null(True).any(),
    )  # fmt: skip
    numbers = city.members.drop_nulls("number_key").select("case_id", "number_key").unique()
    on_roster = city.cases.filter(pl.col("is_unrostered") == 0).select("case_id")
    rostered = numbers.join(on_roster, on="case_id", how="semi").select("number_key").unique()
    elsewhere = numbers.join(rostered, on="number_key", how="semi").select("case_id", is_rostered_elsewhere=pl.lit(True)).unique()
    return (
        city.cases.filter(pl.col("paid_months") > 0)
        .join(people, on="case_id", how="left")
        .join(elsewhere, on="case_id", how="left")
        .join(_months(city), on="case_id", how="left")
        .with_columns(
            pl.col("is_known", "has_namesake", "has_left", "is_rostered_elsewhere").fill_null(False),
            pl.col("months_above", "months_of_more_heads", "high_months").fill_null(0),
            grace_months=12 * (pl.col("grace_until").dt.year() - city.as_of.year).cast(pl.Int64)
            + pl.col("grace_until").dt.month()
            - city.as_of.month,
            place=pl.concat_str(pl.col("county_code", "town", "village").fill_null(""), separator="|"),
        )
    )


def _months(city: City) -> pl.DataFrame:
    """case_id, months_since_paid (0 = the last month of the city), months_above and months_of_more_heads: regular months in a row up to the
    last one with more than the roster states, add-ons included, for the heads it states; with more heads. high_months: those far above the
    household's usual, for the usual heads, that do not make up for a month left out."""
    last = city.months["for_month"].max()
    stated = city.cases.filter(pl.col("is_unrostered").fill_null(0) == 0).select(
        "case_id", "covered_heads", most=_ABOVE * (pl.col("monthly_amount").cast(pl.Float64) + pl.col("add_on_yuan"))
    )
    regular = city.months.filter("is_regular").join(stated, on="case_id").sort("case_id", "for_month", descending=[False, True])
    more = (pl.col("paid_heads") > pl.col("covered_heads")).fill_null(False)
    above = (pl.col("paid_yuan").cast(pl.Float64) > pl.col("most")).fill_null(False) & ~more
    in_a_row = regular.group_by("case_id").agg(
        months_above=above.cast(pl.Int64).cum_prod().sum(), months_of_more_heads=more.cast(pl.Int64).cum_prod().sum()
    )
    yuan = pl.col("paid_yuan").cast(pl.Float64)
    regular_months = city.months.sort("case_id", "for_month").with_columns(
        _is_next=(pl.col("for_month").shift(1).over("case_id").dt.offset_by("1mo") == pl.col("for_month")).fill_null(False)
    )
    # A raise stays: only what has fallen again was a month by itself.
    high = (
        regular_months.filter("is_regular")
        .with_columns(_high=yuan > _PEAK * yuan.median().over("case_id"))
        .with_columns(
            _alone=pl.col("_high")
            & pl.col("_is_next")
            & (pl.col("paid_heads") == pl.col("paid_heads").median().over("case_id")).fill_null(True)
            & ~pl.col("_high").last().over("case_id")
        )
    )
    high_months = high.group_by("case_id").agg(high_months=pl.col("_alone").sum())
    paid = city.months.group_by("case_id").agg(months_since_paid=(pl.lit(last) - pl.col("for_month").max()).dt.total_days() // 28)
    return paid.join(in_a_row, on="case_id", how="left").join(high_months, on="case_id", how="left")


def _contradicting(told: pl.DataFrame, contradiction: Contradiction) -> pl.DataFrame:
    """The chance is no figure here: LEAST, where it is rare among the households of the county's other villages."""
    cases = told.filter(contradiction.applies).with_columns(_is=contradiction.is_so.fill_null(False))
    county, village = ["county_code"], ["county_code", "place"]
    others = pl.len().over(county) - pl.len().over(village)
    so = pl.col("_is").sum().over(county) - pl.col("_is").sum().over(village)
    rare = cases.with_columns(_share=(so + 0.5) / (others + 1.0), _beside=pl.col("_is").sum().over(village)).filter(
        pl.col("_is") & (pl.col("_share") <= USUAL_SHARE)
    )
    is_village = (pl.col("_beside") >= LEAST_MEMBERS) & (pl.col("village").is_not_null())
    marked = rare.with_columns(
        chance=pl.lit(LEAST),
        group=pl.when(is_village).then(pl.col("place")).otherwise(pl.lit("")),
        seen=pl.when(is_village)
        .then(pl.format(contradiction.seen + "；本村这样的有{}户", "_beside"))
        .otherwise(pl.lit(contradiction.seen)),
        usual=pl.format(contradiction.usual, (100 * (1 - pl.col("_share"))).floor().cast(pl.Int64)),
    )
    return hits(marked, contradiction.kind, max(len(cases), 1))
