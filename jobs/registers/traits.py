"""What a person is: sex, age, a certificate of disability. One definition of each, looked at to see that nothing else tells it.

No feature and no input of the ranking may hold a trait, nor tell it by its values: such a one is a proxy, and is refused above
one limit, `fairness.proxy_limit`, whoever uses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from jobs.registers.references import REGISTRY
from jobs.runtime.lake import Lake

SEX, AGE, DISABILITY = "sex", "age", "disability"
PROTECTED = (SEX, AGE, DISABILITY)
UNKNOWN = "不详"
CERTIFIED, NOT_CERTIFIED = "有人持证", "无人持证"
TOLD_BY = (DATA_SETS[REGISTRY].silver, DATA_SETS["disabilities"].silver)
"""Tables in which traits stand."""
LEAST_EACH = 30
"""Of a group and of the others: with fewer, chance alone carries an AUROC beyond the limit too often."""


def registered_sexes(lake: Lake, numbers: DataFrame) -> DataFrame:
    """number_key, sex of the given numbers. One that the registry has under two sexes is two people's: nobody's sex is told from it."""
    registry = lake.read_or_empty(DATA_SETS[REGISTRY].silver).select(F.col("person_key").alias("number_key"), "sex")
    of_number = registry.join(numbers.select("number_key").distinct(), "number_key", "left_semi").groupBy("number_key")
    told = of_number.agg(F.min("sex").alias("sex"), F.max("sex").alias("_other"))
    return told.filter(F.col("sex") == F.col("_other")).drop("_other")


def certified_numbers(lake: Lake) -> DataFrame:
    """number_key of everybody with a certificate of disability."""
    return lake.read_or_empty(DATA_SETS["disabilities"].silver).select(F.col("person_key").alias("number_key")).distinct()


def trait_groups(bands_from_years: Sequence[int], as_of: date) -> list[pl.Expr]:
    """PROTECTED of people in the columns sex, born_on, has_certificate: the group of each in every trait."""
    return [
        pl.when(pl.col("sex").is_in(["男", "女"])).then("sex").otherwise(pl.lit(UNKNOWN)).alias(SEX),
        age_band(age_in_years("born_on", as_of), bands_from_years).alias(AGE),
        pl.when("has_certificate").then(pl.lit(CERTIFIED)).otherwise(pl.lit(NOT_CERTIFIED)).alias(DISABILITY),
    ]


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


@dataclass(frozen=True)
class Proxy:
    """How well an input alone tells a group of a trait from the others.

    auroc: P(somebody of the group has the higher value), 0-1; 0.5 tells nothing, 0 as much as 1.
    """

    input: str
    trait: str
    group: str
    auroc: float

    @property
    def strength(self) -> float:
        return max(self.auroc, 1 - self.auroc)


def proxies(values: pl.DataFrame, groups: pl.DataFrame, names: Sequence[str], key: str) -> list[Proxy]:
    """Every input against every group of the traits, strongest first.

    values: key and `names`; an empty value stands below all others, as telling as any. groups: key and PROTECTED.
    """
    joined = values.join(groups, on=key)  # one row a key in both
    found = []
    for trait in PROTECTED:
        known = joined.filter(pl.col(trait) != UNKNOWN)
        kinds = sorted(known[trait].unique())
        # Ranked once for all groups of the trait; NaN and null are both "no value", below everything.
        ranks = known.select(
            pl.col(name).cast(pl.Float64).fill_nan(None).fill_null(float("-inf")).rank("average").alias(name) for name in names
        )
        for kind in kinds if len(kinds) > 2 else kinds[:1]:  # of two groups one says what the other does
            is_member = known[trait] == kind
            members, others = int(is_member.sum()), int((~is_member).sum())
            if min(members, others) < LEAST_EACH:
                continue
            # Mann-Whitney: the members' ranks over their least possible sum, as a share of all pairs.
            sums = ranks.filter(is_member).sum().row(0)
            for name, ranked in zip(names, sums, strict=True):
                found.append(Proxy(name, trait, kind, (ranked - members * (members + 1) / 2) / (members * others)))
    return sorted(found, key=lambda proxy: (-proxy.strength, proxy.input, proxy.trait, proxy.group))


def refused(found: Sequence[Proxy], limit: float, reasons: Mapping[str, str]) -> list[Proxy]:
    """Those above the limit for which no reason is on record: the input may not be used like this."""
    return [proxy for proxy in found if proxy.strength > limit and proxy.input not in reasons]
