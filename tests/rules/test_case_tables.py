"""Every rule against its case table, and the tables against the rule book."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs.launch.settings import Settings
from jobs.rulebook.rule import EXEMPTIONS, Rule
from jobs.rules import RULES
from tests.rules.world import clues_of, judge_cases, read_cases, with_each_cell_left_out

PAGES = Path(__file__).parents[2] / "docs" / "rules"
by_code = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


@by_code
def test_every_case_of_the_table_comes_out_as_written(session: SparkSession, settings: Settings, rule: Rule) -> None:
    cases = read_cases(rule.code)
    seen = judge_cases(session, rule, settings.params(rule.code), cases)
    assert seen == {case.name: case.expected for case in cases}


@by_code
def test_every_clue_says_a_whole_sentence_whatever_cell_is_empty(session: SparkSession, settings: Settings, rule: Rule) -> None:
    """A null anywhere in a concatenation would make the whole of it null, and an inspector would read nothing."""
    cases = read_cases(rule.code)
    asserted = {case.name: case.says for case in cases if case.says}
    assert asserted, "a case table asserts the sentence of one line at least"
    rows = clues_of(session, rule, settings.params(rule.code), [*cases, *with_each_cell_left_out(cases)])
    clues = {name: row["explanation"] for name, row in rows.items() if row["outcome"] in ("found", "exempt")}
    assert {name: clues[name] for name in asserted} == asserted
    assert {name: said for name, said in clues.items() if not re.fullmatch("[^，。；][^。]+。", said or "")} == {}


@by_code
def test_a_table_has_both_sides_of_the_limit_and_every_exemption_of_the_rule(
    session: SparkSession, settings: Settings, rule: Rule
) -> None:
    del session  # Columns can be built only while an engine is there
    cases = read_cases(rule.code)
    outcomes = {case.expected["outcome"] for case in cases}
    judgement = rule.judge(settings.params(rule.code))
    # What lies within the limit is clear, or not even looked at: a month within the standard is no row of F01.
    assert "found" in outcomes
    assert outcomes & {"clear", "no row"}
    assert set(judgement.exempt) | {"R07"} == {case.expected["code"] for case in cases if case.expected["outcome"] == "exempt"}
    assert not judgement.missing or "cannot_judge" in outcomes
    assert set(judgement.exempt) <= set(EXEMPTIONS)


@by_code
def test_a_rule_has_a_source_a_period_and_a_page(rule: Rule) -> None:
    page = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    assert re.search(r"\d{4}", rule.source)
    assert rule.source in page
    assert rule.title_zh in page
    assert len(rule.verify) >= 2


def test_rule_codes_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert [code[0] for code in codes] == sorted((code[0] for code in codes), key="DKEVPIRSFUXM".index)
