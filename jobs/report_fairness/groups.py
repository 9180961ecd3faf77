"""Which groups a case belongs to, as people speak of them. Of persons, the head of the household speaks for the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from jobs.registers.traits import AGE, DISABILITY, SEX, UNKNOWN, trait_groups

COUNTY, PLACE, VILLAGE = "county", "place", "village"
DIMENSIONS = {
    COUNTY: "县市区",
    PLACE: "街道/乡镇",
    VILLAGE: "社区/村",
    SEX: "户主性别",
    AGE: "户主年龄",
    DISABILITY: "残疾证（户内）",
}
"""PROTECTED says what a person is; the others say where the case lies."""
STREET, TOWNSHIP, COMMUNITY, HAMLET = "街道", "乡镇", "社区", "村"


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
        *trait_groups(bands_from_years, as_of),
    )  # fmt: skip
