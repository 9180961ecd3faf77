"""Careless ways to fill a workbook in, each with what must become of it. No row that somebody filled in is lost by any of them."""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from jobs.take_in.cells import months_of
from jobs.take_in.known import Known, Where
from jobs.take_in.verdicts import ClueVerdict
from tests.libreoffice import saved_again
from tests.take_in.sent import (
    CASE_OF,
    CLUES,
    DATA_CLUES,
    ELSEWHERE,
    KNOWN,
    NEEDS,
    NORTH,
    Sheet,
    Taken,
    clue_book,
    filled,
    needs_book,
    take,
    texts_of,
)

FIRST = CLUES[0]
Edit = Callable[[Any, Sheet], None]


@dataclass(frozen=True)
class Way:
    """new, known, mend: rows of each fate, of three that are filled in before the edit. asked: columns that are asked for. said: of the
    first new event."""

    edit: Edit
    new: int = 3
    known: int = 0
    mend: int = 0
    asked: frozenset[str] = frozenset()
    said: tuple[tuple[str, object], ...] = ()
    left_out: int = 0


def puts(**cells: object) -> Edit:
    """The first row filled in with these instead."""
    return lambda _, sheet: sheet.put(FIRST, **cells)


def asks(edit: Edit, *columns: str, mend: int = 1) -> Way:
    return Way(edit, 3 - mend, 0, mend, frozenset(columns))


def means(edit: Edit, **said: object) -> Way:
    return Way(edit, said=tuple(said.items()))


def merges(heading: str) -> Edit:
    def merge(_: Any, sheet: Sheet) -> None:
        column = sheet.column(heading)
        rows = [sheet.at[clue] for clue in CLUES[:3]]
        sheet.sheet.merge_cells(start_row=min(rows), end_row=max(rows), start_column=column, end_column=column)

    return merge


def both(*edits: Edit) -> Edit:
    def edit(book: Any, sheet: Sheet) -> None:
        for one in edits:
            one(book, sheet)

    return edit


def ids(form: Callable[[str], object]) -> Edit:
    return lambda _, sheet: [sheet.put(clue, 线索编号=form(clue)) for clue in CLUES[:3]] and None


def insert_column(heading: str | None) -> Edit:
    def insert(_: Any, sheet: Sheet) -> None:
        sheet.sheet.insert_cols(3)
        sheet.sheet.cell(1, 3).value = heading
        sheet.sheet.cell(sheet.at[FIRST], 3).value = "另查实情"

    return insert


def without_column(heading: str) -> Edit:
    return lambda _, sheet: sheet.sheet.delete_cols(sheet.column(heading))


def backwards(_: Any, sheet: Sheet) -> None:
    for row in sheet.sheet.iter_rows():
        for cell, value in zip(row, [cell.value for cell in reversed(row)], strict=True):
            cell.value = value


def renamed_headers(_: Any, sheet: Sheet) -> None:
    for old, new in (("核查日期", "核查 时间"), ("核查人员", "核查人*"), ("查否原因代码", "查否原因")):
        sheet.sheet.cell(1, sheet.column(old)).value = new


def copied(changed: dict[str, object] | None = None, clue: str = FIRST, case: str = CASE_OF[FIRST]) -> Edit:
    """The first row again at the end, with some cells changed."""

    def copy(_: Any, sheet: Sheet) -> None:
        at = sheet.sheet.max_row + 1
        for cell in sheet.sheet[sheet.at[FIRST]]:
            sheet.sheet.cell(at, cell.column).value = cell.value
        sheet.at["copy"] = at
        sheet.put("copy", 线索编号=clue, 案件编号=case, **(changed or {}))

    return copy


def footer(**cells: object) -> Edit:
    def write(_: Any, sheet: Sheet) -> None:
        sheet.at["footer"] = sheet.sheet.max_row + 1
        sheet.put("footer", **cells)

    return write


def titled(book: Any, sheet: Sheet) -> None:
    sheet.sheet.insert_rows(1, 2)
    sheet.sheet.cell(1, 1).value = "北县青石镇核查反馈表"


def named(name: str) -> Edit:
    def rename(_: Any, sheet: Sheet) -> None:
        sheet.sheet.title = name

    return rename


REFUTED: dict[str, object] = {"核查结论": "查否-数据错误"}
WAYS = {
    "as it should be": Way(lambda *_: None),
    "是 alone": asks(puts(核查结论="是"), "verdict"),
    "a tick": asks(puts(核查结论="√"), "verdict"),
    "属实": asks(puts(核查结论="属实"), "verdict"),
    "查是 alone": asks(puts(核查结论="查是"), "verdict"),
    "查否 with a reason of one kind": means(puts(核查结论="查否", 查否原因代码="R16"), verdict="查否-政策允许", note="说明0；核查结论原写：查否"),
    "a cross with a reason of several": asks(puts(核查结论="×", 查否原因代码="已过户"), "verdict"),
    "不属实 with words": means(puts(核查结论="不属实", 查否原因代码="同名同姓"), verdict="查否-同名重号", refutation_reason="R06"),
    "否 without a reason": asks(puts(核查结论="否"), "verdict"),
    "the kind alone": means(puts(核查结论="错保"), verdict="查是-错保"),
    "another dash": means(puts(核查结论="查是－违规 "), verdict="查是-违规"),
    "r10": means(puts(**REFUTED, 查否原因代码="r10"), refutation_reason="R10"),
    "Ｒ１０": means(puts(**REFUTED, 查否原因代码="Ｒ１０"), refutation_reason="R10"),
    "10, a number": means(puts(**REFUTED, 查否原因代码=10), refutation_reason="R10"),
    "已过户": means(puts(**REFUTED, 查否原因代码="已过户"), refutation_reason="R10"),
    "R10 已出售": means(puts(**REFUTED, 查否原因代码="R10 已出售"), refutation_reason="R10"),
    "a story for a reason": asks(puts(**REFUTED, 查否原因代码="车是他弟弟开的"), "refutation_reason"),
    "no reason": asks(puts(**REFUTED), "refutation_reason"),
    "1月15日": means(puts(核查日期="1月15日"), on_day=date(2018, 1, 15)),
    "18.1.15": means(puts(核查日期="18.1.15"), on_day=date(2018, 1, 15)),
    "2018/1/15": means(puts(核查日期="2018/1/15"), on_day=date(2018, 1, 15)),
    "a month of the list's year to come": means(puts(停发月份="4月"), stop_month=date(2018, 4, 1)),
    "no month": asks(puts(停发月份="13月份"), "stop_month"),
    "a serial": means(puts(核查日期=43115), on_day=date(2018, 1, 15)),
    "1.15, a number": asks(puts(核查日期=1.15), "checked_on"),
    "the year of the machine": asks(puts(核查日期=datetime(2026, 1, 15)), "checked_on"),
    "同上": asks(puts(核查日期="同上"), "checked_on"),
    "约300": means(puts(追回金额="约300"), recovered_yuan=Decimal("300.00"), note="说明0；追回金额原写：约300"),
    "300元": means(puts(追回金额="300元"), recovered_yuan=Decimal("300.00")),
    "1,200": means(puts(追回金额="1,200"), recovered_yuan=Decimal("1200.00")),
    "300多": asks(puts(追回金额="300多"), "recovered"),
    "one person": asks(puts(核查人员="张三丰"), "checkers"),
    "titles for names": asks(puts(核查人员="张主任、老李"), "checkers"),
    "people merged over the rows": Way(merges("核查人员")),
    "verdict and day merged": Way(both(merges("核查结论"), merges("核查日期"))),
    "an amount merged over the rows": asks(both(puts(追回金额="900"), merges("追回金额")), "recovered", mend=3),
    "ids in capitals": Way(ids(str.upper)),
    "ids in small letters": Way(ids(str.lower)),
    "an apostrophe before the id": Way(ids(lambda clue: f"'{clue} ")),
    "an id without its letter": Way(ids(lambda clue: clue[1:])),
    "an id cut short": asks(puts(线索编号=FIRST[:-2]), "clue_id"),
    "an id that became a number": asks(puts(线索编号=1.23e45), "clue_id"),
    "an id of another list": asks(puts(线索编号="C" + "9" * 16), "clue_id"),
    "two ids exchanged": asks(puts(线索编号=CLUES[2]), "case_id"),
    "title rows above": Way(titled),
    "a blank row in between": Way(lambda _, sheet: sheet.sheet.insert_rows(3)),
    "a column without a heading": means(insert_column(None), note="说明0；另查实情"),
    "a column of their own": means(insert_column("情况说明"), note="说明0；情况说明：另查实情"),
    "columns in another order": Way(backwards),
    "headings reworded": Way(renamed_headers),
    "the ids under another heading": Way(lambda _, sheet: sheet.sheet.cell(1, sheet.column("线索编号"), "编号") and None),
    "the sheet renamed": Way(named("回收表1")),
    "the header deleted": Way(  # nobody can tell which rows were filled in: all six come back
        lambda _, sheet: sheet.sheet.delete_rows(1), new=0, mend=6, asked=frozenset({"verdict", "checked_on", "checkers"})
    ),
    "the verdicts' column deleted": asks(without_column("核查结论"), "verdict", mend=3),
    "the ids' column deleted": asks(without_column("线索编号"), "clue_id", mend=3),
    "a row deleted": Way(lambda _, sheet: sheet.sheet.delete_rows(sheet.at[FIRST]), new=2),
    "a row copied": Way(copied(), known=1),
    "a row copied and changed": Way(copied({"核查结论": "移送"}), new=2, mend=2, asked=frozenset({"verdict"})),
    "a row of another county": Way(copied(clue=ELSEWHERE, case=CASE_OF[ELSEWHERE]), new=4),
    "a row of totals": Way(footer(备注="合计", 追回金额="300"), left_out=1),
    "who signs below": Way(footer(序号="审核人：王五")),
    "a note without a verdict": Way(
        lambda _, sheet: sheet.put(CLUES[4], 备注="家中无人"), mend=1, asked=frozenset({"verdict", "checked_on", "checkers"})
    ),
}  # fmt: skip


def no_entry_is_lost(taken: Taken) -> None:
    """What was typed into a row stands in its event or, in full, in the 补正单."""
    kept = " ".join(texts_of(taken.slips)) + " ".join(event.after.model_dump_json() for event in taken.recorded)
    for fate in taken.fate("new") + taken.fate("to mend"):
        line = fate.row.filled.line
        for text in (line.cells.get("note", ""), *line.beside.values(), *line.beyond):
            assert text in kept, line.place
    for fate in taken.fate("to mend"):
        assert all(text in kept for text in fate.row.filled.line.cells.values())


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_careless_way_loses_nothing(way: Way, tmp_path: Path) -> None:
    book = filled(tmp_path / "sent.xlsx")
    way.edit(book, Sheet(book["线索"]))
    book.save(tmp_path / "back.xlsx")
    taken = take([tmp_path / "back.xlsx"], tmp_path)
    assert (len(taken.fate("new")), len(taken.fate("known")), len(taken.fate("to mend"))) == (way.new, way.known, way.mend)
    assert taken.asked >= way.asked
    assert bool(taken.asked) == bool(way.mend)
    assert len(taken.files[0].left_out) == way.left_out
    for name, value in way.said:
        first = next(event for event in taken.recorded if event.subject.id == FIRST)
        assert getattr(first, name, None) == value or getattr(first.after, name) == value
    no_entry_is_lost(taken)
    again = take([tmp_path / "back.xlsx"], tmp_path)
    assert again.recorded == [], "the same paper again adds none"


def test_there_are_forty_ways_and_more() -> None:
    assert len(WAYS) >= 40


def as_rows(book: Any) -> list[list[object]]:
    return [["" if cell is None else cell for cell in row] for row in book["线索"].iter_rows(values_only=True)]


def test_an_old_workbook_and_a_csv_in_gbk_are_read_like_the_workbook(tmp_path: Path) -> None:
    rows = as_rows(filled(tmp_path / "sent.xlsx"))
    old = xlwt.Workbook()
    sheet = old.add_sheet("线索")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(
                r, c, value, xlwt.easyxf(num_format_str="yyyy-mm-dd") if isinstance(value, datetime) else xlwt.Style.default_style
            )
    old.save(str(tmp_path / "back.xls"))
    with (tmp_path / "back.csv").open("w", encoding="gbk", newline="") as stream:
        csv.writer(stream).writerows(
            [value.strftime("%Y/%m/%d") if isinstance(value, datetime) else value for value in row] for row in rows
        )
    assert [len(take([tmp_path / "back.xls"], tmp_path).fate(name)) for name in ("new", "to mend")] == [3, 0]
    assert [len(take([tmp_path / "back.csv"], tmp_path).fate(name)) for name in ("known", "to mend")] == [3, 0]


def test_a_shifted_row_of_a_csv_comes_back_and_the_others_go_in(tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    head = "线索编号,核查结论,查否原因代码,核查日期,核查人员,备注"
    rows = [f"{clue},查是-错保,,2018-01-15,张三丰、李四光,说明{n}" for n, clue in enumerate(CLUES[:2])]
    path.write_text("\n".join([head, rows[0], rows[1] + ",他说已卖"]), encoding="utf-8")
    taken = take([path], tmp_path)
    assert [len(taken.fate(name)) for name in ("new", "to mend")] == [1, 1]
    assert "各格可能错位" in taken.fate("to mend")[0].row.asked["clue_id"][0]
    no_entry_is_lost(taken)


def test_questions_about_data_come_back_with_the_number_kept_apart(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(clue_book(tmp_path / "sent.xlsx"))
    sheet = Sheet(book["数据核对"])
    rest = {"核对日期": datetime(2018, 1, 15), "核对人员": "张三丰、李四光"}
    number = "42029219500101001X"
    number = next(f"{number[:17]}{last}" for last in "0123456789X" if _is_valid(f"{number[:17]}{last}"))
    sheet.put(DATA_CLUES[0], 更正结果="已更正", 更正后的号码=number, **rest)
    sheet.put(DATA_CLUES[1], 更正结果="数据无误", **rest)
    sheet.put(DATA_CLUES[2], 更正结果="已更正", 更正后的号码=4.2029e17, **rest)
    book.save(tmp_path / "back.xlsx")
    taken = take([tmp_path / "back.xlsx"], tmp_path)
    assert [event.after.model_dump()["result"] for event in taken.recorded] == ["已更正", "原数据无误"]
    assert number not in "".join(event.after.model_dump_json() for event in taken.recorded)
    assert taken.asked == {"number"}
    sheet.put(DATA_CLUES[0], 更正后的号码=None)
    book.save(tmp_path / "other.xlsx")
    assert "与以前报过的同一天的内容不一致" in str(
        [fate.row.asked for fate in take([tmp_path / "other.xlsx"], tmp_path).fate("to mend")]
    )


def _is_valid(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number[17] == "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]


def test_a_month_without_its_year_is_asked_for_where_two_years_fit() -> None:
    assert months_of("3月", date(2017, 2, 1), date(2018, 4, 1)) == {date(2017, 3, 1), date(2018, 3, 1)}
    assert months_of("12 月份", date(2017, 12, 31), date(2018, 3, 31)) == {date(2017, 12, 1)}


def test_days_and_months_come_back_as_they_were_seen(tmp_path: Path) -> None:
    book = filled(tmp_path / "back.xlsx", 1)
    Sheet(book["线索"]).put(FIRST, 核查结论="属实", 停发月份=datetime(2018, 4, 1), 备注="见 2018-01-15 记录")
    book.save(tmp_path / "back.xlsx")
    (slip,) = take([tmp_path / "back.xlsx"], tmp_path).slips
    sheet = Sheet(openpyxl.load_workbook(slip)["核查结论"])
    cells = [sheet.sheet.cell(sheet.at[FIRST], sheet.column(heading)).value for heading in ("核查日期", "停发月份", "备注")]
    assert cells == ["2018-01-15", "2018-04", "见 2018-01-15 记录"]


def test_needs_come_back_with_what_was_granted_and_what_was_added(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(needs_book(tmp_path))
    listed, left_out = Sheet(book["应保未保"]), Sheet(book["暂未列入"])
    rest = {"走访日期": "1月15日", "走访人员": "张三丰、李四光"}
    person = "、".join(NEEDS[:2])
    listed.put(person, 处理结果="纳入低保", 保障项目="农村低保", 起始月份="2018-02", 月金额="320", **rest)
    listed.put(NEEDS[2], 处理结果="已纳入", **rest)
    left_out.put(NEEDS[3], 补充意见="确有困难，应复核")
    book.save(tmp_path / "back.xlsx")
    taken = take([tmp_path / "back.xlsx"], tmp_path)
    assert [event.subject.id for event in taken.recorded] == NEEDS[:2]
    said, same = (event.after.model_dump() for event in taken.recorded)
    assert (same["result"], same["yuan_per_month"]) == ("已纳入低保", None), "it was granted once"
    assert (said["result"], said["programme"], said["month"], said["yuan_per_month"]) == (
        "已纳入低保",
        "农村低保",
        date(2018, 2, 1),
        Decimal("320.00"),
    )
    assert {fate.row.filled.subjects: set(fate.row.asked) for fate in taken.fate("to mend")} == {
        (NEEDS[2],): {"result"}, (NEEDS[3],): {"result", "day", "people"},
    }  # fmt: skip
    no_entry_is_lost(taken)


PUTTING_RIGHT = {
    "整改": ("案件编号,线索编号,问题类别,整改措施,整改期限,完成日期,应追缴金额（元）,填报日期,备注",
           [f"{CASE_OF[FIRST]},{FIRST},其他,追缴,2018-06-30,,900,2018-03-05,", f"{CASE_OF[FIRST]},,其他,停发,,2018-03-06,,,"],
           "其他,追缴,,,,2018-03-05,", "yuan"),
    "追缴到账": ("案件编号,线索编号,到账日期,到账金额（元）,票据号,备注",
             [f",{FIRST},2018-03-10,300,0001,", f",{FIRST},2018-03-20,300,0002,"], "2018-03-10,300,,", "receipt"),
    "问责": ("案件编号,线索编号,问责方式,问责人数,职务,问责日期,被问责人,备注",
           [f",{FIRST},谈话提醒,1人,村委会委员,2018-03-10,王五,", f",{FIRST},党纪处分,2,镇干部,2018-03-10,,"],
           "谈话提醒,若干,村干部,2018-03-10,,", "count"),
    "申诉": ("线索编号,申诉日期,申诉理由,复查结果,复查日期,复查人员,应补发金额（元）",
           [f"{FIRST},2018-03-10,车已过户,,,,", f"{CLUES[1]},2018-03-10,车已过户,撤销,2018-03-20,陈某甲、王某乙,300"], "2018-03-10,,,,,", "reason"),
    "重复记录更正": ("线索编号,更正结果,保留记录,剔除记录,核对日期,核对人员,备注",
               [f"{FIRST},已更正,a.csv:3,a.csv:9、b.csv:2,2018-03-10,张三丰、李四光,"], "已更正,a.csv:3,,2018-03-10,张三丰、李四光,", "dropped"),
}  # fmt: skip


def found(verdict: str = "查是-错保") -> Known:
    """The same office, each of its clues visited with this verdict."""
    said = {clue: ClueVerdict(clue, verdict, None, date(2018, 1, 15), "张三丰、李四光", None, None, None) for clue in CASE_OF}
    return replace(KNOWN, verdicts={case: {c: [said[c]] for c in CASE_OF if CASE_OF[c] == case} for case in CASE_OF.values()})


@pytest.mark.parametrize(("head", "rows", "bad", "asked"), PUTTING_RIGHT.values(), ids=PUTTING_RIGHT)
def test_what_is_done_about_a_clue_comes_back_told_by_its_header(
    head: str, rows: list[str], bad: str, asked: str, tmp_path: Path
) -> None:
    path = tmp_path / "back.csv"
    start = f",{CLUES[2]}," if head.startswith("案件编号") else f"{CLUES[2]},"
    path.write_text("\n".join([head, *rows, start + bad]), encoding="utf-8-sig")
    taken = take([path], tmp_path, found())
    assert len(taken.recorded) == len(rows)
    assert taken.asked == {asked}
    no_entry_is_lost(taken)
    again = take([path], tmp_path, found("查否-时间差"))  # turned round meanwhile: what is recorded is no new question
    assert (again.recorded, len(again.fate("known")), again.asked) == ([], len(rows), {asked})


@pytest.mark.parametrize("table", [name for name in PUTTING_RIGHT if name != "重复记录更正"])
@pytest.mark.parametrize("verdict", ["", "查否-时间差", "无法核实", "移送"])
def test_what_was_not_found_to_hold_is_not_put_right(table: str, verdict: str, tmp_path: Path) -> None:
    head, rows, *_ = PUTTING_RIGHT[table]
    (tmp_path / "back.csv").write_text("\n".join([head, *rows]), encoding="utf-8-sig")
    taken = take([tmp_path / "back.csv"], tmp_path, found(verdict) if verdict else KNOWN)
    assert len(taken.fate("new")) == (len(rows) if verdict == "移送" else 0)
    if verdict != "移送":
        assert taken.asked <= {"clue_id", "case_id"}
        said = f"的结论是2018-01-15“{verdict}”" if verdict else "还没有核查结论"
        assert any(f"这条线索{said}，没有查实，不能填报{table}" in text for text in texts_of(taken.slips))


def test_a_verdict_of_the_same_file_counts_for_what_follows_it(tmp_path: Path) -> None:
    book = filled(tmp_path / "back.xlsx", 1)
    sheet = book.create_sheet("整改")
    head, rows, *_ = PUTTING_RIGHT["整改"]
    for line in (head, *rows):
        sheet.append(line.split(","))
    book.save(tmp_path / "back.xlsx")
    assert [len(take([tmp_path / "back.xlsx"], tmp_path).fate(fate)) for fate in ("new", "known")] == [3, 3]


def test_whoever_visited_does_not_look_again(tmp_path: Path) -> None:
    line = f"{FIRST},2018-03-10,车已过户,维持,2018-03-20,张三丰、王某乙,"
    (tmp_path / "back.csv").write_text("\n".join([PUTTING_RIGHT["申诉"][0], line]), encoding="utf-8-sig")
    taken = take([tmp_path / "back.csv"], tmp_path, found())
    assert (taken.asked, taken.recorded) == ({"people"}, [])
    assert any("张三丰就是原核查人员" in text for text in texts_of(taken.slips))


def test_a_slip_is_mended_and_handed_in_as_it_is(tmp_path: Path) -> None:
    book = filled(tmp_path / "sent.xlsx")
    sheet = Sheet(book["线索"])
    sheet.put(FIRST, 核查结论="属实", 核查人员="张三丰")
    book.save(tmp_path / "back.xlsx")
    (slip,) = take([tmp_path / "back.xlsx"], tmp_path).slips
    assert slip.name == "补正单_420292_北县_青石镇.xlsx"
    mended = openpyxl.load_workbook(slip)
    sheet = Sheet(mended["核查结论"])
    cells = mended["核查结论"][2]
    marked = {cell.column: cell for cell in cells if cell.comment}
    assert set(marked) == {sheet.column("核查结论"), sheet.column("核查人员")}
    assert all(cell.fill.fgColor.rgb == "FFF4B6A6" and not cell.protection.locked for cell in marked.values())
    assert marked[sheet.column("核查结论")].value == "属实"
    assert "【核查结论】填的是“属实”，没有说明是哪一种" in str(cells[0].value)
    unmended = tmp_path / "unmended.xlsx"
    shutil.copy(slip, unmended)
    sheet.put(FIRST, 核查结论="查是-违规", 核查人员="张三丰、李四光")
    mended.save(tmp_path / "mended.xlsx")
    assert take([unmended], tmp_path).asked == {"verdict", "checkers"}
    taken = take([tmp_path / "mended.xlsx"], tmp_path)
    assert [(event.subject.id, event.after.model_dump()["verdict"]) for event in taken.recorded] == [(FIRST, "查是-违规")]
    assert not taken.asked


def test_a_file_of_another_kind_says_so_and_is_no_error_of_the_others(tmp_path: Path) -> None:
    filled(tmp_path / "back.xlsx").save(tmp_path / "back.xlsx")
    (tmp_path / "photo.pdf").write_bytes(b"%PDF-1.4 ...")
    (tmp_path / "other.csv").write_text("姓名,金额\n张三,1\n", encoding="utf-8")
    taken = take([tmp_path / "photo.pdf", tmp_path / "back.xlsx", tmp_path / "other.csv"], tmp_path)
    assert len(taken.recorded) == 3
    assert ["is not read" in str(file.unread) for file in taken.files] == [True, False, False]
    assert "has no header of such a table" in str(taken.files[2].unread)


def test_what_went_through_libreoffice_reads_the_same(tmp_path: Path) -> None:
    names = ("as it should be", "people merged over the rows", "a serial", "1,200", "a column of their own", "属实")
    for n, name in enumerate(names):
        book = filled(tmp_path / f"{n}.xlsx")
        WAYS[name].edit(book, Sheet(book["线索"]))
        book.save(tmp_path / f"{n}.xlsx")
    saved = saved_again([tmp_path / f"{n}.xlsx" for n in range(len(names))], tmp_path / "through")
    for n, name in enumerate(names):
        home = tmp_path / f"store{n}"
        home.mkdir()
        taken = take([saved[n]], home)
        way = WAYS[name]
        assert (name, len(taken.fate("new")), len(taken.fate("to mend"))) == (name, way.new, way.mend)
        assert {name: getattr(taken.recorded[0].after, name) for name, _ in way.said if name != "on_day"} == {
            k: v for k, v in way.said if k != "on_day"
        }
        assert {event.on_day for event in taken.recorded} == {date(2018, 1, 15)}


def test_two_thousand_verdicts_are_taken_in_within_ten_seconds_of_the_processor(tmp_path: Path) -> None:
    clues = [f"C{n:016x}" for n in range(2000)]
    row = KNOWN.lists[FIRST][0]
    known = Known(
        {clue: replace(KNOWN.clues[FIRST], case_id=f"H{clue[1:]}") for clue in clues},
        {clue: [{**row, "clue_id": clue, "case_id": f"H{clue[1:]}"}] for clue in clues},
        {},
        {clue: Where(f"H{clue[1:]}", NORTH, "青石镇", "V01") for clue in clues},
    )
    book = openpyxl.Workbook()
    book.active.append(["线索编号", "核查结论", "查否原因代码", "核查日期", "核查人员", "备注"])
    for n, clue in enumerate(clues):
        reason = "" if n % 10 == 0 else "R10 已出售"  # of ten one comes back
        book.active.append([clue, "查否-数据错误", reason, f"{1 + n % 3}月15日", "张三丰、李四光", f"说明{n}"])
    book.save(tmp_path / "back.xlsx")
    began = time.process_time()
    taken = take([tmp_path / "back.xlsx"], tmp_path, known)
    assert time.process_time() - began < 10
    assert (len(taken.recorded), len(taken.fate("to mend"))) == (1800, 200)
