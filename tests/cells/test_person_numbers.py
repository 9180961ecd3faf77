"""Person numbers and firm codes: every state, and a second implementation of the check characters.

Synthetic numbers lie in 420292, a division that was never assigned.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells.person_numbers import (
    USABLE,
    birth_date,
    check_character,
    in_certificate,
    is_firm_code,
    is_male,
    read_disability_numbers,
    read_numbers,
    upgrade,
)


def by_horner(first17: str) -> str:
    """ISO 7064 MOD 11-2 as a polynomial in 2: the one character that leaves the remainder 1."""
    remainder = 0
    for digit in first17:
        remainder = (remainder + int(digit)) * 2 % 11
    return "0123456789X"[(1 - remainder) % 11]


def firm_code(first17: str) -> str:
    """GB 32100: powers of 3 modulo 31 over digits and the letters without I, O, S, V, Z; all 18 together leave 0."""
    alphabet = [c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ"]
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return first17 + alphabet[-total % 31]


def licence_number(first14: str) -> str:
    """GS 15-2006: the one digit that lets the chain of ISO 7064 MOD 11,10 end in 1."""
    chain = 10
    for digit in first14:
        chain = (chain + int(digit)) % 10
        chain = (chain or 10) * 2 % 11
    return first14 + str((11 - chain) % 10)


def number_of(day: date, sequence: int, division: str = "420292") -> str:
    first17 = f"{division}{day:%Y%m%d}{sequence:03}"
    return first17 + by_horner(first17)


OLD_WOMAN = number_of(date(1950, 1, 1), 102)
ENDS_IN_X = next(n for n in (number_of(date(1950, 1, 1), s) for s in range(1000)) if n[-1] == "X")
ENDS_IN_DIGIT = next(n for n in (number_of(date(1950, 1, 1), s) for s in range(1000)) if n[-1] == "7")
RESIDENT = number_of(date(1981, 8, 3), 2, division="911124")
LETTERED_FIRM = firm_code("91420292MA4000ABC")
NUMERIC_FIRM = next(c for c in (firm_code(f"91420292{body:09}") for body in range(100, 999)) if c.isdigit())
ROUNDED = [number_of(date(1950, 1, 1), 100)[:15] + "000", number_of(date(1950, 1, 2), 100)[:15] + "000"]
LUCKY, DAMAGED = sorted(ROUNDED, key=lambda number: by_horner(number[:17]) != number[17])
SHORT, LONG = "610104620927690", "610104196209276908"
LICENCE = licence_number("42029200001234")
DATED_LICENCE = next(n for n in (licence_number(f"420292500101{s:02}") for s in range(1, 100)) if "000" < n[12:] < "996")
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

STATES = {
    # cell: (number that can be used, state)
    ENDS_IN_X: (ENDS_IN_X, "valid"),
    ENDS_IN_X.lower(): (ENDS_IN_X, "valid"),
    ENDS_IN_X[:17] + "Ⅹ": (ENDS_IN_X, "valid"),
    ENDS_IN_X[:17] + "ⅹ": (ENDS_IN_X, "valid"),
    ENDS_IN_X[:17] + "×": (ENDS_IN_X, "valid"),
    ENDS_IN_X[:17] + "Х": (ENDS_IN_X, "valid"),  # Cyrillic
    ENDS_IN_DIGIT[:17] + "×": (None, "check_fails"),  # twin: an X in place of another check character
    ENDS_IN_X.translate(FULL_WIDTH): (ENDS_IN_X, "valid"),
    "'" + OLD_WOMAN: (OLD_WOMAN, "valid"),
    f" {OLD_WOMAN}\u00a0": (OLD_WOMAN, "valid"),
    f"\u200b{OLD_WOMAN}\ufeff": (OLD_WOMAN, "valid"),
    f"{OLD_WOMAN[:6]} {OLD_WOMAN[6:14]} {OLD_WOMAN[14:]}": (OLD_WOMAN, "valid"),
    f"{OLD_WOMAN[:6]}\n{OLD_WOMAN[6:]}": (OLD_WOMAN, "valid"),
    RESIDENT: (RESIDENT, "valid"),
    f"（{OLD_WOMAN}）": (OLD_WOMAN, "valid"),
    f"ID：{ENDS_IN_X}": (ENDS_IN_X, "valid"),
    f"_{OLD_WOMAN}": (OLD_WOMAN, "valid"),
    f"{OLD_WOMAN}#": (OLD_WOMAN, "valid"),
    f"【{ENDS_IN_X[:17]}×】": (ENDS_IN_X, "valid"),
    f"监护人{OLD_WOMAN}": (None, "unreadable"),  # twin: another person's
    "（空）": (None, "absent"),
    "#N/A": (None, "unreadable"),
    "610104620927690": ("610104196209276908", "upgraded"),
    "６１０１０４６２０９２７６９０": ("610104196209276908", "upgraded"),
    "420292500230102": (None, "unreadable"),  # 30 February
    "42029250010110X": (None, "unreadable"),
    DAMAGED: (None, "check_fails"),  # a spreadsheet keeps fifteen digits
    LUCKY: (LUCKY, "valid"),  # twin: one in eleven fits by luck, and some are registered like that; the name has to agree
    OLD_WOMAN[:16] + "64": (None, "check_fails"),  # a float keeps sixteen
    OLD_WOMAN[:4] + OLD_WOMAN[5] + OLD_WOMAN[4] + OLD_WOMAN[6:]: (None, "check_fails"),  # transposed
    "42029219500230102" + by_horner("42029219500230102"): (None, "check_fails"),  # right check character, no such day
    "42029219510229102" + by_horner("42029219510229102"): (None, "check_fails"),  # 1951 was no leap year
    number_of(date(1952, 2, 29), 102): (number_of(date(1952, 2, 29), 102), "valid"),
    "42029218490101102" + by_horner("42029218490101102"): (None, "check_fails"),
    "420292********1234": (None, "masked"),
    "420292＊＊＊＊＊＊＊＊1234": (None, "masked"),
    OLD_WOMAN[:17] + "*": (None, "masked"),
    OLD_WOMAN[:17]: (None, "unreadable"),
    OLD_WOMAN + "0": (None, "unreadable"),
    f"{OLD_WOMAN} {ENDS_IN_DIGIT}": (None, "unreadable"),
    f"{OLD_WOMAN},{ENDS_IN_DIGIT}": (None, "unreadable"),
    f"张三{OLD_WOMAN}，李四{ENDS_IN_DIGIT}": (None, "unreadable"),
    f"{OLD_WOMAN}(张三)": (None, "unreadable"),
    f"{OLD_WOMAN} / {OLD_WOMAN}": (OLD_WOMAN, "valid"),
    f"{OLD_WOMAN}\n{OLD_WOMAN}": (OLD_WOMAN, "valid"),
    f"张三{ENDS_IN_X}，户主{ENDS_IN_X.translate(FULL_WIDTH)}": (ENDS_IN_X, "valid"),
    f"{ENDS_IN_X[:17]}×、{ENDS_IN_X[:17]}x": (ENDS_IN_X, "valid"),
    f"{OLD_WOMAN};{OLD_WOMAN[:17]}{(int(OLD_WOMAN[17]) + 1) % 10}": (None, "unreadable"),  # twin: one of them is mistyped
    f"{SHORT}/{LONG}": (LONG, "valid"),
    f"{LONG}({SHORT})": (LONG, "valid"),
    f"{SHORT}/{OLD_WOMAN}": (None, "unreadable"),
    f"{SHORT},{SHORT}": (LONG, "upgraded"),
    OLD_WOMAN + "42": (OLD_WOMAN, "valid"),  # a disability certificate's number
    ENDS_IN_X.lower() + "13B1": (ENDS_IN_X, "valid"),
    OLD_WOMAN + "82": (None, "unreadable"),  # twin: there is no eighth kind
    OLD_WOMAN + "45": (None, "unreadable"),
    OLD_WOMAN[:17] + ("1" if OLD_WOMAN[17] != "1" else "2") + "42": (None, "unreadable"),
    "4.20292E+17": (None, "damaged"),
    "4.20292195001011E+17": (None, "damaged"),
    "4.2029219500101102e17": (None, "damaged"),
    "４．２０２９２Ｅ＋１７": (None, "damaged"),
    "420292E+17": (None, "unreadable"),
    "111111111111111": (None, "junk"),  # no man born on 1911-11-11
    "420292111111111": (None, "junk"),
    "420292111111112": (number_of(date(1911, 11, 11), 112), "upgraded"),  # twin: somebody's number
    "234567890123456": (None, "junk"),  # nobody born on 1989-01-23
    "123456789012345": (None, "junk"),
    "123456789012345678": (None, "junk"),
    "123456789123456789": (None, "junk"),
    "987654321098765432": (None, "junk"),
    "９８７６５４３２１０９８７６５": (None, "junk"),
    "000000000000000000": (None, "junk"),
    "777777777777777": (None, "junk"),
    "999999999999999999": (None, "junk"),
    "420292000000000000": (None, "junk"),
    "42029200000000000X": (None, "junk"),
    "420292000000000001": (None, "junk"),
    "420292999999999999": (None, "junk"),
    "420292000000000": (None, "junk"),
    "xxxxxxxxxxxxxxxxxx": (None, "junk"),
    "420292××××××××××××": (None, "junk"),
    "42029219500101XXXX": (None, "junk"),
    LICENCE: (None, "firm"),
    LICENCE[:14] + str((int(LICENCE[14]) + 1) % 10): (None, "unreadable"),
    DATED_LICENCE: (number_of(date(1950, 1, 1), int(DATED_LICENCE[12:])), "upgraded"),  # a day of birth outweighs a check digit
    "无身份证": (None, "unreadable"),
    "²" * 15: (None, "unreadable"),
    "无": (None, "absent"),
    "不详": (None, "absent"),
    "/": (None, "absent"),
    "／": (None, "absent"),
    "": (None, "absent"),
    " \u3000": (None, "absent"),
    LETTERED_FIRM: (None, "firm"),
    LETTERED_FIRM.lower(): (None, "firm"),
    LETTERED_FIRM[:17] + ("1" if LETTERED_FIRM[17] != "1" else "2"): (None, "unreadable"),
    NUMERIC_FIRM: (None, "firm"),
    NUMERIC_FIRM[:17] + str((int(NUMERIC_FIRM[17]) + 1) % 10): (None, "check_fails"),
}

DAYS = st.dates(date(1850, 1, 1), date(2100, 12, 31))
SEQUENCES = st.integers(0, 999)


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def read(*cells: str | None) -> list[tuple[str | None, str]]:
    numbers, states = read_numbers(texts(*cells))
    return list(zip(numbers, states, strict=True))


def test_every_state_of_a_number() -> None:
    assert dict(zip(STATES, read(*STATES), strict=True)) == STATES


def test_columns_of_empty_cells() -> None:
    assert read(None, "", None) == [(None, "absent")] * 3
    assert read() == []


def test_cells_that_their_column_shows_to_be_damaged_have_no_number() -> None:
    cells = texts(OLD_WOMAN, OLD_WOMAN, "无", None, "张三")
    numbers, states = read_numbers(cells, is_damaged=pl.Series([False, True, True, False, True]))
    assert numbers.to_list() == [OLD_WOMAN, None, None, None, None]
    assert states.to_list() == ["valid", "damaged", "damaged", "absent", "damaged"]


def test_a_filtered_column_reads_like_a_fresh_one() -> None:
    numbers = texts("张三", OLD_WOMAN, None, ENDS_IN_X, "无", ENDS_IN_DIGIT)
    part = numbers.slice(1, 4).filter(pl.Series([True, False, True, True]))
    assert [list(column) for column in read_numbers(part)] == [[OLD_WOMAN, ENDS_IN_X, None], ["valid", "valid", "absent"]]


@pytest.mark.parametrize(
    ("number15", "expected"),
    [
        ("610104620927690", "610104196209276908"),
        ("420292500101996", number_of(date(1850, 1, 1), 996)),  # 996 to 999: born in the century before
        ("420292500101995", number_of(date(1950, 1, 1), 995)),
        ("420292500101999", number_of(date(1850, 1, 1), 999)),
        ("420292000229001", None),  # 1900 was no leap year
        ("420292040229001", number_of(date(1904, 2, 29), 1)),
        ("420292501301001", None),
    ],
)
def test_fifteen_digits_become_eighteen(number15: str, expected: str | None) -> None:
    assert upgrade(number15) == expected


@settings(max_examples=40, deadline=None)
@given(DAYS, SEQUENCES)
def test_a_valid_number_passes_and_tells_birthday_and_sex(day: date, sequence: int) -> None:
    number = number_of(day, sequence)
    assert read(number, number.lower(), number.translate(FULL_WIDTH)) == [(number, "valid")] * 3
    assert check_character(number[:17]) == number[17]
    assert birth_date(number) == day
    assert is_male(number) is (sequence % 2 == 1)


@settings(max_examples=30, deadline=None)
@given(DAYS, SEQUENCES)
def test_any_single_wrong_character_fails(day: date, sequence: int) -> None:
    number = number_of(day, sequence)
    wrong = [
        number[:at] + other + number[at + 1 :]
        for at in range(18)
        for other in ("0123456789X" if at == 17 else "0123456789")
        if other != number[at]
    ]
    found = read(*wrong)
    assert len(found) == 17 * 9 + 10
    assert {usable for usable, _ in found} == {None}
    assert {state for _, state in found} <= {"check_fails", "firm"}


@settings(max_examples=30, deadline=None)
@given(DAYS, SEQUENCES)
def test_any_two_neighbours_exchanged_fail(day: date, sequence: int) -> None:
    number = number_of(day, sequence)
    exchanged = [number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(17) if number[i] != number[i + 1]]
    assert {state for _, state in read(*exchanged)}.isdisjoint(USABLE)


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 995))
def test_a_number_of_the_last_century_survives_the_way_over_fifteen_digits(day: date, sequence: int) -> None:
    number = number_of(day, sequence)
    assert read(number[:6] + number[8:17]) == [(number, "upgraded")]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=20), st.text("0123456789Xx×*' 　Ａ９", max_size=19)), max_size=5))
def test_arbitrary_cells_keep_their_places_and_only_usable_states_have_numbers(cells: list[str | None]) -> None:
    found = read(*cells, OLD_WOMAN)
    assert found == [read(cell)[0] for cell in cells] + [(OLD_WOMAN, "valid")]
    assert all((number is not None) == (state in USABLE) for number, state in found)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_in_no_firm_code(letter: str) -> None:
    assert not is_firm_code(f"91420292MA4000AB{letter}0")


@settings(max_examples=40, deadline=None)
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_a_firm_code_has_exactly_one_check_character(first17: str) -> None:
    fitting = [c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if is_firm_code(first17 + c)]
    assert [first17 + c for c in fitting] == [firm_code(first17)]


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        (OLD_WOMAN + "41", (OLD_WOMAN, "valid")),
        (OLD_WOMAN + "41B1", (OLD_WOMAN, "valid")),
        (ENDS_IN_X.lower() + "13", (ENDS_IN_X, "valid")),
        (f"'{OLD_WOMAN[:6]} {OLD_WOMAN[6:]} 41", (OLD_WOMAN, "valid")),
        (OLD_WOMAN[:17] + ("1" if OLD_WOMAN[17] != "1" else "2") + "41", (None, "check_fails")),
        ("无", (None, "absent")),
        ("", (None, "absent")),
        ("420292", (None, "unreadable")),
        (f"{OLD_WOMAN}41（补发）", (OLD_WOMAN, "valid")),
        (f"{OLD_WOMAN}41/{ENDS_IN_DIGIT}42", (None, "unreadable")),  # whose is it?
        ("4.20292195001011E+19", (None, "damaged")),
        ("4.2029219500101102E+19", (None, "damaged")),
    ],
)
def test_a_disability_certificate_holds_a_person_number(certificate: str, expected: tuple[str | None, str]) -> None:
    numbers, states = read_disability_numbers(texts(certificate))
    assert (numbers[0], states[0]) == expected


@pytest.mark.parametrize(
    ("certificate", "number"),
    [
        (OLD_WOMAN + "42", OLD_WOMAN),
        (OLD_WOMAN + "42B2", OLD_WOMAN),
        (OLD_WOMAN + "42(补发)", OLD_WOMAN),
        (OLD_WOMAN[:9] + OLD_WOMAN[10:] + "42", OLD_WOMAN[:9] + OLD_WOMAN[10:]),  # a digit is missing
        (OLD_WOMAN[:9] + "0" + OLD_WOMAN[9:] + "42", OLD_WOMAN[:9] + "0" + OLD_WOMAN[9:]),
        ("420292" + "*" * 8 + OLD_WOMAN[14:] + "42", "420292" + "*" * 8 + OLD_WOMAN[14:]),
        (OLD_WOMAN, OLD_WOMAN),  # nothing stands behind it
        (OLD_WOMAN + "42/" + OLD_WOMAN + "42", OLD_WOMAN + "42/" + OLD_WOMAN + "42"),
        ("无", "无"),
    ],
)
def test_what_is_a_persons_of_a_certificates_number(certificate: str, number: str) -> None:
    assert in_certificate(certificate) == number


@pytest.mark.parametrize(
    "pattern",
    ["身份证:{}", "身份证号：{}", "公民身份号码 {}", "身份证号码为{}", "证号{}", "：{}", "1.{}", "①{}", "{}.", "{}。", "{}、"],
)
def test_a_label_before_a_number_and_a_stop_behind_it_are_noise(pattern: str) -> None:
    numbers, states = read_numbers(pl.Series([pattern.format(OLD_WOMAN), pattern.format(ENDS_IN_X)]))
    assert (numbers.to_list(), states.to_list()) == ([OLD_WOMAN, ENDS_IN_X], ["valid", "valid"])
    old = OLD_WOMAN[:6] + OLD_WOMAN[8:17]
    assert read_numbers(pl.Series([pattern.format(old)]))[1].to_list() == ["upgraded"]


@pytest.mark.parametrize("cell", ["配偶{}", "{}(已注销)"])
def test_a_number_among_other_words_may_be_another_persons(cell: str) -> None:
    assert read_numbers(pl.Series([cell.format(OLD_WOMAN)]))[0].to_list() == [None]


@pytest.mark.parametrize("zero", [0xFF10, 0x1D7CE, 0x1D7F6, 0x1FBF0, 0x660, 0x6F0])
def test_digits_that_stand_for_those_of_the_keyboard_are_read(zero: int) -> None:
    """As PDF files leave them, and programs that write from right to left."""
    written = "".join(chr(zero + int(digit)) if digit.isdigit() else digit for digit in ENDS_IN_X)
    assert [column[0] for column in read_numbers(pl.Series([written]))] == [
        column[0] for column in read_numbers(pl.Series([ENDS_IN_X]))
    ]
