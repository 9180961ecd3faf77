"""The report as pages of A4: its texts as data, set by report.typ."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jobs.papers.pdf import Printer
from jobs.report_casework.report import HIGHLIGHTS, TITLE, Report
from jobs.report_casework.table import Blank, Kind, Row, Table, shown

_WIDTHS = {Kind.INTERVAL: 16, Kind.YUAN: 16}
"""Against 10 of any other column."""


def report_pdf(report: Report, printer: Printer) -> bytes:
    """The same report gives the same bytes."""
    look = files("jobs.report_casework").joinpath("report.typ").read_bytes()
    return printer.typeset(look, {"report": json.dumps(_told(report), ensure_ascii=False)}, report.period.last)


def _told(report: Report) -> dict[str, Any]:
    return {
        "title": TITLE, "edition": report.edition, "period": report.period.told, "is_synthetic": report.is_synthetic,
        "lines": report.lines, "highlights": [_highlight(report, n) for n in range(len(HIGHLIGHTS))],
        "chapters": [
            {"title": chapter.title, "lead": chapter.lead, "tables": [_table(table) for table in chapter.tables]} for chapter in report.chapters
        ],
    }  # fmt: skip


def _highlight(report: Report, n: int) -> dict[str, Any]:
    highlight = HIGHLIGHTS[n]
    table, row, key = highlight.place
    of = report.table(table)
    kind = next(one.kind for one in of.columns if one.key == key)
    value = of.value(row, key)
    return {
        "label": highlight.label,
        "figure": shown(value, kind),
        "is_known": value is not Blank.NOT_PROVIDED,
        "unit": "" if isinstance(value, Blank) else highlight.unit,
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title, "why_not": f"{Blank.NOT_PROVIDED.value}：{table.why_not}。" if table.why_not else "",
        "source": table.source, "note": table.note,
        "headings": [table.what, *(column.heading for column in table.columns)],
        "widths": [_WIDTHS.get(column.kind, 10) for column in table.columns],
        "rows": [
            {
                "label": row.label, "depth": row.depth, "is_sum": bool(row.parts) or row.depth == 0,
                "cells": [shown(row.cells.get(column.key, Blank.NOT_PROVIDED), column.kind) for column in table.columns],
            }
            for row in table.rows
        ],
        "bars": [bar for row in table.rows if (bar := _bar(table, row)) is not None] if table.is_drawn else [],
        "bars_of": next((column.heading for column in table.columns if column.key == table.bars), ""),
    }  # fmt: skip


def _bar(table: Table, row: Row) -> dict[str, Any] | None:
    """Label, text and length of the row's bar, of the greatest one = 1; of a share its interval, too. Null where nothing is drawn."""
    if row not in table.drawn:
        return None
    kind = next(column.kind for column in table.columns if column.key == table.bars)
    value, between = row.cells.get(table.bars, Blank.NOTHING), row.cells.get(table.between, Blank.NOTHING)
    if isinstance(value, Blank | tuple):
        return {"label": row.label, "text": shown(value, kind), "length": 0, "between": None}
    drawn = [
        float(one) for other in table.drawn
        for one in (other.cells.get(table.bars), *(_both(other.cells.get(table.between)))) if isinstance(one, int | float)
    ]  # fmt: skip
    most = max(drawn)
    low_high = [one / most for one in _both(between)]
    return {"label": row.label, "text": shown(value, kind), "length": float(value) / most, "between": low_high or None}


def _both(between: object) -> tuple[float, ...]:
    return between if isinstance(between, tuple) else ()
