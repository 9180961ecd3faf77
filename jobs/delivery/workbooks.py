"""Workbooks: what their archive holds, looked at before anything opens it, and the rows of a sheet as text cells."""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import fastexcel
import msoffcrypto
import polars as pl

from jobs.delivery import binary_workbooks, dbase_files, old_workbooks, open_documents
from jobs.delivery.formats import OLE, Source, is_dbase
from jobs.delivery.number_formats import Use
from jobs.delivery.packages import Package, read_package
from jobs.delivery.remarks import Remark, remark
from jobs.delivery.sheet_cells import (
    MOST_COLUMNS,
    NOTHING,
    SHOWN,
    TooLarge,
    column_number,
    laid_over,
    search,
    styled_numbers,
    styled_texts,
    suspects,
)

PASSWORD = "MINGJING_WORKBOOK_PASSWORD"
"""Variable of the environment with the password that departments were asked to protect their workbooks with."""
_NO_PASSWORD = "VelvetSweatshop"
"""What Excel encrypts with where only a sheet or the structure is protected, and what it opens such a file with."""
LARGEST_BOOK = 2 << 30
"""Bytes that a workbook's archive may unpack to."""
LARGEST_SHEET = 64 << 20
"""Cells in the rectangle of a sheet: calamine keeps 32 bytes for each, filled or not."""
_HEAD = 4096
_BLOCK = 4 * 1024 * 1024
_ONE_SPELLING = bytes.maketrans(b"\t\r\n'", b'   "')  # XML parts attributes by any blank and quotes them either way
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\bhidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col [^>]*?\bhidden="(?:1|true)"[^>]*>')
_LEFT, _RIGHT = re.compile(rb'\bmin="(\d+)"'), re.compile(rb'\bmax="(\d+)"')
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
    """A sheet, its first rows and what a reader of it should know.

    `hidden_rows`: they are read like any others. `is_plain`: calamine leaves nothing of it out. `rows`: equal where two sheets of
    a workbook were copied from each other; empty where that is not known. `remarks`: what else is to be said of it.
    `hidden_columns`: their places in a row of the head.
    """

    name: str
    head: list[tuple[str | None, ...]]
    is_hidden: bool
    hidden_rows: int
    is_plain: bool
    rows: bytes = b""
    remarks: tuple[Remark, ...] = ()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Workbook:
    """`is_1904`: its days are counted from 1904, not from 1900."""

    sheets: tuple[Sheet, ...]
    is_1904: bool


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def survey_workbook(path: Source, rows: int, largest_book: int = LARGEST_BOOK, largest_sheet: int = LARGEST_SHEET) -> Workbook:
    """The sheets, each with its first `rows` rows. Raises BadWorkbook when it is damaged or would fill the memory."""
    with _only_bad_workbook():
        content = unlocked(path)
        if _begins(content, is_dbase):
            return _survey_database(_bytes(content), rows)
        if _is_old(content):
            return _survey_old(content, rows)
        with zipfile.ZipFile(content) as archive:
            if _is_open_document(archive):
                return _survey_open_document(content, archive, rows, largest_book, largest_sheet)
            if _is_binary(archive):
                return _survey_binary(archive, rows, largest_book, largest_sheet)
            return _survey_package(content, archive, rows, largest_book, largest_sheet)


def _survey_database(content: bytes, rows: int) -> Workbook:
    """A table without a name. All of it is read: what is marked as deleted may stand anywhere."""
    found = dbase_files.read_database(content)
    remarks = [remark("deleted_records", rows=found.deleted)] if found.deleted else []
    if found.elsewhere:
        remarks.append(remark("memo_cells", columns="、".join(found.elsewhere)))
    return Workbook((Sheet("", found.frame.head(rows).rows(), False, 0, False, remarks=tuple(remarks)),), is_1904=False)


def _survey_old(content: Path | io.BytesIO, rows: int) -> Workbook:
    book = old_workbooks.opened(content)
    sheets = (
        Sheet(
            sheet.name,
            old_workbooks.text_cells(sheet, rows).rows(),
            bool(sheet.visibility),
            old_workbooks.hidden_rows(sheet),
            False,
            hidden_columns=old_workbooks.hidden_columns(sheet),
        )
        for sheet in book.sheets()
    )
    return Workbook(tuple(sheets), bool(book.datemode))


def _survey_package(
    content: Path | io.BytesIO, archive: zipfile.ZipFile, rows: int, largest_book: int, largest_sheet: int
) -> Workbook:
    package = read_package(archive)
    styled = "|".join(filter(None, (styled_numbers(package.formats), styled_texts(package.formats))))
    told = _parts(archive, styled, largest_book, largest_sheet)
    book = fastexcel.read_excel(package.in_usual_names(archive, rows).getvalue())
    sheets = []
    for name in book.sheet_names:
        part = told.get(package.sheets.get(name, ""), _Part())
        head, first = _cells(book, name, rows)
        if first:  # what stands farther to the left may be below
            head, first = _cells(_opened(content, archive, package), name, rows)
        hidden = _within(head, first, part.hidden_columns)
        is_hidden = name in package.hidden
        sheets.append(Sheet(name, head.rows(), is_hidden, part.hidden_rows, part.is_plain, part.rows, hidden_columns=hidden))
    return Workbook(tuple(sheets), package.is_1904)


def _survey_open_document(
    content: Path | io.BytesIO, archive: zipfile.ZipFile, rows: int, largest_book: int, largest_sheet: int
) -> Workbook:
    _parts(archive, "", largest_book, largest_sheet)
    told = open_documents.read_tables(archive, largest_sheet)
    book = fastexcel.read_excel(_bytes(content))
    sheets = []
    for name in book.sheet_names:
        (head, first), table = _cells(book, name, rows), told[name]
        hidden = _within(head, first, table.hidden_columns)
        sheets.append(Sheet(name, head.rows(), table.is_hidden, table.hidden_rows, False, hidden_columns=hidden))
    return Workbook(tuple(sheets), is_1904=False)


def _survey_binary(archive: zipfile.ZipFile, rows: int, largest_book: int, largest_sheet: int) -> Workbook:
    if sum(entry.file_size for entry in archive.infolist()) > largest_book:
        raise BadWorkbook(remark("unpacks_too_large", limit=f"{largest_book:,}"))
    if damaged := archive.testzip():  # what is stated of the sizes may be wrong
        raise BadWorkbook(remark("damaged_workbook", why=damaged[:80]))
    book = binary_workbooks.read_book(archive)
    sheets = []
    for name in book.sheets:
        table = binary_workbooks.read_table(archive, book, name, largest_sheet)
        head = table.frame(rows)
        hidden = _within(head, 0, table.hidden_columns)
        sheets.append(Sheet(name, head.rows(), name in book.hidden, table.hidden_rows, False, hidden_columns=hidden))
    return Workbook(tuple(sheets), book.is_1904)


def _within(head: pl.DataFrame, first: int, ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Of ranges of columns, first and last from A as 0, the places among those of the head; `first` is the number of its first."""
    return frozenset(at for at in range(head.width) if any(left <= at + first <= right for left, right in ranges))


def _is_binary(archive: zipfile.ZipFile) -> bool:
    return binary_workbooks.BOOK in archive.namelist()


def _is_open_document(archive: zipfile.ZipFile) -> bool:
    return open_documents.CONTENT in archive.namelist()


def _bytes(content: Path | io.BytesIO) -> bytes:
    return content.getvalue() if isinstance(content, io.BytesIO) else content.read_bytes()


def read_sheet(path: Source, name: str, header_at: int = -1) -> pl.DataFrame:
    """A sheet's cells as text columns c0, c1, … without the empty ones; row 0 is the sheet's first row. header_at: see `read_cells`."""
    return read_cells(path, name, header_at=header_at).drop(SHOWN)


def read_cells(
    path: Source, name: str, uses: Mapping[int, Use] = MappingProxyType({}), header_at: int = -1, *, is_plain: bool = False
) -> pl.DataFrame:
    """The same with SHOWN behind it: the columns whose cell was read by its number format. Raises BadWorkbook when it is damaged.

    uses: what a column's numbers are read for, days where it is not said. header_at: merged cells below this row count for
    each of their rows. is_plain: the sheet was surveyed, and holds nothing to look at more closely.
    """
    with _only_bad_workbook():
        content = unlocked(path)
        if _begins(content, is_dbase):
            frame, found, formats, is_1904 = dbase_files.read_database(_bytes(content)).frame, NOTHING, {}, False
        elif _is_old(content):
            book = old_workbooks.opened(content)
            sheet, formats, is_1904 = book.sheet_by_name(name), old_workbooks.formats_of(book), bool(book.datemode)
            frame, found = old_workbooks.text_cells(sheet), old_workbooks.beside(sheet, formats)
        else:
            formats, is_1904 = {}, False
            with zipfile.ZipFile(content) as archive:
                if _is_open_document(archive):
                    frame, first = _cells(fastexcel.read_excel(_bytes(content)), name)
                    found = open_documents.read_tables(archive, LARGEST_SHEET)[name].found(uses, first)
                elif _is_binary(archive):
                    binary = binary_workbooks.read_book(archive)
                    formats, is_1904 = binary.formats, binary.is_1904
                    table = binary_workbooks.read_table(archive, binary, name, LARGEST_SHEET)
                    frame, found = table.frame(), table.found
                else:
                    package = read_package(archive)
                    formats, is_1904 = package.formats, package.is_1904
                    frame, first = _cells(_opened(content, archive, package), name)
                    found = NOTHING
                    if not is_plain and package.sheets.get(name):
                        blocks = _blocks(archive, archive.getinfo(package.sheets[name]))
                        found = search(blocks, styled_numbers(formats), styled_texts(formats)).moved(first)
                        frame = frame.select(pl.all().replace("", None))  # what a formula for no text gives
        frame = laid_over(frame, found, formats, uses, header_at, is_1904=is_1904)
        return frame.select(cells for cells in frame if cells.null_count() < len(cells) or cells.name == SHOWN)


def _cells(book: fastexcel.ExcelReader, name: str, rows: int | None = None) -> tuple[pl.DataFrame, int]:
    """The cells, and the number of the first column that holds any: 0 for A."""
    columns: list[int] = []

    def taken(column: fastexcel.ColumnInfoNoDtype) -> bool:
        columns.append(column.absolute_index)
        return True

    # Eager: without it fastexcel keeps all cells twice.
    frame = pl.from_arrow(
        book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string", use_columns=taken, eager=True)
    )
    assert isinstance(frame, pl.DataFrame)
    return frame.rename({old: f"c{i}" for i, old in enumerate(frame.columns)}), min(columns, default=0)


def _is_old(content: Path | io.BytesIO) -> bool:
    return _begins(content, lambda head: head.startswith(OLE))


def _begins(content: Path | io.BytesIO, so: Callable[[bytes], bool]) -> bool:
    if isinstance(content, io.BytesIO):
        return so(bytes(content.getbuffer()[:_HEAD]))
    with content.open("rb") as stream:
        return so(stream.read(_HEAD))


def unlocked(path: Source) -> Path | io.BytesIO:
    """The workbook without its password, if it has one, in memory if it lies in an archive.

    Raises BadWorkbook when the environment names no password, or another.
    """
    content = path if isinstance(path, Path) else io.BytesIO(path.read_bytes())
    if not _is_old(content):  # what is locked is wrapped as old workbooks are
        return content
    with path.open("rb") as stream:
        book = msoffcrypto.OfficeFile(stream)
        if not book.is_encrypted():
            return content
        password = os.environ.get(PASSWORD)
        unlocked = io.BytesIO()
        try:
            book.load_key(password=password or _NO_PASSWORD)
            book.decrypt(unlocked)
        except msoffcrypto.exceptions.InvalidKeyError as error:
            raise BadWorkbook(remark("wrong_password" if password else "locked_workbook")) from error
    return unlocked


def _opened(path: Path | io.BytesIO, archive: zipfile.ZipFile, package: Package) -> fastexcel.ExcelReader:
    """By its bytes where the suffix would mislead calamine, which believes it, or parts are named as it does not expect."""
    if not package.is_usual:
        return fastexcel.read_excel(package.in_usual_names(archive).getvalue())
    if isinstance(path, io.BytesIO):
        return fastexcel.read_excel(path.getvalue())
    return fastexcel.read_excel(path if path.suffix.lower() == ".xlsx" else path.read_bytes())


@contextmanager
def _only_bad_workbook() -> Iterator[None]:
    """Broken bytes make zipfile, zlib and expat raise a dozen things, and calamine panic, which is no Exception."""
    try:
        yield
    except (BadWorkbook, KeyboardInterrupt, SystemExit):
        raise
    except TooLarge as error:
        raise BadWorkbook(remark("far_cells", limit=f"{LARGEST_SHEET:,}")) from error
    except BaseException as error:
        raise BadWorkbook(remark("damaged_workbook", why=(str(error).splitlines() or [type(error).__name__])[0][:80])) from error


@dataclass(frozen=True)
class _Part:
    """What unpacking a part has shown. `is_plain`: it holds nothing that calamine leaves out; `rows`: a digest of its rows."""

    hidden_rows: int = 0
    is_plain: bool = True
    rows: bytes = b""
    hidden_columns: tuple[tuple[int, int], ...] = ()


def _parts(archive: zipfile.ZipFile, styled: str, largest_book: int, largest_sheet: int) -> dict[str, _Part]:
    """What is in each part. Unpacks everything once, a block at a time: what the archive states of its sizes may be wrong."""
    parts: dict[str, _Part] = {}
    unpacked = 0
    for entry in archive.infolist():
        hidden_rows, is_odd, is_plain = 0, False, True
        rows_digest, is_begun = hashlib.blake2b(digest_size=16), False
        columns_hidden: list[tuple[int, int]] = []
        for block in _blocks(archive, entry):
            unpacked += len(block)
            if unpacked > largest_book:
                raise BadWorkbook(remark("unpacks_too_large", limit=f"{largest_book:,}"))
            begin = 0 if is_begun else block.find(b"<sheetData>") + 1
            is_begun = is_begun or begin > 0
            if is_begun:
                rows_digest.update(block[begin:].partition(b"</sheetData>")[0])
            if b"hidden=" in block:
                hidden_rows += len(_HIDDEN_ROW.findall(block))
                columns_hidden += _hidden_columns(block)
            is_odd = is_odd or b":c " in block or _ODD_CELL.search(block) is not None
            is_plain = is_plain and not suspects(block, styled)
            if b"uniqueCount" in block and (strings := _STRINGS.search(block)) and int(strings[1]) > largest_sheet:
                raise BadWorkbook(remark("damaged_workbook", why=f"states {int(strings[1]):,} texts"))  # calamine makes room
        rows, columns = _extent(archive, entry) if is_odd else (0, 0)
        if rows * columns > largest_sheet or columns > MOST_COLUMNS:
            raise BadWorkbook(remark("far_cells", limit=f"{largest_sheet:,}"))
        parts[entry.filename] = _Part(hidden_rows, is_plain, rows_digest.digest() if is_begun else b"", tuple(columns_hidden))
    return parts


def _hidden_columns(block: bytes) -> Iterator[tuple[int, int]]:
    for column in _HIDDEN_COLUMN.findall(block):
        if (left := _LEFT.search(column)) and (right := _RIGHT.search(column)):
            yield int(left[1]) - 1, int(right[1]) - 1


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column that hold something. Formats alone, which often fill a sheet, do not count."""
    rows = columns = begun = 0
    for block in _blocks(archive, entry):
        begun = max(begun + block.count(b"<row"), *map(int, _ROW_NUMBER.findall(block)), 0)
        if filled := _FILLED_CELL.findall(block):
            letters, digits = (set(part) for part in zip(*filled, strict=True))
            rows = max(rows, *map(int, digits))
            columns = max(columns, *map(column_number, letters))
        if _UNPLACED_CELL.search(block):
            rows = max(rows, begun)
            columns = max(columns, *(len(_UNPLACED_CELL.findall(row)) for row in block.split(b"<row")))
    return rows, columns


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes in blocks that tear no tag, and no cell."""
    rest = b""
    with archive.open(entry) as stream:
        while block := stream.read(_BLOCK):
            block = rest + block.translate(_ONE_SPELLING)
            cell = block.rfind(b"<c ")
            if cell < 0:  # of cells without places, or with a prefix
                cell = max(block.rfind(b"<c>"), block.rfind(b":c "), 0)
            end = max(block.rfind(b"<", 0, cell + 1), 0) or max(block.rfind(b"<"), 0) or len(block)
            yield block[:end]
            rest = block[end:]
    yield rest
