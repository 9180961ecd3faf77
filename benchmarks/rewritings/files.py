"""A delivery as tables of texts whose meaning is known: read from a folder, rewritten, and written to another in any form."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby, zip_longest
from pathlib import Path, PurePath

import openpyxl
import xlsxwriter

from benchmarks.rewritings.other_books import archive_of, database, old_workbook, open_document
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Field, Kind, plain_header
from simulation.delivery_files import MANIFEST, MANIFEST_HEADER

Row = tuple[str, ...]
"""Texts of a row in the order of the columns; an empty cell is the empty text."""
Value = str | int | float | date
Shown = tuple[Value, str]
"""What a cell of a workbook holds, and its number format."""
_END = re.compile(r"^(合计|注[:：])")


@dataclass(frozen=True)
class Column:
    """A column of a file: what stands at its head, and which field of the contract it is; none for one of its own."""

    header: str
    field: Field | None = None


@dataclass(frozen=True)
class Sheet:
    """A table: rows to read, and around them rows that are none. `groups` stands above the header, a text a column."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    above: tuple[Row, ...] = ()
    groups: Row = ()
    below: tuple[Row, ...] = ()

    @property
    def lines(self) -> list[Row]:
        head = [self.groups] if self.groups else []
        return [*self.above, *head, tuple(column.header for column in self.columns), *self.rows, *self.below]


@dataclass(frozen=True)
class Text:
    """A text file: how its lines and cells are written."""

    encoding: str = "utf-8"
    separator: str = ","
    newline: str = "\n"
    is_quoted: bool = False
    suffix: str = ".csv"
    cell: Callable[[str], str] = str
    row: Callable[[Row], Row] = tuple


@dataclass(frozen=True)
class Book:
    """A workbook: how cells of each kind are held and shown, and which columns are merged over equal cells of a household."""

    shown: Mapping[Kind, Callable[[str], Shown | None]] = field(default_factory=dict)
    merged: bool = False
    in_line: bool = False
    extra_sheets: Callable[[xlsxwriter.Workbook], None] | None = None
    is_reversed: bool = False
    suffix: str = ".xlsx"


@dataclass(frozen=True)
class File:
    """A file of a delivery with its line of the manifest; `name` is without the suffix, which comes with the form."""

    name: str
    data_set: str
    office: str
    area: str
    day: str
    sheets: tuple[Sheet, ...]
    form: Text | Book = field(default_factory=Text)

    @property
    def claimed(self) -> int:
        """Rows with a cell of the contract's in them: blank and numbered template rows are none. Totals stand below."""
        return sum(
            any(cell and column.field for cell, column in zip(row, sheet.columns, strict=False))
            for sheet in self.sheets
            for row in sheet.rows
        )


@dataclass(frozen=True)
class Manifest:
    """How the manifest is written."""

    form: Text = field(default_factory=Text)
    line: Callable[[Row], Row] = tuple
    is_reversed: bool = False


@dataclass(frozen=True)
class Delivery:
    """All files, and the manner of the manifest."""

    files: tuple[File, ...]
    manifest: Manifest = field(default_factory=Manifest)

    def each(self, rewrite: Callable[[File], File]) -> Delivery:
        return replace(self, files=tuple(rewrite(file) for file in self.files))


def read_delivery(folder: Path) -> Delivery:
    """A simulated delivery, every file as plain text under the primary headers, days as 2017-01-05 and months as 2017-01."""
    with (folder / MANIFEST).open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    files = []
    for line in lines:
        path = folder / line["文件名"]
        sheet = _read_book(path, line["数据集"]) if path.suffix == ".xlsx" else _read_text(path, line["数据集"])
        stem = str(Path(line["文件名"]).with_suffix(""))
        files.append(File(stem, line["数据集"], line["报送单位"], line["行政区划代码"], line["数据截止日期"], (sheet,)))
    return Delivery(tuple(files))


def shortened(delivery: Delivery, rows: int) -> Delivery:
    """The first rows of every sheet."""
    return delivery.each(lambda f: replace(f, sheets=tuple(replace(sheet, rows=sheet.rows[:rows]) for sheet in f.sheets)))


def _read_text(path: Path, code: str) -> Sheet:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    head, _, _ = text.partition("\n")
    return _sheet(code, list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head else ",")))


def _read_book(path: Path, code: str) -> Sheet:
    book = openpyxl.load_workbook(path, read_only=True)
    cells = [tuple("" if cell is None else str(cell) for cell in row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return _sheet(code, cells)


def _sheet(code: str, lines: Sequence[Sequence[str]]) -> Sheet:
    data_set = DATA_SETS[code]
    at = next(i for i, line in enumerate(lines) if sum(plain_header(cell) in data_set.headers for cell in line) > len(line) / 2)
    fields = [data_set[data_set.headers[plain_header(cell)]] for cell in lines[at]]
    rows = [
        tuple(_plain(f, cell) for f, cell in zip_longest(fields, line, fillvalue="") if isinstance(f, Field))
        for line in lines[at + 1 :]
        if not _END.match(line[0])
    ]
    return Sheet("Sheet1", tuple(Column(f.header, f) for f in fields), tuple(rows))


def _plain(f: Field, cell: str) -> str:
    if cell and f.kind in (Kind.DATE, Kind.MONTH):
        parts = re.findall(r"\d+", cell)
        compact = parts[0] if len(parts) == 1 else "".join(part.zfill(2) for part in parts)
        return "-".join(filter(None, (compact[:4], compact[4:6], compact[6:8])))
    return cell


def write_delivery(delivery: Delivery, folder: Path) -> Path:
    """Writes the files, each in its form, and the manifest that fits them."""
    lines = []
    for file in delivery.files:
        path = folder / f"{file.name}{file.form.suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file.form, Text):
            path.write_bytes(as_text(file.form, [line for sheet in file.sheets for line in sheet.lines]))
        else:
            _write_book(path, file, file.form)
        if path.suffix == ".zip":
            path.write_bytes(archive_of({PurePath(file.name).name: path.read_bytes()}))
        name, digest = path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append((name, file.data_set, file.office, file.area, file.day, str(file.claimed), digest))
    manner = delivery.manifest
    ordered = lines[::-1] if manner.is_reversed else lines
    (folder / MANIFEST).write_bytes(as_text(manner.form, [MANIFEST_HEADER, *map(manner.line, ordered)]))
    return folder


def as_text(form: Text, lines: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if form.is_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=form.separator, lineterminator=form.newline, quoting=quoting)
    writer.writerows(form.row(tuple(form.cell(cell) for cell in line)) for line in lines)
    return text.getvalue().encode(form.encoding)


_OTHER_BOOKS = {".dbf": database, ".xls": old_workbook, ".et": old_workbook, ".ods": open_document}


def _write_book(path: Path, file: File, form: Book) -> None:
    if write := _OTHER_BOOKS.get(form.suffix):
        path.write_bytes(write({sheet.name: sheet.lines for sheet in file.sheets}))
        return
    options = {
        "constant_memory": form.in_line,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": datetime(2018, 1, 8)})
        formats: dict[str, object] = {}
        if form.extra_sheets:
            form.extra_sheets(book)
        for sheet in file.sheets[::-1] if form.is_reversed else file.sheets:
            page = book.add_worksheet(sheet.name)
            first = len(sheet.lines) - len(sheet.below) - len(sheet.rows)
            for r, line in enumerate(sheet.lines):
                is_data = first <= r < first + len(sheet.rows)
                for c, cell in enumerate(line):
                    f = sheet.columns[c].field if is_data and c < len(sheet.columns) else None
                    shown = form.shown[f.kind](cell) if f and f.kind in form.shown else None
                    if shown is not None:
                        value, number_format = shown
                        if number_format not in formats:
                            formats[number_format] = book.add_format({"num_format": number_format} if number_format else {})
                        page.write(r, c, value, formats[number_format])
                    elif cell:
                        page.write_string(r, c, cell)
            if form.merged:
                _merge_households(page, sheet, first)


def _merge_households(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, first: int) -> None:
    """Merges the cells of a household's columns over its rows, where they are equal and stand one below another."""
    names = [column.field.name if column.field else "" for column in sheet.columns]
    if "household_no" not in names or "head_name" not in names:
        return
    key, last = names.index("household_no"), names.index("head_id") if "head_id" in names else names.index("head_name")
    shared = [c for c, name in enumerate(names) if name and c <= max(key, last)]
    start = 0
    for _, group in groupby(sheet.rows, key=lambda row: tuple(row[c] for c in shared)):
        count = len(list(group))
        for c in shared if count > 1 else ():
            page.merge_range(first + start, c, first + start + count - 1, c, sheet.rows[start][c])
        start += count
