"""The account: everything that was sent is settled, to mend or open, every filled row has a fate, and what is odd is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl

from expectations.contracts.ids import visit_id
from expectations.contracts.lake.planning import ROUTINE_VISIT
from jobs.publish.needs_list import LEFT_OUT_SHEET, NEED_SHEET
from jobs.runtime.console import Console
from jobs.sheets.books import SEPARATE
from jobs.sheets.clue_workbook import CASE_SHEET, CLUE_SHEET, DATA_SHEET
from jobs.take_in.account import Account, account_of, answered_on, print_accounts, write_accounts
from jobs.take_in.forms import _SHOWN, DATA, FORMS, NEEDS, VERDICTS
from jobs.take_in.sent import Lists, Plan, sent_for
from tests.take_in.sent import (
    AS_OF,
    CASE_OF,
    CLUES,
    DATA_CLUES,
    ELSEWHERE,
    KNOWN,
    LISTED,
    NORTH,
    SOUTH,
    Sheet,
    Taken,
    filled,
    take,
)
from tests.take_in.test_careless import copied

HOME, AWAY = (NORTH, "青石镇"), (SOUTH, "青石镇")
LISTS = Lists(
    pl.DataFrame(
        [(LISTED, clue, case, "U01" if clue in DATA_CLUES else "V01", True) for clue, case in CASE_OF.items()],
        ("as_of", "clue_id", "case_id", "rule_code", "is_dispatched"), orient="row",
    ),
    places={case: AWAY if case == CASE_OF[ELSEWHERE] else HOME for case in CASE_OF.values()},
)  # fmt: skip


def account(taken: Taken, lists: Lists = LISTS) -> Account:
    (file,) = taken.files
    sent = sent_for(VERDICTS, file.ids[VERDICTS.title], KNOWN.where, lists)
    return account_of(file, VERDICTS, taken.fates, sent, KNOWN.where, answered_on(taken.recorded, VERDICTS), ())


def reconciles(one: Account) -> bool:
    return one.sent == one.settled + one.to_mend + one.open and one.filled == one.new + one.known + one.came_back


def back(tmp_path: Path) -> Taken:
    """Of six clues one row is deleted, two are good, one is to be mended, one is copied and one pasted from another county."""
    book = filled(tmp_path / "sent.xlsx")
    sheet = Sheet(book["线索"])
    sheet.put(CLUES[2], 核查结论="属实")
    copied()(book, sheet)
    copied(clue=ELSEWHERE, case=CASE_OF[ELSEWHERE])(book, sheet)
    book["线索"].delete_rows(sheet.at[CLUES[5]])
    book.save(tmp_path / "back.xlsx")
    return take([tmp_path / "back.xlsx"], tmp_path)


def test_everything_that_was_sent_is_settled_to_mend_or_open_and_what_is_odd_is_named(tmp_path: Path) -> None:
    one = account(back(tmp_path))
    assert reconciles(one)
    assert (one.told, one.sent, one.settled, one.to_mend, one.open) == (f"list {LISTED}", 6, 2, 1, 3)
    assert (one.filled, one.new, one.known, one.came_back) == (5, 3, 1, 1)
    assert (one.absent, one.doubled, one.elsewhere) == ((CLUES[5],), (CLUES[0],), (ELSEWHERE,))


def test_a_file_of_a_plan_is_held_against_the_plan(tmp_path: Path) -> None:
    cases = frozenset(CASE_OF[clue] for clue in CLUES[:4])
    bare = "H" + "e" * 16
    plan = Plan(date(2018, 1, 10), LISTED, cases | {bare})
    lists = replace(LISTS, plans=(plan,), places={**LISTS.places, bare: HOME})
    sent = sent_for(VERDICTS, CLUES[:2], KNOWN.where, lists)
    assert sent.told == "plan 2018-01-10"
    assert sent.ids == {*CLUES[:4], visit_id(ROUTINE_VISIT, bare)}
    assert sent_for(VERDICTS, CLUES, KNOWN.where, lists).told == f"list {LISTED}", "the plan never asked for all of these"


def test_questions_about_data_and_needs_are_held_against_theirs() -> None:
    assert sent_for(DATA, DATA_CLUES[:1], KNOWN.where, LISTS).ids == {*DATA_CLUES}
    needs: Mapping[str, tuple[str, str]] = {"N1": HOME, "N2": AWAY}
    where = {"N1": KNOWN.where[CLUES[0]]}
    assert sent_for(NEEDS, ["N1"], where, replace(LISTS, needs=needs)).ids == {"N1"}


def test_what_passes_by_the_office_that_approved_was_sent_in_a_book_of_its_own_and_no_township_lacks_it() -> None:
    apart = CASE_OF[CLUES[0]]
    of_case = {one: replace(place, is_separate=place.case_id == apart) for one, place in KNOWN.where.items()}
    lists = replace(LISTS, places={**LISTS.places, apart: (SEPARATE, "")})
    own = {clue for clue in CLUES if CASE_OF[clue] == apart}
    assert sent_for(VERDICTS, CLUES[4:], of_case, lists).ids == {*CLUES} - own
    assert sent_for(VERDICTS, sorted(own), of_case, lists).ids == own
    assert sent_for(VERDICTS, [*CLUES[2:], CLUES[0]], of_case, lists).elsewhere == {CLUES[0]}


def test_a_slip_lacks_no_row_that_came_back_before(tmp_path: Path) -> None:
    taken = back(tmp_path)
    (file,) = taken.files
    mended = replace(file, ids={VERDICTS.title: frozenset({CLUES[2]})})
    sent = sent_for(VERDICTS, [CLUES[2]], KNOWN.where, LISTS)
    one = account_of(mended, VERDICTS, [], sent, KNOWN.where, answered_on(taken.recorded, VERDICTS), ())
    assert not {*one.absent} & {*answered_on(taken.recorded, VERDICTS)}
    assert len(one.absent) == one.open - 1, "all but the row of the slip itself"


def test_the_account_is_printed_and_written_with_every_odd_row(tmp_path: Path) -> None:
    taken = back(tmp_path)
    one = account(taken)
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as stream:
        console = Console(file=stream, width=300)
        print_accounts(console, [one], taken.files, taken.fates)
    said = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert (
        f"list {LISTED}: 6 sent = 2 settled + 1 to mend + 3 open; 5 rows filled = 3 new + 1 known + 1 came back; 1 absent; 1 doubled"
        in said
    )
    assert "back.xlsx, sheet 线索, row 5: asks for 核查结论" in said
    write_accounts(tmp_path / "回收情况.xlsx", [one], taken.files, AS_OF)
    book = openpyxl.load_workbook(tmp_path / "回收情况.xlsx")
    (row,) = list(book["汇总"].iter_rows(min_row=2, values_only=True))
    assert row == ("back.xlsx", "核查结论", f"线索清单 {LISTED}", 6, 2, 1, 3, 5, 3, 1, 1, 0, 1, 1, 0, 1, 0)
    assert {row[1:] for row in book["明细"].iter_rows(min_row=2, values_only=True)} == {
        ("缺少的行", CLUES[5]), ("重复的行", CLUES[0]), ("外地的行", ELSEWHERE),
    }  # fmt: skip


def test_every_column_of_our_sheets_is_one_to_fill_in_or_one_to_read() -> None:
    known = {header for form in FORMS for headers in form.headers.values() for header in headers} | _SHOWN
    for sheet in (CLUE_SHEET, DATA_SHEET, NEED_SHEET, LEFT_OUT_SHEET):
        for column in sheet:
            assert column.heading.partition("（")[0] in known, column.heading
    assert not any(form.is_named_by({column.heading: 0 for column in CASE_SHEET}) for form in FORMS)
