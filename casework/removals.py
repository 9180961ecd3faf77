"""What of a store has an end, and has come to it: cases that are closed, what belongs to no case, editions; and what is told of a removal."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from pydantic import Field

from casework.editions import Edition
from casework.events import Event
from casework.payloads import Kind, Recovery, Verdict
from casework.states import states_of
from expectations.conf import Conf
from expectations.contracts.returned import CONFIRMED

Ranges = tuple[tuple[int, int], ...]
"""First and last of each run of numbers without a gap, both inclusive."""
IsOver = Callable[[date], bool]
"""Is the time over of what is of this day?"""


class YearTotals(Conf):
    """What was removed of the acts of one year: what a report of that year no longer counts. verdicts: all, replaced ones among them, and
    of these those that confirmed."""

    year: int
    events: int
    verdicts: int
    confirmed: int
    recovered_yuan: Decimal


class Removal(Conf):
    """Events and editions that a purge took out of a store, and the proof which. positions, editions: their numbers, which nobody gets
    again. sha256: of the lines "position event_id" of the events, and a restricted fact is in none. restricted: how many had one.
    imports: take-ins of which no verdict is left. last_position: of the store then."""

    as_of: date
    removed_at: str
    removed_by: str
    second: str
    positions: Ranges
    editions: Ranges
    cases: int
    restricted: int
    imports: int
    last_position: int
    sha256: str
    years: tuple[YearTotals, ...] = Field(description="by year of the act, without years of which nothing was removed")

    @property
    def events(self) -> int:
        return sum(last - first + 1 for first, last in self.positions)


def events_over(events: Sequence[Event], is_over: IsOver) -> list[Event]:
    """Events of cases that are closed, and whose last act, and the day on which it was recorded, are over; of a need, a check or a data
    clue without a case likewise. Whole cases or nothing. events: all of the store, in the order of their positions."""
    is_open = {case for case, state in states_of(events).items() if state.closed_on is None}
    last: dict[str, date] = {}
    for event in events:
        about = _about(event)
        last[about] = max(last.get(about, event.on_day), event.on_day, _recorded_on(event))
    return [event for event in events if event.case_id not in is_open and is_over(last[_about(event)])]


def editions_over(editions: Iterable[Edition], is_over: IsOver) -> list[Edition]:
    """Editions whose last day, and the day on which they were made, are over."""
    return [one for one in editions if is_over(max(one.expires_on, date.fromisoformat(one.made_at[:10])))]


def years_of(events: Iterable[Event]) -> tuple[YearTotals, ...]:
    """By year of the act, earliest first."""
    of_year: dict[int, list[Event]] = {}
    for event in events:
        of_year.setdefault(event.on_day.year, []).append(event)
    return tuple(_totals(year, found) for year, found in sorted(of_year.items()))


def imports_gone(events: Iterable[Event], going: Iterable[Event]) -> int:
    """Take-ins that brought verdicts, and of which all go."""
    before, gone = (Counter(e.batch for e in of if e.after.KIND is Kind.VERDICT) for of in (events, going))
    return sum(gone[batch] == count for batch, count in before.items())


def ranges(numbers: Iterable[int]) -> Ranges:
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return tuple(found)


def numbers_in(of: Ranges) -> set[int]:
    return {number for first, last in of for number in range(first, last + 1)}


def digest_of_events(events: Iterable[Event]) -> str:
    """By whoever has a copy of the events it can be told that these were the ones; what they said is not to be had from it."""
    text = "".join(f"{event.position} {event.event_id}\n" for event in events)
    return hashlib.sha256(text.encode()).hexdigest()


def _about(event: Event) -> str:
    return event.case_id or event.subject.id


def _recorded_on(event: Event) -> date:
    return date.fromisoformat(event.recorded_at[:10]) if event.recorded_at else event.on_day


def _totals(year: int, events: Sequence[Event]) -> YearTotals:
    said = [event.after for event in events]
    verdicts = [one for one in said if isinstance(one, Verdict)]
    recovered = sum((one.yuan for one in said if isinstance(one, Recovery)), Decimal(0))
    confirmed = sum(one.outcome == CONFIRMED for one in verdicts)
    return YearTotals(year=year, events=len(said), verdicts=len(verdicts), confirmed=confirmed, recovered_yuan=recovered)
