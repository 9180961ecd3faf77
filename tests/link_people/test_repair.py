"""Repairing numbers: who a mistyped, cut or masked number means, and when it means nobody."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from jobs.cells.person_numbers import check_character
from jobs.link_people.repair import nearly_theirs, one_slip

PEOPLE_SCHEMA = {
    "person": pl.UInt32, "number": pl.String, "name": pl.String, "former_name": pl.String, "born_on": pl.Date, "sex": pl.String,
}  # fmt: skip


def number(born: str, sequence: str) -> str:
    """A number of the unassigned division 420292, check character by the standard's sum."""
    first17 = f"420292{born}{sequence}"
    return first17 + check_character(first17)


WANG = number("19520301", "121")
NEIGHBOUR = number("19520301", "123")
LI = number("19601112", "040")


def people(*rows: tuple[str, str] | tuple[str, str, str]) -> pl.DataFrame:
    """Number, name and perhaps former name; birth and sex as the number has them."""
    return pl.DataFrame(
        [
            (i, n, name, former[0] if former else None, date(int(n[6:10]), int(n[10:12]), int(n[12:14])), "男" if int(n[16]) % 2 else "女")
            for i, (n, name, *former) in enumerate(rows)
        ],
        schema=PEOPLE_SCHEMA,
        orient="row",
    )  # fmt: skip


def records(*rows: dict[str, object]) -> pl.DataFrame:
    blank = {
        "text": None,
        "name": None,
        "state": "invalid",
        "is_damaged": False,
        "born_on": None,
        "sex": None,
        "age": None,
        "died_on": None,
    }
    schema = {
        "record": pl.UInt32,
        "text": pl.String,
        "name": pl.String,
        "state": pl.String,
        "is_damaged": pl.Boolean,
        "born_on": pl.Date,
        "sex": pl.String,
        "age": pl.Int32,
        "died_on": pl.Date,
    }
    return pl.DataFrame([{"record": i, **blank, **row} for i, row in enumerate(rows)], schema=schema)


def swapped(text: str, at: int) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def wrong(text: str, at: int) -> str:
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def person_of(record: dict[str, object], *known: tuple[str, ...]) -> str | None:
    """The number of the one person whom a record fits, null where it fits nobody or several."""
    who = people(*known)  # type: ignore[arg-type]
    found = nearly_theirs(records(record), who).join(who, on="person")
    return found["number"].item() if len(found) == 1 else None


CITY = ((WANG, "王秀英"), (NEIGHBOUR, "王桂兰"), (LI, "李建国"))


@pytest.mark.parametrize("at", range(17))
def test_one_wrong_digit_anywhere_is_repaired(at: int) -> None:
    assert person_of({"text": wrong(WANG, at), "name": "王秀英"}, *CITY) == WANG


@pytest.mark.parametrize("at", [at for at in range(17) if WANG[at] != WANG[at + 1]])
def test_two_swapped_neighbours_are_repaired(at: int) -> None:
    assert person_of({"text": swapped(WANG, at), "name": "王秀英"}, *CITY) == WANG


@pytest.mark.parametrize(
    "text", [WANG[:9] + WANG[10:], WANG[:3] + "7" + WANG[3:]], ids=["a digit is missing", "a digit too many"]
)
def test_a_missing_or_surplus_digit_is_repaired(text: str) -> None:
    assert person_of({"text": text, "name": "王秀英"}, *CITY) == WANG


def test_two_wrong_digits_are_nobody_s() -> None:
    assert person_of({"text": wrong(wrong(WANG, 3), 12), "name": "王秀英"}, *CITY) is None


@pytest.mark.parametrize(
    ("stated", "is_theirs"),
    [
        ({"born_on": date(1952, 3, 1)}, True),
        ({"born_on": date(1952, 3, 2)}, False),
        ({"sex": "男"}, True),
        ({"sex": "女"}, False),
        ({"age": 65, "died_on": date(2017, 6, 1)}, True),
        ({"age": 67, "died_on": date(2017, 6, 1)}, True),  # the year of birth counts as the first, and the new year as one more
        ({"age": 45, "died_on": date(2017, 6, 1)}, False),
        ({"age": 45}, True),  # of what day the age is, nobody knows
    ],
    ids=str,
)
def test_what_a_record_states_beside_number_and_name_must_be_the_person_s(stated: dict[str, object], is_theirs: bool) -> None:
    found = person_of({"text": wrong(WANG, 16), "name": "王秀英", **stated}, *CITY)
    assert found == (WANG if is_theirs else None)


def test_another_name_is_nobody_s() -> None:
    assert person_of({"text": wrong(WANG, 16), "name": "王秀花"}, *CITY) is None


def test_a_former_name_is_the_person_s_own() -> None:
    assert person_of({"text": wrong(WANG, 16), "name": "王招弟"}, (WANG, "王秀英", "王招弟")) == WANG


def test_what_fits_two_people_is_left_alone() -> None:
    between = WANG[:17] + NEIGHBOUR[17]  # one wrong check character, or one wrong digit
    assert person_of({"text": between, "name": "王秀英"}, (WANG, "王秀英"), (NEIGHBOUR, "王秀英")) is None
    assert person_of({"text": between, "name": "王秀英"}, (WANG, "王秀英"), (NEIGHBOUR, "王桂兰")) == WANG


def test_a_stated_birth_date_or_sex_must_agree() -> None:
    record = {"text": wrong(WANG, 15), "name": "王秀英"}
    assert person_of({**record, "born_on": date(1952, 3, 1), "sex": "男"}, *CITY) == WANG
    assert person_of({**record, "born_on": date(1952, 3, 2)}, *CITY) is None
    assert person_of({**record, "sex": "女"}, *CITY) is None


def test_a_fifteen_digit_number_is_held_against_its_like() -> None:
    fifteen = WANG[:6] + WANG[8:17]
    assert person_of({"text": swapped(fifteen, 9), "name": "王秀英"}, *CITY) == WANG
    assert person_of({"text": swapped(fifteen, 9), "name": "李建国"}, *CITY) is None


def test_a_valid_number_of_somebody_else_means_whom_the_name_says() -> None:
    """In 15 digits a slip makes a stranger's number: the name tells whose it was to be."""
    for born, sequence, whose in (("19520310", "121", WANG), ("19520301", "131", WANG), ("19520310", "131", None)):
        stranger = number(born, sequence)
        assert person_of({"text": stranger[:6] + stranger[8:17], "name": "王秀英"}, *CITY, (stranger, "陈大山")) == whose


def test_what_a_spreadsheet_left_is_recovered_by_the_name() -> None:
    record = {"text": WANG[:15] + "000", "is_damaged": True}
    assert person_of({**record, "name": "王秀英"}, *CITY) == WANG
    assert person_of({**record, "name": "王桂兰"}, *CITY) == NEIGHBOUR
    assert person_of({**record, "name": "李建国"}, *CITY) is None
    assert person_of({**record, "name": "王秀英"}, (WANG, "王秀英"), (NEIGHBOUR, "王秀英")) is None


def test_what_a_float_left_is_recovered_by_the_name() -> None:
    damaged = str(int(float(int(LI[:17] + "0"))))
    assert damaged != LI
    assert person_of({"text": damaged, "name": "李建国", "is_damaged": True}, *CITY) == LI


def test_of_two_namesakes_the_float_means_the_nearer_one() -> None:
    far = number("19601112", "049")
    damaged = str(int(float(int(LI[:17] + "0"))))
    assert person_of({"text": damaged, "name": "李建国", "is_damaged": True}, (LI, "李建国"), (far, "李建国")) in (LI, None)


def test_a_corrected_number_is_known_by_name_division_birth_and_sex() -> None:
    earlier = {"text": number("19520301", "369"), "state": "valid"}
    assert person_of({**earlier, "name": "王秀英"}, *CITY) == WANG
    assert person_of({**earlier, "name": "李建国"}, *CITY) is None
    assert person_of({**earlier, "name": "王秀英"}, (WANG, "王秀英"), (NEIGHBOUR, "王秀英")) is None
    assert person_of({"text": number("19520301", "368"), "state": "valid", "name": "王秀英"}, *CITY) is None
    assert person_of({"text": number("19520302", "369"), "state": "valid", "name": "王秀英"}, *CITY) is None


def test_a_masked_number_is_held_against_the_digits_it_shows() -> None:
    masked = WANG[:6] + "*" * 8 + WANG[14:]
    assert person_of({"text": masked, "name": "王秀英"}, *CITY) == WANG
    assert person_of({"text": masked, "name": "李建国"}, *CITY) is None


def test_a_character_that_could_not_be_written_is_no_other_name() -> None:
    assert person_of({"text": wrong(WANG, 16), "name": "王?英"}, *CITY) == WANG
    assert person_of({"text": wrong(WANG, 16), "name": "李?英"}, *CITY) is None


def test_nothing_is_read_into_no_number_at_all() -> None:
    assert person_of({"text": None, "name": "王秀英"}, *CITY) is None
    assert person_of({"text": "不详", "name": "王秀英"}, *CITY) is None


def test_the_order_of_records_and_people_decides_nothing() -> None:
    rows = [{"text": wrong(WANG, at), "name": "王秀英"} for at in range(10)] + [{"text": swapped(LI, 8), "name": "李建国"}]
    forward = nearly_theirs(records(*rows), people(*CITY))
    turned = nearly_theirs(records(*rows).reverse(), people(*CITY).reverse())
    assert forward.equals(turned)
    assert len(forward) == 11


SLIPS = {
    ("123456", "123456"): True,
    ("123456", "123056"): True,
    ("123456", "132456"): True,
    ("123456", "132546"): False,
    ("123456", "323416"): False,
    ("123456", "12345"): True,
    ("123456", "1234576"): True,
    ("123456", "1234"): False,
    ("123456", "654321"): False,
    ("123465", "123456"): True,
}


def test_one_slip_is_a_distance_of_at_most_one() -> None:
    left, right = (pl.Series([pair[side] for pair in SLIPS]) for side in (0, 1))
    assert one_slip(left, right).tolist() == list(SLIPS.values())
