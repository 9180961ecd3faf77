"""What calamine leaves out of a sheet: number formats, error values, formulas without a stored value, and merged cells.

They are searched for in the sheet's own text and laid over the cells that calamine read, so that a plain sheet costs nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from xml.sax.saxutils import unescape

import numpy as np
import polars as pl

from jobs.cells.faults import FORMULA
from jobs.cells.text import map_distinct
from jobs.delivery.number_formats import NumberFormat, Use

SHOWN = "_shown"
"""Column of `laid_over`: which cells of the row were read by their number formats, as names of columns joined by a blank."""
_C, _END = rb"<(?:\w+:)?c(?=[ >])", rb"</(?:\w+:)?"
_VALUE = rb"<(?:\w+:)?v(?: [^>]*)?>([^<]*)" + _END + rb"v>"
_FORMULA = rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)" + _END + rb"f>)"
_ERROR = re.compile(_C + rb'(?=[^>]*\bt="e")([^>]*)(?<!/)>(?:' + _FORMULA + rb")?" + _VALUE)
# Stated to be a text, a formula without a value gave an empty one.
_NO_VALUE = re.compile(
    _C + rb'(?![^>]*\bt="str")([^>]*)(?<!/)>' + _FORMULA + rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>" + _END + rb"v>)?" + _END + rb"c>"
)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*\bref="([A-Za-z]+)(\d+):[A-Za-z]+(\d+)"')
_PLACE = re.compile(rb'\br="([A-Za-z]+)(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_CELL_OR_ROW = re.compile(rb'<((?:\w+:)?(row|c))(?=[ >/])((?:[^>]*?\br="([A-Za-z]*)(\d+)")?[^>]*>)')
_ANY = re.compile(_C)
_UNPLACED = re.compile(_C + rb"(?![^>]*\br=)")
_LONGEST_FORMULA = 200


def suspects(block: bytes, styled: re.Pattern[bytes] | None) -> bool:
    """Does a block of a sheet hold anything that calamine leaves out?"""
    if b"mergeCell " in block or (styled and styled.search(block)):
        return True
    return bool((b't="e"' in block and _ERROR.search(block)) or (_has_formulas(block) and _NO_VALUE.search(block)))


def _has_formulas(block: bytes) -> bool:
    return b"<f" in block or b":f" in block


def styled_numbers(formats: Mapping[int, NumberFormat]) -> re.Pattern[bytes] | None:
    """What finds the numbers under these styles: null where there are none."""
    if not formats:
        return None
    styles = "|".join(map(str, sorted(formats))).encode()
    return re.compile(
        _C + rb'(?=[^>]*\bs="(?:' + styles + rb')")(?![^>]*\bt="[^n])([^>]*)(?<!/)>(?:' + _FORMULA + rb")?" + _VALUE
    )


_CELLS = {"row": pl.Int64, "column": pl.Int64, "style": pl.Int64, "value": pl.String}


@dataclass(frozen=True)
class Found:
    """Cells and merged ranges of a sheet. `cells`: row and column from 0, style (null for a fault), value."""

    cells: pl.DataFrame
    merged: list[tuple[int, int, int]]
    """Column, first row and last row, from 0, of ranges of several rows."""

    def moved(self, first: int) -> Found:
        """The same where `first` is the number of the column that is called c0."""
        return Found(
            self.cells.with_columns(pl.col("column") - first),
            [(column - first, top, bottom) for column, top, bottom in self.merged],
        )


def found_cells(cells: Sequence[tuple[int, int, int | None, str]]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema=_CELLS, orient="row")


NOTHING = Found(found_cells([]), [])


def search(blocks: Iterable[bytes], styled: re.Pattern[bytes] | None) -> Found:
    """What calamine leaves out of the sheet whose text comes in blocks that tear no cell."""
    frames, merged = [], []
    for block in _placed(blocks):
        found: list[tuple[int, int, int | None, str]] = []
        if styled:
            found += [(*_place(cell), int(_STYLE.search(cell)[1]), value.decode()) for cell, _, value in styled.findall(block)]  # type: ignore[index]
        if b't="e"' in block:
            found += [(*_place(cell), None, unescape(value.decode())) for cell, _, value in _ERROR.findall(block)]
        if _has_formulas(block):
            found += [(*_place(cell), None, _formula(text)) for cell, text in _NO_VALUE.findall(block)]
        if found:
            frames.append(found_cells(found))
        ranges = _MERGE.findall(block) if b"mergeCell " in block else ()
        merged += [(column_number(column) - 1, int(top) - 1, int(bottom) - 1) for column, top, bottom in ranges if top != bottom]
    return Found(pl.concat(frames) if frames else NOTHING.cells, merged)


def laid_over(
    frame: pl.DataFrame,
    found: Found,
    formats: Mapping[int, NumberFormat],
    uses: Mapping[int, Use],
    header_at: int,
    *,
    is_1904: bool,
) -> pl.DataFrame:
    """The sheet's cells c0, c1, … with what is shown in place of what is stored, and SHOWN.

    Below the header a cell that is merged over several rows counts for each of them that holds anything itself.
    """
    own = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series() if found.merged and frame.width else None
    columns = {name: frame[name] for name in frame.columns}
    by_format: dict[str, pl.Series] = {}
    cells = found.cells.filter(pl.col("row").is_between(0, frame.height - 1) & pl.col("column").is_between(0, frame.width - 1))
    for (column,), of_column in cells.group_by("column"):
        name = f"c{column}"
        read = [_read(of_style, formats, uses.get(int(column), Use.DAY), is_1904) for _, of_style in of_column.group_by("style")]
        told = pl.concat(read)
        columns[name] = columns[name].scatter(told["row"].to_numpy(), told["text"])
        rows = told.filter("by_format")["row"]
        if len(rows):
            by_format[name] = pl.select(pl.int_range(frame.height).is_in(rows.implode())).to_series()
    for column, ranges in _by_column(found.merged, header_at, frame).items():
        columns[f"c{column}"] = _filled_down(columns[f"c{column}"], ranges, own)
    return pl.DataFrame(list(columns.values())).with_columns(_marks(by_format, frame.height))


def _read(cells: pl.DataFrame, formats: Mapping[int, NumberFormat], use: Use, is_1904: bool) -> pl.DataFrame:
    """The texts of cells of one style."""
    style = cells["style"][0]
    if style is None:
        return cells.select("row", text="value", by_format=pl.lit(False))
    read: Callable[[str], str | None] = lambda stored: formats[style].shown(stored, use, is_1904=is_1904)  # noqa: E731
    text = map_distinct(cells["value"], read, pl.String)
    plain = map_distinct(cells["value"], _PLAIN, pl.String)
    return cells.select("row", text=text, by_format=text.ne_missing(plain))


def _PLAIN(stored: str) -> str | None:
    return NumberFormat("General").shown(stored, Use.AMOUNT)


def _by_column(merged: list[tuple[int, int, int]], header_at: int, frame: pl.DataFrame) -> dict[int, list[tuple[int, int]]]:
    ranges: dict[int, list[tuple[int, int]]] = {}
    for column, top, bottom in merged:
        if top > header_at and 0 <= column < frame.width and top < frame.height:
            ranges.setdefault(column, []).append((top, min(bottom, frame.height - 1)))
    return ranges


def _filled_down(cells: pl.Series, ranges: list[tuple[int, int]], own: pl.Series | None) -> pl.Series:
    source = np.arange(len(cells))
    for top, bottom in ranges:
        source[top : bottom + 1] = top
    return (
        pl.select(pl.when(pl.lit(own) & pl.lit(cells).is_null()).then(cells.gather(source)).otherwise(cells))
        .to_series()
        .alias(cells.name)
    )


def _marks(by_format: Mapping[str, pl.Series], height: int) -> pl.Series:
    if not by_format:
        return pl.Series(SHOWN, [None] * height, dtype=pl.String)
    marks = [pl.when(pl.lit(rows)).then(pl.lit(name)) for name, rows in sorted(by_format.items())]
    joined = pl.concat_str(marks, separator=" ", ignore_nulls=True)
    return pl.select(pl.when(joined != "").then(joined).alias(SHOWN)).to_series()


def _place(cell: bytes) -> tuple[int, int]:
    """Row and column of a cell, from 0."""
    place = _PLACE.search(cell)
    assert place  # _placed saw to it
    return int(place[2]) - 1, column_number(place[1]) - 1


@cache
def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters.upper(), 0)


def _formula(text: bytes) -> str:
    """Of one that only names the cell whose formula it shares there is nothing to show."""
    return (
        FORMULA if not text else "=" + unescape(text.decode(errors="replace"), {"&quot;": '"', "&apos;": "'"})[:_LONGEST_FORMULA]
    )


def _placed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, with a place for each cell. Few writers leave them out, and those always: the first cells tell."""
    row = column = 0

    def place(token: re.Match[bytes]) -> bytes:
        nonlocal row, column
        if token[2] == b"row":
            row, column = (int(token[5]) if token[5] else row + 1), 0
            return token[0]
        column = column_number(token[4]) if token[4] else column + 1
        if token[5]:
            return token[0]
        return b'<%s r="%s%d"%s' % (token[1], _letters(column), row, token[3])

    is_placed = None
    for block in blocks:
        if is_placed is None and _ANY.search(block):
            is_placed = not _UNPLACED.search(block)
        yield block if is_placed else _CELL_OR_ROW.sub(place, block)


@cache
def _letters(column: int) -> bytes:
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else b"") + b"%c" % (ord("A") + last)
