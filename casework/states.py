"""Where a case stands: derived from its events in the order in which they were recorded, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Annotated

from pydantic import Field, model_validator

from casework.events import Event
from casework.payloads import (
    Appeal,
    Closed,
    Dispatched,
    Kind,
    Received,
    Recovery,
    Rectification,
    Referred,
    Reopened,
    SentBack,
    Severity,
    Snoozed,
    Verdict,
)
from expectations.conf import Conf
from expectations.contracts.returned import CONFIRMED, AppealOutcome, Measure


class Stage(StrEnum):
    """Where a case stands. The first six follow one another; the others may come between any two."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    RECEIVED = "received"
    VERDICT = "verdict"
    RECTIFYING = "rectifying"
    CLOSED = "closed"
    SENT_BACK = "sent_back"
    REFERRED = "referred"
    SNOOZED = "snoozed"


class Colour(StrEnum):
    """红黄绿: in time or done, due within days, overdue."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class ClockParams(Conf):
    """When a dispatched case is due, and from when its lamp is yellow."""

    due_days: dict[Severity, Annotated[int, Field(ge=0)]] = Field(description="from dispatch to the day that is due, by severity")
    yellow_days: int = Field(ge=0, description="days that are left when the lamp turns yellow; inclusive")

    @model_validator(mode="after")
    def _all(self) -> ClockParams:
        if missing := sorted(set(Severity) - set(self.due_days)):
            raise ValueError(f"due_days lacks {missing[0]}")
        return self

    def due_on(self, dispatched_on: date, severity: Severity) -> date:
        return dispatched_on + timedelta(days=self.due_days[severity])


@dataclass(frozen=True)
class Found:
    """The verdict in force on a clue: the latest by day of the visit, then by position."""

    on_day: date
    position: int
    outcome: str


@dataclass(frozen=True)
class CaseState:
    """A case after its events so far.

    held: kind and day of the last handing over; null for a case that was never handed to anybody. open_clues: clues without a verdict
    since the case was dispatched or sent back. rectifications: the last word on each measure, by what it is about. closed_on,
    set_aside, set_aside_on, reopened_on: null unless it holds now. acted_on, acted_by: day and id of the last step that people took
    with the case as a whole.
    """

    case_id: str
    held: Kind | None = None
    dispatched: Dispatched | None = None
    dispatched_on: date | None = None
    received_on: date | None = None
    referred: Referred | None = None
    open_clues: frozenset[str] = frozenset()
    verdicts: Mapping[str, Found] = field(default_factory=dict)
    rectifications: Mapping[tuple[str, Measure], Rectification] = field(default_factory=dict)
    recovered_yuan: Decimal = Decimal(0)
    appeals: Mapping[str, Appeal] = field(default_factory=dict)
    closed_on: date | None = None
    set_aside: Snoozed | None = None
    set_aside_on: date | None = None
    reopened_on: date | None = None
    acted_on: date | None = None
    acted_by: str = ""
    last_position: int = 0

    @property
    def confirmed(self) -> frozenset[str]:
        """Clues whose verdict in force confirms, and no appeal has revoked it."""
        return frozenset(
            clue
            for clue, found in self.verdicts.items()
            if found.outcome == CONFIRMED and getattr(self.appeals.get(clue), "outcome", None) is not AppealOutcome.REVOKED
        )

    @property
    def to_recover_yuan(self) -> Decimal:
        return sum((rectification.to_recover_yuan or Decimal(0) for rectification in self.asked_for.values()), Decimal(0))

    @property
    def asked_for(self) -> Mapping[tuple[str, Measure], Rectification]:
        """Of the rectifications those of what is confirmed: what was put down for a clue that an appeal took back is not asked for."""
        about = {self.case_id, *self.confirmed} if self.confirmed else frozenset[str]()
        return {about_one: said for about_one, said in self.rectifications.items() if about_one[0] in about}

    @property
    def lacking(self) -> tuple[str, ...]:
        """What must still come before the case can be closed, as ends of a sentence."""
        put_right = {subject for subject, _ in self.rectifications}
        without = 0 if self.case_id in put_right else len(self.confirmed - put_right)
        undone = sum(rectification.done_on is None for rectification in self.asked_for.values())
        owed = self.to_recover_yuan - self.recovered_yuan
        to_pay_back = sum((self._owed(clue, appeal) for clue, appeal in self.appeals.items()), Decimal(0))
        undecided = sum(appeal.outcome is None for appeal in self.appeals.values())
        said = (
            (not self.verdicts and not self.open_clues, "any verdict"),
            (self.open_clues, f"the verdict on {len(self.open_clues)} clues"),
            (without, f"the rectification of {without} confirmed clues"),
            (undone, f"the day on which {undone} rectifications were done"),
            (owed > 0, f"{owed} yuan to recover"),
            (undecided, f"the outcome of {undecided} appeals"),
            (to_pay_back > 0, f"the payment of {to_pay_back} yuan that appeals gave back"),
        )
        return tuple(words for is_lacking, words in said if is_lacking)

    def _owed(self, clue: str, appeal: Appeal) -> Decimal:
        """What the appeal gave back to the person, as long as no 补发 of its clue or case is done."""
        paid = (self.rectifications.get((subject, Measure.PAY_UP)) for subject in (clue, self.case_id))
        return Decimal(0) if any(one is not None and one.done_on is not None for one in paid) else appeal.owed_yuan or Decimal(0)

    @property
    def due_on(self) -> date | None:
        """When what comes next is due; null where nothing is."""
        if self.closed_on is not None:
            return None
        if self.open_clues:
            return self.dispatched.due_on if self.dispatched else None
        return min((r.due_on for r in self.asked_for.values() if r.done_on is None and r.due_on is not None), default=None)

    def is_asleep(self, as_of: date) -> bool:
        return self.set_aside is not None and (self.set_aside.until is None or as_of < self.set_aside.until)

    def stage(self, as_of: date) -> Stage:
        if self.closed_on is not None:
            return Stage.CLOSED
        if self.is_asleep(as_of):
            return Stage.SNOOZED
        if self.held is Kind.REFERRED:
            return Stage.REFERRED
        if self.open_clues or not self.verdicts:
            return _STAGES[self.held]
        return Stage.RECTIFYING if self.asked_for else Stage.VERDICT

    def colour(self, as_of: date, yellow_days: int) -> Colour:
        if self.due_on is None or self.is_asleep(as_of):
            return Colour.GREEN
        left = (self.due_on - as_of).days
        return Colour.RED if left < 0 else Colour.YELLOW if left <= yellow_days else Colour.GREEN


_STAGES = {
    None: Stage.OPEN, Kind.DISPATCHED: Stage.DISPATCHED, Kind.RECEIVED: Stage.RECEIVED, Kind.SENT_BACK: Stage.SENT_BACK,
}  # fmt: skip


def after(state: CaseState, event: Event) -> CaseState:
    """The state after one more event of the case."""
    now = replace(_with(state, event), last_position=event.position)
    if event.after.KIND in STEPS:
        return replace(now, acted_on=event.on_day, acted_by=event.event_id)
    return replace(now, closed_on=None) if now.lacking else now  # what the closing rested on has gone


STEPS = frozenset({Kind.DISPATCHED, Kind.RECEIVED, Kind.SENT_BACK, Kind.REFERRED, Kind.CLOSED, Kind.SNOOZED, Kind.REOPENED})
"""Kinds that people do with a case as a whole."""


def _with(state: CaseState, event: Event) -> CaseState:
    day, clue = event.on_day, event.subject.id
    match event.after:
        case Dispatched() as said:
            clues = frozenset(one.clue_id for one in said.clues)
            fresh = replace(_awake(state), dispatched=said, dispatched_on=day, received_on=None, referred=None)
            return replace(fresh, held=said.KIND, open_clues=clues)
        case Received() as said:
            return replace(state, held=said.KIND, received_on=day)
        case SentBack() as said:
            clues = frozenset(one.clue_id for one in state.dispatched.clues) if state.dispatched else frozenset(state.verdicts)
            return replace(state, held=said.KIND, received_on=None, referred=None, open_clues=clues)
        case Referred() as said:
            return replace(state, held=said.KIND, referred=said)
        case Verdict() as said:
            found, held = Found(day, event.position, said.outcome), state.verdicts.get(clue)
            latest = found if held is None or (held.on_day, held.position) < (found.on_day, found.position) else held
            return replace(state, verdicts={**state.verdicts, clue: latest}, open_clues=state.open_clues - {clue})
        case Rectification() as said:
            return replace(state, rectifications={**state.rectifications, (clue, said.measure): said})
        case Recovery() as said:
            return replace(state, recovered_yuan=state.recovered_yuan + said.yuan)
        case Appeal() as said:
            return replace(state, appeals={**state.appeals, clue: said})
        case Closed():
            return replace(state, closed_on=day)
        case Snoozed() as said:
            return replace(state, set_aside=said, set_aside_on=day, reopened_on=None)
        case Reopened():
            return replace(_awake(state), reopened_on=day)
        case _:  # what is about no case, or changes nothing of where it stands
            return state


def _awake(state: CaseState) -> CaseState:
    return replace(state, closed_on=None, set_aside=None, set_aside_on=None)


def county_in_hand(events: Sequence[Event]) -> str | None:
    """Code of the county that has the case in hand, by its last dispatch; before any, of the one in which the list had it. Null: the city's
    own team has it, or nothing tells. events: of the case, in the order of their positions."""
    sent = [event.after.to for event in events if isinstance(event.after, Dispatched)]
    if sent:
        return sent[-1].county_code
    return next((event.place.county_code for event in events if event.place.county_code), None)


def state_of(case_id: str, events: Iterable[Event]) -> CaseState:
    """The case's state. events: its own, in the order of their positions."""
    return reduce(after, events, CaseState(case_id))


def states_of(events: Iterable[Event]) -> dict[str, CaseState]:
    """The state of every case that an event is about, by case."""
    of_case: dict[str, list[Event]] = {}
    for event in events:
        if event.case_id is not None:
            of_case.setdefault(event.case_id, []).append(event)
    return {case_id: state_of(case_id, of_one) for case_id, of_one in sorted(of_case.items())}
