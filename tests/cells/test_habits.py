"""What only a column tells: floats, fractions, days before months. Each cell is read by its neighbours, and bronze keeps it as it was."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.contracts.model import Field, Kind
from jobs.cells.habits import as_meant, habits

# kind of the field | cells of the column | how each is meant
COLUMNS: dict[str, tuple[Kind, list[str | None], list[str | None]]] = {
    "a data frame with a gap writes floats": (Kind.TEXT, ["10020.0", None, "10021.0"], ["10020", None, "10021"]),
    "beside whole numbers and letters": (Kind.TEXT, ["10020.0", "D0001", "10022"], ["10020", "D0001", "10022"]),
    "  twin: sections of which one has other decimals": (Kind.TEXT, ["12.0", "12.1", "13"], ["12.0", "12.1", "13"]),
    "a version is no float": (Kind.TEXT, ["1.2.0", "V1.0"], ["1.2.0", "V1.0"]),
    "money as a format": (Kind.TEXT, ["10020.00"], ["10020"]),
    "floats with noise around": (
        Kind.TEXT,
        ['="10020.0"', "10021.0\t", "\ue5e510022.0", "1\ue5e50023.0"],
        ["10020", "10021", "10022", "10023"],
    ),
    "the blank of a web page behind": (Kind.CODE, ["420292.0&nbsp;", "420293.0&#160; "], ["420292", "420293"]),
    "the blank of a web page before": (Kind.DATE, ["&nbsp;05/01/2017", "20/01/2017"], ["2017-01-05", "2017-01-20"]),
    "codes of counties": (Kind.CODE, ["420292.0"], ["420292"]),
    "accounts": (Kind.ACCOUNT, ["6217000000000001.0", "6217000000000002"], ["6217000000000001", "6217000000000002"]),
    "scientific notation with all digits": (Kind.TEXT, ["1.0E+02", "1.002E+04", "4.20292E5"], ["100", "1.002E+04", "420292"]),
    "  twin: digits are missing": (Kind.TEXT, ["4.20281E+17"], ["4.20281E+17"]),
    "  twin: building E": (Kind.TEXT, ["2E03", "1E2"], ["2E03", "1E2"]),
    "fractions": (Kind.PERCENT, ["0.5", "1", None, "0.3333"], ["50.0", "100", None, "33.3300"]),
    "a fraction among percentages with their sign": (Kind.PERCENT, ["50%", "0.5"], ["50%", "50.0"]),
    "  twin: percentages": (Kind.PERCENT, ["0.5", "99.5"], ["0.5", "99.5"]),
    "  twin: whole shares alone tell nothing": (Kind.PERCENT, ["1", "1"], ["1", "1"]),
    "days first": (Kind.DATE, ["05/01/2017", "20/01/2017 10:30"], ["2017-01-05", "2017-01-20 10:30"]),
    "months first": (Kind.DATE, ["01/05/2017", "01.20.2017"], ["2017-01-05", "2017-01-20"]),
    "days first for a month": (Kind.MONTH, ["01-02-2017", "31-01-2017"], ["2017-02-01", "2017-01-31"]),
    "  twin: nothing tells": (Kind.DATE, ["05/01/2017", "02/03/2017"], ["05/01/2017", "02/03/2017"]),
    "  twin: both are there": (Kind.DATE, ["20/01/2017", "01/20/2017"], ["20/01/2017", "01/20/2017"]),
    "dates beside": (Kind.DATE, ["2017-01-05", "20/01/2017"], ["2017-01-05", "2017-01-20"]),
    "short years first": (Kind.DATE, ["18.1.15", "97-3-2", "17/1/5 0:00"], ["2018-1-15", "1997-3-2", "2017-1-5 0:00"]),
    "short years first, where nothing tells": (Kind.DATE, ["12-01-05", "05-06-07"], ["2012-01-05", "2005-06-07"]),
    "  twin: they cannot be": (Kind.DATE, ["1/15/17", "03/02/97"], ["2017-1-15", "1997-03-02"]),
    "short years beside whole ones": (Kind.DATE, ["17-1-5", "20/01/2017"], ["2017-1-5", "2017-01-20"]),
    "short years first, of months": (Kind.MONTH, ["17-01", "17.10"], ["2017-01", "2017-10"]),
    "  twin: months first": (Kind.MONTH, ["1/17", "12/16"], ["2017-1", "2016-12"]),
    "  twin: both are there, of months": (Kind.MONTH, ["17/1", "1/17"], ["17/1", "1/17"]),
    "a tick for yes, nothing for no": (Kind.ENUM, ["√", None, " ", "✓"], ["√", "否", "否", "✓"]),
    "  twin: no is written, too": (Kind.ENUM, ["√", None, "×"], ["√", None, "×"]),
    "  twin: yes is a word": (Kind.ENUM, ["是", None, "√"], ["是", None, "√"]),
    "  twin: nobody ticked": (Kind.ENUM, [None, " "], [None, " "]),
    "amounts have no habits": (Kind.YUAN, ["0.5", "10.0"], ["0.5", "10.0"]),
    "an empty column": (Kind.TEXT, [None, ""], [None, ""]),
}


def meaning(kind: Kind, cells: list[str | None]) -> list[str | None]:
    field = Field("field", "表头", kind, "", values=("是", "否") if kind is Kind.ENUM else ())
    column = pl.Series(cells, dtype=pl.String)
    marks = habits(field, column)
    assert column.to_list() == cells
    assert all(mark.startswith("field:") and len(marked) == len(cells) for mark, marked in marks.items())
    return as_meant(field, column, marks).to_list()


@pytest.mark.parametrize("case", COLUMNS)
def test_a_column_tells_what_its_cells_mean(case: str) -> None:
    kind, cells, meant = COLUMNS[case]
    assert meaning(kind, cells) == meant


@pytest.mark.parametrize("case", COLUMNS)
def test_the_order_of_the_rows_tells_nothing(case: str) -> None:
    kind, cells, meant = COLUMNS[case]
    assert meaning(kind, cells[::-1]) == meant[::-1]
