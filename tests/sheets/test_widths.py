"""What is read and what is filled in beside it stand on one sheet of paper, and nothing of it is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from jobs.check_payments.hold_list import HOLD_SHEET, UNREAD_SHEET
from jobs.check_quality.slip_workbook import COLUMN_SHEET, FILE_SHEET, HOLE_SHEET, NUMBER_SHEET, ROW_SHEET
from jobs.follow_up_cases.workbook import ACCOUNTABILITY_SHEET, APPEAL_SHEET, RECOVERY_SHEET, RECTIFICATION_SHEET
from jobs.publish.checks_list import FINDING_SHEET, HOUSEHOLD_SHEET
from jobs.publish.needs_list import LEFT_OUT_SHEET, NEED_SHEET
from jobs.retention.certificate import THINGS
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, DATA_SHEET, RULE_TITLES
from jobs.sheets.tables import LINE_POINTS, PAGE_CHARACTERS, Heading, cell_formats, new_book, write_guide, write_table
from jobs.take_in import account
from jobs.take_in.forms import FORMS
from jobs.take_in.slips import headings_of

SHEETS = {
    "cases": CASE_SHEET, "clues": CLUE_SHEET, "data": DATA_SHEET, "needs": NEED_SHEET, "left out": LEFT_OUT_SHEET,
    "checked households": HOUSEHOLD_SHEET, "found by checks": FINDING_SHEET, "rectification": RECTIFICATION_SHEET,
    "recovery": RECOVERY_SHEET, "accountability": ACCOUNTABILITY_SHEET, "appeals": APPEAL_SHEET,
    "holds": HOLD_SHEET, "unread": UNREAD_SHEET, "files of a slip": FILE_SHEET, "rows of a slip": ROW_SHEET, "numbers": NUMBER_SHEET,
    "columns of a slip": COLUMN_SHEET, "holes": HOLE_SHEET, "taken in": account.SHEET, "odd rows": account.NAMED_SHEET,
    "removed": THINGS,
    **{f"to mend: {form.title}": headings_of(form) for form in FORMS},
}  # fmt: skip


@pytest.mark.parametrize("columns", SHEETS.values(), ids=SHEETS)
def test_a_sheet_is_printed_one_page_wide(columns: Sequence[Heading]) -> None:
    assert sum(column.width for column in columns) <= PAGE_CHARACTERS


def test_a_number_too_wide_for_its_cell_shrinks(tmp_path: Path) -> None:
    """A spreadsheet shows #### in its place; of a city's list the ten thousandth person has such a number."""
    columns = (
        *(Heading(style, 4, style) for style in ("whole", "money", "score")),
        *(Heading(offers, 4, "input", offers) for offers in ("date", "month", "yuan")),
    )
    with new_book(tmp_path / "a.xlsx", "", date(2017, 12, 31)) as book:
        write_table(book, cell_formats(book), "a", columns, [(10_000, 1e7, 0.25, date(2018, 1, 5), date(2018, 1, 1), None)])
    for heading, cell in zip(*openpyxl.load_workbook(tmp_path / "a.xlsx")["a"].iter_rows(), strict=True):
        assert (cell.alignment.shrink_to_fit, bool(cell.alignment.wrap_text)) == (True, False), heading.value


def test_what_a_line_of_a_guide_is_about_stands_there_in_full(tmp_path: Path) -> None:
    longest = max(RULE_TITLES.values(), key=len)
    with new_book(tmp_path / "a.xlsx", "", date(2017, 12, 31)) as book:
        write_guide(book, cell_formats(book), "", [("性质", "一"), (longest, "一")])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["说明"]
    assert sheet["A4"].alignment.wrap_text
    one, lines = (round(sheet.row_dimensions[n].height / LINE_POINTS) for n in (3, 4))
    assert one == 1
    assert 2 * len(longest) <= lines * sheet.column_dimensions["A"].width
