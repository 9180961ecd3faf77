"""The choice: which cases a number of visits goes to, in which order, and which of them chance alone has drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from expectations.contracts.ids import without_letter
from expectations.contracts.lake.planning import DISPATCHED, EXEMPTED, KEY_PERSON, RANDOM, RANKED, SEVERITY, STRATA, UNREMARKABLE
from jobs.launch.plan_params import PlanParams


@dataclass(frozen=True)
class VisitableCase:
    """A case that may be visited. probability: that a visit confirms something, 0-1; of an unremarkable household nobody knows it.

    waits: for the first visits to its pattern, behind all others.
    """

    case_id: str
    probability: float
    amount_yuan: Decimal
    is_hard: bool
    is_key_person: bool
    stratum: str = DISPATCHED
    waits: bool = False


@dataclass(frozen=True)
class Visit:
    """A place on the list."""

    position: int
    case: VisitableCase
    why: str

    @property
    def is_random(self) -> bool:
        return self.why == RANDOM


@dataclass(frozen=True)
class Unremarkable:
    """Households without a clue. first_drawn: as many case ids as a list may need, in the order of the draw. count: all there are."""

    first_drawn: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Choice:
    """A list. following: the best cases that did not fit. drawn_from: by stratum, the cases from which its random ones were drawn.

    tied: cases outside that are as likely as the last of the ranked part, so that only money and id have told them from it.
    """

    visits: tuple[Visit, ...]
    following: tuple[VisitableCase, ...]
    drawn_from: Mapping[str, int]
    tied: int


def choose(
    candidates: Iterable[VisitableCase], visits: int, as_of: date, params: PlanParams, unremarkable: Unremarkable = Unremarkable()
) -> Choice:
    """The list for `visits` visits: cases by probability, quotas kept, random cases at random places among them.

    What is to be visited comes first; who has more visits goes on among the cases that an exemption explains, likeliest first.
    A quota takes the best cases of its kind that the rank alone would have missed, and pushes out the weakest others.
    The random ones are drawn uniformly from everything of their stratum outside, by hash of day and case: the same on every
    machine, and another day draws others. Which stratum each comes from is drawn, too, by the stated parts. What waits for the
    first visits to its pattern stands behind all others.
    """
    ordered = sorted(
        candidates, key=lambda case: (case.waits, STRATA.index(case.stratum), -case.probability, -case.amount_yuan, case.case_id)
    )
    random_places = min(ceil(visits * params.random_share), max(0, visits - 1))
    ranked = _ranked(ordered, visits - random_places, visits, params)
    outside = [case for case in ordered if case.case_id not in ranked]
    drawn = _drawn(outside, unremarkable, random_places, as_of, params)
    listed = _interleaved([case for case in ordered if case.case_id in ranked], drawn, ranked, as_of)
    on_list = {visit.case.case_id for visit in listed}
    following = tuple(case for case in ordered if case.case_id not in on_list)[: params.next_visits]
    sizes = {name: sum(case.stratum == name for case in outside) for name in (DISPATCHED, EXEMPTED)}
    return Choice(listed, following, {**sizes, UNREMARKABLE: unremarkable.count}, _tied(ordered, ranked))


def _drawn(
    outside: Sequence[VisitableCase], unremarkable: Unremarkable, places: int, as_of: date, params: PlanParams
) -> list[VisitableCase]:
    """One case a place, as long as there are any: of the stratum that the place has drawn or, where it is used up, of the next."""
    nobody_knows = [VisitableCase(case_id, 0.0, Decimal(0), False, False, UNREMARKABLE) for case_id in unremarkable.first_drawn]
    by_draw = sorted(outside, key=lambda case: _draw(as_of, without_letter(case.case_id)))
    left: dict[str, Iterator[VisitableCase]] = {
        name: iter([case for case in (*by_draw, *nobody_knows) if case.stratum == name]) for name in STRATA
    }
    drawn = []
    for place in range(1, places + 1):
        share = int(_draw(as_of, f"stratum {place}")[:8], 16) / 16**8
        wanted = next(name for name, below in _bounds(params) if share < below)
        case = next((case for name in (wanted, DISPATCHED, EXEMPTED) for case in left[name]), None)
        if case is not None:
            drawn.append(case)
    return drawn


def _bounds(params: PlanParams) -> Iterator[tuple[str, float]]:
    """Strata with the upper ends of their parts of 0-1."""
    yield EXEMPTED, params.random_exempted_part
    yield UNREMARKABLE, params.random_exempted_part + params.random_unremarkable_part
    yield DISPATCHED, 1.0


def _tied(ordered: Sequence[VisitableCase], ranked: Mapping[str, str]) -> int:
    by_rank = [case for case in ordered if ranked.get(case.case_id) == RANKED]
    if not by_rank:
        return 0
    last = by_rank[-1]
    return sum(
        case.case_id not in ranked and (case.stratum, case.probability) == (last.stratum, last.probability) for case in ordered
    )


def _ranked(ordered: Sequence[VisitableCase], places: int, visits: int, params: PlanParams) -> dict[str, str]:
    """Why each case of the ranked part was chosen, by case_id."""
    by_rank = {case.case_id for case in ordered[:places]}
    dispatched = [case for case in ordered if case.stratum == DISPATCHED]
    kinds = (
        (SEVERITY, [case for case in dispatched if case.is_hard], int(visits * params.severity_share)),
        (KEY_PERSON, [case for case in dispatched if case.is_key_person], int(visits * params.key_person_share)),
    )
    chosen: dict[str, str] = {}
    for why, of_kind, quota in kinds:
        for case in of_kind[:quota]:
            if len(chosen) < places:
                chosen.setdefault(case.case_id, RANKED if case.case_id in by_rank else why)
    for case in ordered:
        if len(chosen) >= places:
            break
        chosen.setdefault(case.case_id, RANKED)
    return chosen


def _interleaved(
    ranked: Sequence[VisitableCase], drawn: Sequence[VisitableCase], why: dict[str, str], as_of: date
) -> tuple[Visit, ...]:
    """Random cases at places drawn by hash, so that a place tells nothing; the others keep their order."""
    count = len(ranked) + len(drawn)
    by_draw = sorted(range(1, count + 1), key=lambda position: _draw(as_of, f"position {position}"))
    random_at = dict(zip(by_draw, drawn, strict=False))  # as many places as were drawn
    rest = iter(ranked)
    return tuple(
        Visit(position, random_at[position], RANDOM)
        if position in random_at
        else Visit(position, case := next(rest), why[case.case_id])
        for position in range(1, count + 1)
    )


def drawn_with(as_of: date) -> str:
    """What stands before a case's digits where its draw of the day is hashed."""
    return f"{as_of.isoformat()}|"


def _draw(as_of: date, thing: str) -> str:
    return hashlib.sha256(f"{drawn_with(as_of)}{thing}".encode()).hexdigest()


@dataclass(frozen=True)
class VisitOutcome:
    """What a visit found of a clue."""

    clue_id: str
    case_id: str
    is_refuted: bool
    checked_on: date


@dataclass(frozen=True)
class ClueToVisit:
    """A clue to visit. first_seen: the run that found it first."""

    clue_id: str
    case_id: str
    first_seen: date


@dataclass(frozen=True)
class CaseState:
    """How a case stood in a run."""

    case_id: str
    as_of: date
    fingerprint: str


@dataclass(frozen=True)
class LastWord:
    """What the office last said of a case as a whole: set it aside, until a day if there is one, or opened it again."""

    case_id: str
    on_day: date
    is_set_aside: bool
    until: date | None = None


def settled_cases(
    verdicts: Iterable[VisitOutcome],
    clues: Iterable[ClueToVisit],
    states: Collection[CaseState],
    as_of: date,
    words: Iterable[LastWord] = (),
) -> set[str]:
    """Cases that sleep on `as_of`: they are not planned. Visited before it, or set aside, and not changed since.

    A case has changed when a clue came in after the visit; or when its clues are others, or go on, and the visit did not
    refute them. Where it did, another month of the same lawful payment is no news, and nobody rings the bell twice for it.
    What was set aside until a day is awake from then on, and what was opened again is awake at once, visited or not.
    """
    visits: dict[str, list[VisitOutcome]] = {}
    for verdict in verdicts:
        if verdict.checked_on < as_of:
            visits.setdefault(verdict.case_id, []).append(verdict)
    said = {word.case_id: word for word in words if word.on_day <= as_of}
    to_visit: dict[str, list[ClueToVisit]] = {}
    for clue in clues:
        to_visit.setdefault(clue.case_id, []).append(clue)
    history: dict[str, list[CaseState]] = {}
    for state in states:
        if (state.case_id in visits or state.case_id in said) and state.as_of <= as_of:
            history.setdefault(state.case_id, []).append(state)
    return {
        case
        for case in {*visits, *said}
        if _sleeps(visits.get(case, []), said.get(case), to_visit.get(case, []), history.get(case, []), as_of)
    }


def _sleeps(
    verdicts: Sequence[VisitOutcome],
    word: LastWord | None,
    clues: Sequence[ClueToVisit],
    states: Sequence[CaseState],
    as_of: date,
) -> bool:
    """Whichever came last holds, the visit or the office's word."""
    visited_on = max((verdict.checked_on for verdict in verdicts), default=date.min)
    if word is None or word.on_day < visited_on:
        return not _has_changed(verdicts, clues, states, visited_on)
    is_over = word.until is not None and as_of >= word.until
    return word.is_set_aside and not is_over and not _has_changed(verdicts, clues, states, word.on_day)


def _has_changed(
    verdicts: Sequence[VisitOutcome], clues: Sequence[ClueToVisit], states: Sequence[CaseState], since: date
) -> bool:
    judged = {verdict.clue_id for verdict in verdicts}
    if any(clue.first_seen > since and clue.clue_id not in judged for clue in clues):
        return True
    if verdicts and all(verdict.is_refuted for verdict in verdicts):
        return False
    ordered = sorted(states, key=lambda state: state.as_of)
    then = [state.fingerprint for state in ordered if state.as_of <= since]
    return bool(then) and ordered[-1].fingerprint != then[-1]
