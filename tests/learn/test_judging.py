"""Verdicts in: what is refused, in which words, and what is taken in although it is odd."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from expectations.contracts.returned import VERDICT_OUTCOMES
from jobs.learn.reading import lines_of
from jobs.learn.verdicts_read import ClueVerdict, KnownClue, UsableVerdicts, usable_verdicts
from jobs.returns.tables import Line
from jobs.runtime.errors import BadVerdicts
from jobs.sheets.choices import VERDICTS
from jobs.sheets.clue_workbook import CLUE_SHEET

AS_OF = date(2018, 3, 31)
OLD_ID = "0123456789abcdef"
"""As lists of earlier versions named it."""
ID = f"C{OLD_ID}"
LISTED = date(2017, 12, 31)
KNOWN = KnownClue("case-1", LISTED, LISTED, Decimal("1000.00"), Decimal("1500.00"))
CLUES = {ID: KNOWN}
GOOD = {
    "clue_id": ID, "case_id": "case-1", "verdict": "查是-错保", "refutation_reason": "", "checked_on": "2018-03-05", "checkers": "张某、李某",
    "recovered": "800", "stop_month": "2018-04", "note": "",
}  # fmt: skip
LINE = Line("feedback.csv", "0" * 64, "", 7, GOOD)


def of(**cells: str) -> UsableVerdicts:
    return usable_verdicts([replace(LINE, cells={**GOOD, **cells})], CLUES, AS_OF)


def after(*earlier: ClueVerdict, **cells: str) -> UsableVerdicts:
    """The row, where these verdicts on its clue were taken in before."""
    return usable_verdicts([replace(LINE, cells={**GOOD, **cells})], {ID: replace(KNOWN, verdicts=earlier)}, AS_OF)


def test_a_good_row_is_read_as_it_stands() -> None:
    (verdict,) = of().verdicts
    assert (verdict.clue_id, verdict.verdict, verdict.outcome) == (ID, "查是-错保", "confirmed")
    assert (verdict.checked_on, verdict.checkers) == (date(2018, 3, 5), "张某、李某")
    assert (verdict.recovered_yuan, verdict.stop_month, verdict.note) == (Decimal("800.00"), date(2018, 4, 1), None)
    assert of().remarks == ()


REFUSED = {
    "unknown clue": ({"clue_id": f"C{'f' * 16}"}, f"no list has held a clue C{'f' * 16}. Expected a 线索编号 as listed"),
    "edited id": ({"clue_id": ID[:-1]}, "which is no id of a clue: it was edited, a spreadsheet made a number of it, or the row is shifted"),
    "id of another case": ({"case_id": "case-2"}, "does not belong to the case case-2 of its row: one of the two was edited"),
    "unknown verdict": ({"verdict": "查实"}, "核查结论 is 查实. Expected one of 查是-违规"),
    "no verdict": ({"verdict": ""}, "核查结论 is （空）. Expected one of"),
    "unknown reason": ({"verdict": "查否-时间差", "refutation_reason": "R77"}, "查否原因代码 is R77. Expected R01 to R25 or R99"),
    "refuted without reason": ({"verdict": "查否-时间差"}, "查否-时间差 without 查否原因代码. Expected R01 to R25"),
    "confirmed with reason": ({"refutation_reason": "R01"}, "查是-错保 with 查否原因代码 R01. Expected none"),
    "case emptied": ({"case_id": ""}, "案件编号 is empty. Expected case-1, as listed beside the clue: the row may be shifted"),
    "one checker": ({"checkers": "张某"}, "核查人员 names 1 different people. Expected at least 2 different inspectors"),
    "one checker twice": ({"checkers": "张某、张　某同志"}, "核查人员 names 1 different people."),
    "digits for checkers": ({"checkers": "1、2"}, "核查人员 names 1*, which is no full name."),
    "no word of a statement": ({"corrects": "也许"}, "更正前次结论 is **. Expected 是, 否 or nothing"),
    "no day": ({"checked_on": "三月"}, "核查日期 is 三月. Expected a day such as 2018-03-05"),
    "before the list": ({"checked_on": "2017-12-30"}, "核查日期 2017-12-30 is before the clue was first listed, 2017-12-31"),
    "in the future": ({"checked_on": "2018-04-01"}, "核查日期 2018-04-01 lies in the future of --as-of 2018-03-31"),
    "too much": ({"recovered": "1500.01"}, "追回金额 1500.01 is above the upper bound: 1000.00 of the clue, 1500.00 paid to the household"),
    "no amount": ({"recovered": "若干"}, "追回金额 is **. Expected yuan such as 1200.00"),
    "negative amount": ({"recovered": "-5"}, "追回金额 is -5. Expected yuan"),
    "no month": ({"stop_month": "soon"}, "停发月份 is soon. Expected a month such as 2018-01"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "said"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_used_is_refused_with_its_place_and_the_way_out(cells: dict[str, str], said: str) -> None:
    with pytest.raises(BadVerdicts) as refused:
        of(**cells)
    assert str(refused.value).startswith("feedback.csv, row 7: ")
    assert said in str(refused.value)
    assert str(refused.value).endswith("Nothing was taken in.")


def test_a_good_twin_beside_each_refusal_is_taken_in() -> None:
    for cells in (
        {"corrects": "是", "beyond_list": "否"}, {"verdict": "查否-时间差", "refutation_reason": "R02"}, {"verdict": "无法核实"}, {"verdict": "移送"},
        {"checkers": "张某 李某"}, {"checkers": "张某,李某"}, {"checked_on": "2017-12-31"}, {"checked_on": "2018年3月31日"},
        {"recovered": "1000"}, {"recovered": ""}, {"stop_month": ""},
    ):  # fmt: skip
        assert len(of(**cells).verdicts) == 1, cells


def test_every_bad_row_is_named_and_none_is_taken_in() -> None:
    lines = [
        LINE,
        replace(LINE, row=8, cells={**GOOD, "verdict": "?"}),
        replace(LINE, sheet="线索", row=9, cells={**GOOD, "checkers": ""}),
    ]
    with pytest.raises(BadVerdicts) as refused:
        usable_verdicts(lines, CLUES, AS_OF)
    assert "feedback.csv, row 8: 核查结论" in str(refused.value)
    assert "feedback.csv, sheet 线索, row 9: 核查人员 names 0 different people" in str(refused.value)


def test_a_file_without_the_column_of_cases_says_nothing_of_them() -> None:
    cells = {name: cell for name, cell in GOOD.items() if name != "case_id"}
    assert usable_verdicts([replace(LINE, cells=cells)], CLUES, AS_OF).verdicts == of().verdicts


def test_a_visit_beyond_the_list_is_asked_back_unless_the_file_says_that_it_was_made() -> None:
    for never_or_later in (None, date(2018, 3, 6)):
        clues = {ID: replace(KNOWN, first_dispatched=never_or_later)}
        with pytest.raises(BadVerdicts, match=r"was on no list of clues to be visited up to 2018-03-05\..*未交办已核查"):
            usable_verdicts([LINE], clues, AS_OF)
        said = replace(LINE, cells={**GOOD, "beyond_list": "√"})
        assert usable_verdicts([said], clues, AS_OF).verdicts == of().verdicts
    assert usable_verdicts([LINE], {ID: replace(KNOWN, first_dispatched=date(2018, 3, 5))}, AS_OF).verdicts == of().verdicts


(CONFIRMED,) = of().verdicts
REFUTES = {"verdict": "查否-时间差", "refutation_reason": "R02"}


def test_a_verdict_that_turns_an_earlier_one_round_must_say_so() -> None:
    later = {**REFUTES, "checked_on": "2018-03-20"}
    said = r"查否-时间差 of 2018-03-20 contradicts 查是-错保 of 2018-03-05 on the same clue\..*更正前次结论"
    with pytest.raises(BadVerdicts, match=said):
        after(CONFIRMED, **later)
    assert after(CONFIRMED, **later, corrects="是").verdicts[0].outcome == "refuted"
    assert after(CONFIRMED, **{**later, "checked_on": "2018-03-05"}, corrects="是").verdicts  # seen wrong on the very day
    with pytest.raises(BadVerdicts, match="更正前次结论"):
        after(CONFIRMED, verdict="无法核实", checked_on="2018-03-20")  # it would take the finding back


def test_a_verdict_of_an_earlier_day_corrects_nothing() -> None:
    for corrects in ("", "是"):
        with pytest.raises(BadVerdicts, match="Expected no other verdict of an earlier day"):
            after(CONFIRMED, **REFUTES, checked_on="2018-03-01", corrects=corrects)
    assert after(CONFIRMED, verdict="无法核实", checked_on="2018-03-01").verdicts  # nobody was met then: no contradiction


def test_what_says_the_same_or_more_contradicts_nothing() -> None:
    (unverifiable,) = of(verdict="无法核实", checked_on="2018-03-01").verdicts
    for earlier, cells in (
        (CONFIRMED, {"verdict": "移送", "checked_on": "2018-03-20"}),
        (CONFIRMED, {"verdict": "查是-违规", "checked_on": "2018-03-20"}),
        (unverifiable, REFUTES),
        (unverifiable, {}),
    ):
        assert len(after(earlier, **cells).verdicts) == 1


def test_a_file_handed_in_again_contradicts_nothing_that_corrected_it() -> None:
    (correction,) = after(CONFIRMED, **REFUTES, checked_on="2018-03-20", corrects="是").verdicts
    assert after(CONFIRMED, correction).verdicts == (CONFIRMED,)


def test_two_verdicts_of_one_file_that_contradict_each_other_are_asked_back() -> None:
    other = replace(LINE, row=8, cells={**GOOD, **REFUTES, "checked_on": "2018-03-20"})
    for lines in ([LINE, other], [other, LINE]):
        with pytest.raises(BadVerdicts, match=r"row 8: 查否-时间差 of 2018-03-20 contradicts"):
            usable_verdicts(lines, CLUES, AS_OF)


def test_two_verdicts_of_one_day_on_one_clue_are_refused_and_the_same_twice_is_one() -> None:
    with pytest.raises(
        BadVerdicts, match=r"row 8: another verdict on the clue C0123456789abcdef of the same day stands in feedback.csv, row 7"
    ):
        usable_verdicts([LINE, replace(LINE, row=8, cells={**GOOD, "verdict": "移送"})], CLUES, AS_OF)
    assert len(usable_verdicts([LINE, replace(LINE, row=8)], CLUES, AS_OF).verdicts) == 1


def test_more_than_the_clues_bound_but_not_than_the_household_drew_is_told_and_taken_in() -> None:
    found = of(recovered="1200")
    assert found.verdicts[0].recovered_yuan == Decimal("1200.00")
    assert found.remarks[0].startswith("1 verdicts recover more than the clue's upper bound")


def test_another_reason_without_words_is_told() -> None:
    assert "R99 (其他) without a note" in of(verdict="查否-政策允许", refutation_reason="R99").remarks[0]
    assert of(verdict="查否-政策允许", refutation_reason="R99", note="已当面说明").remarks == ()


def test_no_error_shows_a_number_or_a_name() -> None:
    shifted = {
        "clue_id": "429991195001010012",
        "verdict": "欧阳某某",
        "checked_on": "王小某",
        "recovered": "429991195001010012",
        "stop_month": "李某某",
    }
    with pytest.raises(BadVerdicts) as refused:
        of(**shifted)
    for secret in ("429991195001010012", "欧阳", "王小某", "李某某", "张某"):
        assert secret not in str(refused.value)


def test_the_workbook_offers_the_verdicts_that_count() -> None:
    assert tuple(VERDICT_OUTCOMES) == VERDICTS


# --- files -------------------------------------------------------------------------------------------------------------


def test_english_and_chinese_headers_both_encodings_and_old_ids_are_one(tmp_path: Path) -> None:
    english = tmp_path / "feedback.csv"
    english.write_text(
        "\ufeffclue_id,verdict,refutation_reason,checked_on,checkers,recovered,stop_month,note\n"
        f"{OLD_ID},查否-时间差,R02,2018-03-05,张某、李某,0,,\n",
        encoding="utf-8",
    )
    chinese = tmp_path / "反馈.csv"
    chinese.write_text(
        "线索编号,核查结论,查否原因代码,核查日期,核查人员（两人）,追回金额（元）,停发月份,备注\n"
        f"{ID},查否-时间差,R02,2018-03-05,张某、李某,0,,\n",
        encoding="gb18030",
    )
    (first,), (second,) = lines_of(english), lines_of(chinese)
    assert first.cells == second.cells
    assert (first.place, second.row) == ("feedback.csv, row 2", 2)


def test_a_returned_workbook_gives_the_rows_that_were_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "线索清单_甲县.xlsx"
    headings = [column.heading for column in CLUE_SHEET]
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("案件").write_string(0, 0, "序号")
        sheet = book.add_worksheet("线索")
        sheet.write_row(0, 0, headings)
        for row, verdict in ((1, "查是-错保"), (2, "")):
            cells = {"线索编号": ID, "案件编号": "case-1"}
            if verdict:
                cells |= {
                    "核查结论": verdict,
                    "核查日期": "2018-03-05",
                    "核查人员（两人）": "张某、李某",
                    "追回金额（元）": "800",
                    "停发月份": "2018-04",
                }
            for heading, text in cells.items():
                sheet.write_string(row, headings.index(heading), text)
    (line,) = lines_of(path)
    assert line.place == "线索清单_甲县.xlsx, sheet 线索, row 2"
    assert usable_verdicts([line], CLUES, AS_OF).verdicts == of().verdicts
