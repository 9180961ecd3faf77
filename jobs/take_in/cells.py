"""A returned row, read cell by cell: lenient where a cell plainly means one thing, and with a question where it does not.

What is asked is Chinese and goes back to whoever filled the row in, the cell in full: it is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from jobs.cells.amounts import parse_yuan
from jobs.cells.dates import parse_date, parse_month
from jobs.cells.person_numbers import VALID, read_numbers
from jobs.cells.text import DITTO, EMPTY_FORMS, cleaned, half_width, read_enum
from jobs.returns.checkers import checkers_of, fault_of, is_not_there
from jobs.take_in.forms import Filled
from jobs.take_in.words import one_of

_ABOUT = re.compile(r"^(?:大约|大概|约|共计|共|合计)|(?:左右|上下)$")
_RATE = re.compile(r"每|/|按月|月均|\(月\)|^月")
_MONTH_DAY = re.compile(r"(\d{1,2})[月/-](\d{1,2})[日号]?")
_SHORT_YEAR = re.compile(r"(\d\d)[-./年、](\d{1,2})[-./月、](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{1,2})月份?")
_MONTH_OR_TENTH = re.compile(r"([12]\d{3})\.1")
"""January, or October whose last digit the spreadsheet dropped: 2018.10 is a number, 2018.1."""
_MONTHS_AHEAD = timedelta(days=184)
_YEARS_BACK, _YEAR_AHEAD = timedelta(days=8 * 366), timedelta(days=366)
"""How far a day or month may lie where nothing bounds it more closely: 2008 for 2018, and what a spreadsheet makes of a number, lie beyond."""
_COUNT = re.compile(r"(\d{1,4})(?:人|名|个)?")


@dataclass
class Row:
    """A row while it is read. asked: by column, what is asked back; the row is usable as long as nothing is. remarks: of cells that were
    read for something else than they say, as they stood: they go into the note."""

    filled: Filled
    asked: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return not self.asked

    def ask(self, column: str, why: str) -> None:
        """Once, however often it is found."""
        if why not in (asked := self.asked.setdefault(column, [])):
            asked.append(why)

    def header(self, column: str) -> str:
        return self.filled.form.headers[column][0]

    def text(self, column: str) -> str:
        """The cell; empty where it holds what people write for nothing."""
        text = self.filled.line.cells.get(column, "")
        if text in DITTO:
            self.ask(column, f"填的是“{text}”，行的次序可能变动过，不知道“上”是哪一行。请逐行写明。")
        return "" if text in EMPTY_FORMS else text

    def needed(self, column: str, what: str) -> str:
        """The same, asked for where it is empty."""
        if not (text := self.text(column)) and column not in self.asked:
            written = self.filled.line.cells.get(column, "")
            self.ask(column, f"{f'填的是“{written}”' if written else '这一格是空的'}。{what}")
        return text

    def day(self, column: str, earliest: date | None, latest: date, *, is_needed: bool = True) -> date | None:
        """A day within these, both inclusive; null where none is given, or where it is asked for."""
        text = self.needed(column, "请填写日期，例如 2018-03-05。") if is_needed else self.text(column)
        if not text:
            return None
        found = days_of(text, earliest, latest)
        if len(found) != 1:
            several = f"可能是{'或'.join(day.isoformat() for day in sorted(found))}" if found else "看不出是哪一天"
            self.ask(column, f"填的是“{text}”，{several}。请写明年月日，例如 2018-03-05。")
            return None
        (day,) = found
        if day > latest:
            self.ask(column, f"填的是{day.isoformat()}，晚于本次读入的日期{latest.isoformat()}。请核对年月日。")
        elif earliest is not None and day < earliest:
            self.ask(column, f"填的是{day.isoformat()}，早于清单日期{earliest.isoformat()}。请核对年月日。")
        elif earliest is None and day < latest - _YEARS_BACK:
            self.ask(column, f"填的是{day.isoformat()}，离本次读入太远，年份可能有误。请核对年月日。")
        return day

    def month(self, column: str, earliest: date | None, latest: date) -> date | None:
        """A month. One without its year is that of the year in which it lies from the list on, where that is one year alone."""
        if not (text := self.text(column)):
            return None
        months = months_of(text, earliest, latest)
        if len(months) != 1:
            several = (
                f"可能是{'或'.join(f'{month.year}年{month.month}月' for month in sorted(months))}"
                if months
                else "看不出是哪年哪月"
            )
            self.ask(column, f"填的是“{text}”，{several}。请写明年月，例如 2018-04；没有的请留空。")
            return None
        month = months.pop()
        if not (earliest or latest) - _YEARS_BACK <= month <= latest + _YEAR_AHEAD:
            self.ask(
                column,
                f"填的是{month.year}年{month.month}月，离清单日期太远，年份可能有误。请核对，并写明年月，例如 2018-04；没有的请留空。",
            )
            return None
        return month

    def yuan(self, column: str, *, is_needed: bool = False) -> Decimal | None:
        """Yuan, cents at most. About so much is so much, and the note keeps how it was written. One amount over several rows is asked
        for: nobody knows how it is to be shared out. So is one a month, except in a column of such: it is no total."""
        text = self.needed(column, "请填写金额（元），例如 1200.00。") if is_needed else self.text(column)
        if not text:
            return None
        if column in self.filled.line.merged:
            self.ask(column, f"“{text}”是几行合并的一格，不知道每行各是多少。请取消合并，逐行填写各自的金额。")
            return None
        number = _ABOUT.sub("", half_width(cleaned(text)).replace(" ", ""))
        if _RATE.search(number) and not self.header(column).startswith("月"):
            self.ask(column, f"填的是“{text}”，是每月（每次）的金额，看不出一共是多少元。请填总数，例如 1200.00；没有的请留空。")
            return None
        amount = parse_yuan(number)
        if amount is None or amount < 0:
            self.ask(column, f"填的是“{text}”，看不出是多少元。请只填一个数，例如 1200.00；没有的请留空。")
            return None
        if number != half_width(cleaned(text)).replace(" ", ""):
            self.remarks.append(f"{self.header(column)}原写：{text}")
        return amount

    def count(self, column: str) -> int | None:
        text = self.needed(column, "请填写人数，例如 1。")
        if text and (found := _COUNT.fullmatch(half_width(text))) and int(found[1]) > 0:
            return int(found[1])
        if text:
            self.ask(column, f"填的是“{text}”，看不出是几个人。请填一个整数，例如 1。")
        return None

    def choice(self, column: str, values: Iterable[str], others: Mapping[str, str] | None = None) -> str | None:
        """One of the values, asked for where the cell names none of them."""
        values = tuple(values)
        text = self.needed(column, f"请从下列各项中选一项：{'、'.join(values)}。")
        found = one_of(text, values, others)
        if text and found is None:
            self.ask(column, f"填的是“{text}”，不是可选的一项。请从下列各项中选一项：{'、'.join(values)}。")
        return found

    def says_yes(self, column: str) -> bool:
        """是 or its close forms; 否 and nothing are no, anything else is asked for."""
        if not (text := self.text(column)):
            return False
        said = read_enum(pl.Series([text], dtype=pl.String), ("是", "否"))[0]
        if said is None:
            self.ask(column, f"填的是“{text}”。请填“是”，或者留空。")
        return bool(said == "是")

    def people(self, column: str) -> str:
        """Two people or more, joined by 、."""
        text = self.needed(column, "请填写两名以上人员的全名，例如 陈某甲、李某乙。")
        found = checkers_of(text)
        if text and is_not_there(text):
            self.ask(
                column,
                f"填的是“{text}”，其中有人没有到场、由人代签或者只通了电话，不能算两人上门。请填写实际到场的两名以上人员的全名；"
                "只有一人到场的，请两人再去核查后填写。",
            )
        elif text and fault_of(found) is not None:
            self.ask(
                column,
                f"填的是“{text}”。需要至少两名不同人员的全名，用顿号隔开，例如 陈某甲、李某乙；“陈主任”“老李”“李某”“李四等”不算全名。",
            )
        return "、".join(found)

    def number(self, column: str) -> str | None:
        """A whole number of a person in capitals; null where none is given."""
        if not (text := self.text(column)):
            return None
        numbers, states = read_numbers(pl.Series([text], dtype=pl.String))
        if states[0] == VALID:
            return str(numbers[0])
        self.ask(column, f"填的是“{text}”，不是一个有效的18位公民身份号码。请对照证件填写；该格请设为“文本”，以免末几位变成0。")
        return None

    def note(self, column: str = "note") -> str | None:
        """The note, with all that people wrote beside the columns, and how cells stood that were read for something else."""
        line = self.filled.line
        beside = [f"{header}：{text}" if header else text for header, text in line.beside.items()]
        parts = [self.text(column), self.text("opinion"), *beside, *self.remarks]
        return "；".join(part for part in parts if part) or None


def days_of(text: str, earliest: date | None, latest: date) -> set[date]:
    """The days that a cell may mean; several where nothing tells which. A year that is not written is one that lies within."""
    word = half_width(cleaned(text)).replace(" ", "")
    if found := _MONTH_DAY.fullmatch(word):
        years = range(earliest.year if earliest else latest.year, latest.year + 1)
        days = {day for year in years if (day := _day(year, found[1], found[2]))}
        return {day for day in days if _is_within(day, earliest, latest)} or days
    if found := _SHORT_YEAR.fullmatch(word):
        # The year stands first, as in 18.1.15, or last, behind a day and month in either order: 02/03/18.
        one, two, three = found.groups()
        first, year = _day(2000 + int(one), two, three), 2000 + int(three)
        days = {day for day in (first, _day(year, two, one), _day(year, one, two)) if day}
        return {day for day in days if _is_within(day, earliest, latest)} or ({first} if first else days)
    day = parse_date(text)
    return {day} if day else set()


def months_of(text: str, earliest: date | None, latest: date) -> set[date]:
    """The months that a cell may mean. latest: day of the take-in; a benefit may end some months later."""
    word = half_width(cleaned(text)).replace(" ", "")
    if found := _MONTH_OR_TENTH.fullmatch(word):
        return {date(int(found[1]), month, 1) for month in (1, 10)}
    found = _MONTH.fullmatch(word)
    if found is None:
        month = parse_month(text)
        return {month} if month else set()
    months = {
        date(year, int(found[1]), 1) for year in range((earliest or latest).year, latest.year + 2) if 1 <= int(found[1]) <= 12
    }
    first, last = (earliest or date(latest.year, 1, 1)).replace(day=1), latest + _MONTHS_AHEAD
    return {month for month in months if first <= month <= last} or months


def _is_within(day: date, earliest: date | None, latest: date) -> bool:
    return (earliest is None or earliest <= day) and day <= latest


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
