"""The public edition: small counts taken out, and as many others that no sum gives one of them away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jobs.report_casework.table import Blank, Chapter, Kind, Place, Row, Table, Value

LEAST = 5
"""A count below this, and above nought, might be somebody in person."""
_NOUGHT = 1e-9


@dataclass(frozen=True)
class Sum:
    """A cell that is known to be the sum of others. along: cells that come to the parts only together with it."""

    total: Place
    parts: tuple[Place, ...]
    along: tuple[Place, ...] = ()

    @property
    def totals(self) -> tuple[Place, ...]:
        return (self.total, *self.along)

    @property
    def cells(self) -> tuple[Place, ...]:
        return (*self.totals, *self.parts)


def public(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """The chapters without what must not be told."""
    tables = {table.key: table for chapter in chapters for table in chapter.tables}
    counts = dict(_counts(tables.values()))
    hidden = hidden_cells(counts, list(_sums(tables, counts)), _dear(tables.values()))
    return tuple(replace(chapter, tables=tuple(_without(table, hidden) for table in chapter.tables)) for chapter in chapters)


def hidden_cells(counts: Mapping[Place, int], sums: Sequence[Sum], dear: frozenset[Place] = frozenset()) -> frozenset[Place]:
    """Small counts, and those beside them that must go with them: in no sum stands one alone, or some that are small together, and
    no combination of sums tells one. The smallest others are taken,
    of those first that are not dear."""
    hidden = {place for place, count in counts.items() if 0 < count < LEAST}
    while more := _beside(counts, sums, hidden, dear) or _told_by_all(counts, sums, hidden, dear):
        hidden |= more
    return frozenset(hidden)


def _beside(counts: Mapping[Place, int], sums: Sequence[Sum], hidden: set[Place], dear: frozenset[Place]) -> set[Place]:
    """One more cell of each sum that gives a hidden one away."""
    more: set[Place] = set()
    for one in sums:
        gone = [place for place in one.cells if place in hidden or place in more]
        is_one_sided = {*gone} <= {*one.parts} or {*gone} <= {*one.totals}
        is_small = is_one_sided and sum(counts[place] for place in gone) < LEAST
        if gone and (len(gone) == 1 or is_small):
            more |= _next(counts, one, hidden | more, dear)
    return more


def _next(counts: Mapping[Place, int], one: Sum, hidden: set[Place], dear: frozenset[Place]) -> set[Place]:
    left = [place for place in (one.cells if one.along else one.parts) if place not in hidden]
    some = [place for place in left if counts[place]]
    chosen = min(some, key=lambda place: (place in dear, counts[place], place), default=one.total)
    if chosen in hidden and left:  # nothing but noughts beside a total that is gone
        chosen = min(left)
    return {chosen} - hidden


def _told_by_all(counts: Mapping[Place, int], sums: Sequence[Sum], hidden: set[Place], dear: frozenset[Place]) -> set[Place]:
    """One more cell where several sums together leave a hidden one no second value."""
    unknown = sorted(hidden)
    at = {place: n for n, place in enumerate(unknown)}
    among = [one for one in sums if any(place in at for place in one.cells)]
    if not among:
        return set()
    matrix = np.zeros((len(among), len(unknown)))
    for n, one in enumerate(among):
        for place in one.parts:
            if place in at:
                matrix[n, at[place]] -= 1
        for place in one.totals:
            if place in at:
                matrix[n, at[place]] += 1
    _, sizes, directions = np.linalg.svd(matrix)
    free = directions[int((sizes > _NOUGHT).sum()) :]  # what may be added to the hidden cells without a sum being wrong
    told = [place for place, n in at.items() if not free.size or float(np.abs(free[:, n]).max()) < _NOUGHT]
    for place in told:
        for one in among:
            if place in one.cells and (more := _next(counts, one, hidden, dear)):
                return more
    return set()


def _dear(tables: Iterable[Table]) -> frozenset[Place]:
    """Counts with which a share, a median or an amount would go."""
    return frozenset(
        (table.key, row.key, rested)
        for table in tables
        for row in table.rows
        for column in table.columns
        for rested in column.rests_on
    )


def _counts(tables: Iterable[Table]) -> Iterator[tuple[Place, int]]:
    for table in tables:
        for row in table.rows:
            for column in table.columns:
                value = row.cells.get(column.key)
                if column.kind is Kind.COUNT and isinstance(value, int):
                    yield (table.key, row.key, column.key), value


def _sums(tables: Mapping[str, Table], counts: Mapping[Place, int]) -> Iterator[Sum]:
    """All sums of which every cell is a count that stands in the report."""
    for table in tables.values():
        for row in table.rows:
            for column in table.columns:
                if column.sum_of:
                    with_it = (column.key, *column.along)
                    yield from _sum(counts, *([(table.key, row.key, key) for key in keys] for keys in (with_it, column.sum_of)))
                if row.parts:
                    yield from _sum(
                        counts, [(table.key, row.key, column.key)], [(table.key, part, column.key) for part in row.parts]
                    )
        for (row_key, column_key), other in table.same.items():
            yield from _sum(counts, [(table.key, row_key, column_key)], [other])


def _sum(counts: Mapping[Place, int], totals: Sequence[Place], parts: Sequence[Place]) -> Iterator[Sum]:
    known = tuple(place for place in parts if place in counts)
    if known and all(place in counts for place in totals):
        yield Sum(totals[0], known, tuple(totals[1:]))


def _without(table: Table, hidden: frozenset[Place]) -> Table:
    return replace(table, rows=tuple(replace(row, cells=_cells(table, row, hidden)) for row in table.rows))


def _cells(table: Table, row: Row, hidden: frozenset[Place]) -> dict[str, Value]:
    gone = {column.key for column in table.columns if (table.key, row.key, column.key) in hidden}
    gone |= {column.key for column in table.columns if gone & set(column.rests_on)}
    return {key: Blank.HIDDEN if key in gone and not isinstance(value, Blank) else value for key, value in row.cells.items()}
