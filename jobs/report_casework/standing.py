"""Where the year's cases and clues stood at the end of the period: what the casework tables are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from casework.events import Event
from casework.payloads import Appeal, Dispatched, Office, Payload, Rectification, Verdict
from casework.states import CaseState, states_of
from expectations.contracts.lake.planning import ROUTINE_VISIT
from expectations.contracts.returned import CONFIRMED, REFERRED, REFUTED, AppealOutcome
from jobs.report_casework.table import Period

OPEN = "open"
P = TypeVar("P", bound=Payload)


@dataclass(frozen=True)
class Clue:
    """A clue of the account. outcome: of the verdict in force, OPEN without one since it was last sent out or back; what an appeal has
    revoked is refuted. verdict: in force; null while open. office: who has it in hand, or where the visit was."""

    clue_id: str
    case_id: str
    rule_code: str
    office: Office
    outcome: str
    verdict: Verdict | None
    is_revoked: bool


@dataclass(frozen=True)
class Turn:
    """A case that was out at the beginning of the period, or sent out in it. returned_on: day of its last verdict; null while clues are
    open. is_new: sent out in the period. is_late: open or returned after the day that was due."""

    state: CaseState
    office: Office
    is_new: bool
    returned_on: date | None
    is_late: bool

    @property
    def days(self) -> int | None:
        """From the dispatch to the last visit."""
        sent = self.state.dispatched_on
        return (self.returned_on - sent).days if self.returned_on and sent else None


class Standing:
    """All events up to the period's last day, by the day of the act, in the order in which they were recorded.

    What became known later than that day, an outcome of an appeal or the day on which a measure was done, is not known yet.
    """

    def __init__(self, events: Sequence[Event], period: Period) -> None:
        self.period = period
        self.events = _until(events, period.last)
        self.states = states_of(self.events)
        self.before = states_of(_until(events, period.first - timedelta(days=1)))
        self.last_position = max((event.position for event in self.events), default=0)

    def said(self, payload: type[P], *, ever: bool = False) -> list[tuple[Event, P]]:
        """Events of the kind in the period, or up to its end."""
        found = [(event, event.after) for event in self.events if isinstance(event.after, payload)]
        return [(event, said) for event, said in found if ever or event.on_day in self.period]

    @cached_property
    def turns(self) -> list[Turn]:
        was_out = {case for case, state in self.before.items() if state.dispatched and state.open_clues}
        sent = {event.subject.id for event, _ in self.said(Dispatched)}
        return [self._turn(self.states[case], is_new=case not in was_out) for case in sorted(was_out | sent)]

    def _turn(self, state: CaseState, *, is_new: bool) -> Turn:
        sent = state.dispatched
        assert sent is not None
        days = [found.on_day for clue in sent.clues if (found := state.verdicts.get(clue.clue_id)) is not None]
        back = max(days, default=None) if not state.open_clues else None
        is_late = back > sent.due_on if back else self.period.last > sent.due_on and not state.is_asleep(self.period.last)
        return Turn(state, sent.to, is_new, back, is_late)

    @cached_property
    def clues(self) -> list[Clue]:
        """The account: clues that were open at the beginning, were sent out in the period or had a verdict in it; routine visits to
        households without a clue are none."""
        rules = {clue.clue_id: clue.rule_code for _, sent in self.said(Dispatched, ever=True) for clue in sent.clues}
        rules |= {event.subject.id: said.listed.rule_code for event, said in self.said(Verdict, ever=True)}
        cases = {event.subject.id: event.case_id for event, _ in self.said(Verdict, ever=True)}
        cases |= {clue.clue_id: event.subject.id for event, sent in self.said(Dispatched, ever=True) for clue in sent.clues}
        wanted = {clue for state in self.before.values() for clue in state.open_clues}
        wanted |= {clue.clue_id for _, sent in self.said(Dispatched) for clue in sent.clues}
        wanted |= {event.subject.id for event, _ in self.said(Verdict)}
        return [self._clue(clue, cases[clue] or "", rules[clue]) for clue in sorted(wanted) if rules[clue] != ROUTINE_VISIT]

    def _clue(self, clue_id: str, case_id: str, rule_code: str) -> Clue:
        state = self.states[case_id]
        found = state.verdicts.get(clue_id)
        is_open = found is None or clue_id in state.open_clues
        event = None if found is None else self._by_position[found.position]
        office = state.dispatched.to if state.dispatched else Office() if event is None else _where(event)
        is_revoked = not is_open and self.is_revoked(state, clue_id)
        outcome = OPEN if found is None or is_open else REFUTED if is_revoked else found.outcome
        said = event.after if event is not None and not is_open else None
        return Clue(clue_id, case_id, rule_code, office, outcome, said if isinstance(said, Verdict) else None, is_revoked)

    def is_revoked(self, state: CaseState, clue_id: str) -> bool:
        appeal, found = state.appeals.get(clue_id), state.verdicts.get(clue_id)
        return (
            appeal is not None and appeal.outcome is AppealOutcome.REVOKED
            and found is not None and found.outcome in (CONFIRMED, REFERRED)
        )  # fmt: skip

    @cached_property
    def _by_position(self) -> Mapping[int, Event]:
        return {event.position: event for event in self.events}


def yuan_found(clues: Sequence[Clue]) -> dict[str, Decimal]:
    """By household, what its confirmed clues put at stake: of several the largest, for they may be about the same months."""
    found: dict[str, Decimal] = {}
    for clue in clues:
        if clue.outcome in (CONFIRMED, REFERRED) and clue.verdict is not None and clue.verdict.listed.amount_estimate is not None:
            found[clue.case_id] = max(found.get(clue.case_id, Decimal(0)), clue.verdict.listed.amount_estimate)
    return found


def _where(event: Event) -> Office:
    return Office(county_code=event.place.county_code, town=event.place.town)


def _until(events: Sequence[Event], day: date) -> list[Event]:
    return [_as_known(event, day) for event in events if event.on_day <= day]


def _as_known(event: Event, day: date) -> Event:
    """The event without what it says of days after this one."""
    match event.after:
        case Appeal(decided_on=date() as decided) if decided > day:
            hidden = {"outcome": None, "decided_on": None, "reviewers": None, "owed_yuan": None}
        case Rectification(done_on=date() as done) if done > day:
            hidden = {"done_on": None}
        case _:
            return event
    return replace(event, after=event.after.model_copy(update=hidden))
