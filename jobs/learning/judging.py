"""Are these verdicts usable? Each row against the lists that went out; what cannot be used is told, and nothing is taken in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from expectations.contracts.lake.learning import REFUTED, VERDICT_OUTCOMES
from expectations.contracts.model import Field, Kind
from jobs.cells.amounts import parse_amount
from jobs.cells.dates import parse_date, parse_month
from jobs.learning.reading import Line
from jobs.publishing.masking import mask_field
from jobs.rules.rule import EXEMPTIONS
from jobs.runtime.errors import BadVerdicts

LEAST_CHECKERS = 2
OTHER_REASON = "R99"
_SHOWN = 20
_SEPARATORS = re.compile(r"[、,，;；/\n|]+")
_CLUE_ID = re.compile(r"[0-9a-f]{16}")
_VERDICT_CELL = Field("verdict", "核查结论", Kind.ENUM, "verdict", values=tuple(VERDICT_OUTCOMES))
_REASON_CELL = Field("refutation_reason", "查否原因代码", Kind.ENUM, "reason", values=tuple(EXEMPTIONS))
_OTHER_CELL = Field("other", "", Kind.DATE, "a cell of digits")


@dataclass(frozen=True)
class KnownClue:
    """What the lists say of a clue. paid_yuan: all that was ever paid to its household; null where no payment is on record."""

    case_id: str
    first_listed: date
    amount_upper: Decimal
    paid_yuan: Decimal | None


@dataclass(frozen=True)
class Verdict:
    """A usable verdict."""

    clue_id: str
    verdict: str
    refutation_reason: str | None
    checked_on: date
    checkers: str
    recovered_yuan: Decimal | None
    stop_month: date | None
    note: str | None

    @property
    def outcome(self) -> str:
        return VERDICT_OUTCOMES[self.verdict]


@dataclass(frozen=True)
class Judged:
    """The verdicts of some files. remarks: what was odd and is taken in all the same."""

    verdicts: tuple[Verdict, ...]
    remarks: tuple[str, ...]


def judged(lines: Sequence[Line], clues: Mapping[str, KnownClue], as_of: date) -> Judged:
    """All lines as verdicts, or BadVerdicts that names every row that cannot be used. The same row twice is one verdict."""
    faults: list[str] = []
    found: dict[tuple[str, date], tuple[Verdict, Line]] = {}
    above, without_words = 0, 0
    for line in lines:
        of_line = list(_faults(line, clues, as_of))
        if of_line:
            faults += [f"{line.place}: {fault}" for fault in of_line]
            continue
        verdict = _verdict(line)
        clue = clues[verdict.clue_id]
        key = verdict.clue_id, verdict.checked_on
        other = found.setdefault(key, (verdict, line))
        if other[0] != verdict:
            faults.append(
                f"{line.place}: another verdict on the clue {verdict.clue_id} of the same day stands in {other[1].place}. "
                "Expected one. Ask the inspectors which holds and remove the other."
            )
        above += (verdict.recovered_yuan or 0) > clue.amount_upper
        without_words += verdict.refutation_reason == OTHER_REASON and not verdict.note
    if faults:
        more = f"\n… and {len(faults) - _SHOWN} more." if len(faults) > _SHOWN else ""
        raise BadVerdicts("\n".join(faults[:_SHOWN]) + more + "\nNothing was taken in.")
    remarks = []
    if above:
        remarks.append(
            f"{above} verdicts recover more than the clue's upper bound, though not more than the household was paid: "
            "the visit found more than the list says, or another month. Have them looked at."
        )
    if without_words:
        remarks.append(f"{without_words} refutations give {OTHER_REASON} (其他) without a note. Ask for the reason in words.")
    return Judged(tuple(verdict for verdict, _ in found.values()), tuple(remarks))


def _faults(line: Line, clues: Mapping[str, KnownClue], as_of: date) -> Iterable[str]:
    cells = line.cells
    clue = clues.get(cells["clue_id"])
    if clue is None:
        yield _unknown_clue(cells["clue_id"])
    elif cells["case_id"] and cells["case_id"] != clue.case_id:
        yield (
            f"线索编号 {cells['clue_id']} does not belong to the case {_shown(_OTHER_CELL, cells['case_id'])} of its row: one of the "
            "two was edited. Expected both as listed. Restore them from the list."
        )
    outcome = VERDICT_OUTCOMES.get(cells["verdict"])
    if outcome is None:
        yield f"核查结论 is {_shown(_VERDICT_CELL, cells['verdict'])}. Expected one of {'、'.join(VERDICT_OUTCOMES)}. Choose one from the list."
    reason = cells["refutation_reason"]
    if reason and reason not in EXEMPTIONS:
        yield f"查否原因代码 is {_shown(_REASON_CELL, reason)}. Expected R01 to R25 or R99. Look the code up in the reading guide."
    elif outcome == REFUTED and not reason:
        yield f"{cells['verdict']} without 查否原因代码. Expected R01 to R25, or R99 with a note. Ask the inspectors for the reason."
    elif reason and cells["verdict"].startswith("查是"):
        yield f"{cells['verdict']} with 查否原因代码 {reason}. Expected none: a reason refutes. Correct the verdict or empty the cell."
    checkers = _checkers(cells["checkers"])
    if len(checkers) < LEAST_CHECKERS:
        yield f"核查人员 names {len(checkers)}. Expected at least {LEAST_CHECKERS} different inspectors, joined by 、. Add who was there."
    yield from _day_faults(cells["checked_on"], clue, as_of)
    yield from _amount_faults(cells["recovered"], clue)
    if cells["stop_month"] and parse_month(cells["stop_month"]) is None:
        yield f"停发月份 is {_shown(_OTHER_CELL, cells['stop_month'])}. Expected a month such as 2018-01, or nothing. Write it so."


def _unknown_clue(text: str) -> str:
    if _CLUE_ID.fullmatch(text):
        return f"no list has held a clue {text}. Expected a 线索编号 as listed, unchanged. Restore it, or name the OUT that it came from."
    return (
        f"线索编号 is {_shown(_OTHER_CELL, text)}, which is no id of a clue: it was edited or the row is shifted. "
        "Expected 16 characters of 0-9 and a-f. Restore it from the list."
    )


def _day_faults(text: str, clue: KnownClue | None, as_of: date) -> Iterable[str]:
    day = parse_date(text)
    if day is None:
        yield f"核查日期 is {_shown(_OTHER_CELL, text)}. Expected a day such as 2018-03-05. Write it so."
    elif day > as_of:
        yield f"核查日期 {day} lies in the future of --as-of {as_of}. Expected a day up to it. Correct the day, or say --as-of later."
    elif clue is not None and day < clue.first_listed:
        yield f"核查日期 {day} is before the clue was first listed, {clue.first_listed}. Expected a day from then on. Correct the day."


def _amount_faults(text: str, clue: KnownClue | None) -> Iterable[str]:
    if not text:
        return
    amount = parse_amount(text)
    if amount is None or amount < 0:
        yield f"追回金额 is {_shown(_OTHER_CELL, text)}. Expected yuan such as 1200.00, or nothing. Write it so."
        return
    if clue is None:
        return
    # More than the clue says is told and taken in, for a visit may find more than the list knew; more than the household
    # was ever paid cannot be. Without payments on record nothing bounds it.
    most = clue.amount_upper if clue.paid_yuan is None else max(clue.amount_upper, clue.paid_yuan)
    if amount > most and (clue.paid_yuan is not None or clue.amount_upper > 0):
        yield (
            f"追回金额 {amount} is above the upper bound: {clue.amount_upper} of the clue, {most} paid to the household in all. "
            "Expected at most that. Correct the amount; money of other clues belongs in their rows."
        )


def _verdict(line: Line) -> Verdict:
    cells = line.cells
    checked_on = parse_date(cells["checked_on"])
    assert checked_on is not None
    recovered = parse_amount(cells["recovered"]) if cells["recovered"] else None
    return Verdict(
        clue_id=cells["clue_id"],
        verdict=cells["verdict"],
        refutation_reason=cells["refutation_reason"] or None,
        checked_on=checked_on,
        checkers="、".join(_checkers(cells["checkers"])),
        recovered_yuan=None if recovered is None else recovered.quantize(Decimal("0.01")),
        stop_month=parse_month(cells["stop_month"]) if cells["stop_month"] else None,
        note=cells["note"] or None,
    )


def _checkers(text: str) -> list[str]:
    names: list[str] = []
    for part in _SEPARATORS.split(text):
        apart = part.split()
        # 张某 李某 are two; the parts of 张 三 are one name, padded as forms do.
        names += apart if all(len(name) > 1 for name in apart) else ["".join(apart)]
    return list(dict.fromkeys(name for name in names if name))


def _shown(field: Field, text: str) -> str:
    """A cell as an error may show it: a row may be shifted, and hold a name or a number anywhere."""
    return mask_field(field, text)
