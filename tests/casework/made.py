"""Events as tests write them: cases H1, H2 …, clues C11, C12 … of case 1, days of 2018."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.events import NewEvent, Place, Role, Source, Subject
from casework.payloads import (
    Dispatched,
    DispatchedClue,
    Listed,
    Office,
    Payload,
    Severity,
    SubjectKind,
    Verdict,
)

AT = "2018-04-02T08:00:00+00:00"


def day(n: int) -> date:
    """The n-th day of 2018."""
    return date.fromordinal(date(2018, 1, 1).toordinal() + n - 1)


def dispatched(*clues: str, due: int = 30, town: str | None = "东镇", rule: str = "E01") -> Dispatched:
    return Dispatched(
        to=Office(county_code="420222", town=town), due_on=day(due), severity=Severity.ORDINARY, is_separate=False,
        clues=tuple(DispatchedClue(clue_id=clue, rule_code=rule) for clue in clues), list_on=day(1), list_no=1,
    )  # fmt: skip


def verdict(said: str = "查是-违规", **more: Any) -> Verdict:
    listed = Listed(
        listed_on=date(2017, 12, 31), rule_code="E01", case_id="H1", county_code="420222", signals={"E01.tax_log": 0.1, "x": None}
    )
    reason = "R14" if said.startswith("查否") else None
    cells: dict[str, Any] = {
        "refutation_reason": reason,
        "checkers": "张某、李某",
        "taken_in_on": day(90),
        "listed": listed,
        **more,
    }
    return Verdict(verdict=said, **cells)


def of_case(case: str, on: int, after: Payload, **more: Any) -> NewEvent:
    cells: dict[str, Any] = {
        "by": "clerk",
        "role": Role.OFFICE,
        "recorded_at": AT,
        "place": Place("420222", "东镇", "E01"),
        **more,
    }
    return NewEvent(subject=Subject(SubjectKind.CASE, case), case_id=case, on_day=day(on), after=after, **cells)


def of_clue(case: str | None, clue: str, on: int, after: Payload, kind: SubjectKind = SubjectKind.CLUE, **more: Any) -> NewEvent:
    cells: dict[str, Any] = {
        "by": "clerk", "role": Role.INSPECTOR, "recorded_at": AT, "place": Place("420222", "东镇", "E01"),
        "source": Source("a.xlsx", "0" * 64, "线索", 7), **more,
    }  # fmt: skip
    return NewEvent(subject=Subject(kind, clue), case_id=case, on_day=day(on), after=after, **cells)
