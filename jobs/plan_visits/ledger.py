"""The ledger of lists as rows: what a day's list is called, what it takes the place of, and whether it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from expectations.contracts.lake import LEDGER
from expectations.contracts.lake.planning import DISPATCHED
from jobs.plan_visits.choice import Choice
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake

CITY = ""
"""County code of a list for the whole city."""


@dataclass(frozen=True)
class Entry:
    """A row of ops.ledger, fields in the order of its columns."""

    as_of: date
    list_no: int
    county_code: str
    case_id: str
    position: int
    is_random: bool
    expected_probability: float
    why_chosen: str
    visits: int
    stratum: str
    drawn_from: int
    run_as_of: date

    @property
    def row(self) -> tuple[object, ...]:
        return astuple(self)


def ledger_of(lake: Lake) -> list[Entry]:
    """All lists so far, each in its order."""
    rows = lake.read_or_empty(LEDGER).select(*LEDGER.column_names).collect()  # lists that people have walked: thousands
    known = (Entry(*{**row.asDict(), "stratum": row["stratum"] or DISPATCHED}.values()) for row in rows)
    return sorted(known, key=lambda entry: (entry.as_of, entry.list_no, entry.position))


def entries_of(choice: Choice, *, as_of: date, county_code: str, visits: int, run_as_of: date, list_no: int) -> list[Entry]:
    return [
        Entry(
            as_of, list_no, county_code, visit.case.case_id, visit.position, visit.is_random, visit.case.probability, visit.why,
            visits, visit.case.stratum, choice.drawn_from[visit.case.stratum], run_as_of,
        )
        for visit in choice.visits
    ]  # fmt: skip


def replaced_by(known: Sequence[Entry], as_of: date, county_code: str) -> list[Entry]:
    """Entries that a new list of the day takes the place of: the same county's, and the city's where it overlaps counties."""
    return [
        entry
        for entry in known
        if entry.as_of == as_of and (CITY in (entry.county_code, county_code) or entry.county_code == county_code)
    ]


def number_of(known: Sequence[Entry], replaced: Sequence[Entry], county_code: str) -> int:
    """The number of the new list: that of the list of the same county and day, or the next."""
    same = {entry.list_no for entry in replaced if entry.county_code == county_code}
    return min(same) if same else max((entry.list_no for entry in known), default=0) + 1


def refuse_if_worked_on(replaced: Sequence[Entry], fresh: Sequence[Entry], visited_on: Mapping[str, date]) -> None:
    """Raises BadConfiguration where another list would take the place of one whose visits have begun.

    visited_on: the last visit of each case. What has been visited must stay in the ledger as it was listed: the random
    part would be worth nothing otherwise.
    """
    if set(replaced) == set(fresh):
        return
    begun = {entry.case_id for entry in replaced if visited_on.get(entry.case_id, date.min) >= entry.as_of}
    if begun:
        raise BadConfiguration(
            f"The list of {replaced[0].as_of.isoformat()} has been worked on: {len(begun)} of its cases have a verdict, so it stays "
            "as it is. Make the next list for a later day (--as-of). Nothing was written."
        )
