"""Figures over tiny tables whose values a reader can count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import NUMBER_STATES
from expectations.suites.silver import silver_bounds
from jobs.check_quality.figures import (
    fall_figures,
    falls,
    household_figures,
    number_counts,
    number_states,
    payment_figures,
    row_figures,
)
from jobs.launch.settings import Settings
from jobs.registers.county_totals import county_totals
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from tests.conftest import AS_OF
from tests.hand_made import NORTH, SOUTH, silver_of

ROSTER = [
    # number, approved on, grace until, amount, relation, covered heads
    ("a", date(1899, 12, 31), date(2067, 12, 1), "320.00", "户主", 1),
    ("a", date(1900, 1, 1), date(2068, 1, 1), "-0.01", "户主", 1),  # the same household and number: a repeated key
    ("b", date(2018, 12, 31), None, "0.00", "配偶", None),
    (None, date(2019, 1, 1), None, None, None, 1),  # no number: no key that could repeat
    (None, None, None, "5.00", "子女", 1),
]
EXPECTED = {
    "rows": 5,
    "key repeated": 1 - 2 / 3,  # three rows with a key, two different ones
    "身份证号码 usable": 3 / 5,
    "户主身份证号 usable": 0,
    "批准日期 out of range": 2 / 4,  # the first and the fourth of the four with a day; 1900 and the year after as-of are in
    "渐退期截止 out of range": 1 / 2,  # may lie fifty years ahead
    "月保障金额 negative": 1 / 4,
    "与户主关系 empty": 1 / 5,
    "保障人数 empty": 1 / 5,
    "批准日期 empty": 1 / 5,
    "月保障金额 empty": 1 / 5,
    "县市区 empty": 1,
    "刚性支出扣减 negative": None,  # nothing was given: nothing can be wrong with it
    "停发月份 out of range": None,
}


@pytest.fixture
def roster(session: SparkSession) -> Any:
    rows = [
        {
            "county_code": NORTH,
            "household_no": "D1",
            "person_key": number,
            "approved_on": approved,
            "grace_until": grace,
            "monthly_amount": amount and Decimal(amount),
            "relation": relation,
            "covered_heads": heads,
        }
        for number, approved, grace, amount, relation, heads in ROSTER
    ]
    return silver_of(session, dibao_roster=rows)("dibao_roster")


def test_a_firms_car_and_an_empty_number_are_no_unusable_numbers(session: SparkSession, settings: Settings) -> None:
    states = {"valid": "a", "upgraded": "b", "check_fails": None, "firm": None, "absent": None}
    owners = [{"owner_key": key, "owner_number_state": state} for state, key in states.items()]
    rows = silver_of(session, vehicles=owners)("vehicles")
    measure = "身份证明号码 usable"
    bounds = [bound for bound in silver_bounds(DATA_SETS["vehicles"], AS_OF, settings.quality) if bound.measure == measure]
    assert [bound.severity for bound in bounds] == ["warning"]
    assert row_figures([(rows, bounds)])[0] == {measure: pytest.approx(2 / 3)}
    assert row_figures([(rows.filter("owner_number_state IN ('firm', 'absent')"), bounds)])[0] == {measure: None}


@pytest.mark.parametrize("measure", EXPECTED)
def test_figures_of_rows_are_those_counted_by_hand(roster: Any, settings: Settings, measure: str) -> None:
    bounds = [b for b in silver_bounds(DATA_SETS["dibao_roster"], AS_OF, settings.quality) if b.measure == measure]
    assert bounds
    assert row_figures([(roster, bounds)])[0] == {measure: pytest.approx(EXPECTED[measure])}


def test_all_bounds_of_a_table_are_measured_in_one_pass(roster: Any, settings: Settings) -> None:
    bounds = silver_bounds(DATA_SETS["dibao_roster"], AS_OF, settings.quality)
    found = row_figures([(roster, bounds)])[0]
    assert set(found) == {bound.measure for bound in bounds}
    assert {measure: found[measure] for measure in EXPECTED} == pytest.approx(EXPECTED)


@pytest.mark.parametrize("code", DATA_SETS)
def test_an_empty_table_has_no_rows_and_no_other_figure(session: SparkSession, settings: Settings, code: str) -> None:
    bounds = silver_bounds(DATA_SETS[code], AS_OF, settings.quality)
    assert row_figures([(silver_of(session)(code), bounds)])[0] == dict.fromkeys((b.measure for b in bounds), None) | {"rows": 0}


def test_relations_that_are_codes_are_counted_where_no_list_of_values_tells_them(
    session: SparkSession, settings: Settings
) -> None:
    silver = silver_of(session, household_registry=[{"relation": said} for said in ("02", "配偶", "20", "长子", "之妻", None)])
    bounds = silver_bounds(DATA_SETS["household_registry"], AS_OF, settings.quality)
    assert row_figures([(silver("household_registry"), bounds)])[0]["与户主关系 as codes"] == 2 / 5


def test_a_percentage_lies_between_0_and_100(session: SparkSession, settings: Settings) -> None:
    shares = ["-0.0001", "0", "100", "100.0001", None]
    silver = silver_of(session, enterprise_roles=[{"share_pct": share and Decimal(share)} for share in shares])
    bounds = silver_bounds(DATA_SETS["enterprise_roles"], AS_OF, settings.quality)
    assert row_figures([(silver("enterprise_roles"), bounds)])[0]["出资比例 out of range"] == 2 / 4


def test_households_lack_a_head_or_members(session: SparkSession) -> None:
    households: dict[tuple[str, str], list[tuple[str | None, str, int | None]]] = {
        (NORTH, "D1"): [("户主", "是", 2), ("配偶", "是", 2)],  # as it should be
        (NORTH, "D2"): [("配偶", "是", 2), ("子女", "是", 2)],  # no head
        (SOUTH, "D1"): [("户主", "是", 3), ("配偶", "否", 3)],  # the same certificate elsewhere: another household
        (SOUTH, "D2"): [(None, "是", None)],  # neither a head nor a number of persons to differ from
    }
    rows = [
        {"county_code": county, "household_no": number, "relation": relation, "covered": covered, "covered_heads": heads}
        for (county, number), members in households.items()
        for relation, covered, heads in members
    ]
    assert household_figures(silver_of(session, dibao_roster=rows)("dibao_roster")) == {
        "households without a head": 2 / 4,
        "households whose 保障人数 differs from their covered members": 1 / 3,
    }


def test_payments_are_held_against_the_rosters_of_their_county(session: SparkSession) -> None:
    silver = silver_of(
        session,
        dibao_roster=[{"county_code": NORTH, "household_no": "D1"}] * 2,  # two members: one certificate
        tekun_roster=[{"county_code": NORTH, "tekun_no": "T1"}],
        payments=[
            {"county_code": county, "program": program, "household_no": number}
            for county, program, number in (
                (NORTH, "农村低保", "D1"),
                (NORTH, "农村特困", "T1"),
                (SOUTH, "农村低保", "D1"),  # unknown there
                (NORTH, "城市低保", "D9"),  # unknown
                (NORTH, "临时救助", "D9"),  # an aid: of no roster
                (NORTH, "农村低保", None),  # no certificate to look up
            )
        ],
    )
    assert payment_figures(silver) == {"payments of a certificate that no roster holds": 2 / 4}


def test_without_payments_there_is_nothing_to_hold_against_the_rosters(session: SparkSession) -> None:
    assert payment_figures(silver_of(session)) == {"payments of a certificate that no roster holds": None}


def test_totals_fall_rise_vanish_or_are_too_small_to_tell() -> None:
    before = {
        ("dibao_roster", NORTH): 100,
        ("dibao_roster", SOUTH): 50,
        ("payments", NORTH): 80,
        ("vehicles", "420200"): 60,
        ("tekun_roster", NORTH): 49,
    }
    now = {
        ("dibao_roster", NORTH): 40,
        ("dibao_roster", SOUTH): 50,
        ("payments", NORTH): 100,
        ("tekun_roster", NORTH): 1,
        ("new", "x"): 9,
    }
    found = falls(before, now, least_rows=50)
    assert found == pytest.approx(
        {("dibao_roster", NORTH): 0.6, ("dibao_roster", SOUTH): 0, ("payments", NORTH): -0.25, ("vehicles", "420200"): 1}
    )
    assert fall_figures(found)["fall of 城乡低保对象花名册 in 420292"] == pytest.approx(0.6)


def test_rows_are_counted_by_county_or_where_none_is_named_by_the_files_area(session: SparkSession) -> None:
    silver = silver_of(
        session,
        dibao_roster=[{"county_code": NORTH}] * 3 + [{"county_code": SOUTH}],
        payments=[{"county_code": NORTH}, {"county_code": None}],
        vehicles=[{}] * 7,
    )
    by_area = {("vehicles", "420200"): 7, ("village_cadres", SOUTH): 2, ("dibao_roster", "420200"): 99}
    data_sets = [DATA_SETS[code] for code in ("dibao_roster", "payments", "vehicles")]
    assert county_totals(silver, data_sets, by_area) == {
        ("dibao_roster", NORTH): 3,  # by its rows, not by the area that its files claim
        ("dibao_roster", SOUTH): 1,
        ("payments", NORTH): 1,
        ("payments", ""): 1,
        ("vehicles", "420200"): 7,
        ("village_cadres", SOUTH): 2,
    }


def test_numbers_are_counted_by_file_column_and_state(session: SparkSession, embedded: Engine, tmp_path: Path) -> None:
    rows = [
        {"_file_id": "one", "person_number_state": "valid", "head_number_state": "valid"},
        {"_file_id": "one", "person_number_state": "valid", "head_number_state": "absent"},
        {"_file_id": "two", "person_number_state": "check_fails", "head_number_state": "valid"},
    ]
    silver = silver_of(session, dibao_roster=rows, vehicles=[{"_file_id": "three", "owner_number_state": "firm"}])
    lake = Lake(embedded, str(tmp_path))
    lake.overwrite(NUMBER_STATES, number_states(silver, [DATA_SETS["dibao_roster"], DATA_SETS["vehicles"]]))
    assert number_counts(lake) == {
        ("dibao_roster", "one", "person"): {"valid": 2},
        ("dibao_roster", "one", "head"): {"valid": 1, "absent": 1},
        ("dibao_roster", "two", "person"): {"check_fails": 1},
        ("dibao_roster", "two", "head"): {"valid": 1},
        ("vehicles", "three", "owner"): {"firm": 1},
    }
