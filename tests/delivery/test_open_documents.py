"""OpenDocument spreadsheets: the same law as for workbooks, as far as a sheet states it, and what would fill the memory is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rewritings.other_books import open_document
from jobs.delivery.number_formats import Use
from jobs.delivery.workbooks import BadWorkbook, read_cells, survey_workbook


def cell(kind: str, value: str, shown: str, more: str = "") -> str:
    attribute = {"date": "date-value", "string": "string-value", "boolean": "boolean-value"}.get(kind, "value")
    return f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}" {more}><text:p>{shown}</text:p></table:table-cell>'


def shown(folder: Path, rows: list[list[str]], uses: dict[int, Use], header_at: int = 0) -> list[tuple[str | None, ...]]:
    path = folder / "表.ods"
    path.write_bytes(open_document({"表": rows}))
    return read_cells(path, "表", uses, header_at).drop("_shown").rows()


@pytest.mark.parametrize(
    ("use", "stored", "read"),
    [
        (Use.SHARE, cell("percentage", "0.5", "50%"), "50%"),
        (Use.SHARE, cell("percentage", "0.333333", "33%"), "33.3333%"),
        (Use.TEXT, cell("float", "123", "00000123"), "00000123"),
        (Use.AMOUNT, cell("float", "123", "00000123"), "123"),
        (Use.AMOUNT, cell("currency", "1320.5", "¥1,320.50"), "1320.5"),
        (Use.TEXT, cell("float", "123.5", "124"), "123.5"),
        (Use.DAY, cell("date", "2017-01-05", "17年1月5日"), "2017-01-05"),
        (Use.DAY, cell("float", "2017.1", "2017.10"), "2017.10"),
        (Use.TEXT, cell("float", "2017.1", "2017.10"), "2017.10"),
        (Use.AMOUNT, cell("float", "2017.1", "2017.10"), "2017.1"),
        (Use.DAY, cell("float", "2017.1", "2017.1"), "2017.1"),
        (Use.TEXT, "00123", "00123"),
    ],
)
def test_a_cell_says_what_it_shows(tmp_path: Path, use: Use, stored: str, read: str) -> None:
    assert shown(tmp_path, [["表头"], [stored]], {0: use}) == [("表头",), (read,)]


def test_empty_rows_and_columns_before_the_table_keep_their_numbers(tmp_path: Path) -> None:
    rows = [["", ""], ["", "份额"], ["", cell("percentage", "1", "100%")]]
    assert shown(tmp_path, rows, {0: Use.SHARE}, header_at=1) == [(None,), ("份额",), ("100%",)]


def test_a_cell_merged_over_rows_counts_for_each(tmp_path: Path) -> None:
    rows = [
        ["户主", "成员"],
        [
            '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>甲</text:p></table:table-cell>',
            "甲",
        ],
        ["<table:covered-table-cell/>", "乙"],
    ]
    assert shown(tmp_path, rows, {}) == [("户主", "成员"), ("甲", "甲"), ("甲", "乙")]


def test_a_hidden_sheet_and_hidden_rows_are_told(tmp_path: Path) -> None:
    hidden = '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style>'
    path = tmp_path / "表.ods"
    content = open_document({"表": [["甲"]]}, hidden, 'table:style-name="ta1"')
    path.write_bytes(content)
    assert survey_workbook(path, 30).sheets[0].is_hidden


def test_hidden_columns_are_told_where_they_stand(tmp_path: Path) -> None:
    columns = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        '<table:table-column/><table:table-column table:visibility="filter" table:number-columns-repeated="9"/>'
    )
    path = tmp_path / "表.ods"
    path.write_bytes(open_document({"表": [["", "乙", "丙", "丁", "戊"]]}))
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part.replace(b"<table:table-row", columns.encode() + b"<table:table-row", 1))
    assert survey_workbook(path, 30).sheets[0].hidden_columns == {1, 3}  # counted from the first that is filled


def test_a_register_is_read_under_whatever_suffix(delivery: Any, payments: Any) -> None:
    content = open_document({"表": [["发放表"], payments.header, payments.row(), payments.row(name="李四")]})
    rows = delivery.rows(delivery.add("甲.ods", content, rows="2"))
    assert rows.select("_row", "_fate", "name").rows() == [(1, "skipped", None), (3, "accepted", "张三"), (4, "accepted", "李四")]
    file = delivery.file(delivery.add("乙.xlsx", content, rows="2"))
    assert (file.status, [found.code for found in file.remarks]) == ("accepted", ["open_document_by_content"])


@pytest.mark.parametrize("repeated", ['table:number-columns-repeated="16384"', 'table:number-columns-repeated="1000000"'])
def test_repeated_cells_that_would_fill_the_memory_are_refused(tmp_path: Path, repeated: str) -> None:
    path = tmp_path / "表.ods"
    path.write_bytes(open_document({"表": [[cell("float", "1", "1", repeated)]] * 8}))
    with pytest.raises(BadWorkbook) as refused:
        survey_workbook(path, 30, largest_sheet=100_000)
    assert refused.value.why.code == "far_cells"


def test_a_broken_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "表.ods"
    path.write_bytes(open_document({"表": [["<table:"]]}))
    with pytest.raises(BadWorkbook) as refused:
        survey_workbook(path, 30)
    assert refused.value.why.code == "damaged_workbook"
