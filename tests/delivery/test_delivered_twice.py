"""Which extract of a county counts where a city's and a county's are there: decided by content and date."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery.delivered_twice import Replaced, may_replace, replaced
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


def test_registers_that_add_up_and_those_without_counties_are_left_alone() -> None:
    files = [file("city", CITY, NEW), file("county", NORTH, OLD)]
    assert {code for code, data_set in DATA_SETS.items() if may_replace(data_set, files)} >= {
        "dibao_roster",
        "household_registry",
    }
    assert not any(may_replace(DATA_SETS[code], files) for code in ("payments", "cremations", "fiscal_staff"))
    assert not may_replace(DATA_SETS["dibao_roster"], files[:1])
