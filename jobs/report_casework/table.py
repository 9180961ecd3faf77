"""Tables of figures as the report tells them: what stands in every cell, and which cells come to which other ones.

Workbook and PDF show these and count nothing themselves; the public edition is made of the same tables with cells taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

from models.measures import Interval, wilson


class Blank(Enum):
    """Why a cell holds no figure; what is read in its place."""

    NOT_PROVIDED = "未提供"
    NOTHING = "—"
    HIDDEN = "＊"


Value = int | Decimal | float | Interval | Blank


class Kind(StrEnum):
    """How a figure is read. Counts are of people, households or what was done about them; records are of neither."""

    COUNT = "count"
    RECORDS = "records"
    YUAN = "yuan"
    SHARE = "share"
    INTERVAL = "interval"
    DAYS = "days"


@dataclass(frozen=True)
class Period:
    """Both days inclusive."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def told(self) -> str:
        return f"{self.first.isoformat()} 至 {self.last.isoformat()}"


@dataclass(frozen=True)
class Ratio:
    """A figure made of counts of its row alone, so that it tells nothing that they do not. whole: the number that an end of the interval
    is multiplied with, rounded outwards; end: 0 = the lower one, 1 = the upper one."""

    hits: tuple[str, ...]
    among: tuple[str, ...]
    whole: str = ""
    end: int = 0

    def of(self, cells: Mapping[str, Value], kind: Kind) -> Value:
        keys = (*self.hits, *self.among, *((self.whole,) if self.whole else ()))
        if blanks := [value for key in keys if isinstance(value := cells.get(key, Blank.NOT_PROVIDED), Blank)]:
            return Blank.HIDDEN if Blank.HIDDEN in blanks else blanks[0]
        hits, among = (sum(int(str(cells[key])) for key in part) for part in (self.hits, self.among))
        if not among:
            return Blank.NOTHING
        if not self.whole:
            return hits / among if kind is Kind.SHARE else wilson(hits, among)
        told = wilson(hits, among)[self.end] * int(str(cells[self.whole]))
        return -int(-told // 1) if self.end else int(told)


@dataclass(frozen=True)
class Column:
    """sum_of: columns of the table that it is the sum of. along: columns that come to it only together with this one. rests_on: counts of
    its row that an amount or a median is of. made: what it is made by of others."""

    key: str
    heading: str
    kind: Kind = Kind.COUNT
    sum_of: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    made: Ratio | None = None


@dataclass(frozen=True)
class Row:
    """parts: keys of the rows that it is the sum of, in every column of counts or records. depth: 0 = the total. A cell without a column is
    a count that others of its row are made of."""

    key: str
    label: str
    cells: Mapping[str, Value]
    depth: int = 1
    parts: tuple[str, ...] = ()


Place = tuple[str, str, str]
"""Table, row and column of a cell."""


@dataclass(frozen=True)
class Table:
    """A table of figures.

    source: where they come from, and of which days they are. why_not: why there is none; then it has no rows. same: cells that are
    another table's, too. bars: the column that the picture shows, empty = no picture; between: its interval.
    """

    key: str
    title: str
    what: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str
    note: str = ""
    why_not: str = ""
    same: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    bars: str = ""
    between: str = ""

    @property
    def drawn(self) -> tuple[Row, ...]:
        """Rows that the picture has a bar of."""
        return tuple(row for row in self.rows if self.bars and row.depth and not row.parts)

    @property
    def is_drawn(self) -> bool:
        """Is there anything to see?"""
        values = [row.cells.get(self.bars) for row in self.drawn]
        return any(isinstance(value, int | Decimal | float) and value > 0 for value in values)

    def value(self, row: str, column: str) -> Value:
        return next((one.cells.get(column, Blank.NOT_PROVIDED) for one in self.rows if one.key == row), Blank.NOT_PROVIDED)


@dataclass(frozen=True)
class Chapter:
    """One of the mechanisms."""

    title: str
    lead: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Highlight:
    """A figure of the first page: the cell of a table, and what it is of."""

    label: str
    place: Place
    unit: str


TOTAL = "total"


def share(hits: int, count: int) -> Value:
    return hits / count if count else Blank.NOTHING


def with_made(row: Row, columns: Iterable[Column]) -> Row:
    """The row with the cells that are made of its others."""
    made = {column.key: column.made.of(row.cells, column.kind) for column in columns if column.made}
    return replace(row, cells={**row.cells, **made})


def summed(rows: Sequence[Row], columns: Iterable[Column], label: str = "合计", key: str = TOTAL, depth: int = 0) -> Row:
    """The row that the given ones come to, in counts, records and yuan; what it makes of the other columns is for the caller."""
    adding = [column.key for column in columns if column.kind in (Kind.COUNT, Kind.RECORDS, Kind.YUAN)]
    cells: dict[str, Value] = {}
    for column in adding:
        known = [value for row in rows if isinstance(value := row.cells.get(column), int | Decimal)]
        cells[column] = sum(known[1:], known[0]) if known else Blank.NOT_PROVIDED if rows else 0
    return Row(key, label, cells, depth, tuple(row.key for row in rows))


def shown(value: Value, kind: Kind) -> str:
    """The figure as a reader meets it."""
    match value:
        case Blank():
            return value.value
        case tuple():
            return f"{100 * value[0]:.1f}–{value[1]:.1%}"
    match kind:
        case Kind.SHARE:
            return f"{value:.1%}"
        case Kind.YUAN:
            return f"{value:,.2f}"
        case Kind.DAYS:
            return f"{value:.1f}".removesuffix(".0")
        case _:
            return f"{value:,}"
