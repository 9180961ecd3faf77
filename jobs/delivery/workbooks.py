"""Workbooks: sheets and rows of text cells."""

from __future__ import annotations

import hashlib
from pathlib import Path

import fastexcel
import polars as pl


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sheet_names(path: Path) -> list[str]:
    """Raises fastexcel.FastExcelError when the file is no workbook."""
    return list(fastexcel.read_excel(path).sheet_names)


def read_sheet(path: Path, name: str, rows: int | None = None) -> pl.DataFrame:
    """A sheet's cells as text columns c0, c1, …; row 0 is the sheet's first row. `rows` reads only so many."""
    sheet = fastexcel.read_excel(path).load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
    frame: pl.DataFrame = sheet.to_polars()
    return frame.rename({old: f"c{i}" for i, old in enumerate(frame.columns)})
