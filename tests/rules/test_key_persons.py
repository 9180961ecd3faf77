"""Who counts as a key person is the list's to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pyspark.sql import SparkSession

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FINDINGS
from jobs.registers.policy import KeyPersons
from jobs.rulebook.facts import Facts
from jobs.rulebook.key_persons import key_persons
from tests.rules.world import Case, build_world

SOURCE = {"from": date(2012, 1, 1), "source": "办法（2012）"}
OWN = KeyPersons(title="经办人员", declared_kinds=("民政经办人员",), unit_words=("民政局",), is_separate=True, **SOURCE)
CADRES = KeyPersons(title="村干部", rules=("K03",), **SOURCE)
PAST = KeyPersons(title="旧口径", rules=("K03",), to=date(2015, 1, 1), **SOURCE)

CASES = {
    "nobody": {},
    "declared by an official of the office": {"kin_declarations.as": "relative", "kin_declarations.cadre_kind": "民政经办人员"},
    "  twin: declared by a village cadre": {"kin_declarations.as": "relative", "kin_declarations.cadre_kind": "村干部"},
    "works there": {"fiscal_staff.unit": "某县民政局"},
    "  twin: works elsewhere": {"fiscal_staff.unit": "某县水利局"},
    "a child outside the roster works there": {
        "kin.who": "child",
        "kin.relation": "child",
        "fiscal_staff.of": "child",
        "fiscal_staff.unit": "某县民政局",
    },
}


def marked(session: SparkSession, kinds: tuple[KeyPersons, ...], rule: str = "K03") -> dict[str, set[tuple[str, bool]]]:
    cases = [Case(name, cells, ("", "", "", "")) for name, cells in CASES.items()]
    world = build_world(session, "D01", cases)
    facts: Facts = replace(world, policy=world.policy.model_copy(update={"key_persons": kinds}))
    row = {"rule_code": rule, "case_id": "case0", "subject_key": "s", "thing_key": "t", "outcome": "found", "evidence": []}
    findings = session.createDataFrame([tuple(row.get(n) for n in FINDINGS.column_names)], FINDINGS.schema)
    found: dict[str, set[tuple[str, bool]]] = {}
    for got in key_persons(facts, findings).collect():
        found.setdefault(cases[int(got["case_id"].removeprefix("case"))].name, set()).add((got["title"], got["is_separate"]))
    return found


def test_an_official_of_the_office_marks_the_household_and_a_namesake_trade_does_not(session: SparkSession) -> None:
    assert marked(session, (OWN,)) == {
        name: {("经办人员", True)}
        for name in ("declared by an official of the office", "works there", "a child outside the roster works there")
    }


def test_a_rule_marks_its_cases_while_the_kind_is_in_force(session: SparkSession) -> None:
    assert marked(session, (CADRES, PAST)) == {"nobody": {("村干部", False)}}
    assert marked(session, (CADRES,), rule="V01") == {}


def test_the_kinds_of_declared_official_are_those_of_the_register(session: SparkSession) -> None:
    del session
    kinds = next(f.values for f in DATA_SETS["kin_declarations"].fields if f.name == "cadre_kind")
    assert set(OWN.declared_kinds) <= set(kinds)
