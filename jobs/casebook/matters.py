"""What is still to be done about confirmed clues, by the events so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casework.events import Event, Place
from casework.payloads import Accountability, Appeal, Recovery, Rectification, Verdict
from casework.states import CaseState, states_of
from expectations.contracts.returned import CONFIRMED, AppealOutcome, Measure


@dataclass(frozen=True)
class Matter:
    """A clue whose verdict in force confirms it, and what was done about it.

    rectifications: the last word on each measure, with the day on which it was said. recoveries, sanctions: all so far. appeal: the last.
    All of them also where they are about the whole case. is_closed: its case is.
    """

    clue_id: str
    case_id: str
    place: Place
    verdict: Verdict
    checked_on: date
    rectifications: tuple[tuple[date, Rectification], ...] = ()
    recoveries: tuple[tuple[date, Recovery], ...] = ()
    sanctions: tuple[tuple[date, Accountability], ...] = ()
    appeal: tuple[date, Appeal] | None = None
    is_closed: bool = False

    @property
    def is_revoked(self) -> bool:
        return self.appeal is not None and self.appeal[1].outcome is AppealOutcome.REVOKED

    @property
    def owed_yuan(self) -> Decimal:
        """What an appeal gave back to the person, as long as no 补发 is done."""
        owed = self.appeal[1].owed_yuan if self.appeal else None
        is_paid = any(said.measure is Measure.PAY_UP and said.done_on is not None for _, said in self.rectifications)
        return Decimal(0) if owed is None or is_paid else owed

    @property
    def undone(self) -> tuple[tuple[date, Rectification], ...]:
        return tuple(one for one in self.rectifications if one[1].done_on is None)

    @property
    def to_recover_yuan(self) -> Decimal:
        return sum((said.to_recover_yuan or Decimal(0) for _, said in self.rectifications), Decimal(0))

    @property
    def recovered_yuan(self) -> Decimal:
        return sum((said.yuan for _, said in self.recoveries), Decimal(0))


def matters_of(events: Iterable[Event]) -> list[Matter]:
    """By township, case and clue. events: all of the store, in the order of their positions."""
    of_case: dict[str, list[Event]] = {}
    for event in events:
        if event.case_id is not None:
            of_case.setdefault(event.case_id, []).append(event)
    states = states_of(event for of_one in of_case.values() for event in of_one)
    found = [matter for case_id, of_one in of_case.items() for matter in _of_case(states[case_id], of_one)]
    return sorted(found, key=lambda one: (one.place.county_code or "", one.place.town or "", one.case_id, one.clue_id))


def _of_case(state: CaseState, events: list[Event]) -> list[Matter]:
    confirmed = {clue for clue, found in state.verdicts.items() if found.outcome == CONFIRMED}
    in_force = {
        event.subject.id: event for event in events if event.position in {one.position for one in state.verdicts.values()}
    }
    return [_matter(in_force[clue], state, [event for event in events if event.subject.id in (clue, state.case_id)])
            for clue in sorted(confirmed)]  # fmt: skip


def _matter(verdict: Event, state: CaseState, events: list[Event]) -> Matter:
    assert isinstance(verdict.after, Verdict)
    measures: dict[tuple[str, str], tuple[date, Rectification]] = {}
    recoveries: list[tuple[date, Recovery]] = []
    sanctions: list[tuple[date, Accountability]] = []
    appeal: tuple[date, Appeal] | None = None
    for event in events:
        match event.after:
            case Rectification() as said:
                measures[event.subject.id, said.measure] = event.on_day, said
            case Recovery() as said:
                recoveries.append((event.on_day, said))
            case Accountability() as said:
                sanctions.append((event.on_day, said))
            case Appeal() as said:
                appeal = event.on_day, said
    office = state.dispatched.to if state.dispatched and not state.dispatched.is_separate else None
    place = Place(office.county_code, office.town) if office else verdict.place
    return Matter(
        verdict.subject.id, state.case_id, place, verdict.after, verdict.on_day, tuple(measures.values()), tuple(recoveries),
        tuple(sanctions), appeal, state.closed_on is not None,
    )  # fmt: skip
