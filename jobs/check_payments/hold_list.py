"""The list of holds as it leaves: holds.csv, a workbook in Chinese, and the totals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from jobs.cells.faults import MERGED_AMOUNT
from jobs.cells.masking import mask_field
from jobs.check_payments.payment_list import LIST
from jobs.check_payments.questions import ON_ROSTER, QUESTIONS
from jobs.delivery.remarks import placed_row_in_chinese
from jobs.registers.benefits import TEKUN_PROGRAMS
from jobs.rules import RULES
from jobs.sheets.evidence import source_told, sources_told
from jobs.sheets.files import write_csv
from jobs.sheets.tables import (
    DECIDED_BY_PEOPLE,
    Heading,
    cell_formats,
    joined,
    masking_told,
    new_book,
    write_guide,
    write_lists,
    write_table,
)

KIND = "发放前核对表"
HOLD_COLUMNS = (
    "hold_no", "file", "sheet", "row", "county_code", "town", "village", "program", "household_no", "subject_id", "subject_name",
    "for_month", "amount", "code", "title", "yuan", "text", "clue_id", "evidence",
)  # fmt: skip
"""Columns of holds.csv: one row a question; the rows of a hold, which is a row of the list, have its number."""
TITLES = {**{rule.code: rule.title_zh for rule in RULES}, **QUESTIONS}
HOLD_SHEET = (
    Heading("序号", 4, "whole"), Heading("领取人", 19, "wrapped"), Heading("县市区、乡镇、村", 12, "wrapped"),
    Heading("项目、证号", 18, "wrapped"), Heading("所属期", 8), Heading("拟发金额（元）", 10, "money"),
    Heading("待核对的问题", 40, "wrapped"), Heading("依据", 16, "wrapped"),
    Heading("处理意见", 9, "input", "payment"), Heading("经办人", 7, "input"), Heading("说明", 8, "input"),
    Heading("名册位置", 9, "wrapped"),
)  # fmt: skip
UNREAD_SHEET = (
    Heading("文件", 30, "wrapped"), Heading("工作表", 14, "wrapped"), Heading("行", 8, "whole"), Heading("不能读取的原因", 30, "wrapped"),
    Heading("该行内容", 70, "wrapped"),
)  # fmt: skip
_GUIDE = (
    ("用途", "款项发出以前，请有权决定的人逐条核对。列在表中的只是需要问一问的，不是停发决定，更不是结论；"
        "没有核实清楚以前，不要仅凭本表停发任何人的待遇。"),
    ("序号", "一个序号是名册中的一行。一行有几个问题的，写在同一格里；表中没有列出的各行，没有发现需要核对的问题。"),
    ("处理意见", "浅黄色各格由经办人填写：照常发放、暂缓发放、核减后发放、停止发放。其余各格已锁定（没有密码）。"),
    ("依据", "与最近一次运行已经入库的各部门资料比对；资料有滞后的，以最新证明材料为准。已经走访核实为“查否”的线索不再列出。"),
    ("不能读取", "“不能读取的行”没有核对过，也不知道金额：请更正后重新核对，或逐行人工核对。"),
)  # fmt: skip


@dataclass(frozen=True)
class Holds:
    """listed: HOLD_COLUMNS in full, restricted. unread: file, sheet, row, reason, cells. totals: see `totals_of`."""

    listed: pl.DataFrame = field(repr=False)
    unread: list[tuple[str, str, int, str, str]] = field(repr=False)
    totals: Mapping[str, Any]


def totals_of(rows: int, yuan: Decimal, listed: pl.DataFrame, unread: int, beyond: int, as_of: date) -> dict[str, Any]:
    """Rows and yuan of the list and of its holds, and by question. beyond: rows of no household, of which nothing elsewhere is asked but the cap."""
    held = listed.unique("hold_no")
    by_code = listed.group_by("code").agg(pl.col("hold_no").n_unique(), pl.col("yuan").sum()).sort("code")
    return {
        "as_of": as_of.isoformat(),
        "rows": rows,
        "yuan": f"{yuan:.2f}",
        "held_rows": held.height,
        "held_yuan": f"{held['amount'].sum() or 0:.2f}",
        "unread_rows": unread,
        "rows_of_no_household": beyond,
        "questions": {
            code: {"title": TITLES[code], "rows": count, "yuan": f"{at_stake or 0:.2f}"}
            for code, count, at_stake in by_code.iter_rows()
        },
    }


def write_zone(zone: Path, holds: Holds, counties: Mapping[str, str], as_of: date, *, is_masked: bool) -> None:
    """Into the zone's empty folder. holds: masked or in full, as the zone has it."""
    write_csv(holds.listed.select(*HOLD_COLUMNS), zone / "holds.csv")
    (zone / "summary.json").write_text(json.dumps(holds.totals, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    heading = f"{KIND}（截至{as_of.isoformat()}）"
    with new_book(zone / f"{KIND}.xlsx", KIND, as_of) as book:
        formats = cell_formats(book)
        told = [*_totals_told(holds.totals), *_GUIDE, DECIDED_BY_PEOPLE, masking_told("核对", is_masked=is_masked)]
        write_guide(book, formats, heading, told)
        write_table(book, formats, "待核对", HOLD_SHEET, list(_rows(holds.listed, counties)), title=heading)
        if holds.unread:
            write_table(book, formats, "不能读取的行", UNREAD_SHEET, holds.unread, title=heading, frozen=1)
        write_lists(book, formats, ("payment",))


def _totals_told(totals: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    def yuan(amount: str) -> str:
        return f"{Decimal(amount):,.2f}元"

    unread = f"；另有{totals['unread_rows']:,}行不能读取，金额不详" if totals["unread_rows"] else ""
    alone = f"{totals['rows_of_no_household']:,}行"
    aids = f"。其中一次性救助、补贴、丧葬补助和没有填写证号的{alone}，除名册本身的问题外，只核对年度封顶线"
    told = f"名册{totals['rows']:,}行，{yuan(totals['yuan'])}；需要核对{totals['held_rows']:,}行，{yuan(totals['held_yuan'])}{unread}"
    yield "合计", told + (aids if totals["rows_of_no_household"] else "") + "。"
    by_question = (f"{one['title']}{one['rows']:,}行（{yuan(one['yuan'])}）" for one in totals["questions"].values())
    yield "按问题", "；".join(by_question) + "。一行可有几个问题，金额是问题所涉及的部分。"


def _rows(listed: pl.DataFrame, counties: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    for _, questions in listed.group_by("hold_no", maintain_order=True):
        row = questions.row(0, named=True)
        evidence = [piece for text in questions["evidence"] for piece in json.loads(text) if piece["data_set"] != LIST.code]
        basis = _basis(row["program"], set(questions["code"]), evidence)
        yield (
            row["hold_no"], joined(row["subject_name"], row["subject_id"]),
            joined(counties.get(row["county_code"], row["county_code"]), row["town"], row["village"]),
            joined(row["program"], row["household_no"]), row["for_month"], row["amount"],
            "\n".join(f"【{title}】{text}" for title, text in questions.select("title", "text").iter_rows()),
            "；".join(basis), None, None, None, joined(row["file"], row["sheet"], f"第{row['row']}行"),
        )  # fmt: skip


def _basis(program: str, codes: set[str], evidence: list[Mapping[str, Any]]) -> Iterator[str]:
    """What the questions of a row rest on: the registers of the evidence, and the roster in which it was looked up."""
    if evidence:
        yield sources_told(evidence)
    roster = "tekun_roster" if program in TEKUN_PROGRAMS else "dibao_roster"
    if codes & ON_ROSTER and all(piece["data_set"] != roster for piece in evidence):
        yield source_told(roster, "")


def unread_rows(rows: pl.DataFrame, files: Mapping[str, str]) -> list[tuple[str, str, int, str, str]]:
    """Rows that could not be read, each cell masked under its header: what a clerk needs to find and mend it, in either zone."""
    told = []
    for row in rows.iter_rows(named=True):
        code, _, header = row["_reason"].partition(": ")
        if placed := placed_row_in_chinese(row["_reason"]):
            why = placed[0]
        elif code == MERGED_AMOUNT:
            why = f"“{header}”与上一行为同一个合并单元格，只在首行计入一次"
        else:
            why = f"“{header}”为空或不能识别" if header else "列数与表头不一致"
        cells = (f"{field.header} {mask_field(field, row[field.name])}" for field in LIST.fields if row[field.name])
        told.append((files[row["_file_id"]], row["_sheet"] or "", row["_row"], why, "；".join(cells)))
    return told


def in_order(questions: pl.DataFrame) -> pl.DataFrame:
    """The questions with hold_no: by county, township, village and household, as clerks divide them."""
    row = ("file", "sheet", "row")
    places = [pl.col(name).fill_null("") for name in ("county_code", "town", "village", "household_no")]
    ordered = questions.sort(*places, *row, "code", "text", maintain_order=True)
    held = ordered.select(*row).unique(maintain_order=True).with_row_index("hold_no", offset=1)
    return ordered.join(held, on=list(row), maintain_order="left")
