"""dBASE and FoxPro files (.dbf): their records as text cells, a number written as it is stored.

A record is a text of fixed width, so that an account of 19 digits stays what it is; libraries make a float of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from jobs.delivery.text_files import encoding_of, replaced

LONGEST_NAME = 10
"""Bytes of a field's name: longer headers were cut."""
_UNITS = ("(元)", "(百元)", "(千元)", "(万元)", "(亿元)")
_HEAD, _FIELD, _END = 32, 32, 0x0D
_DELETED, _BLANK, _NEWLINE = ord("*"), ord(" "), ord("\n")
_BIG5 = (0x4E, 0x78)
"""Code pages that a file states. Those of Chinese programs state GBK, nothing, or one that is wrong: their texts tell."""
_SAMPLE_ROWS = 2_000
_FIRST_DAY, _LAST_DAY = 1_721_426, 5_373_484
"""Days as FoxPro counts them, Julian ones, of the years 1 to 9999."""
_ELSEWHERE = "#REF!"
"""In place of what lies in a file beside the database: told as what cannot be read."""
Cells = npt.NDArray[np.uint8]
"""Bytes of a field, a row a record."""


@dataclass(frozen=True)
class Database:
    """`frame`: text columns c0, c1, …; row 0 holds the names, row n record n, without cells where it is marked as deleted.

    deleted: number of those. elsewhere: fields with cells that lie in a file beside this one.
    """

    frame: pl.DataFrame
    deleted: int
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class _Field:
    name: bytes
    kind: str
    start: int
    length: int


def read_database(content: bytes, rows: int | None = None) -> Database:
    """The first `rows` rows, the names included. Raises ValueError for a file that holds less than it states."""
    stated, begin, width = (int.from_bytes(content[at : at + size], "little") for at, size in ((4, 4), (8, 2), (10, 2)))
    fields = [field for field in _fields(content[:begin]) if field.kind != "0"]  # which of the others are null: a blank says so
    if not fields or fields[-1].start + fields[-1].length > width or begin + stated * width > len(content):
        raise ValueError(f"{stated:,} records of {width} bytes are stated, more than the file holds")
    count = stated if rows is None else min(stated, max(rows - 1, 0))
    records = np.frombuffer(content, np.uint8, count * width, begin).reshape(count, width)
    is_deleted = records[:, 0] == _DELETED
    encoding = _encoding(content, fields, records)
    columns, elsewhere = [], []
    for i, field in enumerate(fields):
        name = _named(field.name, encoding)
        read = _READ.get(field.kind if field.kind != "B" or field.length == 8 else "M", _elsewhere)
        cells = read(np.ascontiguousarray(records[:, field.start : field.start + field.length]), encoding)
        cells = cells.str.strip_chars(" ")
        cells = cells.set((cells == "") | pl.Series(is_deleted), None)
        if (cells == _ELSEWHERE).any():
            elsewhere.append(name)
        columns.append(pl.Series(f"c{i}", [name], pl.String).append(cells))
    return Database(pl.DataFrame(columns), int(is_deleted.sum()), tuple(elsewhere))


def _fields(head: bytes) -> Iterator[_Field]:
    start = 1
    for at in range(_HEAD, len(head) - 1, _FIELD):
        if head[at] == _END or at + _FIELD > len(head):
            return
        kind = chr(head[at + 11])
        length = head[at + 16] + 256 * head[at + 17] * (kind == "C")
        yield _Field(head[at : at + 11].split(b"\x00")[0].strip(), kind, start, length)
        start += length


def _named(name: bytes, encoding: str) -> str:
    """A field's name. What the format has cut of a unit of money is put back: the first byte of its first character tells it."""
    at = name.rfind(b"(")
    if len(name) == LONGEST_NAME and 0 < at < LONGEST_NAME - 1:
        whole = [unit for unit in _UNITS if unit.encode(encoding).startswith(name[at:])]
        if len(whole) == 1:
            return name[:at].decode(encoding, errors="replace") + whole[0]
    return name.decode(encoding, errors="replace").rstrip("\ufffd")  # half a character


def _encoding(content: bytes, fields: list[_Field], records: npt.NDArray[np.uint8]) -> str:
    if content[29] in _BIG5:
        return "big5hkscs"
    texts = (records[:_SAMPLE_ROWS, f.start : f.start + f.length].tobytes() for f in fields if f.kind == "C")
    return encoding_of(b"\n".join((*(field.name for field in fields), *texts)))


def _text(cells: Cells, encoding: str) -> pl.Series:
    """Decoded at once, a line a cell. A character that the field's end cuts does not take the newline with it."""
    plain = np.where(cells < _BLANK, _BLANK, cells).astype(np.uint8)
    lines = np.pad(plain, ((0, 0), (0, 1)), constant_values=_NEWLINE)
    return pl.Series(replaced(lines.tobytes(), encoding).split("\n")[:-1], dtype=pl.String)


def _whole(cells: Cells, _: str) -> pl.Series:
    return pl.Series(cells.view("<i4")[:, 0]).cast(pl.String)


def _double(cells: Cells, _: str) -> pl.Series:
    return pl.Series([repr(value) for value in cells.view("<f8")[:, 0].tolist()], dtype=pl.String)


def _currency(cells: Cells, _: str) -> pl.Series:
    return pl.Series([f"{value / 10_000:.4f}" for value in cells.view("<i8")[:, 0].tolist()], dtype=pl.String)


def _moment(cells: Cells, _: str) -> pl.Series:
    moments = (
        str(datetime(1, 1, 1) + timedelta(days=day - _FIRST_DAY, milliseconds=time)) if _FIRST_DAY <= day < _LAST_DAY else ""
        for day, time in cells.view("<i4").tolist()
    )
    return pl.Series(list(moments), dtype=pl.String)


def _elsewhere(cells: Cells, _: str) -> pl.Series:
    is_filled = ~np.isin(cells, (0, _BLANK, ord("0"))).all(axis=1)
    return pl.Series(np.where(is_filled, _ELSEWHERE, "").tolist(), dtype=pl.String)


_READ: Mapping[str, Callable[[Cells, str], pl.Series]] = {
    **dict.fromkeys("CVNFDL", _text),
    "I": _whole,
    "B": _double,
    "Y": _currency,
    "T": _moment,
}
"""By kind of a field; of any other kind the cells lie elsewhere."""
