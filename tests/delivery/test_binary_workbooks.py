"""Binary workbooks: the same law as for workbooks. books/short_cells.xlsb was written by SheetJS, its cells without columns."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jobs.delivery.number_formats import Use
from jobs.delivery.workbooks import BadWorkbook, read_cells, survey_workbook

BOOK = Path(__file__).parent / "books" / "short_cells.xlsb"
USES = {2: Use.TEXT, 6: Use.DAY, 8: Use.AMOUNT, 13: Use.SHARE}


def test_a_binary_workbook_is_read_as_it_shows() -> None:
    rows = read_cells(BOOK, "发放", USES, header_at=1).rows()[2:]
    assert [(row[0], row[2], row[3], row[6], row[8], row[13]) for row in rows] == [
        ("420292", "00000123", "张三", "2017-01-20 00:00:00", "640", "50%"),
        ("420292", "00000123", "李四", None, "-640.25", "#N/A"),
        ("420292", "00000123", "王五", "2017-01-20 12:00:00", "10000000", "100%"),
    ]


def test_hidden_sheets_and_rows_are_told() -> None:
    book = survey_workbook(BOOK, 5)
    assert [(sheet.name, sheet.is_hidden, sheet.hidden_rows) for sheet in book.sheets] == [("发放", False, 1), ("旧", True, 0)]
    assert not book.is_1904


@pytest.mark.parametrize(("name", "told"), [("发放.xlsb", []), ("发放.xlsx", ["binary_workbook_by_content"])])
def test_it_is_a_file_of_a_delivery_like_any_other(delivery: Any, name: str, told: list[str]) -> None:
    delivery.add(name, BOOK.read_bytes())
    file = delivery.file(name)
    codes = [remark.code for remark in file.remarks]
    assert (file.status, codes) == ("accepted", [*told, "unknown_columns", "hidden_rows", "unread_sheets"][: len(told) + 2])
    rows = delivery.rows(name)
    assert rows["_fate"].to_list() == ["skipped", "accepted", "accepted", "accepted"]
    assert rows["household_no"].to_list()[1:] == ["00000123"] * 3


@pytest.mark.parametrize(
    ("packed", "number"),
    [(640 << 2 | 2, "640"), (64025 << 2 | 3, "640.25"), (-5 << 2 | 2, "-5"), (0x3FE00000, "0.5"), (0x40690000 | 1, "2")],
)
def test_a_packed_number_is_whole_or_a_float_and_perhaps_in_hundredths(tmp_path: Path, packed: int, number: str) -> None:
    """[MS-XLSB] 2.5.123: 640, 64025 hundredths, -5, the float 0.5, and 200.0 hundredths."""
    row = b"\x00\x19" + (9).to_bytes(4, "little") + bytes(21)
    cell = b"\x02\x0c" + bytes(8) + packed.to_bytes(4, "little", signed=packed < 0)
    path = tmp_path / "甲.xlsb"
    path.write_bytes(rewritten(SHEET, lambda sheet: sheet + row + cell))
    assert read_cells(path, "发放")["c0"].to_list()[-1] == number


def test_hidden_columns_are_told(tmp_path: Path) -> None:
    """[MS-XLSB] 2.4.323: the first and the last column, width, style and, in the lowest bit of the next two bytes, hidden."""
    columns = b"".join(
        b"\x3c\x12" + struct.pack("<4IH", first, last, 2304, 0, flags)
        for first, last, flags in ((1, 2, 1), (3, 3, 2), (5, 99, 1))
    )
    path = tmp_path / "甲.xlsb"
    path.write_bytes(rewritten(SHEET, lambda sheet: columns + sheet))
    sheet = survey_workbook(path, 5).sheets[0]
    assert sheet.hidden_columns == {1, 2, *range(5, len(sheet.head[0]))}


def rewritten(part: str, change: Any) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(BOOK) as book, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in book.namelist():
            copy.writestr(name, change(book.read(name)) if name == part else book.read(name))
    return content.getvalue()


SHEET = "xl/worksheets/sheet1.bin"
FAR = (
    b"\x00\x19"
    + (1_000_000).to_bytes(4, "little")
    + bytes(21)
    + b"\x02\x0c"
    + (16_000).to_bytes(4, "little")
    + bytes(4)
    + b"\x06\0\0\0"
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sheet: sheet[: len(sheet) // 2 - 1] + b"\xff\xff", "damaged_workbook"),
        (lambda sheet: sheet + FAR, "far_cells"),
    ],
)
def test_a_broken_sheet_and_a_far_cell_are_refused(tmp_path: Path, change: Any, code: str) -> None:
    path = tmp_path / "甲.xlsb"
    path.write_bytes(rewritten(SHEET, change))
    with pytest.raises(BadWorkbook) as refused:
        survey_workbook(path, 5)
    assert refused.value.why.code == code


def test_a_book_that_unpacks_too_large_is_refused() -> None:
    with pytest.raises(BadWorkbook) as refused:
        survey_workbook(BOOK, 5, largest_book=1_000)
    assert refused.value.why.code == "unpacks_too_large"
