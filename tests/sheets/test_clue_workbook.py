"""The workbook that comes back: printed on A4, locked but for what is filled in, offered what counts, read as it was filled in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from jobs.rulebook.rule import EXEMPTIONS
from jobs.sheets.choices import CORRECTIONS, REASONS, VERDICT_WORDS, VERDICTS
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, DATA_SHEET, Told, with_cells, write_workbook
from jobs.sheets.history import Earlier, History
from jobs.sheets.tables import LISTS
from jobs.take_in.cells import Row
from jobs.take_in.forms import returned
from jobs.take_in.verdicts import KnownClue, judged
from tests.hand_made import person_number
from tests.take_in.test_verdicts import the

LISTED, VISITED_ON = date(2017, 12, 31), date(2017, 12, 20)
FIRST_SEEN = date(2017, 11, 30)
_CAR = {"data_set": "vehicles", "title": "机动车登记", "file": "车.csv", "sheet": "", "row": 7, "extract_date": "2017-12-01"}
_ROSTER = {"data_set": "dibao_roster", "title": "花名册", "file": "册.csv", "sheet": "", "row": 2, "extract_date": "2017-12-02"}
EVIDENCE = json.dumps([{**_CAR, "cells": {"号牌号码": "鄂B1"}}, {**_ROSTER, "cells": {}}], ensure_ascii=False)


def clue(n: int, case: int, rule: str = "V01", village: str | None = "一村") -> dict[str, Any]:
    return {
        "clue_id": f"C{n:016x}", "case_id": f"H{case:016x}", "rule_code": rule, "subject_id": person_number(case), "subject_name": f"某{case}",
        "household_no": f"D{case}", "program": "农村低保", "county_code": "420292", "town": "青石镇", "village": village, "identity_grade": "A",
        "amount_upper": Decimal("2000.00"), "amount_estimate": Decimal("1000.00"), "explanation": "登记显示有车。", "evidence": EVIDENCE,
        "first_seen": FIRST_SEEN, "rank": n, "group_id": "G1" if case in (2, 3) else None, "pattern": "集中批准" if case in (2, 3) else None,
    }  # fmt: skip


def case(n: int, state: str = "new", village: str | None = "一村") -> dict[str, Any]:
    return {
        "case_id": f"H{n:016x}", "state": state, "first_seen": FIRST_SEEN, "county_code": "420292", "town": "青石镇", "village": village,
        "household_no": f"D{n}", "program": "农村低保", "clue_count": 1, "amount_estimate": Decimal("1000.00"), "rule_codes": "V01",
        "key_person": None, "explanation": "登记显示有车。",
    }  # fmt: skip


CLUES = [clue(1, 1), clue(2, 2, village="二村"), clue(3, 3), clue(4, 1), clue(5, 4, "U01"), clue(6, 5, village=None)]
CASES = [case(1), case(2, village="二村"), case(3), case(5, village=None), case(6, "gone")]
HISTORY = History(
    {f"H{3:016x}": (date(2017, 12, 1),)}, {f"H{3:016x}": (Earlier(f"C{3:016x}", VISITED_ON, "查否-政策允许", "R09"),)}
)
TOLD = Told("线索清单", {"420292": "北县"}, {"V01": ("R10", "R09")}, HISTORY, LISTED, is_masked=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "线索清单_420292_北县.xlsx"
    write_workbook(made, "北县", with_cells(pl.DataFrame(CLUES), "rank", TOLD), pl.DataFrame(CASES), TOLD, [("先后", "按序号。")])
    return made


def column_of(sheet: Worksheet, heading: str) -> str:
    return next(cell.column_letter for cell in sheet[1] if cell.value == heading)


def rows_of(sheet: Worksheet) -> list[int]:
    """Rows of clues, the bands of villages left out."""
    return [row[0].row for row in sheet.iter_rows(min_row=2) if row[-1].value]


def test_every_sheet_prints_on_a4_with_its_header_on_every_page(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["案件", "线索", "已核查", "数据核对", "说明", LISTS]
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape"), sheet.title
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth or 1) == (True, 1), sheet.title
        assert int(sheet.page_setup.fitToHeight) == 0
    for name, columns in (("案件", CASE_SHEET), ("线索", CLUE_SHEET), ("已核查", CLUE_SHEET), ("数据核对", DATA_SHEET)):
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == [column.heading for column in columns]
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "C2"
        assert "&P" in sheet.oddFooter.center.text
        assert "北县 线索清单（截至2017-12-31）" in sheet.oddHeader.left.text
        assert columns[-1].style == "id"  # nobody reads it first


def test_rows_stand_by_village_and_visited_cases_apart(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    first = {name: [cell.value for cell in book[name]["A"][1:]] for name in ("案件", "线索", "已核查")}
    assert first["线索"] == ["青石镇 一村（1户，2条）", 1, 4, "青石镇 二村（1户，1条）", 2, "青石镇（1户，1条）", 6]
    assert first["已核查"] == ["青石镇 一村（1户，1条）", 3]
    assert first["案件"] == [
        "青石镇 一村（1户）", 1, "青石镇 二村（1户）", 2, "青石镇（1户）", 4, "已核查（1户）", 3, "本次未再查出（1户）", 5,
    ]  # fmt: skip
    told = [row[column].value for name, column in (("案件", 4), ("数据核对", 1)) for row in book[name].iter_rows(min_row=2)]
    assert [cell for cell in told if cell and "青石镇" not in cell] == []  # the band may be on the page before
    assert told[1] == "青石镇\n一村"
    assert book["已核查"]["C3"].value.endswith("以往：列入计划 2017-12-01；2017-12-20 查否-政策允许（R09）")


def test_on_a_list_of_visits_a_case_has_the_number_that_its_clues_and_its_page_have(tmp_path: Path) -> None:
    cases = [{**case(n), "position": n * 10} for n in (1, 2, 3)]
    clues = [{**clue(n, n), "position": n * 10} for n in (1, 2, 3)]
    told = replace(TOLD, history=History({}, {}))
    write_workbook(
        tmp_path / "计划.xlsx", "北县", with_cells(pl.DataFrame(clues), "position", told), pl.DataFrame(cases), told, []
    )
    book = openpyxl.load_workbook(tmp_path / "计划.xlsx")
    for name in ("案件", "线索"):
        assert [cell.value for cell in book[name]["A"][2:]] == [10, 20, 30], name


def test_a_row_says_who_what_from_where_and_what_to_ask_first(path: Path) -> None:
    row = [cell.value for cell in openpyxl.load_workbook(path)["线索"][3]]
    assert row[:4] == [
        1,
        f"某1\n{person_number(1)}\n青石镇 一村\n农村低保\nD1\n身份等级A",
        "【名下有机动车】，估计涉及1,000.00元（上限2,000.00元）\n登记显示有车。\n来源：公安车管《机动车登记》，截至2017-12-01（号牌号码 鄂B1）",
        "先问是否：已售、报废或注销、残疾人专用车\n"
        "再核对：查看车辆实际由谁使用、谁购买；核对是否已出售未过户或被借名；核对是否为谋生必需的车辆并已申报",
    ]
    assert row[-2:] == [f"H{1:016x}", f"C{1:016x}"]


def test_only_what_is_filled_in_can_be_changed_and_no_password_is_needed(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for name, columns in (("线索", CLUE_SHEET), ("已核查", CLUE_SHEET), ("数据核对", DATA_SHEET)):
        sheet = book[name]
        assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
        assert not sheet.protection.formatRows  # the flag says what is forbidden
        for n in rows_of(sheet):
            unlocked = [column.heading for column, cell in zip(columns, sheet[n], strict=True) if not cell.protection.locked]
            assert unlocked == [column.heading for column in columns if column.style == "input"]
    assert book[LISTS].protection.sheet


def test_cells_offer_what_counts_and_a_sheet_tells_all_of_it(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["线索"]
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation}

    def offered(heading: str) -> Any:
        return rules[column_of(sheet, heading)]

    assert offered("核查结论").formula1 == f'"{",".join(VERDICTS)}"'
    assert offered("查否原因代码").formula1 == f"{LISTS}!$A$2:$A${len(REASONS) + 1}"
    assert [book[LISTS][f"A{n}"].value for n in range(2, len(REASONS) + 2)] == [
        f"{code} {EXEMPTIONS[code]}" for code in EXEMPTIONS
    ]
    assert [cell.value for cell in book[LISTS]["C"][1:11]] == list(VERDICT_WORDS.values())
    assert tuple(VERDICT_WORDS) == VERDICTS
    assert offered("更正前次结论").formula1 == '"是,否"'
    since = (FIRST_SEEN - date(1899, 12, 30)).days
    assert (offered("核查日期").type, offered("核查日期").operator, offered("核查日期").formula1) == (
        "date",
        "greaterThanOrEqual",
        str(since),
    )
    assert offered("停发月份").type == "date"
    yuan = offered("追回金额（元）")
    assert (yuan.type, yuan.operator, yuan.formula1) == ("decimal", "greaterThanOrEqual", "0")
    of_data = {rule.formula1 for rule in book["数据核对"].data_validations.dataValidation}
    assert f'"{",".join(CORRECTIONS)}"' in of_data
    assert max(len(rule.formula1) for each in book for rule in each.data_validations.dataValidation) <= 257


def test_what_is_filled_in_is_read_as_it_was_filled_in(path: Path) -> None:
    """With the values that the drop-downs offer, dates, months and amounts as a spreadsheet keeps them."""
    book = openpyxl.load_workbook(path)
    sheet = book["线索"]
    first, second, *_ = rows_of(sheet)

    def fill_in(n: int, **cells: Any) -> None:
        for heading, value in cells.items():
            sheet[f"{column_of(sheet, heading)}{n}"] = value

    fill_in(first, 核查结论="查否-政策允许", 查否原因代码="R10 已售、报废或注销", 核查日期=datetime(2018, 3, 5), 备注="已过户")
    fill_in(second, 核查结论="查是-错保", 核查日期=datetime(2018, 3, 6), 停发月份=datetime(2018, 4, 1))
    for n in (first, second):
        sheet[f"{column_of(sheet, '核查人员（两人）')}{n}"] = "张某甲、李某乙"
    sheet[f"{column_of(sheet, '追回金额（元）')}{second}"] = 800.5
    book.save(path)
    rows = [Row(one) for one in returned(path).filled]
    known = {one["clue_id"]: KnownClue(one["case_id"], FIRST_SEEN, FIRST_SEEN, Decimal(2000), None) for one in CLUES}
    (_, refuted), (_, confirmed) = judged(rows, known, date(2018, 3, 31)).verdicts
    assert (refuted.clue_id, refuted.refutation_reason, refuted.checked_on, refuted.note) == (
        CLUES[0]["clue_id"],
        "R10",
        date(2018, 3, 5),
        "已过户",
    )
    assert (confirmed.clue_id, confirmed.recovered_yuan, confirmed.stop_month) == (
        CLUES[3]["clue_id"],
        Decimal("800.50"),
        date(2018, 4, 1),
    )
    assert confirmed.refutation_reason is None


@pytest.mark.parametrize("offered", REASONS)
def test_every_reason_that_a_cell_offers_is_read(offered: str) -> None:
    verdict = the(verdict="查否-政策允许", refutation_reason=offered, recovered="", stop_month="", note="有字")
    assert verdict.refutation_reason == REASONS[offered]


def test_what_a_clue_has_in_common_with_others_of_the_list_is_told(path: Path) -> None:
    """One of the two households of the pattern was visited before."""
    book = openpyxl.load_workbook(path)
    said = "本清单另有1户与本户同属一种情形（集中批准），请对照着核实"
    found = {
        sheet[f"A{row}"].value: said in str(sheet[f"C{row}"].value)
        for sheet in (book["线索"], book["已核查"])
        for row in rows_of(sheet)
    }
    assert {n for n, is_told in found.items() if is_told} == {2, 3}
    assert len(found) > 3
