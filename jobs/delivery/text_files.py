"""Text files: encoding, delimiter, cutting large ones at newlines, and rows of text cells."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

_BLOCK = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_SAMPLE = 256 * 1024
_FOREIGN = bytes(range(0x80, 0x100))
_FIRST_FOREIGN = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class TextFile:
    """What one pass over a text file tells: hash, encoding, delimiter and where it may be cut.

    `cuts`: byte offsets at which pieces begin, the first is 0; `first_lines`: line number at each.
    """

    sha256: str
    encoding: str
    delimiter: str
    has_quotes: bool
    cuts: tuple[int, ...]
    first_lines: tuple[int, ...]
    size: int


def survey_text_file(path: Path, piece_bytes: int) -> TextFile:
    """Reads the file once. Only files without quotes are cut: a quoted cell may hold a newline.

    In UTF-8 and in GB18030 alike no character contains the byte of a newline, so a cut there is safe.
    """
    digest = hashlib.sha256()
    cuts, first_lines = [0], [1]
    has_quotes = False
    offset = line = 0
    sample = foreign = b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            if not offset:
                sample = block[:_SAMPLE]
            if foreign:
                foreign += block[: _SAMPLE - len(foreign)]
            elif found := _FIRST_FOREIGN.search(block):
                foreign = block[found.start() : found.start() + _SAMPLE]
            has_quotes = has_quotes or b'"' in block
            if offset + len(block) - cuts[-1] > piece_bytes and (end := block.rfind(b"\n") + 1):
                cuts.append(offset + end)
                first_lines.append(line + block.count(b"\n", 0, end) + 1)
            line += block.count(b"\n")
            offset += len(block)
    if has_quotes:
        cuts, first_lines = [0], [1]
    if cuts[-1] >= offset and len(cuts) > 1:
        cuts.pop()
        first_lines.pop()
    return TextFile(
        sha256=digest.hexdigest(),
        encoding=encoding_of(foreign),
        delimiter=_delimiter(sample),
        has_quotes=has_quotes,
        cuts=tuple(cuts),
        first_lines=tuple(first_lines),
        size=offset,
    )


def encoding_of(sample: bytes) -> str:
    """UTF-8 unless most of what is not ASCII is no UTF-8: one damaged character does not change a file's encoding."""
    foreign = len(sample) - len(sample.translate(None, _FOREIGN))
    broken = len(sample) - len(sample.decode("utf-8", errors="ignore").encode())
    return "gb18030" if broken * 2 > foreign else "utf-8"


def _delimiter(sample: bytes) -> str:
    lines = sample.split(b"\n")[:20]
    return "\t" if sum(line.count(b"\t") for line in lines) > sum(line.count(b",") for line in lines) else ","


def _plain(content: bytes, *, is_start: bool) -> bytes:
    """The bytes without BOM and NUL; a newline is the only end of a line, a carriage return elsewhere is a blank."""
    if is_start:
        content = content.removeprefix(_BOM)
        if b"\n" not in content:  # a file that ends its lines with carriage returns alone is never cut
            content = content.replace(b"\r", b"\n")
    if b"\x00" in content:
        content = content.replace(b"\x00", b"")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    return content


def rows_of_cells(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows of a text. A quote that opens and is not closed as the format wants is a character like any other.

    So it costs its own line at most; read leniently it would swallow the lines after it.
    """
    lines = text.removesuffix("\n").split("\n") if text else []
    at = 0
    while at < len(lines):
        start = at
        reader = csv.reader((lines[i] + "\n" for i in range(start, len(lines))), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                at = start + reader.line_num
                yield row
        except csv.Error:
            yield lines[at].split(delimiter)
            at += 1


def read_head(path: Path, encoding: str, delimiter: str, rows: int) -> list[list[str | None]]:
    """The first rows of a text file as cells."""
    with path.open("rb") as stream:
        text = _plain(stream.read(_SAMPLE), is_start=True).decode(encoding, errors="replace")
    return [list(row) for row in islice(rows_of_cells(text, delimiter), rows)]


def read_piece(
    path: Path, start: int, end: int, encoding: str, delimiter: str, width: int, has_quotes: bool
) -> tuple[pl.DataFrame, list[int]]:
    """Rows of a piece as text columns c0 … c{width-1}, and the 0-based positions of rows with too many or too few cells.

    Such a row keeps what fits; the caller quarantines it. Bytes that are no text in the encoding become U+FFFD.
    """
    with path.open("rb") as stream:
        stream.seek(start)
        content = _plain(stream.read(end - start), is_start=not start)
    if encoding != "utf-8":
        content = content.decode(encoding, errors="replace").encode()
    if not has_quotes:
        if content and not content.endswith(b"\n"):
            content += b"\n"  # without it polars 2.1 overlooks a surplus empty cell at the end
        if content.count(delimiter.encode()) == content.count(b"\n") * (width - 1):
            try:
                return _read_even(content, delimiter, width), []
            except pl.exceptions.PolarsError:
                pass  # a long line makes up for a short one, or bytes that are not UTF-8: the careful way
    return _read_ragged(content.decode("utf-8", errors="replace"), delimiter, width)


def _read_even(content: bytes, delimiter: str, width: int) -> pl.DataFrame:
    """Every line has the same number of cells and nothing is quoted: the fast way."""
    return pl.read_csv(
        content,
        has_header=False,
        separator=delimiter,
        quote_char=None,
        infer_schema=False,
        new_columns=[f"c{i}" for i in range(width)],
    )


def _read_ragged(text: str, delimiter: str, width: int) -> tuple[pl.DataFrame, list[int]]:
    columns: list[list[str | None]] = [[] for _ in range(width)]
    uneven = []
    for position, row in enumerate(rows_of_cells(text, delimiter)):
        if len(row) != width and any(cell.strip() for cell in row):
            uneven.append(position)
        for i, column in enumerate(columns):
            column.append(row[i] or None if i < len(row) else None)
    return pl.DataFrame(
        {f"c{i}": column for i, column in enumerate(columns)}, schema={f"c{i}": pl.String for i in range(width)}
    ), uneven
