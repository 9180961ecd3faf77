"""An OUT with lists in full in it, as a run writes them, of people who never were."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msoffcrypto
import polars as pl
import pytest
from typer.testing import CliRunner

from jobs.commands.cli import app
from jobs.papers.page import Field, Fields, Note, Page, Section
from jobs.papers.pdf import Printer
from jobs.papers.word import docx_of
from jobs.runtime.results import RESTRICTED, Stamp, publication
from jobs.sheets.files import write_csv
from jobs.sheets.tables import Heading, cell_formats, new_book, write_guide, write_lists, write_table

DAY = date(2017, 12, 31)
STORIES = [f"登记显示该对象于某年去世，此后仍领取{n}个月待遇，请核实死亡日期和待遇去向" for n in range(1, 61)]
COLUMNS = (Heading("序号", 5, "whole"), Heading("情况说明", 40, "wrapped"), Heading("核查结论", 12, "input", "verdict"),
           Heading("线索编号", 20, "id"))  # fmt: skip
Run = Callable[..., Any]
Issue = Callable[..., str]


def clue(n: int) -> str:
    return f"C{n:016x}"


def made(out: Path, suffix: str, number: int = 1) -> Path:
    return next((out / "editions" / str(number)).rglob(f"*{suffix}"))


def unlocked(path: Path, password: str) -> bytes:
    found = io.BytesIO()
    with path.open("rb") as stream:
        book = msoffcrypto.OfficeFile(stream)
        book.load_key(password=password)
        book.decrypt(found, verify_integrity=True)
    return found.getvalue()


def bare(text: str) -> str:
    return re.sub("[\u200b-\u200e]", "", text).rstrip("。")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """restricted/workbooks/list.xlsx, restricted/clues.csv, restricted/papers/page.pdf and .docx; exports/clues.csv."""
    place = tmp_path / "out"
    (place / "lake").mkdir(parents=True)
    page = Page(
        "入户核查表",
        "某县",
        "H0000000000000001",
        (Section("一、家庭", (Fields(((Field("户主", "甲"),),)), Note("说明", STORIES[0]))),),
    )
    listed = pl.DataFrame(
        {"clue_id": [clue(n) for n in range(60)], "explanation": STORIES, "evidence": ['[{"说明": "' + STORIES[0] + '"}]'] * 60}
    )
    with publication(place, "publish", [RESTRICTED, "exports"], Stamp(DAY, "d"), lambda _: None) as staged:
        for folder in ("workbooks", "papers"):
            (staged / RESTRICTED / folder).mkdir()
        with new_book(staged / RESTRICTED / "workbooks" / "list.xlsx", "线索清单", DAY) as book:
            formats = cell_formats(book)
            rows = [(n, story, None, clue(n)) for n, story in enumerate(STORIES)]
            write_table(book, formats, "线索", COLUMNS, rows, title="某县 线索清单")
            write_guide(book, formats, "说明", [("性质", "线索是请人核实的问题，不是结论，更不是指控。")])
            write_lists(book, formats, ("verdict", "reason"))
        (staged / RESTRICTED / "papers" / "page.pdf").write_bytes(Printer().pdf([page, page], DAY))
        (staged / RESTRICTED / "papers" / "page.docx").write_bytes(docx_of([page], DAY))
        for zone in (RESTRICTED, "exports"):
            write_csv(listed, staged / zone / "clues.csv")
    return place


@pytest.fixture
def mingjing(out: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on this OUT."""
    monkeypatch.delenv("MINGJING_WORKBOOK_PASSWORD", raising=False)

    def run(*line: object) -> Any:
        given = [*map(str, line), *(["--out", str(out)] if line[:2] != ("editions", "open") else [])]
        return CliRunner(env={"COLUMNS": "300"}).invoke(app, given)

    return run


@pytest.fixture
def issue(out: Path, mingjing: Run) -> Issue:
    """Makes an edition of all lists, or of those named; its password."""

    def make(*lists: Path, to: str = "东镇民政办 某甲") -> str:
        ran = mingjing(
            "editions", "issue", *(lists or [out / RESTRICTED]), "--to", to, "--purpose", "入户核查", "--until", "2099-03-31"
        )
        assert ran.exit_code == 0, ran.output
        return str(ran.output.splitlines()[-1])

    return make
