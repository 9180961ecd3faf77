"""Cells that hold something and say nothing: error values, formulas without a value, and what no reader of the field understands."""

from __future__ import annotations

import re

import polars as pl

from expectations.contracts.model import Field, Kind
from jobs.cells.text import EMPTY_FORMS, cleaned, half_width, map_distinct

NO_VALUE = (
    r"(?i)^(?:#(?:N/?A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|UNKNOWN!|CONNECT!|GETTING_DATA)|#{3,}|Err:[0-9]+"
    r'|=(?:[^"].*|"[^"]*".+)?)$'
)
"""An error value as a spreadsheet writes it (######## where the column was too narrow), or the text of a formula; not ="00123"."""
_BEGINS = r"^(?:[#=]|[Ee]rr:)"
MERGED = "合并单元格"
"""What stands for an amount that is merged with the cell above: one amount, which must not count for each row."""
MERGED_AMOUNT = "merged amount"
"""Why such a row is in quarantine."""
FORMULA = "=…"
"""The form of any formula."""
_NO_DAY = re.compile(
    r"长期|永久|至今|未停发|在享|享受中|健在"
    r"|[0/.\-: ]+|9999[-/.]?12[-/.]?31(?: .*)?|1899[-/.]12[-/.]3[01](?:[ T].*)?|1900[-/.]0?1[-/.]0?[01](?:[ T].*)?"
)
"""How people and programs write that there is no day: 至今, zeros, the last day of all, the day zero of a spreadsheet or a database."""
_LONGEST = 24
_RUNS = (
    (re.compile(r"\d"), "9"),  # of whatever script
    (re.compile(r"[A-Z]{2,}"), "A"),
    (re.compile(r"[a-z]{2,}"), "a"),
    (re.compile(r"[^\W\da-zA-Z_]+"), "字"),
)


def readable(cells: pl.Series) -> pl.Series:
    """The cells without those that hold an error or a formula: as a text they would be somebody's name, or everybody's account."""
    begins = cells.str.contains(_BEGINS)
    return cells.set(cells.str.contains(NO_VALUE), None) if begins.any() else cells


def forms(field: Field, cells: pl.Series) -> pl.Series:
    """What each cell of the field that was not read looks like; null for one that says that there is nothing.

    A form is an error value, FORMULA, or a pattern that shows no name and no number: 9999-99-99T99:99Z, 字.
    """
    return map_distinct(cells, lambda cell: _form(field, cell), pl.String)


def is_fault(form: str) -> bool:
    """Is it an error or a formula without a value, rather than something that could not be read?"""
    return form == FORMULA or re.match(NO_VALUE, form) is not None


def _form(field: Field, cell: str) -> str | None:
    text = cleaned(cell)
    if text in EMPTY_FORMS or (field.kind in (Kind.DATE, Kind.MONTH) and _NO_DAY.fullmatch(half_width(text))):
        return None
    if re.match(NO_VALUE, text):
        return FORMULA if text.startswith("=") else re.sub("#{3,}", "####", text.upper())
    pattern = re.sub(r"\s+", " ", half_width(text))
    for run, sign in _RUNS:
        pattern = run.sub(sign, pattern)
    return pattern[:_LONGEST]
