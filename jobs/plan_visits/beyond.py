"""Cases beyond those with a clue to visit: the ones that an exemption explains, and households without any clue.

They look like rows of gold.case_files, so that a list shows them as it shows the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.lake import CASE_FILES, CASES, CLUES, KEY_PERSONS
from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.plan_visits.choice import Unremarkable, drawn_with
from jobs.rules import RULES
from jobs.runtime.arrow import on_driver
from jobs.runtime.ids import digits_of
from jobs.runtime.lake import Lake

_NO_CLAIM = "本户没有线索，属例行走访：请如实了解家庭人口、收入、财产和待遇发放情况。"


def exempted_cases(clues: pl.DataFrame, run_as_of: date) -> pl.DataFrame:
    """One row a case of which every clue that a visit can decide is exempted, in columns of gold.case_files, best clue first."""
    about_data = [rule.code for rule in RULES if rule.is_about_data]
    decidable = clues.filter(~pl.col("rule_code").is_in(about_data)).sort("rank")
    with_visit = decidable.filter("is_dispatched")["case_id"].unique()
    explained = decidable.filter(~pl.col("case_id").is_in(with_visit.implode()) & pl.col("exemption_code").is_not_null())
    of_case = explained.group_by("case_id", maintain_order=True).agg(
        pl.col("rank", "county_code", "town", "village", "household_no", "program", "explanation").first(),
        pl.col("amount_upper", "amount_estimate").max(),
        pl.col("first_seen").min(),
        pl.col("key_person").first(),
        pl.col("is_separate").any(),
        clue_count=pl.len().cast(pl.Int32),
        rule_codes=pl.col("rule_code").unique().sort().str.join("、"),
    )
    return _as_files(of_case, run_as_of)


def unremarkable_households(lake: Lake, county: str | None, visited: Sequence[str], most: int, as_of: date) -> Unremarkable:
    """Households in payment on the day without any clue, and not among the visited: how many, and the first by the day's draw."""
    month = F.lit(as_of.replace(day=1))
    drawing = lake.read(CASES).filter(F.col("stop_month").isNull() | (F.col("stop_month") >= month))
    here = drawing if county is None else drawing.filter(F.col("county_code") == F.lit(county))
    seen = lake.session.createDataFrame([(case_id,) for case_id in visited], "case_id string")
    found = here.join(lake.read(CLUES).select("case_id"), "case_id", "left_anti").join(seen, "case_id", "left_anti")
    by_draw = F.sha2(F.concat(F.lit(drawn_with(as_of)), digits_of("case_id")), 256)
    first = found.select("case_id", by_draw.alias("_draw")).orderBy("_draw").limit(most).collect()
    return Unremarkable(tuple(row["case_id"] for row in first), found.count())


def files_of_unremarkable(lake: Lake, case_ids: Sequence[str], run_as_of: date) -> pl.DataFrame:
    """One row a household, in columns of gold.case_files; nothing is claimed about it."""
    wanted = lake.session.createDataFrame([(case_id,) for case_id in case_ids], "case_id string")
    place = lake.read(CASES).select("case_id", "county_code", "town", "village", "household_no", "program")
    separate = (
        lake.read(KEY_PERSONS)
        .groupBy("case_id")
        .agg(
            F.concat_ws("、", F.sort_array(F.collect_set("title"))).alias("key_person"),
            F.max(F.col("is_separate").cast("int")).cast("boolean").alias("is_separate"),
        )
    )
    rows = on_driver(place.join(wanted, "case_id", "left_semi").join(separate, "case_id", "left"))  # one row a case on both sides
    nothing = pl.lit(0).cast(pl.Decimal(18, 2))
    of_case = rows.with_columns(
        rank=pl.lit(None, pl.Int32), explanation=pl.lit(_NO_CLAIM), amount_upper=nothing, amount_estimate=nothing,
        first_seen=pl.lit(run_as_of), is_separate=pl.col("is_separate").fill_null(False), clue_count=pl.lit(0, pl.Int32),
        rule_codes=pl.lit(ROUTINE_VISIT),
    )  # fmt: skip
    return _as_files(of_case, run_as_of)


def _as_files(cases: pl.DataFrame, run_as_of: date) -> pl.DataFrame:
    told = cases.with_columns(as_of=pl.lit(run_as_of), state=pl.lit("new"), fingerprint=pl.lit(None, pl.String))
    return told.select(CASE_FILES.column_names)
