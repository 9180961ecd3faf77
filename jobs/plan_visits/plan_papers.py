"""入户核查表 of a list, and the 告知书 for each household: a page each, one PDF and one DOCX of both a township, in the order of the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from jobs.papers.household import Household, masked_household
from jobs.papers.household_page import TITLE, household_page
from jobs.papers.notice import TITLE as NOTICE
from jobs.papers.notice import notice_page
from jobs.papers.page import Page
from jobs.papers.pdf import Printer
from jobs.papers.word import docx_of
from jobs.runtime.results import RESTRICTED
from jobs.sheets.books import township_books, township_of_case
from jobs.sheets.clue_workbook import Told
from jobs.sheets.zones import EXPORTS

FOLDER = "papers"


def write_plan_papers(folder: Path, planned: pl.DataFrame, households: Sequence[Household], told: Told, printer: Printer) -> None:
    """Into FOLDER/exports/papers masked, into FOLDER/restricted/papers in full. planned: gold.case_files of the households."""
    townships = dict(planned.select("case_id", township=township_of_case()).iter_rows())
    for zone in (RESTRICTED, EXPORTS):
        (folder / zone / FOLDER).mkdir()
        shown = [masked_household(household) if zone == EXPORTS else household for household in households]
        kinds: tuple[tuple[str, Callable[[Household], Page]], ...] = (
            (TITLE, lambda one: household_page(one, told.innocent, told.as_of)),
            (NOTICE, lambda one: notice_page(one, told.as_of)),
        )
        for title, page_of in kinds:
            pages: dict[str, list[Page]] = {}
            for household in shown:
                pages.setdefault(townships[household.case_id], []).append(page_of(household))
            for suffix in (".pdf", ".docx"):
                for township, _, name in township_books(title, pages, told.counties, suffix):
                    of_township = pages[township]
                    made = printer.pdf(of_township, told.as_of) if suffix == ".pdf" else docx_of(of_township, told.as_of)
                    (folder / zone / FOLDER / name).write_bytes(made)
