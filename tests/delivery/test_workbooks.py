"""Workbooks: numbers, dates and blanks of a sheet as texts, each under the row number that a spreadsheet shows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import numbers as formats

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.typed import standardised
from jobs.delivery.workbooks import read_sheet, sha256_of, sheet_names


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """One sheet that starts in C3, with a merged title, a hidden row, an empty row and typed cells; one sheet is empty."""
    path = tmp_path / "册.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "一月"
    sheet["C3"] = "标题"
    sheet.merge_cells("C3:E3")
    sheet["C4"], sheet["D4"], sheet["E4"] = "姓名", "金额", "日期"
    sheet["C5"], sheet["D5"], sheet["E5"] = "张三", 320, datetime(2017, 1, 5)
    sheet["E5"].number_format = formats.FORMAT_DATE_YYYYMMDD2
    sheet["C7"], sheet["D7"], sheet["E7"] = "李四", 320.5, 42740
    sheet.row_dimensions[7].hidden = True
    workbook.create_sheet("空")
    workbook.save(path)
    return path


def test_sheets_are_listed_in_order(book: Path) -> None:
    assert sheet_names(book) == ["一月", "空"]


def test_row_0_is_the_first_row_of_the_sheet_and_hidden_rows_count(book: Path) -> None:
    rows = [tuple(cell for cell in row if cell is not None) for row in read_sheet(book, "一月").rows()]
    assert rows == [
        (),
        (),
        ("标题",),
        ("姓名", "金额", "日期"),
        ("张三", "320", "2017-01-05 00:00:00"),
        (),
        ("李四", "320.5", "42740"),
    ]


def test_only_so_many_rows_are_read_as_asked(book: Path) -> None:
    assert read_sheet(book, "一月", rows=4).rows() == read_sheet(book, "一月").rows()[:4]


def test_an_empty_sheet_has_no_rows(book: Path) -> None:
    assert read_sheet(book, "空").height == 0


def test_a_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # the example of FIPS 180-2
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_typed_cells_of_a_workbook_become_silver_values(delivery: Any, payments: Any) -> None:
    row: list[object] = [
        {"640.00": 640.5, "2": 2, "201701": 42740, "2017-01-20": 42755}.get(cell, cell) for cell in payments.row()
    ]
    rows = delivery.rows(delivery.add_workbook("册.xlsx", {"表": [payments.header, row]}))
    silver = standardised(DATA_SETS["payments"], rows, "key").to_dicts()[0]
    assert (str(silver["amount"]), silver["heads"]) == ("640.50", 2)
    assert (str(silver["for_month"]), str(silver["paid_on"])) == ("2017-01-01", "2017-01-20")


def test_a_number_that_a_spreadsheet_damaged_is_no_number(delivery: Any, payments: Any) -> None:
    damaged: list[object] = [
        float(cell) if cell.startswith("420292195001") else cell for cell in payments.row(id_number="420292195001011021")
    ]
    rows = delivery.rows(delivery.add_workbook("册.xlsx", {"表": [payments.header, damaged]}))
    assert rows["id_number"][0] != "420292195001011021"
    assert standardised(DATA_SETS["payments"], rows, "key")["person_number_state"].to_list() == ["check_fails"]


def test_sheets_keep_their_names_and_their_own_row_numbers(delivery: Any, payments: Any) -> None:
    sheets = {"一月": [payments.header, payments.row()], "二月": [["标题"], payments.header, payments.row(), payments.row()]}
    rows = delivery.rows(delivery.add_workbook("册.xlsx", sheets))
    assert rows.select("_sheet", "_row", "_fate").rows() == [
        ("一月", 2, "accepted"),
        ("二月", 1, "skipped"),
        ("二月", 3, "accepted"),
        ("二月", 4, "accepted"),
    ]


def test_hidden_rows_hidden_columns_and_notes_far_below_are_read(delivery: Any, payments: Any) -> None:
    path = delivery.folder / "册.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表")
        for at, row in enumerate([payments.header, *payments.rows(3)]):
            sheet.write_row(at, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.write(40, 0, "注：本表不含补发")
    rows = delivery.rows(delivery.add("册.xlsx", path.read_bytes()))
    assert rows["_row"].to_list() == list(range(2, 42))
    assert rows["household_no"].to_list()[:3] == ["D0001", "D0002", "D0003"]
    assert rows["_reason"].to_list() == [None] * 3 + ["blank"] * 36 + ["note"]
