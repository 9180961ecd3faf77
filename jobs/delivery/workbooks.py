"""Workbooks: what their archive holds, looked at before anything opens it, and the rows of a sheet as text cells."""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import polars as pl

from jobs.delivery.remarks import Remark, remark

LARGEST_BOOK = 2 << 30
"""Bytes that a workbook's archive may unpack to."""
LARGEST_SHEET = 64 << 20
"""Cells in the rectangle of a sheet: calamine keeps 32 bytes for each, filled or not."""
_MOST_COLUMNS = 16_384
_BLOCK = 4 * 1024 * 1024
_LONGEST_INDEX = 64 * 1024 * 1024
_ONE_SPELLING = bytes.maketrans(b"\t\r\n'", b'   "')  # XML parts attributes by any blank and quotes them either way
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\bhidden="(?:1|true)"')
_STRINGS = re.compile(rb'<(?:\w+:)?sst [^>]*?\buniqueCount="(\d+)')
# All rows that a sheet can have are within the limit up to column 61, BI. A cell farther to the right or farther down, or one
# that does not say at once where it stands, asks for a closer look.
_ODD_CELL = re.compile(rb'<c(?! r="(?:[A-Z]|A[A-Z]|B[A-I])(?:\d{1,6}|10[0-4]\d{4})")[ >]')
_FILLED_CELL = re.compile(rb' r="([A-Za-z]+)(\d+)"[^>]*(?<!/)>(?!</)')
_UNPLACED_CELL = re.compile(rb"<c(?:>| (?![^>]*\br=)[^>]*(?<!/)>)")
_ROW_NUMBER = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')


class BadWorkbook(Exception):
    """A workbook that is not read, and why."""

    def __init__(self, why: Remark) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True)
class Sheet:
    """A sheet, its first rows and what a reader of it should know. `hidden_rows`: they are read like any others."""

    name: str
    head: list[tuple[str | None, ...]]
    is_hidden: bool
    hidden_rows: int


@dataclass(frozen=True)
class Workbook:
    """`is_1904`: its days are counted from 1904, not from 1900."""

    sheets: tuple[Sheet, ...]
    is_1904: bool


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def survey_workbook(path: Path, rows: int, largest_book: int = LARGEST_BOOK, largest_sheet: int = LARGEST_SHEET) -> Workbook:
    """The sheets, each with its first `rows` rows. Raises BadWorkbook when it is damaged or would fill the memory."""
    with _only_bad_workbook(), zipfile.ZipFile(path) as archive:
        hidden_rows = _hidden_rows(archive, largest_book, largest_sheet)
        parts, hidden_sheets, is_1904 = _index(archive)
        book = _opened(path)
        sheets = tuple(
            Sheet(name, _cells(book, name, rows).rows(), name in hidden_sheets, hidden_rows.get(parts.get(name, ""), 0))
            for name in book.sheet_names
        )
    return Workbook(sheets, is_1904)


def read_sheet(path: Path, name: str) -> pl.DataFrame:
    """A sheet's cells as text columns c0, c1, … without the empty ones; row 0 is the sheet's first row."""
    frame = _cells(_opened(path), name)
    return frame.select(cells for cells in frame if cells.null_count() < len(cells))


def _cells(book: fastexcel.ExcelReader, name: str, rows: int | None = None) -> pl.DataFrame:
    # Eager: without it fastexcel keeps all cells twice.
    frame = pl.from_arrow(book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string", eager=True))
    assert isinstance(frame, pl.DataFrame)
    return frame.rename({old: f"c{i}" for i, old in enumerate(frame.columns)})


def _opened(path: Path) -> fastexcel.ExcelReader:
    """By its bytes where the suffix would mislead calamine, which believes it."""
    return fastexcel.read_excel(path if path.suffix.lower() == ".xlsx" else path.read_bytes())


@contextmanager
def _only_bad_workbook() -> Iterator[None]:
    """Broken bytes make zipfile, zlib and expat raise a dozen things, and calamine panic, which is no Exception."""
    try:
        yield
    except (BadWorkbook, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise BadWorkbook(remark("damaged_workbook", why=(str(error).splitlines() or [type(error).__name__])[0][:80])) from error


def _hidden_rows(archive: zipfile.ZipFile, largest_book: int, largest_sheet: int) -> dict[str, int]:
    """Hidden rows by part. Unpacks everything once, a block at a time: what the archive states of its sizes may be wrong."""
    hidden_rows: dict[str, int] = {}
    unpacked = 0
    for entry in archive.infolist():
        found, is_odd = 0, False
        for block in _blocks(archive, entry):
            unpacked += len(block)
            if unpacked > largest_book:
                raise BadWorkbook(remark("unpacks_too_large", limit=f"{largest_book:,}"))
            found += len(_HIDDEN_ROW.findall(block)) if b"hidden=" in block else 0
            is_odd = is_odd or b":c " in block or _ODD_CELL.search(block) is not None
            if b"uniqueCount" in block and (strings := _STRINGS.search(block)) and int(strings[1]) > largest_sheet:
                raise BadWorkbook(remark("damaged_workbook", why=f"states {int(strings[1]):,} texts"))  # calamine makes room
        rows, columns = _extent(archive, entry) if is_odd else (0, 0)
        if rows * columns > largest_sheet or columns > _MOST_COLUMNS:
            raise BadWorkbook(remark("far_cells", limit=f"{largest_sheet:,}"))
        hidden_rows[_plain_name(entry.filename)] = found
    return hidden_rows


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column that hold something. Formats alone, which often fill a sheet, do not count."""
    rows = columns = begun = 0
    for block in _blocks(archive, entry):
        begun += block.count(b"<row")
        if filled := _FILLED_CELL.findall(block):
            letters, digits = (set(part) for part in zip(*filled, strict=True))
            rows = max(rows, *map(int, digits))
            columns = max(columns, *map(_column, letters))
        if _UNPLACED_CELL.search(block):
            rows = max(rows, begun, *map(int, _ROW_NUMBER.findall(block)))
            columns = max(columns, *(len(_UNPLACED_CELL.findall(row)) for row in block.split(b"<row")))
    return rows, columns


@cache
def _column(letters: bytes) -> int:
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters.upper(), 0)


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes in blocks that tear no tag, and no cell."""
    rest = b""
    with archive.open(entry) as stream:
        while block := stream.read(_BLOCK):
            block = rest + block.translate(_ONE_SPELLING)
            end = max(block.rfind(b"<c "), 0) or max(block.rfind(b"<"), 0) or len(block)
            yield block[:end]
            rest = block[end:]
    yield rest


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _index(archive: zipfile.ZipFile) -> tuple[dict[str, str], set[str], bool]:
    """The part that holds each sheet, which sheets are hidden, and whether days are counted from 1904."""
    names = {_plain_name(name): name for name in archive.namelist()}

    def tree(name: str) -> ElementTree.Element:
        with archive.open(names[name]) as stream:
            return ElementTree.fromstring(stream.read(_LONGEST_INDEX))

    book = tree("xl/workbook.xml")
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")) for link in tree("xl/_rels/workbook.xml.rels")}
    parts, hidden = {}, set()
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        name = sheet.get("name", "")
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        parts[name] = _plain_name(targets.get(link, ""))
        if sheet.get("state", "visible") != "visible":
            hidden.add(name)
    properties = book.find("{*}workbookPr")
    return parts, hidden, properties is not None and properties.get("date1904") in ("1", "true")
