"""The sheet 填写选项 and the columns that it explains."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from jobs.sheets.tables import LISTS, OFFERS, cell_formats, new_book, write_lists
from tests.sheets.test_widths import SHEETS


def test_what_a_column_takes_is_listed_under_the_columns_own_name(tmp_path: Path) -> None:
    headings = {column.heading: column.offers for columns in SHEETS.values() for column in columns if column.offers in OFFERS}
    assert {"check result", "correction", "need result", "sanction"} <= set(headings.values())
    for heading, offers in headings.items():
        with new_book(tmp_path / "lists.xlsx", "", date(2017, 12, 31)) as book:
            write_lists(book, cell_formats(book), (offers,))
        told = load_workbook(tmp_path / "lists.xlsx")[LISTS]["A1"].value
        assert told in heading or offers == "yes or no", heading
