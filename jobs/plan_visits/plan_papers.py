"""入户核查表 of a list: one page a household, one PDF and one DOCX a township, in the order of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from jobs.papers.household import Household, masked_household
from jobs.papers.household_page import TITLE, household_page
from jobs.papers.pdf import Printer
from jobs.papers.word import docx_of
from jobs.runtime.results import RESTRICTED
from jobs.sheets.books import township_books, township_of_case
from jobs.sheets.zones import EXPORTS

FOLDER = "papers"


def write_plan_papers(
    folder: Path,
    planned: pl.DataFrame,
    households: Sequence[Household],
    innocent: Mapping[str, Sequence[str]],
    counties: Mapping[str, str],
    printer: Printer,
    as_of: date,
) -> None:
    """Into FOLDER/exports/papers masked, into FOLDER/restricted/papers in full. planned: gold.case_files of the households."""
    townships = dict(planned.select("case_id", township=township_of_case()).iter_rows())
    for zone in (RESTRICTED, EXPORTS):
        (folder / zone / FOLDER).mkdir()
        shown = [masked_household(household) for household in households] if zone == EXPORTS else households
        for suffix in (".pdf", ".docx"):
            for township, _, name in township_books(TITLE, townships.values(), counties, suffix):
                pages = [
                    household_page(household, innocent, as_of) for household in shown if townships[household.case_id] == township
                ]
                made = printer.pdf(pages, as_of) if suffix == ".pdf" else docx_of(pages, as_of)
                (folder / zone / FOLDER / name).write_bytes(made)
