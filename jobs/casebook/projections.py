"""What the lake shows of the case store, as rows of its tables: a function of the events, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from casework.events import Event
from casework.payloads import Appeal, Verdict
from casework.states import CaseState, states_of
from expectations.contracts.lake import CASE_STATES, VERDICTS
from expectations.contracts.returned import CONFIRMED, REFERRED, REFUTED, AppealOutcome

Row = tuple[Any, ...]


def verdict_rows(events: Iterable[Event], imports_removed: int = 0) -> list[Row]:
    """Rows of vault.verdicts, by clue and number; what an appeal has revoked counts as refuted. events: in the order of their positions.
    imports_removed: take-ins of which a purge has left no verdict; those behind them keep their numbers."""
    of_clue: dict[str, list[tuple[Event, Verdict]]] = {}
    imports: dict[int, int] = {}
    appeals: dict[str, Appeal] = {}
    for event in events:
        if isinstance(event.after, Appeal):
            appeals[event.subject.id] = event.after
        if isinstance(event.after, Verdict):
            imports.setdefault(event.batch, imports_removed + len(imports) + 1)
            of_clue.setdefault(event.subject.id, []).append((event, event.after))
    return [
        _verdict_row(
            number, event, _counts_as(verdict, is_revoked=_is_revoked(event, appeals.get(clue))), verdict, imports[event.batch],
            is_in_force=event.position == _in_force(of_one),
        )
        for clue, of_one in sorted(of_clue.items())
        for number, (event, verdict) in enumerate(of_one, start=1)
    ]  # fmt: skip


def _counts_as(verdict: Verdict, *, is_revoked: bool) -> str:
    """What an appeal took back has not held."""
    return REFUTED if is_revoked and verdict.outcome in (CONFIRMED, REFERRED) else verdict.outcome


def _in_force(of_one: Sequence[tuple[Event, Verdict]]) -> int:
    return max((event.on_day, event.position) for event, _ in of_one)[1]


def _is_revoked(visit: Event, appeal: Appeal | None) -> bool:
    """Was the finding of this visit, and not of a later one, taken back?"""
    decided = appeal.decided_on if appeal is not None and appeal.outcome is AppealOutcome.REVOKED else None
    return decided is not None and visit.on_day <= decided


def _verdict_row(number: int, event: Event, outcome: str, verdict: Verdict, import_no: int, *, is_in_force: bool) -> Row:
    source = event.source
    cells = {
        "clue_id": event.subject.id, "verdict_no": number, "is_in_force": is_in_force, "outcome": outcome,
        "checked_on": event.on_day, "import_no": import_no, "brought_by": event.by, "recorded_at": event.recorded_at,
        **({} if source is None else {
            "source_file": source.file, "source_sha256": source.sha256, "source_sheet": source.sheet, "source_row": source.row,
        }),
        **{name: getattr(verdict, name) for name in Verdict.model_fields if name != "listed"},
        **{name: getattr(verdict.listed, name) for name in type(verdict.listed).model_fields},
    }  # fmt: skip
    return tuple(cells.get(name) for name in VERDICTS.column_names)


def case_rows(events: Iterable[Event]) -> list[Row]:
    """Rows of ops.case_states, by case. events: in the order of their positions."""
    return [_case_row(state) for state in states_of(events).values()]


def _case_row(state: CaseState) -> Row:
    sent = state.dispatched
    cells = {
        "case_id": state.case_id, "held": state.held, "county_code": sent.to.county_code if sent else None,
        "town": sent.to.town if sent else None, "is_separate": sent.is_separate if sent else None, "dispatched_on": state.dispatched_on,
        "received_on": state.received_on, "due_on": state.due_on, "clues": len(state.verdicts), "open_clues": len(state.open_clues),
        "confirmed": len(state.confirmed), "to_recover_yuan": state.to_recover_yuan, "recovered_yuan": state.recovered_yuan,
        "closed_on": state.closed_on, "set_aside_on": state.set_aside_on,
        "sleeps_until": state.set_aside.until if state.set_aside else None, "reopened_on": state.reopened_on,
        "last_position": state.last_position,
    }  # fmt: skip
    return tuple(cells[name] for name in CASE_STATES.column_names)
