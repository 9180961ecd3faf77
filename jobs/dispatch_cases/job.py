"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import functions as F

from casework.events import Place
from casework.payloads import Dispatched, DispatchedClue, Office, Severity
from casework.states import ClockParams
from casework.steps import Hand, Taken, take
from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CASE_FILES, CASES, KEY_PERSONS, LEDGER, LISTED_CLUES
from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.casebook.opened import case_store_beside
from jobs.casebook.projecting import PROJECTIONS, SEEN, project
from jobs.dispatch_cases.inspectors import Inspectors, inspectors_for, places_of
from jobs.launch.context import RunContext
from jobs.registers.conditions import holds
from jobs.registers.second_looks import found_by_rule, kept_back
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.sheets.clue_workbook import ABOUT_DATA
from jobs.sheets.zones import county_names

NAME = "dispatch_cases"
READS = (LEDGER, CASE_FILES, KEY_PERSONS, LISTED_CLUES, *SEEN)
WRITES = PROJECTIONS
_PLACE = ("county_code", "town", "village")
_SHOWN = 10
Row = dict[str, Any]


@dataclass(frozen=True)
class Dispatch:
    """What was sent, and the names of the counties by code."""

    taken: Taken
    counties: Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """What the office says beside the list. due_on: null = by severity. return_to: where papers go; null = to the office itself."""

    due_on: date | None = None
    return_to: str | None = None
    inspectors: Inspectors = field(default_factory=dict)


def run(ctx: RunContext, list_on: date, county_code: str, terms: Terms, hand: Hand) -> Dispatch:
    """Sends the cases of the list of that day and county (empty: the whole city)."""
    if terms.due_on is not None and terms.due_on < hand.on_day:
        raise BadConfiguration(
            f"--due is {terms.due_on}, before the day of dispatch, {hand.on_day}. Expected a day from then on."
        )
    with ctx.report.stage("dispatch cases"), case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store:
        listed = _listed(ctx.lake, list_on, county_code)
        settings = ctx.settings
        with store.reading() as book:
            refuted = kept_back(found_by_rule(ctx.lake), book.rule_decisions(), settings.second_look)
        with_clues = list(_with_clues(ctx.lake, listed))
        to_send = [
            (case, rest) for case, clues in with_clues if (rest := [one for one in clues if one["rule_code"] not in refuted])
        ]
        steps = {
            case["case_id"]: dispatched(case, clues, settings.plan.hard_rules, settings.casework, hand.on_day, terms)
            for case, clues in to_send
        }
        places = {case_id: Place(step.to.county_code, step.to.town) for case_id, step in steps.items()}
        with store.writing() as book:
            taken = take(book, steps, hand, places)
        with store.reading() as book:
            project(ctx.lake, book)
        ctx.report.current.rows = len(taken.recorded)
    if stopped := len(with_clues) - len(to_send):
        why = "; ".join(f"{code}: {told}" for code, told in refuted.items())
        ctx.report.warn(
            f"{stopped} cases were not sent: they rest on nothing but rules that need a second look ({why}). Give mingjing rule decide CODE, then "
            "dispatch again."
        )
    if idle := sorted(set(terms.inspectors) - {key for case in listed for key in places_of(case)}):
        named = ", ".join(" ".join(filter(None, place)) for place in idle[:_SHOWN])
        ctx.report.warn(
            f"Of the inspectors these fit no case of the list: {named}{', …' if len(idle) > _SHOWN else ''}. They are another list's, or the "
            "township is spelled otherwise: then write the names on its pages by hand."
        )
    return Dispatch(taken, county_names(ctx.lake))


def dispatched(
    case: Row, clues: Sequence[Row], hard_rules: Sequence[str], clock: ClockParams, on_day: date, terms: Terms
) -> Dispatched:
    """What is said to the office that gets the case. case: of the ledger and gold.case_files. clues: of gold.listed_clues."""
    severity = (
        Severity.HARD if any(clue["rule_code"] in hard_rules for clue in clues)
        else Severity.KEY_PERSON if case["key_person"] is not None
        else Severity.ORDINARY
    )  # fmt: skip
    return Dispatched(
        to=Office() if case["is_separate"] else Office(county_code=case["county_code"], town=case["town"]),
        due_on=terms.due_on or clock.due_on(on_day, severity),
        severity=severity,
        is_separate=bool(case["is_separate"]),
        clues=tuple(DispatchedClue(clue_id=clue["clue_id"], rule_code=clue["rule_code"]) for clue in clues),
        list_on=case["list_on"],
        list_no=case["list_no"],
        inspectors=inspectors_for(case, terms.inspectors),
        return_to=terms.return_to,
    )


def _listed(lake: Lake, list_on: date, county_code: str) -> list[Row]:
    """Cases of the list, first to be visited first: where each is and whether it touches a key person, by its file of the run that the
    list was made from, or, of a case that had nothing to visit, by the tables of the last run."""
    lists = lake.read_or_empty(LEDGER)
    chosen = lists.filter((F.col("as_of") == F.lit(list_on)) & (F.col("county_code") == county_code)).select(
        F.col("as_of").alias("list_on"), "list_no", "position", "case_id", F.col("run_as_of").alias("as_of")
    )
    files = lake.read(CASE_FILES).select(
        "as_of", "case_id", "is_separate", "key_person", *(F.col(name).alias(f"_{name}") for name in _PLACE)
    )
    keys = (
        lake.read(KEY_PERSONS)
        .groupBy("case_id")
        .agg(F.max("title").alias("_title"), F.max(F.col("is_separate").cast("int")).cast("boolean").alias("_separate"))
    )
    rows = (
        chosen.join(files, ["as_of", "case_id"], "left")  # one file a case and run
        .join(lake.read(CASES).select("case_id", *_PLACE), "case_id", "left")  # one row a case
        .join(keys, "case_id", "left")  # one row a case
        .select(
            "list_on", "list_no", "case_id", "as_of", *(F.coalesce(f"_{name}", name).alias(name) for name in _PLACE),
            F.coalesce("key_person", "_title").alias("key_person"), holds(F.coalesce("is_separate", "_separate")).alias("is_separate"),
        )
        .orderBy("position").collect()
    )  # fmt: skip  # as many as visits
    if not rows:
        known = lists.select("as_of", "county_code").distinct().orderBy("as_of", "county_code").collect()  # as many as lists
        names = [f"{row['as_of']}_{row['county_code']}".rstrip("_") for row in known]
        raise BadConfiguration(
            f"The ledger holds no list of {list_on}{f' for {county_code}' if county_code else ''}. Expected one of "
            f"{', '.join(names) or 'none: make one with mingjing plan'}. Nothing was dispatched."
        )
    return [row.asDict() for row in rows]


def _with_clues(lake: Lake, listed: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """The clues that a visit is about: those to visit, or the exempted ones of a case that has no other, or the visit itself."""
    wanted = lake.session.createDataFrame([(row["as_of"], row["case_id"]) for row in listed], "as_of date, case_id string")
    rows = (
        lake.read(LISTED_CLUES).filter(~F.col("rule_code").isin(*ABOUT_DATA)).join(wanted, ["as_of", "case_id"], "left_semi")
        .select("case_id", "clue_id", "rule_code", "is_dispatched").orderBy("clue_id").collect()
    )  # fmt: skip  # some a case
    of_case: dict[str, list[Row]] = {}
    for row in rows:
        of_case.setdefault(row["case_id"], []).append(row.asDict())
    return [(case, _of_visit(case["case_id"], of_case.get(case["case_id"], []))) for case in listed]


def _of_visit(case_id: str, clues: list[Row]) -> list[Row]:
    to_visit = [clue for clue in clues if clue["is_dispatched"]]
    return to_visit or clues or [{"clue_id": visit_id(ROUTINE_VISIT, case_id), "rule_code": ROUTINE_VISIT}]
