"""The report as a workbook for A4: a sheet of the main figures, and one a mechanism, with pictures that a reader can change."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from jobs.report_casework.report import HIGHLIGHTS, TITLE, Report
from jobs.report_casework.table import Blank, Chapter, Kind, Table, Value, shown
from jobs.sheets.tables import LINE_POINTS, Heading, cell_formats, lines_needed, new_book

_LABEL_WIDTH, _WIDTH, COLUMNS = 28, 11.5, 9
_NUMBER_FORMATS = {
    Kind.COUNT: "#,##0", Kind.RECORDS: "#,##0", Kind.YUAN: "#,##0.00", Kind.SHARE: "0.0%", Kind.INTERVAL: "@", Kind.DAYS: "0.0",
}  # fmt: skip
_ROW_PIXELS, _BAR_PIXELS, _CHART_WIDTH = 22, 24, 900
_PRINT_PERCENT, _PAGE_POINTS = 72, 680
"""Of a landscape A4 page within its margins: stated, for a sheet that is fitted to a width takes no breaks."""
_HEADER_POINTS, _NOTE_POINTS, _ROW_POINTS = 34, 14, 16.5


def write_workbook(path: Path, report: Report) -> None:
    book = new_book(path, TITLE, report.period.last)
    formats = _formats(book)
    _first_sheet(book, formats, report)
    for chapter in report.chapters:
        _chapter(book, formats, report, chapter)
    book.close()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Microsoft YaHei", "font_size": 11, "valign": "vcenter", "border": 1, "border_color": "#D0D7DE"}
    looks: dict[str, dict[str, Any]] = {"": {}, "bold": {"bold": True, "bg_color": "#E7EEF5"}}
    made = {
        f"{kind}{look}": book.add_format({**base, **told, "num_format": number, "align": "right", "shrink": True})
        for kind, number in _NUMBER_FORMATS.items()
        for look, told in looks.items()
    }
    labels = {
        f"label{depth}{look}": book.add_format({**base, **told, "indent": depth, "text_wrap": True})
        for depth in range(3)
        for look, told in looks.items()
    }
    named: dict[str, dict[str, Any]] = {
        "chapter": {"font_size": 14, "bold": True},
        "table": {"font_size": 12, "bold": True},
        "note": {"font_size": 10, "font_color": "#57606A", "text_wrap": True, "valign": "top"},
        "warning": {"font_size": 10, "bold": True, "font_color": "#B42318"},
        "figure": {"font_size": 16, "bold": True, "font_color": "#1F4E79", "align": "center"},
        "figure label": {"font_size": 9, "font_color": "#57606A", "align": "center"},
    }
    plain = {name: book.add_format({"font_name": "Microsoft YaHei", **told}) for name, told in named.items()}
    return {**cell_formats(book), **made, **labels, **plain}


def _sheet(book: Any, name: str, report: Report) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(0.5, 0.5, 0.7, 0.6)
    sheet.set_print_scale(_PRINT_PERCENT)
    synthetic = "　合成数据" if report.is_synthetic else ""
    sheet.set_header(f"&L&9{TITLE}（{report.edition}）{synthetic}&R&9 {report.period.told}", {"margin": 0.3})
    sheet.set_footer("&C&9第 &P 页，共 &N 页", {"margin": 0.3})
    sheet.hide_gridlines(2)
    sheet.set_default_row(_ROW_POINTS)
    return sheet


def _first_sheet(book: Any, formats: dict[str, Any], report: Report) -> None:
    sheet = _sheet(book, "概况", report)
    across = 4
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, across * 2, 14.5)
    sheet.write_string(0, 0, f"{TITLE}（{report.edition}）", formats["title"])
    row = 2
    told = Heading("", 14 * across * 2, "wrapped")
    for label, text in report.lines:
        sheet.write_string(row, 0, label, formats["warning" if label == "合成数据" else "label"])
        sheet.merge_range(row, 1, row, across * 2, text, formats["plain"])
        sheet.set_row(row, LINE_POINTS * lines_needed(told, text))
        row += 1
    row += 1
    for n, highlight in enumerate(HIGHLIGHTS):
        at, column = row + n // across * 3, 1 + n % across * 2
        table, place, key = highlight.place
        of = report.table(table)
        kind = next(one.kind for one in of.columns if one.key == key)
        value = of.value(place, key)
        figure = shown(value, kind) + ("" if isinstance(value, Blank) or not highlight.unit else f" {highlight.unit}")
        sheet.merge_range(at, column, at, column + 1, figure, formats["figure"])
        sheet.merge_range(at + 1, column, at + 1, column + 1, highlight.label, formats["figure label"])
        sheet.set_row(at, 24)


def _chapter(book: Any, formats: dict[str, Any], report: Report, chapter: Chapter) -> None:
    sheet = _sheet(book, chapter.title, report)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, COLUMNS, _WIDTH)
    sheet.write_string(0, 0, chapter.title, formats["chapter"])
    sheet.merge_range(1, 0, 1, COLUMNS, chapter.lead, formats["plain"])  # in the first column alone it would be cut off
    paper = _Paper(3 * _ROW_POINTS)
    row = 3
    for table in chapter.tables:
        row = _table(book, sheet, formats, chapter.title, table, row, paper) + 2
        paper.used += 2 * _ROW_POINTS
    sheet.set_h_pagebreaks(paper.breaks)


@dataclass
class _Paper:
    """Where printed pages end, so that nothing that fits on one is cut in two. used: points of the page so far."""

    used: float
    breaks: list[int] = field(default_factory=list)

    def take(self, row: int, points: float) -> None:
        is_full = self.used + points > _PAGE_POINTS and (points <= _PAGE_POINTS or self.used > _PAGE_POINTS / 3)
        if self.used and is_full:
            self.breaks.append(row)
            self.used = 0
        self.used = (self.used + points) % _PAGE_POINTS


def _table(book: Any, sheet: Any, formats: dict[str, Any], name: str, table: Table, top: int, paper: _Paper) -> int:
    """Writes the table below the row; gives the first row behind it."""
    label, told = Heading("", _LABEL_WIDTH, "wrapped"), Heading("", int(_LABEL_WIDTH + COLUMNS * _WIDTH), "wrapped")
    heights = [_ROW_POINTS * lines_needed(label, one.label) for one in table.rows]
    notes = [text for text in (f"来源：{table.source}。", table.note) if text]
    paper.take(top, _ROW_POINTS + _HEADER_POINTS + sum(heights) + sum(_NOTE_POINTS * lines_needed(told, text) for text in notes))
    sheet.write_string(top, 0, table.title, formats["table"])
    row = first = top + 1
    if table.why_not:
        why_not = f"{Blank.NOT_PROVIDED.value}：{table.why_not}。"
        sheet.merge_range(row, 0, row, COLUMNS, why_not, formats["plain"])
        sheet.set_row(row, _ROW_POINTS * lines_needed(told, why_not))
        row += 1
    else:
        first = _head(sheet, formats, table, row)
        for row, (one, height) in enumerate(zip(table.rows, heights, strict=True), start=first):
            look = "bold" if one.depth == 0 or one.parts else ""
            sheet.set_row(row, height)
            sheet.write_string(row, 0, one.label, formats[f"label{one.depth}{look}"])
            for n, column in enumerate(table.columns, start=1):
                _write(sheet, row, n, one.cells.get(column.key, Blank.NOT_PROVIDED), column.kind, formats[f"{column.kind}{look}"])
        row += 1
    for text in notes:
        sheet.merge_range(row, 0, row, COLUMNS, text, formats["note"])
        sheet.set_row(row, _NOTE_POINTS * lines_needed(told, text))
        row += 1
    if table.is_drawn:
        covered = _picture(book, sheet, name, table, first, row)
        paper.take(row, covered * _ROW_POINTS)
        row += covered
    return row


def _head(sheet: Any, formats: dict[str, Any], table: Table, row: int) -> int:
    sheet.write_string(row, 0, table.what, formats["heading"])
    for n, column in enumerate(table.columns, start=1):
        sheet.write_string(row, n, column.heading, formats["heading"])
    sheet.set_row(row, _HEADER_POINTS)
    return row + 1


def _write(sheet: Any, row: int, column: int, value: Value, kind: Kind, look: Any) -> None:
    if isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, float(value), look)
    else:
        sheet.write_string(row, column, shown(value, kind), look)


def _picture(book: Any, sheet: Any, name: str, table: Table, first: int, row: int) -> int:
    """A bar a row of the table, its totals apart; gives the rows that it covers."""
    drawn = [n for n, one in enumerate(table.rows) if one in table.drawn]
    column = next(n for n, one in enumerate(table.columns, start=1) if one.key == table.bars)
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": [name, first + drawn[0], 0, first + drawn[-1], 0],
            "values": [name, first + drawn[0], column, first + drawn[-1], column],
            "fill": {"color": "#1F4E79"},
            "gap": 60,
            "data_labels": {"value": True, "font": {"size": 9}},
        }
    )
    heading, is_share = table.columns[column - 1].heading, table.columns[column - 1].kind is Kind.SHARE
    chart.set_title({"name": f"{table.title}：{heading}", "name_font": {"size": 10, "bold": False}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis(
        {
            "num_font": {"size": 9},
            "num_format": "0%" if is_share else "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#E3E8EE"}},
            "min": 0,
        }
    )
    height = 90 + _BAR_PIXELS * len(drawn)
    chart.set_size({"width": _CHART_WIDTH, "height": height})
    sheet.insert_chart(row, 0, chart, {"x_offset": 4, "y_offset": 4})
    return height // _ROW_PIXELS + 1
