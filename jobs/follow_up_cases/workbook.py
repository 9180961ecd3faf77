"""The workbook of a township for what follows a confirmed clue: a sheet a table that comes back, its columns those of take-in's forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jobs.casebook.matters import Matter
from jobs.follow_up_cases.about import About
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

KIND = "后续办理表"
_WHO, _WHAT = Heading("对象", 18, "wrapped"), "已查实的问题"
_IDS = (Heading("案件编号", 6, "id"), Heading("线索编号", 6, "id"))
_N = Heading("序号", 5, "whole")
RECTIFICATION_SHEET = (
    _N, _WHO, Heading(_WHAT, 30, "wrapped"), Heading("已办情况", 20, "wrapped"), Heading("问题类别", 11, "input", "problem"),
    Heading("整改措施", 9, "input", "measure"), Heading("整改期限", 10, "input", "date"), Heading("应追缴金额（元）", 10, "input", "yuan"),
    Heading("完成日期", 10, "input", "date"), Heading("填报日期", 10, "input", "date"), Heading("备注", 9, "input"), *_IDS,
)  # fmt: skip
RECOVERY_SHEET = (
    _N, _WHO, Heading(_WHAT, 40, "wrapped"), Heading("已办情况", 30, "wrapped"), Heading("到账日期", 11, "input", "date"),
    Heading("到账金额（元）", 12, "input", "yuan"), Heading("票据号", 16, "input"), Heading("备注", 14, "input"), *_IDS,
)  # fmt: skip
ACCOUNTABILITY_SHEET = (
    _N, _WHO, Heading(_WHAT, 34, "wrapped"), Heading("已办情况", 20, "wrapped"), Heading("问责方式", 11, "input", "sanction"),
    Heading("问责人数", 6, "input"), Heading("职务", 16, "input"), Heading("问责日期", 10, "input", "date"), Heading("被问责人", 14, "input"),
    Heading("备注", 12, "input"), *_IDS,
)  # fmt: skip
APPEAL_SHEET = (
    _N, _WHO, Heading(_WHAT, 31, "wrapped"), Heading("已办情况", 16, "wrapped"), Heading("申诉日期", 10, "input", "date"),
    Heading("申诉理由", 16, "input"), Heading("复查结果", 9, "input", "appeal"), Heading("复查日期", 10, "input", "date"),
    Heading("复查人员（两人）", 12, "input"), Heading("应补发金额（元）", 10, "input", "yuan"),
    Heading("恢复发放月份", 9, "input", "month"), Heading("线索编号", 6, "id"),
)  # fmt: skip
_GUIDE = (
    ("怎样填写", "每张表的左边是已经查实的问题和已办的情况，浅黄色各格由经办人员填写，其余各格已锁定（没有密码）。没有要报的行，整行留空。"),
    ("整改", "一项措施填一行，每条问题留有几行：停发、核减、补发、追缴、补办手续、更正数据。每行都须填问题类别；没办完的须填填报日期，最好"
        "也填整改期限，到期才会提醒；追缴的须填应追缴金额。没办完的，下次发表时已填在格中：办完后只补填完成日期；没有变化的不用动，原样交回不会重复计算。"),
    ("追缴到账", "每到账一笔填一行：到账日期、金额、缴款票据号。一条问题分几次缴清的，填在它的几行里。"),
    ("问责", "按方式和职务填人数；姓名只填在“被问责人”中，几个人用顿号隔开，不要写在备注里。"),
    ("申诉", "本人不服的，填申诉日期和理由；由原核查人员以外的两人复查，再填结果。撤销、部分撤销的，填应补发金额和恢复发放的月份，"
        "补发办完后在“整改”表填一行补发。"),
    ("保存", "几条问题属于同一户的，各填各的行。请勿改动最后的编号；表可以改名，存为 .xlsx，不要另加密码；领来时就有密码的，保留即可。"),
)  # fmt: skip
_ROWS, _RECEIPTS = 2, 3
"""Empty rows of a clue: for measures, where none is recorded, and for receipts, where money is asked back."""


def write_follow_up(path: Path, title: str, matters: Sequence[Matter], told: Mapping[str, About], as_of: date) -> None:
    """Restricted. told: by clue."""
    first = min(one.verdict.listed.listed_on for one in matters)
    heading = f"{title} {KIND}（截至{as_of.isoformat()}）"

    with new_book(path, f"{title}{KIND}", as_of) as book:
        formats = cell_formats(book)
        in_hand = [one for one in matters if not one.is_closed]
        held = [one for one in in_hand if not one.is_revoked]
        sheets = (
            ("整改", RECTIFICATION_SHEET, [(one, row) for one in in_hand for row in _rectification_rows(one)]),
            ("追缴到账", RECOVERY_SHEET, [(one, row) for one in held for row in _recovery_rows(one)]),
            ("问责", ACCOUNTABILITY_SHEET, [(one, (_sanctions(one), *[None] * 6, one.case_id, one.clue_id)) for one in held]),
            ("申诉", APPEAL_SHEET, [(one, _appeal_row(one)) for one in matters]),
        )  # fmt: skip
        for name, columns, rows in sheets:
            if rows:
                write_table(book, formats, name, columns, list(_told(rows, told)), title=heading, since=first)
        guide = [*_GUIDE, DECIDED_BY_PEOPLE, masking_told("经办", is_masked=False)]
        write_guide(book, formats, f"{heading}，已查实{len(matters)}条", guide)
        write_lists(book, formats, ("problem", "measure", "sanction", "appeal"))


def _told(rows: Sequence[tuple[Matter, tuple[Any, ...]]], told: Mapping[str, About]) -> Iterator[tuple[Any, ...]]:
    """The rows with whom and what each is about; of several of one clue the first says all."""
    before = ""
    for n, (one, row) in enumerate(rows, start=1):
        about = told[one.clue_id]
        yield n, *((about.name, "（接上一行，同一问题）") if one.clue_id == before else (about.who, about.what(one))), *row
        before = one.clue_id


def _rectification_rows(one: Matter) -> Iterator[tuple[Any, ...]]:
    """What is under way stands in its cells; behind it rows for more. Of what was revoked, only where something is owed."""
    if one.is_revoked and not one.owed_yuan:
        return
    ids, done = (one.case_id, one.clue_id), joined(*_done(one), _owed(one))
    for day, said in () if one.is_revoked else one.undone:
        yield done, said.problem, said.measure, said.due_on, said.to_recover_yuan, None, day, said.note, *ids
    for _ in range(max(1, _ROWS - len(one.rectifications))):
        yield done, *[None] * 7, *ids


def _recovery_rows(one: Matter) -> Iterator[tuple[Any, ...]]:
    left = one.to_recover_yuan - one.recovered_yuan
    if one.rectifications and left <= 0:
        return
    paid = [f"{day.isoformat()} 到账{said.yuan:,.2f}元（{said.receipt_no}）" for day, said in one.recoveries]
    told = joined(f"应追缴{one.to_recover_yuan:,.2f}元，尚欠{left:,.2f}元" if one.to_recover_yuan else "", *paid)
    for _ in range(_RECEIPTS if one.to_recover_yuan else 1):
        yield told, *[None] * 4, one.case_id, one.clue_id


def _appeal_row(one: Matter) -> tuple[Any, ...]:
    """An objection that waits for its second look stands in its cells."""
    day, said = one.appeal or (None, None)
    if said is None or said.outcome is not None:
        told = f"{day.isoformat()}申诉，{said.decided_on.isoformat()}{said.outcome}" if day and said and said.decided_on else ""
        return joined(told, _owed(one)), *[None] * 7, one.clue_id
    return "申诉待复查", day, said.reason, *[None] * 5, one.clue_id


def _done(one: Matter) -> Iterator[str]:
    for _, said in one.rectifications:
        if said.done_on is not None:
            yield f"{said.done_on.isoformat()} 已{said.measure}"


def _owed(one: Matter) -> str:
    return f"应补发本人{one.owed_yuan:,.2f}元" if one.owed_yuan else ""


def _sanctions(one: Matter) -> str:
    return joined(*(f"{day.isoformat()} {said.sanction}{said.people}人（{said.role}）" for day, said in one.sanctions))
