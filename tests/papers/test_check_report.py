"""核对报告: a page an application, in a file a township, in full for the office and masked for everyone else."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pypdf
import pytest

from jobs.papers.check_page import TITLE, Applicant
from jobs.papers.pdf import Printer
from jobs.publish.check_reports import write_check_reports
from tests.hand_made import person_number

DAY = date(2018, 1, 15)
MEMBERS = {
    "S001": (Applicant("赵国强", person_number(1), "本人"), Applicant("钱秀兰", person_number(2), "配偶")),
    "S002": (Applicant("孙文海", person_number(3), "本人"),),
    "S003": (Applicant("周小明", person_number(4), "本人"),),
}
NAMES = {"420292": "北县"}


def row(application: str, kind: str, town: str = "青石镇", **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("check_id", "subject_name", "register", "finding", "is_current", "is_means", "note"), "")
    return {
        **empty, "row_kind": kind, "application_no": application, "county_code": "420292", "town": town, "program": "农村低保",
        "applied_on": date(2018, 1, 2), "authorised_on": date(2018, 1, 3), "result": "有检出", **more,
    }  # fmt: skip


LISTED = pl.DataFrame([
    row("S001", "户", check_id=f"K{1:016x}", finding="1人有检出"),
    row("S001", "人", subject_name="钱秀兰", register="机动车登记", finding="名下有一辆小型汽车", is_current="是", is_means="是"),
    row("S002", "户", check_id=f"K{2:016x}", result="无检出"),
    row("S003", "户", "白石镇", check_id=f"K{3:016x}", result="未授权不予核对", note="周小明没有授权"),
])  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["in full", "masked"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, Mapping[str, bytes]]:
    folder: Path = tmp_path_factory.mktemp("papers")
    write_check_reports(folder, LISTED, MEMBERS, NAMES, DAY, Printer(), is_masked=request.param)
    return request.param, {path.name: path.read_bytes() for path in folder.iterdir()}


def pages(made: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def test_each_application_has_a_page_in_the_file_of_its_township(written: tuple[bool, Mapping[str, bytes]]) -> None:
    _, files = written
    places = ("白石镇", "青石镇")
    assert sorted(files) == sorted(f"核对报告_420292_北县_{place}{suffix}" for place in places for suffix in (".pdf", ".docx"))
    there = pages(files["核对报告_420292_北县_青石镇.pdf"])
    assert [(f"K{n:016x}" in page, TITLE in page) for n, page in enumerate(there, start=1)] == [(True, True)] * 2
    assert ["名下有一辆小型汽车" in page for page in there] == [True, False]
    assert ["有检出" in there[0], "无检出" in there[1]] == [True, True]
    (alone,) = pages(files["核对报告_420292_北县_白石镇.pdf"])
    assert "未授权不予核对" in alone
    assert "周小明没有授权" in alone
    assert ["依据申请人及其家庭成员的授权" in page for page in (*there, alone)] == [
        True,
        True,
        False,
    ]  # nobody signed, nobody looked
    assert "没有查询任何登记" in alone
    for sheet in pypdf.PdfReader(io.BytesIO(files["核对报告_420292_北县_青石镇.pdf"])).pages:
        assert (round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) == (595, 842)


def test_members_are_named_in_full_only_where_the_zone_allows_it(written: tuple[bool, Mapping[str, bytes]]) -> None:
    is_masked, files = written
    book = docx.Document(io.BytesIO(files["核对报告_420292_北县_青石镇.docx"]))
    cells = "".join(cell.text for table in book.tables for one in table.rows for cell in one.cells)
    for text in (cells, "".join(pages(files["核对报告_420292_北县_青石镇.pdf"]))):
        assert [person_number(1) in text, "赵国强" in text, "赵*" in text] == [not is_masked, not is_masked, is_masked]
