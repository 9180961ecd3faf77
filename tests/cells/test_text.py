"""Text of cells: what is noise, what is empty, and which words name a value of an enumeration."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells.text import cleaned, half_width, map_distinct, read_code, read_division, read_enum, read_text, trimmed, whole

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
    "\x1f420292": "420292",
    "420\x07292\x9f": "420292",
    "42\u00ad0292": "420292",
    "\u3164张三\ue5e5": "张三",  # the filler of Hangul; A3A0 of GBK
    "张\ue5e5三": "张 三",
    "张\u2009三\uf020": "张 三",
    "张\ufe01三\U000e0101": "张三",
    "\u2067张\ufeff三\u061c": "张三",
    "⾼⻢⽂⻩": "高马文黄",
    "\uf900": "豈",
    "𠮷": "𠮷",
    "\ue863": "\ue863",  # a character for private use that may be one of a name
    "": None,
    "\x00\ue5e5": None,
    " \u3000 ": None,
    "\u200b": None,
    "'": None,
}

PROTECTED = {
    '="D0001"': "D0001",
    '= "D0001" ': "D0001",
    '=("D0001")': "D0001",
    '=(("D0001"))': "D0001",
    '="D0001"&""': "D0001",
    '=""&"D0001"': "D0001",
    '="D00"&"01"': "D0001",
    '=T("D0001")': "D0001",
    '=""D0001""': "D0001",
    "=“D0001”": "D0001",
    "='D0001'": "D0001",
    '＝"D0001"': "D0001",
    '\'="D0001"': "D0001",
    '"D0001"': "D0001",
    "''D0001": "D0001",
    "`D0001": "D0001",
    '=" D0001\x1f"': "D0001",
    '="户(二)"': "户(二)",
    '=("户(二)")': "户(二)",
    '="O\'Brien"': "O'Brien",
    "=420292": "420292",
    "=(-640.00)": "-640.00",
    '=""': None,
    "=": None,
    "=HYPERLINK(1)": "=HYPERLINK(1)",  # twin: a formula is no protected text
    "=A1": "=A1",
    "=SUM(A1:A9)": "=SUM(A1:A9)",
    "A=1": "A=1",
}

SPELLINGS = {
    "D 0001": "D0001",
    "Ｄ０００１": "D0001",
    "D－0001": "D-0001",
    "大冶 市　第 12 号": "大冶市第12号",
    "村（社区）": "村(社区)",
    "自住；出租": "自住；出租",
    "Toyota  Camry": "Toyota Camry",
    "GL 8": "GL8",
    "无": "无",
    " ": None,
}

CODES = {
    "6217 0000-0000 0001": "6217000000000001",
    "６２１７": "6217",
    "91420200ma4x": "91420200MA4X",
    '="420292"': "420292",
    "无": "无",
    "-": "-",
    "": None,
}

WHOLE = {
    "201701.0": "201701",
    "10020.00": "10020",
    "-3.0": "-3",
    "1.0E+02": "100",
    "1e+05": "100000",
    "2.0170120E7": "20170120",
    "4.20281E+17": "4.20281E+17",  # digits are missing
    "2.01701E+07": "2.01701E+07",
    "3.10": "3.10",
    "1.2.0": "1.2.0",
    "D1.0": "D1.0",
    "": "",
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
    "True": "是",
    "false": "否",
    "1.0": "是",
    '="0"': "否",
    "\x1f是\ue5e5": "是",
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

CATEGORIES = {"A": "A", "Ａ": "A", "a": "A", "B": "B", "C": "C", "D": None, "AB": None}


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def read_all(cases: dict[str, str | None], *values: str) -> dict[str, str | None]:
    return dict(zip(cases, read_enum(texts(*cases), values), strict=True))


def test_edges_and_invisible_characters_are_noise_but_the_inside_is_not() -> None:
    assert dict(zip(TRIMMED, trimmed(texts(*TRIMMED)), strict=True)) == TRIMMED


def test_an_edge_blank_behind_an_invisible_character_goes_too() -> None:
    assert trimmed(texts("\ufeff 张三", "李四")).to_list() == ["张三", "李四"]


def test_habits_that_protect_a_text_from_a_spreadsheet_are_noise() -> None:
    assert dict(zip(PROTECTED, trimmed(texts(*PROTECTED)), strict=True)) == PROTECTED


def test_a_column_of_plain_signs_reads_as_its_cells_do_beside_others() -> None:
    cells = [*TRIMMED, *PROTECTED, "420292&nbsp;", "A&B", *(f"{chr(sign)}42{chr(sign)}" for sign in range(0x80))]
    beside = trimmed(texts(*cells, "张三")).to_list()[:-1]
    assert [trimmed(texts(cell))[0] for cell in cells] == beside


def test_a_text_has_one_spelling() -> None:
    assert dict(zip(SPELLINGS, read_text(texts(*SPELLINGS)), strict=True)) == SPELLINGS


def test_a_code_has_one_spelling() -> None:
    assert dict(zip(CODES, read_code(texts(*CODES)), strict=True)) == CODES


def test_a_whole_number_has_no_point() -> None:
    assert {cell: whole(cell) for cell in WHOLE} == WHOLE


@settings(max_examples=200, deadline=None)
@given(st.text("=\"'“”()&T1A \ue5e5\x1f\u200b.", max_size=12))
def test_cleaning_ends_and_what_is_clean_stays(cell: str) -> None:
    assert cleaned(cleaned(cell)) == cleaned(cell)


def test_full_width_characters_become_half_width_and_hanzi_stay() -> None:
    assert half_width("４２０２９２Ｘ（低保）　！～") == "420292X(低保) !~"
    assert half_width("、。·") == "、。·"


def test_close_forms_of_yes_and_no() -> None:
    assert read_all(YES_OR_NO, "是", "否") == YES_OR_NO


def test_an_enumeration_reads_its_own_values_only() -> None:
    assert read_all(PROGRAMMES, "城市低保", "农村低保") == PROGRAMMES


def test_full_width_letters_name_a_category() -> None:
    assert read_all(CATEGORIES, "A", "B", "C") == CATEGORIES


def test_a_value_of_a_list_may_have_a_code_or_a_box_beside_it() -> None:
    forms = [
        "01-农村低保",
        "1|农村低保",
        "01农村低保",
        "农村低保(01)",
        "☑农村低保",
        "农村低保。",
        "【农村低保】",
        "A类",
        "2-A",
        "A档",
        "农村低保(已停)",
        "非农村低保",
    ]
    read = read_enum(pl.Series(forms), ("农村低保", "A")).to_list()
    assert read == [*["农村低保"] * 7, *["A"] * 3, None, None]


def test_words_and_letters_for_a_sex() -> None:
    forms = ["男性", "M", "1", "male", "1-男", "女性", "f", "2", "女", "不详"]
    assert read_enum(pl.Series(forms), ("男", "女")).to_list() == [*["男"] * 5, *["女"] * 4, None]


def test_an_account_is_read_beside_its_name_or_its_bank_s() -> None:
    forms = [
        "账号：6217000000000001",
        "农商行6217000000000001",
        "6217000000000001（农商行）",
        "6217000000000001#",
        "无账号",
        "中行",
    ]
    assert read_code(texts(*forms)).to_list() == [*["6217000000000001"] * 4, "无账号", "中行"]
    assert read_code(texts("+8613900000000", "+86 139-0000-0000", "+8617")).to_list() == [*["13900000000"] * 2, "+8617"]


def test_a_county_is_read_from_the_longer_codes_of_its_places_and_beside_its_name() -> None:
    forms = [
        "420292",
        "420292000000",
        "420292001",
        "420292001203",
        "420292大冶市",
        "大冶市(420292)",
        "大冶市",
        "42029",
        "4202920",
    ]
    assert read_division(texts(*forms)).to_list() == [*["420292"] * 6, "大冶市", "42029", "4202920"]


def test_the_blank_of_a_web_page_is_a_blank() -> None:
    assert [cleaned(cell) for cell in ("张三&nbsp;", "&#160;张三", "A&B", "甲&amp;乙")] == ["张三", "张三", "A&B", "甲&乙"]


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
