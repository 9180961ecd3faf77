"""入户核查表 of a list: one page a household, one PDF and one DOCX a township, in the order of the list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from jobs.papers.household import Household, masked_household
from jobs.papers.household_page import TITLE, household_page
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
        pages: dict[str, list[Page]] = {}
        for household in households:
            shown = masked_household(household) if zone == EXPORTS else household
            pages.setdefault(townships[household.case_id], []).append(household_page(shown, told.innocent, told.as_of))
        for suffix in (".pdf", ".docx"):
            for township, _, name in township_books(TITLE, pages, told.counties, suffix):
                of_township = pages[township]
                made = printer.pdf(of_township, told.as_of) if suffix == ".pdf" else docx_of(of_township, told.as_of)
                (folder / zone / FOLDER / name).write_bytes(made)
