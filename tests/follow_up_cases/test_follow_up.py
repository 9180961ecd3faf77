"""What goes out after a verdict, filled in, saved by LibreOffice and taken in; and what the next sheets tell of it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from pyspark.sql import functions as F

from casework.events import NewEvent, Place, Subject
from casework.payloads import Closed, Kind, Rectification, SubjectKind
from casework.states import Stage, states_of
from casework.steps import Hand, Role, take
from casework.store import CaseStore, store_url
from expectations.contracts.lake import CASE_FILES, CLUES
from jobs.follow_up_cases import job
from jobs.follow_up_cases.workbook import KIND
from jobs.launch.context import RunContext
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.sheets.books import SEPARATE
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned
from tests.casework.made import of_clue, verdict
from tests.conftest import AS_OF
from tests.end_to_end.tables import rows_of
from tests.libreoffice import saved_again
from tests.take_in.sent import BROUGHT

VISITED, TODAY = AS_OF + timedelta(days=10), AS_OF + timedelta(days=60)
Row = Mapping[str, Any]


@pytest.fixture
def clues(finished: RunContext) -> list[Row]:
    """Clues of three households, to be confirmed, confirmed apart from the office, and refuted."""
    rows = sorted((row for row in rows_of(finished.lake, CLUES) if row["is_dispatched"]), key=lambda row: int(row["rank"]))
    return list({row["case_id"]: row for row in reversed(rows)}.values())[-3:]


@pytest.fixture
def ctx(finished: RunContext, clues: Sequence[Row], tmp_path: Path) -> RunContext:
    out = tmp_path / "out"
    shutil.copytree(finished.out / "lake", out / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    lake = Lake(finished.engine, str(out / "lake"))
    is_apart = F.col("is_separate") | (F.col("case_id") == clues[1]["case_id"])
    lake.overwrite(CASE_FILES, lake.computed_once(lake.read(CASE_FILES).withColumn("is_separate", is_apart), "apart"))
    with CaseStore(store_url(out)) as store, store.writing() as book:
        book.record([_verdict(clue, said) for clue, said in zip(clues, ("查是-错保", "查是-违规", "查否-时间差"), strict=True)])
    return replace(finished, lake=lake, out=out, as_of=TODAY, report=RunReport(Console(quiet=True)))


def _verdict(clue: Row, said: str) -> NewEvent:
    found = verdict(said)
    listed = found.listed.model_copy(
        update={name: clue[name] for name in ("rule_code", "case_id", "county_code")} | {"listed_on": AS_OF}
    )
    event = of_clue(clue["case_id"], clue["clue_id"], 10, found.model_copy(update={"listed": listed}))
    return replace(event, on_day=VISITED, place=Place(clue["county_code"], clue["town"], clue["rule_code"]))


def books(ctx: RunContext) -> dict[str, Path]:
    folder, _ = job.run(ctx)
    return {path.stem.removeprefix(f"{KIND}_"): path for path in sorted(folder.glob("*.xlsx"))}


def put(sheet: Worksheet, row: int, **cells: object) -> None:
    headings = {str(cell.value): cell.column for cell in sheet[1]}
    for heading, value in cells.items():
        cell = sheet.cell(row, next(column for name, column in headings.items() if name.startswith(heading)))
        assert not cell.protection.locked, heading
        cell.value = value  # type: ignore[assignment]


def handed_in(ctx: RunContext, path: Path, tmp_path: Path, name: str) -> take_in.TakenIn:
    (through,) = saved_again([path], tmp_path / name)
    taken = take_in.run(ctx, [returned(through)], BROUGHT)
    assert taken.came_back == 0, [fate.row.asked for fate in taken.fates]
    return taken


def test_the_sheets_go_round_through_libreoffice(ctx: RunContext, clues: Sequence[Row], tmp_path: Path) -> None:
    """Measures, two instalments, two kinds of sanction, an objection and its second look: until nothing is left to do but closing."""
    case_id, clue_id = clues[0]["case_id"], clues[0]["clue_id"]
    sent = books(ctx)
    assert set(sent) == {
        SEPARATE,
        f"{clues[0]['county_code']}_{job.county_names(ctx.lake)[clues[0]['county_code']]}_{clues[0]['town']}",
    }
    path = next(path for name, path in sent.items() if name != SEPARATE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(path)
    day = datetime(2018, 2, 1)
    put(book["整改"], 2, 问题类别="资金发放不规范", 整改措施="停发", 完成日期=day)
    put(
        book["整改"], 3, 问题类别="资金发放不规范", 整改措施="追缴", 整改期限=datetime(2018, 6, 30), 应追缴金额=1200, 填报日期=day
    )
    put(book["追缴到账"], 2, 到账日期=day, 到账金额=500, 票据号="0001", 备注="第一期")
    put(book["问责"], 2, 问责方式="谈话提醒", 问责人数=2, 职务="村委会委员", 问责日期=day, 被问责人="甲乙丙、丁戊己")
    put(book["申诉"], 2, 申诉日期=day, 申诉理由="车已过户")
    book.save(path)
    assert len(handed_in(ctx, path, tmp_path, "first").recorded) == 5

    path = books(ctx)[path.stem.removeprefix(f"{KIND}_")]
    assert not handed_in(ctx, path, tmp_path, "unchanged").recorded, "what is under way stands in the cells, and adds nothing"
    book = openpyxl.load_workbook(path)
    told = [cell.value for row in book["追缴到账"].iter_rows(min_row=2, min_col=4, max_col=4) for cell in row]
    assert told == ["应追缴1,200.00元，尚欠700.00元\n2018-02-01 到账500.00元（0001）"] * 3
    put(book["整改"], 2, 完成日期=datetime(2018, 2, 20))
    put(book["追缴到账"], 2, 到账日期=datetime(2018, 2, 20), 到账金额=700, 票据号="0002")
    put(
        book["申诉"],
        2,
        复查结果="部分撤销",
        复查日期=datetime(2018, 2, 10),
        复查人员="陈某甲、孙某乙",
        应补发金额=300,
        恢复发放月份=datetime(2018, 3, 1),
    )
    book.save(path)
    assert len(handed_in(ctx, path, tmp_path, "second").recorded) == 3

    state = case_state(ctx, case_id)
    assert (state.lacking, state.stage(TODAY)) == (("the payment of 300.00 yuan that appeals gave back",), Stage.RECTIFYING)
    path = books(ctx)[path.stem.removeprefix(f"{KIND}_")]
    book = openpyxl.load_workbook(path)
    assert book["整改"]["D2"].value == "2018-02-01 已停发\n2018-02-20 已追缴\n应补发本人300.00元"
    put(book["整改"], 2, 问题类别="其他", 整改措施="补发", 完成日期=datetime(2018, 2, 25))
    book.save(path)
    handed_in(ctx, path, tmp_path, "third")
    with CaseStore(store_url(ctx.out)) as store:
        with store.writing() as writable:
            take(writable, {case_id: Closed()}, Hand("clerk", Role.OFFICE, TODAY, BROUGHT.at))
        with store.reading() as read:
            events = read.events(cases=[case_id])
            facts = read.restricted([event.event_id for event in events])
    assert [facts[event.event_id].names for event in events if event.after.KIND is Kind.ACCOUNTABILITY] == [("甲乙丙", "丁戊己")]
    measures = {event.after.measure: event.after for event in events if isinstance(event.after, Rectification)}
    assert (measures["追缴"].due_on, measures["追缴"].to_recover_yuan) == (date(2018, 6, 30), Decimal("1200.00"))
    assert {event.subject for event in events if event.after.KIND is not Kind.CLOSED} == {Subject(SubjectKind.CLUE, clue_id)}
    closed = openpyxl.load_workbook(books(ctx)[path.stem.removeprefix(f"{KIND}_")])
    assert closed.sheetnames == ["申诉", "说明", "填写选项"], "of a closed case an objection may come"


def case_state(ctx: RunContext, case_id: str) -> Any:
    with CaseStore(store_url(ctx.out)) as store, store.reading() as book:
        return states_of(book.events(cases=[case_id]))[case_id]


def test_no_clue_that_was_refuted_is_named(ctx: RunContext, clues: Sequence[Row]) -> None:
    sheets = [sheet for path in books(ctx).values() for sheet in openpyxl.load_workbook(path).worksheets]
    assert all(sheet.protection.sheet for sheet in sheets if sheet.title in ("整改", "追缴到账", "问责", "申诉"))
    texts = {str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert [clue["clue_id"] in texts for clue in clues] == [True, True, False]


def test_before_the_first_confirmation_there_is_nothing_to_fill_in(ctx: RunContext) -> None:
    with pytest.raises(BadConfiguration, match=r"Take verdicts in first\. Nothing was written"):
        job.run(replace(ctx, as_of=VISITED - timedelta(days=1)))
    assert not (ctx.out / "restricted").exists()
