"""Files that people fill in: read like a delivery, every row named as the file counts it, and nothing lost without a word."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.returns import tables
from jobs.returns.tables import Line, lines_under
from jobs.runtime.errors import BadVerdicts
from jobs.take_in.forms import VERDICTS

HEADERS = VERDICTS.headers
NEEDED = ("clue_id", "verdict", "refutation_reason", "checked_on", "checkers")
HEAD = "线索编号,核查结论,查否原因代码,核查日期,核查人员,备注"
FIRST, SECOND, THIRD = "C1234567890abcdef", "Cae407e9a3fa2d104", "C73928e0123456789"
ROWS = [f"{clue},查是-违规,,2018-01-10,张三、李四," for clue in (FIRST, SECOND, THIRD)]


def read(path: Path) -> list[Line]:
    return lines_under(path, HEADERS, NEEDED)


def read_text(folder: Path, content: bytes, name: str = "feedback.csv") -> list[Line]:
    path = folder / name
    path.write_bytes(content)
    return read(path)


def clues(lines: list[Line]) -> list[tuple[int, str]]:
    return [(line.row, line.cells["clue_id"]) for line in lines]


ALL = [(2, FIRST), (3, SECOND), (4, THIRD)]
PLAIN = "\n".join([HEAD, *ROWS]) + "\n"
SAME: dict[str, Callable[[], bytes]] = {
    "as it is": lambda: PLAIN.encode(),
    "with a byte order mark": lambda: ("\ufeff" + PLAIN).encode(),
    "GB18030": lambda: PLAIN.encode("gb18030"),
    "UTF-16": lambda: PLAIN.encode("utf-16"),
    "carriage returns alone": lambda: PLAIN.replace("\n", "\r").encode(),
    "both line ends": lambda: PLAIN.replace("\n", "\r\n").encode(),
    "tabs": lambda: PLAIN.replace(",", "\t").encode(),
    "no end of the last line": lambda: PLAIN.rstrip("\n").encode(),
    "a damaged character": lambda: PLAIN.encode().replace("张".encode()[:3], b"\xe5\xbc", 1),
    "decorated headers": lambda: PLAIN.replace("核查人员", "核查人员（两人）*").replace("线索编号", "线索 编号").encode(),
    "empty cells at the end left out": lambda: PLAIN.replace("李四,\n", "李四\n").encode(),
    "a comma more": lambda: PLAIN.replace("\n", ",\n").encode(),
    "blanks and quotes around cells": lambda: PLAIN.replace(FIRST, f' "{FIRST}" ').encode(),
}


@pytest.mark.parametrize("written", SAME.values(), ids=SAME)
def test_other_forms_of_the_same_file_give_the_same_rows(tmp_path: Path, written: Callable[[], bytes]) -> None:
    assert clues(read_text(tmp_path, written())) == ALL


def test_a_quote_that_is_never_closed_costs_no_other_row(tmp_path: Path) -> None:
    torn = PLAIN.replace(ROWS[0], ROWS[0] + '"户主称已搬走')
    lines = read_text(tmp_path, torn.encode())
    assert clues(lines) == ALL
    assert lines[0].cells["note"] == "户主称已搬走"


def test_a_cell_of_any_length_is_read(tmp_path: Path) -> None:
    """131,072 characters are more than the csv module takes."""
    long = "说明" * 100_000
    lines = read_text(tmp_path, PLAIN.replace(ROWS[1], ROWS[1] + long).encode())
    assert clues(lines) == ALL
    assert lines[1].cells["note"] == long


def test_a_cell_with_a_line_break_is_one_row(tmp_path: Path) -> None:
    lines = read_text(tmp_path, PLAIN.replace(ROWS[0], ROWS[0] + '"两次上门\n均无人"').encode())
    assert clues(lines) == ALL
    assert lines[0].cells["note"] == "两次上门 均无人"


def test_title_rows_blank_rows_and_repeated_headers_are_no_rows(tmp_path: Path) -> None:
    lines = read_text(tmp_path, "\n".join(["核查反馈表", ",,,,,", HEAD, ROWS[0], ",,,,,", HEAD, ROWS[1]]).encode())
    assert clues(lines) == [(4, FIRST), (7, SECOND)]


def test_a_row_with_more_cells_than_the_header_is_named(tmp_path: Path) -> None:
    shifted = PLAIN.replace(ROWS[1], ROWS[1] + "他说,已搬走")
    with pytest.raises(BadVerdicts, match=r"feedback.csv, row 3: the row has more cells than the header.*Nothing was taken in"):
        read_text(tmp_path, shifted.encode())


def test_a_line_tells_where_it_comes_from(tmp_path: Path) -> None:
    (first, *_) = read_text(tmp_path, PLAIN.encode())
    assert (first.file, first.sheet, first.place) == ("feedback.csv", "", "feedback.csv, row 2")
    assert first.sha256 == hashlib.sha256(PLAIN.encode()).hexdigest()


def book(path: Path, **sheets: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def test_every_sheet_with_the_header_is_read_under_its_name_whatever_the_suffix(tmp_path: Path) -> None:
    head = HEAD.split(",")
    path = book(
        tmp_path / "回收.xlsx",
        案件=[["序号", "案件编号"]],
        线索=[head, ROWS[0].split(",")],
        续=[["补报"], head, ROWS[1].split(",")],
    )
    assert [(line.place, line.cells["clue_id"]) for line in read(path)] == [
        ("回收.xlsx, sheet 线索, row 2", FIRST),
        ("回收.xlsx, sheet 续, row 3", SECOND),
    ]
    renamed = path.rename(tmp_path / "回收.csv")
    assert [line.sheet for line in read(renamed)] == ["线索", "续"]


OTHERS: dict[str, tuple[str, bytes, str]] = {
    "an old workbook": ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a damaged workbook"),
    "a damaged workbook": ("a.xlsx", b"PK\x03\x04 and nothing else", "a damaged workbook"),
    "a web page": ("a.csv", b"<html><table></table></html>", "a web page"),
    "a PDF": ("a.csv", b"%PDF-1.4 ...", "a document"),
    "an empty file": ("a.csv", b"", "an empty file"),
    "other columns": ("a.csv", "姓名,金额\n张三,1\n".encode(), "has no header of such a table"),
    "a column too few": ("a.csv", b"clue_id,verdict\n", r"the column 查否原因代码 \(refutation_reason\) is missing"),
}


@pytest.mark.parametrize(("name", "content", "said"), OTHERS.values(), ids=OTHERS)
def test_a_file_that_is_not_read_is_named_with_what_it_is(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadVerdicts, match=f"^{name}.*{said}.*Nothing was taken in"):
        read_text(tmp_path, content, name)


def test_a_workbook_without_the_table_names_its_sheets(tmp_path: Path) -> None:
    with pytest.raises(BadVerdicts, match=r"book.xlsx has no header of such a table; its sheets: Sheet1"):
        read(book(tmp_path / "book.xlsx", Sheet1=[["一"]]))
    with pytest.raises(BadVerdicts, match="No file"):
        read(tmp_path / "none.csv")


ANY_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(ANY_CELL, ANY_CELL), max_size=6), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_whatever_a_file_holds_every_row_is_read(tmp_path: Path, notes: list[tuple[str, str]], encoding: str) -> None:
    """Written as spreadsheets write it: no cell swallows a row, and none raises anything but a sentence."""
    path = tmp_path / "fuzz.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD.split(","))
        for note, reason in notes:
            writer.writerow([FIRST, "查是-违规", reason.replace("\r", "").replace("\n", ""), "2018-01-10", "张三、李四", note])
        writer.writerow([SECOND, "移送", "", "2018-01-10", "张三、李四", ""])
    lines = read(path)
    assert lines[-1].cells["clue_id"] == SECOND
    assert len(lines) == len(notes) + 1


def test_a_file_that_changes_while_it_is_read_is_brought_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept as its hash must be that of the rows."""

    def changed(path: Path, *arguments: object) -> list[list[str]]:
        path.write_text(PLAIN.replace("查是-违规", "无法核实"), encoding="utf-8")
        return [line.split(",") for line in PLAIN.splitlines()]

    monkeypatch.setattr(tables, "read_rows", changed)
    with pytest.raises(BadVerdicts, match=r"feedback\.csv changed while it was read\. Close it"):
        read_text(tmp_path, PLAIN.encode())


def test_a_file_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "feedback.csv").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(BadVerdicts, match=r"feedback\.csv has 1,099,511,627,776 bytes\. Expected at most"):
        read(tmp_path / "feedback.csv")


def test_rows_of_a_hidden_sheet_are_refused_and_options_on_one_are_not(tmp_path: Path) -> None:
    path = tmp_path / "feedback.xlsx"
    for hidden, is_refused in (("选项,说明", False), (PLAIN, True)):
        with xlsxwriter.Workbook(path) as book:
            for name, text in (("线索", PLAIN), ("旧", hidden)):
                sheet = book.add_worksheet(name)
                for n, line in enumerate(text.splitlines()):
                    sheet.write_row(n, 0, line.split(","))
            book.get_worksheet_by_name("旧").hide()
        if is_refused:
            with pytest.raises(BadVerdicts, match="sheet 旧, row 2: the sheet is hidden"):
                read(path)
        else:
            assert clues(read(path)) == ALL
