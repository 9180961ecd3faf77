"""Files of a delivery as any bytes: what is read must add up, however it is read."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.text import DITTO, trimmed
from jobs.delivery import text_files
from jobs.delivery.archives import member
from jobs.delivery.decode import decode
from jobs.delivery.formats import Source
from jobs.delivery.ledger import ACCEPTED
from jobs.delivery.manifest import MANIFEST_NAME, ManifestEntry, read_manifest
from jobs.delivery.survey import Piece, SurveyedFile, survey_delivery
from jobs.delivery.text_files import Dialect, read_head, read_piece, read_rows, survey_text_file
from jobs.delivery.workbooks import BadWorkbook, read_cells
from jobs.runtime.errors import BadDelivery

PIECE_BYTES, BLOCK_BYTES = 200, 150
"""So few that a file of some rows is cut wherever it may be."""
FATES = {"accepted", "quarantined", "skipped"}
_NO_ROWS = pl.DataFrame(schema=dict.fromkeys(DATA_SETS["payments"].bronze.column_names, pl.String)).with_columns(
    pl.col("_row").cast(pl.Int64)
)


def is_text(folder: Path, content: bytes) -> bool:
    """Tries bytes as a text file, without what its cells mean: is it the same cells in pieces and whole, fast and carefully?"""
    path = folder / "表.csv"
    path.write_bytes(content)
    with patch.object(text_files, "_BLOCK", BLOCK_BYTES):
        text = survey_text_file(path, PIECE_BYTES, ",")
        head = read_head(path, text.dialect, 1)
        width = max(map(len, head), default=1)
        ends = (*text.cuts[1:], text.size)
        pieces = [_cells(path, start, end, text.dialect, width) for start, end in zip(text.cuts, ends, strict=True)]
        slow = _cells(path, 0, text.size, replace(text.dialect, is_sound=False), width)
        rows = list(read_rows(path, ","))
    heights = [sum(map(len, frames)) for frames in pieces]
    assert list(text.first_rows) == [1 + sum(heights[:at]) for at in range(len(heights))], "rows of the pieces are counted wrong"
    assert len(rows) == sum(heights) == sum(map(len, slow)), "a row is lost, or there twice"
    _assert_same([frame for frames in pieces for frame in frames], slow)
    shorter = [tuple(cell or None for cell in (row + [""] * width)[:width]) for row in rows]
    assert [row for frame in slow for row in frame.rows()] == shorter, "a cell is lost"
    return bool(rows)


def is_delivered(name: str) -> Callable[[Path, bytes], bool]:
    """Tries bytes as the only file of a delivery, under this name: are they read?"""

    def tried(folder: Path, content: bytes) -> bool:
        (folder / name).write_bytes(content)
        entry = ManifestEntry(name, "payments", "民政局", "420200", date(2017, 12, 31), 1, sha256(content).hexdigest())
        (file,) = survey_delivery(folder, [entry], PIECE_BYTES)
        if file.status != ACCEPTED:
            assert file.reason, "refused without a reason"
            return False
        try:
            rows = [pl.concat([_NO_ROWS, *decode(piece)]) for piece in file.pieces]
        except BadWorkbook:  # below its first rows; it says why
            return False
        for table in rows:
            _assert_told(table)
        _assert_whole(file, rows)
        return True

    return tried


def is_packed(name: str, parts: Mapping[str, bytes]) -> Callable[[Path, bytes], bool]:
    """The same of a file in an archive with these parts: the first byte says which part the others stand for, or that they are the file."""
    names, delivered = list(parts), is_delivered(name)

    def tried(folder: Path, content: bytes) -> bool:
        at = content[0] if content else len(names)
        whole = content[1:] if at >= len(names) else archived({**parts, names[at]: content[1:]})
        return delivered(folder, whole)

    return tried


def packed_seeds(parts: Mapping[str, bytes]) -> list[bytes]:
    return [bytes([at]) + part for at, part in enumerate(parts.values())] + [bytes([len(parts)]) + archived(parts)]


def parts_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archived(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return content.getvalue()


def is_manifest(folder: Path, content: bytes) -> bool:
    """Tries bytes as the manifest of a delivery of three files: is it read, and is each of them listed, or told as not listed?"""
    there = {f"{n}.csv" for n in range(3)}
    for name in there:
        (folder / name).write_bytes(b"a,b\n1,2\n")
    (folder / MANIFEST_NAME).write_bytes(content)
    told = ""
    try:
        entries = read_manifest(folder)
    except BadDelivery as refused:
        entries, told = [], str(refused)
    if not entries:
        assert re.search("lacks the column|lists no file", told), "refused without a reason"
        return False
    files = survey_delivery(folder, entries, PIECE_BYTES)
    assert there <= {file.entry.file_name for file in files}, "a file is neither listed nor told"
    assert all(file.status == ACCEPTED or file.reason for file in files), "refused without a reason"
    return any(file.entry.file_name in there and file.entry.data_set for file in files)


def _assert_told(rows: pl.DataFrame) -> None:
    """Each row has a fate, and what is not used has a reason; what is left out as blank is blank."""
    assert set(rows["_fate"]) <= FATES
    told = rows["_reason"].is_not_null() & (rows["_reason"] != "")
    assert ((rows["_fate"] == "accepted") != told).all(), "a fate without its reason"


def _assert_whole(file: SurveyedFile, tables: Sequence[pl.DataFrame]) -> None:
    """Rows are numbered from 1, sheet by sheet, the header among them; none is missing, none is there twice, each keeps its cells."""
    numbers: dict[str, list[int]] = {}
    for piece, rows in zip(file.pieces, tables, strict=True):
        numbers.setdefault(piece.sheet, []).extend(rows["_row"])
        _assert_kept(piece, rows)
    for piece in file.pieces:
        found = numbers[piece.sheet]
        height = sum(len(cells) for cells in _read_otherwise(file, piece))
        expected = [number for number in range(1, height + 1) if number != piece.header.row + 1]
        assert found == expected, f"{height} rows in the file, {len(found)} of them with a fate"


def _read_otherwise(file: SurveyedFile, piece: Piece) -> Iterator[pl.DataFrame]:
    """All rows of the piece's file or sheet in the slowest way there is: no row may depend on how it was read."""
    source, width = member(Path(piece.path), piece.member), len(piece.header.names)
    if piece.is_workbook:
        yield read_cells(source, piece.sheet, header_at=piece.header.row)
        return
    size = max(each.end for each in file.pieces)
    yield from _cells(source, 0, size, replace(piece.dialect, is_sound=False), width)


def _cells(source: Source, start: int, end: int, dialect: Dialect, width: int) -> list[pl.DataFrame]:
    return [cells for cells, _ in read_piece(source, start, end, dialect, width)]


def _assert_same(fast: Sequence[pl.DataFrame], slow: Sequence[pl.DataFrame]) -> None:
    some_fast, some_slow = ([_unmarked(frame) for frame in frames if len(frame)] for frames in (fast, slow))
    is_same = pl.concat(some_slow).equals(pl.concat(some_fast)) if some_slow and some_fast else some_slow == some_fast
    assert is_same, "cells depend on how they are read"


def _unmarked(frame: pl.DataFrame) -> pl.DataFrame:
    """Without byte order marks, which files that were put one behind the other have before a line; whoever reads a cell passes them over."""
    return frame.select(pl.all().str.replace_all("\ufeff", "").replace("", None))


def _assert_kept(piece: Piece, rows: pl.DataFrame) -> None:
    """Each filled cell is found in its row again, under the contract's name or among the others."""
    if piece.is_workbook:  # cells are read by their formats
        return
    source, header = member(Path(piece.path), piece.member), piece.header
    frames = [cells for cells, _ in read_piece(source, piece.start, piece.end, piece.dialect, len(header.names))]
    if not frames:
        return
    cells = pl.concat(frames)
    plain = cells.select(pl.all().map_batches(trimmed))
    numbered = zip(
        range(piece.first_row, piece.first_row + len(cells)), zip(cells.rows(), plain.rows(), strict=True), strict=True
    )
    texts = dict(numbered)
    kept = rows.select(*DATA_SETS[piece.data_set].field_names, "_other_cells").rows()
    joint = {*header.joint.values()}
    for number, row in zip(rows["_row"], kept, strict=True):
        found = "\n".join(filter(None, (*row[:-1], *(json.loads(row[-1] or "{}").values()))))
        for at, (raw, text) in enumerate(zip(*texts[number], strict=True)):
            is_kept = text is None or text in DITTO or at in joint or raw in found or text in found
            assert is_kept, f"row {number} lost the cell in column {at + 1}"
