"""Surveying a delivery: each file's fate before any of its rows is read, and the pieces to decode."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import fastexcel

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet
from jobs.delivery.headers import SEARCH_DEPTH, Header, HeaderProblem, find_header
from jobs.delivery.manifest import MANIFEST_NAME, ManifestEntry, read_manifest
from jobs.delivery.text_files import read_head, survey_text_file
from jobs.delivery.workbooks import read_sheet, sha256_of, sheet_names

ACCEPTED, REFUSED, DUPLICATE, SUPERSEDED = "accepted", "refused", "duplicate", "superseded"
FILE_ID_LENGTH = 16


@dataclass(frozen=True)
class Piece:
    """What one decoding task reads: a byte range of a text file, or a whole workbook."""

    data_set: str
    file_id: str
    path: str
    header: Header
    is_workbook: bool = False
    sheet: str = ""
    start: int = 0
    end: int = 0
    first_line: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","
    has_quotes: bool = False


@dataclass(frozen=True)
class SurveyedFile:
    """A file of the delivery, or of its manifest, with its status and the reason for it."""

    entry: ManifestEntry
    file_id: str
    status: str
    reason: str = ""
    unknown_headers: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = field(default=(), repr=False)


def survey_delivery(delivery: Path, piece_bytes: int, on_file: Callable[[], None] = lambda: None) -> list[SurveyedFile]:
    """Every file that the manifest lists or the folder holds. One bad file never stops the others.

    Raises BadDelivery when the manifest itself cannot be used.
    """
    entries = read_manifest(delivery)
    with ThreadPoolExecutor(max_workers=2) as pool:

        def judged(entry: ManifestEntry) -> SurveyedFile:
            try:
                found = _survey_file(delivery, entry, piece_bytes)
            except (OSError, ValueError) as error:  # a file without permission, a name that no file can have
                found = _refused(entry, f"cannot be read ({getattr(error, 'strerror', None) or error})")
            on_file()
            return found

        files = list(pool.map(judged, entries))
    return _without_superseded(_without_duplicates(files)) + _unlisted(delivery, entries)


def _refused(entry: ManifestEntry, reason: str, file_id: str = "") -> SurveyedFile:
    return SurveyedFile(entry, file_id or entry.sha256[:FILE_ID_LENGTH], REFUSED, reason)


def _survey_file(delivery: Path, entry: ManifestEntry, piece_bytes: int) -> SurveyedFile:
    path = delivery / entry.file_name
    data_set = DATA_SETS.get(entry.data_set)
    if data_set is None:
        return _refused(entry, f"unknown data set {entry.data_set!r}")
    if not path.resolve().is_relative_to(delivery.resolve()):
        return _refused(entry, "the path leads out of the delivery")
    if not path.is_file():
        return _refused(entry, f"listed in {MANIFEST_NAME}, but not there")
    if path.suffix.lower() == ".xlsx":
        return _survey_workbook(path, entry, data_set)
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return _survey_text(path, entry, data_set, piece_bytes)
    return _refused(entry, f"format {path.suffix or 'without suffix'} is not read; deliver .csv or .xlsx")


def _hash_problem(entry: ManifestEntry, sha256: str) -> SurveyedFile | None:
    if sha256 == entry.sha256:
        return None
    return _refused(
        entry, f"SHA256 is {sha256[:12]}…, the manifest says {entry.sha256[:12] or 'nothing'}…", sha256[:FILE_ID_LENGTH]
    )


def _survey_text(path: Path, entry: ManifestEntry, data_set: DataSet, piece_bytes: int) -> SurveyedFile:
    text = survey_text_file(path, piece_bytes)
    if problem := _hash_problem(entry, text.sha256):
        return problem
    file_id = text.sha256[:FILE_ID_LENGTH]
    header = find_header(read_head(path, text.encoding, text.delimiter, SEARCH_DEPTH), data_set)
    if isinstance(header, HeaderProblem):
        return _refused(entry, header.reason, file_id)
    ends = (*text.cuts[1:], text.size)
    pieces = tuple(
        Piece(
            data_set.code,
            file_id,
            str(path.resolve()),
            header,
            start=start,
            end=end,
            first_line=first_line,
            encoding=text.encoding,
            delimiter=text.delimiter,
            has_quotes=text.has_quotes,
        )
        for start, end, first_line in zip(text.cuts, ends, text.first_lines, strict=True)
    )
    return SurveyedFile(entry, file_id, ACCEPTED, unknown_headers=_unknown(header), pieces=pieces)


def _survey_workbook(path: Path, entry: ManifestEntry, data_set: DataSet) -> SurveyedFile:
    sha256 = sha256_of(path)
    if problem := _hash_problem(entry, sha256):
        return problem
    file_id = sha256[:FILE_ID_LENGTH]
    try:
        sheets = [(name, read_sheet(path, name, SEARCH_DEPTH)) for name in sheet_names(path)]
    except fastexcel.FastExcelError as error:
        return _refused(entry, f"not a readable workbook ({str(error).splitlines()[0][:80]})", file_id)
    pieces: list[Piece] = []
    first_problem = "a workbook without cells"
    unknown: tuple[str, ...] = ()
    for name, frame in sheets:
        header = find_header(frame.rows(), data_set)
        if isinstance(header, HeaderProblem):
            first_problem = f"sheet {name}: {header.reason}"
            continue
        unknown += _unknown(header)
        pieces.append(Piece(data_set.code, file_id, str(path.resolve()), header, is_workbook=True, sheet=name))
    if not pieces:
        return _refused(entry, first_problem, file_id)
    return SurveyedFile(entry, file_id, ACCEPTED, unknown_headers=unknown, pieces=tuple(pieces))


def _unknown(header: Header) -> tuple[str, ...]:
    return tuple(name for name, known in zip(header.names, header.fields, strict=True) if name and known is None)


def _without_duplicates(files: list[SurveyedFile]) -> list[SurveyedFile]:
    """The same bytes listed twice count once: the first file name keeps them."""
    first: dict[tuple[str, str], SurveyedFile] = {}
    kept = []
    for file in files:
        if file.status == ACCEPTED:
            holder = first.setdefault((file.entry.data_set, file.file_id), file)
            if holder is not file:
                file = replace(file, status=DUPLICATE, reason=f"the same bytes as {holder.entry.file_name}", pieces=())
        kept.append(file)
    return kept


def _without_superseded(files: list[SurveyedFile]) -> list[SurveyedFile]:
    """Of a register that is delivered as a snapshot, only the newest extract of an area counts; the older stays in bronze."""
    newest: dict[tuple[str, str], ManifestEntry] = {}
    for file in files:
        if file.status == ACCEPTED:
            area = (file.entry.data_set, file.entry.area)
            newest[area] = max(newest.get(area, file.entry), file.entry, key=lambda entry: entry.extract_date)
    return [
        replace(file, status=SUPERSEDED, reason=f"a newer extract of the area, of {newest[key].extract_date}, is there")
        if file.status == ACCEPTED
        and DATA_SETS[file.entry.data_set].snapshot
        and file.entry.extract_date < newest[key := (file.entry.data_set, file.entry.area)].extract_date
        else file
        for file in files
    ]


def _unlisted(delivery: Path, entries: list[ManifestEntry]) -> list[SurveyedFile]:
    """Data files in the folder that the manifest does not list."""
    listed = {PurePosixPath(entry.file_name) for entry in entries}
    found = sorted(
        PurePosixPath(path.relative_to(delivery).as_posix())
        for path in delivery.rglob("*")
        if path.is_file() and not path.name.startswith(("~$", "."))
    )
    anonymous = replace(entries[0], data_set="", reported_by="", area="", claimed_rows=None, sha256="")
    return [
        _refused(replace(anonymous, file_name=str(name)), f"not listed in {MANIFEST_NAME}")
        for name in found
        if name not in listed and name != PurePosixPath(MANIFEST_NAME)
    ]
