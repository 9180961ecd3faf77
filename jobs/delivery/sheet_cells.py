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

from jobs.cells.faults import FORMULA, MERGED
from jobs.cells.text import map_distinct
from jobs.delivery.number_formats import NumberFormat, Use

SHOWN = "_shown"
"""Column of `laid_over`: which cells of the row were read by their number formats, as names of columns joined by a blank."""
_CELL, _END = r"<(?:\w+:)?c\b", r"</(?:\w+:)?"
_VALUE = r"<(?:\w+:)?v(?: [^>]*)?>[^<]*"
_FORMULA = rf"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*{_END}f>)"
_NUMBERS = rf'(?:STYLES)"[^>]*>(?:{_FORMULA})?{_VALUE}'
_TENTHS = rf'(?:STYLES)"[^>]*>(?:{_FORMULA})?<(?:\w+:)?v(?: [^>]*)?>(?:19|20)\d\d\.(?:10*|10{{6}}[^<]*|09{{6}}[^<]*)<'
"""A year and its tenth month, 2017.1 or 2017.0999999999999 in a file: the only numbers that a format of two places changes."""
_ERRORS = rf'{_CELL}[^>]*\bt="e"[^>]*>(?:{_FORMULA})?{_VALUE}'
_NO_VALUES = rf"{_CELL}[^>]*>{_FORMULA}(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>{_END}v>)?{_END}c>"
_TEXTS = ("s", "str", "inlineStr")
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*\bref="([A-Za-z]+)(\d+):[A-Za-z]+(\d+)"')
_CELL_OR_ROW = re.compile(rb'<((?:\w+:)?(row|c))(?=[ >/])((?:[^>]*?\br="([A-Za-z]*)(\d+)")?[^>]*>)')
_ANY = re.compile(rb"<(?:\w+:)?c(?=[ >/])")
_UNPLACED = re.compile(_ANY.pattern + rb"(?![^>]*\br=)")
_HAS_FORMULA = re.compile(rb"f[> ]")  # the quickest of all that tell; most sheets have none
_PROTECTED = re.compile('="[^"]*"')
_LONGEST_FORMULA = 200


MOST_COLUMNS = 16_384
"""What a sheet of Excel has; one that is farther to the right is no table, and each column costs, filled or not."""


class TooLarge(Exception):
    """A sheet whose filled rectangle has more cells than are allowed."""


def suspects(block: bytes, styled: str) -> bool:
    """Does a block of a sheet hold anything that calamine leaves out? `styled`: of `styled_numbers` and `styled_texts`."""
    if b"mergeCell " in block or (styled and re.search(styled.encode(), block)):
        return True
    return any(re.search(pattern.encode(), block) for pattern in _faults(block))


def _faults(block: bytes) -> Iterator[str]:
    """Patterns of errors and formulas without values that are worth searching for in the block."""
    if b't="e"' in block:
        yield _ERRORS
    if _HAS_FORMULA.search(block):
        yield _NO_VALUES


def styled_numbers(formats: Mapping[int, NumberFormat]) -> str:
    """The pattern of cells with a number that these styles may change; empty where there are no such styles."""
    kinds = (
        (_NUMBERS, [style for style, read in formats.items() if not read.is_plain]),
        (_TENTHS, [style for style, read in formats.items() if read.shows_months]),
    )
    patterns = [pattern.replace("STYLES", "|".join(map(str, sorted(styles)))) for pattern, styles in kinds if styles]
    return rf'{_CELL}[^>]*\bs="(?:{"|".join(patterns)})' if patterns else ""


def styled_texts(formats: Mapping[int, NumberFormat]) -> str:
    """The pattern of cells whose styles would change a text; empty where there are no such styles."""
    styles = [str(style) for style, read in formats.items() if any(read.around_text)]
    return rf'{_CELL}[^>]*\bs="(?:{"|".join(styles)})"[^>]*>' if styles else ""


_CELLS = {"row": pl.Int64, "column": pl.Int64, "style": pl.Int64, "value": pl.String}


@dataclass(frozen=True)
class Found:
    """Cells and merged ranges of a sheet.

    `cells`: row and column from 0, style (null for a fault), value (null for a text, which calamine reads).
    """

    cells: pl.DataFrame
    merged: list[tuple[int, int, int]]
    """Column, first row and last row, from 0, of ranges of several rows."""

    def moved(self, first: int) -> Found:
        """The same where `first` is the number of the column that is called c0."""
        return Found(
            self.cells.with_columns(pl.col("column") - first),
            [(column - first, top, bottom) for column, top, bottom in self.merged],
        )


def found_cells(cells: Sequence[tuple[int, int, int | None, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema=_CELLS, orient="row")


NOTHING = Found(found_cells([]), [])


def search(blocks: Iterable[bytes], numbers: str, texts: str) -> Found:
    """What calamine leaves out of the sheet whose text comes in blocks that tear no cell."""
    frames, merged = [NOTHING.cells], []
    for block in _placed(blocks):
        text = pl.Series([block.decode(errors="replace")])
        if numbers:
            frames.append(_matches(text, numbers).filter(pl.col("kind").is_null() | (pl.col("kind") == "n")).select(*_CELLS))
        if texts:
            found = _matches(text, texts).filter(pl.col("kind").is_in(_TEXTS))
            frames.append(found.with_columns(value=pl.lit(None, dtype=pl.String)).select(*_CELLS))
        for pattern in _faults(block):
            # Stated to be a text, a formula without a value gave an empty one.
            faults = _matches(text, pattern).filter(pl.col("kind").is_null() | (pl.col("kind") != "str"))
            value = "=" + faults["formula"] if pattern is _NO_VALUES else faults["value"]
            value = map_distinct(value.fill_null(FORMULA), _unescaped, pl.String).alias("value")
            frames.append(faults.with_columns(value, style=pl.lit(None, dtype=pl.Int64)).select(*_CELLS))
        ranges = _MERGE.findall(block) if b"mergeCell " in block else ()
        merged += [(column_number(column) - 1, int(top) - 1, int(bottom) - 1) for column, top, bottom in ranges if top != bottom]
    return Found(pl.concat(frames), merged)


def _matches(text: pl.Series, pattern: str) -> pl.DataFrame:
    """What the pattern finds: place, style, kind, value and formula of each cell."""
    cells = text.str.extract_all(pattern).explode().drop_nulls()
    head = cells.str.extract("^([^>]*)>")
    letters = head.str.extract(r'\br="([A-Za-z]+)')
    return pl.DataFrame(
        {
            "row": head.str.extract(r'\br="[A-Za-z]+(\d+)"').cast(pl.Int64) - 1,
            "column": map_distinct(letters, lambda name: column_number(name.encode()) - 1, pl.Int64),
            "style": head.str.extract(r'\bs="(\d+)"').cast(pl.Int64),
            "kind": head.str.extract(r'\bt="(\w+)"'),
            "value": cells.str.extract(">([^<]*)<?$"),
            "formula": cells.str.extract(rf"<(?:\w+:)?f\b[^>]*[^/>]?>([^<]+){_END}f>"),
        }
    )


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

    Below the header a cell that is merged over several rows counts for each of them that holds anything itself; a sum in the
    first of them alone.
    """
    own = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series() if found.merged and frame.width else None
    columns = {name: frame[name] for name in frame.columns}
    by_format: dict[str, pl.Series] = {}
    cells = found.cells.filter(pl.col("row").is_between(0, frame.height - 1) & pl.col("column").is_between(0, frame.width - 1))
    for (column,), of_column in cells.group_by("column"):
        name = f"c{column}"
        use = uses.get(int(column), Use.DAY)
        is_text = of_column["value"].is_null()
        read = [_read(of_style, formats, use, is_1904) for _, of_style in of_column.filter(~is_text).group_by("style")]
        if use is Use.TEXT:  # a heading and what stands above it is no code
            below = of_column.filter(is_text & (of_column["row"] > header_at))
            read += [_read_texts(of_style, formats, frame[name]) for _, of_style in below.group_by("style")]
        if not read:
            continue
        told = pl.concat(read)
        columns[name] = columns[name].scatter(told["row"].to_numpy(), told["text"])
        rows = told.filter("by_format")["row"]
        if len(rows):
            by_format[name] = pl.select(pl.int_range(frame.height).is_in(rows.implode())).to_series()
    for column, ranges in _by_column(found.merged, header_at, frame).items():
        columns[f"c{column}"] = _filled_down(columns[f"c{column}"], ranges, own, is_sum=uses.get(column) is Use.SUM)
    return pl.DataFrame(list(columns.values())).with_columns(_marks(by_format, frame.height))


def _read(cells: pl.DataFrame, formats: Mapping[int, NumberFormat], use: Use, is_1904: bool) -> pl.DataFrame:
    """The texts of cells of one style."""
    style = cells["style"][0]
    if style is None:
        return cells.select("row", text="value", by_format=pl.lit(False))
    if formats[style].shows_months and use not in (Use.DAY, Use.TEXT):
        cells = cells.clear()  # an amount is what is stored
    read: Callable[[str], str | None] = lambda stored: formats[style].shown(stored, use, is_1904=is_1904)  # noqa: E731
    text = map_distinct(cells["value"], read, pl.String)
    return cells.select("row", text=text, by_format=text.ne_missing(cells["value"]))


def _read_texts(cells: pl.DataFrame, formats: Mapping[int, NumberFormat], stored: pl.Series) -> pl.DataFrame:
    """The same of cells with texts, which are in the column as they are stored."""
    own = stored.gather(cells["row"])
    text = map_distinct(own, formats[cells["style"][0]].shown_text, pl.String)
    return cells.select("row", text=text, by_format=text.ne_missing(own))


def _by_column(merged: list[tuple[int, int, int]], header_at: int, frame: pl.DataFrame) -> dict[int, list[tuple[int, int]]]:
    ranges: dict[int, list[tuple[int, int]]] = {}
    for column, top, bottom in merged:
        if top > header_at and 0 <= column < frame.width and top < frame.height:
            ranges.setdefault(column, []).append((top, min(bottom, frame.height - 1)))
    return ranges


def _filled_down(cells: pl.Series, ranges: list[tuple[int, int]], own: pl.Series | None, *, is_sum: bool) -> pl.Series:
    """The cells with what merged ones hold in each of their rows, or with a word that they do where it must not count again."""
    source = np.arange(len(cells))
    for top, bottom in ranges:
        source[top : bottom + 1] = top
    held = cells.gather(source)
    filled = held.set(held.is_not_null(), MERGED) if is_sum else held
    return pl.select(pl.when(pl.lit(own) & pl.lit(cells).is_null()).then(filled).otherwise(cells)).to_series().alias(cells.name)


def _marks(by_format: Mapping[str, pl.Series], height: int) -> pl.Series:
    if not by_format:
        return pl.Series(SHOWN, [None] * height, dtype=pl.String)
    marks = [pl.when(pl.lit(rows)).then(pl.lit(name)) for name, rows in sorted(by_format.items())]
    joined = pl.concat_str(marks, separator=" ", ignore_nulls=True)
    return pl.select(pl.when(joined != "").then(joined).alias(SHOWN)).to_series()


@cache
def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters.upper(), 0)


def _unescaped(text: str) -> str:
    plain = unescape(text, {"&quot;": '"', "&apos;": "'"})[:_LONGEST_FORMULA]
    return FORMULA if plain.startswith('="') and not _PROTECTED.fullmatch(plain) else plain  # else read as a text in quotes


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
