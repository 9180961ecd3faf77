"""What was sent out: the lists that a returned file answers, and of them the rows of the places that it is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CASE_FILES, CASES, LEDGER, LISTED_CLUES, NEEDS
from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.rulebook.need_outcomes import FOUND
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake
from jobs.sheets.books import SEPARATE
from jobs.sheets.clue_workbook import ABOUT_DATA
from jobs.take_in.forms import DATA, VERDICTS, Form
from jobs.take_in.forms import NEEDS as NEED_FORM
from jobs.take_in.known import Known, Where, where_cases_are

READS = (CASE_FILES, CASES, LEDGER, LISTED_CLUES, NEEDS)
_HOME_SHARE = 0.8
"""Of a file's rows: where so many are of one county or township, the file is that one's, and the others strayed into it."""
Place = tuple[str, str]
"""County and township; SEPARATE, and no township, of what passes by the office that approved: no township and no county was sent it."""


@dataclass(frozen=True)
class Plan:
    """A list of visits: of which run, and its cases."""

    as_of: date
    run_as_of: date
    cases: frozenset[str]


@dataclass(frozen=True)
class Lists:
    """What went out so far. listed: as_of, clue_id, case_id, rule_code, is_dispatched of the runs that matter; places: of cases;
    needs: of the needs that are listed now."""

    listed: pl.DataFrame
    plans: tuple[Plan, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    needs: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """Rows that a file should answer. told: by which list; empty where none went out. elsewhere: ids of the file from another place."""

    told: str = ""
    since: date | None = None
    ids: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


def lists_of(lake: Lake, known: Known, as_of: date) -> Lists:
    """The lists up to the day that hold any of the known clues."""
    known_run = F.col("run_as_of").isNotNull()  # earlier versions kept none
    ledger = (
        lake.read_or_empty(LEDGER)
        .filter((F.col("as_of") <= F.lit(as_of)) & known_run)
        .select("as_of", "list_no", "run_as_of", "case_id")
    )
    of_list: dict[tuple[date, int], list[tuple[date, str]]] = {}
    for row in ledger.collect():  # as many as visits
        of_list.setdefault((row["as_of"], row["list_no"]), []).append((row["run_as_of"], row["case_id"]))
    plans = tuple(Plan(key[0], rows[0][0], frozenset(case for _, case in rows)) for key, rows in sorted(of_list.items()))
    days = {row["as_of"] for rows in known.lists.values() for row in rows} | {plan.run_as_of for plan in plans}
    columns = ("as_of", "clue_id", "case_id", "rule_code", "is_dispatched")
    listed = on_driver(
        lake.read_or_empty(LISTED_CLUES).filter(F.col("as_of").isin(sorted(days)) if days else F.lit(False)).select(*columns)
    )
    cases = {*listed["case_id"].to_list(), *(case for plan in plans for case in plan.cases)}
    needs = lake.read_or_empty(NEEDS).filter(F.col("outcome") == F.lit(FOUND)).select("need_id", "county_code", "town").collect()
    return Lists(
        listed, plans, {case: _place(where) for case, where in where_cases_are(lake, cases).items()},
        {row["need_id"]: (row["county_code"] or "", row["town"] or "") for row in needs},
    )  # fmt: skip


def sent_for(form: Form, ids: Collection[str], where: Mapping[str, Where], lists: Lists) -> Sent:
    """The rows that the file with these ids of this table answers."""
    placed = {one: _place(where[one]) for one in ids if one in where and where[one].county_code}
    home, elsewhere = _home(placed)
    if form is NEED_FORM:
        return Sent(
            "needs" if home else "", None, frozenset(one for one, place in lists.needs.items() if place in home), elsewhere
        )
    if form not in (VERDICTS, DATA) or not placed:
        return Sent(elsewhere=elsewhere)
    of_list = _of_list(form, [one for one in placed if one not in elsewhere], where, lists)
    if of_list is None:
        return Sent(elsewhere=elsewhere)
    told, since, cases_of = of_list
    return Sent(told, since, frozenset(clue for clue, case in cases_of.items() if lists.places.get(case) in home), elsewhere)


def _place(where: Where) -> Place:
    return (SEPARATE, "") if where.is_separate else (where.county_code or "", where.town or "")


def _home(placed: Mapping[str, Place]) -> tuple[set[Place], frozenset[str]]:
    """The places that the file is of, and the ids that are of others."""
    towns = Counter(placed.values())
    for depth in (2, 1):  # a township's file, else a county's
        counted = Counter(place[:depth] for place in placed.values())
        if counted and counted.most_common(1)[0][1] >= _HOME_SHARE * len(placed):
            home = counted.most_common(1)[0][0]
            return {place for place in towns if place[:depth] == home}, frozenset(
                one for one, place in placed.items() if place[:depth] != home
            )
    return set(towns), frozenset()


def _of_list(
    form: Form, ids: Collection[str], where: Mapping[str, Where], lists: Lists
) -> tuple[str, date, dict[str, str]] | None:
    """Which list, its day, and case by clue of what it asks: the last list of visits that holds all cases of the file, else the run of
    which the file holds most, the last of such."""
    is_data = pl.col("rule_code").is_in(ABOUT_DATA)
    cases = {where[one].case_id for one in ids}
    if form is VERDICTS:
        for plan in reversed(lists.plans):
            if cases <= plan.cases:
                run = lists.listed.filter((pl.col("as_of") == plan.run_as_of) & pl.col("case_id").is_in(plan.cases) & ~is_data)
                asked = run.filter(pl.col("is_dispatched") | ~pl.col("is_dispatched").any().over("case_id"))
                found = dict(asked.select("clue_id", "case_id").iter_rows())
                bare = plan.cases - {*found.values()}
                return f"plan {plan.as_of}", plan.as_of, {**found, **{visit_id(ROUTINE_VISIT, case): case for case in bare}}
    held = lists.listed.filter(pl.col("clue_id").is_in(list(ids))).group_by("as_of").len().sort("len", "as_of")
    if held.is_empty():
        return None
    day: date = held["as_of"][-1]
    run = lists.listed.filter((pl.col("as_of") == day) & (is_data if form is DATA else pl.col("is_dispatched") & ~is_data))
    return f"list {day}", day, dict(run.select("clue_id", "case_id").iter_rows())
