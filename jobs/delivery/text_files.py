"""Text files: how they are written, where large ones are cut, and their rows as text cells."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from operator import or_

import numpy as np
import polars as pl
import pyarrow as pa

from jobs.cells.text import cleaned, holds_any, trimmed
from jobs.delivery.formats import Source, utf16_of
from jobs.delivery.headers import Header

_BLOCK = 1024 * 1024  # what the processor's cache holds is worked on twice as fast
_SAMPLE = 256 * 1024
_TAIL = 8192
_CAREFUL_ROWS = 50_000
_CAREFUL_BATCH = 2_000  # the garbage collector looks through all lists that are held, again and again
_LONGEST_LINE = 16 * 1024 * 1024  # a longer one is cut, so that memory is bounded
_LONGEST_QUOTED_LINE = 1024 * 1024  # in a longer one quotes mean nothing
_LONGEST_CELL = 32_767
"""What a cell of a spreadsheet holds: a quote that is not closed within so many characters is a stray one."""
_MOST_SURPLUS = 16
"""Cells that the fast way reads behind the last column; most files that have any have one."""
_MOST_CELLS = 16_384
"""What a row of a spreadsheet holds; the last cell of a longer one keeps the rest."""
DELIMITERS = (",", "\t", ";", "|", "，", "\x01", "^", "~")
_IN_NO_CHARACTER = ",\t;\x01"
"""Delimiters whose byte is part of no other character, in UTF-8 and in GB18030 alike."""
_NO_DIGITS = bytes(set(range(0x100)) - {*b"0123456789\n"})
_FOREIGN = bytes(range(0x80, 0x100))
_FIRST_FOREIGN = re.compile(rb"[\x80-\xff]")
# Each byte's part in UTF-8: L leads a Chinese character of three bytes, c continues it, . is ASCII. Of words between ASCII
# characters hardly one of 100,000 ends like this in GB18030.
_PARTS = bytes(ord("." if i < 0x80 else "c" if i < 0xC0 else "L" if 0xE3 <= i <= 0xE9 or i == 0xEF else "x") for i in range(256))
_ONE_OF_UTF8, _TWO_OF_UTF8 = b".Lcc.", b"LccLcc."
BIG5 = "big5hkscs"
_FEW = 16
"""Characters that tell nothing about the encoding of a file: rare ones stand in names."""
_OF_TWO_BYTES = re.compile(rb"[\xa1-\xf9][\x40-\x7e\xa1-\xfe]")
_END = b"\n\n"
_AS_IF_PACKED = (b"\x1f\x8b", b"x\x01", b"x^", b"x\x9c", b"x\xda", b"\x28\xb5\x2f\xfd")
"""Beginnings of a text that polars would unpack: gzip, zlib, zstd."""
_MARKS = re.compile(b"^(?:" + codecs.BOM_UTF8 + b")+", re.MULTILINE)
"""Bytes of which no longer character can be made."""
_NULL_IF_EMPTY = pl.when(pl.all() != "").then(pl.all())


@dataclass(frozen=True)
class Dialect:
    """How a text file is written.

    `is_sound`: each quote opens or closes a cell, or is doubled inside one. Such a file may be cut, and read fast.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: bytes = b"\n"
    is_sound: bool = True


@dataclass(frozen=True)
class TextFile:
    """What one pass over a text file tells: its hash, its dialect and where it may be cut.

    `cuts`: byte offsets at which pieces begin, the first is 0; `first_rows`: the number of each one's first row; `headers`: of the
    table that is read from there on, null for the file's first.
    """

    sha256: str
    dialect: Dialect
    cuts: tuple[int, ...]
    first_rows: tuple[int, ...]
    size: int
    headers: tuple[Header | None, ...] = (None,)


def _no_header(_lines: list[str], _at: int) -> Header | None:
    return None


def survey_text_file(
    path: Source, piece_bytes: int, delimiter: str, begins: Callable[[list[str], int], Header | None] = _no_header
) -> TextFile:
    """Reads the file once. It is cut where a line ends outside of quotes, unless it is UTF-16 or a quote is stray.

    It is cut, too, where another table begins, which `begins` tells by a line without a digit, and those beside it: a piece cannot
    know of a header that stands in the piece before.

    In UTF-8 and in GB18030 alike no character contains the byte of a newline or a quote.
    """
    digest = hashlib.sha256()
    size = 0

    def hashed() -> Iterator[bytes]:
        nonlocal size
        for block in _raw(path, 0, None, _BLOCK):
            digest.update(block)
            size += len(block)
            yield block

    dialect = dialect_at_start(path, delimiter)
    quotes = _Quotes(dialect.delimiter)
    cuts, first_rows = [0], [1]
    headers: list[Header | None] = [None]
    offset = rows = 0
    foreign = b""
    for block in _whole_lines(hashed(), dialect):
        if not offset and block.startswith(codecs.BOM_UTF8):
            offset, block = len(codecs.BOM_UTF8), block.removeprefix(codecs.BOM_UTF8)
        if foreign:
            foreign += block[: _SAMPLE - len(foreign)]
        elif found := _FIRST_FOREIGN.search(block):
            foreign = block[found.start() : found.start() + _SAMPLE]
        for header, part in _parts(block, begins):
            if header and not quotes.is_open:
                if cuts[-1] == offset:
                    del cuts[-1], first_rows[-1], headers[-1]
                cuts.append(offset)
                first_rows.append(rows + 1)
                headers.append(replace(header, row=rows + header.row))
            ends, last_end = quotes.row_ends(part)
            if offset + len(part) - cuts[-1] > piece_bytes and last_end:
                cuts.append(offset + last_end)
                first_rows.append(rows + ends + 1)
                headers.append(headers[-1])
            rows += ends
            offset += len(part)
    if dialect.encoding.startswith("utf-16") or not quotes.are_sound:
        del cuts[1:], first_rows[1:], headers[1:]
    elif headers[-2:-1] == headers[-1:] and size - cuts[-1] <= piece_bytes // 4:  # a scrap tells too little about its columns
        del cuts[-1], first_rows[-1], headers[-1]
    return TextFile(
        sha256=digest.hexdigest(),
        dialect=replace(dialect, encoding=dialect.encoding or encoding_of(foreign), is_sound=quotes.are_sound),
        cuts=tuple(cuts),
        first_rows=tuple(first_rows),
        size=size,
        headers=tuple(headers),
    )


def _parts(block: bytes, begins: Callable[[list[str], int], Header | None]) -> Iterator[tuple[Header | None, bytes]]:
    """The block cut where `begins` tells of a header, which stands beside the part that begins with it.

    Hardly a row of data has no digit, so that to look for lines without one costs little and asks for no encoding.
    """
    digits = block.translate(None, _NO_DIGITS)
    header, start, at = None, 0, 0
    if b"\n\n" in digits or digits.startswith(b"\n"):
        lines = block.split(b"\n")
        for i, held in enumerate(digits.split(b"\n")[:-1]):
            if not held and len(lines[i]) > 1:
                beside = [_line_as_utf8(line, "").decode() for line in lines[max(i - 1, 0) : i + 2]]
                if found := begins(beside, min(i, 1)):
                    if at > start:
                        yield header, block[start:at]
                    header, start = found, at
            at += len(lines[i]) + 1
    yield header, block[start:]


class _Quotes:
    """Follows the quotes of a text from block to block: are they sound, and which newlines end a row?"""

    def __init__(self, delimiter: str) -> None:
        self._is_sound = True
        self._is_open = False  # at the end of the last block, in a quoted cell
        self._length = 0  # of that cell so far
        self._is_whole = True  # the last block ended with a line
        self._may_adjoin = np.zeros(256, dtype=bool)
        self._may_adjoin[[ord("\n"), ord('"')]] = True
        if delimiter in _IN_NO_CHARACTER:
            self._may_adjoin[ord(delimiter)] = True

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def are_sound(self) -> bool:
        return self._is_sound and not self._is_open

    def row_ends(self, block: bytes) -> tuple[int, int]:
        """How many rows end in a block of whole lines, and the offset after the last of them."""
        self._is_sound &= self._is_whole
        self._is_whole = block.endswith(b"\n")
        if not self._is_sound or not (self._is_open or b'"' in block):
            return _count(block, b"\n"), block.rfind(b"\n") + 1
        text = np.frombuffer(b"\n" + block + b"\n\n", dtype=np.uint8)
        quotes = np.insert(np.flatnonzero(text == ord('"')), 0, [-self._length] * self._is_open)
        opening, closing = quotes[::2], quotes[1::2]
        self._is_open = len(opening) > len(closing)
        self._length = len(text) - int(opening[-1]) if self._is_open else 0
        lengths = np.append(closing, [len(text)] * self._is_open) - opening
        before, after = text[opening[opening > 0] - 1], text[closing + 1]
        is_followed = self._may_adjoin[after] | (after == ord("\r")) & (text[closing + 2] == ord("\n"))
        self._is_sound = bool(self._may_adjoin[before].all() and is_followed.all() and lengths.max(initial=0) <= _LONGEST_CELL)
        newlines = np.flatnonzero(text[1:-2] == ord("\n")) + 1
        ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        return len(ends), int(ends[-1]) if len(ends) else 0


def dialect_at_start(path: Source, delimiter: str) -> Dialect:
    """What the start of the file tells; the encoding is empty where no byte order mark states it."""
    head = next(_raw(path, 0, _SAMPLE, _SAMPLE), b"")
    encoding = utf16_of(head)
    text = b"".join(_transcoded([head], encoding))
    return Dialect(encoding, delimiter, b"\r" if b"\r" in text and b"\n" not in text else b"\n")


def encoding_of(sample: bytes) -> str:
    """UTF-8 unless most of what is not ASCII is no UTF-8: one damaged character does not change a file's encoding.

    Else GB18030, or Big5 where a quarter of the characters end in a byte that ends none of the common characters of GB18030.
    """
    foreign = len(sample) - len(sample.translate(None, _FOREIGN))
    broken = len(sample) - len(sample.decode("utf-8", errors="ignore").encode())
    if broken * 2 <= foreign:
        return "utf-8"
    characters = _OF_TWO_BYTES.findall(sample)
    of_big5 = sum(pair[1] < 0x80 for pair in characters)
    return BIG5 if of_big5 > max(len(characters) // 4, _FEW) else "gb18030"


def _raw(path: Source, start: int, end: int | None, size: int) -> Iterator[bytes]:
    """The file's bytes from start to end, `size` at a time."""
    with path.open("rb") as stream:
        stream.seek(start)
        while block := stream.read(size if end is None else min(size, end - stream.tell())):
            yield block


def _transcoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-16 as UTF-8; other encodings as they are."""
    if not encoding.startswith("utf-16"):
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _whole_lines(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[bytes]:
    """The text in blocks that end with a line. A newline ends it, also where the file has carriage returns alone."""
    rest = b""
    for block in _transcoded(blocks, dialect.encoding):
        block = rest + (block if dialect.line_end == b"\n" else block.replace(dialect.line_end, b"\n"))
        end = block.rfind(b"\n") + 1 or (len(block) if len(block) > _LONGEST_LINE else 0)
        rest = block[end:]
        if end:
            yield block[:end]
    if rest:
        yield rest


def _plain(content: bytes) -> bytes:
    """Whole lines without byte order marks and NUL; a carriage return that ends no line is a blank."""
    if b"\x00" in content:
        content = content.replace(b"\x00", b"")
    if codecs.BOM_UTF8 in content:  # files put one behind the other; a line is not another encoding's for its mark
        content = _MARKS.sub(b"", content)
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    return content


def _utf8(content: bytes, encoding: str) -> bytes:
    """The content in UTF-8. Where the file's encoding does not fit all of it, each line is read in its own."""
    try:
        if encoding != "gb18030":
            bounds = pa.py_buffer(np.array([0, len(content)], dtype=np.int64))
            pa.LargeStringArray.from_buffers(1, bounds, pa.py_buffer(content)).validate(full=True)  # a check without a copy
            return content
        # Words of an odd number of characters fail to decode, because a delimiter ends no character.
        if _TWO_OF_UTF8 not in content.translate(_PARTS):
            return content.decode(encoding).encode()
    except (pa.ArrowInvalid, UnicodeDecodeError):
        pass
    return b"\n".join(_line_as_utf8(line, encoding) for line in content.split(b"\n"))


def _utf8_blocks(raw: Iterable[bytes], dialect: Dialect) -> Iterator[bytes]:
    """Whole lines in UTF-8, each ended by a newline alone."""
    return (_utf8(_plain(block), dialect.encoding) for block in _whole_lines(raw, dialect))


def _line_as_utf8(line: bytes, encoding: str) -> bytes:
    """Bytes that are no text become U+FFFD. In a file of GB18030 a line is UTF-8 only if a word says so: 联通 alone fits both."""
    parts = (b"\n" + line + b"\n").translate(_PARTS)
    if encoding != "gb18030" or _ONE_OF_UTF8 in parts or _TWO_OF_UTF8 in parts:
        encoding = encoding_of(line)
    return replaced(line, encoding).encode()


def replaced(content: bytes, encoding: str) -> str:
    """The text, with U+FFFD for what is none. Of a character of four bytes that the end cuts, what looks like its second byte stays:
    the decoder of GB18030 would take all that is left for one character, a delimiter or newline among it."""
    return (content + _END).decode(encoding, errors="replace")[: -len(_END)]


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        if block:
            yield from block.removesuffix("\n").split("\n")


def rows_of_cells(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows of a text. A quote that opens and is not closed as the format wants is a character like any other.

    So it costs its own line at most; read leniently it would swallow the lines after it.
    """
    return _rows(_lines([text]), delimiter)


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    ahead: deque[str] = deque()

    def record(line: str) -> Iterator[str]:
        """The line and, while its last cell is open, the lines after it."""
        yield line + "\n"
        length = 0
        for at in range(_LONGEST_CELL):
            if at == len(ahead):
                ahead.extend(islice(lines, 1))
            if at == len(ahead) or length > _LONGEST_CELL or len(ahead[at]) > _LONGEST_QUOTED_LINE:
                return
            length += len(ahead[at]) + 1
            yield ahead[at] + "\n"

    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        line = line.removeprefix("\ufeff")
        if '"' in line and len(line) <= _LONGEST_QUOTED_LINE:
            reader = csv.reader(record(line), delimiter=delimiter, strict=True)
            try:
                yield next(reader)
            except csv.Error:
                pass
            else:
                for _ in range(reader.line_num - 1):
                    ahead.popleft()
                continue
        yield line.split(delimiter, _MOST_CELLS)


def read_head(path: Source, dialect: Dialect, rows: int) -> list[list[str]]:
    """The first rows of a text file as cells."""
    return list(islice(rows_of_cells(_head(path, dialect), dialect.delimiter), rows))


def read_tail(path: Source, size: int, dialect: Dialect, begin: int, rows: int) -> list[list[str]]:
    """The last rows of a text of so many bytes as cells, at most `rows`: none before row `begin`, and not the one that is cut."""
    start = max(size - _TAIL, 0) // 2 * 2  # cuts no character of UTF-16, which is told by its first two bytes
    raw = (*(_raw(path, 0, 2, 2) if start else ()), *_raw(path, start, size, _TAIL))
    text = b"".join(_utf8_blocks(raw, dialect)).decode()
    return list(rows_of_cells(text, dialect.delimiter))[1 if start else begin :][-rows:]


def _head(path: Source, dialect: Dialect) -> str:
    return b"".join(_utf8_blocks(_raw(path, 0, _SAMPLE, _SAMPLE), dialect)).decode()


def delimiter_of(path: Source, rows: int, named: Callable[[list[list[str]]], int]) -> str:
    """The one that parts the first `rows` rows of a text into most headers that are known, as `named` counts them."""
    text = _head(path, dialect_at_start(path, DELIMITERS[0]))
    # One that is not there parts nothing.
    there = [DELIMITERS[0], *(delimiter for delimiter in DELIMITERS[1:] if delimiter in text)]
    return max(there, key=lambda delimiter: named(list(islice(rows_of_cells(text, delimiter), rows))))


def read_rows(path: Source, delimiter: str) -> Iterator[list[str]]:
    """All rows of a small text file as cells. Raises OSError when it cannot be read."""
    dialect = survey_text_file(path, _LONGEST_LINE, delimiter).dialect
    blocks = _utf8_blocks(_raw(path, 0, None, _BLOCK), dialect)
    yield from _rows(_lines(block.decode() for block in blocks), dialect.delimiter)


def read_piece(
    path: Source, start: int, end: int, dialect: Dialect, width: int
) -> Iterator[tuple[pl.DataFrame, pl.Series | None]]:
    """Rows of a piece as text columns c0 … c{width-1}; beside them, null when all have so many cells, which of them are long.

    Long is a row with something behind its last column; it keeps what fits. False stands for one with fewer cells, or with empty
    ones too many: those that it lacks were empty, or it is shifted. A sound piece is one frame, any other comes in several.
    """
    is_ready = dialect.is_sound and dialect.encoding == "utf-8"  # nothing to be done block by block
    if is_ready:
        content = b"".join(map(_plain, _whole_lines(_raw(path, start, end, end - start), dialect)))
        if (frame := _read_even(content, dialect.delimiter, width)) is not None:  # polars refuses what is no UTF-8
            yield frame, None
            return
    blocks = _utf8_blocks([content] if is_ready else _raw(path, start, end, _BLOCK), dialect)
    if dialect.is_sound:
        content = b"".join(blocks)
        if (frame := _read_even(content, dialect.delimiter, width)) is not None:
            yield frame, None
            return
        if (uneven := _read_uneven(content, dialect.delimiter, width)) is not None:
            yield uneven
            return
        blocks = iter([content])
    rows = _rows(_lines(block.decode() for block in blocks), dialect.delimiter)
    frame = _as_frame([], width)
    while batch := list(islice(rows, _CAREFUL_BATCH)):
        frame = frame.vstack(_as_frame(batch, width))
        while frame.height > _CAREFUL_ROWS * 5 // 4:  # columns are judged frame by frame: the last is no scrap
            yield _parted(frame.head(_CAREFUL_ROWS))
            frame = frame.slice(_CAREFUL_ROWS)
    if frame.height:
        yield _parted(frame)


def _read_even(content: bytes, delimiter: str, width: int) -> pl.DataFrame | None:
    """The fast way, for sound rows of the same number of cells; null for any others."""
    if content and not content.endswith(b"\n"):
        content += b"\n"  # without it polars 2.1 overlooks a surplus empty cell at the end
    if len(delimiter.encode()) > 1 or content.startswith(_AS_IF_PACKED):
        return None
    is_quoted = b'"' in content
    cells, rows = _count(content, delimiter.encode()), _count(content, b"\n")
    if not is_quoted and cells != rows * (width - 1):
        return None
    try:
        frame = _read_csv(content, delimiter, width, '"' if is_quoted else None)
    except pl.exceptions.PolarsError:
        return None  # a long line makes up for a short one
    if is_quoted:
        frame = frame.select(_NULL_IF_EMPTY)
        cells, rows = cells - _count_inside(frame, delimiter), rows - _count_inside(frame, "\n")
        if (cells, rows) != (frame.height * (width - 1), frame.height):
            return None
    return frame


def _count(content: bytes, sign: bytes) -> int:
    """How often a frequent byte occurs, several times faster than `bytes.count` tells."""
    text = np.frombuffer(content, dtype=np.uint8)
    return sum(int(np.count_nonzero(text[at : at + _BLOCK] == ord(sign))) for at in range(0, len(text), _BLOCK))


def _read_uneven(content: bytes, delimiter: str, width: int) -> tuple[pl.DataFrame, pl.Series] | None:
    """The fast way for rows without quotes of which some are short or long; null for any others."""
    if not content or b'"' in content or len(delimiter.encode()) > 1:
        return None
    text = np.frombuffer(content if content.endswith(b"\n") else content + b"\n", dtype=np.uint8)
    ends, parts = (np.flatnonzero(text == ord(character)) for character in ("\n", delimiter))
    cells = pl.Series(np.diff(np.searchsorted(parts, ends), prepend=0) + 1)
    widest = max(width, int(np.max(cells.to_numpy(), initial=0)))
    if widest > width + _MOST_SURPLUS:
        return None
    first = delimiter.encode() * (widest - 1) + b"\n"  # polars takes the number of columns from it
    frame = _read_csv(first + content, delimiter, widest, None).slice(1)
    uneven = (cells != width).arg_true()
    surplus = [trimmed(frame[column].gather(uneven)).is_not_null() for column in frame.columns[width:]]
    is_long = reduce(or_, surplus, pl.Series([False]).new_from_index(0, len(uneven)))
    return frame[:, :width], pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(frame)).scatter(uneven, is_long)


def _read_csv(content: bytes, delimiter: str, width: int, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(
        content,
        has_header=False,
        separator=delimiter,
        quote_char=quote,
        infer_schema=False,
        new_columns=[f"c{i}" for i in range(width)],
    )


def _count_inside(frame: pl.DataFrame, character: str) -> int:
    holding = [cells for cells in frame if holds_any(cells, character.encode())]  # hardly ever any
    return sum(int(cells.str.count_matches(character, literal=True).sum()) for cells in holding)


def _as_frame(rows: list[list[str]], width: int) -> pl.DataFrame:
    """The rows with the column `is_long` behind the cells."""
    padding = [""] * width
    columns = list(zip(*((row + padding)[:width] for row in rows), strict=True)) or [()] * width
    cells = pl.DataFrame([pl.Series(f"c{i}", column, pl.String) for i, column in enumerate(columns)]).select(_NULL_IF_EMPTY)
    return cells.with_columns(pl.Series("is_long", [_is_long(row, width) for row in rows], pl.Boolean))


def _is_long(row: list[str], width: int) -> bool | None:
    return None if len(row) == width else any(map(cleaned, row[width:]))


def _parted(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series | None]:
    is_long = frame["is_long"]
    return frame.drop("is_long").rechunk(), None if is_long.null_count() == len(is_long) else is_long
