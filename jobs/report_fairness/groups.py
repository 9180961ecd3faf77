"""Which groups a case belongs to, as people speak of them. Of persons, the head of the household speaks for the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import polars as pl

UNKNOWN = "不详"
COUNTY, PLACE, VILLAGE, SEX, AGE, DISABILITY = "county", "place", "village", "sex", "age", "disability"
DIMENSIONS = {
    COUNTY: "县市区",
    PLACE: "街道/乡镇",
    VILLAGE: "社区/村",
    SEX: "户主性别",
    AGE: "户主年龄",
    DISABILITY: "残疾证（户内）",
}
PROTECTED = (SEX, AGE, DISABILITY)
"""What a person is; the others say where the case lies."""
PROTECTED_WORDS = (
    "sex", "gender", "male", "female", "born", "birth", "age", "elder", "disab", "handicap", "certificate",
    "ethnic", "nation", "minority", "relig", "impression", "性别", "男", "女", "年龄", "岁", "出生", "老年", "残疾", "民族", "宗教", "印象",
)  # fmt: skip
"""Words that no feature and no signal may carry in its name."""
STREET, TOWNSHIP, COMMUNITY, HAMLET = "街道", "乡镇", "社区", "村"
CERTIFIED, NOT_CERTIFIED = "有人持证", "无人持证"


def grouped(people: pl.DataFrame, bands_from_years: Sequence[int], as_of: date) -> pl.DataFrame:
    """case_id and DIMENSIONS: the group of every case in each.

    people: case_id, county, town, village, sex, born_on, has_certificate; one row a case. A town is a street when its name
    says 街道, a village a community when its name says 社区, 居委会 or 居民委员会.
    """
    town, village = pl.col("town").str.strip_chars(), pl.col("village").str.strip_chars()
    return people.select(
        "case_id",
        pl.col("county").fill_null(UNKNOWN).alias(COUNTY),
        pl.when(town.str.contains(STREET)).then(pl.lit(STREET)).when(town != "").then(pl.lit(TOWNSHIP))
        .otherwise(pl.lit(UNKNOWN)).alias(PLACE),
        pl.when(village.str.contains("社区|居委会|居民委员会")).then(pl.lit(COMMUNITY))
        .when(village.str.contains("村")).then(pl.lit(HAMLET)).otherwise(pl.lit(UNKNOWN)).alias(VILLAGE),
        pl.when(pl.col("sex").is_in(["男", "女"])).then("sex").otherwise(pl.lit(UNKNOWN)).alias(SEX),
        age_band(age_in_years("born_on", as_of), bands_from_years).alias(AGE),
        pl.when("has_certificate").then(pl.lit(CERTIFIED)).otherwise(pl.lit(NOT_CERTIFIED)).alias(DISABILITY),
    )  # fmt: skip


def age_in_years(born_on: str, as_of: date) -> pl.Expr:
    """Completed years of life on the day."""
    born = pl.col(born_on)
    # 229 for 29 February: who was born on it is a year older from 1 March of a common year.
    day_of_year = born.dt.month().cast(pl.Int32) * 100 + born.dt.day().cast(pl.Int32)
    return as_of.year - born.dt.year() - (day_of_year > as_of.month * 100 + as_of.day).cast(pl.Int32)


def age_band(age: pl.Expr, from_years: Sequence[int]) -> pl.Expr:
    """ "60—69岁"; the last band is open, and an age below 0 is a wrong date."""
    names = [f"{first}—{following - 1}岁" for first, following in pairwise(from_years)] + [f"{from_years[-1]}岁及以上"]
    band = pl.lit(UNKNOWN)
    for first, name in zip(from_years, names, strict=True):
        band = pl.when(age >= first).then(pl.lit(name)).otherwise(band)
    return band
