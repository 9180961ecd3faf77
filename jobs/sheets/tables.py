"""Sheets of a workbook that people read and print: headings, formats, wrapped cells, one table to a sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter

from jobs.sheets.choices import (
    APPEAL_OUTCOMES,
    CORRECTIONS,
    MEASURES,
    NEED_PROGRAMS,
    NEED_RESULTS,
    PAYMENT_DECISIONS,
    PROBLEMS,
    REASONS,
    SANCTIONS,
    VERDICT_WORDS,
    VERDICTS,
    YES_NO,
)

LINE_POINTS = 14.5
_TEXTS_KEPT = 50_000
"""A township's rows are its county's, and many texts are alike."""
_WIDE = re.compile("[\u2e80-\U0010ffff]")
PAGE_CHARACTERS = 160
"""The columns of a sheet are not wider than this together: it is printed one page wide, and type below nine points is read by nobody."""
_MARGIN_INCHES = 0.32
_LONGEST_LIST = 255
"""Characters of a drop-down that a cell can hold itself; longer ones stand on the sheet LISTS."""
LISTS = "填写选项"
OFFERS: dict[str, tuple[str, ...]] = {
    "verdict": VERDICTS,
    "reason": tuple(REASONS),
    "need result": NEED_RESULTS,
    "need program": NEED_PROGRAMS,
    "correction": CORRECTIONS,
    "check result": CORRECTIONS,
    "yes or no": YES_NO,
    "problem": PROBLEMS,
    "measure": MEASURES,
    "sanction": SANCTIONS,
    "appeal": APPEAL_OUTCOMES,
    "payment": PAYMENT_DECISIONS,
}
"""What the drop-downs of a column offer; the others that a heading may name are date, month and yuan."""
_LIST_TITLES = dict(
    zip(
        OFFERS,
        (
            "核查结论",
            "查否原因",
            "处理结果",
            "保障项目",
            "更正结果",
            "复核结果",
            "是否",
            "问题类别",
            "整改措施",
            "问责方式",
            "复查结果",
            "处理意见",
        ),
        strict=True,
    )
)


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: heading, width in characters, and how its values are shown.

    offers: of a column to fill in (style input), what its cells take: a key of OFFERS, date, month or yuan; empty = any text.
    """

    heading: str
    width: int
    style: str = "text"
    offers: str = ""


@dataclass(frozen=True)
class Band:
    """A row across the sheet that says what the rows below it have in common. It holds no cell of any column but the first."""

    text: str


Rows = Sequence[tuple[Any, ...] | Band]


def new_book(path: Path, title: str, day: date) -> Any:
    """A workbook that holds texts as texts, made in memory; dated with the day, not with the clock."""
    as_they_are = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(str(path), as_they_are)
    book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day)})
    return book


def cell_formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "border": 1, "border_color": "#D0D7DE"}
    filled_in = {**base, "bg_color": "#FFF8E1", "locked": False}
    # A number wider than its cell is shown as ####, which nobody can read: it shrinks instead. Wrapping would take that back.
    fits = {"shrink": True}
    return {
        "heading": book.add_format(
            {**base, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}
        ),
        "band": book.add_format({**base, "bold": True, "bg_color": "#E7EEF5"}),
        "text": book.add_format(base),
        "wrapped": book.add_format({**base, "text_wrap": True}),
        "whole": book.add_format({**base, **fits, "num_format": "0", "align": "center"}),
        "money": book.add_format({**base, **fits, "num_format": "#,##0.00"}),
        "score": book.add_format({**base, **fits, "num_format": "0.00", "align": "center"}),
        "id": book.add_format({**base, "font_size": 6, "font_color": "#808080", "text_wrap": True}),
        "input": book.add_format({**filled_in, "text_wrap": True}),
        "date": book.add_format({**filled_in, **fits, "num_format": "yyyy-mm-dd"}),
        "month": book.add_format({**filled_in, **fits, "num_format": "yyyy-mm"}),
        "yuan": book.add_format({**filled_in, **fits, "num_format": "#,##0.00"}),
        "title": book.add_format({"font_name": "Microsoft YaHei", "font_size": 14, "bold": True}),
        "plain": book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "text_wrap": True, "valign": "top"}),
        "label": book.add_format(
            {"font_name": "Microsoft YaHei", "font_size": 10, "bold": True, "text_wrap": True, "valign": "top"}
        ),
    }


def write_table(
    book: Any,
    formats: dict[str, Any],
    name: str,
    columns: tuple[Heading, ...],
    rows: Rows,
    *,
    title: str = "",
    since: date = date(2000, 1, 1),
    frozen: int = 2,
    is_printed: bool = True,
) -> Any:
    """One table, its header repeated on every printed page. Where it has columns to fill in, all other cells are locked, without a
    password. title: told above every printed page. since: the earliest day that a cell for a date takes. is_printed: else
    only the header and the row below it are, which says so."""
    sheet = book.add_worksheet(name)
    sheet.set_row(0, 30)
    looks = [formats[column.offers if column.offers in formats else column.style] for column in columns]
    for i, column in enumerate(columns):
        sheet.set_column(i, i, column.width)
        sheet.write_string(0, i, column.heading, formats["heading"])
    wrapped = [(i, column) for i, column in enumerate(columns) if column.style == "wrapped"]
    numbers = [column.style in ("whole", "money", "score") for column in columns]
    for r, row in enumerate(rows, start=1):
        if isinstance(row, Band):
            sheet.write_string(r, 0, row.text, formats["band"])
            for i in range(1, len(columns)):
                sheet.write_blank(r, i, None, formats["band"])
            continue
        # Stated, not left to the program that opens the file: some show one line of a wrapped cell only.
        sheet.set_row(r, LINE_POINTS * max((lines_needed(column, row[i]) for i, column in wrapped), default=1))
        for i, value in enumerate(row):
            if value is None or value == "":
                sheet.write_blank(r, i, None, looks[i])
            elif numbers[i] or isinstance(value, Decimal):
                sheet.write_number(r, i, float(value), looks[i])
            elif isinstance(value, date) and columns[i].offers:
                sheet.write_datetime(r, i, datetime(value.year, value.month, value.day), looks[i])
            else:
                sheet.write_string(r, i, str(value), looks[i])
    last = max(1, len(rows))
    for i, column in enumerate(columns):
        if column.offers:
            sheet.data_validation(1, i, last, i, _validation(column, since))
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    if any(column.style == "input" for column in columns):
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(_MARGIN_INCHES, _MARGIN_INCHES, 0.6, 0.5)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if not is_printed:
        sheet.print_area(0, 0, 1, len(columns) - 1)
    sheet.set_header(f"&L&9{title.replace('&', '&&')}&R&9{name}", {"margin": 0.25})
    sheet.set_footer("&C&9第 &P 页，共 &N 页", {"margin": 0.25})
    return sheet


def _validation(column: Heading, since: date) -> dict[str, Any]:
    told = {"input_title": column.heading[:32], "error_title": column.heading[:32]}
    match column.offers:
        case "date":
            said = f"请填日期，例如 {since.year + 1}-03-05，不早于 {since.isoformat()}"
            return {**told, "validate": "date", "criteria": ">=", "value": since, "input_message": said, "error_message": said}
        case "month":
            said = f"请填月份，例如 {since.year + 1}-04"
            return {
                **told,
                "validate": "date",
                "criteria": ">=",
                "value": date(2000, 1, 1),
                "input_message": said,
                "error_message": said,
            }
        case "yuan":
            said = "请填金额（元），例如 1200.00，不带单位"
            return {**told, "validate": "decimal", "criteria": ">=", "value": 0, "input_message": said, "error_message": said}
    offered = OFFERS[column.offers]
    source: Any = list(offered)
    if len(",".join(offered)) > _LONGEST_LIST:
        source = f"={LISTS}!$A$2:$A${len(offered) + 1}"
    return {**told, "validate": "list", "source": source, "error_message": "请从下拉列表中选择"}


def write_lists(book: Any, formats: dict[str, Any], wanted: Sequence[str]) -> None:
    """The sheet LISTS: what may be filled in, to be read and to be looked up. wanted: keys of OFFERS; the first is looked up by cells."""
    columns = []
    for offers in wanted:
        columns.append((_LIST_TITLES[offers], OFFERS[offers]))
        if offers == "verdict":
            columns.append(("什么时候选", tuple(VERDICT_WORDS.values())))
    sheet = book.add_worksheet(LISTS)
    for i, (heading, values) in enumerate(columns):
        sheet.set_column(i, i, 2 + max(2 * len(value) for value in values))
        sheet.write_string(0, i, heading, formats["heading"])
        for r, value in enumerate(values, start=1):
            sheet.write_string(r, i, value, formats["text"])
    sheet.protect()
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(_MARGIN_INCHES, _MARGIN_INCHES, 0.6, 0.5)
    sheet.fit_to_pages(1, 0)


NATURE_OF_CLUES = "性质", "线索是请人核实的问题，不是结论，更不是指控。请先听对象本人说明，再核对证据。"
DECIDED_BY_PEOPLE = (
    "由人决定",
    "清单由程序按登记资料排出，程序不作任何决定；是否有问题、待遇是否变动，都由工作人员核实、听取本人说明以后作出。",
)
FILLING_IN = (
    "填写",
    "浅黄色各格由核查人员填写，其余各格已锁定（没有密码）；有下拉列表的请从中选择，各项含义见“填写选项”。编号在最后两列，请勿改动；"
    "推翻以前报送的结论时，请在“更正前次结论”中填“是”。",
)


def masking_told(whose: str, *, is_masked: bool) -> tuple[str, str]:
    """Whether names and numbers are whole, and who may then see them (核查, 走访)."""
    in_full = f"本表含完整姓名和号码，仅限经授权的{whose}人员使用，请勿转发。"
    return "脱敏", "本表姓名、号码已脱敏，需要完整信息请向数据管理员申请。" if is_masked else in_full


def write_guide(
    book: Any, formats: dict[str, Any], title: str, lines: Sequence[tuple[str, str]], *, name: str = "说明", width: int = 110
) -> None:
    """The sheet that says how the workbook is to be read: a title, and what each line is about beside what it says."""
    about, told = Heading("", 18, "wrapped"), Heading(name, width, "wrapped")
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, about.width)
    sheet.set_column(1, 1, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(_MARGIN_INCHES, _MARGIN_INCHES, 0.6, 0.5)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&9第 &P 页，共 &N 页", {"margin": 0.25})
    sheet.write_string(0, 0, title, formats["title"])
    for r, (label, text) in enumerate(lines, start=2):
        sheet.write_string(r, 0, label, formats["label"])
        sheet.write_string(r, 1, text, formats["plain"])
        sheet.set_row(r, LINE_POINTS * max(lines_needed(about, label), lines_needed(told, text)))


def joined(*parts: str | None) -> str:
    """The parts that say something, each on a line of the cell."""
    return "\n".join(part for part in parts if part)


def lines_needed(column: Heading, value: Any) -> int:
    """Lines that a cell needs; a Chinese character is two wide."""
    return _lines(str(value), column.width - 1) if column.style == "wrapped" and value else 1


@lru_cache(maxsize=_TEXTS_KEPT)
def _lines(text: str, width: int) -> int:
    return sum(max(1, math.ceil((len(line) + len(_WIDE.findall(line))) / width)) for line in text.split("\n"))
