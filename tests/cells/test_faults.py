"""Cells that hold something and say nothing: they are nobody's name and nothing's number, and they are never taken for empty."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Field, Kind
from jobs.cells.faults import forms, is_fault, readable
from jobs.cells.typed import silver_columns, standardised

SAYS_NOTHING = [
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#n/a", "Err:502", "########", "=…",
    '=TEXT(B2,"0")', "=VLOOKUP(A2,表2!A:B,2,0)", "=A1",
]  # fmt: skip
SAYS_SOMETHING = ["#1", "#甲", "1#", "##", '="00123"', "张三", "N/A号", "A=B", ""]


@pytest.mark.parametrize(("cells", "left"), [(SAYS_NOTHING, [None] * len(SAYS_NOTHING)), (SAYS_SOMETHING, SAYS_SOMETHING)])
def test_an_error_or_a_formula_is_no_text(cells: list[str], left: list[str | None]) -> None:
    assert readable(pl.Series(cells, dtype=pl.String)).to_list() == left


@pytest.mark.parametrize("kind", Kind)
def test_an_error_is_no_value_of_any_kind_and_none_is_empty(kind: Kind) -> None:
    field = Field("field", "表头", kind, "", values=("甲",), nullable=True)
    cells = pl.Series(SAYS_NOTHING, dtype=pl.String)
    assert silver_columns(field, cells, "key", {})[0].to_list() == [None] * len(SAYS_NOTHING)
    assert all(form and is_fault(form) for form in forms(field, cells))


@pytest.mark.parametrize(
    ("kind", "cell", "form"),
    [
        (Kind.DATE, "2017-01-20T16:00Z", "9999-99-99T99:99Z"),
        (Kind.DATE, "Fri Jan 20 00:00:00 CST 2017", "Fa Ja 99 99:99:99 A 9999"),
        (Kind.DATE, "二〇一七年一月", "字"),
        (Kind.DATE, "420292197001010111", "999999999999999999"),
        (Kind.DATE, "欧阳 娜娜", "字 字"),
        (Kind.DATE, "２０１７．１３．１", "9999.99.9"),
        (Kind.DATE, "৪২০২৯২১৯৭০০১০১০১১১", "9" * 18),  # digits of a script that nobody here reads
        (Kind.YUAN, "三百元", "字"),
        (Kind.YUAN, "Zhang San", "Za Sa"),
        (Kind.YUAN, "9" * 50, "9" * 24),
        # no day, and nothing
        (Kind.DATE, "0000-00-00", None),
        (Kind.DATE, "00000000", None),
        (Kind.MONTH, "9999-12-31 00:00:00", None),
        (Kind.DATE, "1900-01-00", None),
        (Kind.DATE, "1899-12-30 00:00:00", None),
        (Kind.DATE, "1900/1/1", None),
        (Kind.DATE, "不详", None),
        (Kind.MONTH, "至今", None),
        (Kind.DATE, "长期", None),
        (Kind.YUAN, "长期", "字"),
        (Kind.DATE, " ", None),
        (Kind.YUAN, "\ue5e5\u200b", None),
        (Kind.YUAN, "00-00", "99-99"),
    ],
)
def test_a_form_shows_what_a_cell_looks_like_and_no_name_and_no_number(kind: Kind, cell: str, form: str | None) -> None:
    assert forms(Field("field", "表头", kind, ""), pl.Series([cell])).to_list() == [form]
    assert form is None or not is_fault(form)


def test_a_row_is_marked_with_what_was_lost_and_what_a_format_said() -> None:
    data_set = DATA_SETS["payments"]
    cells: dict[str, list[str | None]] = {name: [None, None, None] for name in data_set.field_names}
    cells |= {
        "name": ["#REF!", "张三", None], "id_number": ["#N/A", "420292", "不详"], "paid_on": ["2017-01-20", "2017年13月", "0"],
        "amount": ["50%", "1", None], "household_no": ["=A1", "D1", "D2"],
        "_damaged": [None] * 3, "_shown": ["amount heads", None, "paid_on"], "_file_id": ["f"] * 3, "_sheet": [""] * 3,
    }  # fmt: skip
    rows = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)).with_columns(_row=pl.Series([2, 3, 4], dtype=pl.Int64))
    assert [mark and sorted(mark.split("\n")) for mark in standardised(data_set, rows, "key")["_marks"]] == [
        ["amount", "amount=99%", "heads", "household_no==…", "id_number=#N/A", "name=#REF!"],
        ["id_number=999999", "paid_on=9999字99字"],
        ["paid_on"],
    ]
