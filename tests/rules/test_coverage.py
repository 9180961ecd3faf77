"""Coverage per rule, and the guard against a rule that floods. Expected values by hand."""

from __future__ import annotations

from pyspark.sql import SparkSession

from expectations.contracts.lake import FINDINGS, RULE_COVERAGE
from jobs.find_clues.job import held_rules
from jobs.launch.settings import FloodSettings, Settings
from jobs.rank_clues.clue_order import clues_of
from jobs.rulebook.rule_coverage import NO_NUMBER, OTHER_NAME, USABLE, RegisterHole, is_blind, rule_coverage
from jobs.rules import RULES

BY_CODE = {rule.code: rule for rule in RULES}
PEOPLE = {("420202", USABLE): 90, ("420202", NO_NUMBER): 6, ("420203", USABLE): 40, ("420203", OTHER_NAME): 4}


def covered(code: str, *holes: RegisterHole) -> dict[str, object]:
    row = rule_coverage([BY_CODE[code]], PEOPLE, holes, {(code, "found"): 3, (code, "exempt"): 2}, {code: 3})[0]
    return dict(zip(RULE_COVERAGE.column_names, row, strict=True))


def test_people_without_number_or_under_another_name_are_not_judged() -> None:
    row = covered("V01")
    assert (row["people"], row["judged"], row["without_number"], row["other_name"], row["without_register"]) == (
        140,
        130,
        6,
        4,
        0,
    )
    assert (row["found"], row["clear"], row["exempt"], row["cannot_judge"], row["held"]) == (3, 0, 2, 0, 3)


def test_a_county_without_the_register_is_not_judged() -> None:
    row = covered("V01", RegisterHole("vehicles", "420203"), RegisterHole("properties", "420202"))
    assert (row["judged"], row["without_register"], row["holes"], row["missing_registers"]) == (90, 40, 1, "")


def test_a_register_that_never_came_leaves_the_rule_blind() -> None:
    row = covered("V01", RegisterHole("vehicles", ""))
    assert (row["judged"], row["without_register"], row["missing_registers"]) == (0, 130, "vehicles")


def test_of_death_registers_one_does() -> None:
    assert not is_blind(BY_CODE["D01"], {"cremations", "death_certificates"})
    assert is_blind(BY_CODE["D01"], {"cremations", "death_certificates", "household_registry"})
    assert is_blind(BY_CODE["E02"], {"enterprises"})


def test_every_rule_names_registers_that_are_delivered() -> None:
    from expectations.contracts.deliveries import DATA_SETS

    assert all(rule.registers and set(rule.registers) <= set(DATA_SETS) for rule in RULES)


def test_a_rule_above_its_share_is_held_and_its_clues_are_kept(session: SparkSession) -> None:
    flood = FloodSettings(highest_share={"V01": 0.5}, otherwise=0.1, least_cases=2)
    rows = (
        [("V01", f"c{i}") for i in range(5)]
        + [("E01", f"c{i}") for i in range(3)]
        + [("K01", "c1"), ("K01", "c1"), ("K01", "c2")]
    )
    found = [
        {"rule_code": code, "case_id": case, "subject_key": str(i), "thing_key": "t", "outcome": "found", "evidence": []}
        for i, (code, case) in enumerate(rows)
    ]
    findings = session.createDataFrame([tuple(row.get(n) for n in FINDINGS.column_names) for row in found], FINDINGS.schema)
    held = held_rules(findings, 10, flood)
    assert held == {"E01": 3}  # V01: 5 of 10 is its share; K01: no more than two households are ever a flood
    clues = {(row["rule_code"], row["is_dispatched"], row["is_held"]) for row in clues_of(findings, held).collect()}
    assert clues == {("V01", True, False), ("E01", False, True), ("K01", True, False)}


def test_the_shares_of_the_configuration_name_rules(settings: Settings) -> None:
    assert set(settings.flood.highest_share) <= set(BY_CODE)
