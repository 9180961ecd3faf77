"""What only a column tells of its cells: how somebody's program writes whole numbers, shares and days.

12.0 is a float where no cell of the column has other decimals, else a section of its own. 0.5 is a half where no share is above 1.
01/02/2017 is in January or February by what its neighbours can only be, and 17.1.5 begins with its year unless one of them cannot.
Where yes is a tick and no is written nowhere, an empty cell is a no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import polars as pl

from expectations.contracts.model import Field, Kind
from jobs.cells.amounts import parse_amount
from jobs.cells.dates import full_year
from jobs.cells.text import NOISE, half_width, holds_any, map_cleaned, map_distinct, trimmed, whole

_ANY_ORDER = {
    "": re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(\D.*)?"),
    "short_": re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{1,2})(\D.*)?)?"),
}
"""Days, and months alone, whose order only their column tells: with a whole year at the end, or with a short one anywhere."""
_ORDERS = {"year_first": "ymd", "month_first": "mdy", "day_first": "dmy"}
_FITS = {"y": re.compile(r"\d\d|\d{4}"), "m": re.compile("0?[1-9]|1[0-2]"), "d": re.compile("0?[1-9]|[12][0-9]|3[01]")}
_TICKS = ("√", "✓", "✔", "☑")
_ENTITIES = rf"(?:&#?[0-9A-Za-z]+;[{NOISE}]*)*"
"""Blanks of web pages."""
_MAY_BE_FLOAT = f"(?:[.．][0０{NOISE}]+|[Ee][+0-9{NOISE}]+){_ENTITIES}$"
_OF_FLOAT = b".Ee" + "．".encode()[:1]
"""Bytes of which such a cell holds one."""
_MAY_BEGIN_WITH_DAY = f"^[{NOISE}]*{_ENTITIES}[0-9０-９][{NOISE}]*(?:[0-9０-９][{NOISE}]*)?[-/.－／．]"


def _half_width(cells: pl.Series) -> pl.Series:
    return map_cleaned(cells, half_width, pl.String)


def _unparted(cell: str) -> str:
    return half_width(cell).replace(" ", "")


def _floats(cells: pl.Series) -> dict[str, pl.Series]:
    if not holds_any(cells, _OF_FLOAT):
        return {}
    at = cells.str.contains(_MAY_BE_FLOAT).arg_true()
    if at.is_empty():
        return {}
    form = r"^[0-9](\.[0-9]+[Ee]\+?|[Ee]\+)[0-9]{1,2}$"
    with_point = map_cleaned(cells.filter(cells.str.contains("[.．]")), _unparted, pl.String)
    if not with_point.str.contains(r"^[0-9]+\.[0-9]*[1-9][0-9]*$").any():
        form += r"|^[0-9]+\.0+$"
    return {"float": _marked(cells, at, map_cleaned(cells.gather(at), _unparted, pl.String).str.contains(form))}


def _marked(cells: pl.Series, at: pl.Series, marked: pl.Series) -> pl.Series:
    return pl.Series([False]).new_from_index(0, len(cells)).scatter(at, marked.fill_null(False))


def _fractions(cells: pl.Series) -> dict[str, pl.Series]:
    shares = map_cleaned(cells, parse_amount, pl.Decimal(38, 10))  # one with a percent sign is no number here
    is_fraction = (shares > 0) & (shares < 1)
    if (shares > 1).any() or not is_fraction.any():
        return {}
    return {"fraction": (shares > 0).fill_null(False)}


def _ticks(cells: pl.Series) -> dict[str, pl.Series]:
    if not cells.is_in(_TICKS).any():
        return {}
    plain = trimmed(cells)
    return {"unticked": plain.is_null()} if plain.drop_nulls().is_in(_TICKS).all() else {}


def _orders(cells: pl.Series) -> dict[str, pl.Series]:
    at = cells.str.contains(_MAY_BEGIN_WITH_DAY).arg_true()
    plain = _half_width(cells.gather(at))
    marks = {}
    for length, form in _ANY_ORDER.items():
        matches = {cell: match for cell in plain.drop_nulls().unique() if (match := form.fullmatch(cell))}
        orders = [order for order in _ORDERS if matches and all(_fits(match, order) for match in matches.values())]
        is_clear = len({str([_parts(match, order) for match in matches.values()]) for order in orders}) == 1
        if is_clear or orders[:1] == ["year_first"]:  # a short year people put first, where nothing tells
            marks[length + orders[0]] = _marked(cells, at, plain.is_in(list(matches)))
    return marks


def _parts(found: re.Match[str], order: str) -> dict[str, str]:
    """Year, month and day of a cell in this order; no day of a month alone."""
    signs = _ORDERS[order] if found[3] else _ORDERS[order].replace("d", "")
    return dict(zip(signs, filter(None, found.groups()[:3]), strict=True))


def _fits(found: re.Match[str], order: str) -> bool:
    return all(_FITS[sign].fullmatch(part) for sign, part in _parts(found, order).items())


def _as_percent(cell: str) -> str:
    value = parse_amount(cell)
    return cell if value is None else str(value * 100)


def _from_year(length: str, order: str) -> Callable[[str], str]:
    def rewritten(cell: str) -> str:
        found = _ANY_ORDER[length].fullmatch(cell)
        if found is None:
            return cell
        parts = _parts(found, order)
        return "-".join([str(full_year(parts["y"])), parts["m"], *([parts["d"]] if "d" in parts else [])]) + (found[4] or "")

    return rewritten


_OF_KIND: dict[Kind, Callable[[pl.Series], dict[str, pl.Series]]] = {
    **dict.fromkeys((Kind.TEXT, Kind.CODE, Kind.ACCOUNT), _floats),
    Kind.PERCENT: _fractions,
    **dict.fromkeys((Kind.DATE, Kind.MONTH), _orders),
}
_MEANT: dict[str, Callable[[str], str]] = {
    "float": lambda cell: whole(_unparted(cell)),
    "fraction": _as_percent,
    "unticked": lambda _: "否",
    **{length + order: _from_year(length, order) for length in _ANY_ORDER for order in _ORDERS},
}


def habits(field: Field, cells: pl.Series) -> dict[str, pl.Series]:
    """Which cells of one column of one file are written in which way, by mark: the field and the habit."""
    find = _ticks if {"是", "否"} <= {*field.values} else _OF_KIND.get(field.kind)
    return {f"{field.name}:{habit}": marked for habit, marked in find(cells).items()} if find else {}


def as_meant(field: Field, cells: pl.Series, marks: Mapping[str, pl.Series]) -> pl.Series:
    """The cells, those that were marked rewritten in a form that needs no column to be read."""
    for habit, meant in _MEANT.items():
        if (marked := marks.get(f"{field.name}:{habit}")) is not None:
            at = marked.arg_true()
            cells = cells.clone().scatter(at, map_distinct(_half_width(cells.gather(at)).fill_null(""), meant, pl.String))
    return cells
