"""Text of cells: what is noise, what is empty, and which words name a value of an enumeration."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells.text import half_width, map_distinct, read_enum, trimmed

TRIMMED = {
    "张三": "张三",
    " 张三\t": "张三",
    "\u3000张三\u00a0": "张三",
    "张\u200b三\ufeff": "张三",
    "'420292": "420292",
    "\u202d420292\u202c": "420292",  # as a phone copies it
    "\u2003张三\u2002": "张三",
    "“农村低保”": "农村低保",
    "张 三": "张 三",  # a blank inside is for the reader of names to judge
    "O'Brien": "O'Brien",
    "": None,
    " \u3000 ": None,
    "\u200b": None,
    "'": None,
}

YES_OR_NO = {
    "是": "是",
    "√": "是",
    "☑\ufe0f": "是",
    "1": "是",
    "Y": "是",
    "y": "是",
    "Ｙ": "是",
    " 是 ": "是",
    "否": "否",
    "×": "否",
    "0": "否",
    "N": "否",
    "n": "否",
    "０": "否",
    "是否": None,
    "2": None,
    "": None,
    "不详": None,
}

PROGRAMMES = {
    "城市低保": "城市低保",
    "农村低保": "农村低保",
    " 农村 低保\n": "农村低保",
    "农村\u200b低保": "农村低保",
    "农村五保": None,
    "低保": None,
    "1": None,  # a close form of yes is no programme
    "是": None,
}

CATEGORIES = {"A": "A", "Ａ": "A", "B": "B", "C": "C", "D": None, "AB": None}


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def read_all(cases: dict[str, str | None], *values: str) -> dict[str, str | None]:
    return dict(zip(cases, read_enum(texts(*cases), values), strict=True))


def test_edges_and_invisible_characters_are_noise_but_the_inside_is_not() -> None:
    assert dict(zip(TRIMMED, trimmed(texts(*TRIMMED)), strict=True)) == TRIMMED


def test_an_edge_blank_behind_an_invisible_character_goes_too() -> None:
    assert trimmed(texts("\ufeff 张三", "李四")).to_list() == ["张三", "李四"]


def test_full_width_characters_become_half_width_and_hanzi_stay() -> None:
    assert half_width("４２０２９２Ｘ（低保）　！～") == "420292X(低保) !~"
    assert half_width("、。·") == "、。·"


def test_close_forms_of_yes_and_no() -> None:
    assert read_all(YES_OR_NO, "是", "否") == YES_OR_NO


def test_an_enumeration_reads_its_own_values_only() -> None:
    assert read_all(PROGRAMMES, "城市低保", "农村低保") == PROGRAMMES


def test_full_width_letters_name_a_category() -> None:
    assert read_all(CATEGORIES, "A", "B", "C") == CATEGORIES


def test_a_column_of_empty_cells_reads_as_empty() -> None:
    assert read_enum(texts(None, None), ("是", "否")).to_list() == [None, None]
    assert trimmed(texts()).to_list() == []


def test_each_distinct_cell_is_read_once_and_lands_in_every_place() -> None:
    calls: list[str] = []

    def length(cell: str) -> int:
        calls.append(cell)
        return len(cell)

    assert map_distinct(texts("a", None, "bb", "a", "bb"), length, pl.Int32).to_list() == [1, None, 2, 1, 2]
    assert calls == ["a", "bb"]


@pytest.mark.parametrize("form", ["是", "否", "√", "×", "1", "0"])
@settings(max_examples=20, deadline=None)
@given(blank=st.text(" \t\u3000\u00a0\u200b", max_size=4))
def test_blanks_around_a_close_form_change_nothing(form: str, blank: str) -> None:
    plain, blanked = read_enum(texts(form, blank + form + blank), ("是", "否"))
    assert plain == blanked == {"√": "是", "1": "是", "×": "否", "0": "否"}.get(form, form)
