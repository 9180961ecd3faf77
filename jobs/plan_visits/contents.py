"""What people get of a list: its workbooks and pages. Made with the list, and again when its cases are dispatched: pages tell the day then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
from pyspark.sql import functions as F

from casework.payloads import Dispatched
from casework.states import states_of
from expectations.contracts.lake import CASE_FILES, CLUES
from expectations.contracts.lake.planning import UNREMARKABLE
from jobs.casebook.opened import case_store_beside, has_store
from jobs.launch.context import RunContext
from jobs.papers.gathering import households_of
from jobs.papers.household import Handed, Household
from jobs.papers.pdf import Printer
from jobs.plan_visits.beyond import exempted_cases, files_of_unremarkable
from jobs.plan_visits.ledger import CITY, ledger_of
from jobs.plan_visits.plan_papers import write_plan_papers
from jobs.plan_visits.plan_workbooks import KIND, planned_cases, planned_clues, write_plan_workbooks
from jobs.registers.delivered import Delivered
from jobs.runtime.arrow import on_driver
from jobs.runtime.results import Stamp, publication
from jobs.sheets.asked import innocent_codes
from jobs.sheets.clue_list import published_clues
from jobs.sheets.clue_workbook import Told
from jobs.sheets.history import history_before
from jobs.sheets.zones import ZONES, county_names

FOLDER = "plans"


@dataclass(frozen=True)
class Contents:
    """planned, clues: see plan_workbooks. households: in the order of the list, with what a dispatch said of them, if there was one."""

    planned: pl.DataFrame
    clues: pl.DataFrame
    told: Told
    households: Sequence[Household]


def folder_of(list_on: date, county_code: str | None) -> str:
    """The list's folder below OUT."""
    return f"{FOLDER}/{list_on.isoformat()}" + (f"_{county_code}" if county_code else "")


def contents_of(ctx: RunContext, order: Sequence[str], files: pl.DataFrame, list_on: date) -> Contents:
    """order: the cases of the list. files: gold.case_files that hold them."""
    lake = ctx.lake
    planned = planned_cases(order, files)
    clues = planned_clues(planned, published_clues(lake))
    told = Told(KIND, county_names(lake), innocent_codes(ctx.settings), history_before(lake, list_on), list_on, is_masked=False)
    handed = _handed(ctx, order, list_on, told.counties)
    households = households_of(lake, planned, clues, told)
    return Contents(planned, clues, told, [replace(one, handed=handed.get(one.case_id)) for one in households])


def write_contents(folder: Path, contents: Contents, printer: Printer) -> None:
    """Into the empty folders FOLDER/exports and FOLDER/restricted."""
    write_plan_workbooks(folder, contents.planned, contents.clues, contents.told)
    write_plan_papers(folder, contents.planned, contents.households, contents.told, printer)


def publish_again(ctx: RunContext, writer: str, list_on: date, county_code: str) -> None:
    """The files of a list that was made before, with what its dispatch says. What a later run found is not what the list was made of:
    after one, the files stay as they are, and a warning says so. writer: the job that wrote them."""
    entries = [one for one in ledger_of(ctx.lake) if (one.as_of, one.county_code) == (list_on, county_code)]
    run_as_of = entries[0].run_as_of
    columns = [name for name in CLUES.column_names if name != "evidence"]
    clues = on_driver(ctx.lake.read(CLUES).select(*columns))  # some thousands
    if clues["last_seen"].max() != run_as_of:
        ctx.report.warn(
            f"The pages of the list of {list_on} keep their blanks for place and day of return: the list was made of the run of {run_as_of}, "
            "and the lake has gone on since."
        )
        return
    kept = ctx.lake.read(CASE_FILES).filter((F.col("as_of") == F.lit(run_as_of)) & (F.col("state") != F.lit("gone")))
    routine = [one.case_id for one in entries if one.stratum == UNREMARKABLE]
    files = [on_driver(kept), exempted_cases(clues, run_as_of), files_of_unremarkable(ctx.lake, routine, run_as_of)]
    contents = contents_of(ctx, [one.case_id for one in entries], pl.concat(files), list_on)
    folder, printer = folder_of(list_on, county_code), Printer()
    zones = [f"{folder}/{zone}" for zone in ZONES]
    with publication(ctx.out, writer, zones, Stamp(run_as_of, Delivered(ctx.lake).name), ctx.report.warn) as staged:
        write_contents(staged / folder, contents, printer)


def _handed(ctx: RunContext, cases: Collection[str], list_on: date, counties: Mapping[str, str]) -> dict[str, Handed]:
    """By case, what the dispatch of this list said, or of an earlier one by which the case is still out; nothing before."""
    if not has_store(ctx.out):
        return {}
    with case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store, store.reading() as book:
        states = states_of(book.events(cases=cases))
    return {
        case_id: Handed(one.due_on, one.return_to or _office(one, counties), one.inspectors or "")
        for case_id, state in states.items()
        if (one := state.dispatched) is not None and (one.list_on == list_on or state.open_clues)
    }


def _office(said: Dispatched, counties: Mapping[str, str]) -> str:
    """The township or county that has the case in hand; empty for the city's own team."""
    county = said.to.county_code or CITY
    return " ".join(part for part in (counties.get(county, county), said.to.town) if part)
