"""Which list takes the place of which, and what must stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from expectations.contracts.lake import LEDGER
from jobs.plan_visits.ledger import CITY, Entry, number_of, refuse_if_worked_on, replaced_by
from jobs.runtime.errors import BadConfiguration

DAY, BEFORE = date(2018, 1, 31), date(2017, 12, 31)
CITY_LIST = Entry(DAY, 2, CITY, "c", 1, False, 0.5, "ranked", 1, "dispatched", 0, DAY)
FIRST = replace(CITY_LIST, as_of=BEFORE, list_no=1)
DAYE = replace(CITY_LIST, county_code="420281", list_no=3)
YANGXIN = replace(CITY_LIST, county_code="420222", list_no=4)


def test_an_entry_has_the_fields_of_the_table() -> None:
    assert list(Entry.__dataclass_fields__) == LEDGER.column_names


@pytest.mark.parametrize(
    ("known", "county_code", "replaced", "list_no"),
    [
        ([FIRST], CITY, [], 2),
        ([FIRST, CITY_LIST], CITY, [CITY_LIST], 2),
        ([FIRST, DAYE], "420222", [], 4),
        ([FIRST, DAYE, YANGXIN], "420281", [DAYE], 3),
        ([FIRST, CITY_LIST], "420281", [CITY_LIST], 3),
        ([FIRST, DAYE, YANGXIN], CITY, [DAYE, YANGXIN], 5),
        ([], CITY, [], 1),
    ],
)
def test_a_list_replaces_those_of_its_day_that_overlap_it(
    known: list[Entry], county_code: str, replaced: list[Entry], list_no: int
) -> None:
    found = replaced_by(known, DAY, county_code)
    assert found == replaced
    assert number_of(known, found, county_code) == list_no


def test_a_list_whose_visits_have_begun_stays() -> None:
    other = [replace(CITY_LIST, case_id="d")]
    with pytest.raises(BadConfiguration, match=r"2018-01-31 has been worked on: 1 of its cases"):
        refuse_if_worked_on([CITY_LIST], other, {"c": date(2018, 2, 3)})
    refuse_if_worked_on([CITY_LIST], [CITY_LIST], {"c": date(2018, 2, 3)})  # the same list again
    refuse_if_worked_on([CITY_LIST], other, {"c": BEFORE, "x": date(2018, 2, 3)})  # visited before it was listed
    refuse_if_worked_on([], other, {"c": date(2018, 2, 3)})
