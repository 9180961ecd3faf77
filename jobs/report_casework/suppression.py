"""The public edition: counts to the nearest five, small ones not at all, and no change of a few against an edition that is out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import inf, log10

from pydantic import Field

from expectations.conf import Conf
from jobs.report_casework.attack import Range, Sum, laid_bare
from jobs.report_casework.table import Blank, Chapter, Column, Kind, Period, Place, Row, Table, Value, with_made

LEAST = 5
"""A count below this might be somebody in person, and a nought that is told would show the first one; others are told in steps of as many."""
_STEPS = (1, 2, 5, 10)


class Told(Conf):
    """A count as a public edition tells it. base: the count in whose place it stands, another than its own where an edition that is out
    told the place by it; is_kept: is there such an edition? is_withheld: hidden for what it would tell of others."""

    place: Place
    count: int
    base: int
    is_kept: bool = False
    is_withheld: bool = False

    @property
    def value(self) -> int | Blank:
        return Blank.HIDDEN if self.is_withheld else told(self.base)

    @property
    def range(self) -> Range:
        """What a reader knows of the count who knows how it was told."""
        if self.is_withheld:
            return (0, inf)
        low, high = _around(told(self.base))
        return (max(0, low - LEAST + 1), high + LEAST - 1) if self.is_kept else (low, high)


class Edition(Conf):
    """What a public edition was made of: of each count how it is told, and which come to which others. It is kept with the full one."""

    first: date
    last: date
    told: tuple[Told, ...]
    sums: tuple[tuple[tuple[Place, ...], tuple[Place, ...]], ...] = Field(description="totals and parts")

    def overlaps(self, period: Period) -> bool:
        return self.first <= period.last and period.first <= self.last


def told(count: int) -> int | Blank:
    """The count as it is told: to the nearest multiple of five; nothing where it is small."""
    return Blank.HIDDEN if count < LEAST else (count + LEAST // 2) // LEAST * LEAST


def public(chapters: Sequence[Chapter], period: Period, out: Sequence[Edition] = ()) -> tuple[tuple[Chapter, ...], Edition]:
    """The chapters as they may be told, beside the editions that are out, and what they were made of."""
    tables = {table.key: table for chapter in chapters for table in chapter.tables}
    counts = dict(_counts(tables.values()))
    edition = edition_of(counts, list(_sums(tables, counts)), period, out)
    by_place = {one.place: one for one in edition.told}
    return (
        tuple(replace(chapter, tables=tuple(_public(table, by_place) for table in chapter.tables)) for chapter in chapters),
        edition,
    )


def edition_of(counts: Mapping[Place, int], sums: Sequence[Sum], period: Period, out: Sequence[Edition] = ()) -> Edition:
    """How each count is told, so that neither this edition nor any other together with it leaves one number for a small one, or for a
    small change."""
    before = [one for one in out if one.overlaps(period)]
    earlier: dict[Place, list[Told]] = {}
    for cell in (cell for edition in before for cell in edition.told):
        earlier.setdefault(cell.place, []).append(cell)
    told_of = {place: _beside(place, count, earlier.get(place, [])) for place, count in counts.items()}
    pairs = tuple((one.totals, one.parts) for one in sums)
    for other in (None, *before):
        while bare := _bare(told_of, sums, other):
            more = {near for place in bare if (near := _near(place, told_of, sums)) is not None}
            if not more:
                break  # nothing but hidden cells is left around it, and none of these tells that it is small
            told_of |= {place: told_of[place].model_copy(update={"is_withheld": True}) for place in more}
    return Edition(first=period.first, last=period.last, told=tuple(told_of.values()), sums=pairs)


def _beside(place: Place, count: int, earlier: Sequence[Told]) -> Told:
    """Told, or withheld, as in an edition that is out, where it has changed by a few since."""
    near = [cell for cell in earlier if abs(count - cell.base) < LEAST]
    kept = min(near, key=lambda cell: (not cell.is_withheld, abs(count - cell.base), cell.base), default=None)
    if kept is None:
        return Told(place=place, count=count, base=count)
    return Told(place=place, count=count, base=kept.base, is_kept=True, is_withheld=kept.is_withheld)


def _bare(told_of: Mapping[Place, Told], sums: Sequence[Sum], other: Edition | None) -> list[Place]:
    """Places of small counts, of this edition or the other one, and of small changes between them, that only one number is left for."""
    counts = {place: one.count for place, one in told_of.items()}
    ranges = {place: one.range for place, one in told_of.items()}
    known = list(sums)
    if other is not None:
        for one in other.told:
            then = _tagged(one.place, "then")
            counts[then], ranges[then] = one.count, one.range
            if (now := told_of.get(one.place)) is not None:
                more = _tagged(one.place, "more")
                counts[more], ranges[more] = now.count - one.count, _change(one, now)
                known.append(Sum(one.place, (then, more)))
        known += [
            Sum(
                _tagged(totals[0], "then"),
                tuple(_tagged(p, "then") for p in parts),
                tuple(_tagged(p, "then") for p in totals[1:]),
            )
            for totals, parts in other.sums
        ]
    secret = [place for place, count in counts.items() if 0 < abs(count) < LEAST]
    return [_untagged(place) for place in laid_bare(counts, ranges, known, secret)]


def _change(then: Told, now: Told) -> Range:
    """Of how many more there are now than then, to a reader who knows which way figures go."""
    least, most = 0, inf
    if not (then.is_withheld or now.is_withheld):
        if now.is_kept and now.base == then.base:
            most = (LEAST - 1) * (2 if then.is_kept else 1)
        elif now.count != then.count:
            least = 1
    return (least, most) if now.count >= then.count else (-most, -least)


def _near(place: Place, told_of: Mapping[Place, Told], sums: Sequence[Sum]) -> Place | None:
    """The smallest count that is told and stands nearest to the place by sums."""
    seen, edge = {place}, {place}
    while edge:
        edge = {cell for one in sums if edge & {*one.cells} for cell in one.cells} - seen
        seen |= edge
        shown = [cell for cell in edge if cell in told_of and told_of[cell].value is not Blank.HIDDEN]
        if shown:
            return min(shown, key=lambda cell: (told_of[cell].count, cell))
    return None


def _tagged(place: Place, tag: str) -> Place:
    return (f"{tag} {place[0]}", *place[1:])


def _untagged(place: Place) -> Place:
    return (place[0].split(" ")[-1], *place[1:])


def _around(value: int | Blank) -> tuple[int, int]:
    return (max(LEAST, value - LEAST // 2), value + LEAST // 2) if isinstance(value, int) else (0, LEAST - 1)


def _counts(tables: Iterable[Table]) -> Iterator[tuple[Place, int]]:
    """Every count of people; those that stand in no column, too."""
    for table in tables:
        others = {column.key for column in table.columns if column.kind is not Kind.COUNT}
        for row in table.rows:
            for key, value in row.cells.items():
                if key not in others and isinstance(value, int):
                    yield (table.key, row.key, key), value


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


def _public(table: Table, told_of: Mapping[Place, Told]) -> Table:
    """Of rows that come to a total those alone that tell something: what is named there is there once at least. Others are always there."""
    rows = [with_made(_row(table, row, told_of), table.columns) for row in table.rows]
    shown = {row.key for row in rows if not row.depth or _tells(row)}
    has_total = any(not row.depth for row in rows)
    return replace(table, rows=tuple(row for row in rows if not has_total or row.key in shown or shown.intersection(row.parts)))


def _tells(row: Row) -> bool:
    values = row.cells.values()
    return Blank.HIDDEN not in values or any(not isinstance(value, Blank) for value in values)


def _row(table: Table, row: Row, told_of: Mapping[Place, Told]) -> Row:
    cells: dict[str, Value] = dict(row.cells)
    cells |= {key: told_of[at].value for key in cells if (at := (table.key, row.key, key)) in told_of}
    for column in table.columns:
        if column.rests_on and not isinstance(cells.get(column.key, Blank.NOTHING), Blank):
            cells[column.key] = _resting(column, cells)
    return replace(row, cells=cells)


def _resting(column: Column, cells: Mapping[str, Value]) -> Value:
    """A median or an amount, where the counts behind it are told; of yuan in steps of what a household has on average, or more."""
    behind = [cells[key] for key in column.rests_on]
    value = cells[column.key]
    if Blank.HIDDEN in behind:
        return Blank.HIDDEN
    households = sum(count for count in behind if isinstance(count, int))
    if column.kind is not Kind.YUAN or not isinstance(value, Decimal | int) or not value or not households:
        return value
    mean = abs(float(value)) / households
    power = 10 ** int(log10(mean) // 1)
    step = next(int(power * step) or 1 for step in _STEPS if power * step >= mean)
    return Decimal(round(Decimal(value) / step) * step)
