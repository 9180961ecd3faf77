"""Tables that stand below another one in the same sheet or text: extracts put one behind the other, each with a header of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from expectations.contracts.model import PERSON_KINDS, DataSet
from jobs.cells.text import cleaned
from jobs.delivery.headers import Header, best_header, find_header, missing_columns, named_fields, with_notes
from jobs.delivery.money_units import unit_of_header, unit_of_line
from jobs.delivery.remarks import BELOW_A_HEADER
from jobs.delivery.text_files import rows_of_cells

_FEWEST = 3
"""Headers that a row must name: a line to sign on names one or two."""
_LONG_NUMBER = "[0-9０-９]{4}"
"""No header has one, and hardly a row of data has none."""
_LONGEST_SHORT = 3
"""Bytes of a number that may stand before a header's name."""
_PERSON_NUMBER = r"^\s*([0-9]{17}[0-9Xx]|[0-9]{15})\s*$"
_ROWS_ABOVE = 3
"""Above a header, for a title and the unit of its table."""


def header_below(rows: Sequence[Sequence[str | None]], at: int, before: Header, data_set: DataSet) -> Header | None:
    """The header that begins in row `at`, if rows below it would be read wrongly by the header before.

    Printed tables repeat their header on each page: where no field stands in another column and no other unit is stated, it is
    the same table.
    """
    found = best_header(rows[at : at + 2], data_set, before.hidden)
    lower = best_header(rows[max(at - 1, 0) : at + 1], data_set, before.hidden)
    if found is None or lower is None or (lower.row == 1 and named_fields(lower) > named_fields(found)):
        return None  # the lower row of a header in two
    named = named_fields(found)
    filled = sum(map(bool, found.names))
    if named < min(_FEWEST, len(data_set.fields)) or named * 2 < max(filled, named_fields(before)):
        return None
    columns = max(len(found.fields), len(before.fields))
    found, before = found.widened(columns), before.widened(columns)
    found = _with_units(found, rows[max(at - _ROWS_ABOVE, 0) : at], before, data_set)
    pairs = list(zip(found.fields, before.fields, strict=True))
    is_moved = any(now not in (None, then) for now, then in pairs) or not found.joint.items() <= before.joint.items()
    has_other_unit = any(found.units.get(now) != before.units.get(now) for now, then in pairs if now and now == then)
    return replace(found, row=at + found.row) if is_moved or has_other_unit else None


class TablesBelow:
    """Follows the lines of a text that may be headers from table to table. Many are the same: printed tables repeat theirs."""

    def __init__(self, head: Sequence[Sequence[str]], delimiter: str, data_set: DataSet) -> None:
        found = find_header(head, data_set)
        self._header = found if isinstance(found, Header) else None
        names = found.names if isinstance(found, Header) else ()
        self._is_below = any(map(str.isdigit, "".join(names)))  # the file's own header, which is not seen if it has digits
        self._delimiter = delimiter
        self._data_set = data_set
        self._same: set[tuple[str, str]] = set()
        self._last = ""

    def begins(self, lines: list[str], at: int) -> Header | None:
        """The header that begins with the line at this place, its row counted from there, if another table does."""
        line = lines[at]
        above = lines[at - 1] if at else self._last  # of the block before
        self._last = line
        printed = (unit_of_line([above]), line)
        if self._header is None or printed in self._same:
            return None
        rows = [next(rows_of_cells(text, self._delimiter), []) for text in (above, *lines[at:])]
        if not self._is_below:  # what stands above may be anything
            own = best_header(rows[1:], self._data_set)
            self._is_below = own is not None and own.fields == self._header.fields
        elif found := header_below(rows, 1, self._header, self._data_set):
            self._header = replace(found, row=found.row - 1)
            self._same.clear()
            return self._header
        else:
            self._same.add(printed)
        return None


def why_unread(header: Header, data_set: DataSet) -> str:
    """Why the rows below a second header are not read; empty where they are."""
    missing = missing_columns(header, data_set)
    return BELOW_A_HEADER.en.format(row=header.row + 1, columns="、".join(missing)) if missing else ""


def are_data(frame: pl.DataFrame) -> pl.Series:
    """Which rows hold a person's number in a cell of its own, beside others: no titles, wherever the header stands."""
    cells = pl.all().cast(pl.String)
    has_number = pl.any_horizontal(cells.str.contains(_PERSON_NUMBER).fill_null(False))
    return frame.select(has_number & (pl.sum_horizontal(cells.is_not_null()) >= _FEWEST)).to_series()


def tables(frame: pl.DataFrame, header: Header, header_at: int, data_set: DataSet) -> list[tuple[int, Header]]:
    """Where the tables of a frame begin, and the header of each, its row counted in the frame; the first table has the one given."""
    found = [(0, header)]
    same: set[tuple[str, ...]] = set()  # printed tables repeat their header by the thousand
    for at in _may_be_headers(frame, header, header_at, data_set):
        if at > found[-1][1].row or len(found) == 1:
            start = max(at - _ROWS_ABOVE, 0)
            rows = _rows(frame, start, at + 2)
            printed = (*map(unit_of_line, rows[: at - start]), *rows[at - start])
            if printed in same:
                continue
            if below := header_below(rows, at - start, found[-1][1], data_set):
                found.append((at, replace(below, row=below.row + start)))
                same.clear()
            else:
                same.add(printed)
    return found


def _with_units(found: Header, above: Sequence[Sequence[str | None]], before: Header, data_set: DataSet) -> Header:
    """A column that states no unit has that of a line above its table, or of the line that stands above all tables."""
    found = with_notes(found, above, data_set)
    of_all = {name for name in found.unstated & set(before.units) if not unit_of_header(before.names[before.fields.index(name)])}
    units = {**found.units, **{name: before.units[name] for name in of_all}}
    return replace(found, units=units, unstated=found.unstated - of_all)


def _rows(frame: pl.DataFrame, start: int, end: int) -> list[list[str]]:
    """Rows of a frame whose empty columns may be left out, as cells in their places."""
    places = [int(name[1:]) for name in frame.columns]
    rows = []
    for cells in frame[start:end].rows():
        row = [""] * (max(places, default=-1) + 1)
        for place, cell in zip(places, cells, strict=True):
            row[place] = cleaned(cell or "")
        rows.append(row)
    return rows


def _may_be_headers(frame: pl.DataFrame, header: Header, header_at: int, data_set: DataSet) -> list[int]:
    """The rows below the header, in order, that hold no number where it says that numbers stand, and several cells.

    Column by column, so that all but the first few see hardly a row, and as a rule none is left.
    """
    at = pl.int_range(max(header_at + 1, 0), len(frame), eager=True)
    known = {f"c{i}": data_set[field].kind for i, field in enumerate(header.fields) if field}
    columns = sorted(
        (column for column in frame.columns if column in known), key=lambda column: known[column] not in PERSON_KINDS
    )
    for column in columns:
        if at.is_empty():
            return []
        cells = frame[column] if len(at) == len(frame) else frame[column].gather(at)
        ends_plainly = cells.str.tail(1).is_between(pl.lit("0"), pl.lit("Z"))
        is_number = (cells >= "0") & (cells < ":") & (cells.str.len_bytes() > _LONGEST_SHORT) & ends_plainly
        at = at.filter(~is_number.fill_null(False))
    for column in columns:
        at = at.filter(~frame[column].gather(at).str.contains(_LONG_NUMBER).fill_null(False))
    filled = frame[at].select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    return at.filter(filled >= _FEWEST).to_list()
