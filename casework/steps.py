"""What people may do next with a case, judged by where it stands: a step is recorded for all cases that are named, or for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.errors import StepRefused
from casework.events import Event, NewEvent, Place, Role, Subject
from casework.payloads import Dispatched, Kind, Payload, Snoozed, SubjectKind
from casework.states import CaseState, states_of
from casework.store import WritableBook

_SHOWN = 20


@dataclass(frozen=True)
class Hand:
    """Whose act is recorded: the account, its role, the day of the act, and the instant of recording in ISO 8601, UTC."""

    by: str
    role: Role
    on_day: date
    recorded_at: str


@dataclass(frozen=True)
class Taken:
    """What became of a step. already: cases that stood there before, such as those that are out already; nothing was added for them."""

    recorded: tuple[Event, ...]
    already: tuple[str, ...]


def take(book: WritableBook, steps: Mapping[str, Payload], hand: Hand, places: Mapping[str, Place] | None = None) -> Taken:
    """Records a step for each case. places: of cases that the store may not know yet.

    Raises StepRefused, and records nothing, where one of them does not stand where it may be done. The same step again is none.
    """
    states = states_of(book.events(cases=list(steps)))
    refused: list[str] = []
    events: list[NewEvent] = []
    already: list[str] = []
    for case_id, payload in steps.items():
        state = states.get(case_id)
        if state is None and payload.KIND is not Kind.DISPATCHED:
            refused.append(f"{case_id} was never dispatched from here, nor has it a verdict. Take the id from mingjing cases.")
            continue
        state = state or CaseState(case_id)
        if _is_done(state, payload):
            already.append(case_id)
        elif why := _fault(state, payload, hand.on_day):
            refused.append(f"{case_id} {why}")
        else:
            events.append(_event(state, payload, hand, (places or {}).get(case_id)))
    if refused:
        more = [f"… and {len(refused) - _SHOWN} more."] if len(refused) > _SHOWN else []
        raise StepRefused(" ".join([*refused[:_SHOWN], *more, "Nothing was taken in."]))
    return Taken(tuple(book.record(events)), tuple(already))


def _is_done(state: CaseState, payload: Payload) -> bool:
    """Does the case stand where the step would bring it?"""
    match payload.KIND:
        case Kind.DISPATCHED:
            return bool(state.open_clues) and _clues(payload) <= _clues(state.dispatched)
        case Kind.SENT_BACK:
            return state.held is Kind.SENT_BACK and bool(state.open_clues)  # once visited anew, it may be sent back again
        case Kind.REFERRED:
            return state.held is Kind.REFERRED and state.referred == payload
        case Kind.CLOSED:
            return state.closed_on is not None
        case Kind.SNOOZED:
            return state.set_aside == payload
        case Kind.REOPENED:
            return state.reopened_on is not None and state.closed_on is None and state.set_aside is None
        case kind:
            return state.held is kind and state.closed_on is None


def _fault(state: CaseState, payload: Payload, on_day: date) -> str | None:
    """Why the step may not be taken, as the end of a sentence on the case; null where it may."""
    if state.acted_on is not None and on_day < state.acted_on:
        return f"had its last step on {state.acted_on}, later than {on_day}. Expected that day or a later one: say it with --on."
    kind = payload.KIND
    if state.closed_on is not None and kind not in (Kind.REOPENED, Kind.SNOOZED, Kind.DISPATCHED):
        return f"was closed on {state.closed_on}. Reopen it first."
    match kind:
        case Kind.RECEIVED if state.dispatched is None:
            return "was never dispatched, so that nobody can have received it."
        case Kind.SENT_BACK if not state.verdicts and state.received_on is None:
            return "has neither been received nor has it a verdict: there is nothing to send back."
        case Kind.CLOSED if state.lacking:
            return f"cannot be closed: it lacks {', '.join(state.lacking)}."
        case Kind.SNOOZED if isinstance(payload, Snoozed) and payload.until is not None and payload.until <= on_day:
            return f"would come back on {payload.until}, not after the {on_day} on which it is set aside. Expected a later day: say it with --until."
        case Kind.REOPENED if state.closed_on is None and state.set_aside is None:
            return "is neither closed nor set aside."
        case _:
            return None


def _event(state: CaseState, payload: Payload, hand: Hand, place: Place | None) -> NewEvent:
    office = state.dispatched.to if state.dispatched else None
    return NewEvent(
        subject=Subject(SubjectKind.CASE, state.case_id), case_id=state.case_id, on_day=hand.on_day, after=payload, by=hand.by,
        role=hand.role, recorded_at=hand.recorded_at, occasion=state.acted_by,
        place=place or (Place(office.county_code, office.town) if office else Place()),
    )  # fmt: skip


def _clues(dispatched: Payload | None) -> set[str]:
    return {clue.clue_id for clue in dispatched.clues} if isinstance(dispatched, Dispatched) else set()
