"""Verdicts in: what is asked back and in which column, and what is taken in although it is odd."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from expectations.contracts.returned import VERDICT_OUTCOMES
from jobs.returns.tables import Line
from jobs.sheets.choices import VERDICTS as OFFERED
from jobs.take_in.cells import Row
from jobs.take_in.forms import VERDICTS, Filled
from jobs.take_in.verdicts import ClueVerdict, Judged, KnownClue, judged

AS_OF = date(2018, 3, 31)
ID = "C0123456789abcdef"
CASE = "H0123456789abcdef"
LISTED = date(2017, 12, 31)
KNOWN = KnownClue(CASE, LISTED, LISTED, Decimal("1000.00"), Decimal("1500.00"))
CLUES = {ID: KNOWN}
GOOD = {
    "clue_id": ID, "case_id": CASE, "verdict": "查是-错保", "refutation_reason": "", "checked_on": "2018-03-05", "checkers": "张某、李某",
    "recovered": "800", "stop_month": "2018-04", "note": "",
}  # fmt: skip
LINE = Line("feedback.csv", "0" * 64, "", 7, GOOD)


def row(**cells: str) -> Row:
    return Row(Filled(VERDICTS, replace(LINE, cells={**GOOD, **cells})))


def of(*rows: Row, earlier: tuple[ClueVerdict, ...] = (), clue: KnownClue = KNOWN) -> Judged:
    return judged(rows, {ID: replace(clue, verdicts=earlier)}, AS_OF)


def the(**cells: str) -> ClueVerdict:
    ((_, verdict),) = of(row(**cells)).verdicts
    return verdict


def test_a_good_row_is_read_as_it_stands() -> None:
    verdict = the()
    assert (verdict.clue_id, verdict.verdict, verdict.outcome) == (ID, "查是-错保", "confirmed")
    assert (verdict.checked_on, verdict.checkers) == (date(2018, 3, 5), "张某、李某")
    assert (verdict.recovered_yuan, verdict.stop_month, verdict.note) == (Decimal("800.00"), date(2018, 4, 1), None)
    assert of(row()).remarks == ()


ASKED = {
    "unknown clue": ({"clue_id": f"C{'f' * 16}"}, "clue_id", "不在任何一份清单中"),
    "edited id": ({"clue_id": ID[:-1]}, "clue_id", "不是线索编号：可能被改动"),
    "id emptied": ({"clue_id": ""}, "clue_id", "线索编号是空的，不知道是哪一条。请从清单中原样复制"),
    "id of another case": ({"case_id": "H2"}, "case_id", f"这条线索属于案件 {CASE}"),
    "case emptied": ({"case_id": ""}, "case_id", "这一行可能错位"),
    "unknown verdict": ({"verdict": "看过了"}, "verdict", "不是可选的一项"),
    "no verdict": ({"verdict": ""}, "verdict", "这一格是空的"),
    "it holds, of no kind": ({"verdict": "属实"}, "verdict", "没有说明是哪一种。请从下列各项中选一项：查是-违规、查是-错保、查是-程序问题"),
    "refuted, of several kinds": ({"verdict": "不属实", "refutation_reason": "R10"}, "verdict", "没有说明是哪一种。请从下列各项中选一项：查否-"),
    "unknown reason": ({"verdict": "查否-时间差", "refutation_reason": "R77"}, "refutation_reason", "看不出是哪一项原因"),
    "two reasons": ({"verdict": "查否-时间差", "refutation_reason": "R10、R11"}, "refutation_reason", "看不出是哪一项原因"),
    "a code and other words": ({"verdict": "查否-时间差", "refutation_reason": "R10 同名"}, "refutation_reason", "看不出是哪一项原因"),
    "refuted without reason": ({"verdict": "查否-时间差"}, "refutation_reason", "没有填查否原因"),
    "confirmed with reason": ({"refutation_reason": "R01"}, "refutation_reason", "却填了查否原因“R01”"),
    "one checker": ({"checkers": "张某"}, "checkers", "至少两名不同人员"),
    "one checker twice": ({"checkers": "张某、张　某同志"}, "checkers", "至少两名不同人员"),
    "digits for checkers": ({"checkers": "1、2"}, "checkers", "填的是“1、2”"),
    "no word of a statement": ({"corrects": "也许"}, "corrects", "请填“是”，或者留空"),
    "no day": ({"checked_on": "三月"}, "checked_on", "填的是“三月”，看不出是哪一天"),
    "the same as above": ({"checked_on": "同上"}, "checked_on", "不知道“上”是哪一行"),
    "before the list": ({"checked_on": "2017-12-30"}, "checked_on", "早于清单日期2017-12-31"),
    "in the future": ({"checked_on": "2018-04-01"}, "checked_on", "晚于本次读入的日期2018-03-31"),
    "too much": ({"recovered": "1500.01"}, "recovered", "多于发给这一户的钱：本条线索上限1000.00元，全户历次发放共1500.00元"),
    "no amount": ({"recovered": "若干"}, "recovered", "看不出是多少元"),
    "two amounts": ({"recovered": "300-400"}, "recovered", "看不出是多少元"),
    "negative amount": ({"recovered": "-5"}, "recovered", "看不出是多少元"),
    "no month": ({"stop_month": "soon"}, "stop_month", "看不出是哪年哪月"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "column", "said"), ASKED.values(), ids=ASKED)
def test_a_cell_that_cannot_be_used_is_asked_back_with_what_was_typed_and_the_way_out(
    cells: dict[str, str], column: str, said: str
) -> None:
    asked = row(**cells)
    assert of(asked).verdicts == ()
    assert set(asked.asked) == {column}
    assert said in asked.asked[column][0]


def test_a_good_twin_beside_each_is_taken_in() -> None:
    for cells in (
        {"corrects": "是", "beyond_list": "否"}, {"verdict": "查否-时间差", "refutation_reason": "R02"}, {"verdict": "无法核实"}, {"verdict": "移送"},
        {"checkers": "张某 李某"}, {"checkers": "张某,李某"}, {"checked_on": "2017-12-31"}, {"checked_on": "2018年3月31日"},
        {"recovered": "1000"}, {"recovered": ""}, {"recovered": "无"}, {"stop_month": ""}, {"refutation_reason": "/"},
    ):  # fmt: skip
        assert len(of(row(**cells)).verdicts) == 1, cells


MEANT: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "a code in small letters": ({"refutation_reason": "r10"}, {"refutation_reason": "R10"}),
    "full width": ({"refutation_reason": "Ｒ１０"}, {"refutation_reason": "R10"}),
    "a code without its letter": ({"refutation_reason": "10"}, {"refutation_reason": "R10"}),
    "its words": ({"refutation_reason": "已过户"}, {"refutation_reason": "R10"}),
    "code and words": ({"refutation_reason": "R10 已出售"}, {"refutation_reason": "R10"}),
    "code and words of the list": ({"refutation_reason": "R10 已售、报废或注销"}, {"refutation_reason": "R10"}),
    "another dash": ({"verdict": "查否—时间差"}, {"verdict": "查否-时间差"}),
    "its kind alone": ({"verdict": "时间差"}, {"verdict": "查否-时间差"}),
    "a refutation of one kind": (
        {"verdict": "不属实", "refutation_reason": "R16"},
        {"verdict": "查否-政策允许", "note": "核查结论原写：不属实"},
    ),
    "a cross": ({"verdict": "×", "refutation_reason": "同名"}, {"verdict": "查否-同名重号", "refutation_reason": "R06"}),
    "month and day": ({"checked_on": "1月15日"}, {"checked_on": date(2018, 1, 15)}),
    "month and day of the year before": ({"checked_on": "12月31日"}, {"checked_on": date(2017, 12, 31)}),
    "a short year": ({"checked_on": "18.1.15"}, {"checked_on": date(2018, 1, 15)}),
    "slashes": ({"checked_on": "2018/1/15"}, {"checked_on": date(2018, 1, 15)}),
    "a day as a spreadsheet counts": ({"checked_on": "43115"}, {"checked_on": date(2018, 1, 15)}),
    "about": ({"recovered": "约300"}, {"recovered_yuan": Decimal("300.00"), "note": "追回金额原写：约300"}),
    "a unit": ({"recovered": "300元"}, {"recovered_yuan": Decimal("300.00"), "note": None}),
    "thousands": ({"recovered": "1,200"}, {"recovered_yuan": Decimal("1200.00")}),
}


@pytest.mark.parametrize(("cells", "meant"), MEANT.values(), ids=MEANT)
def test_what_plainly_means_one_thing_is_read_for_it(cells: dict[str, str], meant: dict[str, object]) -> None:
    refuted = {"verdict": "查否-数据错误"} if "refutation_reason" in cells and "verdict" not in cells else {}
    reason = {"refutation_reason": "R01"} if meant.get("verdict") == "查否-时间差" else {}
    verdict = the(**{**refuted, **reason, **cells})
    assert {name: getattr(verdict, name) for name in meant} == meant


def test_a_month_and_day_of_two_possible_years_is_asked() -> None:
    asked = row(checked_on="1月15日")
    assert of(asked, clue=replace(KNOWN, first_listed=date(2017, 1, 1))).verdicts == ()
    assert "可能是2017-01-15或2018-01-15" in asked.asked["checked_on"][0]


def test_a_file_without_the_column_of_cases_says_nothing_of_them() -> None:
    cells = {name: cell for name, cell in GOOD.items() if name != "case_id"}
    assert len(of(Row(Filled(VERDICTS, replace(LINE, cells=cells)))).verdicts) == 1


def test_a_visit_beyond_the_list_is_asked_back_unless_the_file_says_that_it_was_made() -> None:
    for never_or_later in (None, date(2018, 3, 6)):
        clue = replace(KNOWN, first_dispatched=never_or_later)
        asked = row()
        assert of(asked, clue=clue).verdicts == ()
        assert set(asked.asked) == {"beyond_list"}
        assert len(of(row(beyond_list="√"), clue=clue).verdicts) == 1
    assert len(of(row(), clue=replace(KNOWN, first_dispatched=date(2018, 3, 5))).verdicts) == 1


REFUTES = {"verdict": "查否-时间差", "refutation_reason": "R02"}


def test_a_verdict_that_turns_an_earlier_one_round_must_say_so() -> None:
    later = {**REFUTES, "checked_on": "2018-03-20"}
    asked = row(**later)
    assert of(asked, earlier=(the(),)).verdicts == ()
    assert "2018-03-20“查否-时间差”与2018-03-05“查是-错保”不一致" in asked.asked["corrects"][0]
    assert len(of(row(**later, corrects="是"), earlier=(the(),)).verdicts) == 1
    assert of(
        row(**{**later, "checked_on": "2018-03-05"}, corrects="是"), earlier=(the(),)
    ).verdicts  # seen wrong on the very day
    assert not of(row(verdict="无法核实", checked_on="2018-03-20"), earlier=(the(),)).verdicts  # it would take the finding back


def test_a_verdict_of_an_earlier_day_corrects_nothing() -> None:
    for corrects in ("", "是"):
        asked = row(**REFUTES, checked_on="2018-03-01", corrects=corrects)
        assert of(asked, earlier=(the(),)).verdicts == ()
        assert "较早日期的结论不能更改较晚的" in asked.asked["verdict"][0]
    assert of(
        row(verdict="无法核实", checked_on="2018-03-01"), earlier=(the(),)
    ).verdicts  # nobody was met then: no contradiction


def test_what_says_the_same_or_more_contradicts_nothing() -> None:
    unverifiable = the(verdict="无法核实", checked_on="2018-03-01")
    for earlier, cells in (
        (the(), {"verdict": "移送", "checked_on": "2018-03-20"}),
        (the(), {"verdict": "查是-违规", "checked_on": "2018-03-20"}),
        (unverifiable, REFUTES),
        (unverifiable, {}),
    ):
        assert len(of(row(**cells), earlier=(earlier,)).verdicts) == 1


def test_a_file_handed_in_again_contradicts_nothing_that_corrected_it() -> None:
    correction = replace(the(), verdict="查否-时间差", refutation_reason="R02", checked_on=date(2018, 3, 20))
    assert len(of(row(), earlier=(the(), correction)).verdicts) == 1


def test_of_two_rows_that_contradict_each_other_both_go_back() -> None:
    for order in (1, -1):
        first, second = row(), row(**REFUTES, checked_on="2018-03-20")
        assert of(*(first, second)[::order]).verdicts == ()
        assert set(first.asked) == {"verdict"}
        assert set(second.asked) == {"corrects"}
    first, second = row(), row(**REFUTES, checked_on="2018-03-20", corrects="是")
    assert len(of(first, second).verdicts) == 2


def test_two_verdicts_of_one_day_on_one_clue_both_go_back_and_the_same_twice_is_taken_in() -> None:
    first, second = row(), row(verdict="移送")
    assert of(first, second).verdicts == ()
    assert "同一天有2行不同的填写" in first.asked["verdict"][0] == second.asked["verdict"][0]
    assert len(of(row(), row()).verdicts) == 2


def test_more_than_the_clues_bound_but_not_than_the_household_drew_is_told_and_taken_in() -> None:
    found = of(row(recovered="1200"))
    assert found.verdicts[0][1].recovered_yuan == Decimal("1200.00")
    assert found.remarks[0].startswith("1 verdicts recover more than the clue's upper bound")


def test_another_reason_without_words_is_told() -> None:
    assert "R99 (其他) without a note" in of(row(verdict="查否-政策允许", refutation_reason="R99")).remarks[0]
    assert of(row(verdict="查否-政策允许", refutation_reason="R99", note="已当面说明")).remarks == ()


def test_the_workbook_offers_the_verdicts_that_count() -> None:
    assert tuple(VERDICT_OUTCOMES) == OFFERED
