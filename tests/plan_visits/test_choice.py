"""The choice of visits: ranks, quotas, chance, and who is not visited twice. Expected values by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from jobs.launch.plan_params import PlanParams
from jobs.plan_visits.choice import (
    CaseState,
    Choice,
    ClueToVisit,
    LastWord,
    Unremarkable,
    VisitableCase,
    VisitOutcome,
    choose,
    settled_cases,
)
from jobs.plan_visits.expected_yield import expected_yield

DAY = date(2018, 1, 31)


def params(
    random: float = 0.0, severity: float = 0.0, key_person: float = 0.0, exempted: float = 0.0, unremarkable: float = 0.0
) -> PlanParams:
    return PlanParams(
        random_share=random,
        random_exempted_part=exempted,
        random_unremarkable_part=unremarkable,
        severity_share=severity,
        hard_rules=["D01"],
        key_person_share=key_person,
        next_visits=2,
        first_of_pattern=3,
    )


def case(name: str, probability: float, yuan: int = 100) -> VisitableCase:
    """A name with h in it is a hard case, one with k touches a key person."""
    return VisitableCase(name, probability, Decimal(yuan), "h" in name, "k" in name)


def ids(choice: Choice) -> list[str]:
    return [visit.case.case_id for visit in choice.visits]


def many(count: int) -> list[VisitableCase]:
    return [case(f"c{n:04d}", 0.9 - n / 10_000) for n in range(count)]


def test_the_likeliest_cases_come_first_and_money_only_breaks_ties() -> None:
    cases = [case("b", 0.5, 9), case("a", 0.5, 10), case("c", 0.5, 9), case("e", 0.4, 9_999), case("d", 0.6, 1)]
    choice = choose(cases, 4, DAY, params())
    assert ids(choice) == ["d", "a", "b", "c"]
    assert [visit.position for visit in choice.visits] == [1, 2, 3, 4]
    assert [one.case_id for one in choice.following] == ["e"]


def test_what_waits_for_its_pattern_stands_behind_all_others() -> None:
    cases = [case("a", 0.3), case("b", 0.2), replace(case("c", 0.9), waits=True), replace(case("d", 0.8), waits=True)]
    assert ids(choose(cases, 2, DAY, params())) == ["a", "b"]
    assert ids(choose(cases, 3, DAY, params())) == ["a", "b", "c"]


def test_a_quota_pushes_out_the_weakest_and_says_why() -> None:
    cases = [case("a", 0.9), case("b", 0.8), case("c", 0.7), case("d", 0.6), case("h1", 0.5), case("h2", 0.4), case("k", 0.1)]
    choice = choose(cases, 4, DAY, params(severity=0.25, key_person=0.25))
    assert [(visit.case.case_id, visit.why) for visit in choice.visits] == [
        ("a", "ranked"), ("b", "ranked"), ("h1", "severity"), ("k", "key person"),
    ]  # fmt: skip
    assert [one.case_id for one in choice.following] == ["c", "d"]


def test_a_quota_that_the_rank_keeps_anyway_changes_nothing() -> None:
    cases = [case("h1", 0.9), case("b", 0.8), case("hk", 0.7), case("d", 0.6)]
    kept = choose(cases, 3, DAY, params(severity=0.5, key_person=0.3))
    assert [(visit.case.case_id, visit.why) for visit in kept.visits] == [("h1", "ranked"), ("b", "ranked"), ("hk", "ranked")]


def test_a_quota_without_cases_of_its_kind_leaves_the_places_to_the_others() -> None:
    assert ids(choose([case("a", 0.3), case("b", 0.2)], 2, DAY, params(severity=1.0))) == ["a", "b"]


@pytest.mark.parametrize(("visits", "drawn"), [(1, 0), (2, 1), (20, 1), (21, 2), (100, 5), (300, 15)])
def test_at_least_the_random_share_is_drawn_and_never_the_whole_list(visits: int, drawn: int) -> None:
    choice = choose(many(1000), visits, DAY, params(random=0.05))
    assert len(choice.visits) == visits
    assert sum(visit.is_random for visit in choice.visits) == drawn
    assert choice.drawn_from == {"dispatched": 1000 - (visits - drawn), "exempted": 0, "unremarkable": 0}


def test_the_random_part_is_drawn_from_outside_the_ranked_part_only() -> None:
    choice = choose(many(300), 100, DAY, params(random=0.05))
    best = {one.case_id for one in many(300)[:95]}
    assert {visit.case.case_id for visit in choice.visits if not visit.is_random} == best
    assert not {visit.case.case_id for visit in choice.visits if visit.is_random} & best
    assert ids(choose(many(5), 10, DAY, params(random=0.2))) == [one.case_id for one in many(5)]  # nobody is left to draw


def explained(count: int) -> list[VisitableCase]:
    return [replace(case(f"e{n:04d}", 0.95), stratum="exempted") for n in range(count)]


def test_whoever_has_more_visits_goes_on_among_the_explained_likeliest_first() -> None:
    cases = [
        replace(case("e", 0.9), stratum="exempted"),
        case("a", 0.2),
        replace(case("f", 0.95), stratum="exempted"),
        case("b", 0.3),
    ]
    assert ids(choose(cases, 3, DAY, params())) == ["b", "a", "f"]


def test_no_quota_is_filled_by_an_explained_case() -> None:
    cases = [case("a", 0.9), replace(case("hk", 0.8), stratum="exempted")]
    choice = choose(cases, 1, DAY, params(severity=1.0, key_person=0.0))
    assert [(visit.case.case_id, visit.why) for visit in choice.visits] == [("a", "ranked")]


def test_the_random_ones_come_from_their_strata_by_the_stated_parts() -> None:
    """2,000 random places: 500 of each part, standard deviation 19.4; five of them are allowed."""
    nobody_knows = Unremarkable(tuple(f"u{n:04d}" for n in range(2000)), 90_000)
    choice = choose(
        [*many(4000), *explained(2000)], 4000, DAY, params(random=0.5, exempted=0.25, unremarkable=0.25), nobody_knows
    )
    drawn = Counter(visit.case.stratum for visit in choice.visits if visit.is_random)
    assert sum(drawn.values()) == 2000
    assert abs(drawn["exempted"] - 500) < 97
    assert abs(drawn["unremarkable"] - 500) < 97
    assert choice.drawn_from == {"dispatched": 2000, "exempted": 2000, "unremarkable": 90_000}
    in_their_order = [visit.case.case_id for visit in choice.visits if visit.case.stratum == "unremarkable"]
    assert set(in_their_order) == set(nobody_knows.first_drawn[: len(in_their_order)])


def test_a_stratum_that_is_used_up_leaves_its_places_to_what_has_clues() -> None:
    choice = choose(many(30), 10, DAY, params(random=0.5, exempted=0.5, unremarkable=0.5))
    assert Counter(visit.case.stratum for visit in choice.visits) == {"dispatched": 10}
    full = choose(explained(3), 10, DAY, params(random=0.5, exempted=0.0, unremarkable=0.0), Unremarkable(("u1",), 1))
    assert "u1" not in ids(full)


def test_ties_at_the_cut_are_counted() -> None:
    cases = [case("a", 0.9), case("b", 0.5, 3), case("c", 0.5, 2), case("d", 0.5, 1), case("e", 0.4)]
    assert choose(cases, 2, DAY, params()).tied == 2
    assert choose(cases, 4, DAY, params()).tied == 0
    assert choose([], 4, DAY, params()).tied == 0


def test_every_case_outside_is_drawn_about_as_often() -> None:
    """Over 2,000 days, 5 of 50 cases outside: 200 times each, standard deviation 13.4; five of them are allowed."""
    drawn: Counter[str] = Counter()
    for n in range(2000):
        choice = choose(many(145), 100, DAY + timedelta(days=n), params(random=0.05))
        drawn.update(visit.case.case_id for visit in choice.visits if visit.is_random)
    assert set(drawn) == {one.case_id for one in many(145)[95:]}
    assert max(abs(count - 200) for count in drawn.values()) < 5 * 13.4


def test_a_place_on_the_list_does_not_tell_that_chance_drew_it() -> None:
    """Over 2,000 days, 5 random cases on 100 places: 1,000 on each tenth of the list, standard deviation 30."""
    tenths: Counter[int] = Counter()
    for n in range(2000):
        choice = choose(many(145), 100, DAY + timedelta(days=n), params(random=0.05))
        tenths.update((visit.position - 1) // 10 for visit in choice.visits if visit.is_random)
        ranked = [visit.case.probability for visit in choice.visits if not visit.is_random]
        assert ranked == sorted(ranked, reverse=True)
    assert sorted(tenths) == list(range(10))
    assert max(abs(count - 1000) for count in tenths.values()) < 5 * 30


def test_the_same_day_gives_the_same_list_whatever_the_order_of_the_cases() -> None:
    assert choose(many(200), 50, DAY, params(random=0.1)) == choose(reversed(many(200)), 50, DAY, params(random=0.1))
    other_day = choose(many(200), 50, DAY + timedelta(days=1), params(random=0.1))
    assert other_day != choose(many(200), 50, DAY, params(random=0.1))


def test_shares_above_the_whole_list_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"1\.1 together"):
        params(random=0.1, severity=0.6, key_person=0.4)


@pytest.mark.parametrize(
    ("probabilities", "expected", "low", "high"),
    [
        ([0.5] * 100, 50.0, 40.2, 59.8),  # sd 5
        ([1.0, 1.0, 0.0], 2.0, 2.0, 2.0),  # nothing is left to chance
        ([0.1], 0.1, 0.0, 0.69),  # sd 0.3, cut at none
        ([0.9], 0.9, 0.31, 1.0),  # cut at all
        ([], 0.0, 0.0, 0.0),
    ],
)
def test_the_yield_is_the_sum_with_a_normal_interval(
    probabilities: list[float], expected: float, low: float, high: float
) -> None:
    found = expected_yield(probabilities)
    assert (found.visits, round(found.expected, 6)) == (len(probabilities), expected)
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


VISITED_ON = date(2018, 1, 10)
FIRST_RUN = date(2017, 12, 31)


@pytest.mark.parametrize(
    ("story", "is_refuted", "clues", "states", "is_settled"),
    [
        ("confirmed, and nothing is new", False, [("a", FIRST_RUN)], [(FIRST_RUN, "x"), (DAY, "x")], True),
        ("confirmed, and payment goes on", False, [("a", FIRST_RUN)], [(FIRST_RUN, "x"), (DAY, "y")], False),
        ("refuted, and the same lawful payment goes on", True, [("a", FIRST_RUN)], [(FIRST_RUN, "x"), (DAY, "y")], True),
        ("refuted, and another clue came in", True, [("a", FIRST_RUN), ("b", DAY)], [(FIRST_RUN, "x"), (DAY, "y")], False),
        ("the clue that was judged is told as new", True, [("a", DAY)], [(DAY, "x")], True),
        ("a second clue was there at the visit", True, [("a", FIRST_RUN), ("b", FIRST_RUN)], [(FIRST_RUN, "x"), (DAY, "x")], True),
        ("it changed twice and back", False, [("a", FIRST_RUN)], [(FIRST_RUN, "x"), (date(2018, 1, 20), "y"), (DAY, "x")], True),
        ("no run is as old as the visit", False, [("a", FIRST_RUN)], [(DAY, "y")], True),
    ],
)  # fmt: skip
def test_a_case_is_not_visited_twice_unless_it_has_changed(
    story: str, is_refuted: bool, clues: list[tuple[str, date]], states: list[tuple[date, str]], is_settled: bool
) -> None:
    verdicts = [VisitOutcome("a", "case", is_refuted, VISITED_ON)]
    listed = [ClueToVisit(clue, "case", first_seen) for clue, first_seen in clues]
    history = [CaseState("case", as_of, fingerprint) for as_of, fingerprint in states]
    assert (settled_cases(verdicts, listed, history, DAY) == {"case"}) is is_settled, story


def test_a_visit_on_the_day_of_the_list_or_later_does_not_count_for_it() -> None:
    for day, settled in ((DAY - timedelta(days=1), {"case"}), (DAY, set()), (DAY + timedelta(days=1), set())):
        assert settled_cases([VisitOutcome("a", "case", True, day)], [], [], DAY) == settled


ASIDE, UNTIL = date(2018, 2, 1), date(2018, 6, 1)
BEFORE, AFTER = CaseState("case", date(2018, 1, 31), "one"), CaseState("case", date(2018, 2, 28), "two")
SAME = CaseState("case", date(2018, 2, 28), "one")
REFUTED = VisitOutcome("a", "case", True, date(2018, 1, 15))


@pytest.mark.parametrize(
    ("story", "verdicts", "word", "clues", "states", "as_of", "is_asleep"),
    [
        ("set aside, nothing new", [], LastWord("case", ASIDE, True, UNTIL), [], [BEFORE, SAME], date(2018, 5, 31), True),
        ("its day has come", [], LastWord("case", ASIDE, True, UNTIL), [], [BEFORE, SAME], UNTIL, False),
        ("its day has come, though a visit had refuted it", [REFUTED], LastWord("case", ASIDE, True, UNTIL), [], [BEFORE], UNTIL, False),
        ("set aside without a day", [], LastWord("case", ASIDE, True), [], [BEFORE, SAME], date(2030, 1, 1), True),
        ("it has changed before its day", [], LastWord("case", ASIDE, True, UNTIL), [], [BEFORE, AFTER], date(2018, 3, 1), False),
        ("refuted: another month is no news", [REFUTED], LastWord("case", ASIDE, True), [], [BEFORE, AFTER], date(2018, 3, 1), True),
        ("refuted, and a clue came in", [REFUTED], LastWord("case", ASIDE, True), [ClueToVisit("b", "case", date(2018, 2, 28))], [BEFORE],
         date(2018, 3, 1), False),
        ("visited since", [VisitOutcome("a", "case", True, date(2018, 7, 1))], LastWord("case", ASIDE, True, UNTIL), [], [BEFORE],
         date(2018, 8, 1), True),
        ("opened again, though visited and unchanged", [REFUTED], LastWord("case", ASIDE, False), [], [BEFORE, SAME], date(2018, 3, 1), False),
        ("opened again, then visited", [VisitOutcome("a", "case", True, date(2018, 2, 9))], LastWord("case", ASIDE, False), [], [BEFORE],
         date(2018, 3, 1), True),
        ("set aside later than the list", [], LastWord("case", date(2018, 4, 1), True), [], [BEFORE], date(2018, 3, 1), False),
    ],
)  # fmt: skip
def test_a_case_sleeps_until_its_day_or_until_it_changes(
    story: str,
    verdicts: list[VisitOutcome],
    word: LastWord,
    clues: list[ClueToVisit],
    states: list[CaseState],
    as_of: date,
    is_asleep: bool,
) -> None:
    assert (settled_cases(verdicts, clues, states, as_of, [word]) == {"case"}) is is_asleep, story
