"""Are these verdicts usable? Each row against the lists that went out; what cannot be used is told, and nothing is taken in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from expectations.contracts.model import Field, Kind
from expectations.contracts.returned import REFUTED, UNVERIFIABLE, VERDICT_OUTCOMES
from jobs.cells.amounts import parse_amount
from jobs.cells.dates import parse_date, parse_month
from jobs.cells.masking import mask_field
from jobs.cells.text import read_enum
from jobs.learn.reading import HEADERS
from jobs.returns.checkers import checkers_of, fault_of
from jobs.returns.tables import Line
from jobs.rulebook.rule import EXEMPTIONS, OTHER_REASON
from jobs.runtime.errors import BadVerdicts
from jobs.sheets.choices import REASONS

_SHOWN = 20
_CLUE_ID = re.compile(r"C[0-9a-f]{16}")
_VERDICT_CELL = Field("verdict", "核查结论", Kind.ENUM, "verdict", values=tuple(VERDICT_OUTCOMES))
_REASON_CELL = Field("refutation_reason", "查否原因代码", Kind.ENUM, "reason", values=tuple(EXEMPTIONS))
_STATEMENTS = ("corrects", "beyond_list")
_OTHER_CELL = Field("other", "", Kind.DATE, "a cell of digits")


@dataclass(frozen=True)
class ClueVerdict:
    """A usable verdict. source: the row that it was read from; null for one that was taken in before."""

    clue_id: str
    verdict: str
    refutation_reason: str | None
    checked_on: date
    checkers: str
    recovered_yuan: Decimal | None
    stop_month: date | None
    note: str | None
    source: Line | None = field(default=None, compare=False)

    @property
    def outcome(self) -> str:
        return VERDICT_OUTCOMES[self.verdict]

    @property
    def is_holding(self) -> bool | None:
        """Does the clue hold? Null where the visit could not tell; what was handed on to others held."""
        return None if self.outcome == UNVERIFIABLE else self.outcome != REFUTED


@dataclass(frozen=True)
class KnownClue:
    """What the lists say of a clue, and the verdicts on it so far, first taken in first.

    first_dispatched: null where no list gave it out to be visited. paid_yuan: all that was ever paid to its household; null where
    no payment is on record.
    """

    case_id: str
    first_listed: date
    first_dispatched: date | None
    amount_upper: Decimal
    paid_yuan: Decimal | None
    verdicts: tuple[ClueVerdict, ...] = ()


@dataclass(frozen=True)
class UsableVerdicts:
    """The verdicts of some files. remarks: what was odd and is taken in all the same."""

    verdicts: tuple[ClueVerdict, ...]
    remarks: tuple[str, ...]


def usable_verdicts(lines: Sequence[Line], clues: Mapping[str, KnownClue], as_of: date) -> UsableVerdicts:
    """All lines as verdicts, or BadVerdicts that names every row that cannot be used. The same row twice is one verdict."""
    faults: list[str] = []
    found: dict[tuple[str, date], tuple[ClueVerdict, Line]] = {}
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
    faults += _contradictions(found.values(), clues)
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
    return UsableVerdicts(tuple(verdict for verdict, _ in found.values()), tuple(remarks))


def _faults(line: Line, clues: Mapping[str, KnownClue], as_of: date) -> Iterable[str]:
    cells = line.cells
    clue = clues.get(cells["clue_id"])
    if clue is None:
        yield _unknown_clue(cells["clue_id"])
    elif cells.get("case_id") == "":  # the list gave it; a file without the column says nothing of it
        yield (
            f"案件编号 is empty. Expected {clue.case_id}, as listed beside the clue: the row may be shifted. Restore it from the list."
        )
    elif cells.get("case_id", clue.case_id) != clue.case_id:
        yield (
            f"线索编号 {cells['clue_id']} does not belong to the case {_shown(_OTHER_CELL, cells['case_id'])} of its row: one of the "
            "two was edited. Expected both as listed. Restore them from the list."
        )
    outcome = VERDICT_OUTCOMES.get(cells["verdict"])
    if outcome is None:
        yield f"核查结论 is {_shown(_VERDICT_CELL, cells['verdict'])}. Expected one of {'、'.join(VERDICT_OUTCOMES)}. Choose one from the list."
    reason = _reason(cells["refutation_reason"])
    if reason and reason not in EXEMPTIONS:
        yield f"查否原因代码 is {_shown(_REASON_CELL, reason)}. Expected R01 to R25 or R99. Look the code up in the reading guide."
    elif outcome == REFUTED and not reason:
        yield f"{cells['verdict']} without 查否原因代码. Expected R01 to R25, or R99 with a note. Ask the inspectors for the reason."
    elif reason and cells["verdict"].startswith("查是"):
        yield f"{cells['verdict']} with 查否原因代码 {reason}. Expected none: a reason refutes. Correct the verdict or empty the cell."
    if fault := fault_of(checkers_of(cells["checkers"])):
        yield f"核查人员 {fault}"
    yield from _day_faults(cells["checked_on"], clue, as_of)
    yield from _list_faults(line, clue)
    yield from _amount_faults(cells.get("recovered", ""), clue)
    if (month := cells.get("stop_month")) and parse_month(month) is None:
        yield f"停发月份 is {_shown(_OTHER_CELL, month)}. Expected a month such as 2018-01, or nothing. Write it so."
    for name in _STATEMENTS:
        if (said := cells.get(name)) and _is_said(said) is None:
            yield f"{HEADERS[name][0]} is {_shown(_OTHER_CELL, said)}. Expected 是, 否 or nothing. Write it so."


def _unknown_clue(text: str) -> str:
    if _CLUE_ID.fullmatch(text):
        return f"no list has held a clue {text}. Expected a 线索编号 as listed, unchanged. Restore it, or name the OUT that it came from."
    return (
        f"线索编号 is {_shown(_OTHER_CELL, text)}, which is no id of a clue: it was edited, a spreadsheet made a number of it, or the row is "
        "shifted. "
        "Expected C and 16 characters of 0-9 and a-f. Restore it from the list."
    )


def _day_faults(text: str, clue: KnownClue | None, as_of: date) -> Iterable[str]:
    day = parse_date(text)
    if day is None:
        yield f"核查日期 is {_shown(_OTHER_CELL, text)}. Expected a day such as 2018-03-05. Write it so."
    elif day > as_of:
        yield f"核查日期 {day} lies in the future of --as-of {as_of}. Expected a day up to it. Correct the day, or say --as-of later."
    elif clue is not None and day < clue.first_listed:
        yield f"核查日期 {day} is before the clue was first listed, {clue.first_listed}. Expected a day from then on. Correct the day."


def _list_faults(line: Line, clue: KnownClue | None) -> Iterable[str]:
    """A visit beyond the list is asked back: most often the row is shifted. Where it was made, the inspectors say so."""
    day = parse_date(line.cells["checked_on"])
    if clue is None or day is None or _is_said(line.cells.get("beyond_list", "")):
        return
    if clue.first_dispatched is None or day < clue.first_dispatched:
        yield (
            f"the clue {line.cells['clue_id']} was on no list of clues to be visited up to {day}. Expected a dispatched one. Correct the row, "
            f"or, if the visit was made all the same, write 是 into its column {HEADERS['beyond_list'][0]}."
        )


def _contradictions(found: Iterable[tuple[ClueVerdict, Line]], clues: Mapping[str, KnownClue]) -> Iterable[str]:
    """Verdicts that turn round what an earlier one says, or take it back, without saying that they are meant to."""
    so_far = {clue_id: list(clue.verdicts) for clue_id, clue in clues.items()}
    for verdict, line in sorted(found, key=lambda one: one[0].checked_on):
        earlier = so_far[verdict.clue_id]
        if verdict in earlier:  # handed in again
            continue
        held = max(enumerate(earlier), key=lambda one: (one[1].checked_on, one[0]))[1] if earlier else None
        earlier.append(verdict)
        if held is None or not _turns_round(verdict, held):
            continue
        what = f"{line.place}: {verdict.verdict} of {verdict.checked_on} contradicts {held.verdict} of {held.checked_on} on the same clue."
        if verdict.checked_on < held.checked_on:
            yield f"{what} Expected no other verdict of an earlier day. Ask the inspectors which holds; a correction has a later day."
        elif not _is_said(line.cells.get("corrects", "")):
            yield (
                f"{what} Expected the same, or a correction. Ask the inspectors which holds; if this one, write 是 into its column "
                f"{HEADERS['corrects'][0]}."
            )


def _turns_round(verdict: ClueVerdict, held: ClueVerdict) -> bool:
    if verdict.is_holding is None:  # an older visit that met nobody takes nothing back
        return held.is_holding is not None and verdict.checked_on >= held.checked_on
    return held.is_holding is not None and held.is_holding != verdict.is_holding


def _is_said(text: str) -> bool | None:
    """是 or 否, in their close forms; null for anything else."""
    return {"是": True, "否": False}.get(read_enum(pl.Series([text], dtype=pl.String), ("是", "否"))[0])


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


def _verdict(line: Line) -> ClueVerdict:
    cells = line.cells
    checked_on = parse_date(cells["checked_on"])
    assert checked_on is not None
    recovered = parse_amount(cells.get("recovered", ""))
    return ClueVerdict(
        clue_id=cells["clue_id"],
        verdict=cells["verdict"],
        refutation_reason=_reason(cells["refutation_reason"]) or None,
        checked_on=checked_on,
        checkers="、".join(checkers_of(cells["checkers"])),
        recovered_yuan=None if recovered is None else recovered.quantize(Decimal("0.01")),
        stop_month=parse_month(cells.get("stop_month", "")),
        note=cells.get("note") or None,
        source=line,
    )


def _reason(text: str) -> str:
    """The code of a reason, which a cell may hold alone or as the drop-down of our workbooks offers it, with its words."""
    return REASONS.get(text, text)


def _shown(field: Field, text: str) -> str:
    """A cell as an error may show it: a row may be shifted, and hold a name or a number anywhere."""
    return mask_field(field, text)
