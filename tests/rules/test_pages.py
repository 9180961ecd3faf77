"""The worked example of every rule's page: a fenced block `case`, judged by the rule like a case table."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs.launch.settings import Settings
from jobs.rulebook.rule import Rule
from jobs.rules import RULES
from tests.rules.world import cases_of, judge_cases

PAGES = Path(__file__).parents[2] / "docs" / "rules"
BLOCK = re.compile(r"^```case\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_worked_example_comes_out_as_the_page_says(session: SparkSession, settings: Settings, rule: Rule) -> None:
    page = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    example = page.partition("## Worked example")[2].partition("\n## ")[0]
    cases = [case for block in BLOCK.findall(example) for case in cases_of(block)]
    expected = {case.name: dict(case.expected) for case in cases}
    assert {"found", "exempt"} <= {case["outcome"] for case in expected.values()}, "an example, and its innocent twin"
    assert judge_cases(session, rule, settings.params(rule.code), cases) == expected
    told = BLOCK.sub("", example)
    amounts = {case[column] for case in expected.values() for column in ("yuan", "upper") if case.get(column)}
    assert [amount for amount in amounts if f"{Decimal(amount):,.2f}" not in told] == [], "amounts that the text does not tell"
