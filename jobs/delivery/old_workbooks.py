"""Old binary workbooks (.xls of Excel, .et of WPS): their cells, with what a reader of the sheet sees beside the values."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import xlrd

from jobs.delivery.number_formats import NumberFormat, formats_by_style, stored_as
from jobs.delivery.sheet_cells import Found, found_cells

_FIRST_OF_THE_FILE = 164
"""Formats below this number are built in."""
_TRUTH = {0: "false", 1: "true"}


def opened(content: Path | io.BytesIO) -> xlrd.Book:
    """Raises whatever broken bytes make xlrd raise."""
    source = content.read_bytes() if isinstance(content, Path) else content.getvalue()
    return xlrd.open_workbook(file_contents=source, formatting_info=True, ragged_rows=True, logfile=io.StringIO())


def formats_of(book: xlrd.Book) -> dict[int, NumberFormat]:
    """Formats that change what a number says, by style."""
    codes = {number: found.format_str for number, found in book.format_map.items() if number >= _FIRST_OF_THE_FILE}
    return formats_by_style(codes, [style.format_key for style in book.xf_list])


def hidden_rows(sheet: xlrd.sheet.Sheet) -> int:
    return sum(bool(row.hidden) for row in sheet.rowinfo_map.values())


def hidden_columns(sheet: xlrd.sheet.Sheet) -> frozenset[int]:
    return frozenset(column for column, told in sheet.colinfo_map.items() if told.hidden)


def text_cells(sheet: xlrd.sheet.Sheet, rows: int | None = None) -> pl.DataFrame:
    """The stored values of the first rows as text columns c0, c1, …; row 0 is the sheet's first row."""
    height = sheet.nrows if rows is None else min(rows, sheet.nrows)
    width = max((sheet.row_len(row) for row in range(height)), default=0)
    columns: list[list[str | None]] = [[None] * height for _ in range(width)]
    for row in range(height):
        for column, cell in enumerate(sheet.row(row)):
            columns[column][row] = _text(cell)
    return pl.DataFrame({f"c{i}": pl.Series(cells, dtype=pl.String) for i, cells in enumerate(columns)})


def beside(sheet: xlrd.sheet.Sheet, formats: dict[int, NumberFormat]) -> Found:
    """Cells under formats, and merged ranges of several rows."""
    cells: list[tuple[int, int, int | None, str | None]] = []
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            if (form := formats.get(cell.xf_index)) is None:
                continue
            if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE) and form.tells(cell.value):
                cells.append((row, column, cell.xf_index, repr(cell.value)))
            elif cell.ctype == xlrd.XL_CELL_TEXT and any(form.around_text):
                cells.append((row, column, cell.xf_index, None))
    merged = [(left, top, below - 1) for top, below, left, _ in sheet.merged_cells if below - top > 1]
    return Found(found_cells(cells), merged)


def _text(cell: xlrd.sheet.Cell) -> str | None:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return str(cell.value) or None
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            return stored_as(repr(cell.value))
        case xlrd.XL_CELL_BOOLEAN:
            return _TRUTH[cell.value]
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return None
