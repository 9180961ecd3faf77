"""Which extract of a county counts where a city's and a county's are there: decided by content and date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery.delivered_twice import Replaced, may_replace, newer_pairs, replaced, replaced_by_key
from jobs.delivery.ledger import ACCEPTED, Account
from jobs.delivery.manifest import ManifestEntry

CITY, NORTH, SOUTH = "420200", "420292", "420293"
OLD, NEW, AS_OF, LATER = date(2017, 6, 30), date(2017, 10, 31), date(2017, 12, 31), date(2018, 1, 31)


def file(name: str, area: str, day: date) -> Account:
    return Account(1, "d", ManifestEntry(f"{name}.csv", "dibao_roster", "民政局", area, day, 1, ""), name, ACCEPTED)


@pytest.mark.parametrize(
    ("city", "county", "older"),
    [
        (NEW, OLD, "county"),
        (OLD, NEW, "city"),
        (LATER, OLD, "city"),
        (OLD, LATER, "county"),
        (LATER, date(2018, 2, 28), "county"),
    ],
)
def test_the_newest_extract_up_to_the_day_counts_whichever_it_is(city: date, county: date, older: str) -> None:
    """Of two that are both later the earlier one counts."""
    files = [file("city", CITY, city), file("county", NORTH, county)]
    rows = {("city", NORTH): 10, ("city", SOUTH): 10, ("county", NORTH): 11}
    newer = "county" if older == "city" else "city"
    assert replaced(files, rows, AS_OF) == [Replaced(older, NORTH, newer, rows[older, NORTH])]


def test_a_newer_file_with_few_rows_of_the_county_is_no_extract_of_it() -> None:
    files = [file("city", CITY, NEW), file("county", NORTH, OLD)]
    assert replaced(files, {("city", NORTH): 5, ("city", SOUTH): 90, ("county", NORTH): 10}, AS_OF) == []


def test_an_extract_may_come_in_several_files() -> None:
    files = [file("one", CITY, NEW), file("two", CITY, NEW), file("county", NORTH, OLD)]
    rows = {("one", NORTH): 4, ("two", NORTH): 4, ("county", NORTH): 10}
    assert replaced(files, rows, AS_OF) == [Replaced("county", NORTH, "one", 10)]


def test_a_county_replaces_nothing_of_another_one() -> None:
    files = [file("north", NORTH, NEW), file("south", SOUTH, OLD)]
    assert replaced(files, {("north", SOUTH): 10, ("south", SOUTH): 10}, AS_OF) == []


def test_registers_that_add_up_are_left_alone() -> None:
    files = [file("city", CITY, NEW), file("county", NORTH, OLD)]
    assert all(may_replace(DATA_SETS[code], files) for code in ("dibao_roster", "household_registry", "fiscal_staff"))
    assert not any(may_replace(DATA_SETS[code], files) for code in ("payments", "cremations"))
    assert not may_replace(DATA_SETS["dibao_roster"], files[:1])


def test_files_of_other_areas_and_of_the_same_day_tell_nothing_newer() -> None:
    files = [file("city", CITY, OLD), file("north", NORTH, NEW), file("south", SOUTH, AS_OF), file("again", CITY, OLD)]
    pairs = [pair[:2] for pair in newer_pairs(files, AS_OF)]
    assert sorted(pairs) == [(older, newer) for older in ("again", "city") for newer in ("north", "south")]
    assert newer_pairs([file("city", CITY, AS_OF), file("north", NORTH, LATER)], AS_OF) == [
        ("north", "city", AS_OF.toordinal())
    ]  # what stands for a day after the run's counts last


@pytest.mark.parametrize(
    ("city_day", "county_day", "held", "gone"),
    [
        (OLD, NEW, 3, ("city", "county", 3)),  # who left the county since cannot be told from the rest of the city
        (NEW, OLD, 3, ("county", "city", 4)),
        (NEW, OLD, 2, ("county", "city", 2)),  # half of it elsewhere is no extract of it
    ],
)
def test_without_counties_the_key_tells_what_is_told_anew(
    city_day: date, county_day: date, held: int, gone: tuple[str, str, int]
) -> None:
    files = [replace(file("city", CITY, city_day), accepted=10), replace(file("county", NORTH, county_day), accepted=4)]
    older, newer, rows = gone
    assert replaced_by_key(files, [(older, newer, held)]) == [Replaced(older, "", newer, rows)]
