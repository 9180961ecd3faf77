"""The workbook of a return slip: counts first, then files, rows, numbers and columns to mend, then what is missing. Chinese, for the department."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Field
from jobs.cells.faults import MERGED_AMOUNT
from jobs.cells.masking import mask_numbers, masked_within
from jobs.cells.person_numbers import ABSENT, CHECK_FAILS, DAMAGED, FIRM, JUNK, MASKED, UNREADABLE, UPGRADED, VALID
from jobs.check_quality.columns import ColumnCount
from jobs.delivery.ledger import ACCEPTED, DUPLICATE, PURGED, REFUSED, SUPERSEDED, Account
from jobs.delivery.remarks import placed_row_in_chinese
from jobs.sheets.tables import Heading, cell_formats, new_book, write_guide, write_table

NO_DEPARTMENT = "未注明单位"
STATUS_ZH = {ACCEPTED: "采用", REFUSED: "退回", DUPLICATE: "重复", SUPERSEDED: "留存备查", PURGED: "已销毁"}
UNREADABLE_CELL = "unreadable cell"
"""Not to be confused with the state of a number: an unreadable one does not cost its row."""
EMPTY_RESULT = "an error or a formula without a value"
REASONS_ZH = {
    UNREADABLE_CELL: ("内容为空或无法识别，该行未能使用", "请按约定格式补全或更正该单元格"),
    EMPTY_RESULT: ("单元格是错误值，或公式没有保存结果，该行未能使用", "请打开文件重新计算，核对该列后保存，重新报送"),
    "more or fewer cells than the header": ("该行的列数与表头不一致", "请检查该行是否多出或缺少分隔符、引号"),
    MERGED_AMOUNT: (
        "金额与上一行为同一个合并单元格，只在首行计入一次，该行未计入",
        "请取消合并，逐行填写各自的金额；如为一户一笔，请每笔只报一行",
    ),
    CHECK_FAILS: ("号码与校验码不符，可能录入有误", "请对照证件更正号码"),
    DAMAGED: ("号码被电子表格截断，末几位已失真", "请将该列设为“文本”格式，从业务系统重新导出"),
    JUNK: ("占位号码，不是真实号码", "请补录本人号码；确无号码的请留空"),
    UNREADABLE: ("不是18位或15位号码", "请填写一个完整的号码"),
}
"""By reason of a quarantined row or state of a number: what is wrong, how to mend it."""
STATES_ZH = {
    VALID: "有效", UPGRADED: "15位升位", FIRM: "单位代码", CHECK_FAILS: "校验不符", DAMAGED: "被截断", JUNK: "占位号码",
    UNREADABLE: "无法识别", MASKED: "已脱敏", ABSENT: "空缺",
}  # fmt: skip


@dataclass(frozen=True)
class Returned:
    """A row to mend: where it stands, the column and its masked cell, and why (a key of REASONS_ZH)."""

    data_set: str
    file_id: str
    sheet: str
    row: int
    header: str
    value: str
    reason: str

    @property
    def file_key(self) -> tuple[str, str]:
        return self.data_set, self.file_id


@dataclass(frozen=True)
class NumberCount:
    """How the numbers of a file's column read: rows by state."""

    account: Account
    field: Field
    states: Mapping[str, int]


@dataclass(frozen=True)
class Slip:
    """What one department is told."""

    department: str
    accounts: Sequence[Account]
    returned: Sequence[Returned]
    holes: Sequence[tuple[Any, ...]] | None
    """Null where nobody has looked for them: a dry run does not."""
    numbers: Sequence[NumberCount]
    columns: Sequence[ColumnCount] = ()
    """Of columns that are to be mended."""


FILE_SHEET = (
    Heading("文件名", 30, "wrapped"),
    Heading("数据集", 14, "wrapped"),
    Heading("行政区划", 8),
    Heading("数据截止日期", 11),
    Heading("处理结果", 9),
    Heading("清单记录数", 10, "whole"),
    Heading("实有记录数", 10, "whole"),
    Heading("采用", 9, "whole"),
    Heading("退回", 7, "whole"),
    Heading("标题、小计、说明等行", 11, "whole"),
    Heading("问题", 23, "wrapped"),
    Heading("处理办法", 18, "wrapped"),
)
ROW_SHEET = (
    Heading("文件名", 38, "wrapped"),
    Heading("工作表", 12, "wrapped"),
    Heading("行号", 8, "whole"),
    Heading("列", 16, "wrapped"),
    Heading("内容（已脱敏）", 23, "wrapped"),
    Heading("原因", 30, "wrapped"),
    Heading("处理办法", 33, "wrapped"),
)
NUMBER_SHEET = (
    Heading("文件名", 41, "wrapped"),
    Heading("列", 18, "wrapped"),
    *(Heading(title, 10, "whole") for title in STATES_ZH.values()),
    Heading("可用比例（%）", 11, "score"),
)
COLUMN_SHEET = (
    Heading("文件名", 34, "wrapped"),
    Heading("列", 16, "wrapped"),
    Heading("记录数", 9, "whole"),
    Heading("空缺", 9, "whole"),
    Heading("无法识别", 9, "whole"),
    Heading("错误值或公式无结果", 11, "whole"),
    Heading("未能使用比例（%）", 11, "score"),
    Heading("形式（9为数字，字、A、a为文字）", 24, "wrapped"),
    Heading("处理办法", 37, "wrapped"),
)
HOLE_SHEET = (
    Heading("数据集", 28),
    Heading("缺少的地区", 16),
    Heading("缺少的月份", 12),
    Heading("该范围户籍人口", 14, "whole"),
    Heading("该范围救助对象", 14, "whole"),
    Heading("说明", 60, "wrapped"),
)


def write_slip(path: Path, slip: Slip, as_of: date) -> None:
    """The workbook of one department; the same slip gives the same bytes."""
    names = {account.file_key: account.entry.file_name for account in slip.accounts if account.is_read}
    with new_book(path, f"数据校核回执 {slip.department}", as_of) as book:
        formats = cell_formats(book)
        table = partial(write_table, book, formats, title=f"数据校核回执 {slip.department}（比对日期{as_of.isoformat()}）")
        _cover(book, formats, slip, as_of)
        table("文件", FILE_SHEET, _masked(map(_file_row, slip.accounts)))
        if slip.returned:
            table("待更正记录", ROW_SHEET, _masked(_returned_row(row, names) for row in slip.returned))
        if slip.numbers:
            table("号码质量", NUMBER_SHEET, _masked(map(_number_row, slip.numbers)))
        if slip.columns:
            worst_first = sorted(slip.columns, key=lambda counted: -counted.lost_share)
            table("各列情况", COLUMN_SHEET, [_column_row(counted, names) for counted in worst_first])
        if slip.holes:
            table("缺报范围", HOLE_SHEET, _masked(map(_hole_row, slip.holes)))


def _masked(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Names of files and sheets, and headers of a file without any, may hold a person's number."""
    return [tuple(masked_within(row)) for row in rows]


_ASKED = "请按各表“处理办法”核对更正，重新报送有问题的文件，并在交接清单中更新记录数和SHA256；未列出的文件无需重报。"


def _cover(book: Any, formats: dict[str, Any], slip: Slip, as_of: date) -> None:
    accepted, quarantined = sum(a.accepted for a in slip.accounts), sum(a.quarantined for a in slip.accounts)
    repeated = sum(a.delivered_twice for a in slip.accounts)
    older = sum(a.repeated for a in slip.accounts) - repeated
    rows = [f"采用{accepted - repeated - older:,}条", f"退回{quarantined:,}条"]
    rows += [f"重复报送{repeated:,}条，只计一次"] * (repeated > 0) + [f"已有更新数据{older:,}条，留存备查"] * (older > 0)
    by_status = {status: sum(account.status == status for account in slip.accounts) for status in STATUS_ZH}
    files = "，".join(f"{STATUS_ZH[status]}{count}个" for status, count in by_status.items() if count)
    unusable = sum(rows for count in slip.numbers for state, rows in count.states.items() if state in REASONS_ZH)
    listed = "“号码质量”和“待更正记录”" if any(row.reason in STATES_ZH for row in slip.returned) else "“号码质量”"
    lost, gappy = sum(counted.lost for counted in slip.columns), sum(counted.gaps > 0 for counted in slip.columns)
    cells = [f"有{lost:,}个单元格是错误值、没有结果的公式或无法识别的内容，未能使用"] * (lost > 0)
    cells += [f"有{gappy}列应逐行填写而有空缺"] * (gappy > 0)
    is_asked = bool(quarantined or unusable or cells or slip.holes) or any(account.remarks for account in slip.accounts)
    lines = [
        ("致", slip.department),
        ("比对日期", as_of.isoformat()),
        ("文件", f"共登记{len(slip.accounts)}个，其中{files}。"),
        ("记录", f"{'，'.join(rows)}。"),
        ("号码", f"有{unusable:,}个身份号码无法使用，相应人员不能按号码比对，详见{listed}。" if unusable else "未发现问题。"),
        ("单元格", f"{'；'.join(cells)}，详见“各列情况”。" if cells else "未发现问题。"),
        ("缺报", _holes(slip)),
        ("请协助", _ASKED if is_asked else "本次没有需要更正的内容，无需重报。"),
        ("说明", "行号为工作表中的行号；文本文件为第几条记录（含表头），与用电子表格打开后的行号一致。"),
        ("脱敏", "表中号码、姓名已脱敏，请按文件名和行号查找原记录。"),
    ]  # fmt: skip
    write_guide(book, formats, "数据校核回执", lines, name="回执", width=100)


def _holes(slip: Slip) -> str:
    if slip.holes is None:
        return "本次为试核对，未检查是否缺报。"
    return f"有{len(slip.holes)}处缺报，该范围内的问题无法发现，详见“缺报范围”。" if slip.holes else "未发现缺报。"


def _file_row(account: Account) -> tuple[Any, ...]:
    entry = account.entry
    data_set = DATA_SETS.get(entry.data_set)
    return (
        entry.file_name, data_set.title if data_set else entry.data_set, entry.area, entry.extract_date and entry.extract_date.isoformat(),
        STATUS_ZH[account.status], entry.claimed_rows, account.delivered if account.is_read else None, account.accepted, account.quarantined,
        account.skipped, "\n".join(found.zh for found in account.remarks), "\n".join(dict.fromkeys(found.mend for found in account.remarks)),
    )  # fmt: skip


def _returned_row(row: Returned, names: Mapping[tuple[str, str], str]) -> tuple[Any, ...]:
    reason, mend = placed_row_in_chinese(row.reason) or REASONS_ZH[row.reason]
    return (names[row.file_key], row.sheet, row.row, row.header, row.value, reason, mend)


def _number_row(count: NumberCount) -> tuple[Any, ...]:
    usable = sum(count.states.get(state, 0) for state in (VALID, UPGRADED, FIRM))
    total = sum(count.states.values())
    states = (count.states.get(state, 0) for state in STATES_ZH)
    # Rounded down: with one bad number it is never the whole.
    return (count.account.entry.file_name, count.field.header, *states, 1000 * usable // total / 10 if total else None)


def _column_row(counted: ColumnCount, names: Mapping[tuple[str, str], str]) -> tuple[Any, ...]:
    mends = [
        "请打开文件，待公式重新计算后核对该列并保存，重新报送。" if counted.without_value else "",
        "请按约定格式更正该列；如由电子表格转换而成，请设为“文本”格式后重新导出。" if counted.unreadable else "",
        "该列每行均应填写；如只写在每组的第一行，请逐行补齐后重新报送。" if counted.gaps else "",
    ]
    return (
        mask_numbers(names[counted.data_set, counted.file_id]), DATA_SETS[counted.data_set][counted.field].header,
        counted.rows, counted.empty, counted.unreadable, counted.without_value, round(100 * counted.lost_share, 1), counted.forms,
        "\n".join(filter(None, mends)),
    )  # fmt: skip


def _hole_row(hole: tuple[Any, ...]) -> tuple[Any, ...]:
    data_set, area, area_name, month, registered, benefit = hole
    place = " ".join(filter(None, (area_name, area))) or "全市"
    text = "未收到该范围的数据，其中的问题无法发现。如确无数据请予说明，否则请补报。"
    return (DATA_SETS[data_set].title, place, month, registered, benefit, text)
