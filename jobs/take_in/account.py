"""The account of what came back: of each file and table, what was sent, what of it is settled, to mend and open, and every row that is odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.events import Event
from jobs.runtime.console import Console
from jobs.sheets.tables import Heading, cell_formats, new_book, write_guide, write_table
from jobs.take_in.cells import Row
from jobs.take_in.forms import Form, Returned
from jobs.take_in.known import Where
from jobs.take_in.sent import Sent

NEW, KNOWN, MEND = "new", "known", "to mend"
_LISTED = {"plan": "核查计划", "list": "线索清单", "needs": "应保未保清单"}
SHEET = (
    Heading("文件", 28, "wrapped"), Heading("内容", 9, "wrapped"), Heading("对应清单", 19, "wrapped"), Heading("应报", 6, "whole"),
    Heading("已报", 6, "whole"), Heading("待补正", 7, "whole"), Heading("未报", 6, "whole"), Heading("填写行数", 8, "whole"),
    Heading("新读入", 7, "whole"), Heading("以前已报", 8, "whole"), Heading("退回补正", 8, "whole"), Heading("更改前次", 8, "whole"),
    Heading("缺少的行", 8, "whole"), Heading("重复的行", 8, "whole"), Heading("合并的行", 8, "whole"), Heading("外地的行", 8, "whole"),
    Heading("编号不明", 8, "whole"),
)  # fmt: skip
NAMED_SHEET = (Heading("文件", 34, "wrapped"), Heading("情况", 18), Heading("编号或位置", 60, "wrapped"))
FILE = "回收情况.xlsx"


@dataclass(frozen=True)
class Fate:
    """A filled row and what became of it: NEW, also when the same file comes again, KNOWN (of another file, or said twice) or MEND."""

    row: Row
    fate: str


@dataclass(frozen=True)
class Account:
    """Of a file and a table. sent = settled + to_mend + open; filled = new + known + came_back. Places and ids of odd rows, in order."""

    file: str
    form: Form
    told: str
    sent: int
    settled: int
    to_mend: int
    open: int
    filled: int
    new: int
    known: int
    came_back: int
    replaced: tuple[str, ...]
    absent: tuple[str, ...]
    doubled: tuple[str, ...]
    merged: tuple[str, ...]
    elsewhere: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def said(self) -> str:
        """In words, odd rows only where there are any."""
        odd = {
            "replaced": self.replaced, "absent": self.absent, "doubled": self.doubled, "merged": self.merged, "elsewhere": self.elsewhere,
            "unknown": self.unknown,
        }  # fmt: skip
        sent = (
            f"{self.told}: {self.sent} sent = {self.settled} settled + {self.to_mend} to mend + {self.open} open; "
            if self.told
            else ""
        )
        told = "".join(f"; {len(rows)} {name}" for name, rows in odd.items() if rows)
        filled = f"{self.filled} rows filled = {self.new} new + {self.known} known + {self.came_back} came back"
        return f"{self.file}, {self.form.title}: {sent}{filled}{told}"

    @property
    def cells(self) -> tuple[str | int, ...]:
        """As SHEET has them."""
        kind, _, day = self.told.partition(" ")
        odd = (self.replaced, self.absent, self.doubled, self.merged, self.elsewhere, self.unknown)
        return (
            self.file, self.form.title, f"{_LISTED.get(kind, '')} {day}".strip(), self.sent, self.settled, self.to_mend, self.open, self.filled,
            self.new, self.known, self.came_back, *map(len, odd),
        )  # fmt: skip


def account_of(
    file: Returned, form: Form, fates: Sequence[Fate], sent: Sent, where: Mapping[str, Where], answered: Mapping[str, date], replaced: Collection[str]
) -> Account:  # fmt: skip
    """The account of one table of a file. answered: by id, the day of its last event of this table, this take-in's among them.
    replaced: ids whose verdict in force another took the place of."""
    subjects = [one for fate in fates for one in fate.row.filled.subjects]
    ids = file.ids.get(form.title, frozenset()) | {*subjects}
    settled = {one for one in sent.ids if one in answered and (sent.since is None or answered[one] >= sent.since)}
    to_mend = {one for fate in fates if fate.fate == MEND for one in fate.row.filled.subjects} & sent.ids - settled
    counted = Counter(fate.fate for fate in fates)
    return Account(
        file.file, form, sent.told, len(sent.ids), len(settled), len(to_mend), len(sent.ids) - len(settled) - len(to_mend),
        len(fates), counted[NEW], counted[KNOWN], counted[MEND],
        replaced=tuple(sorted(set(replaced) & {*subjects})),
        absent=tuple(sorted(sent.ids - ids - settled)),
        doubled=tuple(sorted(one for one, count in Counter(subjects).items() if count > 1)) if form.is_once else (),
        merged=tuple(fate.row.filled.line.place for fate in fates if fate.row.filled.line.merged),
        elsewhere=tuple(sorted(sent.elsewhere)),
        unknown=tuple(fate.row.filled.line.place for fate in fates if not _is_known(fate.row, where)),
    )  # fmt: skip


def _is_known(row: Row, where: Mapping[str, Where]) -> bool:
    return bool(row.filled.subjects) and all(one in where for one in row.filled.subjects)


def answered_on(events: Iterable[Event], form: Form) -> dict[str, date]:
    """By id, the day of its last event of the table."""
    found: dict[str, date] = {}
    for event in events:
        if event.after.KIND is form.kind:
            found[event.subject.id] = max(event.on_day, found.get(event.subject.id, event.on_day))
    return found


def print_accounts(console: Console, accounts: Sequence[Account], files: Sequence[Returned], rows: Sequence[Fate]) -> None:
    for account in accounts:
        console.print(account.said, soft_wrap=True)
    for file in files:
        if file.unread:
            console.warn(file.unread)
        if file.hidden:
            console.warn(
                f"{file.file}: {len(file.hidden)} filled rows stand on hidden sheets, and none of them was taken in. Those of which no "
                "other row of the file speaks came back."
            )
    asked = [fate.row for fate in rows if fate.fate == MEND]
    for row in asked[:_SHOWN]:
        console.print(
            f"{row.filled.line.place}: asks for {', '.join(row.header(column) for column in row.asked)}", soft_wrap=True
        )
    if len(asked) > _SHOWN:
        console.print(f"… and {len(asked) - _SHOWN} more")


_SHOWN = 20


def write_accounts(path: Path, accounts: Sequence[Account], files: Sequence[Returned], as_of: date) -> None:
    """The same as a workbook, with every odd row by its place or id."""
    with new_book(path, "回收情况", as_of) as book:
        formats = cell_formats(book)
        title = f"回收情况（{as_of.isoformat()}）"
        write_table(book, formats, "汇总", SHEET, [account.cells for account in accounts], title=title)
        write_table(book, formats, "明细", NAMED_SHEET, [*_named(accounts), *_of_files(files)], title=title)
        write_guide(book, formats, title, _GUIDE)


_GUIDE = (
    ("应报", "对应清单中属于这个文件所在县、乡镇的行。应报 = 已报 + 待补正 + 未报。"),
    ("填写行数", "文件中填过的行。填写行数 = 新读入 + 以前已报 + 退回补正。"),
    ("新读入", "由这个文件首次报来的行；同一文件再次读入，数字不变。"),
    ("缺少的行", "清单中有、文件中没有，也没有报过的行：被删去了，或者没有交回。"),
    ("外地的行", "文件中别的县或乡镇的行，可能是粘贴进来的；能用的照样读入，请核对。"),
)


def _named(accounts: Sequence[Account]) -> list[tuple[str, str, str]]:
    return [
        (account.file, words, one)
        for account in accounts
        for words, odd in (
            ("更改前次", account.replaced), ("缺少的行", account.absent), ("重复的行", account.doubled), ("合并的行", account.merged),
            ("外地的行", account.elsewhere), ("编号不明", account.unknown),
        )
        for one in odd
    ]  # fmt: skip


def _of_files(files: Sequence[Returned]) -> list[tuple[str, str, str]]:
    unread = [
        (file.file, "没有读入", "文件无法读取，或者没有能认出的表头。请另存为 .xlsx、恢复表头后重新交回。")
        for file in files
        if file.unread
    ]
    hidden = [(file.file, "隐藏表的行，未读入", place) for file in files for place in file.hidden]
    return unread + hidden + [(file.file, "合计行，未读入", place) for file in files for place in file.left_out]
