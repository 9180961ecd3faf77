"""The summary of a run, as a terminal shows it."""

from __future__ import annotations

from io import StringIO

from jobs.commands.summary import RULE_TITLES, rule_table
from jobs.runtime.console import Console


def test_a_terminal_of_eighty_columns_shows_rules_in_full() -> None:
    counted = {"found": 1, "held": False, "judged": 51_359, "people": 51_419, "exempt": 1, "clear": 50_865, "cannot_judge": 0}
    coverage = [{"rule_code": code, **counted} for code in RULE_TITLES]
    stream = StringIO()
    Console(file=stream, width=80).print(rule_table(coverage))
    rules = "".join(line.split("│")[1].strip() for line in stream.getvalue().splitlines() if line.startswith("│"))
    assert rules.replace(" ", "") == "".join(f"{row['rule_code']}{RULE_TITLES[row['rule_code']]}" for row in coverage)
