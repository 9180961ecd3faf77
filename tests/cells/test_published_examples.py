"""Numbers that the standards and official pages print, and check characters compared with python-stdnum and with the calendar.

python-stdnum computes check characters for many countries; nothing of it is used outside of tests. Its rules for division codes
are not asked: they refuse people whose county was renumbered after they were born.
"""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2, mod_11_10

from jobs.cells.person_numbers import check_character, is_firm_code, is_licence_number, read_numbers

PERSONS = {
    "11010519491231002X": "11010519491231002X",  # GB 11643
    "440524188001010014": "440524188001010014",  # GB 11643: a woman born in 1880
    "810000199408230021": "810000199408230021",  # residence permit, Hong Kong
    "830000199201300022": "830000199201300022",  # residence permit, Taiwan
    "610104620927690": "610104196209276908",
    "610104196209276908": "610104196209276908",
}
FIRMS = ("91350100M000100Y43", "91110000600037341L")  # GB 32100; its first example in python-stdnum
LICENCE = "110108000000016"  # GS 15-2006

ROUNDS = 3000


def read(*cells: str) -> list[tuple[str | None, str]]:
    numbers, states = read_numbers(pl.Series(cells, dtype=pl.String))
    return list(zip(numbers, states, strict=True))


def test_published_persons_read_as_published() -> None:
    assert read(*PERSONS) == [(number, "valid" if len(cell) == 18 else "upgraded") for cell, number in PERSONS.items()]


def test_published_firms_read_as_firms() -> None:
    assert read(*FIRMS, LICENCE) == [(None, "firm")] * 3


def test_only_the_published_check_digit_makes_a_licence_number() -> None:
    assert [digit for digit in "0123456789" if is_licence_number(LICENCE[:14] + digit)] == ["6"]


@pytest.mark.parametrize(("sequence", "year"), [(995, 1950), (996, 1850), (997, 1850), (998, 1850), (999, 1850)])
def test_the_last_four_sequences_of_fifteen_digits_are_people_born_the_century_before(sequence: int, year: int) -> None:
    first17 = f"420292{year}0101{sequence}"
    assert read(f"420292500101{sequence}") == [(first17 + mod_11_2.calc_check_digit(first17), "upgraded")]


def test_check_characters_are_those_of_iso_7064() -> None:
    rng = random.Random(7064)
    for _ in range(ROUNDS):
        first17 = "".join(rng.choices("0123456789", k=17))
        assert check_character(first17) == mod_11_2.calc_check_digit(first17)
        first14 = first17[:14]
        fitting = [digit for digit in "0123456789" if is_licence_number(first14 + digit)]
        assert fitting == [mod_11_10.calc_check_digit(first14)]


def test_firm_codes_are_those_that_the_library_accepts() -> None:
    rng = random.Random(32100)
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for _ in range(ROUNDS):
        first17 = "91" + "".join(rng.choices("0123456789", k=6)) + "".join(rng.choices(alphabet, k=9))
        code = first17 + uscc.calc_check_digit(first17)
        other = first17 + rng.choice(alphabet)
        assert is_firm_code(code)
        assert is_firm_code(other) == uscc.is_valid(other)


def is_of_a_person(number: str) -> bool:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return 1850 <= born.year <= 2100 and bool(mod_11_2.is_valid(number))


def test_a_column_reads_as_the_library_and_the_calendar_say() -> None:
    rng = random.Random(11643)
    bodies = [
        f"420292{rng.randint(1840, 2110)}{rng.randint(0, 13):02}{rng.randint(0, 32):02}{rng.randint(0, 999):03}"
        for _ in range(ROUNDS)
    ]
    right = [body + mod_11_2.calc_check_digit(body) for body in bodies]
    cells = right + [body + rng.choice("0123456789X") for body in bodies]
    expected = [(cell, "valid") if is_of_a_person(cell) else (None, "check_fails") for cell in cells]
    assert read(*cells) == expected
    assert {state for _, state in expected[:ROUNDS]} == {"valid", "check_fails"}
