"""Old binary workbooks and workbooks with a password are read as any others; what no library reads well is refused by its name."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.typed import standardised
from jobs.delivery.number_formats import Use
from jobs.delivery.workbooks import PASSWORD, read_cells, read_sheet, survey_workbook

WORD = "a word of this test"


def old_book(path: Path, *, is_1904: bool = False) -> Path:
    """A title, a header, a household of two rows in merged cells, formats, a truth, an error and a hidden row."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = is_1904
    sheet = book.add_sheet("表")

    def style(code: str) -> Any:
        return xlwt.easyxf(num_format_str=code)

    sheet.write_merge(0, 0, 0, 5, "花名册")
    for column, header in enumerate(["证号", "份额", "日期", "空日", "是否", "错"]):
        sheet.write(1, column, header)
    sheet.write_merge(2, 3, 0, 0, 123, style("00000000"))
    sheet.write(2, 1, 0.5, style("0%"))
    sheet.write(3, 1, 640.5)
    sheet.write(2, 2, date(2017, 1, 20), style("YYYY-MM-DD"))
    sheet.write(2, 3, 0, style("YYYY-MM-DD"))
    sheet.write(2, 4, True)
    sheet.write(2, 5, xlwt.Formula("1/0"))
    sheet.row(3).hidden = True
    sheet.col(4).hidden = True
    book.save(str(path))
    return path


@pytest.mark.parametrize("is_1904", [False, True])
def test_an_old_workbook_is_read_as_it_shows(tmp_path: Path, is_1904: bool) -> None:
    path = old_book(tmp_path / "册.xls", is_1904=is_1904)
    book = survey_workbook(path, 30)
    assert ([(sheet.name, sheet.is_hidden, sheet.hidden_rows) for sheet in book.sheets], book.is_1904) == (
        [("表", False, 1)],
        is_1904,
    )
    assert book.sheets[0].hidden_columns == {4}
    assert book.sheets[0].head[1] == ("证号", "份额", "日期", "空日", "是否", "错")
    title, header, first, second = read_sheet(path, "表").rows()
    assert (title[0], header[:2]) == ("花名册", ("证号", "份额"))
    assert first[:5] == ("123", "50%", "2017-01-20 00:00:00", None, "true")
    assert second[:3] == ("123", "640.5", None)


@pytest.mark.parametrize("name", ["发放.xls", "发放.et", "发放.xlsx"])
def test_an_old_workbook_is_a_file_of_a_delivery_like_any_other(delivery: Any, payments: Any, name: str) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for at, row in enumerate([payments.header, payments.row(), payments.row(name="李四")]):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    sheet.write(3, 2, 123, xlwt.easyxf(num_format_str="00000000"))
    for column, cell in enumerate(payments.row()):
        if column != 2:
            sheet.write(3, column, cell)
    content = io.BytesIO()
    book.save(content)
    rows = delivery.rows(delivery.add(name, content.getvalue()))
    assert rows["_fate"].to_list() == ["accepted"] * 3
    assert standardised(DATA_SETS["payments"], rows, "key")["household_no"].to_list() == ["D0001", "D0001", "00000123"]
    assert [told.code for told in delivery.file(name).remarks] == ["old_workbook_by_content"] * name.endswith("x")


def test_a_month_kept_as_a_number_is_the_one_that_is_shown(delivery: Any, payments: Any) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    places = xlwt.easyxf(num_format_str="0.00")
    month, amount = payments.header.index("所属期"), payments.header.index("发放金额")
    sheet = book.add_sheet("数")
    for column, header in enumerate(payments.header):
        sheet.write(0, column, header)
    for at, (number, style) in enumerate([(2017.1, places), (2017.12, places), (2017.1, xlwt.easyxf())], start=1):
        for column, cell in enumerate(payments.row()):
            if column not in (month, amount):
                sheet.write(at, column, cell)
        sheet.write(at, month, number, style)
        sheet.write(at, amount, 2017.1, places)
    content = io.BytesIO()
    book.save(content)
    rows = delivery.rows(delivery.add("甲.xls", content.getvalue()))
    silver = standardised(DATA_SETS["payments"], rows, "key")
    assert [str(month) for month in silver["for_month"]] == ["2017-10-01", "2017-12-01", "2017-01-01"]
    assert rows["_shown"].to_list() == ["for_month", None, None]
    assert rows["amount"].to_list() == ["2017.1"] * 3


def test_a_text_has_what_its_format_writes_before_it(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for row, cell in enumerate(["证号1", "0001", "合计"]):
        sheet.write(row, 0, cell, xlwt.easyxf(num_format_str='"ND"@'))
    book.save(str(tmp_path / "册.xls"))
    read = read_cells(tmp_path / "册.xls", "表", {0: Use.TEXT}, header_at=0)
    assert read["c0"].to_list() == ["证号1", "ND0001", "合计"]


def test_an_empty_column_before_the_table_is_none(delivery: Any, payments: Any) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for at, row in enumerate([payments.header, payments.row(), payments.row()[:2], ["合计"]]):
        for column, cell in enumerate(row, 1):
            sheet.write(at, column, cell)
    content = io.BytesIO()
    book.save(content)
    rows = delivery.rows(delivery.add("甲.xls", content.getvalue()))
    assert rows["_reason"].to_list() == [None, "blank", "subtotal"]


@pytest.mark.parametrize("fault", ["cut off", "overwritten"])
def test_a_broken_old_workbook_costs_itself_alone(delivery: Any, tmp_path: Path, fault: str) -> None:
    content = old_book(tmp_path / "好.xls").read_bytes()
    broken = content[:1500] if fault == "cut off" else content[:700] + bytes(600) + content[1300:]
    file = delivery.file(delivery.add("坏.xls", broken))
    assert (file.status, [told.code for told in file.remarks]) == ("refused", ["damaged_workbook"])


@pytest.fixture
def locked(delivery: Any, payments: Any) -> str:
    """A workbook protected by WORD, made as Excel makes it."""
    plain = delivery.folder / delivery.add_workbook("明.xlsx", {"表": [payments.header, payments.row()]})
    content = io.BytesIO()
    with plain.open("rb") as stream:
        OOXMLFile(stream).encrypt(WORD, content)
    delivery.lines.clear()
    return str(delivery.add("密.xlsx", content.getvalue()))


def test_a_password_from_the_environment_opens_a_workbook(delivery: Any, locked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, WORD)
    rows: pl.DataFrame = delivery.rows(locked)
    assert (rows["_fate"].to_list(), delivery.file(locked).remarks) == (["accepted"], ())


@pytest.mark.parametrize(("password", "told"), [("", "locked_workbook"), ("another", "wrong_password")])
def test_without_the_right_password_it_is_refused(
    delivery: Any, locked: str, monkeypatch: pytest.MonkeyPatch, password: str, told: str
) -> None:
    monkeypatch.setenv(PASSWORD, password)
    file = delivery.file(locked)
    assert (file.status, [why.code for why in file.remarks]) == ("refused", [told])
    assert WORD not in file.reason


def test_a_workbook_that_only_protects_its_structure_needs_no_password(delivery: Any, payments: Any) -> None:
    """Excel encrypts it all the same, with a word of its own."""
    plain = delivery.folder / delivery.add_workbook("明.xlsx", {"表": [payments.header, payments.row()]})
    content = io.BytesIO()
    with plain.open("rb") as stream:
        OOXMLFile(stream).encrypt("VelvetSweatshop", content)
    assert delivery.rows(delivery.add("护.xlsx", content.getvalue()))["_fate"].to_list() == ["accepted"]
