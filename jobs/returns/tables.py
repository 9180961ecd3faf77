"""Files that people fill in, read by the code that reads deliveries: the rows under the header that names the wanted columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from jobs.delivery.workbooks import LARGEST_SHEET, PASSWORD, BadWorkbook, read_sheet, sha256_of, survey_workbook
from jobs.runtime.errors import BadVerdicts

Headers = Mapping[str, tuple[str, ...]]
"""Columns and the headers that name them, the first as people are told it; what stands in brackets behind a header is noise."""
_NOTHING = "Nothing was taken in."
_LARGEST = 64 << 20
"""Bytes: verdicts of some 500,000 visits. A file is read whole."""


@dataclass(frozen=True)
class Line:
    """A row that somebody filled in. row: as the file counts, from 1. cells: texts of the columns that the file has, empty ones as "".

    beside: texts under headers that name no column, by header; beyond: of cells behind the last header. merged: columns whose text
    is that of a cell merged over several rows. is_hidden: its sheet is; whoever hands the file in may not know of it.
    """

    file: str
    sha256: str
    sheet: str
    row: int
    cells: Mapping[str, str]
    beside: Mapping[str, str] = field(default_factory=dict)
    beyond: tuple[str, ...] = ()
    merged: frozenset[str] = frozenset()
    is_hidden: bool = False

    @property
    def place(self) -> str:
        return f"{self.file}, {f'sheet {self.sheet}, ' if self.sheet else ''}row {self.row}"


@dataclass(frozen=True)
class Sheet:
    """A sheet as rows of texts; that of a text file has no name. merged: rows and columns, from 0, whose text several rows share."""

    file: str
    sha256: str
    name: str
    rows: list[list[str]]
    merged: frozenset[tuple[int, int]] = frozenset()
    is_hidden: bool = False

    def header(self, headers: Headers) -> tuple[int, dict[str, list[int]]]:
        """Where the header stands, and each column's places in it."""
        return _header_among(self.rows[:SEARCH_DEPTH], headers)

    def lines(self, at: int, columns: Mapping[str, Sequence[int]]) -> list[Line]:
        """The rows below the header at this row, blank ones and repetitions of the header left out."""
        heading, width = self.rows[at], len(self.rows[at])
        texts = [
            trimmed(pl.Series([_cell(row, i) for row in self.rows], dtype=pl.String)).fill_null("").to_list()
            for i in range(width)
        ]
        named = {i for places in columns.values() for i in places}
        lines = []
        for n in range(at + 1, len(self.rows)):
            if self.rows[n] == heading:  # files put one behind the other repeat it
                continue
            cells = {
                name: " ".join(dict.fromkeys(texts[i][n] for i in places if texts[i][n])) for name, places in columns.items()
            }
            beside: dict[str, str] = {}
            for i in range(width):
                if i not in named and texts[i][n]:
                    beside[heading[i]] = " ".join(filter(None, (beside.get(heading[i]), texts[i][n])))
            beyond = tuple(cell for cell in self.rows[n][width:] if cell.strip())
            if any(cells.values()) or beside or beyond:
                filled = frozenset(name for name, places in columns.items() if any((n, i) in self.merged for i in places))
                lines.append(Line(self.file, self.sha256, self.name, n + 1, cells, beside, beyond, filled, self.is_hidden))
        return lines


def lines_under(path: Path, headers: Headers, needed: Sequence[str]) -> list[Line]:
    """The rows below the header of every sheet that has one, blank rows and repetitions of the header left out.

    Raises BadVerdicts for a file that is not there or not read, for one in which no row names every needed column, for a row
    with more filled cells than the header has: it is shifted, and for a filled row of a hidden sheet: most often an old copy.
    """
    sheets = sheets_of(path, headers)
    found = {sheet.name: sheet.header(headers) for sheet in sheets}
    if not any(all(column in header[1] for column in needed) for header in found.values()):
        raise BadVerdicts(_what_is_missing(path, found, headers, needed))
    lines = []
    for sheet in sheets:
        at, columns = found[sheet.name]
        if not all(column in columns for column in needed):
            continue
        for line in sheet.lines(at, columns):
            if line.is_hidden:
                raise BadVerdicts(f"{line.place}: the sheet is hidden. Show it where its rows count, or delete it. {_NOTHING}")
            if line.beyond:
                raise BadVerdicts(
                    f"{line.place}: the row has more cells than the header, so that its cells may be "
                    f"shifted. Expected {len(sheet.rows[at])}. Put a cell that holds a comma between quotes. {_NOTHING}"
                )
            if any(line.cells.values()):
                lines.append(line)
    return lines


def sheets_of(path: Path, headers: Headers) -> list[Sheet]:
    """The sheets of a file, whatever it is. Raises BadVerdicts for one that is not there or not read. headers: by which columns of a
    text file are told, and below which merged cells count for each of their rows."""
    if not path.is_file():
        raise BadVerdicts(f"No file {path}. Name a CSV file or a workbook that was filled in.")
    try:
        state = state_of(path)
        if state.size > _LARGEST:
            raise BadVerdicts(f"{path.name} has {state.size:,} bytes. Expected at most {_LARGEST:,}: divide it. {_NOTHING}")
        sha256, (source, _, found) = sha256_of(path), opened(path, _LARGEST)
        if sheets := _read(source, found, headers):
            assure_unchanged(path, state, sha256[:FILE_ID_LENGTH])
            return [Sheet(path.name, sha256, name, rows, filled, is_hidden) for name, (rows, filled, is_hidden) in sheets.items()]
        why = remark(found.value)
    except FileChanged as changed:
        raise BadVerdicts(f"{changed} Close it where it is open and bring it again. {_NOTHING}") from changed
    except (BadArchive, BadWorkbook) as bad:
        why = bad.why
    except OSError as error:
        why = remark("unreadable_file", why=error.strerror or error)
    raise BadVerdicts(f"{path.name} is not read: {why.en}. Expected a CSV file or a workbook (.xlsx). {_advice(why)} {_NOTHING}")


_Rows = tuple[list[list[str]], frozenset[tuple[int, int]], bool]
"""Rows, merged cells, and whether the sheet is hidden."""


def _read(path: Source, found: Format, headers: Headers) -> dict[str, _Rows]:
    """Rows by sheet; none of a file that is neither text nor a workbook."""
    if found is Format.TEXT:
        delimiter = delimiter_of(path, SEARCH_DEPTH, lambda rows: len(_header_among(rows, headers)[1]))
        return {"": (list(read_rows(path, delimiter)), frozenset(), False)}
    sheets = survey_workbook(path, rows=1).sheets if found in SUFFIXES else ()
    return {sheet.name: (*_sheet_rows(path, sheet.name, headers), sheet.is_hidden) for sheet in sheets}


def _sheet_rows(path: Source, name: str, headers: Headers) -> tuple[list[list[str]], frozenset[tuple[int, int]]]:
    """The rows, a merged cell counted for each of its rows below the header, and which cells are of such a one."""
    own = read_sheet(path, name, header_at=LARGEST_SHEET)  # no row is below that
    at = _header_among([_texts(row) for row in own.head(SEARCH_DEPTH).iter_rows()], headers)[0]
    shared = read_sheet(path, name, header_at=at)
    merged = set()
    for column, (before, after) in enumerate(zip(own, shared, strict=True)):
        for row in (before.is_null() & after.is_not_null()).arg_true():
            first = before.head(row).is_not_null().arg_true()[-1]  # whose text it is
            merged |= {(row, column), (first, column)}
    return [_texts(row) for row in shared.iter_rows()], frozenset(merged)


def _texts(cells: Sequence[str | None]) -> list[str]:
    """A cell that holds a day has no time of day in it for whoever filled it in."""
    return ["" if cell is None else cell.removesuffix(" 00:00:00") for cell in cells]


def _advice(why: Remark) -> str:
    if why.code in ("locked_workbook", "wrong_password"):
        return f"Set {PASSWORD} to the password of the edition that it comes from, or save it without one."
    return "Fill it in and save it first." if why.code == "empty_file" else "Save it as .xlsx or .csv, without a password."


def _cell(row: Sequence[str], i: int) -> str:
    return row[i] if i < len(row) else ""


def _header_among(rows: Sequence[Sequence[str]], headers: Headers) -> tuple[int, dict[str, list[int]]]:
    """Where the header stands, and each column's places in it: the row that names most columns."""
    known = {plain_header(header).lower(): name for name, named in headers.items() for header in named}
    best: tuple[int, dict[str, list[int]]] = (0, {})
    for at, row in enumerate(rows):
        columns: dict[str, list[int]] = {}
        for i, header in enumerate(row):
            if (name := known.get(plain_header(header).lower())) is not None:
                columns.setdefault(name, []).append(i)
        if len(columns) > len(best[1]):
            best = at, columns
    return best


def _what_is_missing(
    path: Path, found: Mapping[str, tuple[int, dict[str, list[int]]]], headers: Headers, needed: Sequence[str]
) -> str:
    sheet, (_, columns) = max(found.items(), key=lambda item: len(item[1][1]), default=("", (0, {})))
    expected = f"Expected {'、'.join(headers[name][0] for name in needed)} in one of the first {SEARCH_DEPTH} rows. {_NOTHING}"
    if not columns:
        where = f"; its sheets: {'、'.join(found)}" if "" not in found else ""
        return f"{path.name} has no header of such a table{where}. {expected}"
    missing = next(name for name in needed if name not in columns)
    where = f"{path.name}, sheet {sheet}" if sheet else path.name
    return f"{where}: the column {headers[missing][0]} ({missing}) is missing. {expected}"
