"""Every rule of needs against its case table, and what is said of whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from jobs.find_needs.need_score import WEIGHTS, WORDS
from jobs.launch.settings import load_settings
from jobs.needs import NEED_RULES, destitute
from jobs.rulebook.need import NeedRule
from jobs.rulebook.need_outcomes import CANNOT_JUDGE, EXCLUDED, EXCLUDED_WORDS, MISSING_WORDS, REASON_WORDS
from jobs.runtime.lake import Lake
from jobs.runtime.session import Engine
from tests.find_needs.world import Case, case_of, outcomes, read_cases, search

PAGES = Path(__file__).parents[2] / "docs" / "rules"
by_code = pytest.mark.parametrize("rule", NEED_RULES, ids=lambda rule: rule.code)


@pytest.fixture(scope="module")
def lake(embedded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(embedded, str(tmp_path_factory.mktemp("needs")))


@by_code
def test_every_case_of_the_table_comes_out_as_written(lake: Lake, rule: NeedRule) -> None:
    register, cases = read_cases(rule.code)
    found = search(lake, rule, register, cases)
    assert outcomes(found, cases) == {
        case.name: case.expected if case.expected[0] != "no row" else ("no row", "") for case in cases
    }
    for case in cases:
        if case.name in found:
            assert_told(found[case.name], case)


def assert_told(need: dict[str, Any], case: Case) -> None:
    """One sentence, ranked where it is a need, with the reason in words where it is none."""
    assert need["explanation"].startswith("登记显示该对象"), case.name
    assert need["explanation"].endswith("。"), case.name
    assert not re.search(r"\d级", need["explanation"]), case.name  # a certificate writes 一级
    assert need["evidence"], case.name
    is_need = need["outcome"] == "found"
    assert (need["rank"] is not None) == (need["score"] is not None) == is_need, case.name
    assert bool(need["reasons"]) == is_need, case.name
    if need["outcome"] in (EXCLUDED, CANNOT_JUDGE) and need["reason"] != "stopped":
        assert REASON_WORDS[need["reason"]] in need["explanation"], case.name


def test_the_tables_have_every_reason_and_a_twin_for_each_exclusion() -> None:
    cases = [case for rule in NEED_RULES for case in read_cases(rule.code)[1]]
    reasons = {case.expected[1] for case in cases}
    assert set(REASON_WORDS) <= reasons
    twins = {case.name for case in cases if case.name.startswith("twin:")}
    assert len(twins) >= len(EXCLUDED_WORDS) + len(MISSING_WORDS)
    for rule in NEED_RULES:
        assert {"found", "no row"} <= {case.expected[0] for case in read_cases(rule.code)[1]}


@by_code
def test_a_rule_has_a_source_a_period_and_a_page(rule: NeedRule) -> None:
    page = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    assert re.search(r"\d{4}", rule.source)
    assert rule.source in page
    assert rule.title_zh in page.splitlines()[0]
    assert len(rule.verify) >= 2


RANKED = (
    ("the worse disability", "level=1", "", ">", "level=2", ""),
    ("nobody who could earn", "level=1", "", ">", "level=1", "kin born_on=1980-01-01"),
    (
        "  twin: the other is as disabled",
        "level=1",
        "kin; disabilities@kin level=1",
        "=",
        "level=1",
        "kin; disabilities@kin level=2",
    ),
    ("recognised as poor", "level=1", "poverty_register status=未脱贫", ">", "level=1", "poverty_register status=已脱贫"),
    ("without a home", "level=1", "", ">", "level=1", "properties use=住宅 address=z"),
    ("a child to look after", "level=1", "kin born_on=2010-01-01", ">", "level=1", "kin born_on=1990-01-01"),
)
"""What makes the left world the greater need; written from the reasons beside the weights."""


def test_the_greater_need_ranks_before_the_smaller(lake: Lake) -> None:
    sides = {"left": slice(1, 3), "right": slice(4, 6)}
    worlds = [(f"{side} {n}", *line[at]) for n, line in enumerate(RANKED) for side, at in sides.items()]
    cases = [case_of(name, f"kind=肢体 {fact}", world) for name, fact, world in worlds]
    found = search(lake, NEED_RULES[0], "disabilities", cases)
    for n, (name, _, _, sign, *_) in enumerate(RANKED):
        left, right = found[f"left {n}"], found[f"right {n}"]
        assert left["score"] > right["score"] if sign == ">" else left["score"] == right["score"], name
        assert left["rank"] < right["rank"] or sign == "=", name


def test_the_weights_add_up_and_each_has_its_words() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert set(WEIGHTS) == set(WORDS)


def test_an_old_person_of_whom_no_office_says_that_he_is_poor_is_told_to_be_in_doubt_and_ranks_last(lake: Lake) -> None:
    old = "status=正常 born_on=1950-05-05"
    lines = {
        "nobody says so": (old, "", True),
        "registered as poor": (old, "poverty_register status=未脱贫", False),
        "  twin: has left poverty": (old, "poverty_register status=已脱贫", True),
        "draws the low-income benefit": (old, "dibao_roster stop_month=2018-03", False),
        "too disabled to work, and young": ("status=正常 born_on=1980-05-05", "disabilities kind=肢体 level=1", False),
    }
    cases = [case_of(name, fact, world) for name, (fact, world, _) in lines.items()]
    found = search(lake, next(rule for rule in NEED_RULES if rule.code == "M04"), "household_registry", cases)
    assert {name: "存疑" in found[name]["explanation"] for name in lines} == {name: doubt for name, (*_, doubt) in lines.items()}
    doubtful, plain = ([found[name]["rank"] for name, (*_, doubt) in lines.items() if doubt is kind] for kind in (True, False))
    assert min(doubtful) > max(plain)


def test_the_assistance_that_may_fit_is_told_by_the_need_and_by_what_is_seen_in_the_household(lake: Lake) -> None:
    lines = {
        "alone, no home": ("", "最低生活保障、住房"),
        "  twin: a home": ("properties use=住宅 address=assisted", "最低生活保障"),
        "  twin: a child beside": ("kin born_on=2010-01-01; properties use=住宅 address=child", "最低生活保障、教育"),
        "has means": ("kin; vehicles@kin plate_kind=小型汽车 status=正常", None),
    }
    cases = [case_of(name, "kind=肢体 level=1", world) for name, (world, _) in lines.items()]
    found = search(lake, NEED_RULES[0], "disabilities", cases)
    assert {name: found[name]["assistance"] for name in lines} == {name: kinds for name, (_, kinds) in lines.items()}


def test_the_policy_holds_the_nine_kinds_of_assistance_and_every_need_has_one() -> None:
    lines = load_settings("test").policy.assistance
    assert len({line.kind for line in lines}) == 9
    assert {need for line in lines for need in line.needs} == {rule.code for rule in NEED_RULES}


def test_where_pensions_are_known_of_few_only_the_recognised_poor_are_told(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a city of more than a few old people, most of whom the register of pensions does not tell of."""
    monkeypatch.setattr(destitute, "LEAST_OLD", 1)
    old = "status=正常 born_on=1940-05-05"
    cases = [case_of("nobody calls poor", old, ""), case_of("poor", old, "poverty_register status=未脱贫")]
    found = search(lake, destitute.RULE, "household_registry", cases)
    assert outcomes(found, cases) == {"nobody calls poor": ("no row", ""), "poor": ("found", "")}
    paid = [case_of(f"paid {n}", old, "pensions kind=城乡居民 monthly=103") for n in range(2)]
    found = search(lake, destitute.RULE, "household_registry", [*cases, *paid])
    assert outcomes(found, cases) == {"nobody calls poor": ("found", ""), "poor": ("found", "")}
