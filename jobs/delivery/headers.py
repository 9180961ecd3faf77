"""Finding the header of a table and tying its columns to the fields of a contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from expectations.contracts.model import DataSet, Kind, plain_header
from jobs.cells.text import cleaned, half_width
from jobs.delivery.remarks import Remark, remark

SEARCH_DEPTH = 30
"""Rows looked at for a header: title rows, filler lines and a group row stand above it."""
_TEN_THOUSAND = re.compile(r"[(（\[【][^)）\]】]*万元[^)）\]】]*[)）\]】]")


@dataclass(frozen=True)
class Header:
    """Where the header stands and what its columns are.

    `row` is 0-based among the rows looked at, of a header in two rows it is the lower; `fields` holds per column
    the contract field or null; `names` the header as cleaned; `in_wan` the fields whose header says 万元 though the contract says yuan.
    """

    row: int
    fields: tuple[str | None, ...]
    names: tuple[str, ...]
    in_wan: frozenset[str]


def find_header(rows: Sequence[Sequence[str | None]], data_set: DataSet) -> Header | Remark:
    """The row, or two rows, that name most of the contract's fields, if they name every required one; else why not."""
    best = _best_header(rows, data_set)
    if best is None or _named(best) < min(2, len(data_set.fields)):
        return remark("no_header", title=data_set.title, depth=SEARCH_DEPTH)
    missing = [f.header for f in data_set.fields if not f.nullable and f.name not in best.fields]
    if missing:
        found = "、".join(name for name in best.names if name)
        return remark("missing_column", columns="、".join(missing), found=found)
    return best


def fields_named(rows: Sequence[Sequence[str | None]], data_set: DataSet) -> int:
    """How many of the contract's fields the row names that names most."""
    best = _best_header(rows, data_set)
    return _named(best) if best else 0


def _best_header(rows: Sequence[Sequence[str | None]], data_set: DataSet) -> Header | None:
    best: Header | None = None
    table = [[cleaned(cell or "") for cell in row] for row in rows[:SEARCH_DEPTH]]
    for index, row in enumerate(table):
        one_row = _as_header(index, [(cell,) for cell in row], data_set)
        two_rows = _as_header(index, _under_groups(table[index - 1], row) if index else [], data_set)
        for header in (one_row, two_rows):
            if best is None or _named(header) > _named(best):
                best = header
    return best


def _named(header: Header) -> int:
    return sum(field is not None for field in header.fields)


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


def _as_header(index: int, columns: Sequence[tuple[str, ...]], data_set: DataSet) -> Header:
    fields: list[str | None] = []
    in_wan = set()
    for spellings in columns:
        name = next(filter(None, (data_set.headers.get(plain_header(half_width(spelling))) for spelling in spellings)), None)
        if name in fields:  # the same header twice: the first column counts, the other is kept aside
            name = None
        if name and _TEN_THOUSAND.search(spellings[0]) and data_set[name].kind is Kind.YUAN:
            in_wan.add(name)
        fields.append(name)
    return Header(index, tuple(fields), tuple(spellings[-1] for spellings in columns), frozenset(in_wan))
