"""Text files: encoding, delimiter, cutting large ones at newlines, and rows of text cells."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

_BLOCK = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_SAMPLE = 256 * 1024


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
    sample = b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            if not offset:
                sample = block[:_SAMPLE]
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
        encoding=_encoding(path, sample),
        delimiter=_delimiter(sample),
        has_quotes=has_quotes,
        cuts=tuple(cuts),
        first_lines=tuple(first_lines),
        size=offset,
    )


def _encoding(path: Path, sample: bytes) -> str:
    if sample.startswith(_BOM):
        return "utf-8"
    for cut in range(4):  # the sample may end inside a character
        try:
            sample[: len(sample) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8" if not sample.isascii() or _is_utf8(path) else "gb18030"
    return "gb18030"


def _is_utf8(path: Path) -> bool:
    """A file whose beginning is plain ASCII has to be read to the end."""
    try:
        with path.open(encoding="utf-8") as stream:
            while stream.read(_BLOCK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: bytes) -> str:
    lines = sample.split(b"\n")[:20]
    return "\t" if sum(line.count(b"\t") for line in lines) > sum(line.count(b",") for line in lines) else ","


def read_head(path: Path, encoding: str, delimiter: str, rows: int) -> list[list[str | None]]:
    """The first rows of a text file as cells."""
    with path.open("rb") as stream:
        text = stream.read(_SAMPLE).removeprefix(_BOM).decode(encoding, errors="replace")
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [list(row) for row, _ in zip(reader, range(rows), strict=False)]


def read_piece(
    path: Path, start: int, end: int, encoding: str, delimiter: str, width: int, has_quotes: bool
) -> tuple[pl.DataFrame, list[int]]:
    """Rows of a piece as text columns c0 … c{width-1}, and the 0-based positions of rows with too many or too few cells.

    Such a row keeps what fits; the caller quarantines it. Bytes that are no text in the encoding become U+FFFD.
    """
    with path.open("rb") as stream:
        stream.seek(start)
        content = stream.read(end - start)
    if not start:
        content = content.removeprefix(_BOM)
    content = content.replace(b"\r\n", b"\n").replace(b"\x00", b"") if b"\r" in content or b"\x00" in content else content
    if encoding != "utf-8":
        content = content.decode(encoding, errors="replace").encode()
    if not has_quotes:
        lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
        if content.count(delimiter.encode()) == lines * (width - 1):
            try:
                return _read_even(content, delimiter, width), []
            except (pl.exceptions.ComputeError, pl.exceptions.NoDataError):
                pass  # bytes that are not UTF-8, or nothing but blank lines: the careful way
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
    for position, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
        if len(row) != width and any(cell.strip() for cell in row):
            uneven.append(position)
        for i, column in enumerate(columns):
            column.append(row[i] or None if i < len(row) else None)
    return pl.DataFrame(
        {f"c{i}": column for i, column in enumerate(columns)}, schema={f"c{i}": pl.String for i in range(width)}
    ), uneven
