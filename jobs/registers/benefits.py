"""Programmes paid month by month, and what names a benefit household."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.runtime.ids import made_id

Silver = Callable[[str], DataFrame]
DIBAO_PROGRAMS = ("城市低保", "农村低保")
TEKUN_PROGRAMS = ("城市特困", "农村特困")
BENEFIT_PROGRAMS = (*DIBAO_PROGRAMS, *TEKUN_PROGRAMS)
"""Programmes paid month by month to a household; subsidies, grants and single aids are not entitlements."""


def case_id(county_code: str, family: Column, household_no: str) -> Column:
    """Digest of what names a benefit household: certificates are unique inside one county and programme family."""
    return made_id("case_id", county_code, family, household_no)


def is_refund() -> Column:
    """Of a transfer: money that came back, by its kind or by its sign."""
    return F.coalesce((F.col("kind") == "退回") | (F.col("amount") < 0), F.lit(False))


def family_of(program: str) -> Column:
    return F.when(F.col(program).isin(list(TEKUN_PROGRAMS)), F.lit("tekun")).otherwise(F.lit("dibao"))
