"""One delivery under the law of two years: two lists, each with its own explanation. Worked by hand from the rules' sources."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.launch.settings import load_settings
from jobs.needs import NEED_RULES
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from tests.find_needs.world import case_of, outcomes, search

OLD, NEW = date(2017, 12, 31), date(2021, 7, 1)
M01, M04 = (next(rule for rule in NEED_RULES if rule.code == code) for code in ("M01", "M04"))
PENSION = "kin; pensions@kin kind=企业职工 monthly="
# 5,580 yuan a year are 465 a month; once and a half of it 697.50. The pension counts for two persons.
ALONE_AT_THE_MARGIN = (
    ("500 a head: above the standard, at the margin", f"{PENSION}1000", "excluded", "found"),
    ("697.50 a head: the margin itself", f"{PENSION}1395", "excluded", "found"),
    ("  twin: a fen more", f"{PENSION}1395.02", "excluded", "excluded"),
    ("  twin: a car beside the pension", f"{PENSION}1000; vehicles plate_kind=小型汽车 status=正常", "excluded", "excluded"),
    (
        "  twin: wages, of which no register says how much",
        "kin; social_insurance@kin kind=单位职工 from_month=2015-01",
        "excluded",
        "excluded",
    ),
    ("nothing registered", "", "found", "found"),
)
CANNOT_WORK = (
    ("body, level one", "disabilities kind=肢体 level=1", "found", "found"),
    ("body, level two", "disabilities kind=肢体 level=2", "no row", "found"),
    ("  twin: level three", "disabilities kind=肢体 level=3", "no row", "no row"),
    ("mind, level three", "disabilities kind=精神 level=3", "no row", "found"),
    ("sight, level one", "disabilities kind=视力 level=1", "no row", "found"),
    ("  twin: hearing", "disabilities kind=听力 level=1", "no row", "no row"),
)


@pytest.fixture(scope="module")
def lake(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(embedded, str(tmp_path_factory.mktemp("years")))


def test_the_severely_disabled_of_a_household_at_the_margin_are_listed_since_2021(lake: Lake) -> None:
    cases = [case_of(name, "kind=肢体 level=1", world) for name, world, *_ in ALONE_AT_THE_MARGIN]
    policy = load_settings("test").policy
    for place, day in ((2, OLD), (3, NEW)):
        found = search(lake, M01, "disabilities", cases, policy.under(day))
        assert {name: outcome for name, (outcome, _) in outcomes(found, cases).items()} == {
            line[0]: line[place] for line in ALONE_AT_THE_MARGIN
        }
    told = found[ALONE_AT_THE_MARGIN[0][0]]["explanation"]
    assert "低保边缘" in told
    assert "单独申请" in told
    assert "低保边缘" not in found["nothing registered"]["explanation"]


def test_more_disabilities_rule_out_work_since_2021(lake: Lake) -> None:
    cases = [case_of(name, "status=正常 born_on=1975-05-05", world) for name, world, *_ in CANNOT_WORK]
    policy = load_settings("test").policy
    for place, day in ((2, OLD), (3, NEW)):
        found = search(lake, M04, "household_registry", cases, policy.under(day))
        assert {name: outcome for name, (outcome, _) in outcomes(found, cases).items()} == {
            line[0]: line[place] for line in CANNOT_WORK
        }
