"""What a zone holds beside the clues: the list of needs, and that of checks where a delivery held requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from expectations.contracts.lake import CHECKS
from jobs.publish.checks_list import checks_to_publish, write_checks_workbook
from jobs.publish.needs_list import needs_csv, needs_to_publish, write_needs_workbooks
from jobs.runtime.lake import Lake
from jobs.sheets.clue_list import masked
from jobs.sheets.files import write_csv

CHECKS_BOOK = "家庭经济状况核对结果.xlsx"
Writer = Callable[[Path, bool], None]
"""Writes its files into a folder that has a folder `workbooks`; masked where the flag says so. It can be pickled."""


def needs_files(lake: Lake, counties: dict[str, str], as_of: date) -> Writer:
    return partial(_write_needs, needs_to_publish(lake), counties, as_of)


def checks_files(lake: Lake, counties: dict[str, str], as_of: date) -> Writer:
    """Nothing where nobody asked to be checked."""
    if lake.read_or_empty(CHECKS).isEmpty():
        return _nothing
    return partial(_write_checks, checks_to_publish(lake), counties, as_of)


def _nothing(_folder: Path, _is_masked: bool) -> None:
    pass


def _write_needs(listed: pl.DataFrame, counties: dict[str, str], as_of: date, folder: Path, is_masked: bool) -> None:
    shown = masked(listed) if is_masked else listed
    write_csv(needs_csv(shown), folder / "needs.csv")
    write_needs_workbooks(folder / "workbooks", shown, counties, as_of, is_masked=is_masked)


def _write_checks(listed: pl.DataFrame, counties: dict[str, str], as_of: date, folder: Path, is_masked: bool) -> None:
    shown = masked(listed) if is_masked else listed
    write_csv(shown, folder / "checks.csv")
    write_checks_workbook(folder / "workbooks" / CHECKS_BOOK, shown, counties, as_of, is_masked=is_masked)
