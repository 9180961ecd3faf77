"""Ways to fill a cell in that were once read for something else than was meant: they are read as meant, or come back with the question."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp

import openpyxl
import pytest

from jobs.runtime.console import Console
from jobs.take_in.account import print_accounts, write_accounts
from tests.take_in.sent import AS_OF, CLUES, NEEDS, Sheet, Taken, filled, needs_book, take, texts_of
from tests.take_in.test_careless import REFUTED, no_entry_is_lost

FIRST = CLUES[0]


def taken_with(tmp_path: Path, format_of: dict[str, str] | None = None, **cells: object) -> Taken:
    """The first row filled in with these instead, by heading; the rows below it are as they should be. format_of: number formats of its
    cells."""
    folder = Path(mkdtemp(dir=tmp_path))  # a store of its own
    book = filled(folder / "back.xlsx", 2)
    sheet = Sheet(book["线索"])
    sheet.put(FIRST, **cells)
    for heading, code in (format_of or {}).items():
        sheet.sheet.cell(sheet.at[FIRST], sheet.column(heading)).number_format = code
    book.save(folder / "back.xlsx")
    taken = take([folder / "back.xlsx"], folder)
    no_entry_is_lost(taken)
    return taken


def said(taken: Taken, name: str) -> object:
    """What the event of the first row says; every row is recorded."""
    assert [one.row.asked for one in taken.fates if one.row.asked] == []
    return getattr(taken.recorded[0].after, name, None) or getattr(taken.recorded[0], name, None)


def question(taken: Taken, column: str) -> str:
    """What is asked of the first row, which is the only one that comes back, for this column alone."""
    assert len(taken.recorded) == 1
    (fate,) = taken.fate("to mend")
    assert (fate.row.filled.subjects, set(fate.row.asked)) == ((FIRST,), {column})
    return " ".join(fate.row.asked[column])


MONTHS = ("yyyy-mm", 'yyyy"年"m"月"', "General")


@pytest.mark.parametrize("code", MONTHS)
@pytest.mark.parametrize("number", [2018.4, 2018.04, 201804, 20180405])
def test_a_month_typed_as_a_number_is_that_month_under_any_format(number: float, code: str, tmp_path: Path) -> None:
    assert said(taken_with(tmp_path, {"停发月份": code}, 停发月份=number), "stop_month") == date(2018, 4, 1)


@pytest.mark.parametrize("code", MONTHS)
def test_a_month_that_lost_its_last_nought_may_be_october(code: str, tmp_path: Path) -> None:
    taken = taken_with(tmp_path, {"停发月份": code}, 停发月份=2018.1)
    assert "填的是“2018.1”，可能是2018年1月或2018年10月" in question(taken, "stop_month")
    assert said(taken_with(tmp_path, 停发月份="2018.10"), "stop_month") == date(2018, 10, 1)


@pytest.mark.parametrize("month", [2018, 6590, 201813, "1918-04", "2008-04", "2028-04", "1918年4月", 4.5, 1.15])
def test_a_month_of_another_age_comes_back(month: object, tmp_path: Path) -> None:
    assert "请" in question(taken_with(tmp_path, {"停发月份": "yyyy-mm"}, 停发月份=month), "stop_month")


def test_a_day_typed_as_a_number_is_that_day_and_a_month_is_none(tmp_path: Path) -> None:
    day = {"核查日期": "yyyy-mm-dd"}
    assert said(taken_with(tmp_path, day, 核查日期=20180115), "on_day") == date(2018, 1, 15)
    for number in (2018.4, 201804, 1.15):
        assert f"填的是“{number}”，看不出是哪一天" in question(taken_with(tmp_path, day, 核查日期=number), "checked_on")


@pytest.mark.parametrize("day", [datetime(1918, 1, 15), "2008-01-15", 2018.4, 6590])
def test_a_day_of_another_age_comes_back_where_no_list_bounds_it(day: object, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(needs_book(tmp_path))
    Sheet(book["应保未保"]).put(NEEDS[2], 处理结果="不符合条件", 走访日期=day, 走访人员="张三丰、李四光")
    book.save(tmp_path / "back.xlsx")
    taken = take([tmp_path / "back.xlsx"], tmp_path)
    assert (taken.recorded, taken.asked) == ([], {"day"})


def hidden_copy(tmp_path: Path, shown: list[str], verdict: str = "查是-违规") -> Taken:
    """Three rows filled in on a sheet that is hidden; on the visible one only these, with another verdict."""
    book = filled(tmp_path / "back.xlsx", 3)
    old = book.copy_worksheet(book["线索"])
    old.title, old.sheet_state = "线索（旧）", "hidden"
    sheet = Sheet(book["线索"])
    for clue in CLUES[:3]:
        answer = {"核查结论": verdict} if clue in shown else dict.fromkeys(("核查结论", "核查日期", "核查人员", "备注"))
        sheet.put(clue, **answer)
    book.save(tmp_path / "back.xlsx")
    return take([tmp_path / "back.xlsx"], tmp_path)


def test_what_stands_on_a_hidden_sheet_comes_back_and_is_not_recorded(tmp_path: Path) -> None:
    taken = hidden_copy(tmp_path, [])
    assert (len(taken.recorded), len(taken.fate("to mend")), taken.asked) == (0, 3, {"clue_id"})
    assert any("这一行在隐藏的工作表“线索（旧）”中，没有读入" in text for text in texts_of(taken.slips))
    no_entry_is_lost(taken)
    again = take(taken.slips, tmp_path)
    assert [event.after.model_dump()["verdict"] for event in again.recorded] == ["查是-错保"] * 3, "the slip shows the rows"


def test_what_the_visible_sheet_says_holds_against_a_hidden_one_and_the_account_tells(tmp_path: Path) -> None:
    taken = hidden_copy(tmp_path, CLUES[:2])
    said_of = {event.subject.id: event.after.model_dump()["verdict"] for event in taken.recorded}
    assert said_of == dict.fromkeys(CLUES[:2], "查是-违规")
    assert [fate.row.filled.subjects for fate in taken.fate("to mend")] == [(CLUES[2],)]
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as stream:
        print_accounts(Console(file=stream, width=300), [], taken.files, taken.fates)
    assert "back.xlsx: 3 filled rows stand on hidden sheets" in (tmp_path / "out.txt").read_text(encoding="utf-8")
    write_accounts(tmp_path / "回收情况.xlsx", [], taken.files, AS_OF)
    assert [*texts_of([tmp_path / "回收情况.xlsx"])].count("隐藏表的行，未读入") == 3


CODES = {
    "R1O": "R10", "R1〇": "R10", "R1l": "R11", "R2I": "R21", "R2o 已备案": "R20", "ROl": "R01", "r o1": "R01", "R0l": "R01", "1O": "R10", "R1": "R01",
    "R010": "R10", "01登记滞后": "R01", "R 16 居民养老": "R16", "15位号码升位错误": "R08", "15位升位错误": "R08", "R99其他：户口未迁": "R99",
    "R10 SUV已卖": "R10", "R01 未及时更新": "R01", "R13 未经营": "R13", "R24 未更新": "R24", "R99 不在本地居住": "R99", "R10 已卖给邻居": "R10",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "code"), CODES.items())
def test_a_code_with_letters_for_digits_is_the_one_that_it_looks_like(typed: str, code: str, tmp_path: Path) -> None:
    assert said(taken_with(tmp_path, **REFUTED, 查否原因代码=typed), "refutation_reason") == code


NO_CODES = (
    "R3O", "RO", "Rl", "R1OO", "R01l", "R1S", "R1B", "R1О", "R1 O", "R1零", "R10 R11", "R1 0", "R10 登记滞后", "1辆车已卖", "3年前已卖", "R100",
    "R10不适用", "R10？", "R10 非", "R10×", "R10 不是已售", "R10 没卖", "R10 车未过户", "R20未备案", "R99不适用",
)  # fmt: skip


@pytest.mark.parametrize("typed", NO_CODES)
def test_what_may_be_another_code_comes_back(typed: str, tmp_path: Path) -> None:
    taken = taken_with(tmp_path, **REFUTED, 查否原因代码=typed)
    assert f"填的是“{typed}”，看不出是哪一项原因" in question(taken, "refutation_reason")


@pytest.mark.parametrize("people", ["张三、李四（请假未到）", "张三、李四（代签）", "张三、李四（电话核实）", "张三、李四代签"])
def test_who_was_not_there_is_no_second_inspector(people: str, tmp_path: Path) -> None:
    assert "其中有人没有到场、由人代签或者只通了电话" in question(taken_with(tmp_path, 核查人员=people), "checkers")


@pytest.mark.parametrize("people", ["张三、李某", "张三、李四及村干部", "张三、李四及村", "张三、李四等"])
def test_what_names_nobody_in_full_is_no_second_inspector(people: str, tmp_path: Path) -> None:
    assert "需要至少两名不同人员的全名" in question(taken_with(tmp_path, 核查人员=people), "checkers")


@pytest.mark.parametrize("rate", ["320元/月", "每月320", "320/月", "月320", "320元（每月）", "320（按月）", "320/户月"])
def test_an_amount_a_month_is_no_total(rate: str, tmp_path: Path) -> None:
    assert f"填的是“{rate}”，是每月（每次）的金额，看不出一共是多少元" in question(
        taken_with(tmp_path, 追回金额=rate), "recovered"
    )
    assert said(taken_with(tmp_path, 追回金额="1200（三月追回）"), "recovered_yuan") == Decimal("1200.00")


def test_an_amount_a_month_is_read_in_a_column_of_such(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(needs_book(tmp_path))
    rest = {"走访日期": "1月15日", "走访人员": "张三丰、李四光"}
    Sheet(book["应保未保"]).put(NEEDS[2], 处理结果="纳入低保", 保障项目="农村低保", 起始月份="2018-02", 月金额="320元/月", **rest)
    book.save(tmp_path / "back.xlsx")
    assert said(take([tmp_path / "back.xlsx"], tmp_path), "yuan_per_month") == Decimal("320.00")


def test_a_day_before_or_behind_its_month_is_asked_padded_or_not(tmp_path: Path) -> None:
    asked = question(taken_with(tmp_path, 核查日期="02/03/18"), "checked_on")
    assert "填的是“02/03/18”，可能是2018-02-03或2018-03-02" in asked
    assert "看不出是哪一天" in question(taken_with(tmp_path, 核查日期="2/3/18"), "checked_on")
    for day in ("15/01/18", "01/15/18", "18.1.15", "18/01/15"):
        assert said(taken_with(tmp_path, 核查日期=day), "on_day") == date(2018, 1, 15), "one day alone lies in the time"
    assert said(taken_with(tmp_path, 核查日期="02/02/18"), "on_day") == date(2018, 2, 2)
