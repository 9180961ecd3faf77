"""Damaged numbers: every way of damage is seen in whole and in pasted columns, and intact columns are left alone.

Numbers lie in divisions that were never assigned; damage is done by Python's own floats.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from jobs.cells.damage import damaged, damaged_accounts
from jobs.cells.person_numbers import read_disability_numbers, read_numbers

Rng = np.random.Generator
Integers = NDArray[np.int64]


def with_check(first17: Integers) -> list[str]:
    """ISO 7064 MOD 11-2 as a polynomial in 2."""
    remainder = np.zeros_like(first17)
    for place in range(16, -1, -1):
        remainder = (remainder + first17 // 10**place % 10) * 2 % 11
    return [f"{body}{'0123456789X'[(1 - rest) % 11]}" for body, rest in zip(first17, remainder, strict=True)]


def people(rng: Rng, prefix: int | Integers, years: Integers, sequences: Integers) -> list[str]:
    days = rng.integers(101, 129, len(years)) + 100 * rng.integers(0, 12, len(years))
    return with_check(((prefix * 10_000 + years) * 10_000 + days) * 1000 + sequences)


def city(rng: Rng, size: int) -> list[str]:
    prefixes = np.array([420292, 429991, 119999, 229999, 619999, 819999])[rng.integers(0, 6, size)]
    return people(rng, prefixes, rng.integers(1900, 2018, size), rng.integers(1, 1000, size))


def village(rng: Rng, size: int) -> list[str]:
    """One division, ages close together, the first numbers of each day, more often a man's than a woman's."""
    years = rng.normal(1948, 6, size).astype(np.int64)
    return people(rng, 420292, years, np.minimum(rng.geometric(0.2, size), 30) * 2 - (rng.random(size) < 0.6))


def hundreds(rng: Rng, size: int) -> list[str]:
    """A place whose sequences begin at a hundred: half of its numbers end in 00 and a check character."""
    return people(rng, 420292, rng.integers(1930, 2018, size), rng.integers(1, 10, size) * 100 + rng.integers(0, 2, size))


def payments(rng: Rng, size: int) -> list[str]:
    numbers = village(rng, 1 + size // 12)
    return [numbers[place] for place in rng.integers(0, len(numbers), size)]


PLACES = (city, village, hundreds, payments)


def mistyped(rng: Rng, numbers: list[str], share: float) -> list[str]:
    """One digit of some numbers is another one."""
    wrong = list(numbers)
    for row in np.flatnonzero(rng.random(len(numbers)) < share):
        place, digit = int(rng.integers(6, 17)), str(rng.integers(0, 10))
        wrong[row] = wrong[row][:place] + digit + wrong[row][place + 1 :]
    return wrong


def rounded(number: str) -> str:
    return number[:15] + "000"


def rounded_in_a_workbook(number: str) -> str:
    """As a reader of workbooks shows the float that is stored."""
    return str(int(float(rounded(number))))


def printed(number: str) -> str:
    return str(int(float(number)))


def shortest(number: str) -> str:
    """As JavaScript and Rust print it: the digits of the shortest text that reads as the float, then zeros."""
    return repr(float(number)).replace(".", "").partition("e")[0].ljust(18, "0")


WAYS: dict[str, Callable[[str], str]] = {
    "spreadsheet": rounded,
    "workbook": rounded_in_a_workbook,
    "float": printed,
    "shortest": shortest,
}


def spoilt(numbers: list[str], way: Callable[[str], str], rows: NDArray[np.bool_]) -> list[str]:
    """A number that ends in X is text in any file."""
    return [way(n) if row and n[-1] != "X" else n for n, row in zip(numbers, rows, strict=True)]


def marks(*cells: str | None) -> list[bool]:
    return damaged(pl.Series(cells, dtype=pl.String)).to_list()


def test_the_ways_of_damage_are_those_that_programs_are_known_for() -> None:
    assert {way: spoil("420281195001012345") for way, spoil in WAYS.items()} == {
        "spreadsheet": "420281195001012000",
        "workbook": "420281195001011968",
        "float": "420281195001012352",
        "shortest": "420281195001012350",
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("share", "size"), [(1.0, 15), (1.0, 3000), (0.8, 60), (0.1, 600), (0.1, 5000)])
@pytest.mark.parametrize("place", [city, village])
def test_every_damaged_number_of_a_column_is_marked(
    place: Callable[[Rng, int], list[str]], share: float, size: int, way: str
) -> None:
    rng = np.random.default_rng(size)
    intact = mistyped(rng, place(rng, size), 0.01)
    cells = spoilt(intact, WAYS[way], rng.random(size) < share)
    marked = marks(*cells)
    assert all(mark for mark, cell, number in zip(marked, cells, intact, strict=True) if cell != number)
    # Of the intact ones a few bear the print: two in a thousand, or one in as many as a float's spacing, which is 16 at the least.
    lost = sum(mark for mark, cell, number in zip(marked, cells, intact, strict=True) if cell == number)
    assert lost <= (0.06 if way in ("float", "shortest") else 0.006) * size + 3
    assert not any(mark for mark, cell in zip(marked, cells, strict=True) if cell[-1] == "X")


def test_numbers_that_pass_their_check_by_luck_are_marked_with_their_column() -> None:
    rng = np.random.default_rng(1)
    cells = pl.Series(spoilt(city(rng, 2000), rounded, np.ones(2000, dtype=np.bool_)))
    states = read_numbers(cells)[1]
    is_lucky = (states == "valid") & cells.str.ends_with("000")
    assert 0.05 < is_lucky.sum() / len(cells) < 0.12  # one in eleven
    numbers, states = read_numbers(cells, is_damaged=damaged(cells))
    assert states.filter(is_lucky).unique().to_list() == ["damaged"]
    assert numbers.is_null().to_list() == (states == "damaged").to_list()
    assert set(states) == {"valid", "damaged"}


def test_intact_columns_are_never_judged_damaged() -> None:
    for seed in range(120):
        rng = np.random.default_rng(seed)
        numbers = PLACES[seed % 4](rng, int(10 ** rng.uniform(1, 3.7)))
        assert not any(marks(*numbers))
        cells = mistyped(rng, numbers, 0.03)
        assert not any(mark for mark, cell, number in zip(marks(*cells), cells, numbers, strict=True) if cell == number)


LUCKY = next(n for n in with_check(42029219500101100 + 1000 * np.arange(28)) if n.endswith("000"))
UNLUCKY = LUCKY[:13] + str((int(LUCKY[13]) + 1) % 10) + LUCKY[14:]


@pytest.mark.parametrize("seed", range(20))
def test_a_column_in_which_every_check_fails_takes_none_with_it_that_passes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = [f"420292{number:012}" for number in rng.integers(19000101 * 10**4, 20171231 * 10**4, 3000)]
    assert not any(marks(*cells, LUCKY)[3000:])


def test_slips_of_the_hand_where_all_sequences_end_in_00_are_no_damage() -> None:
    rng = np.random.default_rng(8)
    numbers = people(rng, 420292, rng.integers(1930, 2018, 4000), rng.integers(1, 10, 4000) * 100)
    assert not any(marks(*mistyped(rng, numbers, 0.1)))


@pytest.mark.parametrize("company", [0, 9, 500])
def test_a_lone_rounded_number_is_damaged_when_it_fails_its_check(company: int) -> None:
    rng = np.random.default_rng(company)
    others = village(rng, company)
    assert marks(*others, UNLUCKY) == [False] * company + [True]
    assert not any(marks(*others, LUCKY))


def test_a_lone_number_that_a_float_can_hold_is_left_alone() -> None:
    number = printed(with_check(np.array([42029219500101234]))[0])
    assert marks(number, shortest(number), *["无"] * 5) == [False] * 7


@pytest.mark.parametrize(
    "cell", ["6217001234567890000", "1701234567890000", "4202921950010100000000", "042029219500101000", "-42029219500101000"]
)
def test_numbers_of_other_shapes_are_not_judged(cell: str) -> None:
    assert marks(cell) == [False]


def test_repeating_one_rounded_number_judges_no_column() -> None:
    assert marks(*[UNLUCKY] * 50, LUCKY) == [True] * 50 + [False]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("4.20281E+17", True),
        ("4.20281195001012E+17", True),
        ("4.20281195001012345E+17", True),
        ("4.2028119500101235e+17", True),  # pandas
        ("4.20281195001012352E17", True),  # Java
        ("4E+17", True),
        (" 4.20281E+17\t", True),
        ("4.2028119500101E+19", True),  # a disability certificate
        ("4.20281", False),
        ("E12345678", False),  # a passport
        ("420292E+17", False),
        ("4.20281E+17 张三", False),
        ("无", False),
        ("", False),
        (None, False),
    ],
)
def test_scientific_notation_is_damaged_in_any_company(cell: str | None, expected: bool) -> None:
    assert marks(cell) == [expected]
    assert marks(*["11010519491231002X"] * 3, cell) == [False] * 3 + [expected]


@pytest.mark.parametrize("filler", ["420292000000000000", "000000000000000000", "420292000000001000"])
def test_fillers_of_zeros_are_no_rounded_numbers(filler: str) -> None:
    assert marks(filler) == [False]
    rng = np.random.default_rng(4)
    assert marks(*spoilt(city(rng, 30), rounded, np.ones(30, dtype=np.bool_)), filler)[-1] is False


def firm_codes(rng: Rng, size: int) -> list[str]:
    """GB 32100, of digits only."""
    alphabet = [c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ"]
    codes: list[str] = []
    while len(codes) < size:
        first17 = f"91420292{rng.integers(10**8, 10**9)}"
        check = alphabet[-sum(int(c) * pow(3, i, 31) for i, c in enumerate(first17)) % 31]
        codes += [first17 + check] if check.isdigit() else []
    return codes


def test_firm_codes_of_digits_are_damaged_alike() -> None:
    rng = np.random.default_rng(5)
    firms, owners = firm_codes(rng, 200), city(rng, 800)
    intact = firms + owners
    assert not any(marks(*intact))
    for way in WAYS.values():
        cells = spoilt(intact, way, np.ones(1000, dtype=np.bool_))
        assert marks(*cells) == [number[-1] != "X" for number in intact]
    lone = next(code for code in firm_codes(rng, 5000) if code.endswith("000"))
    assert marks(lone) == [False]
    assert marks(rounded(firms[0])) == [True]


def test_certificates_that_a_spreadsheet_rounded_are_damaged() -> None:
    rng = np.random.default_rng(6)
    certificates = pl.Series([number + "42" for number in city(rng, 300)])
    assert not damaged(certificates).any()
    cells = pl.select(pl.when(certificates.str.contains("X")).then(certificates).otherwise(certificates.str.head(15) + "00000"))
    marked = damaged(cells.to_series())
    assert marked.to_list() == cells.to_series().str.ends_with("00000").to_list()
    assert set(read_disability_numbers(cells.to_series(), is_damaged=marked)[1]) == {"damaged", "valid"}


@pytest.mark.parametrize(("rounded_ones", "expected"), [(10, 0), (50, 0), (200, 200)])
def test_accounts_are_damaged_when_more_end_in_zeros_than_chance_brings(rounded_ones: int, expected: int) -> None:
    """Of 5000 accounts of 17 digits 50 end in 00 by chance; fewer are no damage either."""
    zeros = [f"{621700000000000 + row}00" for row in range(rounded_ones)]
    others = [f"{621700000000000 + row}{1 + row % 99:02}" for row in range(5000 - rounded_ones)]
    assert damaged_accounts(pl.Series(zeros + others)).to_list() == [True] * expected + [False] * (5000 - expected)


def test_columns_of_empty_cells() -> None:
    assert marks() == []
    assert marks(None, "", " ") == [False] * 3
