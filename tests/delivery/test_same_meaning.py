"""A register in another form of the same meaning reads the same, in every data set: silver is compared, bronze keeps what was written."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import DataSet, Kind
from jobs.cells.typed import standardised
from tests.delivery.conftest import Delivery, decoded_rows

KEY = "0" * 32
PEOPLE = ("42029219500101102X", "420292195001010112", "420292195001010139")
SAMPLES: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("D0001", "10020", "马家村"),
    Kind.CODE: ("420292", "420293", "420292"),
    Kind.NAME: ("高明", "阿依古丽·买买提", "李四"),
    Kind.PERSON_NUMBER: PEOPLE,
    Kind.OWNER_NUMBER: PEOPLE,
    Kind.DISABILITY_NUMBER: tuple(f"{number}41" for number in PEOPLE),
    Kind.FIRM_CODE: ("91420200MA4KAAAA1X", "91420200MA4KAAAA2X", "91420200MA4KAAAA3X"),
    Kind.PLATE: ("鄂B10001", "鄂BD00002", "鄂B1000学"),
    Kind.ACCOUNT: ("6217000000000001", "6217000000000002", "13900000000"),
    Kind.DATE: ("2017-01-20", "1950-01-01", "1988-07-01"),
    Kind.MONTH: ("2017-01", "2016-12", "2017-10"),
    Kind.YUAN: ("640.00", "1280.50", "0.00"),
    Kind.WAN_YUAN: ("5", "100.5", "3"),
    Kind.INTEGER: ("2", "4", "1"),
    Kind.PERCENT: ("50", "100", "33.3333"),
    Kind.SQUARE_METRES: ("89.5", "120", "60"),
}
Cells = Callable[[Kind, str], str]
NUMERIC = {Kind.YUAN, Kind.WAN_YUAN, Kind.INTEGER, Kind.PERCENT, Kind.SQUARE_METRES}
DIGITS = {Kind.TEXT, Kind.CODE, Kind.ACCOUNT, Kind.INTEGER, Kind.MONTH, Kind.DATE}


def _only(kinds: set[Kind], rewrite: Callable[[str], str]) -> Cells:
    return lambda kind, cell: rewrite(cell) if kind in kinds and cell else cell


def _compact(cell: str) -> str:
    return cell.replace("-", "")


def _as_float(cell: str) -> str:
    return f"{_compact(cell)}.0" if _compact(cell).isdecimal() else cell


def _full_width(cell: str) -> str:
    return "".join(
        chr(ord(character) + 0xFEE0) if character.isascii() and character.isalnum() else character for character in cell
    )


CELLS: dict[str, Cells] = {
    "as a formula of text": lambda _, cell: f'"=""{cell}"""',
    "as a formula in brackets": lambda _, cell: f'"=(""{cell}"")"',
    "behind an apostrophe": lambda _, cell: f"'{cell}",
    "a tab behind": lambda _, cell: f"{cell}\t",
    "the blank of GBK behind": lambda _, cell: f"{cell}\ue5e5",
    "a control in front": lambda _, cell: f"\x1f{cell}",
    "zero widths inside": lambda _, cell: "\u200b".join(cell),
    "soft hyphens and selectors inside": lambda _, cell: f"{cell[:2]}\u00ad\ufe0f{cell[2:]}",
    "marks of direction around": lambda _, cell: f"\u202d{cell}\u202c",
    "a byte order mark inside": lambda _, cell: f"{cell[:1]}\ufeff{cell[1:]}",
    "wide blanks around": lambda _, cell: f"\u3000{cell}\u00a0\u2009\u3164",
    "full width": lambda _, cell: _full_width(cell),
    "radicals": lambda _, cell: cell.translate(str.maketrans("高马明文", "⾼⻢明⽂")),
    "blanks in names": _only({Kind.NAME}, lambda cell: f"{cell[0]}\u3000{cell[1:]}"),
    "other dots": _only({Kind.NAME}, lambda cell: cell.replace("·", "﹒")),
    "floats": _only(DIGITS, _as_float),
    "moments in Greenwich": _only(
        {Kind.DATE},
        lambda cell: {
            "2017-01-20": "2017-01-19T16:00:00.000Z",
            "1950-01-01": "1949-12-31T16:00:00Z",
            "1988-07-01": "1988-06-30T15:00:00Z",
        }[cell],
    ),
    "moments in China": _only({Kind.DATE}, lambda cell: f"{cell}T00:00:00+08:00"),
    "days first": _only({Kind.DATE}, lambda cell: "/".join(reversed(cell.split("-")))),
    "days in Chinese": _only({Kind.DATE}, lambda cell: "{}年{}月{}日".format(*(part.lstrip("0") for part in cell.split("-")))),
    "months with a day": _only({Kind.MONTH}, lambda cell: f"{cell}-01 00:00:00.0"),
    "currency signs": _only({Kind.YUAN}, lambda cell: f"￥{cell}元"),
    "thousands": _only({Kind.YUAN}, lambda cell: f'"{float(cell):,.2f}"'),
    "blanks between thousands": _only({Kind.YUAN}, lambda cell: f"{float(cell):,.2f}".replace(",", "\u00a0")),
    "percent signs": _only({Kind.PERCENT}, lambda cell: f"{cell}%"),
    "fractions": _only({Kind.PERCENT}, lambda cell: str(float(cell) / 100)),
    "units": _only({Kind.SQUARE_METRES}, lambda cell: f"{cell}㎡"),
}
Rows = list[list[str]]


def _with_rows(*added: Callable[[int], list[str]]) -> Callable[[Rows], Rows]:
    return lambda table: [*table, *(row(len(table[0])) for row in added)]


TABLES: dict[str, Callable[[Rows], Rows]] = {
    "delimiters too many behind the rows": lambda table: [table[0], *([*row, ""] for row in table[1:])],
    "delimiters too many behind the header": lambda table: [[*table[0], ""], *table[1:]],
    "last empty cells left out": lambda table: [_without_last_empty(row) for row in table],
    "a total": _with_rows(lambda width: ["合　计", *[""] * (width - 2), "12"]),
    "a sum of a code": _with_rows(lambda width: ["420292 汇总", *[""] * (width - 1)]),
    "blank rows": _with_rows(lambda width: [""] * width, lambda width: ["\u3000"] * width, lambda width: ["\x1f"]),
    "rows of a form": lambda table: [["序号", *table[0]], *([str(i), *row] for i, row in enumerate(table[1:])), ["4"], ["5", *["0"] * len(table[0])]],
    "titles and a repeated header": lambda table: [["花名册"], *table, table[0]],
    "columns in another order": lambda table: [row[::-1] for row in table],
    "noise around headers": lambda table: [[f'\ufeff{name}\t ' for name in table[0]], *table[1:]],
    "protected headers": lambda table: [[f'"=""{name}"""' for name in table[0]], *table[1:]],
}  # fmt: skip
TEXTS: dict[str, Callable[[Rows], bytes]] = {
    "tabs": lambda table: _joined(table, "\t"),
    "semicolons": lambda table: _joined(table, ";"),
    "pipes": lambda table: _joined(table, "|"),
    "wide commas": lambda table: _joined(table, "，"),
    "carriage returns": lambda table: _joined(table, ",").replace(b"\n", b"\r"),
    "GB18030": lambda table: _joined(table, ",").decode().encode("gb18030"),
    "UTF-16": lambda table: _joined(table, "\t").decode().encode("utf-16"),
    "a byte order mark": lambda table: b"\xef\xbb\xbf" + _joined(table, ","),
}


def _without_last_empty(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _joined(table: Rows, delimiter: str) -> bytes:
    return "".join(delimiter.join(row) + "\n" for row in table).encode()


def register(data_set: DataSet, rewrite: Cells = lambda _, cell: cell) -> Rows:
    """Three rows, of which the last leaves out every cell that may be empty."""
    rows = [
        [
            ""
            if at == 2 and field.nullable
            else rewrite(
                field.kind, field.values[0] if field.values else "2017" if field.name == "year" else SAMPLES[field.kind][at]
            )
            for field in data_set.fields
        ]
        for at in range(3)
    ]
    return [[field.header for field in data_set.fields], *rows]


def silver(delivery: Delivery, data_set: DataSet, content: bytes) -> list[tuple[object, ...]]:
    delivery.lines.clear()
    rows = decoded_rows(delivery.file(delivery.add("册.csv", content, data_set=data_set.code)))
    assert not rows.filter(pl.col("_fate") == "quarantined").height
    accepted = rows.filter(pl.col("_fate") == "accepted")
    return standardised(data_set, accepted, KEY).drop("_file_id", "_sheet", "_row").rows()


@pytest.mark.parametrize("code", DATA_SETS)
def test_another_form_of_the_same_meaning_reads_the_same(delivery: Any, code: str) -> None:
    data_set = DATA_SETS[code]
    expected = silver(delivery, data_set, _joined(register(data_set), ","))
    assert len(expected) == 3
    for name, cells in CELLS.items():
        assert silver(delivery, data_set, _joined(register(data_set, cells), ",")) == expected, name
    for name, shaped in TABLES.items():
        assert silver(delivery, data_set, _joined(shaped(register(data_set)), ",")) == expected, name
    for name, written in TEXTS.items():
        assert silver(delivery, data_set, written(register(data_set))) == expected, name


@pytest.mark.parametrize("seed", range(40))
def test_forms_together_read_the_same(delivery: Any, seed: int) -> None:
    chance = random.Random(seed)
    data_set = DATA_SETS[chance.choice(list(DATA_SETS))]
    inner = chance.choice(["floats", "moments in China", "days first", "radicals", "full width", "percent signs", "thousands"])
    outer = chance.choice(
        ["a tab behind", "the blank of GBK behind", "a control in front", "wide blanks around", "behind an apostrophe"]
    )
    protected = chance.choice(["as a formula of text", "marks of direction around", "zero widths inside"])
    names = [inner, protected, outer] if inner != "thousands" else [inner]

    def rewrite(kind: Kind, cell: str) -> str:
        for name in names:
            cell = CELLS[name](kind, cell)
        return cell

    shape, written = chance.choice(list(TABLES)), chance.choice(list(TEXTS))
    table = TABLES[shape](register(data_set, rewrite))
    if written in ("tabs", "UTF-16") and any("\t" in cell for row in table for cell in row):
        written = "pipes"
    expected = silver(delivery, data_set, _joined(register(data_set), ","))
    assert silver(delivery, data_set, TEXTS[written](table)) == expected, (data_set.code, names, shape, written)
