"""Masking: a cell can be found again by who delivered it, and shows nobody's number or name, shifted rows included."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS, Field, Kind
from jobs.cells.masking import mask_cell, mask_code, mask_field, mask_name, mask_number
from tests.hand_made import person_name, person_number

NUMBER = person_number(7)
ROSTER, PAYMENTS = DATA_SETS["dibao_roster"], DATA_SETS["payments"]


def test_a_published_number_shows_division_and_last_four() -> None:
    assert mask_number("420292195001011023") == "420292********1023"
    assert mask_number("42029219500101") == "********"
    assert (mask_number(None), mask_number("")) == ("", "")


def test_a_published_name_shows_its_first_character() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳娜娜", None, "")] == ["张*", "欧*", "", ""]


CELLS: list[tuple[Kind, str | None, str]] = [
    (Kind.PERSON_NUMBER, "420292195001011023", "420292************"),
    (Kind.PERSON_NUMBER, " 42029219500101102X", "420292************"),
    (Kind.PERSON_NUMBER, "4.20292E+17", "4.2029*****"),
    (Kind.DISABILITY_NUMBER, "42029219500101102344", "420292**************"),
    (Kind.ACCOUNT, "6217000000000001", "621700**********"),
    (Kind.NAME, "张三", "张*"),
    # cells of a shifted row
    (Kind.MONTH, "420292195001011023", "420292************"),
    (Kind.DATE, "42029219500101102X", "420292************"),
    (Kind.YUAN, "6217000000000001", "621700**********"),
    (Kind.INTEGER, "13900000000", "139000*****"),
    (Kind.ENUM, "420292195001011023", "420292************"),
    (Kind.TEXT, "号码420292195001011023。", "号码420292************。"),
    (Kind.DATE, "４２０２９２１９５００１０１１０２３", "４２０２９２************"),
    (Kind.MONTH, "欧阳娜娜", "****"),
    (Kind.YUAN, "钱建国", "***"),
    # what a department typed where a day or an amount belongs
    (Kind.DATE, "2017年13月45日", "2017年13月45日"),
    (Kind.MONTH, "二〇一七年上半年", "二〇一七年上半年"),
    (Kind.DATE, "2017-02-30 00:00:00", "2017-02-30 00:00:00"),
    (Kind.YUAN, "三百二十元整", "三*二十元整"),
    (Kind.YUAN, "320..00", "320..00"),
    (Kind.CODE, "42029", "42029"),
    (Kind.TEXT, None, "（空）"),
    (Kind.MONTH, "", "（空）"),
]


@pytest.mark.parametrize(("kind", "cell", "shown"), CELLS)
def test_a_cell_is_shown_as_far_as_it_names_nobody(kind: Kind, cell: str | None, shown: str) -> None:
    assert mask_cell(kind, cell) == shown


def test_a_code_is_shown_and_a_name_in_its_place_is_not() -> None:
    codes = ["NB00690002", "鄂B00001", "黄石低保字第0012号", "张文", "张文NB0001", "买买提·艾力", None, ""]
    assert [mask_code(code) for code in codes] == [
        "NB00690002",
        "鄂B00001",
        "黄石低保字第0012号",
        "**",
        "**NB0001",
        "***·**",
        "",
        "",
    ]


def test_a_long_cell_is_cut() -> None:
    assert len(mask_cell(Kind.TEXT, "村" * 500)) <= 40


RETURNED: list[tuple[Field, str | None, str]] = [
    (PAYMENTS["program"], "张三丰", "***"),  # a name where the programme should stand
    (PAYMENTS["program"], "农村低保户", "农村低保*"),
    (PAYMENTS["program"], "低保", "低保"),
    (ROSTER["id_number"], "欧阳娜娜", "****"),  # a name where the number should stand
    (ROSTER["id_number"], f"张三{NUMBER}", "**4202" + "*" * 14),
    (ROSTER["id_number"], "42029219500101102", "420292***********"),
    (PAYMENTS["amount"], "6217 0000 0000 0001", "6217 **** **** ****"),  # a bank card, as people write it
    (PAYMENTS["for_month"], "420292-19500101-102X", "4202**-********-****"),
    (PAYMENTS["for_month"], "2017-02-30", "2017-02-30"),
    (PAYMENTS["for_month"], " \u3000", "（空）"),
    (PAYMENTS["program"], None, "（空）"),
    (PAYMENTS["household_no"], "李秀细", "***"),  # a name where a code should stand
    (PAYMENTS["household_no"], "张 文 NB0001", "* * NB0001"),
    (PAYMENTS["household_no"], "鄂低保证字第0012号", "鄂低保证字第0012号"),
    (PAYMENTS["batch_no"], "余水花", "***"),
    (PAYMENTS["county_code"], "马\U00020bb7", "**"),
    (PAYMENTS["bank_account"], "马一", "**"),
]


@pytest.mark.parametrize(("field", "cell", "shown"), RETURNED)
def test_a_returned_cell_shows_no_word_that_its_field_does_not_know(field: Field, cell: str | None, shown: str) -> None:
    assert mask_field(field, cell) == shown


JUDGED = [field for data_set in DATA_SETS.values() for field in data_set.fields if field.essential or field.kind in PERSON_KINDS]
BLANK_OR_HYPHEN = st.sampled_from(["", " ", "-"])


@given(st.sampled_from(JUDGED), st.integers(0, 999), BLANK_OR_HYPHEN, st.booleans())
def test_no_persons_number_stands_in_a_returned_cell(field: Field, i: int, between: str, is_first: bool) -> None:
    number = person_number(i)
    written = between.join((number[:6], number[6:14], number[14:]))
    shown = mask_field(field, f"{written} {person_name(i)}" if is_first else f"姓名 {written}")
    assert number[6:14] not in shown
    assert number not in re.sub("[ -]", "", shown)


SHIFTED = [field for field in [*JUDGED, *PAYMENTS.fields] if field.kind is not Kind.TEXT or field.name.endswith("_no")]


@given(st.sampled_from(SHIFTED), st.sampled_from(["张三", "欧阳娜娜", "李建国", "买买提·艾力"]))
def test_no_persons_name_stands_where_none_belongs(field: Field, name: str) -> None:
    """Other texts are unreadable only when they are empty: they never reach a slip."""
    assert name not in mask_field(field, name)
