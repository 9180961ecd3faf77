"""Workbooks: numbers, dates and blanks of a sheet as texts, each under the row number that a spreadsheet shows.

And those that would fill the memory, or are broken, are refused before anything opens them.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import numbers as formats

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.typed import standardised
from jobs.delivery import workbooks
from jobs.delivery.workbooks import BadWorkbook, read_sheet, sha256_of, survey_workbook


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
    assert [sheet.name for sheet in survey_workbook(book, 30).sheets] == ["一月", "空"]


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
    assert survey_workbook(book, 4).sheets[0].head == read_sheet(book, "一月").rows()[:4]


def test_a_cell_far_to_the_right_adds_no_empty_columns(delivery: Any, payments: Any) -> None:
    far = [[*row, *[None] * 500, "备查"] if at == 2 else row for at, row in enumerate([payments.header, *payments.rows(3)])]
    rows = delivery.rows(delivery.add_workbook("册.xlsx", {"表": far}))
    assert rows["_other_cells"].to_list() == [None, '{"列514":"备查"}', None]


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
    assert standardised(DATA_SETS["payments"], rows, "key")["person_number_state"].to_list() == ["damaged"]


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


def repacked(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return changed.getvalue()


SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"


@pytest.fixture
def plain(tmp_path: Path) -> bytes:
    """A workbook of one sheet with six cells, in A1 to B3."""
    path = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表")
        for row in range(3):
            sheet.write_row(row, 0, ["张三", row])
    return path.read_bytes()


def survey_of(content: bytes, tmp_path: Path, **limits: int) -> workbooks.Workbook:
    path = tmp_path / "册.xlsx"
    path.write_bytes(content)
    return survey_workbook(path, 30, **limits)


def refusal(content: bytes, tmp_path: Path, **limits: int) -> str:
    with pytest.raises(BadWorkbook) as refused:
        survey_of(content, tmp_path, **limits)
    return refused.value.why.code


def with_rows(rows: str) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(b"</sheetData>", rows.encode() + b"</sheetData>")


FAR = {
    "the last cell of a sheet": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "a row that no sheet has": '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
    "a column that no sheet has": '<row r="4"><c r="ZZZZZZ4"><v>1</v></c></row>',
    "the column behind the last one": '<row r="4"><c r="XFE4"><v>1</v></c></row>',
    "two cells far apart": '<row r="4"><c r="XFD4"><v>1</v></c></row><row r="90000"><c r="A90000"><v>1</v></c></row>',
    "a cell that stands elsewhere than its row": '<row r="4"><c r="XFD4"><v>1</v></c><c r="A90000"><v>1</v></c></row>',
    "other attributes first": '<row r="9"><c s="0" r="XFD1048576"><v>1</v></c></row>',
    "other quotes and blanks": "<row r='9'><c\tr='XFD1048576'\n><v>1</v></c></row>",
    "letters in lower case": '<row r="9"><c r="xfd1048576"><v>1</v></c></row>',
    "another prefix": '<x:row r="9"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    "a far row of cells without places": '<row r="99999999"><c><v>1</v></c></row>',
    "a wide row of cells without places": "<row>" + "<c><v>1</v></c>" * 20_000 + "</row>" + '<row r="5000"><c><v>1</v></c></row>',
}


@pytest.mark.parametrize(
    ("case", "block"), [(case, block) for case in FAR for block in (100, 1 << 22) if "wide" not in case or block > 100]
)
def test_a_sheet_whose_cells_span_too_much_is_refused_before_it_is_opened(
    plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, block: int
) -> None:
    """calamine would take 550 GB for the last cell of a sheet, and the process with it."""
    monkeypatch.setattr(workbooks, "_BLOCK", block)
    monkeypatch.setattr(fastexcel, "read_excel", lambda _: pytest.fail("it was opened"))
    assert refusal(repacked(plain, SHEET, with_rows(FAR[case])), tmp_path) == "far_cells"


NEAR = {
    "formats alone": '<row r="4"><c r="XFD4" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>',
    "formats alone, written long": '<row r="4"><c r="XFD4" s="1"></c></row><row r="1048576"><c r="A1048576" s="1"></c></row>',
    "a wide row": '<row r="4"><c r="XFD4"><v>1</v></c></row>',
    "a note at the bottom": '<row r="1048576"><c r="B1048576"><v>1</v></c></row>',
    "cells without places": "<row>" + "<c><v>1</v></c>" * 30 + "</row>",
}


@pytest.mark.parametrize("block", [100, 1 << 22])
@pytest.mark.parametrize("case", NEAR)
def test_a_sheet_whose_filled_cells_span_little_is_read(
    plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, block: int
) -> None:
    monkeypatch.setattr(workbooks, "_BLOCK", block)
    [sheet] = survey_of(repacked(plain, SHEET, with_rows(NEAR[case])), tmp_path).sheets
    assert [row[:2] for row in sheet.head[:3]] == [("张三", "0"), ("张三", "1"), ("张三", "2")]


def test_an_archive_may_unpack_to_the_limit_and_no_further(plain: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    assert survey_of(plain, tmp_path, largest_book=size).sheets
    assert refusal(plain, tmp_path, largest_book=size - 1) == "unpacks_too_large"


def test_what_an_archive_states_of_its_sizes_is_not_believed(plain: bytes, tmp_path: Path) -> None:
    bomb = repacked(plain, "xl/theme/theme1.xml", lambda _: b" " * 5_000_000)
    stated = (5_000_000).to_bytes(4, "little")
    assert bomb.count(stated) == 2  # before the part, and in the directory
    assert refusal(bomb.replace(stated, (10).to_bytes(4, "little")), tmp_path, largest_book=1_000_000) in (
        "unpacks_too_large",
        "damaged_workbook",
    )
    assert refusal(bomb, tmp_path, largest_book=1_000_000) == "unpacks_too_large"


def test_texts_that_are_only_stated_are_not_believed(plain: bytes, tmp_path: Path) -> None:
    """calamine makes room for as many as are stated: 96 GB for four billion."""
    stated = repacked(plain, STRINGS, lambda part: re.sub(rb'uniqueCount="\d+"', b'uniqueCount="4000000000"', part))
    assert refusal(stated, tmp_path) == "damaged_workbook"


def test_entities_are_not_expanded(plain: bytes, tmp_path: Path) -> None:
    declared = b'?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    for part, entity in ((STRINGS, b"<t>&b;</t>"), (SHEET, b'<c r="A9" t="str"><v>&b;</v></c></row></sheetData>')):
        content = repacked(
            plain, part, lambda xml, new=entity: xml.replace(b"?>", declared, 1).replace(b"<t>\xe5\xbc\xa0\xe4\xb8\x89</t>", new)
            .replace(b"</row></sheetData>", new)
        )  # fmt: skip
        assert refusal(content, tmp_path) == "damaged_workbook"


def test_entities_that_would_grow_without_end_are_refused(plain: bytes, tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    declared = f'?><!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>'.encode()
    bomb = repacked(plain, BOOK, lambda xml: xml.replace(b"?>", declared, 1).replace(b"</sheets>", b"</sheets><x>&e9;</x>"))
    began = time.process_time()
    assert refusal(bomb, tmp_path) == "damaged_workbook"
    assert time.process_time() - began < 2


def test_a_reader_that_panics_refuses_the_file(plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As the one that the Rust part of fastexcel raises."""

    def panic(_: object) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(fastexcel, "read_excel", panic)
    assert refusal(plain, tmp_path) == "damaged_workbook"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_run_is_obeyed(plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: Any) -> None:
    def stopped(_: object) -> None:
        raise stop

    monkeypatch.setattr(fastexcel, "read_excel", stopped)
    with pytest.raises(stop):
        survey_of(plain, tmp_path)


def test_parts_may_be_named_as_on_windows(delivery: Any, payments: Any) -> None:
    name = delivery.add_workbook("册.xlsx", {"表": [payments.header, payments.row()]})
    changed = io.BytesIO()
    with zipfile.ZipFile(delivery.folder / name) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part.replace("/", "\\"), old.read(part))
    assert delivery.rows(delivery.add("窗.xlsx", changed.getvalue()))["_fate"].to_list() == ["accepted"]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda content: content[: len(content) // 2],
    "without its index of sheets": lambda content: repacked(content, "xl/_rels/workbook.xml.rels", lambda _: b""),
    "a sheet that ends early": lambda content: repacked(content, SHEET, lambda part: part[: len(part) // 2]),
    "a place that cannot be": lambda content: repacked(content, SHEET, lambda part: part.replace(b'r="A2"', b'r="A-2"')),
    "bytes overwritten": lambda content: content[:300] + bytes(200) + content[500:],
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_workbook_is_refused(plain: bytes, tmp_path: Path, fault: str) -> None:
    assert refusal(BROKEN[fault](plain), tmp_path) == "damaged_workbook"


def test_hidden_rows_and_sheets_are_told_of_each_sheet(tmp_path: Path) -> None:
    path = tmp_path / "册.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name, hidden_rows in (("一&月", 3), ("二月", 0), ("三月", 1)):
            sheet = workbook.add_worksheet(name)
            for row in range(9):
                sheet.write(row, 0, row)
                sheet.set_row(row, None, None, {"hidden": row < hidden_rows})
        workbook.get_worksheet_by_name("二月").hide()
        workbook.get_worksheet_by_name("三月").very_hidden()
        workbook.add_chartsheet("图")
        workbook.get_worksheet_by_name("一&月").set_column(0, 0, None, None, {"hidden": True})  # a column is no row
    sheets = survey_workbook(path, 30).sheets
    assert [(sheet.name, sheet.is_hidden, sheet.hidden_rows) for sheet in sheets] == [
        ("一&月", False, 3),
        ("二月", True, 0),
        ("三月", True, 1),
        ("图", False, 0),
    ]


def test_hidden_rows_are_data_and_told(delivery: Any, payments: Any) -> None:
    path = delivery.folder / "册.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表")
        for at, row in enumerate([payments.header, *payments.rows(5)]):
            sheet.write_row(at, 0, row)
        sheet.autofilter(0, 0, 5, 12)
        for at in (2, 4):
            sheet.set_row(at, None, None, {"hidden": True})
    file = delivery.file(delivery.add("册.xlsx", path.read_bytes()))
    assert [told.en for told in file.remarks] == ["2 hidden rows, read like the others"]
    assert delivery.rows("册.xlsx")["_fate"].to_list() == ["accepted"] * 5


def test_of_two_columns_of_one_field_the_visible_one_is_read(delivery: Any, payments: Any) -> None:
    """A table that begins in B, with a hidden column of a field that a visible one has, one that none has, and empty ones."""
    path = delivery.folder / "册.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表")
        for at, row in enumerate([payments.header, payments.row()]):
            sheet.write_row(at, 1, [("金额", "999.00")[at], *row])
        for left, right in ((1, 1), (4, 4), (20, 16_383)):
            sheet.set_column(left, right, None, None, {"hidden": True})
    file = delivery.file(delivery.add("册.xlsx", path.read_bytes()))
    told = [(found.code, dict(found.details)["columns"]) for found in file.remarks if found.code.startswith("hidden")]
    assert told == [("hidden_columns", "证号"), ("hidden_columns_aside", "金额")]
    assert delivery.rows("册.xlsx").select("amount", "household_no").rows() == [("640.00", "D0001")]


def hidden(delivery: Any, sheets: dict[str, list[list[object]]], *names: str) -> str:
    name = delivery.add_workbook("册.xlsx", sheets)
    book = openpyxl.load_workbook(delivery.folder / name)
    for hidden_name in names:
        book[hidden_name].sheet_state = "veryHidden"
    book.save(delivery.folder / name)
    delivery.lines.clear()
    return str(delivery.add(name, (delivery.folder / name).read_bytes()))


def test_a_hidden_sheet_beside_a_visible_one_is_kept_and_not_used(delivery: Any, payments: Any) -> None:
    table = [payments.header, payments.row()]
    copy = [["旧表"], [*payments.header, "备注"], [*payments.row(), "x"], ["合计", *[""] * 12]]
    file = delivery.file(hidden(delivery, {"表": table, "旧": copy, "代码": [["无"]]}, "旧", "代码"))
    assert [told.code for told in file.remarks] == ["hidden_sheets"]
    assert file.reason.endswith(": 旧")
    assert delivery.rows("册.xlsx").select("_sheet", "_row", "_fate", "_reason").rows() == [
        ("表", 2, "accepted", None),
        ("旧", 1, "skipped", "title"),
        ("旧", 3, "skipped", "hidden sheet"),
        ("旧", 4, "skipped", "subtotal"),
    ]


def test_a_hidden_sheet_is_used_where_no_visible_one_holds_a_table(delivery: Any, payments: Any) -> None:
    first, second = [payments.header, payments.row()], [payments.header, payments.row(name="李四")]
    file = delivery.file(hidden(delivery, {"说明": [["见下表"]], "表": first, "二": second}, "表", "二"))
    assert [told.code for told in file.remarks] == ["unread_sheets"]
    assert delivery.rows("册.xlsx")["_fate"].to_list() == ["accepted"] * 2


def test_of_several_sheets_that_cannot_be_read_the_nearest_tells_why(delivery: Any, payments: Any) -> None:
    rest = [name for name in payments.header if name != "发放金额"]
    file = delivery.file(delivery.add_workbook("册.xlsx", {"说明": [["见下表"]], "表": [rest, ["x"] * 12], "空": []}))
    assert (file.status, [told.code for told in file.remarks]) == ("refused", ["missing_column"])


@pytest.mark.parametrize("is_1904", [True, False])
def test_days_are_counted_from_the_workbook_s_first_day(delivery: Any, payments: Any, is_1904: bool) -> None:
    """Of 5 January 2017, as a date, as a number and as its text, and as the text of the day."""
    path = delivery.folder / "册.xlsx"
    number = 42740 - 1462 * is_1904
    with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as workbook:
        sheet = workbook.add_worksheet("表")
        day_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate([payments.header, *[payments.row(household_no="41278", batch_no="41278")] * 6]):
            sheet.write_row(at, 0, row)
        paid_on, for_month = payments.header.index("发放日期"), payments.header.index("所属期")
        for column in (paid_on, for_month):
            sheet.write_datetime(1, column, datetime(2017, 1, 5), day_format)
            for at, cell in enumerate([number, str(number), number + 0.75, "2017-01-05", "20170105"], start=2):
                sheet.write(at, column, cell)
    rows = delivery.rows(delivery.add("册.xlsx", path.read_bytes()))
    assert rows["household_no"].to_list() == rows["batch_no"].to_list() == ["41278"] * 6  # no days
    silver = standardised(DATA_SETS["payments"], rows, "key")
    assert {str(day) for day in silver["paid_on"]} == {"2017-01-05"}
    assert {str(month) for month in silver["for_month"]} == {"2017-01-01"}


@pytest.mark.parametrize("cell", ["2017", "201701", "20170105", "5843", "71589", "0", "", "2017-01"])
def test_what_counts_no_days_is_left_alone(delivery: Any, payments: Any, cell: str) -> None:
    path = delivery.folder / "册.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as workbook:
        sheet = workbook.add_worksheet("表")
        sheet.write_row(0, 0, payments.header)
        sheet.write_row(1, 0, payments.row(paid_on=cell))
    assert delivery.rows(delivery.add("册.xlsx", path.read_bytes()))["paid_on"].to_list() == [cell or None]


def test_what_stands_beyond_the_head_changes_nothing_of_it(delivery: Any, payments: Any) -> None:
    """The survey reads the first rows alone: farther down the table may be wider, or begin farther to the left."""
    header, *rows = [["", *row] for row in [payments.header, *payments.rows(40)]]
    wide = delivery.add_workbook("宽.xlsx", {"表": [header, *rows[:39], [*rows[39], "", "备查"]]})
    left = delivery.add_workbook("左.xlsx", {"表": [header, *rows[:39], ["备查", *rows[39][1:]]]})
    for name, other in ((wide, '{"列15":"备查"}'), (left, '{"列1":"备查"}')):
        read = delivery.rows(name)
        assert read["_fate"].to_list() == ["accepted"] * 40
        assert read["household_no"].to_list() == [f"D{i:04}" for i in range(1, 41)]
        assert read["_other_cells"].to_list() == [None] * 39 + [other]
