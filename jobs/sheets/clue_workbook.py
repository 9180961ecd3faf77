"""One workbook per county, for an inspector: cases to visit, their clues, and how to read both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.rules import RULES
from jobs.sheets.evidence import evidence_text
from jobs.sheets.tables import FILLING_IN, NATURE_OF_CLUES, Heading, cell_formats, masking_told, write_guide, write_table

VERDICTS = (
    "查是-违规",
    "查是-错保",
    "查是-程序问题",
    "查否-数据错误",
    "查否-政策允许",
    "查否-时间差",
    "查否-同名重号",
    "查否-已整改",
    "无法核实",
    "移送",
)
"""Verdicts of the delivery contract; the cells offer nothing else."""

RULE_TITLES = {**{rule.code: rule.title_zh for rule in RULES}, ROUTINE_VISIT: "例行走访"}
_VERIFY = {rule.code: "；".join(rule.verify) for rule in RULES}


STATES = {"new": "新增", "changed": "有变化", "unchanged": "未变化", "gone": "本次未再查出"}
CASE_SHEET = (
    Heading("序号", 6, "whole"),
    Heading("案件编号", 18),
    Heading("与上次相比", 12),
    Heading("首次发现", 12),
    Heading("县市区", 10),
    Heading("乡镇街道", 14),
    Heading("村社区", 16),
    Heading("证号", 20),
    Heading("保障类型", 10),
    Heading("线索数", 8, "whole"),
    Heading("涉及金额估计（元）", 14, "money"),
    Heading("线索类型", 22, "wrapped"),
    Heading("重点人员", 20, "wrapped"),
    Heading("说明", 70, "wrapped"),
)
DATA_SHEET = (
    Heading("线索编号", 18),
    Heading("对象姓名", 10),
    Heading("花名册登记号码", 21),
    Heading("县市区", 10),
    Heading("乡镇街道", 14),
    Heading("村社区", 16),
    Heading("证号", 20),
    Heading("保障类型", 10),
    Heading("需核对的问题", 60, "wrapped"),
    Heading("证据", 56, "wrapped"),
    Heading("核对结果", 30, "input"),
)
CLUE_SHEET = (
    Heading("排名", 6, "whole"),
    Heading("线索编号", 18),
    Heading("案件编号", 18),
    Heading("线索类型", 18),
    Heading("对象姓名", 10),
    Heading("身份证号码", 21),
    Heading("乡镇街道", 14),
    Heading("村社区", 16),
    Heading("证号", 20),
    Heading("保障类型", 10),
    Heading("事件日期", 12),
    Heading("涉及月份", 18),
    Heading("月数", 6, "whole"),
    Heading("金额上限（元）", 13, "money"),
    Heading("金额估计（元）", 13, "money"),
    Heading("得分", 8, "score"),
    Heading("身份等级", 9),
    Heading("说明", 46, "wrapped"),
    Heading("排序理由", 40, "wrapped"),
    Heading("核查要点", 32, "wrapped"),
    Heading("证据", 56, "wrapped"),
    Heading("核查结论", 14, "input"),
    Heading("查否原因代码", 12, "input"),
    Heading("核查日期", 12, "input"),
    Heading("核查人员（两人）", 16, "input"),
    Heading("追回金额（元）", 13, "input"),
    Heading("停发月份", 10, "input"),
    Heading("备注", 30, "input"),
    Heading("更正前次结论", 12, "input"),
)


def write_workbook(
    path: Path, title: str, clues: pl.DataFrame, cases: pl.DataFrame, counties: Mapping[str, str], as_of: date, *, is_masked: bool
) -> None:
    """A workbook of dispatched clues, best first.

    clues: the published list's rows; what is about data only has a sheet of its own. cases: gold.case_files of the run.
    counties: their names by code.
    """
    about_data = pl.col("rule_code").is_in([rule.code for rule in RULES if rule.is_about_data])
    to_visit, of_data = clues.filter(~about_data), clues.filter(about_data)
    with xlsxwriter.Workbook(
        str(path), {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": f"{title}线索清单", "created": datetime(as_of.year, as_of.month, as_of.day)})
        formats = cell_formats(book)
        # By their best clue; behind them those of the run before that are not found any more.
        write_table(book, formats, "案件", CASE_SHEET, case_rows(cases.sort("rank", "case_id", nulls_last=True), counties))
        sheet = write_table(book, formats, "线索", CLUE_SHEET, clue_rows(to_visit))
        verdict_column = next(i for i, column in enumerate(CLUE_SHEET) if column.heading == "核查结论")
        last = max(1, len(to_visit))
        sheet.data_validation(1, verdict_column, last, verdict_column, {"validate": "list", "source": list(VERDICTS)})
        if len(of_data):
            write_table(book, formats, "数据核对", DATA_SHEET, _data_rows(of_data, counties))
        _reading_guide(book, formats, title, len(to_visit), as_of, is_masked=is_masked)


def case_rows(cases: pl.DataFrame, counties: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """The rows of CASE_SHEET, in the order of `cases`."""
    return [
        (
            n, case["case_id"], STATES[case["state"]], case["first_seen"].isoformat(), counties.get(case["county_code"], case["county_code"]),
            case["town"], case["village"], case["household_no"], case["program"], case["clue_count"], case["amount_estimate"],
            "、".join(RULE_TITLES.get(code, code) for code in case["rule_codes"].split("、")), case["key_person"] or "", case["explanation"],
        )
        for n, case in enumerate(cases.iter_rows(named=True), start=1)
    ]  # fmt: skip


def _data_rows(clues: pl.DataFrame, counties: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [
        (
            clue["clue_id"], clue["subject_name"], clue["subject_id"], counties.get(clue["county_code"], clue["county_code"]), clue["town"],
            clue["village"], clue["household_no"], clue["program"], clue["explanation"], evidence_text(clue["evidence"]), None,
        )
        for clue in clues.iter_rows(named=True)
    ]  # fmt: skip


def clue_rows(clues: pl.DataFrame) -> list[tuple[Any, ...]]:
    return [
        (
            clue["rank"], clue["clue_id"], clue["case_id"], RULE_TITLES.get(clue["rule_code"], clue["rule_code"]), clue["subject_name"],
            clue["subject_id"], clue["town"], clue["village"], clue["household_no"], clue["program"],
            clue["event_on"].isoformat() if clue["event_on"] else "", _span(clue["first_month"], clue["last_month"]), clue["months"],
            clue["amount_upper"], clue["amount_estimate"], clue["score"], clue["identity_grade"], clue["explanation"], clue["reasons"],
            _VERIFY.get(clue["rule_code"], ""), evidence_text(clue["evidence"]), *[None] * 8,
        )
        for clue in clues.iter_rows(named=True)
    ]  # fmt: skip


def _span(first: str | None, last: str | None) -> str:
    return "" if not first else f"{first} 至 {last}"


def _reading_guide(book: Any, formats: dict[str, Any], title: str, count: int, as_of: date, *, is_masked: bool) -> None:
    lines = [
        NATURE_OF_CLUES,
        ("先后", "“案件”表按户排列，一户只需上门一次；“线索”表按排名排列，排名越靠前越值得先看。"),
        ("得分", "0 至 1，表示上门核实后预计查实的可能性。尚无核查反馈时，依据预设的先验和异常程度估计。"),
        (
            "身份等级",
            "A：号码有效且姓名一致；B：姓名为已知写法差异；C：号码经升位或修复且姓名一致；E：无号码，姓名、出生和住址一致。其他等级不交办。",
        ),
        (
            "金额",
            "上限：事件之后发放的全部金额；估计：扣除豁免、宽限并按本人份额计算后的金额。同户多条线索涉及同一月份的，只计一次。",
        ),
        ("与上次相比", "新增、有变化、未变化均指与上一次运行相比；“本次未再查出”的案件列在最后，供对照。"),
        ("重点人员", "按本地设定的口径标注；身份本身不是问题。标为“另行办理”的线索单独成册，不经原审批单位。"),
        ("数据核对", "身份号码存疑的，请数据报送单位核对后更正；这是数据问题，不涉及对当事人的判断。"),
        FILLING_IN,
        masking_told("核查", is_masked=is_masked),
    ]
    lines += [(RULE_TITLES[rule.code], f"依据：{rule.source}。核查要点：{'；'.join(rule.verify)}") for rule in RULES]
    write_guide(book, formats, f"{title} 线索清单（截至{as_of.isoformat()}，共{count}条）", lines)
