"""One form of a delivery as an entry of the catalogue, and the entries that differ by a word or a character only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from benchmarks.rewritings.cells import (
    IDENTIFIERS,
    inside,
)
from benchmarks.rewritings.files import Delivery, File, Sheet
from benchmarks.rewritings.sheets import (
    Rewrite,
    book,
    cells,
    header_again,
    headers,
    sheets,
)
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS, Field, Kind


@dataclass(frozen=True)
class Rewriting:
    """One form. Of a slot a combination takes at most one, and it applies the slots in their order.

    is_whole: applied to all files at once, not to some of them. needs_lake: only a run tells, not the rows of the files alone.
    """

    slot: str
    name: str
    says: str
    rewrite: Rewrite
    is_whole: bool = False
    needs_lake: bool = False

    def __call__(self, delivery: Delivery, seed: int) -> Delivery:
        return self.rewrite(delivery, Random(f"{seed} {self.name}"))


PERSONS = tuple(PERSON_KINDS)
IDS = tuple(IDENTIFIERS)
JAVA = "%a %b %d 00:00:00 CST %Y"
YES_NO = {"是": "√", "否": "×"}
MONEY_UNITS = {Kind.YUAN: "元", Kind.WAN_YUAN: "万元"}
SIGNED_BY = ("填表人", "甲", "审核人", "乙", "填表日期", "2018-1-8")
OTHER_VALUES = {
    "城市低保": "城镇低保",
    "农村低保": "农村低保金",
    "农村特困": "农村五保",
    "配偶": "妻",
    "子女": "长子",
    "父母": "母亲",
    "兄弟姐妹": "弟弟",
    "存续": "存续（在营、开业、在册）",
    "死亡注销": "死亡",
    "小型汽车": "02",
    "肢体": "肢体残疾",
    "住宅": "成套住宅",
    "结婚": "结婚登记",
    "社区矫正": "社区矫正对象",
    "已脱贫": "稳定脱贫",
    "支部书记": "村支书",
    "事业编制": "事业人员",
}
"""What systems and offices write for values of lists."""
MIDDLE_DOTS = ("•", "・", ".", "．", "‧")


def quoted(cell: str) -> str:
    return f'="{cell}"' if cell else cell


def head_marked(sheet: Sheet, _file: object, _dice: Random) -> Sheet:
    """The head's name as 张三(户主), in the column of the head and, where it is the same person, in that of the member."""
    names = [column.field.name if column.field else "" for column in sheet.columns]
    if "head_name" not in names:
        return sheet
    at = names.index("head_name")
    return replace(sheet, rows=tuple((*row[:at], f"{row[at]}(户主)" if row[at] else "", *row[at + 1 :]) for row in sheet.rows))


def manifest(**changes: Any) -> Rewrite:
    def rewrite(delivery: Delivery, _dice: Random) -> Delivery:
        return replace(delivery, manifest=replace(delivery.manifest, **changes))

    return rewrite


def cut_ends(sheet: Sheet, _file: object, _dice: Random) -> Sheet:
    def cut(row: tuple[str, ...]) -> tuple[str, ...]:
        filled = [i for i, cell in enumerate(row) if cell]
        return row[: filled[-1] + 1] if filled else row

    return replace(sheet, rows=tuple(map(cut, sheet.rows)))


def longer(sheet: Sheet, _file: object, _dice: Random) -> Sheet:
    return replace(sheet, rows=tuple((*row, "") for row in sheet.rows))


def guide(workbook: Any) -> None:
    sheet = workbook.add_worksheet("填表说明")
    for r, line in enumerate(("填表说明", "1. 请按统一口径填报。", "2. 日期格式为2017-01-01。")):
        sheet.write_string(r, 0, line)


def days_as(name: str, says: str, write: Callable[[str], str]) -> Rewriting:
    return Rewriting("days", name, f"days as {says}", cells(write, Kind.DATE))


def months_as(name: str, says: str, write: Callable[[str], str]) -> Rewriting:
    return Rewriting("months", name, f"months as {says}", cells(write, Kind.MONTH))


def money_as(name: str, says: str, write: Callable[[str], str]) -> Rewriting:
    return Rewriting("money", name, f"amounts as {says}", cells(write, Kind.YUAN))


def at_ends(name: str, says: str, character: str) -> Rewriting:
    return Rewriting("invisible", name, f"{says} at both ends of every cell", cells(lambda cell: f"{character}{cell}{character}"))


def in_names(name: str, says: str, character: str) -> Rewriting:
    write = cells(lambda cell: inside(cell, character), Kind.NAME, *IDS)
    return Rewriting("invisible", name, f"{says} inside names and numbers", write)


def shown(slot: str, name: str, says: str, **changes: Any) -> Rewriting:
    return Rewriting(slot, name, f"workbooks with {says}", book(**changes))


def after_header(row: Callable[[Sheet], tuple[str, ...]]) -> Rewrite:
    """A row right below the header that is no data."""
    return sheets(lambda sheet, _file, _dice: replace(sheet, rows=(row(sheet), *sheet.rows)))


def counted(sheet: Sheet) -> tuple[str, ...]:
    return tuple(str(i) for i in range(1, len(sheet.columns) + 1))


def own_names(sheet: Sheet) -> tuple[str, ...]:
    return tuple(column.field.name if column.field else "x" for column in sheet.columns)


def printed(sheet: Sheet, file: File, _dice: object) -> Sheet:
    """The title and the header again on each page, and the number of the page below."""
    title = (DATA_SETS[file.data_set].title, *("" for _ in sheet.columns[1:]))
    lines: list[tuple[str, ...]] = []
    for at in range(0, len(sheet.rows), 40):
        page = (f"- {at // 40 + 1} -", *title[1:])
        lines += [*([title, header_again(sheet)] if at else []), *sheet.rows[at : at + 40], page]
    return replace(sheet, above=(*sheet.above, title), rows=tuple(lines))


def signed(sheet: Sheet, _file: object, _dice: object) -> Sheet:
    return replace(sheet, below=(*sheet.below, SIGNED_BY[: len(sheet.columns)]))


def headed(name: str, says: str, write: Callable[[Field], str]) -> Rewriting:
    return Rewriting("headers", name, says, sheets(headers(write)))


def other_words(name: str, word: str, other: str) -> Rewriting:
    return headed(name, f"headers with {other} for {word}", lambda f: f.header.replace(word, other))


def values_as(name: str, says: str, pattern: str) -> Rewriting:
    write = cells(lambda cell: pattern.format(cell) if cell else cell, Kind.ENUM)
    return Rewriting("yes and no", name, f"values of lists as {says}", write)


def nothing_as(name: str, word: str) -> Rewriting:
    kinds = (Kind.DATE, Kind.MONTH, Kind.YUAN, Kind.ACCOUNT, Kind.PERSON_NUMBER, Kind.TEXT, Kind.INTEGER)
    return Rewriting("empty", name, f"empty cells as {word}", cells(lambda cell: cell or word, *kinds, fill_empty=True))
