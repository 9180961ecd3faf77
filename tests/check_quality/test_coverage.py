"""Holes in a delivery, each with a twin that is none."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from expectations.contracts.deliveries import DATA_SETS
from jobs.check_quality.delivery_holes import (
    DeliveryHole,
    expected_counties,
    is_county,
    month_holes,
    payments_by_month,
    people_by_county,
    register_holes,
)
from tests.hand_made import NORTH, SOUTH, silver_of

CITY = "420200"
BY_ROW = [code for code, data_set in DATA_SETS.items() if "county_code" in data_set.field_names and not data_set.is_optional]
MONTHS = [date(2017, month, 1) for month in range(1, 13)]


def whole() -> tuple[dict[tuple[str, str], int], dict[str, set[str]]]:
    """Totals and files' areas of a delivery without a hole: of registers that name a county both, of the others the city."""
    totals = {(code, county): 9 for code in BY_ROW for county in (NORTH, SOUTH)}
    totals |= {(code, CITY): 9 for code in DATA_SETS if code not in BY_ROW}
    return totals, {code: {CITY} for code in DATA_SETS}


def holes_of(totals: dict[tuple[str, str], int], areas: dict[str, set[str]]) -> list[DeliveryHole]:
    return register_holes(totals, areas, [NORTH, SOUTH])


def test_a_whole_delivery_has_no_hole() -> None:
    assert holes_of(*whole()) == []


@pytest.mark.parametrize("code", DATA_SETS)
def test_a_register_that_is_missing_is_one_hole_unless_it_is_optional(code: str) -> None:
    totals, areas = whole()
    holes = [] if DATA_SETS[code].is_optional else [DeliveryHole(code)]
    assert holes_of({key: rows for key, rows in totals.items() if key[0] != code}, areas) == holes


def test_the_optional_registers_are_visits_and_the_payments_to_come() -> None:
    assert [code for code, data_set in DATA_SETS.items() if data_set.is_optional] == ["visits", "payments_next"]


@pytest.mark.parametrize("code", BY_ROW)
def test_a_county_without_rows_in_a_register_that_names_counties_is_a_hole(code: str) -> None:
    totals, areas = whole()
    assert holes_of({key: rows for key, rows in totals.items() if key != (code, SOUTH)}, areas) == [DeliveryHole(code, SOUTH)]


def test_a_county_of_no_rows_is_one_without_rows() -> None:
    totals, areas = whole()
    assert holes_of(totals | {("dibao_roster", SOUTH): 0}, areas) == [DeliveryHole("dibao_roster", SOUTH)]


def test_a_county_without_a_file_of_a_register_that_comes_by_county_is_a_hole() -> None:
    totals, areas = whole()
    del totals["village_cadres", CITY]
    totals["village_cadres", NORTH] = 9
    assert holes_of(totals, areas | {"village_cadres": {NORTH}}) == [DeliveryHole("village_cadres", SOUTH)]


def test_a_file_of_the_whole_city_covers_every_county() -> None:
    totals, areas = whole()
    totals["village_cadres", NORTH] = 9
    assert holes_of(totals, areas | {"village_cadres": {NORTH, CITY}}) == []


def test_a_whole_citys_file_that_leaves_a_county_out_does_not_cover_it() -> None:
    """Of a register whose rows name the county, the rows tell and not the file's area."""
    totals, areas = whole()
    del totals["household_registry", SOUTH]
    assert holes_of(totals, areas) == [DeliveryHole("household_registry", SOUTH)]


def test_a_county_that_nobody_expects_is_no_hole() -> None:
    totals, areas = whole()
    totals["dibao_roster", "420294"] = 1
    assert holes_of(totals, areas) == []


@pytest.mark.parametrize(
    ("area", "expected"), [(NORTH, True), ("420281", True), (CITY, False), ("420000", False), ("42029", False), ("", False)]
)
def test_a_county_has_six_digits_that_do_not_end_in_zeros(area: str, expected: bool) -> None:
    assert is_county(area) is expected


def test_counties_are_those_that_files_or_enough_people_name() -> None:
    people = Counter({NORTH: 1000, SOUTH: 2, "429021": 1, CITY: 500})
    assert expected_counties([], people) == [NORTH]  # two of 1503 are typing errors, and the city is no county
    assert expected_counties([SOUTH, CITY], people) == [NORTH, SOUTH]
    assert expected_counties([], people, Counter({SOUTH: 30, NORTH: 70})) == [NORTH, SOUTH]  # enough on benefit
    assert expected_counties([], Counter({NORTH: 998, SOUTH: 2})) == [NORTH, SOUTH]  # two of a thousand are enough


def test_people_are_those_registered_and_those_on_a_roster(session: SparkSession) -> None:
    statuses = ["正常", "恢复", "死亡注销", "迁出注销"]
    silver = silver_of(
        session,
        household_registry=[{"county_code": NORTH, "status": status} for status in statuses]
        + [{"county_code": SOUTH, "status": "正常"}, {"county_code": None, "status": "正常"}],
        dibao_roster=[
            {"county_code": NORTH, "person_key": "a", "name_key": "A"},
            {"county_code": NORTH, "person_key": "a", "name_key": "A"},  # twice on the roster: one person
            {"county_code": NORTH, "person_key": None, "name_key": "B"},
        ],
        tekun_roster=[
            {"county_code": NORTH, "person_key": "a", "name_key": "A"},  # on both: one person
            {"county_code": SOUTH, "person_key": "c", "name_key": "C"},
        ],
    )
    assert people_by_county(silver) == ({NORTH: 2, SOUTH: 1}, {NORTH: 2, SOUTH: 1})


def test_payments_of_benefits_are_counted_by_county_and_month(session: SparkSession) -> None:
    first, second = MONTHS[:2]
    rows: list[tuple[Any, ...]] = [
        (NORTH, "农村低保", "正常", first),
        (NORTH, "城市特困", "正常", first),
        (NORTH, "农村低保", "补发", second),  # arrears paid for a month make it no month delivered
        (NORTH, "农村低保", "退回", second),
        (NORTH, "价格补贴", "正常", second),
        (SOUTH, "农村低保", "正常", second),
        (None, "农村低保", "正常", second),
        (SOUTH, "农村低保", "正常", None),
    ]
    silver = silver_of(
        session, payments=[dict(zip(("county_code", "program", "kind", "for_month"), row, strict=True)) for row in rows]
    )
    assert payments_by_month(silver) == {(NORTH, first): 2, (SOUTH, second): 1}


def year(**counts: int) -> dict[tuple[str, date], int]:
    """A hundred payments in the north and forty in the south each month, but for what is given: m05=0, m05_south=0."""
    found = {(county, month): usual for month in MONTHS for county, usual in ((NORTH, 100), (SOUTH, 40))}
    for name, count in counts.items():
        month = date(2017, int(name[1:3]), 1)
        for county in (NORTH, SOUTH):
            if name[4:] in ("", {NORTH: "north", SOUTH: "south"}[county]):
                found[county, month] = count
    return {key: count for key, count in found.items() if count}


MONTH_CASES: dict[str, tuple[dict[tuple[str, date], int], list[DeliveryHole]]] = {
    "all months": (year(), []),
    "a month without a payment": (year(m05=0), [DeliveryHole("payments", month="2017-05")]),
    "two months": (year(m05=0, m06=0), [DeliveryHole("payments", month="2017-05"), DeliveryHole("payments", month="2017-06")]),
    "a thin month is of arrears": (year(m05=15), [DeliveryHole("payments", month="2017-05")]),
    "a month with half of the payments": (year(m05_north=50, m05_south=20), []),
    "a month of one county": (year(m05_south=0), [DeliveryHole("payments", SOUTH, "2017-05")]),
    "a thin month of one county": (year(m05_south=1), []),
    "the year begins later": (year(m01=0, m02=0), []),
    "arrears of the year before": (year() | {(NORTH, date(2016, 3, 1)): 5}, []),
    "arrears paid ahead": (year() | {(NORTH, date(2018, 9, 1)): 5}, []),
    "December of the year before, January missing": (
        year(m01=0) | {(NORTH, date(2016, 12, 1)): 100},
        [DeliveryHole("payments", month="2017-01"), DeliveryHole("payments", SOUTH, "2016-12")],
    ),
    "a small county may well pay nothing in a month": (
        {key: min(count, 19) if key[0] == SOUTH else count for key, count in year(m05_south=0).items()}, []
    ),
    "twenty a month are enough to miss one": (
        {key: min(count, 20) if key[0] == SOUTH else count for key, count in year(m05_south=0).items()},
        [DeliveryHole("payments", SOUTH, "2017-05")],
    ),
    "no payment at all": ({}, []),  # the register is missing: another hole
    "one month": ({(NORTH, date(2017, 1, 1)): 30}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", MONTH_CASES)
def test_months_without_payments(case: str) -> None:
    payments, expected = MONTH_CASES[case]
    assert month_holes(payments) == expected
