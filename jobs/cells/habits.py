"""What only a column tells of its cells: how somebody's program writes whole numbers, shares and days.

12.0 is a float where no cell of the column has other decimals, else a section of its own. 0.5 is a half where no share is above 1.
01/02/2017 is in January or February by what its neighbours can only be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import polars as pl

from expectations.contracts.model import Field, Kind
from jobs.cells.amounts import parse_amount
from jobs.cells.text import NOISE, half_width, map_distinct, trimmed, whole

_DAY_OR_MONTH = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(.*)")
_MAY_BE_FLOAT = f"[.．][0０{NOISE}]+$|[Ee][+0-9{NOISE}]+$"
_MAY_BEGIN_WITH_DAY = f"^[{NOISE}]*[0-9０-９][{NOISE}]*(?:[0-9０-９][{NOISE}]*)?[-/.－／．]"


def _half_width(cells: pl.Series) -> pl.Series:
    return map_distinct(trimmed(cells), half_width, pl.String)


def _floats(cells: pl.Series) -> dict[str, pl.Series]:
    at = cells.str.contains(_MAY_BE_FLOAT).arg_true()
    if at.is_empty():
        return {}
    form = r"^[0-9](\.[0-9]+[Ee]\+?|[Ee]\+)[0-9]{1,2}$"
    if not _half_width(cells.filter(cells.str.contains("[.．]"))).str.contains(r"^[0-9]+\.[0-9]*[1-9][0-9]*$").any():
        form += r"|^[0-9]+\.0+$"
    return {"float": _marked(cells, at, _half_width(cells.gather(at)).str.contains(form))}


def _marked(cells: pl.Series, at: pl.Series, marked: pl.Series) -> pl.Series:
    return pl.Series([False]).new_from_index(0, len(cells)).scatter(at, marked.fill_null(False))


def _fractions(cells: pl.Series) -> dict[str, pl.Series]:
    shares = map_distinct(trimmed(cells), parse_amount, pl.Decimal(38, 10))  # one with a percent sign is no number here
    is_fraction = (shares > 0) & (shares < 1)
    if (shares > 1).any() or not is_fraction.any():
        return {}
    return {"fraction": (shares > 0).fill_null(False)}


def _day_or_month_first(cells: pl.Series) -> dict[str, pl.Series]:
    at = cells.str.contains(_MAY_BEGIN_WITH_DAY).arg_true()
    found = [match for cell in _half_width(cells.gather(at)).unique() if cell and (match := _DAY_OR_MONTH.fullmatch(cell))]
    day_first, month_first = (any(int(match[part]) > 12 for match in found) for part in (1, 2))
    if day_first == month_first:  # nothing tells, or both are there
        return {}
    return {"day_first" if day_first else "month_first": _marked(cells, at, pl.Series([True]).new_from_index(0, len(at)))}


def _as_percent(cell: str) -> str:
    value = parse_amount(cell)
    return cell if value is None else str(value * 100)


def _from_year(day: int, month: int) -> Callable[[str], str]:
    def rewritten(cell: str) -> str:
        found = _DAY_OR_MONTH.fullmatch(cell)
        return f"{found[3]}-{found[month]}-{found[day]}{found[4]}" if found else cell

    return rewritten


_OF_KIND: dict[Kind, Callable[[pl.Series], dict[str, pl.Series]]] = {
    **dict.fromkeys((Kind.TEXT, Kind.CODE, Kind.ACCOUNT), _floats),
    Kind.PERCENT: _fractions,
    **dict.fromkeys((Kind.DATE, Kind.MONTH), _day_or_month_first),
}
_MEANT: dict[str, Callable[[str], str]] = {
    "float": whole,
    "fraction": _as_percent,
    "day_first": _from_year(day=1, month=2),
    "month_first": _from_year(day=2, month=1),
}


def habits(field: Field, cells: pl.Series) -> dict[str, pl.Series]:
    """Which cells of one column of one file are written in which way, by mark: the field and the habit."""
    find = _OF_KIND.get(field.kind)
    return {f"{field.name}:{habit}": marked for habit, marked in find(cells).items()} if find else {}


def as_meant(field: Field, cells: pl.Series, marks: Mapping[str, pl.Series]) -> pl.Series:
    """The cells, those that were marked rewritten in a form that needs no column to be read."""
    for habit, meant in _MEANT.items():
        if (marked := marks.get(f"{field.name}:{habit}")) is not None:
            at = marked.arg_true()
            cells = cells.clone().scatter(at, map_distinct(_half_width(cells.gather(at)), meant, pl.String))
    return cells
