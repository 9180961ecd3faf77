"""Sheets of a workbook that people read and print: headings, formats, wrapped cells, one table to a sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LINE_POINTS = 14.5
_PAGE_CHARACTERS = 300
"""Columns wider than this together are printed two pages wide."""


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: heading, width in characters, and how its values are shown."""

    heading: str
    width: int
    style: str = "text"


def cell_formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "border": 1, "border_color": "#D0D7DE"}
    return {
        "heading": book.add_format(
            {**base, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}
        ),
        "text": book.add_format(base),
        "wrapped": book.add_format({**base, "text_wrap": True}),
        "whole": book.add_format({**base, "num_format": "0", "align": "center"}),
        "money": book.add_format({**base, "num_format": "#,##0.00"}),
        "score": book.add_format({**base, "num_format": "0.00", "align": "center"}),
        "input": book.add_format({**base, "bg_color": "#FFF8E1"}),
        "title": book.add_format({"font_name": "Microsoft YaHei", "font_size": 14, "bold": True}),
        "plain": book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "text_wrap": True, "valign": "top"}),
        "label": book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "bold": True, "valign": "top"}),
    }


def write_table(book: Any, formats: dict[str, Any], name: str, columns: tuple[Heading, ...], rows: list[tuple[Any, ...]]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_row(0, 30)
    for i, column in enumerate(columns):
        sheet.set_column(i, i, column.width)
        sheet.write_string(0, i, column.heading, formats["heading"])
    for r, row in enumerate(rows, start=1):
        # Stated, not left to the program that opens the file: some show one line of a wrapped cell only.
        sheet.set_row(r, LINE_POINTS * max(lines_needed(column, value) for column, value in zip(columns, row, strict=True)))
        for i, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is None or value == "":
                sheet.write_blank(r, i, None, formats[column.style])
            elif column.style in ("whole", "money", "score"):
                sheet.write_number(r, i, float(value), formats[column.style])
            else:
                sheet.write_string(r, i, str(value), formats[column.style])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1 if sum(column.width for column in columns) < _PAGE_CHARACTERS else 2, 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    return sheet


NATURE_OF_CLUES = "性质", "线索是请人核实的问题，不是结论，更不是指控。请先听对象本人说明，再核对证据。"
FILLING_IN = (
    "填写",
    "浅黄色各列由核查人员填写；“核查结论”请从下拉列表中选择，线索编号、案件编号请勿改动；推翻以前报送的结论时，请在“更正前次结论”中填“是”。",
)


def masking_told(whose: str, *, is_masked: bool) -> tuple[str, str]:
    """Whether names and numbers are whole, and who may then see them (核查, 走访)."""
    in_full = f"本表含完整姓名和号码，仅限经授权的{whose}人员使用，请勿转发。"
    return "脱敏", "本表姓名、号码已脱敏，需要完整信息请向数据管理员申请。" if is_masked else in_full


def write_guide(
    book: Any, formats: dict[str, Any], title: str, lines: Sequence[tuple[str, str]], *, name: str = "说明", width: int = 110
) -> None:
    """The sheet that says how the workbook is to be read: a title, and what each line is about beside what it says."""
    told = Heading(name, width, "wrapped")
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, title, formats["title"])
    for r, (label, text) in enumerate(lines, start=2):
        sheet.write_string(r, 0, label, formats["label"])
        sheet.write_string(r, 1, text, formats["plain"])
        sheet.set_row(r, LINE_POINTS * lines_needed(told, text))


def lines_needed(column: Heading, value: Any) -> int:
    """Lines that a cell needs; a Chinese character is two wide."""
    if column.style != "wrapped" or not value:
        return 1
    return sum(
        max(1, math.ceil(sum(1 + (ord(c) > 0x2E7F) for c in line) / (column.width - 1))) for line in str(value).split("\n")
    )
