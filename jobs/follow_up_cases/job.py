"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from pathlib import Path

from expectations.contracts.lake import CASE_FILES, CLUES, FILES, PEOPLE
from jobs.casebook.matters import Matter, matters_of
from jobs.casebook.opened import case_store_beside
from jobs.casebook.projecting import PROJECTIONS, SEEN, project
from jobs.follow_up_cases.about import about, apart
from jobs.follow_up_cases.workbook import KIND, write_follow_up
from jobs.launch.context import RunContext
from jobs.registers.delivered import Delivered
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.sheets.books import SEPARATE, place_of, township_books
from jobs.sheets.zones import county_names

NAME = "follow_up_cases"
READS = (CASE_FILES, CLUES, PEOPLE, FILES, *SEEN)
WRITES = PROJECTIONS
FOLDER = "follow_up"


def run(ctx: RunContext) -> tuple[Path, int]:
    """The folder, and how many confirmed clues its workbooks hold."""
    with ctx.report.stage("follow up cases"), case_store_beside(ctx.lake, ctx.out, ctx.report.warn) as store:
        with store.reading() as book:
            project(ctx.lake, book)
            matters = [one for one in matters_of(book.events()) if one.checked_on <= ctx.as_of]
        if not matters:
            raise BadConfiguration(
                f"No clue of {ctx.out} is confirmed by a visit up to {ctx.as_of}. Take verdicts in first. Nothing was written."
            )
        told, separate, names = about(ctx.lake, matters), apart(ctx.lake, matters), county_names(ctx.lake)
        of_book: dict[str, list[Matter]] = {}
        for one in matters:
            key = SEPARATE if one.case_id in separate else place_of(one.place.county_code, one.place.town)
            of_book.setdefault(key, []).append(one)
        zone = f"{RESTRICTED}/{FOLDER}/{ctx.as_of.isoformat()}"
        with publication(ctx.out, NAME, [zone], Stamp(ctx.as_of, Delivered(ctx.lake).name), ctx.report.warn) as staged:
            for key, title, name in township_books(KIND, of_book, names):
                write_follow_up(staged / zone / name, title, of_book[key], told, ctx.as_of)
        ctx.report.current.rows = len(matters)
    return ctx.out / zone, len(matters)
