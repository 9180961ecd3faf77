"""What is read and what is filled in beside it stand on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jobs.follow_up_cases.workbook import ACCOUNTABILITY_SHEET, APPEAL_SHEET, RECOVERY_SHEET, RECTIFICATION_SHEET
from jobs.publish.checks_list import FINDING_SHEET, HOUSEHOLD_SHEET
from jobs.publish.needs_list import LEFT_OUT_SHEET, NEED_SHEET
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, DATA_SHEET
from jobs.sheets.tables import PAGE_CHARACTERS, Heading
from jobs.take_in.forms import FORMS
from jobs.take_in.slips import headings_of

SHEETS = {
    "cases": CASE_SHEET, "clues": CLUE_SHEET, "data": DATA_SHEET, "needs": NEED_SHEET, "left out": LEFT_OUT_SHEET,
    "checked households": HOUSEHOLD_SHEET, "found by checks": FINDING_SHEET, "rectification": RECTIFICATION_SHEET,
    "recovery": RECOVERY_SHEET, "accountability": ACCOUNTABILITY_SHEET, "appeals": APPEAL_SHEET,
    **{f"to mend: {form.title}": headings_of(form) for form in FORMS},
}  # fmt: skip


@pytest.mark.parametrize("columns", SHEETS.values(), ids=SHEETS)
def test_a_sheet_is_printed_one_page_wide(columns: Sequence[Heading]) -> None:
    assert sum(column.width for column in columns) <= PAGE_CHARACTERS
