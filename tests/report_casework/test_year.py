"""A simulated year: the report's totals are the truth, the same from both databases, and every edition says what it may."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdf
import pytest

from benchmarks.casework_year import PERIOD, told, totals
from casework.store import URL_VARIABLE, CaseStore, store_url
from expectations.contracts.lake import CASEWORK
from jobs.casebook.opened import case_store
from jobs.report_casework import job
from jobs.report_casework.job import FILE
from jobs.report_casework.report import PUBLIC, SYNTHETIC, Report
from jobs.report_casework.table import Blank, Kind, Period, Table
from tests.report_casework.conftest import Year, copy_of


def test_the_totals_of_the_report_are_the_simulators_truth(year: Year) -> None:
    truth, said = told(year.office.truth(PERIOD.last)), totals(year.full)
    assert {name: said[name] for name in truth} == truth
    outcomes = truth["outcomes"]
    assert isinstance(outcomes, dict)
    assert {"confirmed", "refuted", "unverifiable", "referred"} <= set(outcomes)
    assert all(truth[name] for name in ("late", "asked", "got", "people", "appeals", "owed_back", "needs", "granted"))


def test_a_period_begins_where_the_one_before_it_ended(year: Year) -> None:
    """What is in hand on 31 July is what the rest of the year begins with; what came in is that of both."""
    first, last = (
        next(iter(job.run(replace(year.ctx, as_of=day.last), day).values()))
        for day in (Period(PERIOD.first, date(2018, 7, 31)), Period(date(2018, 8, 1), PERIOD.last))
    )

    def cell(report: Report, table: str, row: str, column: str) -> int:
        value = report.table(table).value(row, column)
        return value if isinstance(value, int) else 0

    assert cell(first, "clock", "total", "out") == cell(last, "clock", "total", "before") > 0
    for table, row, column in (("clock", "total", "sent"), ("accountability", "total", "people"), ("acts", "received", "acts")):
        assert cell(first, table, row, column) + cell(last, table, row, column) == cell(year.full, table, row, column)
    got = [value for one in (first, last, year.full) if isinstance(value := one.table("money").value("got", "now"), Decimal)]
    assert got[0] + got[1] == got[2] == last.table("money").value("got", "ever")


def test_both_databases_give_the_same_report_byte_for_byte(
    year: Year, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = copy_of(year.ctx, tmp_path)
    shutil.rmtree(tmp_path / "lake" / CASEWORK.zone / CASEWORK.name)  # the lake has followed another store
    shutil.copy(year.ctx.out / "run_report.json", tmp_path / "run_report.json")
    with case_store(year.ctx.out) as store, store.reading() as book:
        events = book.events()
    monkeypatch.setenv(URL_VARIABLE, database)
    with CaseStore(store_url(tmp_path)) as copied, copied.writing() as book:
        batches = [[event for event in events if event.batch == n] for n in range(1, events[-1].batch + 1)]
        assert len(book.record(*batches)) == len(events)
    job.run(ctx, PERIOD)
    assert not (tmp_path / "casework.db").exists()
    for folder in year.folders:
        for suffix in (".xlsx", ".pdf"):
            name = folder.relative_to(year.ctx.out) / f"{FILE}{suffix}"
            assert (tmp_path / name).read_bytes() == (year.ctx.out / name).read_bytes(), name


def test_workbook_and_pdf_hold_every_figure_and_nobody(year: Year) -> None:
    for folder, report in zip(year.folders, (year.full, year.public), strict=True):
        book = openpyxl.load_workbook(folder / f"{FILE}.xlsx")
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        pdf = pypdf.PdfReader(BytesIO((folder / f"{FILE}.pdf").read_bytes()))
        pages = "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "")
        assert book.sheetnames == ["概况", *(chapter.title for chapter in report.chapters)]
        for chapter in report.chapters:
            for table in chapter.tables:
                assert table.title in cells
                assert table.title.replace(" ", "") in pages
                assert f"来源：{table.source}。" in cells
                assert re.search(r"\d{4}-\d{2}-\d{2}", table.source), f"{table.key} does not say of which days it is"
        for text in (*cells, pages):
            assert not re.search(r"(?<![\d.])\d{15,17}[\dX](?!\d)", text)
            assert not re.search(r"(?<![0-9a-f])[CHNE][0-9a-f]{16}", text)
            assert "张三丰" not in text
        assert SYNTHETIC in cells
        assert pages.count("合成数据") >= len(pdf.pages)
        assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pdf.pages} == {(595, 842)}


def test_every_sum_of_the_full_edition_is_one(year: Year) -> None:
    checked = 0
    tables = {table.key: table for chapter in year.full.chapters for table in chapter.tables}
    for table in tables.values():
        for row in table.rows:
            for column in table.columns:
                total = row.cells.get(column.key)
                if column.sum_of and isinstance(total, int):
                    with_it = total + sum(number(table, row.key, key) for key in column.along)
                    parts = sum(number(table, row.key, part) for part in column.sum_of)
                    assert with_it == parts, (table.key, row.key, column.key)
                    checked += 1
                if row.parts and column.kind in (Kind.COUNT, Kind.RECORDS) and isinstance(total, int):
                    assert total == sum(number(table, part, column.key) for part in row.parts), (table.key, row.key, column.key)
                    checked += 1
        for (row_key, column_key), (other, other_row, other_column) in table.same.items():
            assert number(table, row_key, column_key) == number(tables[other], other_row, other_column)
            checked += 1
    assert checked > 150


def number(table: Table, row: str, column: str) -> int:
    value = table.value(row, column)
    return value if isinstance(value, int) else 0


def test_the_public_edition_tells_no_small_count_and_no_other_exactly(year: Year) -> None:
    hidden = 0
    for chapter, full in zip(year.public.chapters, year.full.chapters, strict=True):
        for table, whole in zip(chapter.tables, full.tables, strict=True):
            shown = {row.key: row for row in table.rows}
            assert shown.keys() <= {row.key for row in whole.rows}
            for of in whole.rows:
                row = shown.get(of.key)
                for column in table.columns:
                    value = row.cells.get(column.key) if row else Blank.HIDDEN
                    true = of.cells.get(column.key)
                    if column.kind is Kind.COUNT and isinstance(true, int):
                        expected = {Blank.HIDDEN} if true < 5 else {Blank.HIDDEN, round(true / 5) * 5}
                        assert value in expected, (table.key, row.key, column.key)
                        hidden += value is Blank.HIDDEN
    assert hidden > 20
    assert year.public.edition == PUBLIC
    assert all(stat.st_mode & 0o077 == 0 for stat in (path.stat() for path in year.folders[0].iterdir()))
