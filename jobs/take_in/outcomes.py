"""Rows of all other tables as events: needs, data, corrections, rectification, recovery, accountability and appeals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from casework.events import NewEvent, Role, Subject
from casework.payloads import (
    Accountability,
    Appeal,
    Correction,
    DataOutcome,
    Kind,
    NeedOutcome,
    Payload,
    Recovery,
    Rectification,
    Restricted,
    SubjectKind,
)
from expectations.contracts.ids import LETTERS
from expectations.contracts.returned import (
    CONFIRMED,
    REFERRED,
    VERDICT_OUTCOMES,
    AppealOutcome,
    DataResult,
    Measure,
    NeedResult,
    Problem,
    Sanction,
)
from jobs.returns.brought import Brought
from jobs.returns.checkers import checkers_of
from jobs.sheets.choices import NEED_PROGRAMS
from jobs.take_in.cells import Row
from jobs.take_in.forms import CHECKS, DATA
from jobs.take_in.known import Known, Where, source_of
from jobs.take_in.verdicts import ClueVerdict, unknown_id

_YEARS_AHEAD = timedelta(days=3 * 366)
"""How far a term may lie in the future."""
_NEED_WORDS = {
    "纳入低保": "已纳入低保", "纳入特困": "已纳入特困", "临时救助": "已给予临时救助", "医疗救助": "已给予医疗救助", "转介": "转介其他救助",
    "不符合": "不符合条件", "不愿申请": "本人不愿申请", "自愿放弃": "本人不愿申请", "待核查": "待核",
}  # fmt: skip
_DATA_WORDS = {"更正": "已更正", "已修改": "已更正", "无误": "原数据无误", "数据无误": "原数据无误", "无法核对": "无法核实"}
_GRANTED = frozenset({NeedResult.LOW_INCOME, NeedResult.DESTITUTE, NeedResult.TEMPORARY_AID, NeedResult.MEDICAL_AID})
_SEPARATORS = re.compile(r"[、,，;；\s]+")
_SUBJECTS = {
    "clue_id": SubjectKind.CLUE, "case_id": SubjectKind.CASE, "need_id": SubjectKind.NEED, "check_id": SubjectKind.CHECK,
}  # fmt: skip


_AFTER_A_VERDICT = frozenset({Kind.RECTIFICATION, Kind.RECOVERY, Kind.ACCOUNTABILITY, Kind.APPEAL})
"""What follows a clue that was found to hold, or was handed on to others."""


def events_of(row: Row, known: Known, as_of: date, brought: Brought) -> list[NewEvent]:
    """The events that a row of any table but the verdicts' says, one for each id; none where something of it is asked. What was granted
    to a person with several needs stands with the first of them: it was paid once."""
    about = _about(row, known)
    clue = known.clues.get(about[0][0].id) if about else None
    said = _PAYLOADS[row.filled.form.kind](row, clue.first_listed if clue else None, as_of)
    if said is None or not row.is_usable:
        return []
    on_day, payload, restricted = said
    role = Role.DATA_OWNER if row.filled.form in (DATA, CHECKS) else Role.INSPECTOR
    return [
        NewEvent(
            subject=subject, case_id=where.case_id, on_day=on_day, after=payload if n == 0 else _without_grant(payload), by=brought.by,
            role=role, recorded_at=brought.at, place=where.place, source=source_of(row.filled.line), restricted=restricted,
        )
        for n, (subject, where) in enumerate(about)
    ]  # fmt: skip


def ask_where_nothing_holds(row: Row, event: NewEvent, known: Known, fresh: Sequence[ClueVerdict]) -> None:
    """What is put right, recovered, punished or objected to is a clue that some visit found to hold, also where a later one found
    otherwise: what had begun goes on to its end. Whoever looks again is somebody else. fresh: usable verdicts of this take-in."""
    if event.after.KIND not in _AFTER_A_VERDICT or event.case_id is None:
        return
    is_clue, title = event.subject.kind is SubjectKind.CLUE, row.filled.form.title
    verdicts = known.said(event.case_id, event.subject.id if is_clue else None, fresh)
    if not any(VERDICT_OUTCOMES[verdict.verdict] in (CONFIRMED, REFERRED) for verdict in verdicts):
        stands = "、".join(f"{verdict.checked_on.isoformat()}“{verdict.verdict}”" for verdict in verdicts)
        row.ask(
            row.filled.column,
            f"{'这条线索' if is_clue else '这一户'}{f'的结论是{stands}' if stands else '还没有核查结论'}，没有查实，不能填报{title}。请核对编号；"
            "确实查实的，请先报核查结论（推翻以前结论的，在“更正前次结论”中填“是”）。",
        )
    if isinstance(event.after, Appeal):
        seen = {name for verdict in verdicts for name in checkers_of(verdict.checkers)}
        if again := [name for name in checkers_of(event.after.reviewers or "") if name in seen]:
            row.ask("people", f"{'、'.join(again)}就是原核查人员。申诉须由原核查人员以外的两人复查，请填写复查人员。")


def _without_grant(payload: Payload) -> Payload:
    assert isinstance(payload, NeedOutcome)  # no other row has several ids
    return payload.model_copy(update={"programme": None, "month": None, "yuan_per_month": None})


def _about(row: Row, known: Known) -> list[tuple[Subject, Where]]:
    """The clue that the row names, else its case; a need or a check that is on no list any more is taken at its word."""
    cells, form, column = row.filled.line.cells, row.filled.form, row.filled.column
    letter, found = LETTERS[column], []
    for one in row.filled.subjects or ("",):
        where = known.where.get(one)
        if where is None and letter in ("N", "K") and re.fullmatch(f"{letter}[0-9a-f]{{16}}", one):
            where = Where(None, None, None)
        if where is None or not one.startswith(letter):
            row.ask(column, unknown_id(one, row.header(column), letter))
            continue
        if column == "clue_id" and cells.get("case_id") and cells["case_id"] != where.case_id:
            row.ask(
                "case_id",
                f"填的是“{cells['case_id']}”，但这条线索属于案件 {where.case_id}。两个编号有一个被改动过，请对照清单核对。",
            )
        found.append((Subject(SubjectKind.DATA_CLUE if form is DATA else _SUBJECTS[column], one), where))
    return found


_Said = tuple[date, Payload, Restricted | None] | None


def _need(row: Row, earliest: date | None, as_of: date) -> _Said:
    result = row.choice("result", NeedResult, _NEED_WORDS)
    programme = row.choice("programme", NEED_PROGRAMS) if row.text("programme") else None
    month, yuan = row.month("month", earliest, as_of), row.yuan("yuan")
    day, people = row.day("day", earliest, as_of), row.people("people")
    if result is not None and (month or yuan) and NeedResult(result) not in _GRANTED:
        row.ask("result", f"结果是“{result}”，却填了起始月份或月金额。请改处理结果，或者清空这两格。")
    if result is None or day is None or not row.is_usable:
        return None
    said = NeedOutcome(
        result=NeedResult(result), programme=programme, month=month, yuan_per_month=yuan, checkers=people, note=row.note()
    )
    return day, said, None


def _data(row: Row, earliest: date | None, as_of: date) -> _Said:
    result = row.choice("result", DataResult, _DATA_WORDS)
    number = row.number("number") if "number" in row.filled.form.headers else None
    day, people = row.day("day", earliest, as_of), row.people("people")
    if number is not None and result is not None and result != DataResult.CORRECTED:
        row.ask("result", f"结果是“{result}”，却填了更正后的号码。请改更正结果，或者清空号码。")
    if result is None or day is None or not row.is_usable:
        return None
    said = DataOutcome(result=DataResult(result), checkers=people, note=row.note())
    return day, said, Restricted(number=number) if number else None


def _correction(row: Row, earliest: date | None, as_of: date) -> _Said:
    result = row.choice("result", DataResult, _DATA_WORDS)
    day, people = row.day("day", earliest, as_of), row.people("people")
    dropped = tuple(part for part in _SEPARATORS.split(row.text("dropped")) if part)
    if result == DataResult.CORRECTED and not dropped:
        row.ask("dropped", "已更正的，请写明剔除了哪一条记录：文件名:行号，几条之间用顿号隔开。")
    if result is None or day is None or not row.is_usable:
        return None
    said = Correction(result=DataResult(result), kept=row.text("kept") or None, dropped=dropped, checkers=people, note=row.note())
    return day, said, None


def _rectification(row: Row, earliest: date | None, as_of: date) -> _Said:
    problem, measure = row.choice("problem", Problem), row.choice("measure", Measure)
    due = row.day("due", earliest, as_of + _YEARS_AHEAD, is_needed=False)
    done = row.day("done", earliest, as_of, is_needed=False)
    on_day = row.day("day", earliest, as_of, is_needed=not row.text("done"))
    yuan = row.yuan("yuan", is_needed=measure == Measure.RECOVER)
    if problem is None or measure is None or not row.is_usable:
        return None
    said = Rectification(
        problem=Problem(problem), measure=Measure(measure), due_on=due, done_on=done, to_recover_yuan=yuan, note=row.note()
    )
    day = on_day or done
    return None if day is None else (day, said, None)


def _recovery(row: Row, earliest: date | None, as_of: date) -> _Said:
    day, yuan = row.day("day", earliest, as_of), row.yuan("yuan", is_needed=True)
    receipt = row.needed("receipt", "请填写缴款票据的号码。")
    if day is None or yuan is None or not row.is_usable:
        return None
    return day, Recovery(yuan=yuan, receipt_no=receipt, note=row.note()), None


def _accountability(row: Row, earliest: date | None, as_of: date) -> _Said:
    sanction, people = row.choice("sanction", Sanction), row.count("count")
    role, day = row.needed("role", "请填写职务，例如 村委会委员。"), row.day("day", earliest, as_of)
    names = tuple(part for part in _SEPARATORS.split(row.text("names")) if part)
    if people is not None and names and len(names) != people:
        row.ask("names", f"写了{len(names)}个姓名，人数填的是{people}。请核对，姓名之间用顿号隔开。")
    if sanction is None or people is None or day is None or not row.is_usable:
        return None
    said = Accountability(sanction=Sanction(sanction), people=people, role=role, note=row.note())
    return day, said, Restricted(names=names) if names else None


def _appeal(row: Row, earliest: date | None, as_of: date) -> _Said:
    day, reason = row.day("day", earliest, as_of), row.needed("reason", "请填写申诉的理由。")
    is_decided = any(row.text(name) for name in ("outcome", "decided", "people"))
    outcome = row.choice("outcome", AppealOutcome) if is_decided else None
    decided = row.day("decided", day, as_of) if is_decided else None
    people = row.people("people") if is_decided else None
    yuan, resumed = row.yuan("yuan"), row.month("resumed", day or earliest, as_of)
    if (yuan or resumed) and not is_decided:
        row.ask("outcome", "填了应补发金额或恢复发放月份，还没有填复查结果。请把复查结果、复查日期和复查人员一并填上。")
    if day is None or not row.is_usable:
        return None
    words = "；".join(part for part in (reason, row.note()) if part)
    said = Appeal(
        reason=words, outcome=AppealOutcome(outcome) if outcome else None, decided_on=decided, reviewers=people, owed_yuan=yuan,
        resumed_month=resumed,
    )  # fmt: skip
    return day, said, None


_PAYLOADS: Mapping[Kind, Callable[[Row, date | None, date], _Said]] = {
    Kind.NEED_OUTCOME: _need,
    Kind.DATA_OUTCOME: _data,
    Kind.CORRECTION: _correction,
    Kind.RECTIFICATION: _rectification,
    Kind.RECOVERY: _recovery,
    Kind.ACCOUNTABILITY: _accountability,
    Kind.APPEAL: _appeal,
}


def ask_contradictions(found: Sequence[tuple[Row, NewEvent]], known_facts: Mapping[str, Restricted | None]) -> None:
    """Rows that say different things of the same matter and day: all of them go back. So does one that is known with another
    restricted fact. known_facts: by id of a recorded event, what it keeps of the kind."""
    of_day: dict[tuple[object, ...], list[tuple[Row, NewEvent]]] = {}
    for row, event in found:
        if event.after.REPLACES:
            matter = event.after.measure if isinstance(event.after, Rectification) else None
            of_day.setdefault((event.after.KIND, event.subject, event.on_day, matter), []).append((row, event))
        else:
            of_day.setdefault((event.event_id,), []).append((row, event))
    for same in of_day.values():
        if any(_told(event) != _told(same[0][1]) for _, event in same):
            for row, _ in same:
                row.ask(row.filled.form.telling, f"同一事项、同一天有{len(same)}行不同的填写。请核实哪一行为准，只保留那一行。")
    for row, event in found:
        if event.event_id in known_facts and known_facts[event.event_id] != event.restricted:
            column = "number" if "number" in row.filled.form.headers else "names"
            row.ask(column, "与以前报过的同一天的内容不一致。请核实哪一个为准；以这一行为准的，请填写较晚的日期重新报送。")


def _told(event: NewEvent) -> tuple[str, Restricted | None]:
    return event.event_id, event.restricted
