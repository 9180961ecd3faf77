"""No number of a person leaves in any text, however it is written; ordinary sentences, codes and figures leave as they are."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.cells.masking import mask_numbers, masked_texts, masked_within
from simulation.firm_codes import credit_code
from tests.hand_made import person_number

NUMBERS = st.builds(
    lambda division, day, serial, check: f"{division}{day:%Y%m%d}{serial:03}{check}",
    st.sampled_from(["420292", "429991", "659991", "810000", "910000"]),
    st.dates(date(1900, 1, 1), date(2017, 12, 31)),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),  # a mistyped number is still somebody's
)
OLD_NUMBERS = NUMBERS.filter(lambda number: number[6:8] == "19").map(lambda number: number[:6] + number[8:17])
BETWEEN = st.sampled_from(["", "", "", " ", "-", "　", "\u200b", "\u00a0", "–", "  ", " - "])
FULL_WIDTH = {**{str(i): chr(0xFF10 + i) for i in range(10)}, "X": "Ｘ"}
WORDS = st.text(st.characters(categories=["Lo", "Ll", "Po"], exclude_characters="'’·"), max_size=8)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A number, and it as somebody may have written it."""
    number = draw(st.one_of(NUMBERS, OLD_NUMBERS))
    text = draw(st.sampled_from([number, number.lower(), number.replace("X", "×"), "".join(FULL_WIDTH[c] for c in number)]))
    if draw(st.booleans()):
        between = draw(st.lists(BETWEEN, min_size=len(text), max_size=len(text)))
        text = "".join(part for pair in zip(text, between, strict=True) for part in pair).rstrip(" -–　\u00a0\u200b")
    return number, text


def digits_of(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else "*" if c == "*" else "" for c in text)


@given(WORDS, written(), WORDS, st.sampled_from(["", "2017-01-05 ", "低保证号4202030070255001，", "3,120.00元 "]))
def test_no_planted_number_survives(before: str, planted: tuple[str, str], after: str, ordinary: str) -> None:
    number, text = planted
    shown = mask_numbers(f"{ordinary}{before}{text}{after}")
    left = digits_of(shown)
    assert number[6:14] not in left
    assert number[:8] not in left
    assert len(shown) == len(f"{ordinary}{before}{text}{after}")
    assert shown.startswith(ordinary)


@given(st.lists(NUMBERS, min_size=2, max_size=4), st.sampled_from([" ", "、", "/", "\n", "", "，和"]))
def test_of_several_numbers_none_survives(numbers: list[str], between: str) -> None:
    left = digits_of(mask_numbers(between.join(numbers)))
    assert [number for number in numbers if number[6:14] in left] == []


SHOWN = {
    "420292195001011023": "420292************",
    "42029219500101102X": "420292************",
    "420292-19500101-1023": "420292-********-****",
    "４２０２９２１９５００１０１１０２３": "４２０２９２************",
    "张三_420292195001011023.xlsx": "张三_420292************.xlsx",
    "id420292195001011023号": "id420292************号",
    "420292500101102": "420292*********",
    "1-420292 19500101 1023": "1-420292 ******** ****",
    "42029219500101102": "420292***********",  # the check character left out
    "42029219500101102344": "420292**************",  # a certificate of disability
    "6217000000000001": "621700**********",
    "6217 0000 0000 0001 234": "6217 00** **** **** ***",
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=SHOWN)
def test_the_first_six_digits_stay_and_all_else_of_a_number_goes(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown


def test_a_number_shown_as_a_float_goes() -> None:
    assert mask_numbers("4.20292195001011E+17") == "4.20292*********E+**"


UNCHANGED = [
    "20170105", "2017-01-05", "201701", "2017年1月5日", "2017-01-05 2017-02-05 2017-03-05", "201701 201702 201703", "3,120.00元",
    "12,345,678.90", "2017-12-31 10:20:30", "2018-12-31 2019-01-05 2019-02-03", "4202030070255001", "WB00730003", "420202", "13900000000",
    "C1234567890123456", "线索C1234567890123456，案件H0123456789012345。", "42029219500101", "第12行，截至2017-12-31", "420281001001GB00001F00010001",
    "仍获发放9个月待遇（2017年4月至2017年12月），计3,120.00元", "", "鄂BI1234", "4.2E+05",
    *(credit_code("91", 420292, serial) for serial in range(40)),
]  # fmt: skip


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_is_no_persons_leaves_as_it_is(text: str) -> None:
    assert mask_numbers(text) == text


AMOUNTS = st.decimals(0, 10**9, places=2).map("{:,.2f}元".format)
DAYS = st.dates(date(1990, 1, 1), date(2026, 12, 31)).map(str)
MONTHS = st.dates(date(1990, 1, 1), date(2026, 12, 31)).map("{0:%Y%m}".format)
IDS = st.text("0123456789abcdef", min_size=16, max_size=16).map("C{}".format)
CERTIFICATES = st.integers(0, 9_999_999).map("420203003{:07}".format)


@given(st.lists(st.one_of(AMOUNTS, DAYS, MONTHS, IDS, CERTIFICATES, WORDS.filter(lambda w: not re.search(r"\d", w))), max_size=6))
def test_ordinary_sentences_are_unchanged(parts: list[str]) -> None:
    sentence = "，".join(parts)
    assert mask_numbers(sentence) == sentence


def test_every_text_column_is_masked_but_those_that_are_kept() -> None:
    number = person_number(7)
    frame = pl.DataFrame({"clue_id": [number], "household_no": [number], "town": [None], "months": [7]})
    assert masked_texts(frame).row(0) == (number, mask_numbers(number), None, 7)
    assert masked_texts(frame, keep=("household_no",)).equals(frame)


def test_masking_reaches_every_text_of_a_document() -> None:
    number = person_number(7)
    document = {"files": [{"name": f"{number}.csv", "rows": 7}], number: (number, None, 1.5, True)}
    assert number not in str(masked_within(document))
    assert masked_within({"rows": 7, "a": None}) == {"rows": 7, "a": None}
