"""OpenDocument spreadsheets (.ods): what calamine leaves out of their sheets, and whether a sheet would fill the memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from jobs.delivery.number_formats import Use
from jobs.delivery.sheet_cells import MOST_COLUMNS, Found, TooLarge, found_cells

CONTENT = "content.xml"
_CELLS = ("table-cell", "covered-table-cell")
_TENTH_MONTH = re.compile(r"(?:19|20)\d\d\.10")


@dataclass
class Table:
    """A sheet. `numbers`: row, column, kind, stored value and shown text of each number; `merged`: as of `Found`."""

    is_hidden: bool = False
    hidden_rows: int = 0
    numbers: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def found(self, uses: Mapping[int, Use], first: int) -> Found:
        """What is shown in place of what is stored; `first` is the number of the column that is called c0."""
        cells = [
            (row, column, None, said)
            for row, column, kind, stored, shown in self.numbers
            if (said := _said(kind, stored, shown, uses.get(column - first, Use.DAY))) is not None
        ]
        return Found(found_cells(cells), self.merged).moved(first)


def _said(kind: str, stored: str, shown: str, use: Use) -> str | None:
    """A share in percent, of a month its zero at the end, of a certificate its very form; null where the stored number says it."""
    if kind == "percentage":
        try:
            return f"{(Decimal(stored) * 100).normalize():f}%"
        except InvalidOperation:
            return None
    if use in (Use.DAY, Use.TEXT) and shown == f"{stored}0" and _TENTH_MONTH.fullmatch(shown):
        return shown
    is_padded = shown.isdecimal() and stored.isdecimal() and int(shown) == int(stored)
    return shown if use is Use.TEXT and is_padded else None


def read_tables(archive: zipfile.ZipFile, largest_sheet: int) -> dict[str, Table]:
    """The sheets by name. Raises TooLarge, ParseError for a damaged one."""
    tables: dict[str, Table] = {}
    hidden: set[str] = set()
    style = ""
    table, row, width, column = Table(), 0, 0, 0
    with archive.open(CONTENT) as stream:
        for event, element in ElementTree.iterparse(stream, ("start", "end")):
            name = _local(element.tag)
            if event == "start":
                if name == "style":
                    style = _get(element, "name")
                elif name == "table":
                    table, row, width, column = Table(is_hidden=_get(element, "style-name") in hidden), 0, 0, 0
                    tables[_get(element, "name")] = table
            elif name == "table-properties" and _get(element, "display") == "false":
                hidden.add(style)
            elif name == "table-column":
                column += (repeated := int(_get(element, "number-columns-repeated") or 1))
                if _get(element, "visibility") not in ("", "visible"):
                    table.hidden_columns.append((column - repeated, column - 1))
            elif name == "table-row":
                repeated = int(_get(element, "number-rows-repeated") or 1)
                filled = _read_row(table, row, element)
                width = max(width, filled)
                if filled and (
                    (row + repeated) * width > largest_sheet or width > MOST_COLUMNS
                ):  # a cell may state that it is repeated
                    raise TooLarge
                if filled and _get(element, "visibility"):
                    table.hidden_rows += repeated
                row += repeated
                element.clear()
    return tables


def _read_row(table: Table, row: int, element: ElementTree.Element) -> int:
    """Takes from the row what is to be told of its cells, and returns the number of columns up to the last that is filled."""
    column = filled = 0
    for cell in _cells(element):
        repeated = int(_get(cell, "number-columns-repeated") or 1)
        kind, spanned = _get(cell, "value-type"), int(_get(cell, "number-rows-spanned") or 1)
        if kind or len(cell):
            filled = column + repeated
        if kind in ("float", "percentage"):
            told = (kind, _get(cell, "value"), "".join(cell.itertext()).strip())
            table.numbers += [(row, at, *told) for at in range(column, column + min(repeated, 1000))]
        if spanned > 1:
            table.merged.append((column, row, row + spanned - 1))
        column += repeated
    return filled


def _cells(row: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (cell for cell in row if _local(cell.tag) in _CELLS)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _get(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.items() if _local(key) == name), "")
