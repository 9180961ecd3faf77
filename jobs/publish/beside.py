"""What a zone holds beside the clues: the list of needs, and that of checks where a delivery held requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from expectations.contracts.lake import CHECKS
from jobs.publish.checks_list import checks_to_publish, write_checks_workbook
from jobs.publish.needs_list import needs_csv, needs_to_publish, write_needs_workbooks
from jobs.runtime.lake import Lake
from jobs.sheets.clue_list import masked
from jobs.sheets.files import write_csv

CHECKS_BOOK = "家庭经济状况核对结果.xlsx"
Writer = Callable[[Path, bool], None]
"""Writes its files into a folder that has a folder `workbooks`; masked where the flag says so."""


def needs_files(lake: Lake, counties: dict[str, str], as_of: date) -> Writer:
    listed = needs_to_publish(lake)

    def write(folder: Path, is_masked: bool) -> None:
        shown = masked(listed) if is_masked else listed
        write_csv(needs_csv(shown), folder / "needs.csv")
        write_needs_workbooks(folder / "workbooks", shown, counties, as_of, is_masked=is_masked)

    return write


def checks_files(lake: Lake, counties: dict[str, str], as_of: date) -> Writer:
    """Nothing where nobody asked to be checked."""
    if lake.read_or_empty(CHECKS).isEmpty():
        return lambda folder, is_masked: None
    listed = checks_to_publish(lake)

    def write(folder: Path, is_masked: bool) -> None:
        shown = masked(listed) if is_masked else listed
        write_csv(shown, folder / "checks.csv")
        write_checks_workbook(folder / "workbooks" / CHECKS_BOOK, shown, counties, as_of, is_masked=is_masked)

    return write
