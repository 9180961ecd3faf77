"""Delivered twice: whole blocks of equal rows across files count once; a second equal payment is a payment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery.delivered_twice import Repeat
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from jobs.standardise.repeats import take_out_repeats
from tests.hand_made import NORTH, SOUTH, frame

CITY = "420200"
PAYMENTS, ROSTER = DATA_SETS["payments"], DATA_SETS["dibao_roster"]
Row = dict[str, Any]


def paid(household: int, month: int = 6, county: str = NORTH, yuan: int = 320, paid_month: int = 0) -> Row:
    return {
        "county_code": county, "program": "农村低保", "household_no": f"D{household:04}", "name_key": f"name {household}",
        "person_key": f"number {household}", "person_number_state": "valid", "for_month": date(2017, month, 1),
        "paid_on": date(2017, paid_month or month, 20), "amount": Decimal(yuan), "kind": "正常",
    }  # fmt: skip


class Delivered:
    """Silver payments of some files and what is left of them."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.lake = Lake(engine, str(folder))

    def judged(self, files: Mapping[str, Iterable[Row]], **areas: str) -> tuple[list[Repeat], dict[str, list[str]]]:
        """The repeats, and by file the households of the rows that stay. The files come in the order in which they count."""
        rows = [
            {"_file_id": file, "_sheet": "", "_row": line, **row}
            for file, of_file in files.items()
            for line, row in enumerate(of_file, 2)
        ]
        self.lake.overwrite(PAYMENTS.silver, frame(self.lake.session, PAYMENTS.silver, rows))
        repeats = take_out_repeats(self.lake, PAYMENTS, {file: areas.get(file, CITY) for file in files})
        kept: dict[str, list[str]] = {file: [] for file in files}
        for row in self.lake.read(PAYMENTS.silver).orderBy("_file_id", "_row").collect():
            kept[row["_file_id"]].append(f"{row['household_no']} {row['for_month']:%m} {row['amount']:.0f}")
        return repeats, kept


@pytest.fixture
def delivered(embedded: Engine, tmp_path: Path) -> Delivered:
    return Delivered(embedded, tmp_path)


def written(rows: Iterable[Row]) -> list[str]:
    return [f"{row['household_no']} {row['for_month']:%m} {row['amount']:.0f}" for row in rows]


def test_a_month_sent_again_counts_once(delivered: Delivered) -> None:
    june, july = [paid(i) for i in range(6)], [paid(i, 7) for i in range(6)]
    repeats, kept = delivered.judged({"z june": june, "july": july, "a june again": june[::-1]})
    assert repeats == [Repeat("a june again", "z june", 6)]  # the first that counts, not the first by name
    assert kept == {"z june": written(june), "july": written(july), "a june again": []}


def test_a_second_equal_payment_in_one_file_is_a_payment(delivered: Delivered) -> None:
    twice = [paid(1), paid(1), paid(2), paid(3)]
    assert delivered.judged({"one": twice, "july": [paid(1, 7)]}) == ([], {"one": written(twice), "july": ["D0001 07 320"]})
    repeats, kept = delivered.judged({"one": twice, "again": twice})
    assert (repeats, kept) == ([Repeat("again", "one", 4)], {"one": written(twice), "again": []})


def test_a_payment_made_once_more_than_the_copy_says_stays(delivered: Delivered) -> None:
    repeats, kept = delivered.judged({"one": [paid(i) for i in range(4)], "other": [paid(0), paid(0), paid(1), paid(2), paid(3)]})
    assert repeats == [Repeat("other", "one", 4)]
    assert kept["other"] == ["D0000 06 320"]


def test_some_equal_rows_of_many_are_no_copy(delivered: Delivered) -> None:
    one, other = [paid(i) for i in range(10)], [paid(i) for i in range(5, 15)]
    assert delivered.judged({"one": one, "other": other}) == ([], {"one": written(one), "other": written(other)})  # just half
    repeats, kept = delivered.judged({"one": one, "other": other[:-1]})
    assert (repeats, kept["other"]) == ([Repeat("other", "one", 5)], written(other[5:-1]))


def test_one_household_sent_again_counts_once(delivered: Delivered) -> None:
    assert delivered.judged({"one": [paid(1)], "again": [paid(1)]}) == (
        [Repeat("again", "one", 1)],
        {"one": ["D0001 06 320"], "again": []},
    )


def test_files_whose_months_overlap_count_the_months_of_both_once(delivered: Delivered) -> None:
    first = [paid(i, month) for month in range(1, 7) for i in range(4)]
    second = [paid(i, month) for month in range(6, 13) for i in range(4)]
    repeats, kept = delivered.judged({"first": first, "second": second})
    assert (repeats, kept["first"], kept["second"]) == ([Repeat("second", "first", 4)], written(first), written(second[4:]))


def test_arrears_of_a_month_beside_its_payments_are_no_copy(delivered: Delivered) -> None:
    june, july = [paid(i) for i in range(4)], [paid(i, 7) for i in range(4)] + [paid(0, 6, paid_month=7)]
    assert delivered.judged({"june": june, "july": july})[0] == []


def test_a_county_inside_a_city_file_counts_once(delivered: Delivered) -> None:
    south = [paid(i, month, SOUTH) for month in (5, 6) for i in range(50, 52)]
    city = [paid(i, month) for month in (5, 6) for i in range(20)] + south
    county = [
        *south[:2],
        south[2],
        paid(51, 6, SOUTH, yuan=300),
    ]  # one was corrected: which of the two holds is for people to say
    repeats, kept = delivered.judged({"city": city, "county": county}, county=SOUTH)
    assert (repeats, kept["city"], kept["county"]) == ([Repeat("county", "city", 3)], written(city), ["D0051 06 300"])
    repeats, kept = delivered.judged({"county": county, "city": city}, county=SOUTH)
    assert (repeats, kept["county"], kept["city"]) == (
        [Repeat("city", "county", 3)], written(county), written([*city[:-4], paid(51, 6, SOUTH)]),
    )  # fmt: skip


def test_three_times_the_same_counts_once(delivered: Delivered) -> None:
    june = [paid(i) for i in range(3)]
    repeats, kept = delivered.judged({"one": june, "two": june, "three": june})
    assert {(repeat.file_id, repeat.rows) for repeat in repeats} == {("two", 3), ("three", 3)}
    assert kept == {"one": written(june), "two": [], "three": []}


def test_files_of_different_counties_are_not_compared(delivered: Delivered) -> None:
    june = [paid(i) for i in range(3)]
    assert delivered.judged({"north": june, "south": june}, north=NORTH, south=SOUTH)[0] == []
    assert delivered.judged({"north": june, "nowhere": june}, north=NORTH, nowhere="")[0] == [Repeat("nowhere", "north", 3)]


def test_a_number_with_15_digits_is_the_same_row(delivered: Delivered) -> None:
    june = [paid(i) for i in range(3)]
    old = [row | {"person_number_state": "upgraded"} for row in june]
    assert delivered.judged({"june": june, "old": old})[0] == [Repeat("old", "june", 3)]


def test_a_roster_of_the_same_day_sent_by_two_offices_counts_once(embedded: Engine, tmp_path: Path) -> None:
    lake = Lake(embedded, str(tmp_path))
    members = [{"county_code": NORTH, "household_no": f"D{i}", "person_key": f"number {i}", "category": "A"} for i in range(4)]
    members[3] |= {"household_no": None}
    rows = [{"_file_id": file, "_sheet": "", "_row": i, **row} for file in ("one", "two") for i, row in enumerate(members)]
    lake.overwrite(ROSTER.silver, frame(lake.session, ROSTER.silver, rows))
    assert take_out_repeats(lake, ROSTER, {"two": NORTH, "one": CITY}) == [Repeat("one", "two", 4)]
    assert {row["_file_id"] for row in lake.read(ROSTER.silver).collect()} == {"two"}
