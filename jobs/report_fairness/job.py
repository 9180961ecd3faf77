"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import CASE_FILES, CASES, FILES, MEMBERS, PERSONS, VERDICTS
from expectations.contracts.model import Table
from jobs.cells.masking import masked_texts
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.registers.conditions import holds
from jobs.registers.delivered import Delivered
from jobs.registers.divisions import division_names
from jobs.registers.traits import TOLD_BY, Proxy, certified_numbers, proxies, registered_sexes
from jobs.registers.verdicts import verdicts_in_force
from jobs.report_fairness.fairness_report import FairnessReport, write_fairness
from jobs.report_fairness.groups import grouped
from jobs.report_fairness.rates import compared_groups, group_counts
from jobs.runtime.arrow import on_driver
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.results import Stamp, Warn, publication
from models.features import FEATURE_NAMES

NAME = "report_fairness"
READS = (CASES, MEMBERS, PERSONS, CASE_FILES, VERDICTS, FILES, *TOLD_BY)
WRITES: tuple[Table, ...] = ()
FOLDER = "fairness"
FEATURES_KEPT = "case_features"
"""Name under which score_cases keeps the features of a run, with its day."""


def run(ctx: RunContext) -> None:
    with ctx.report.stage("report fairness"):
        last = _last_run(ctx.lake, ctx.as_of) or ctx.as_of
        report = measured(ctx.lake, ctx.settings, last)
        _publish(ctx.lake, report, ctx.out, ctx.report.warn)
    for warning in report.warnings:
        ctx.report.warn(warning)


def written(lake: Lake, settings: Settings, out: Path, warn: Warn) -> FairnessReport:
    """The report on the last run, into OUT/fairness. Raises BadConfiguration where there is none."""
    last = _last_run(lake)
    if last is None:
        raise BadConfiguration("No run has found a case to visit yet: there is nothing to report.")
    report = measured(lake, settings, last)
    _publish(lake, report, out, warn)
    return report


def _publish(lake: Lake, report: FairnessReport, out: Path, warn: Warn) -> None:
    with publication(out, NAME, [FOLDER], Stamp(report.as_of, Delivered(lake).name), warn) as staged:
        write_fairness(report, staged / FOLDER)


def _last_run(lake: Lake, until: date | None = None) -> date | None:
    days = lake.read(CASE_FILES).select("as_of")
    last: date | None = (
        (days if until is None else days.filter(F.col("as_of") <= F.lit(until))).agg(F.max("as_of")).collect()[0][0]
    )
    return last


def measured(lake: Lake, settings: Settings, as_of: date) -> FairnessReport:
    """The report on the list of the day. Its people are those of the last run: of an earlier list some may draw no more."""
    params = settings.fairness
    # By code: a case that is on no roster has no name of its county, and would stand as a group beside it.
    county = pl.col("county_code").replace(division_names(lake.read(CASES))).fill_null(pl.col("county"))
    people = masked_texts(on_driver(people_of(lake)).with_columns(county=county))
    groups = grouped(people, params.age_bands_from_years, as_of)
    listed = lake.read(CASE_FILES).filter((F.col("as_of") == F.lit(as_of)) & (F.col("state") != "gone"))
    on_list = on_driver(listed.select("case_id"))
    verdicts = verdicts_in_force(lake).group_by("case_id").agg(
        pl.col("is_confirmed").any(), pl.col("is_refuted").any()
    )  # fmt: skip
    flags = (
        groups.join(verdicts.with_columns(is_visited=pl.lit(True)), on="case_id", how="left")
        .join(on_list.with_columns(is_dispatched=pl.lit(True)), on="case_id", how="left")
        .with_columns(pl.col("is_visited", "is_confirmed", "is_refuted", "is_dispatched").fill_null(False))
        # Confirmed by one clue is confirmed, whatever the others came to.
        .with_columns(is_refuted=pl.col("is_refuted") & ~pl.col("is_confirmed"))
    )
    found = compared_groups(group_counts(flags), params.least_visits)
    lost = len(pl.concat([verdicts.select("case_id"), on_list]).unique().join(groups, on="case_id", how="anti"))
    return FairnessReport(as_of, found, _proxies(lake, groups, as_of), lost, params)


def people_of(lake: Lake) -> DataFrame:
    """case_id, county_code, county, town, village, sex, born_on, has_certificate: one row a case; sex and birth are its head's."""
    persons = lake.read(PERSONS).select(F.col("person_id").alias("head_person_id"), "number_key", "born_on")
    heads = lake.read(CASES).join(persons, "head_person_id", "left")  # persons.person_id is unique by contract
    with_certificate = (
        lake.read(MEMBERS)
        .join(certified_numbers(lake), "number_key", "left_semi")
        .select("case_id")
        .distinct()
        .withColumn("_certified", F.lit(True))
    )
    return (
        heads.join(registered_sexes(lake, heads), "number_key", "left")
        .join(with_certificate, "case_id", "left")
        .select(
            "case_id", "county_code", "county", "town", "village", "sex", "born_on",
            holds(F.col("_certified")).alias("has_certificate"),
        )
    )  # fmt: skip


def _proxies(lake: Lake, groups: pl.DataFrame, as_of: date) -> list[Proxy] | None:
    """On the very features that the forest saw on the day; null where the run has not kept them, or a later one has replaced them."""
    kept = lake.kept(FEATURES_KEPT)
    if kept is None or not {"as_of", *FEATURE_NAMES} <= set(kept.columns):
        return None
    features = on_driver(kept.filter(F.col("as_of") == F.lit(as_of)))
    return proxies(features, groups, FEATURE_NAMES, "case_id") if len(features) else None
