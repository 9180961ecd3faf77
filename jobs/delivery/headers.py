"""Finding the header of a table and tying its columns to the fields of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest

from expectations.contracts.model import PERSON_KINDS, DataSet, Field, Kind, plain_header
from jobs.cells.text import cleaned, half_width
from jobs.delivery.header_words import ABOUT_COLUMN, ROWS_BELOW, field_meant
from jobs.delivery.money_units import UNCLEAR, one_unit, unit_of_group, unit_of_header, unit_of_line
from jobs.delivery.remarks import Remark, remark

SEARCH_DEPTH = 30
"""Rows looked at for a header: title rows, filler lines and a group row stand above it."""
LAST_ROWS = 12
"""Rows looked at for a note on the unit of money below a table."""
_LONG_NUMBER = re.compile("[0-9]{6}")
"""No header has one; it spares the rows of data a closer look."""
_NUMBER = re.compile("[0-9０-９]{4}")
_COUNTED = re.compile(r"[._\s]?[0-9]{1,2}$|[(（][0-9]{1,2}[)）]$")
"""What programs put behind a header that is there already: 姓名2, 姓名.1, 姓名_1."""
_AND = re.compile("[及和与/、+]")
UNITS = {Kind.YUAN: "元", Kind.WAN_YUAN: "万元"}
"""Of the kinds of money, the unit that a column has which states none."""


@dataclass(frozen=True)
class Header:
    """Where the header stands and what its columns are.

    `row` is 0-based among the rows looked at, of a header in two rows it is the lower; `fields` holds per column
    the contract field or null; `names` the header as cleaned; `units` the unit of money of fields for which the file states another
    one than the contract; `joint` the column of a field that shares it with another one: 姓名及身份证号; `unstated` the fields of money
    whose unit nothing states above the rows of data; `remarks` what is to be said of the units;
    `hidden` the columns that nobody sees; `again` per column that is left aside, because another one gives its field, that field.
    """

    row: int
    fields: tuple[str | None, ...]
    names: tuple[str, ...]
    units: Mapping[str, str]
    joint: Mapping[str, int] = field(default_factory=dict)
    unstated: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()
    hidden: frozenset[int] = frozenset()
    again: Mapping[int, str] = field(default_factory=dict)

    def widened(self, width: int) -> Header:
        """The same for a table of so many columns: those beyond the header have no name."""
        more = max(width - len(self.names), 0)
        return replace(self, fields=self.fields + (None,) * more, names=self.names + ("",) * more)


def find_header(
    rows: Sequence[Sequence[str | None]],
    data_set: DataSet,
    longest_name: int | None = None,
    hidden: frozenset[int] = frozenset(),
) -> Header | Remark:
    """The row, or two rows, that name most of the contract's fields, if they name every required one; else why not.

    longest_name: bytes that the format of the file, a database's, has for the name of a column. Its first row are the names.
    hidden: columns that nobody sees, which give a field only where no visible one does.
    """
    if longest_name and rows:
        rows = [[_uncut(name or "", data_set, longest_name) for name in rows[0]], *rows[1:]]
    best = _first_header(rows, data_set, hidden) or best_header(rows, data_set, hidden)
    if best is None or named_fields(best) < min(2, len(data_set.fields)):
        return remark("no_header", title=data_set.title, depth=SEARCH_DEPTH)
    if missing := missing_columns(best, data_set):
        found = "、".join(name for name in best.names if name)
        return remark("missing_column", columns="、".join(missing), found=found)
    if {f.name for f in data_set.fields if not f.nullable} <= _named_again(best, data_set):
        return remark("side_by_side")
    return best


def missing_columns(header: Header, data_set: DataSet) -> list[str]:
    """The contract's headers of the required fields that the header does not name."""
    return [f.header for f in data_set.fields if not f.nullable and f.name not in (*header.fields, *header.joint)]


def _first_header(rows: Sequence[Sequence[str | None]], data_set: DataSet, hidden: frozenset[int]) -> Header | None:
    """The first header of all required fields that has data below it: one further down that names more has a table of its own."""
    for at, row in enumerate(rows[:SEARCH_DEPTH]):
        if sum(map(bool, row)) > 2 and any(map(_NUMBER.search, filter(None, row))):  # looks like data
            found = best_header(rows[:at], data_set, hidden)
            if found and not missing_columns(found, data_set):
                return found
    return None


def _named_again(header: Header, data_set: DataSet) -> set[str | None]:
    """The fields that columns mean which the header leaves aside, because another column has the field already."""
    aside = [_COUNTED.sub("", name) for name, known in zip(header.names, header.fields, strict=True) if name and known is None]
    return {_listed(name, data_set) or field_meant(name, data_set) for name in aside}


def _uncut(name: str, data_set: DataSet, longest: int) -> str:
    """The header that a name was cut from: the first of the only field of which one begins so. Else the name."""
    cut = plain_header(half_width(name)).encode("gb18030")
    if len(cut) < longest - 1:  # a character has two bytes
        return name
    whole = {field: header for header, field in reversed(data_set.headers.items()) if header.encode("gb18030").startswith(cut)}
    return next(iter(whole.values())) if len(whole) == 1 else name


def fields_named(rows: Sequence[Sequence[str | None]], data_set: DataSet) -> int:
    """How many of the contract's fields the row names that names most."""
    best = best_header(rows, data_set)
    return named_fields(best) if best else 0


def best_header(rows: Sequence[Sequence[str | None]], data_set: DataSet, hidden: frozenset[int] = frozenset()) -> Header | None:
    """The row, or two rows, among the first ones that name most of the contract's fields. hidden: as in `find_header`."""
    best: Header | None = None
    table = [[cleaned(cell or "") for cell in row] for row in rows[:SEARCH_DEPTH]]
    for index, row in enumerate(table):
        one_row = [(cell,) for cell in row]
        two_rows = _under_groups(table[index - 1], row) if index else []
        for columns in (one_row, two_rows):
            header = _as_header(index, columns, data_set, hidden)
            if best is None or named_fields(header) > named_fields(best):
                best = header
    return best and _with_units(best, table, data_set)


def _with_units(header: Header, table: Sequence[Sequence[str]], data_set: DataSet) -> Header:
    """The header with the units of its columns, and what is to be said of them.

    What stands nearest to the column counts: its own header and the row of units below, else the group above, else a line.
    """
    groups = _groups(table[header.row - 1] if header.row else (), len(header.names))
    below = [row for row in table[header.row + 1 : header.row + 1 + ROWS_BELOW] if _is_about_columns(row)]
    stated: dict[str, str] = {}
    for at, (field_name, name) in enumerate(zip(header.fields, header.names, strict=True)):
        if field_name and data_set[field_name].kind in UNITS:
            own = one_unit(map(unit_of_header, (name, *(cell for row in below for cell in row[at : at + 1]))))
            stated[field_name] = own or unit_of_group(groups[at])
    return with_lines(_stating(header, stated, data_set), table[: header.row], data_set)


def with_notes(header: Header, last_rows: Iterable[Sequence[str | None]], data_set: DataSet) -> Header:
    """The header of a table that ends in these rows, with the unit that a note among them states. A row that is half filled is none."""
    rows = ([cleaned(cell or "") for cell in row] for row in last_rows)
    return with_lines(header, [row for row in rows if sum(map(bool, row)) * 2 <= len(header.names)], data_set)


def with_lines(header: Header, lines: Iterable[Sequence[str]], data_set: DataSet) -> Header:
    """The header with the unit that lines outside of the table state, for the columns of which nothing else states one.

    Forms say 单位：元 everywhere: of a column that the contract has in 万元 that tells nothing, and the department is asked.
    """
    unit = one_unit(map(unit_of_line, lines))
    in_wan = {name for name in header.unstated if data_set[name].kind is Kind.WAN_YUAN and unit == "元"}
    found = _stating(header, {name: "" if name in in_wan else unit for name in header.unstated}, data_set)
    if not in_wan:
        return found
    told = remark("unit_of_line", columns=_names(found, in_wan), unit=unit)
    return replace(found, unstated=found.unstated - in_wan, remarks=(*found.remarks, told))


def _stating(header: Header, stated: Mapping[str, str], data_set: DataSet) -> Header:
    """The header with the units, or none, that are stated for these fields."""
    units = {name: unit for name, unit in stated.items() if unit not in ("", UNITS[data_set[name].kind])}
    unclear = {name for name, unit in units.items() if unit == UNCLEAR}
    told = (remark("unclear_unit", columns=_names(header, unclear)),) if unclear else ()
    return replace(
        header,
        units={**header.units, **units},
        unstated=frozenset(name for name, unit in stated.items() if not unit),
        remarks=(*header.remarks, *told),
    )


def _names(header: Header, fields: Set[str]) -> str:
    return "、".join(name for known, name in zip(header.fields, header.names, strict=True) if known in fields)


def _groups(above: Sequence[str], width: int) -> list[str]:
    """Per column the group that the row above the header names for it. A cell that is alone there is no group, but a title."""
    groups = [""] * width
    if sum(map(bool, above)) > 1:
        for at in range(width):
            groups[at] = (above[at] if at < len(above) else "") or (groups[at - 1] if at else "")
    return groups


def _is_about_columns(row: Sequence[str]) -> bool:
    return all(re.search(ABOUT_COLUMN, cell) for cell in row if cell)


def named_fields(header: Header) -> int:
    """How many of the contract's fields the header names."""
    return sum(name is not None for name in header.fields) + len(header.joint)


def _under_groups(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, ...]]:
    """Per column the spellings of a header in two rows, the fullest first.

    A group stands in the first of its merged cells: 领取人 above 姓名 reads 领取人姓名, else 姓名; an empty cell
    below is one merged with the cell above it.
    """
    spellings: list[tuple[str, ...]] = []
    group = ""
    for above, below in zip_longest(upper, lower, fillvalue=""):
        group = above or group
        spellings.append((group + below, below) if below else (above,))
    return spellings


def _as_header(index: int, columns: Sequence[tuple[str, ...]], data_set: DataSet, hidden: frozenset[int]) -> Header:
    fields: list[str | None] = [None] * len(columns)
    is_data = any(_LONG_NUMBER.search(spelling) for spellings in columns for spelling in spellings)
    meant = _meant(columns, data_set, hidden, is_data=is_data)
    for at, given, _ in meant:
        if fields[at] is None and given not in fields:
            fields[at] = given
    joint = {} if is_data else _shared(fields, columns, data_set)
    again = {at: given for at, given, spelling in reversed(meant) if fields[at] is None and spelling == columns[at][0]}
    names = tuple(spellings[-1] for spellings in columns)
    return Header(index, tuple(fields), names, {}, joint, hidden=hidden, again=again)


def _meant(
    columns: Sequence[tuple[str, ...]], data_set: DataSet, hidden: frozenset[int], *, is_data: bool
) -> list[tuple[int, str, str]]:
    """Columns, the fields that they mean and the spellings that say so: what goes before another one of the field stands before it."""
    found = []
    for at, spellings in enumerate(columns):
        for meant in (_listed,) if is_data else (_listed, field_meant):  # what is listed goes before what only means the same
            named = ((name, spelling) for spelling in spellings if (name := meant(spelling, data_set)))
            for name, spelling in islice(named, 1):
                rank = _rank(spelling, data_set[name]) if meant is _listed else (True, 0)
                found.append(((at in hidden, meant is not _listed, *rank, at), (at, name, spelling)))
    return [told for _, told in sorted(found)]


def _rank(header: str, field: Field) -> tuple[bool, int]:
    """Of headers that are listed for one field the least goes first: the field's own one, and of others what says more.

    Beside 金额, 实发金额 is what was paid.
    """
    plain = plain_header(half_width(header))
    return plain != plain_header(half_width(field.header)), -len(plain)


def _shared(fields: list[str | None], columns: Sequence[tuple[str, ...]], data_set: DataSet) -> dict[str, int]:
    """Columns of a name and a person's number in one cell: each names its first field among the `fields`, and gives the other here."""
    joint: dict[str, int] = {}
    for at, spellings in enumerate(columns):
        words = _AND.split(spellings[0])
        if fields[at] is None and len(words) == 2:
            first, second = (_listed(word, data_set) or field_meant(word, data_set) for word in words)
            if first and second and {first, second}.isdisjoint({*fields, *joint}) and first != second:
                kinds = {data_set[first].kind, data_set[second].kind}
                if Kind.NAME in kinds and kinds & PERSON_KINDS:
                    fields[at], joint[second] = first, at
    return joint


def _listed(header: str, data_set: DataSet) -> str | None:
    return data_set.headers.get(plain_header(half_width(header)))
