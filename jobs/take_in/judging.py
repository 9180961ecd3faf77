"""Which rows can be used: each becomes an event, or asks; what became of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from casework.events import Event, NewEvent
from casework.payloads import Restricted
from jobs.returns.brought import Brought
from jobs.take_in.account import KNOWN, MEND, NEW, Fate
from jobs.take_in.cells import Row
from jobs.take_in.forms import VERDICTS
from jobs.take_in.known import Known, verdict_event
from jobs.take_in.outcomes import ask_contradictions, ask_where_nothing_holds, events_of
from jobs.take_in.verdicts import judged

Usable = Sequence[tuple[Row, Sequence[NewEvent]]]
"""Rows that can be used, with what they say."""


def usable_rows(
    rows: Sequence[Row], known: Known, facts: Mapping[str, Restricted | None], as_of: date, brought: Brought
) -> tuple[Usable, tuple[str, ...]]:
    """The rows that can be used, with their events, in the order of the files, and what was odd about them; all others ask. facts: by id
    of a recorded event of any table but the verdicts', its restricted fact, if there is one."""
    for row in rows:
        if row.filled.line.is_hidden:  # most often a draft or an old copy; nobody who hands the file in need know of it
            row.ask(
                row.filled.form.ids[-1],
                f"这一行在隐藏的工作表“{row.filled.line.sheet}”中，没有读入。确实要报的，请在补正单中核对后交回；不用报的，请删除这一行。",
            )
        if row.filled.line.beyond:
            row.ask(
                row.filled.form.ids[-1], "这一行的格数比表头多，各格可能错位。请对照表头核对各格；格内有逗号的请用引号括起来。"
            )
    found = judged([row for row in rows if row.filled.form is VERDICTS], known.clues, as_of)
    said = {id(row): [verdict_event(verdict, row.filled.line, known, as_of, brought)] for row, verdict in found.verdicts}
    others = [(row, events_of(row, known, as_of, brought)) for row in rows if row.filled.form is not VERDICTS]
    fresh = [verdict for _, verdict in found.verdicts]
    for row, events in others:
        for event in (event for event in events if event.event_id not in facts):  # a paper that comes again is known
            ask_where_nothing_holds(row, event, known, fresh)
    ask_contradictions([(row, event) for row, events in others if row.is_usable for event in events], facts)
    said |= {id(row): events for row, events in others}
    return [(row, said[id(row)]) for row in rows if row.is_usable], found.remarks


def fates_of(rows: Sequence[Row], usable: Usable, recorded: Sequence[Event]) -> list[Fate]:
    """What became of each row. Of one that is said twice the first is new. recorded: events that these files have brought, ever."""
    fresh = {event.event_id for event in recorded}
    said = {id(row): {event.event_id for event in events} for row, events in usable}
    fates = []
    for row in rows:
        ids = said.get(id(row))
        fates.append(Fate(row, MEND if ids is None else NEW if ids & fresh else KNOWN))
        fresh -= ids or set()
    return fates
