"""Cases as people read them on a terminal: the list, the reminders, a case's history, what became of a step."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from rich.table import Table
from rich.text import Text

from casework.events import Event
from casework.payloads import Dispatched
from casework.states import CaseState, Colour, Stage, states_of
from casework.steps import Taken
from jobs.dispatch_cases.job import Dispatch
from jobs.runtime.console import Console, plain

_SHOWN = 50
_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_id": pl.String, "stage": pl.String, "colour": pl.String, "county_code": pl.String, "town": pl.String, "due_on": pl.Date,
    "days_left": pl.Int64, "days_out": pl.Int64, "open_clues": pl.Int64, "confirmed": pl.Int64, "to_recover_yuan": pl.Decimal(18, 2),
    "recovered_yuan": pl.Decimal(18, 2), "lacks": pl.String,
}  # fmt: skip
_MAY_NAME = frozenset({"checkers", "reviewers", "inspector", "inspectors", "return_to", "note", "reason"})
_LAMPS = {Colour.GREEN: "green", Colour.YELLOW: "yellow", Colour.RED: "red"}


@dataclass(frozen=True)
class Wanted:
    """Which cases are to be listed; null is any. older_than: days since the dispatch. is_reminder: due within days, or overdue."""

    stage: Stage | None = None
    colour: Colour | None = None
    county_code: str | None = None
    town: str | None = None
    older_than: int = 0
    is_reminder: bool = False


def listed_cases(events: Iterable[Event], as_of: date, yellow_days: int, wanted: Wanted) -> pl.DataFrame:
    """One row a case that is wanted, what is due first on top."""
    rows = [_row(state, as_of, yellow_days) for state in states_of(events).values()]
    frame = pl.DataFrame(rows, schema=_COLUMNS, orient="row")
    for name, value in (
        ("stage", wanted.stage),
        ("colour", wanted.colour),
        ("county_code", wanted.county_code),
        ("town", wanted.town),
    ):
        if value is not None:
            frame = frame.filter(pl.col(name) == str(value))
    if wanted.older_than:
        frame = frame.filter((pl.col("days_out") > wanted.older_than) & (pl.col("stage") != str(Stage.CLOSED)))
    if wanted.is_reminder:
        frame = frame.filter(pl.col("colour") != str(Colour.GREEN))
    return frame.sort("due_on", "case_id", nulls_last=True)


def _row(state: CaseState, as_of: date, yellow_days: int) -> tuple[object, ...]:
    office = state.dispatched.to if state.dispatched else None
    due_on, sent_on = state.due_on, state.dispatched_on
    return (
        state.case_id, str(state.stage(as_of)), str(state.colour(as_of, yellow_days)), office.county_code if office else None,
        office.town if office else None, due_on, (due_on - as_of).days if due_on else None, (as_of - sent_on).days if sent_on else None,
        len(state.open_clues), len(state.confirmed), state.to_recover_yuan, state.recovered_yuan, ", ".join(state.lacking),
    )  # fmt: skip


def print_cases(console: Console, rows: pl.DataFrame) -> None:
    """The first of them, and how many stand where. No day, id or township is cut off where the terminal is narrow."""
    table = Table(title="Cases", title_justify="left", show_edge=False, pad_edge=False)
    shown = {
        "case_id": "case",
        "stage": "stands",
        "due_on": "due",
        "days_left": "left",
        "days_out": "days",
        "county_code": "county",
        "town": "township",
    }
    for name, heading in shown.items():
        is_days = name.startswith("days")
        table.add_column(heading, justify="right" if is_days else "left", no_wrap=name != "town", overflow="fold")
    for row in rows.head(_SHOWN).iter_rows(named=True):
        cells = ("" if row[name] is None else str(row[name]) for name in shown)
        table.add_row(*cells, style=_LAMPS[Colour(row["colour"])])
    console.print(table)
    if rows.height > _SHOWN:
        console.print(
            f"… and {rows.height - _SHOWN} more: name a stage, a township or a lamp, or have all of them with --csv.",
            soft_wrap=True,
        )
    stages, lamps = Counter(rows["stage"]), Counter(rows["colour"])
    parts = [f"{stages[stage]:,} {stage}" for stage in Stage if stages[stage]]
    colours = [f"{lamps[colour]:,} {colour}" for colour in Colour if lamps[colour]]
    console.print(
        f"{rows.height:,} cases{': ' if parts else ''}{', '.join(parts)}{'; ' if colours else ''}{', '.join(colours)}.",
        soft_wrap=True,
    )


def print_history(console: Console, events: Iterable[Event], *, full: bool) -> None:
    """A line an event; people's names, and words in which one may stand, only in full. Restricted facts are no part of it."""
    for event in events:
        left_out = {*event.after.BESIDE, "clues", *(() if full else _MAY_NAME)}
        said = event.after.model_dump(mode="json", exclude_none=True, exclude=left_out)
        words = f": {', '.join(_facts(said))}" if said else ""
        source = f", {event.source.file}:{event.source.row}" if event.source else ""
        line = f"{event.on_day} {event.after.KIND} {event.subject.id} ({event.by or 'unknown'} as {event.role}{source}){words}"
        console.print(Text(plain(line)) if full else line, soft_wrap=True)


def _facts(said: Mapping[str, Any], of: str = "") -> Iterator[str]:
    """Each fact behind its name. An office of no county is the city's own team."""
    for name, value in said.items():
        named = f"{of}{name.removeprefix('is_').replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _facts(value, f"{named} ") if value else [f"{named} the city's own team"]
        elif isinstance(value, bool):
            yield named if value else f"not {named}"
        elif value != []:
            yield f"{named} {'、'.join(map(_quoted, value)) if isinstance(value, list) else _quoted(value)}"


def _quoted(value: object) -> str:
    """As it is where it is a word or a number; else as a text that can be taken for nothing but one."""
    said = str(value)
    return said if re.fullmatch(r"[\w.-]+", said) else json.dumps(said, ensure_ascii=False)


def print_taken(console: Console, taken: Taken) -> None:
    console.print(f"{len(taken.recorded):,} cases taken in; the lake follows with the next run, plan or learn.", soft_wrap=True)
    if taken.already:
        console.print(
            f"{len(taken.already):,} cases stood there before, nothing was added: {', '.join(taken.already[:5])}", soft_wrap=True
        )


def print_dispatch(console: Console, sent: Dispatch) -> None:
    """Cases by office and day."""
    table = Table(title="Dispatched", title_justify="left")
    for heading in ("county", "township", "due", "cases", "clues"):
        table.add_column(heading, justify="right" if heading in ("cases", "clues") else "left")
    said = [event.after for event in sent.taken.recorded if isinstance(event.after, Dispatched)]
    counted: Counter[tuple[str, str, str]] = Counter()
    clues: Counter[tuple[str, str, str]] = Counter()
    for one in said:
        county = sent.counties.get(one.to.county_code, one.to.county_code) if one.to.county_code else "the city's own team"
        key = county, one.to.town or "", one.due_on.isoformat()
        counted[key] += 1
        clues[key] += len(one.clues)
    for key in sorted(counted):
        table.add_row(*key, f"{counted[key]:,}", f"{clues[key]:,}")
    if said:
        console.print(table)
    separate = sum(one.is_separate for one in said)
    console.print(f"{len(said):,} cases dispatched, {separate:,} of them past the office that approved.", soft_wrap=True)
    if sent.taken.already:
        console.print(
            f"{len(sent.taken.already):,} cases are out already with these clues; nothing was added for them: day, place and names stay as their "
            "dispatch said.",
            soft_wrap=True,
        )
