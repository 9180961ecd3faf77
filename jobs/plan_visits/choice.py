"""The choice: which cases a number of visits goes to, in which order, and which of them chance alone has drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from expectations.contracts.ids import without_letter
from expectations.contracts.lake.planning import KEY_PERSON, RANDOM, RANKED, SEVERITY
from jobs.launch.plan_params import PlanParams


@dataclass(frozen=True)
class VisitableCase:
    """A case that may be visited. probability: that a visit confirms something, 0-1."""

    case_id: str
    probability: float
    amount_yuan: Decimal
    is_hard: bool
    is_key_person: bool


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
class Choice:
    """A list. following: the best cases that did not fit. drawn_from: cases from which the random ones were drawn."""

    visits: tuple[Visit, ...]
    following: tuple[VisitableCase, ...]
    drawn_from: int


def choose(candidates: Iterable[VisitableCase], visits: int, as_of: date, params: PlanParams) -> Choice:
    """The list for `visits` visits: cases by probability, quotas kept, random cases at random places among them.

    A quota takes the best cases of its kind that the rank alone would have missed, and pushes out the weakest others.
    The random ones are drawn uniformly from everything outside, by hash of day and case: the same on every machine, and
    another day draws others.
    """
    ordered = sorted(candidates, key=lambda case: (-case.probability, -case.amount_yuan, case.case_id))
    random_places = min(ceil(visits * params.random_share), max(0, visits - 1))
    ranked = _ranked(ordered, visits - random_places, visits, params)
    outside = [case for case in ordered if case.case_id not in ranked]
    by_draw = sorted(outside, key=lambda case: _draw(as_of, without_letter(case.case_id)))
    drawn = by_draw[:random_places]
    listed = _interleaved([case for case in ordered if case.case_id in ranked], drawn, ranked, as_of)
    on_list = {visit.case.case_id for visit in listed}
    following = tuple(case for case in ordered if case.case_id not in on_list)[: params.next_visits]
    return Choice(listed, following, len(outside))


def _ranked(ordered: Sequence[VisitableCase], places: int, visits: int, params: PlanParams) -> dict[str, str]:
    """Why each case of the ranked part was chosen, by case_id."""
    by_rank = {case.case_id for case in ordered[:places]}
    kinds = (
        (SEVERITY, [case for case in ordered if case.is_hard], int(visits * params.severity_share)),
        (KEY_PERSON, [case for case in ordered if case.is_key_person], int(visits * params.key_person_share)),
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


def _draw(as_of: date, thing: str) -> str:
    return hashlib.sha256(f"{as_of.isoformat()}|{thing}".encode()).hexdigest()


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
