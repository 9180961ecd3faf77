"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    BRONZE,
    CASE_FILES,
    CASE_STATES,
    CASES,
    CASEWORK,
    CLUES,
    FILES,
    KEY_PERSONS,
    LEDGER,
    LISTED_CLUES,
    MEMBERS,
    PEOPLE,
    VERDICTS,
)
from expectations.contracts.lake.planning import EXEMPTED, UNREMARKABLE
from jobs.launch.context import RunContext
from jobs.papers.pdf import Printer
from jobs.plan_visits.beyond import exempted_cases, files_of_unremarkable, unremarkable_households
from jobs.plan_visits.choice import CaseState, Choice, ClueToVisit, LastWord, VisitableCase, VisitOutcome, choose, settled_cases
from jobs.plan_visits.contents import FOLDER, contents_of, folder_of, write_contents
from jobs.plan_visits.expected_yield import Yield, expected_yield
from jobs.plan_visits.ledger import CITY, entries_of, ledger_of, number_of, refuse_if_worked_on, replaced_by
from jobs.plan_visits.patterns import waiting
from jobs.registers.delivered import Delivered
from jobs.registers.verdicts import verdicts_in_force
from jobs.rules import RULES
from jobs.runtime.arrow import on_driver
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake, plain_schema
from jobs.runtime.results import LIST, Stamp, publication
from jobs.sheets.zones import ZONES, county_names

NAME = "plan_visits"
READS = (
    CLUES,
    CASE_FILES,
    LISTED_CLUES,
    VERDICTS,
    CASE_STATES,
    LEDGER,
    KEY_PERSONS,
    PEOPLE,
    FILES,
    CASES,
    MEMBERS,
    CASEWORK,
    *BRONZE,
)
WRITES = (LEDGER,)


@dataclass(frozen=True)
class Plan:
    """A list and what to expect of it. planned_before: of its cases, those on an earlier list, not visited yet."""

    as_of: date
    run_as_of: date
    list_no: int
    county: str
    asked: int
    choice: Choice
    listed: Yield
    following: Yield
    settled: int
    planned_before: int
    is_calibrated: bool
    is_new: bool
    folder: Path


def run(ctx: RunContext, visits: int, county: str | None = None) -> Plan:
    """The list of the day. Raises BadConfiguration, and writes nothing, where there is no run to make it from."""
    lake, as_of = ctx.lake, ctx.as_of
    with ctx.report.stage("plan visits") as progress:
        task = progress.add_task("plan visits", total=4)
        printer = Printer()
        clues = _frame(lake, CLUES.column_names)
        run_as_of = _day_of_run(clues, as_of)
        counties = county_names(lake)
        states = _states(lake)
        files = states.filter((pl.col("as_of") == run_as_of) & (pl.col("state") != "gone"))
        if county is not None and county not in (codes := {*counties, *files["county_code"].drop_nulls()}):
            raise BadConfiguration(f"--county is {county!r}. Expected one of {', '.join(sorted(codes))}. Nothing was written.")
        explained = exempted_cases(clues, run_as_of)
        verdicts = verdicts_in_force(lake)
        of_explained = clues.filter(pl.col("case_id").is_in(explained["case_id"].implode()))
        visited = _settled(verdicts, pl.concat([to_visit(clues), of_explained]), states, as_of, _last_words(lake))
        waits = waiting(to_visit(clues), verdicts, ctx.settings.plan.first_of_pattern)
        candidates = [
            *candidates_of(_of_county(files, county), clues, ctx.settings.plan.hard_rules, waits),
            *explained_candidates(_of_county(explained, county), clues),
        ]
        seen = sorted({*verdicts.filter(pl.col("checked_on") < as_of)["case_id"]})
        choice = choose(
            [case for case in candidates if case.case_id not in visited], visits, as_of, ctx.settings.plan,
            unremarkable_households(lake, county, seen, ceil(visits * ctx.settings.plan.random_share), as_of),
        )  # fmt: skip
        progress.advance(task)
        known = ledger_of(lake)
        replaced = replaced_by(known, as_of, county or CITY)
        list_no = number_of(known, replaced, county or CITY)
        fresh = entries_of(choice, as_of=as_of, county_code=county or CITY, visits=visits, run_as_of=run_as_of, list_no=list_no)
        refuse_if_worked_on(replaced, fresh, dict(verdicts.group_by("case_id").agg(pl.col("checked_on").max()).iter_rows()))
        is_new = set(replaced) != set(fresh)
        order = [visit.case.case_id for visit in choice.visits]
        routine = [visit.case.case_id for visit in choice.visits if visit.case.stratum == UNREMARKABLE]
        shown = pl.concat([files, explained, files_of_unremarkable(lake, routine, run_as_of)])
        folder = folder_of(as_of, county)
        folders = {folder, *_overlapping(ctx.out, as_of, county)}
        zones = [f"{day}/{zone}" for day in sorted(folders) for zone in ZONES]
        contents = contents_of(ctx, order, shown, as_of)
        with publication(ctx.out, NAME, zones, Stamp(run_as_of, Delivered(lake).name), ctx.report.warn) as staged:
            write_contents(staged / folder, contents, printer)
            progress.advance(task, 2)
            if is_new:
                gone = set(replaced)
                rows = [entry.row for entry in known if entry not in gone] + [entry.row for entry in fresh]
                lake.overwrite(LEDGER, lake.session.createDataFrame(rows, plain_schema(LEDGER)))
        progress.advance(task)
        ctx.report.current.rows = len(order)
    if any(entry.county_code != (county or CITY) for entry in replaced):
        ctx.report.warn(
            "This list takes the place of the other lists of the day: a list of the whole city and lists of counties overlap."
        )
    later = verdicts.filter(pl.col("checked_on") >= as_of)["case_id"].n_unique()
    if later:
        ctx.report.warn(f"{later} cases have a verdict of this day or later; it counts for the lists of later days (--as-of).")
    if waits & {case.case_id for case in candidates}:
        ctx.report.warn(
            f"{len(waits & {case.case_id for case in candidates})} cases stand behind all others until their pattern is visited "
            f"(plan.first_of_pattern); they come forward once half of the first visits or more are confirmed."
        )
    if len(order) < visits:
        ctx.report.warn(f"{visits} visits were asked for, {len(order)} cases have a clue that a visit can decide.")
    earlier = {entry.case_id for entry in known if entry.as_of < as_of}
    return Plan(
        as_of, run_as_of, list_no, counties.get(county, county) if county else "", visits, choice,
        expected_yield([visit.case.probability for visit in choice.visits]),
        expected_yield([case.probability for case in choice.following]),
        len(visited & {case.case_id for case in candidates}), len(earlier & set(order)), _is_calibrated(lake, run_as_of), is_new,
        ctx.out / folder,
    )  # fmt: skip


def to_visit(clues: pl.DataFrame) -> pl.DataFrame:
    """Dispatched clues that a visit can decide; what is about data only goes to the data's owner."""
    about_data = [rule.code for rule in RULES if rule.is_about_data]
    return clues.filter(pl.col("is_dispatched") & ~pl.col("rule_code").is_in(about_data))


def candidates_of(
    files: pl.DataFrame, clues: pl.DataFrame, hard_rules: list[str], waits: Collection[str] = ()
) -> list[VisitableCase]:
    """Cases that may be visited. Their probability is that of their likeliest clue. waits: cases that wait for their pattern.

    Clues of one household often stand or fall together, on one mistaken number or one declared car: to count them as
    independent would promise more than visits find.
    """
    of_case = (
        to_visit(clues)
        .group_by("case_id")
        .agg(probability=pl.col("score").max(), is_hard=pl.col("rule_code").is_in(hard_rules).any())
    )
    rows = files.join(of_case, on="case_id").sort("case_id")  # one row a case in both
    return [
        VisitableCase(
            row["case_id"], row["probability"], row["amount_estimate"], row["is_hard"], row["key_person"] is not None,
            waits=row["case_id"] in waits,
        )
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip


def explained_candidates(explained: pl.DataFrame, clues: pl.DataFrame) -> list[VisitableCase]:
    """Cases of exempted clues, with the probability that a visit confirms the likeliest of them all the same."""
    likeliest = clues.filter(~pl.col("is_dispatched")).group_by("case_id").agg(probability=pl.col("score").max())
    rows = explained.join(likeliest, on="case_id").sort("case_id")  # one row a case in both
    return [
        VisitableCase(
            row["case_id"], row["probability"], row["amount_estimate"], is_hard=False, is_key_person=False, stratum=EXEMPTED
        )
        for row in rows.iter_rows(named=True)
    ]


def _of_county(cases: pl.DataFrame, county: str | None) -> pl.DataFrame:
    return cases if county is None else cases.filter(pl.col("county_code") == county)


def _day_of_run(clues: pl.DataFrame, as_of: date) -> date:
    if clues.is_empty():
        raise BadConfiguration("The last run found no clue: there is nothing to plan. Nothing was written.")
    day = clues["last_seen"].max()
    assert isinstance(day, date)
    if day > as_of:
        raise BadConfiguration(
            f"The last run stands for {day.isoformat()}, the list for {as_of.isoformat()}. Expected --as-of of that day or later: "
            "a list cannot be made of clues that came after it. Nothing was written."
        )
    return day


def _is_calibrated(lake: Lake, run_as_of: date) -> bool:
    """Were the probabilities of the run learned from verdicts, or are they the stated priors?"""
    learned = lake.read_or_empty(LISTED_CLUES).filter((F.col("as_of") == F.lit(run_as_of)) & F.col("ranking_version").isNotNull())
    return learned.count() > 0


def _settled(verdicts: pl.DataFrame, clues: pl.DataFrame, states: pl.DataFrame, as_of: date, words: list[LastWord]) -> set[str]:
    return settled_cases(
        [VisitOutcome(*row) for row in verdicts.select("clue_id", "case_id", "is_refuted", "checked_on").iter_rows()],
        [ClueToVisit(*row) for row in clues.select("clue_id", "case_id", "first_seen").iter_rows()],
        [
            CaseState(*row)
            for row in states.filter(pl.col("state") != "gone").select("case_id", "as_of", "fingerprint").iter_rows()
        ],
        as_of,
        words,
    )


def _last_words(lake: Lake) -> list[LastWord]:
    rows = (
        lake.read_or_empty(CASE_STATES).select("case_id", "set_aside_on", "sleeps_until", "reopened_on").collect()
    )  # one a case in hand
    return [
        LastWord(row["case_id"], row["set_aside_on"] or row["reopened_on"], row["set_aside_on"] is not None, row["sleeps_until"])
        for row in rows
        if row["set_aside_on"] or row["reopened_on"]
    ]


def _states(lake: Lake) -> pl.DataFrame:
    return on_driver(lake.read(CASE_FILES))  # some thousands a run


def _frame(lake: Lake, names: list[str]) -> pl.DataFrame:
    return on_driver(lake.read(CLUES).select(*(name for name in names if name != "evidence")))  # some thousands


def _overlapping(out: Path, as_of: date, county_code: str | None) -> set[str]:
    """Folders below OUT of the lists that one of the day takes the place of. As they stand, not as the ledger has them: it may know
    the new list from a run that was stopped before it was published."""
    if county_code:
        return {folder_of(as_of, None)}
    lists = {path.parent.parent for zone in ZONES for path in (out / FOLDER).glob(f"{as_of.isoformat()}_*/{zone}/{LIST}")}
    return {f"{FOLDER}/{path.name}" for path in lists}
