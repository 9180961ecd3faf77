"""Files that people fill in, read by the code that reads deliveries: the rows under the header that names the wanted columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from expectations.contracts.model import plain_header
from jobs.cells.text import trimmed
from jobs.delivery.archives import BadArchive, opened
from jobs.delivery.formats import SUFFIXES, Format, Source
from jobs.delivery.headers import SEARCH_DEPTH
from jobs.delivery.remarks import Remark, remark
from jobs.delivery.text_files import delimiter_of, read_rows
from jobs.delivery.unchanged import FILE_ID_LENGTH, FileChanged, assure_unchanged, state_of
from jobs.delivery.workbooks import BadWorkbook, read_sheet, sha256_of, survey_workbook
from jobs.runtime.errors import BadVerdicts

Headers = Mapping[str, tuple[str, ...]]
"""Columns and the headers that name them, the first as people are told it; what stands in brackets behind a header is noise."""
_NOTHING = "Nothing was taken in."
_LARGEST = 64 << 20
"""Bytes: verdicts of some 500,000 visits. A file is read whole."""


@dataclass(frozen=True)
class Line:
    """A row that somebody filled in. row: as the file counts, from 1. cells: texts of the columns that the file has, empty ones as ""."""

    file: str
    sha256: str
    sheet: str
    row: int
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        return f"{self.file}, {f'sheet {self.sheet}, ' if self.sheet else ''}row {self.row}"


def lines_under(path: Path, headers: Headers, needed: Sequence[str]) -> list[Line]:
    """The rows below the header of every sheet that has one, blank rows and repetitions of the header left out.

    Raises BadVerdicts for a file that is not there or not read, for one in which no row names every needed column, and for a row
    with more filled cells than the header has: it is shifted.
    """
    sha256, sheets = _sheets(path, headers)
    found = {name: _header_among(rows[:SEARCH_DEPTH], headers) for name, rows in sheets.items()}
    tables = {name: header for name, header in found.items() if all(column in header[1] for column in needed)}
    if not tables:
        raise BadVerdicts(_what_is_missing(path, found, headers, needed))
    lines = []
    for sheet, (at, columns) in tables.items():
        rows, width = sheets[sheet], len(sheets[sheet][at])
        texts = {
            name: trimmed(pl.Series([_cell(row, i) for row in rows], dtype=pl.String)).fill_null("")
            for name, i in columns.items()
        }
        for n in range(at + 1, len(rows)):
            cells = {name: column[n] for name, column in texts.items()}
            if any(cell.strip() for cell in rows[n][width:]):
                raise BadVerdicts(
                    f"{Line(path.name, sha256, sheet, n + 1, {}).place}: the row has more cells than the header, so that its cells may be "
                    f"shifted. Expected {width}. Put a cell that holds a comma between quotes. {_NOTHING}"
                )
            if any(cells.values()) and rows[n] != rows[at]:  # files put one behind the other repeat it
                lines.append(Line(path.name, sha256, sheet, n + 1, cells))
    return lines


def _sheets(path: Path, headers: Headers) -> tuple[str, dict[str, list[list[str]]]]:
    """The file's hash, and the rows of its sheets by their names; a text file is one sheet without a name."""
    if not path.is_file():
        raise BadVerdicts(f"No file {path}. Name a CSV file or a workbook that was filled in.")
    try:
        state = state_of(path)
        if state.size > _LARGEST:
            raise BadVerdicts(f"{path.name} has {state.size:,} bytes. Expected at most {_LARGEST:,}: divide it. {_NOTHING}")
        sha256, (source, _, found) = sha256_of(path), opened(path, _LARGEST)
        if sheets := _read(source, found, headers):
            assure_unchanged(path, state, sha256[:FILE_ID_LENGTH])
            return sha256, sheets
        why = remark(found.value)
    except FileChanged as changed:
        raise BadVerdicts(f"{changed} Close it where it is open and bring it again. {_NOTHING}") from changed
    except (BadArchive, BadWorkbook) as bad:
        why = bad.why
    except OSError as error:
        why = remark("unreadable_file", why=error.strerror or error)
    raise BadVerdicts(f"{path.name} is not read: {why.en}. Expected a CSV file or a workbook (.xlsx). {_advice(why)} {_NOTHING}")


def _read(path: Source, found: Format, headers: Headers) -> dict[str, list[list[str]]]:
    """Rows by sheet; none of a file that is neither text nor a workbook."""
    if found is Format.TEXT:
        delimiter = delimiter_of(path, SEARCH_DEPTH, lambda rows: len(_header_among(rows, headers)[1]))
        return {"": list(read_rows(path, delimiter))}
    names = [sheet.name for sheet in survey_workbook(path, rows=1).sheets] if found in SUFFIXES else []
    return {name: list(_sheet_rows(path, name)) for name in names}


def _advice(why: Remark) -> str:
    return "Fill it in and save it first." if why.code == "empty_file" else "Save it as .xlsx or .csv, without a password."


def _sheet_rows(path: Source, name: str) -> Iterator[list[str]]:
    for cells in read_sheet(path, name).iter_rows():
        yield ["" if cell is None else cell for cell in cells]


def _cell(row: Sequence[str], i: int) -> str:
    return row[i] if i < len(row) else ""


def _header_among(rows: Sequence[Sequence[str]], headers: Headers) -> tuple[int, dict[str, int]]:
    """Where the header stands, and each column's place in it: the row that names most columns. Of a column named twice the first counts."""
    known = {plain_header(header).lower(): name for name, named in headers.items() for header in named}
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(rows):
        columns: dict[str, int] = {}
        for i, header in enumerate(row):
            if (name := known.get(plain_header(header).lower())) is not None:
                columns.setdefault(name, i)
        if len(columns) > len(best[1]):
            best = at, columns
    return best


def _what_is_missing(path: Path, found: Mapping[str, tuple[int, dict[str, int]]], headers: Headers, needed: Sequence[str]) -> str:
    sheet, (_, columns) = max(found.items(), key=lambda item: len(item[1][1]), default=("", (0, {})))
    expected = f"Expected {'、'.join(headers[name][0] for name in needed)} in one of the first {SEARCH_DEPTH} rows. {_NOTHING}"
    if not columns:
        where = f"; its sheets: {'、'.join(found)}" if "" not in found else ""
        return f"{path.name} has no header of such a table{where}. {expected}"
    missing = next(name for name in needed if name not in columns)
    where = f"{path.name}, sheet {sheet}" if sheet else path.name
    return f"{where}: the column {headers[missing][0]} ({missing}) is missing. {expected}"
