"""What counts once: rows that two files of a register hold, and what two extracts tell of. Jobs count, this decides.

A department may pay a household twice: equal rows inside one file stay. Between two files it is a repetition where most of
what both could hold, the counties and months that stand in both, is equal in every field. An extract replaces what an older one,
of the city or of the county alone, says of a county; of a register that names no county, what it says under the same key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from expectations.contracts.model import PERSON_KINDS, DataSet, Kind
from jobs.delivery.ledger import Account, day_of, without_repeats

LEAST_SHARE = 0.5
"""Of the smaller file's rows where the two overlap: nearly all of a block sent again are equal, by chance only some.

Of an older extract's rows of a county: a newer one with fewer is no whole extract.
"""
COUNTY = "county_code"
Sizes = Mapping[str, Counter[tuple[object, ...]]]
"""Rows of each file by what could make two files overlap: county, month."""


@dataclass(frozen=True)
class Repeat:
    """So many rows of a file do not count, because earlier files hold them, most of them the one named."""

    file_id: str
    earlier_id: str
    rows: int


@dataclass(frozen=True)
class Alike:
    """So many rows of a file that count differ from rows of the earlier file in numbers and accounts alone: most of what both could hold."""

    file_id: str
    earlier_id: str
    rows: int


@dataclass(frozen=True)
class Replaced:
    """So many rows of a file do not count, because the newer one named holds an extract of the same.

    county: all of that county; empty where the register names none.
    """

    file_id: str
    county: str
    newer_id: str
    rows: int


def month_field(data_set: DataSet) -> str | None:
    """The field that says when a row of a register that adds up is from; null for snapshots."""
    if data_set.snapshot:
        return None
    return next(f.name for f in data_set.fields if f.essential and f.kind in (Kind.MONTH, Kind.DATE))


def digest_fields(data_set: DataSet) -> list[str]:
    """Columns of silver in which equal rows are equal. How a number read is none of them: 15 digits and 18 may be the same person's."""
    return [c.name for f in data_set.fields for c in f.silver_columns if not c.name.endswith("_number_state")]


def rough_fields(data_set: DataSet) -> list[str]:
    """Those of them that a spreadsheet does not damage: without persons' numbers and accounts."""
    damaged = {c.name for f in data_set.fields if f.kind in (*PERSON_KINDS, Kind.ACCOUNT) for c in f.silver_columns}
    return [name for name in digest_fields(data_set) if name not in damaged]


def overlapping(areas: Mapping[str, str]) -> list[str]:
    """Files of which another is of the same area, of one that holds it, or of one inside: 420222 lies in 420200."""
    places = {file: _place(area) for file, area in areas.items()}
    return [
        file
        for file, place in places.items()
        if any(file != other and (place.startswith(at) or at.startswith(place)) for other, at in places.items())
    ]


def repeating(pairs: Iterable[tuple[str, str, int]], sizes: Sizes) -> list[tuple[str, str, int]]:
    """The pairs of file, earlier file and equal rows of which the one repeats the other."""
    return [(file, earlier, n) for file, earlier, n in pairs if n > LEAST_SHARE * _overlap(sizes[file], sizes[earlier])]


def repeats(rows: Iterable[tuple[str, int]], pairs: Sequence[tuple[str, str, int]]) -> list[Repeat]:
    """By file what does not count of it, given the rows and the pairs that repeat each other."""
    found = [Repeat(file, max((n, earlier) for later, earlier, n in pairs if later == file)[1], n) for file, n in rows]
    return sorted(found, key=lambda repeat: repeat.file_id)


def alike(pairs: Sequence[tuple[str, str, int]]) -> list[Alike]:
    """By file what is alike in it and in the earlier file that has most of it."""
    most = {file: max((n, earlier) for later, earlier, n in pairs if later == file) for file, _, _ in pairs}
    return [Alike(file, earlier, n) for file, (n, earlier) in sorted(most.items())]


def may_replace(data_set: DataSet, files: Sequence[Account]) -> bool:
    """Whether files of different days could hold extracts of the same."""
    return data_set.snapshot and len({day_of(file) for file in files}) > 1


def key_columns(data_set: DataSet) -> list[str]:
    """Columns of silver that say what a row is about."""
    return [data_set[name].silver_columns[0].name for name in data_set.key]


def newer_pairs(files: Sequence[Account], as_of: date) -> list[tuple[str, str, int]]:
    """Files, those of another day that count before them and could tell of the same, and how new those are."""
    return [
        (file.file_id, other.file_id, _newness(other, as_of)[1])
        for file in files
        for other in files
        if _newness(other, as_of) > _newness(file, as_of) and (_holds(file, other) or _holds(other, file))
    ]


def _newness(file: Account, as_of: date) -> tuple[bool, int]:
    """The newest up to the day counts, else the earliest after it."""
    day = day_of(file)
    return day <= as_of, (1 if day <= as_of else -1) * day.toordinal()


def _holds(outer: Account, inner: Account) -> bool:
    return _place(inner.entry.area).startswith(_place(outer.entry.area))


def replaced(files: Sequence[Account], rows: Mapping[tuple[str, str], int], as_of: date) -> list[Replaced]:
    """What newer extracts replace, given the rows of each file and county."""
    found = []
    for county in sorted({county for _, county in rows}):
        of_county = [file for file in files if county.startswith(_place(file.entry.area)) and (file.file_id, county) in rows]
        extracts: Counter[tuple[bool, int]] = Counter()
        for file in of_county:
            extracts[_newness(file, as_of)] += rows[file.file_id, county]
        for file in of_county:
            own = _newness(file, as_of)
            newer = [at for at, count in extracts.items() if at > own and count > LEAST_SHARE * extracts[own]]
            if newer:
                by = next(other for other in of_county if _newness(other, as_of) == max(newer))
                found.append(Replaced(file.file_id, county, by.file_id, rows[file.file_id, county]))
    return found


def replaced_by_key(files: Sequence[Account], held: Iterable[tuple[str, str, int]]) -> list[Replaced]:
    """The same of a register without counties, given the rows of each file whose key stands in the newer file, the newest that has it.

    A file goes altogether if a newer one tells of its whole area and has most of it: the rest has ended since.
    """
    by_id = {file.file_id: file for file in files}
    found = [Replaced(file_id, "", newer_id, rows) for file_id, newer_id, rows in sorted(held)]
    whole = {
        part.file_id: replace(part, rows=by_id[part.file_id].accepted)
        for part in found
        if _holds(by_id[part.newer_id], by_id[part.file_id]) and part.rows > LEAST_SHARE * by_id[part.file_id].accepted
    }
    return [part for part in found if part.file_id not in whole] + list(whole.values())


def told(
    current: Mapping[str, Account], repeated: Iterable[Repeat], older: Iterable[Replaced], near: Iterable[Alike]
) -> dict[str, Account]:
    """The current files of a register by file_id, with what does not count of each, and what may be a damaged copy."""
    counted = {file_id: without_repeats(account, 0, "") for file_id, account in current.items()}
    for repeat in repeated:
        counted[repeat.file_id] = without_repeats(
            current[repeat.file_id], repeat.rows, current[repeat.earlier_id].entry.file_name
        )
    by_newer: Counter[tuple[str, str]] = Counter()
    for county in older:
        by_newer[county.file_id, county.newer_id] += county.rows
    for (file_id, newer_id), rows in by_newer.items():
        counted[file_id] = counted[file_id].without_older(rows, current[newer_id])
    for part in near:
        counted[part.file_id] = counted[part.file_id].with_alike(part.rows, current[part.earlier_id])
    return counted


def _place(area: str) -> str:
    return area.removesuffix("00").removesuffix("00")


def _overlap(one: Counter[tuple[object, ...]], other: Counter[tuple[object, ...]]) -> int:
    """Rows of the smaller of two files in the counties and months that stand in both."""
    common = one.keys() & other.keys()
    return min(sum(file[cell] for cell in common) for file in (one, other))
