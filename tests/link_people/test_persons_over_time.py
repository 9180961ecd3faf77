"""Persons from run to run: ids that stay, numbers that were changed, and what inspectors decided on who is who."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date

import pytest
from pyspark.sql import DataFrame, SparkSession

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import ALIASES, PERSON_IDS
from jobs.link_people.aliases import aliases
from jobs.link_people.person_ids import next_person_ids, person_changes, with_person_ids
from jobs.registers.identity_verdicts import Groups, IdentityVerdicts, pair_side

FIRST, SECOND = date(2017, 11, 30), date(2017, 12, 31)


def side(name: str) -> str:
    return pair_side(f"n-{name}", name)


A, B, C, D = map(side, "abcd")


@pytest.mark.parametrize(
    ("joined", "apart", "one"),
    [
        ([(A, B), (B, C)], [], {(A, B), (B, C), (A, C)}),
        ([(A, B), (B, C)], [(A, C)], {(A, B)}),  # the chain ends where it would bring the two together
        ([(B, C), (A, B)], [(A, C)], {(B, C)}),  # who comes first is who was decided on first
        ([(A, B), (C, D), (B, C)], [(A, D)], {(A, B), (C, D)}),
        ([(A, B)], [(C, D)], {(A, B)}),
    ],
)
def test_what_must_be_apart_is_apart_through_whatever_chain(
    joined: Sequence[tuple[str, str]], apart: Sequence[tuple[str, str]], one: set[tuple[str, str]]
) -> None:
    groups = Groups(apart)
    for left, right in joined:
        groups.join(left, right)
    assert {pair for pair in itertools.combinations((A, B, C, D), 2) if groups.of(pair[0]) == groups.of(pair[1])} == one


def test_decisions_come_before_what_registers_say() -> None:
    groups = IdentityVerdicts(same=((A, B),), apart=((B, C),)).groups([(A, C), (C, D)])
    assert groups.of(A) == groups.of(B) != groups.of(C) == groups.of(D)


@pytest.mark.parametrize(
    ("verdicts", "found"),
    [
        (IdentityVerdicts(same=((A, B), (B, C)), apart=((A, C),)), (A, C)),
        (IdentityVerdicts(same=((A, B),), apart=((B, C),)), None),
    ],
)
def test_decisions_that_contradict_each_other_are_found(verdicts: IdentityVerdicts, found: tuple[str, str] | None) -> None:
    assert verdicts.contradiction() == found


def registry(session: SparkSession, *entries: tuple[str, str, str, str]) -> DataFrame:
    """Number, name, household book and status; everyone is a woman of one day of birth."""
    rows = [{"person_key": n, "name_key": name, "book_no": book, "status": status} for n, name, book, status in entries]
    schema = DATA_SETS["household_registry"].silver.schema
    same = {"born_on": date(1960, 5, 6), "sex": "女", "county_code": "420202", "_file_id": "f", "_sheet": "", "_row": 1}
    return session.createDataFrame([tuple({**same, **row}.get(f.name) for f in schema.fields) for row in rows], schema)


def renamed(session: SparkSession, verdicts: IdentityVerdicts, *entries: tuple[str, str, str, str]) -> set[tuple[str, ...]]:
    known = registry(session, *entries)
    return {tuple(row) for row in aliases(lambda _: known, verdicts)[0].collect()}


OLD = ("n-old", "wang", "book", "迁出注销")
NEW = ("n-new", "wang", "book", "正常")
CHANGED = ("n-old", "wang", "n-new", "wang", "new number")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((OLD, NEW), {CHANGED}),
        ((NEW, OLD), {CHANGED}),
        ((OLD, ("n-new", "wang", "other book", "正常")), set()),
        ((OLD, ("n-new", "li", "book", "正常")), set()),
        ((("n-old", "wang", "book", "死亡注销"), NEW), set()),  # the dead have not been given a number
        ((OLD, NEW, ("n-third", "wang", "book", "正常")), set()),  # which of the two it is, nobody can say
    ],
)
def test_a_cancelled_entry_beside_a_live_one_is_a_new_number(
    session: SparkSession, entries: Iterable[tuple[str, str, str, str]], expected: set[tuple[str, ...]]
) -> None:
    assert renamed(session, IdentityVerdicts(), *entries) == expected


def test_inspectors_keep_apart_what_the_registry_would_make_one(session: SparkSession) -> None:
    apart = IdentityVerdicts(apart=((pair_side("n-new", "wang"), pair_side("n-old", "wang")),))
    assert renamed(session, apart, OLD, NEW) == set()


def test_inspectors_make_one_person_of_two_and_the_live_entry_stands_for_both(session: SparkSession) -> None:
    same = IdentityVerdicts(same=((pair_side("n-1", "wang"), pair_side("n-2", "wong")),))
    entries = (("n-1", "wang", "b1", "迁出注销"), ("n-2", "wong", "b2", "正常"))
    assert renamed(session, same, *entries) == {("n-1", "wang", "n-2", "wong", "same person by verdict")}


def anchors(session: SparkSession, *people: tuple[str, str, str | None]) -> DataFrame:
    return session.createDataFrame(list(people), "number_key string, name_key string, former_name_key string")


class City:
    """Runs one after the other over what is kept of person ids."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self.known = session.createDataFrame([], PERSON_IDS.schema)
        self.changes: set[tuple[str, ...]] = set()

    def run(
        self, *people: tuple[str, str, str | None], merged: Iterable[tuple[str, ...]] = (), as_of: date = FIRST
    ) -> dict[str, str]:
        """Person id by name."""
        to = self.session.createDataFrame(list(merged), ALIASES.schema)
        roots = with_person_ids(anchors(self.session, *people), self.known)
        now = next_person_ids(self.known, roots, to, as_of)
        rows = person_changes(self.known, now, to, as_of).collect()
        self.changes = {(row["name_key"], row["change"], row["old_person_id"], row["new_person_id"]) for row in rows}
        self.known = self.session.createDataFrame(now.collect(), PERSON_IDS.schema)
        return {row["name_key"]: row["person_id"] for row in self.known.collect()}


def test_a_person_alone_under_a_number_has_its_digest_and_sharers_have_their_own(session: SparkSession) -> None:
    ids = City(session).run(("n1", "wang", None), ("n2", "li", None), ("n2", "zhao", None))
    assert ids["wang"] == "n1"
    assert len({ids["li"], ids["zhao"], "n2"}) == 3


def test_an_id_stays_when_somebody_comes_to_share_the_number(session: SparkSession) -> None:
    city = City(session)
    before = city.run(("n1", "wang", None))
    after = city.run(("n1", "wang", None), ("n1", "li", None), as_of=SECOND)
    assert after["wang"] == before["wang"] != after["li"]
    assert city.run(("n1", "li", None), as_of=SECOND)["li"] == after["li"]


def test_an_id_stays_when_the_registry_says_that_the_name_was_another(session: SparkSession) -> None:
    city = City(session)
    before = city.run(("n1", "wang", None))
    assert city.run(("n1", "wong", "wang"), as_of=SECOND)["wong"] == before["wang"]


def test_another_name_under_a_number_is_not_the_person_that_had_it(session: SparkSession) -> None:
    city = City(session)
    before = city.run(("n1", "wang", None))
    assert city.run(("n1", "li", None), as_of=SECOND)["li"] != before["wang"]


def test_merging_and_splitting_are_written_down_and_the_same_run_again_changes_nothing(session: SparkSession) -> None:
    city = City(session)
    city.run(("n1", "wang", None), ("n2", "wong", None))
    assert city.changes == set()
    one = [("n1", "wang", "n2", "wong", "new number")]
    ids = city.run(("n2", "wong", None), merged=one, as_of=SECOND)
    assert ids["wang"] == ids["wong"] == "n2"
    assert city.changes == {("wang", "merged", "n1", "n2")}
    city.run(("n2", "wong", None), merged=one, as_of=SECOND)
    assert city.changes == set()
    ids = city.run(("n1", "wang", None), ("n2", "wong", None), as_of=SECOND)
    assert (ids["wang"], ids["wong"]) == ("n1", "n2")
    assert city.changes == {("wang", "split", "n2", "n1")}
