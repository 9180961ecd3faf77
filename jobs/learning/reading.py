"""Files of verdicts as texts: a CSV file, or one of our workbooks with its columns filled in. Nothing is judged here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from expectations.contracts.model import plain_header
from jobs.delivery.workbooks import BadWorkbook, read_sheet, survey_workbook
from jobs.runtime.errors import BadVerdicts

SHEET = "线索"
_HEADERS: dict[str, tuple[str, ...]] = {
    "clue_id": ("clue_id", "线索编号"),
    "case_id": ("case_id", "案件编号", "家庭案件编号"),
    "verdict": ("verdict", "核查结论", "结论"),
    "refutation_reason": ("refutation_reason", "查否原因代码", "查否原因"),
    "checked_on": ("checked_on", "核查日期"),
    "checkers": ("checkers", "核查人员", "核查人"),
    "recovered": ("recovered", "追回金额", "recovered_yuan"),
    "stop_month": ("stop_month", "停发月份"),
    "note": ("note", "备注"),
}
"""Columns and their headers; what stands in brackets behind a header is noise."""
_NEEDED = ("clue_id", "verdict", "refutation_reason", "checked_on", "checkers")
_FILLED_IN = ("verdict", "refutation_reason", "checked_on", "checkers", "recovered", "stop_month", "note")
_WORKBOOK = b"PK"


@dataclass(frozen=True)
class Line:
    """A row that somebody filled in. cells: texts by column, empty ones as ""."""

    file: str
    sheet: str
    row: int
    cells: dict[str, str]

    @property
    def place(self) -> str:
        return f"{self.file}, {f'sheet {self.sheet}, ' if self.sheet else ''}row {self.row}"


def lines_of(path: Path) -> list[Line]:
    """The rows that were filled in; a clue whose columns are all blank is still open. Raises BadVerdicts for a file of another kind."""
    if not path.is_file():
        raise BadVerdicts(f"No file {path}. Name a CSV file of verdicts or a returned workbook.")
    with path.open("rb") as stream:
        is_workbook = stream.read(2) == _WORKBOOK
    rows = _of_workbook(path) if is_workbook else _of_text(path)
    return list(_filled_in(path.name, SHEET if is_workbook else "", rows))


def _of_text(path: Path) -> Iterator[tuple[int, list[str]]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first and "," not in first else ",")
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadVerdicts(f"{path.name} is no CSV file: {error}. Expected {'、'.join(_NEEDED)}. Nothing was taken in.") from None


def _of_workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = survey_workbook(path, rows=1)
    except BadWorkbook as error:
        raise BadVerdicts(
            f"{path.name} cannot be read: {error}. Save the workbook again as .xlsx. Nothing was taken in."
        ) from error
    names = [sheet.name for sheet in book.sheets]
    if SHEET not in names:
        raise BadVerdicts(
            f"{path.name} has no sheet {SHEET}; its sheets: {'、'.join(names)}. Return the workbook that the list came in. "
            "Nothing was taken in."
        )
    for number, cells in enumerate(read_sheet(path, SHEET).iter_rows(), start=1):
        yield number, ["" if cell is None else str(cell) for cell in cells]


def _filled_in(file: str, sheet: str, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Line]:
    at: dict[str, int] = {}
    for number, cells in rows:
        if not at:
            if any(cell.strip() for cell in cells):
                at = _columns(file, sheet, cells)
            continue
        found = {name: cells[i].strip() if i < len(cells) else "" for name, i in at.items()}
        if any(found.get(name) for name in _FILLED_IN):
            yield Line(file, sheet, number, {name: found.get(name, "") for name in _HEADERS})
    if not at:
        raise BadVerdicts(f"{file} is empty. Expected the columns {'、'.join(_NEEDED)}. Nothing was taken in.")


def _columns(file: str, sheet: str, headers: list[str]) -> dict[str, int]:
    known = {plain_header(header).lower(): name for name, named in _HEADERS.items() for header in named}
    at: dict[str, int] = {}
    for i, header in enumerate(headers):
        name = known.get(plain_header(header).lower())
        if name and name not in at:
            at[name] = i
    missing = [name for name in _NEEDED if name not in at]
    if missing:
        where = f"{file}, sheet {sheet}" if sheet else file
        raise BadVerdicts(
            f"{where}: the column {missing[0]} ({_HEADERS[missing[0]][1]}) is missing. "
            f"Expected {'、'.join(_NEEDED)} or their Chinese headers. Nothing was taken in."
        )
    return at
