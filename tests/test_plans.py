"""Every job's plan on empty frames: a column typo dies here, without data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    ALIASES,
    CASE_FILES,
    CASE_SCORES,
    CASE_STATES,
    CASES,
    CASEWORK,
    CHECKS,
    CLUES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    FILES,
    FINDINGS,
    HOUSEHOLD_STATES,
    IDENTITIES,
    KEY_PERSONS,
    KIN,
    LEDGER,
    LINK_CANDIDATES,
    LINKS,
    LISTED_CLUES,
    MEMBERS,
    NEEDS,
    PATTERNS,
    PERSON_CHANGES,
    PERSON_IDS,
    PERSONS,
    PURPOSES,
    QUALITY,
    RUNS,
    TABLES,
    TOTALS,
    VERDICTS,
)
from expectations.contracts.model import Table
from jobs.check_households import job as check_households
from jobs.find_needs import job as find_needs
from jobs.find_needs.search import Benefits
from jobs.launch.settings import Settings
from jobs.link_people.aliases import aliases
from jobs.link_people.households import cases, members, named_persons
from jobs.link_people.identities import anchors, identities, mentions, persons
from jobs.link_people.kin import kin
from jobs.link_people.links import links
from jobs.link_people.person_ids import next_person_ids, person_changes, with_person_ids
from jobs.needs import NEED_RULES
from jobs.rank_clues.case_files import case_files
from jobs.rank_clues.clue_order import clues_of, ranked, with_key_persons, with_patterns
from jobs.registers.benefits import entitlement_months
from jobs.registers.deaths import best_attested_deaths
from jobs.registers.identity_verdicts import Groups, IdentityVerdicts
from jobs.registers.means.registered import no_variants
from jobs.rulebook import gathering
from jobs.rulebook.facts import Facts
from jobs.rulebook.findings import find_clues as found_by
from jobs.rulebook.key_persons import key_persons
from jobs.rulebook.need import NeedFacts
from jobs.rulebook.time_engine import gathered_months
from jobs.rules.in_force import rules_in_force
from jobs.runtime.errors import ContractBroken
from jobs.runtime.lake import Lake, conform
from jobs.runtime.session import Engine
from jobs.score_cases.features import CASE_FIGURES, PATTERN_FIGURES, Registers, case_features
from jobs.standardise.job import standardise as standardised
from tests.conftest import AS_OF, KEY
from tools import documents

Empty = Callable[[Table], DataFrame]


@pytest.fixture
def empty(session: SparkSession) -> Empty:
    return lambda table: session.createDataFrame([], table.schema)


@pytest.fixture
def silver(empty: Empty) -> Callable[[str], DataFrame]:
    return lambda code: empty(DATA_SETS[code].silver)


def types(frame: DataFrame) -> dict[str, str]:
    return {field.name: field.dataType.simpleString() for field in frame.schema.fields}


def contract(table: Table) -> dict[str, str]:
    return {column.name: column.type.simpleString() for column in table.columns}


@pytest.mark.parametrize("code", DATA_SETS)
def test_standardise_gives_the_silver_contract(empty: Empty, code: str) -> None:
    data_set = DATA_SETS[code]
    assert types(standardised(data_set, empty(data_set.bronze), ["file"], KEY)) == contract(data_set.silver)


def test_linking_gives_its_contracts(empty: Empty, silver: Callable[[str], DataFrame]) -> None:
    named = named_persons(silver)
    numbers = named.select("number_key").distinct()
    roots = with_person_ids(anchors(silver("household_registry"), numbers, named), empty(PERSON_IDS))
    assert types(persons(roots)) == contract(PERSONS)
    assert types(aliases(silver, IdentityVerdicts())[0]) == contract(ALIASES)
    assert types(links(empty(LINK_CANDIDATES), {}, Groups())) == contract(LINKS)
    now = next_person_ids(empty(PERSON_IDS), roots, empty(ALIASES), AS_OF)
    assert types(now) == contract(PERSON_IDS)
    assert types(person_changes(empty(PERSON_IDS), now, empty(ALIASES), AS_OF)) == contract(PERSON_CHANGES)
    assert types(kin(silver, named)) == contract(KIN)
    assert types(members(named, empty(IDENTITIES))) == contract(MEMBERS)
    assert types(cases(silver, empty(MEMBERS))) == contract(CASES)
    assert types(entitlement_months(silver)) == contract(ENTITLEMENT_MONTHS)
    assert types(best_attested_deaths(silver, numbers)) == contract(DEATHS)
    assert {"number_key", "name_key", "grade", "person_id"} <= set(types(identities(mentions(silver, numbers), roots)))


@pytest.fixture
def facts(session: SparkSession, empty: Empty, silver: Callable[[str], DataFrame], settings: Settings) -> Facts:
    members = gathering.member_facts(empty(MEMBERS), empty(CASES), empty(PERSONS))
    return Facts(
        members=members,
        spouses=gathering.spouse_facts(members, empty(KIN), empty(IDENTITIES), empty(PERSONS)),
        relatives=gathering.relative_facts(members, empty(KIN)),
        named=empty(MEMBERS),
        cases=empty(CASES),
        months=empty(ENTITLEMENT_MONTHS),
        paid=gathered_months(empty(ENTITLEMENT_MONTHS)),
        kin=empty(KIN),
        deaths=empty(DEATHS),
        identities=empty(IDENTITIES),
        register=silver,
        policy=settings.policy,
        as_of=AS_OF,
        strange=empty(PATTERNS),
    )


def test_find_clues_gives_the_contract_of_findings(facts: Facts, empty: Empty, settings: Settings) -> None:
    assert types(facts.household) == types(facts.members)
    rules = rules_in_force(AS_OF, settings.params)
    assert rules
    assert types(found_by(facts, rules)) == contract(FINDINGS)
    assert types(key_persons(facts, empty(FINDINGS))) == contract(KEY_PERSONS)


def test_the_plans_of_find_clues_are_small(facts: Facts, embedded: Engine, settings: Settings, tmp_path: Path) -> None:
    """What a plan costs grows with the tables that it reads, whatever they hold: on Spark a second each, before anything is computed."""
    lake, plans = Lake(embedded, str(tmp_path)), list[str]()

    def keep(frame: DataFrame, name: str) -> DataFrame:
        plans.append(str(frame._plan.to_proto(frame._session.client)))  # type: ignore[attr-defined]
        return lake.computed_once(frame, name)

    gathered = {name: keep(getattr(facts, name), name) for name in ("members", "relatives", "paid")}  # as gathering does
    keep(found_by(replace(facts, keep=keep, **gathered), rules_in_force(AS_OF, settings.params)), "findings")
    assert max(plan.count("local_relation {") + plan.count("data_source {") for plan in plans) <= 24
    assert max(plan.count(" join {") for plan in plans) <= 16


def test_a_column_of_candidates_has_one_type_in_all_rules(facts: Facts, settings: Settings) -> None:
    """All rules' candidates are judged in one table, in which a column that two of them name alike is one."""
    found: dict[str, dict[str, set[str]]] = {}
    for rule, params in rules_in_force(AS_OF, settings.params):
        for column, kind in types(rule.candidates(facts, params)).items():
            if kind != "void":
                found.setdefault(column, {}).setdefault(kind, set()).add(rule.code)
    assert {column: kinds for column, kinds in found.items() if len(kinds) > 1} == {}


def test_needs_and_checks_give_their_contracts(
    empty: Empty, silver: Callable[[str], DataFrame], settings: Settings, tmp_path: Path, embedded: Engine
) -> None:
    once = Lake(embedded, str(tmp_path)).computed_once
    benefits = Benefits(empty(MEMBERS), empty(CASES), empty(IDENTITIES), empty(ENTITLEMENT_MONTHS))
    facts = NeedFacts(silver, settings.policy, AS_OF)
    needs = find_needs.find_needs(facts, benefits, NEED_RULES, empty(NEEDS), variants=no_variants, once=once)
    assert types(needs) == contract(NEEDS)
    checks = check_households.check_households(silver, settings.policy, AS_OF, variants=no_variants, once=once)
    assert types(checks) == contract(CHECKS)


def test_scoring_gives_features_and_the_contract_of_clues(
    empty: Empty, silver: Callable[[str], DataFrame], settings: Settings
) -> None:
    registers = Registers(
        cases=empty(CASES),
        members=empty(MEMBERS),
        months=empty(ENTITLEMENT_MONTHS),
        kin=empty(KIN),
        deaths=empty(DEATHS),
        register=silver,
        policy=settings.policy,
        as_of=AS_OF,
    )
    features = case_features(registers)
    assert types(features) == {"case_id": "string", **dict.fromkeys((*CASE_FIGURES, *PATTERN_FIGURES), "double")}
    marked = with_key_persons(clues_of(empty(FINDINGS)), empty(KEY_PERSONS))
    clues = ranked(with_patterns(marked, empty(PATTERNS)), empty(CASES), empty(CASE_SCORES), settings.ranking, AS_OF)
    assert types(clues) == contract(CLUES)
    assert types(case_files(clues, empty(FINDINGS), empty(CASES), empty(CASE_FILES), AS_OF)) == contract(CASE_FILES)


def test_a_frame_that_does_not_fit_is_refused_before_anything_is_written(empty: Empty) -> None:
    frame = empty(PERSONS)
    for wrong, said in (
        (frame.drop("book_no"), "book_no is missing"),
        (frame.selectExpr("*", "1 AS one"), "one is not in the contract"),
        (frame.withColumn("born_on", frame["born_on"].cast("string")), "born_on is string"),
    ):
        with pytest.raises(ContractBroken, match=said):
            conform(wrong, PERSONS)


def test_every_table_is_written_by_one_job_and_read_only_after_it() -> None:
    written: dict[str, str] = {}
    # What the run before left: when a clue was first seen, what was delivered earlier, and how the data was then.
    kept = {
        CLUES,
        CASE_FILES,
        FILES,
        QUALITY,
        TOTALS,
        PERSON_IDS,
        NEEDS,
        PURPOSES,
        LEDGER,
        LISTED_CLUES,
        VERDICTS,
        HOUSEHOLD_STATES,
        CASE_STATES,
        CASEWORK,
    }
    for job in documents.JOBS:
        for table in job.READS:
            # Lists go out and verdicts come back: the next list obeys, and shows, what was planned and taken in after the one before.
            # The log of runs is written by none of them.
            is_kept = (table in kept and table in job.WRITES) or table in (VERDICTS, LEDGER, RUNS, CASEWORK)
            assert table.full_name in written or is_kept, f"{job.NAME} reads {table.full_name} before anyone writes it"
        for table in job.WRITES:
            before = written.setdefault(table.full_name, job.NAME)
            # A second job completes what it has read, and begins nothing of its own.
            assert before == job.NAME or table in job.READS, f"{table.full_name} is written by {before} and {job.NAME}"
    assert {*written, RUNS.full_name} == set(TABLES)  # the log of runs is every job's, and no job's own


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_contract_names_its_grain_its_key_and_the_meaning_of_every_column(table: Table) -> None:
    assert table.grain.split()[0] in ("a", "an", "of")
    assert set(table.key) <= set(table.column_names)
    assert len(set(table.column_names)) == len(table.column_names)
    assert all(column.meaning for column in table.columns)
    assert all(column.unit for column in table.columns if column.type.simpleString().startswith("decimal"))
