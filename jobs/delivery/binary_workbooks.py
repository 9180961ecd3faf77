"""Binary workbooks (.xlsb): their cells, with what a reader of the sheet sees beside the values.

A part is a chain of records: kind and length in groups of seven bits, then the content ([MS-XLSB], 2.1.4).
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

import polars as pl
import xlrd

from jobs.delivery.number_formats import NumberFormat, formats_by_style, stored_as
from jobs.delivery.sheet_cells import MOST_COLUMNS, Found, TooLarge, found_cells

BOOK = "xl/workbook.bin"
_LINKS, _STRINGS, _STYLE_PART = "xl/_rels/workbook.bin.rels", "xl/sharedStrings.bin", "xl/styles.bin"
_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = range(8)
_OF_FORMULAS = {8: _TEXT, 9: _REAL, 10: _BOOL, 11: _ERROR}
_RICH_TEXT = 62
_SHORT = range(12, 19)
"""Cells that stand right behind another one and say no column; else they are those of 11 less, which calamine does not know."""
_FORMAT, _STYLE, _STYLES_BEGIN, _STYLES_END, _PROPERTIES, _SHEET, _MERGED, _STRING = 44, 47, 617, 618, 153, 156, 176, 19
_CELLS = frozenset({_RICH_TEXT, *range(_BLANK, _SHORT.stop)})
_COLUMNS, _HIDDEN_COLUMNS = 60, 0x1
"""A range of columns, and the bit of its byte at 16."""
_HIDDEN = 0x10
"""Bit of the byte at 11 of a row."""


@dataclass
class Table:
    """A sheet. `cells`: row, column and text; `styled`: of those under formats row, column, style and value; `merged`: as of `Found`."""

    hidden_rows: int = 0
    cells: list[tuple[int, int, str]] = field(default_factory=list)
    styled: list[tuple[int, int, int, str | None]] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def frame(self, rows: int | None = None) -> pl.DataFrame:
        """The first rows as text columns c0, c1, …; row 0 is the sheet's first row."""
        cells = [cell for cell in self.cells if rows is None or cell[0] < rows]
        height = max((row for row, _, _ in cells), default=-1) + 1
        width = max((column for _, column, _ in cells), default=-1) + 1
        columns: list[list[str | None]] = [[None] * height for _ in range(width)]
        for row, column, text in cells:
            columns[column][row] = text
        return pl.DataFrame({f"c{i}": pl.Series(texts, dtype=pl.String) for i, texts in enumerate(columns)})

    @property
    def found(self) -> Found:
        return Found(found_cells(self.styled), self.merged)


@dataclass(frozen=True)
class Book:
    """`sheets`: part by sheet, in the workbook's order; `strings`: texts that cells share."""

    sheets: dict[str, str]
    hidden: frozenset[str]
    formats: dict[int, NumberFormat]
    strings: list[str]
    is_1904: bool


def read_book(archive: zipfile.ZipFile) -> Book:
    """Raises KeyError, IndexError or ParseError for a damaged one."""
    parts = {
        link.get("Id", ""): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        for link in ElementTree.fromstring(archive.read(_LINKS))
    }
    sheets, hidden, is_1904 = {}, set(), False
    for kind, record in _records(archive.read(BOOK)):
        if kind == _PROPERTIES:
            is_1904 = bool(record[0] & 1)
        elif kind == _SHEET:
            link, after = _text(record, 8)
            name, _ = _text(record, after)
            sheets[name] = parts[link]
            if record[:4] != bytes(4):
                hidden.add(name)
    return Book(sheets, frozenset(hidden), _formats(archive), _strings(archive), is_1904)


def read_table(archive: zipfile.ZipFile, book: Book, name: str, largest_sheet: int) -> Table:
    """Raises TooLarge, and IndexError or struct.error for a damaged sheet."""
    table = Table()
    row = height = width = 0
    column = -1
    for kind, record in _records(archive.read(book.sheets[name])):
        if kind == _ROW:
            (row,), column = struct.unpack_from("<I", record), -1
            table.hidden_rows += bool(record[11] & _HIDDEN)
        elif kind in _CELLS:
            is_short = kind in _SHORT
            column = column + 1 if is_short else int.from_bytes(record[:4], "little")
            style, value = record[0 if is_short else 4 :][:3], record[4 if is_short else 8 :]
            kind = kind - _SHORT.start + 1 if is_short else _OF_FORMULAS.get(kind, kind)
            if text := _said(kind, value, book.strings):
                height, width = max(height, row + 1), max(width, column + 1)
                if height * width > largest_sheet or width > MOST_COLUMNS:  # rows may stand in any order
                    raise TooLarge
                table.cells.append((row, column, text))
                form = book.formats.get(number := int.from_bytes(style, "little"))
                if form and kind in (_RK, _REAL) and form.tells(read := _number(kind, value)):
                    table.styled.append((row, column, number, repr(read)))
                elif form and kind in (_SHARED, _TEXT, _RICH_TEXT) and any(form.around_text):
                    table.styled.append((row, column, number, None))
        elif kind == _COLUMNS and record[16] & _HIDDEN_COLUMNS:
            left, right = struct.unpack_from("<2I", record)
            table.hidden_columns.append((left, right))
        elif kind == _MERGED:
            top, bottom, left, _ = struct.unpack_from("<4I", record)
            if top != bottom:
                table.merged.append((left, top, bottom))
    return table


def _said(kind: int, value: bytes, strings: list[str]) -> str:
    """The stored value as a text; empty where there is none."""
    if kind in (_RK, _REAL):
        return stored_as(repr(_number(kind, value)))
    if kind == _SHARED:
        return strings[int.from_bytes(value[:4], "little")]
    if kind in (_TEXT, _RICH_TEXT):
        return _text(value, kind == _RICH_TEXT)[0]
    if kind == _BOOL:
        return "true" if value[0] else "false"
    return str(xlrd.error_text_from_code.get(value[0], "#N/A")) if kind == _ERROR else ""


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if _STRINGS not in archive.namelist():
        return []
    return [_text(record, 1)[0] for kind, record in _records(archive.read(_STRINGS)) if kind == _STRING]


def _formats(archive: zipfile.ZipFile) -> dict[int, NumberFormat]:
    """Formats that change what a number says, by style."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_style = False
    for kind, record in _records(archive.read(_STYLE_PART)):
        if kind == _FORMAT:
            codes[int.from_bytes(record[:2], "little")], _ = _text(record, 2)
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            is_style = kind == _STYLES_BEGIN
        elif kind == _STYLE and is_style:
            styles.append(int.from_bytes(record[2:4], "little"))
    return formats_by_style(codes, styles)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(content):
        kind, at = _counted(content, at, 2)
        length, at = _counted(content, at, 4)
        if at + length > len(content):
            raise IndexError("a record is cut off")
        yield kind, content[at : at + length]
        at += length


def _counted(content: bytes, at: int, most: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and where it ends."""
    number = 0
    for place in range(most):
        group = content[at + place]
        number |= (group & 0x7F) << 7 * place
        if group < 0x80:
            break
    return number, at + place + 1


def _text(record: bytes, at: int) -> tuple[str, int]:
    """A text after the number of its characters, and where it ends."""
    length = int.from_bytes(record[at : at + 4], "little")
    end = at + 4 + 2 * length
    return record[at + 4 : end].decode("utf-16-le"), end


def _number(kind: int, value: bytes) -> float:
    if kind == _REAL:
        return float(struct.unpack_from("<d", value)[0])
    # 30 bits of a whole number or of the upper half of a float; the two lowest say which, and whether it is in hundredths.
    (packed,) = struct.unpack_from("<i", value)
    number = float(packed >> 2) if packed & 2 else float(struct.unpack("<d", struct.pack("<ii", 0, packed & ~3))[0])
    return number / 100 if packed & 1 else number
