"""补正单: what came back and cannot be used, a workbook a township, to be filled in and handed in again as it is.

A cell that is asked for is marked and says why; every cell stands as its sender typed it. Restricted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jobs.sheets.books import SEPARATE, place_of, township_books
from jobs.sheets.tables import OFFERS, Heading, cell_formats, new_book, write_guide, write_lists, write_table
from jobs.take_in.cells import Row
from jobs.take_in.forms import FORMS, Form
from jobs.take_in.known import Where

KIND = "补正单"
REST = "其余"
"""The workbook of rows of which no list says where they belong."""
_WIDTHS = {"date": 11, "month": 9, "yuan": 11, "yes or no": 8, "reason": 16}
_GUIDE = (
    ("怎样补正", "红色的格子需要补正，批注和“需补正的内容”写明了原因和应填的内容。其余各格照您原来填写的保留，不用重填。"),
    ("交回", "补正后把本表原样交回即可，不用另填原来的表；已经读入的各行不在本表中，也不用重报。"),
    ("弄不清的", "核查结论弄不清的，请选“无法核实”，不要猜。确实不用报的行，请整行删除。"),
    ("保密", "本表含完整姓名和号码，仅限经授权的人员使用，请勿转发。"),
)


def write_slips(
    folder: Path, rows: Iterable[Row], where: Mapping[str, Where], names: Mapping[str, str], as_of: date
) -> list[Path]:
    """The workbooks, into the folder. names: of counties, by code."""
    of_book: dict[str, list[Row]] = {}
    for row in rows:
        of_book.setdefault(_book(row, where), []).append(row)
    paths = []
    for key, title, name in township_books(KIND, of_book, names):
        _write(folder / name, f"{title} {KIND}（{as_of.isoformat()}）", of_book[key], as_of)
        paths.append(folder / name)
    return paths


def _book(row: Row, where: Mapping[str, Where]) -> str:
    """The township that the row's case is of; what is apart from the office that approved stays apart."""
    filled = row.filled
    found = next((where[one] for one in (*filled.subjects, *filled.ids) if one in where), None)
    if found is None or found.county_code is None:
        return REST
    return SEPARATE if found.is_separate else place_of(found.county_code, found.town)


def _write(path: Path, title: str, rows: Sequence[Row], as_of: date) -> None:
    with new_book(path, title, as_of) as book:
        formats = cell_formats(book)
        marked = book.add_format(
            {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "border": 1, "bg_color": "#F4B6A6", "locked": False, "text_wrap": True}
        )  # fmt: skip
        for form in FORMS:
            if of_form := [row for row in rows if row.filled.form is form]:
                _write_sheet(book, formats, marked, title, form, of_form)
        write_guide(book, formats, f"{title}，共{len(rows)}行", _GUIDE)
        write_lists(book, formats, ("reason", "verdict", "need result", "need program", "correction", "check result"))


def _write_sheet(book: Any, formats: dict[str, Any], marked: Any, title: str, form: Form, rows: Sequence[Row]) -> None:
    names, headings = _names(form), headings_of(form)
    cells = [_cells(row, names) for row in rows]
    sheet = write_table(book, formats, form.title, headings, [(_asked(row), _place(row), *of_row) for row, of_row in zip(rows, cells, strict=True)],
                        title=title)  # fmt: skip
    for r, (row, of_row) in enumerate(zip(rows, cells, strict=True), start=1):
        for i, name in enumerate(names):
            if asked := row.asked.get(name):
                sheet.write_string(r, i + 2, of_row[i], marked)
                sheet.write_comment(r, i + 2, "\n".join(asked), {"x_scale": 2, "y_scale": 1.5})


def _names(form: Form) -> list[str]:
    return [*form.to_fill_in, *form.ids]


def headings_of(form: Form) -> tuple[Heading, ...]:
    """Columns of the sheet that asks: what and where, then all that may be filled in, and the ids."""
    columns = (_heading(form, name) for name in _names(form))
    return Heading("需补正的内容", 38, "wrapped"), Heading("出处", 12, "wrapped"), *columns


def _heading(form: Form, name: str) -> Heading:
    if name in form.ids:
        return Heading(form.headers[name][0], 6, "id")
    offers = form.offers.get(name, "")
    return Heading(
        form.headers[name][0], _WIDTHS.get(offers, 9), "input", offers if offers in (*OFFERS, "date", "month", "yuan") else ""
    )


def _cells(row: Row, names: Sequence[str]) -> list[str]:
    """As they were typed; what stood beside the columns is kept in the note, or, where the table has none, in its telling column."""
    line, form = row.filled.line, row.filled.form
    rest = [f"{header}：{text}" if header else text for header, text in line.beside.items()] + list(line.beyond)
    last = "note" if "note" in form.headers else form.telling
    cells = {name: _seen(form, name, line.cells.get(name, "")) for name in names}
    cells[last] = "；".join(part for part in (cells[last], *rest) if part)
    return [cells[name] for name in names]


def _seen(form: Form, name: str, text: str) -> str:
    """A month is kept as its first day, and shown without it."""
    return text[:7] if form.offers.get(name) == "month" and re.fullmatch(r"\d{4}-\d\d-01", text) else text


def _asked(row: Row) -> str:
    return "\n".join(f"【{row.header(column)}】{why}" for column, asked in row.asked.items() for why in asked)


def _place(row: Row) -> str:
    line = row.filled.line
    return "，".join(part for part in (line.file, line.sheet and f"表“{line.sheet}”", f"第{line.row}行") if part)
