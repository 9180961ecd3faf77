"""Surveying a delivery: each file's fate before any of its rows is read, and the pieces to decode."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet
from jobs.delivery.archives import BadArchive, opened
from jobs.delivery.dbase_files import LONGEST_NAME
from jobs.delivery.formats import SUFFIXES, Format, Source
from jobs.delivery.headers import LAST_ROWS, SEARCH_DEPTH, UNITS, Header, fields_named, find_header, with_notes
from jobs.delivery.ledger import ACCEPTED, REFUSED
from jobs.delivery.manifest import MANIFEST_NAME, ManifestEntry, printable
from jobs.delivery.remarks import Remark, in_english, remark
from jobs.delivery.tables_below import TablesBelow, why_unread
from jobs.delivery.text_files import BIG5, Dialect, delimiter_of, dialect_at_start, read_head, read_tail, survey_text_file
from jobs.delivery.unchanged import FILE_ID_LENGTH, FileChanged, State, assure_unchanged, state_of
from jobs.delivery.workbooks import BadWorkbook, Sheet, sha256_of, survey_workbook


@dataclass(frozen=True)
class Piece:
    """What one decoding task reads: a byte range of a text file, or a sheet.

    `member`: its name in the archive, empty where the file is none; `state`: of the file when it was hashed; `set_aside`: why its
    rows are not used, empty where they are; `unread`: why they go to quarantine, empty where each is judged.
    """

    data_set: str
    file_id: str
    path: str
    state: State
    header: Header
    member: str = ""
    is_workbook: bool = False
    sheet: str = ""
    is_1904: bool = False
    set_aside: str = ""
    unread: str = ""
    is_plain: bool = False
    start: int = 0
    end: int = 0
    first_row: int = 1
    dialect: Dialect = field(default_factory=Dialect)


@dataclass(frozen=True)
class SurveyedFile:
    """A file of the delivery, or of its manifest, with its status and what is to be said of it."""

    entry: ManifestEntry
    file_id: str
    status: str
    remarks: tuple[Remark, ...] = ()
    pieces: tuple[Piece, ...] = field(default=(), repr=False)

    @property
    def reason(self) -> str:
        return in_english(self.remarks)


def survey_delivery(
    delivery: Path, entries: Sequence[ManifestEntry], piece_bytes: int, on_file: Callable[[], None] = lambda: None
) -> list[SurveyedFile]:
    """Every file that the manifest lists or the folder holds, accepted or refused. One bad file never stops the others."""
    with ThreadPoolExecutor(max_workers=2) as pool:

        def judged(entry: ManifestEntry) -> SurveyedFile:
            try:
                found = _survey_file(delivery, entry, piece_bytes)
            except FileChanged:
                found = _refused(entry, remark("changed"))
            except (OSError, ValueError) as error:  # a file without permission, a name that no file can have
                found = _refused(entry, remark("unreadable_file", why=getattr(error, "strerror", None) or error))
            on_file()
            return replace(found, remarks=(*found.remarks, *entry.remarks))

        files = list(pool.map(judged, entries))
    return files + _unlisted(delivery, entries)


def has_changed(file: SurveyedFile) -> bool:
    """Whether an accepted file is no longer what was surveyed."""
    try:
        for piece in file.pieces:
            assure_unchanged(Path(piece.path), piece.state, piece.file_id)
    except FileChanged:
        return True
    return False


def _refused(entry: ManifestEntry, why: Remark | None = None, file_id: str = "") -> SurveyedFile:
    """The file refused for this reason, or for what its manifest line has been told."""
    return SurveyedFile(entry, file_id or entry.sha256[:FILE_ID_LENGTH], REFUSED, (why,) if why else ())


def _survey_file(delivery: Path, entry: ManifestEntry, piece_bytes: int) -> SurveyedFile:
    path = delivery / entry.file_name
    data_set = DATA_SETS.get(entry.data_set)
    if data_set is None:
        return _refused(entry, remark("unknown_data_set", data_set=entry.data_set))
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(delivery)):
        return _refused(entry, remark("leads_out"))
    if not entry.file_name or not os.path.lexists(path):
        return _refused(entry, remark("absent"))
    if not path.is_file():  # a pipe would be waited for, a device never ends
        return _refused(entry, remark("no_file"))
    if entry.extract_date is None:
        return _refused(entry)
    state = state_of(path)
    surveyed = _survey_content(path, state, entry, data_set, piece_bytes)
    assure_unchanged(path, state, surveyed.file_id)
    return surveyed


@dataclass(frozen=True)
class _Found:
    """A file that is read: `source` is the file itself, or the only one in it, of the name `member`."""

    path: Path
    state: State
    source: Source
    member: str
    format: Format

    def piece(self, data_set: DataSet, file_id: str, header: Header, **more: Any) -> Piece:
        return Piece(data_set.code, file_id, str(self.path.resolve()), self.state, header, self.member, **more)


def _survey_content(path: Path, state: State, entry: ManifestEntry, data_set: DataSet, piece_bytes: int) -> SurveyedFile:
    try:
        found, why = _Found(path, state, *opened(path)), None
    except BadArchive as bad:
        found, why = _Found(path, state, path, "", Format.ARCHIVE), bad.why
    if found.format is Format.TEXT:
        return _survey_text(found, entry, data_set, piece_bytes)
    sha256 = sha256_of(path)
    if problem := _hash_problem(entry, sha256):
        return problem
    if found.format in SUFFIXES:
        return _survey_workbook(found, entry, data_set, sha256[:FILE_ID_LENGTH])
    return _refused(entry, why or remark(found.format.value), sha256[:FILE_ID_LENGTH])


def _hash_problem(entry: ManifestEntry, sha256: str) -> SurveyedFile | None:
    if sha256 == entry.sha256:
        return None
    return _refused(
        entry, remark("wrong_hash", found=sha256[:12], claimed=entry.sha256[:12] or "nothing"), sha256[:FILE_ID_LENGTH]
    )


def _survey_text(found: _Found, entry: ManifestEntry, data_set: DataSet, piece_bytes: int) -> SurveyedFile:
    delimiter = delimiter_of(found.source, SEARCH_DEPTH, lambda rows: fields_named(rows, data_set))
    head = read_head(found.source, dialect_at_start(found.source, delimiter), SEARCH_DEPTH)
    text = survey_text_file(found.source, piece_bytes, delimiter, TablesBelow(head, delimiter, data_set).begins)
    sha256 = sha256_of(found.path) if found.member else text.sha256
    if problem := _hash_problem(entry, sha256):
        return problem
    file_id = sha256[:FILE_ID_LENGTH]
    header = find_header(read_head(found.source, text.dialect, SEARCH_DEPTH), data_set)
    if isinstance(header, Remark):
        return _refused(entry, remark("big5_text") if text.dialect.encoding == BIG5 else header, file_id)
    if header.unstated and not any(text.headers):  # else what stands at the end is of the last table
        last_rows = read_tail(found.source, text.size, text.dialect, header.row + 1, LAST_ROWS)
        header = with_notes(header, last_rows, data_set)
    pieces = tuple(
        found.piece(
            data_set,
            file_id,
            own or header,
            start=start,
            end=end,
            first_row=row,
            dialect=text.dialect,
            unread=why_unread(own, data_set) if own else "",
        )
        for start, end, row, own in zip(text.cuts, (*text.cuts[1:], text.size), text.first_rows, text.headers, strict=True)
    )
    headers = [piece.header for piece in pieces]
    remarks = _by_content(found) + _unknown_columns(tuple(name for own in headers for name in _unknown(own)))
    remarks += tuple(dict.fromkeys(told for own in headers for told in own.remarks))
    remarks += _same_field(data_set, headers) + _unread(pieces)
    return SurveyedFile(entry, file_id, ACCEPTED, remarks, pieces)


def _survey_workbook(found: _Found, entry: ManifestEntry, data_set: DataSet, file_id: str) -> SurveyedFile:
    try:
        book = survey_workbook(found.source, SEARCH_DEPTH)
    except BadWorkbook as bad:
        return _refused(entry, bad.why, file_id)
    longest_name = LONGEST_NAME if found.format is Format.DBASE else None
    headers = [(sheet, find_header(sheet.head, data_set, longest_name, sheet.hidden_columns)) for sheet in book.sheets]
    headers, continued, unread = _continued(headers)
    tables = [(sheet, header) for sheet, header in headers if isinstance(header, Header)]
    if not tables:
        problems = [problem for sheet, problem in headers if sheet.head and isinstance(problem, Remark)]
        nearest = min(problems, key=lambda problem: problem.code == "no_header", default=remark("empty_file"))
        return _refused(entry, nearest, file_id)
    all_hidden = all(sheet.is_hidden for sheet, _ in tables)
    aside = [sheet.name for sheet, _ in tables if sheet.is_hidden and not all_hidden]  # most often old copies
    copies = _copies([sheet for sheet, _ in tables if sheet.name not in aside])
    pieces = tuple(
        found.piece(
            data_set,
            file_id,
            header,
            is_workbook=True,
            sheet=sheet.name,
            is_1904=book.is_1904,
            set_aside="hidden sheet" if sheet.name in aside else "copy of a sheet" if sheet.name in copies else "",
            is_plain=sheet.is_plain,
        )
        for sheet, header in tables
    )
    used = [(sheet, header) for sheet, header in tables if sheet.name not in aside]
    remarks = _by_content(found) + _unknown_columns(tuple(name for _, header in used for name in _unknown(header)))
    remarks += _same_field(data_set, [header for _, header in used])
    remarks += tuple(dict.fromkeys(told for sheet, header in used for told in (*sheet.remarks, *header.remarks)))
    if longest_name and (cut := [name for _, header in used for name in _without_unit(header, data_set)]):
        remarks += (remark("cut_unit", columns="、".join(cut)),)
    if rows := sum(sheet.hidden_rows for sheet, _ in used):
        remarks += (remark("hidden_rows", rows=rows),)
    remarks += _hidden_columns(used)
    if aside:
        remarks += (remark("hidden_sheets", sheets="、".join(aside)),)
    if copies:
        remarks += (remark("copied_sheets", sheets="、".join(copies)),)
    if continued:
        remarks += (remark("continued_sheets", sheets="、".join(continued)),)
    if unread:
        remarks += (remark("unread_sheets", sheets="、".join(unread)),)
    return SurveyedFile(entry, file_id, ACCEPTED, remarks, pieces)


def _hidden_columns(tables: Sequence[tuple[Sheet, Header]]) -> tuple[Remark, ...]:
    """Those that were used although nobody sees them, and those that were not; a column without a name is nobody's."""
    names: dict[str, dict[str, None]] = {"hidden_columns": {}, "hidden_columns_aside": {}}
    for sheet, header in tables:
        for at in sorted(at for at in sheet.hidden_columns if at < len(header.names) and header.names[at]):
            names["hidden_columns" if header.fields[at] else "hidden_columns_aside"][header.names[at]] = None
    return tuple(remark(code, columns="、".join(found)) for code, found in names.items() if found)


def _copies(sheets: Sequence[Sheet]) -> list[str]:
    """The names of those whose rows are, cell by cell, those of a sheet before: people copy a sheet before they change it."""
    return [sheet.name for i, sheet in enumerate(sheets) if sheet.rows and sheet.rows in {before.rows for before in sheets[:i]}]


def _continued(
    headers: list[tuple[Sheet, Header | Remark]],
) -> tuple[list[tuple[Sheet, Header | Remark]], list[str], list[str]]:
    """The sheets with the header of the one before where one goes on without its own; the names of those, and of others to be seen.

    A sheet goes on if its first row below a title has as many columns as the table before, most of them filled.
    """
    found: list[tuple[Sheet, Header | Remark]] = []
    continued, unread = [], []
    before: Header | None = None
    for sheet, header in headers:
        if isinstance(header, Header):
            before = header
        elif before and (first := _goes_on(sheet, before)) is not None:
            header = replace(before, row=first - 1)
            continued.append(sheet.name)
        elif sheet.head and not sheet.is_hidden:
            unread.append(sheet.name)
        found.append((sheet, header))
    return found, continued, unread


def _goes_on(sheet: Sheet, before: Header) -> int | None:
    """Where the rows of a table begin that has its header in the sheet before."""
    first = next((i for i, row in enumerate(sheet.head) if sum(map(bool, row)) > 1), None)
    if first is None or not sum(map(bool, sheet.head[first])) * 2 > len(sheet.head[first]) == len(before.names):
        return None
    return first


def _by_content(found: _Found) -> tuple[Remark, ...]:
    suffix = found.source.suffix
    return () if suffix.lower() in SUFFIXES[found.format] else (remark(f"{found.format.value}_by_content", suffix=suffix or "-"),)


def _unknown(header: Header) -> tuple[str, ...]:
    named = enumerate(zip(header.names, header.fields, strict=True))
    return tuple(name for at, (name, known) in named if name and known is None and at not in header.again)


def _same_field(data_set: DataSet, headers: Sequence[Header]) -> tuple[Remark, ...]:
    """Per field that several columns mean which of them was read: the department knows which is right."""
    told: dict[Remark, None] = {}
    for header in headers:
        again = sorted(header.again.items())
        for name in dict.fromkeys(name for _, name in again):
            used = header.names[header.fields.index(name) if name in header.fields else header.joint[name]]
            aside = "、".join(header.names[at] for at, field in again if field == name)
            told[remark("same_field", field=data_set[name].header, used=used, aside=aside)] = None
    return tuple(told)


def _without_unit(header: Header, data_set: DataSet) -> list[str]:
    """Columns of money whose names end where a unit begins."""
    named = zip(header.names, header.fields, strict=True)
    return [name for name, known in named if known and data_set[known].kind in UNITS and name.endswith(("(", "（"))]


def _unread(pieces: Sequence[Piece]) -> tuple[Remark, ...]:
    rows = dict.fromkeys(str(piece.header.row + 1) for piece in pieces if piece.unread)
    return (remark("unread_tables", rows="、".join(rows)),) if rows else ()


def _unknown_columns(names: tuple[str, ...]) -> tuple[Remark, ...]:
    return (remark("unknown_columns", columns="、".join(dict.fromkeys(names))),) if names else ()


def _unlisted(delivery: Path, entries: Sequence[ManifestEntry]) -> list[SurveyedFile]:
    """What the folder holds and the manifest does not list, but for folders and what programs leave there."""
    listed = {PurePosixPath(entry.file_name) for entry in entries} | {PurePosixPath(MANIFEST_NAME)}
    found = sorted(path for path in _held(delivery) if path not in listed and not path.name.startswith(("~$", ".")))
    return [
        _refused(
            ManifestEntry(printable(str(path)), "", "", "", None, None, ""),
            remark("unlisted") if os.path.isfile(delivery / path) else remark("no_file"),
        )
        for path in found
    ]


def _held(delivery: Path) -> Iterator[PurePosixPath]:
    """Everything in the folder and those below it that is no folder; links to folders are not followed."""
    for folder, folders, names in os.walk(delivery):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in (*names, *links):
            yield PurePosixPath(Path(folder, name).relative_to(delivery).as_posix())
