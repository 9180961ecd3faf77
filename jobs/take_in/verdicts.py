"""Are these verdicts usable? Each row against the lists that went out; what cannot be used is asked back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from expectations.contracts.returned import CONFIRMED, REFUTED, UNVERIFIABLE, VERDICT_OUTCOMES
from jobs.rulebook.rule import OTHER_REASON
from jobs.take_in.cells import Row
from jobs.take_in.words import holds, is_refutation, reason_of, verdict_of


@dataclass(frozen=True)
class ClueVerdict:
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
class Judged:
    """The usable rows with their verdicts. remarks: what was odd and is taken in all the same."""

    verdicts: tuple[tuple[Row, ClueVerdict], ...]
    remarks: tuple[str, ...]


def judged(rows: Sequence[Row], clues: Mapping[str, KnownClue], as_of: date) -> Judged:
    """The verdicts of the rows that can be used; the others ask. Of two that contradict each other both go back."""
    found = [(row, verdict) for row in rows if (verdict := _verdict(row, clues, as_of)) is not None]
    _ask_of_one_day(found)
    _ask_contradictions([one for one in found if one[0].is_usable], clues)
    usable = [one for one in found if one[0].is_usable]
    above = sum((verdict.recovered_yuan or 0) > clues[verdict.clue_id].amount_upper for _, verdict in usable)
    without_words = sum(verdict.refutation_reason == OTHER_REASON and not verdict.note for _, verdict in usable)
    remarks = []
    if above:
        remarks.append(
            f"{above} verdicts recover more than the clue's upper bound, though not more than the household was paid: "
            "the visit found more than the list says, or another month. Have them looked at."
        )
    if without_words:
        remarks.append(f"{without_words} refutations give {OTHER_REASON} (其他) without a note. Ask for the reason in words.")
    return Judged(tuple(usable), tuple(remarks))


def _verdict(row: Row, clues: Mapping[str, KnownClue], as_of: date) -> ClueVerdict | None:
    """The verdict of a row; null where something of it is asked."""
    clue_id = row.filled.line.cells.get("clue_id", "")
    clue = clues.get(clue_id)
    if clue is None:
        row.ask("clue_id", unknown_id(clue_id, "线索编号", "C"))
    else:
        _ask_of_case(row, clue)
    reason = _reason(row)
    verdict = _word(row, reason)
    if verdict is not None and reason is None and not row.text("refutation_reason") and is_refutation(verdict):
        row.ask(
            "refutation_reason", f"结论是“{verdict}”，没有填查否原因。请从下拉列表中选一项；都不合适的选 R99，并在备注里写明。"
        )
    if verdict is not None and reason is not None and VERDICT_OUTCOMES[verdict] == CONFIRMED:
        row.ask(
            "refutation_reason", f"结论是“{verdict}”，却填了查否原因“{row.text('refutation_reason')}”。请改结论，或者清空这一格。"
        )
    checkers = row.people("checkers")
    day = row.day("checked_on", clue.first_listed if clue else None, as_of)
    recovered, month = _recovered(row, clue), row.month("stop_month", clue.first_listed if clue else None, as_of)
    for name in ("corrects", "beyond_list"):
        row.says_yes(name)
    if clue is not None and day is not None and "checked_on" not in row.asked:
        _ask_beyond_list(row, clue, day)
    if not row.is_usable or verdict is None or day is None:
        return None
    return ClueVerdict(clue_id, verdict, reason, day, checkers, recovered, month, row.note())


def _ask_of_case(row: Row, clue: KnownClue) -> None:
    case_id = row.filled.line.cells.get("case_id")
    if case_id == "":  # the list gave it; a file without the column says nothing of it
        row.ask("case_id", f"案件编号是空的，这一行可能错位。应为 {clue.case_id}，请对照清单核对后填上。")
    elif case_id is not None and case_id != clue.case_id:
        row.ask("case_id", f"填的是“{case_id}”，但这条线索属于案件 {clue.case_id}。两个编号有一个被改动过，请对照清单核对。")


def _reason(row: Row) -> str | None:
    text = row.text("refutation_reason")
    reason = reason_of(text) if text else None
    if text and reason is None:
        row.ask(
            "refutation_reason",
            f"填的是“{text}”，看不出是哪一项原因。请从下拉列表中选一项（R01 至 R25 或 R99），例如 R10 已售、报废或注销；"
            "都不合适的选 R99，并在备注里写明。",
        )
    return reason


def _word(row: Row, reason: str | None) -> str | None:
    """The verdict; what was read for it is kept in the note where it stood in other words."""
    text = row.needed("verdict", f"请从下列各项中选一项：{'、'.join(VERDICT_OUTCOMES)}。")
    if not text:
        return None
    verdict = verdict_of(text, reason)
    if verdict is None:
        stands = holds(text)
        kinds = [
            one for one, outcome in VERDICT_OUTCOMES.items() if stands is None or outcome == (CONFIRMED if stands else REFUTED)
        ]
        why = "没有说明是哪一种" if stands is not None else "不是可选的一项"
        row.ask("verdict", f"填的是“{text}”，{why}。请从下列各项中选一项：{'、'.join(kinds)}。")
    elif holds(text) is not None:
        row.remarks.append(f"核查结论原写：{text}")
    return verdict


def _recovered(row: Row, clue: KnownClue | None) -> Decimal | None:
    """More than the clue says is told and taken in, for a visit may find more than the list knew; more than the household was ever paid
    cannot be. Without payments on record nothing bounds it."""
    amount = row.yuan("recovered")
    if amount is None or clue is None:
        return amount
    most = clue.amount_upper if clue.paid_yuan is None else max(clue.amount_upper, clue.paid_yuan)
    if amount > most and (clue.paid_yuan is not None or clue.amount_upper > 0):
        row.ask(
            "recovered",
            f"填的是{amount}元，多于发给这一户的钱：本条线索上限{clue.amount_upper}元，全户历次发放共{most}元。请更正；"
            "属于别的线索的钱请填到那一行。",
        )
    return amount


def _ask_beyond_list(row: Row, clue: KnownClue, day: date) -> None:
    """A visit beyond the list is asked back: most often the row is shifted. Where it was made, the inspectors say so."""
    if (clue.first_dispatched is None or day < clue.first_dispatched) and not row.says_yes("beyond_list"):
        row.ask(
            "beyond_list",
            f"截至{day.isoformat()}，没有一份清单交办过这条线索。请核对这一行；确实去核查过的，请在“未交办已核查”中填“是”。",
        )


def _ask_of_one_day(found: Sequence[tuple[Row, ClueVerdict]]) -> None:
    """Rows that say different things of one clue and day: nobody but the inspectors knows which holds."""
    of_day: dict[tuple[str, date], list[tuple[Row, ClueVerdict]]] = {}
    for row, verdict in found:
        of_day.setdefault((verdict.clue_id, verdict.checked_on), []).append((row, verdict))
    for same in of_day.values():
        if any(verdict != same[0][1] for _, verdict in same):
            for row, _ in same:
                row.ask("verdict", f"同一线索、同一天有{len(same)}行不同的填写。请核实哪一行为准，只保留那一行。")


def _ask_contradictions(found: Sequence[tuple[Row, ClueVerdict]], clues: Mapping[str, KnownClue]) -> None:
    """Verdicts that turn round what an earlier one says, or take it back, without saying that they are meant to."""
    so_far: dict[str, list[tuple[ClueVerdict, Row | None]]] = {
        clue_id: [(verdict, None) for verdict in clue.verdicts] for clue_id, clue in clues.items()
    }
    for row, verdict in sorted(found, key=lambda one: one[1].checked_on):
        earlier = so_far[verdict.clue_id]
        if any(verdict == other for other, _ in earlier):  # handed in again
            continue
        held = max(enumerate(earlier), key=lambda one: (one[1][0].checked_on, one[0]))[1] if earlier else None
        earlier.append((verdict, row))
        if held is None or not _turns_round(verdict, held[0]):
            continue
        what = f"{verdict.checked_on.isoformat()}“{verdict.verdict}”与{held[0].checked_on.isoformat()}“{held[0].verdict}”不一致。"
        if verdict.checked_on < held[0].checked_on:
            row.ask("verdict", f"{what}较早日期的结论不能更改较晚的。请核实哪一个为准；要更正的，请用较晚的核查日期重新填写。")
        elif row.says_yes("corrects"):
            continue
        else:
            row.ask("corrects", f"{what}请核实哪一个为准；以这一行为准的，请在“更正前次结论”中填“是”。")
        if held[1] is not None:
            held[1].ask("verdict", f"{what}两行都退回：请核实哪一行为准，只保留那一行，或者在后一行的“更正前次结论”中填“是”。")


def _turns_round(verdict: ClueVerdict, held: ClueVerdict) -> bool:
    if verdict.is_holding is None:  # an older visit that met nobody takes nothing back
        return held.is_holding is not None and verdict.checked_on >= held.checked_on
    return held.is_holding is not None and held.is_holding != verdict.is_holding


def unknown_id(text: str, header: str, letter: str) -> str:
    """What is asked of an id that no list has held, or of none."""
    if not text:
        return f"{header}是空的，不知道是哪一条。请从清单中原样复制，{letter} 加 16 位。"
    if re.fullmatch(f"{letter}[0-9a-f]{{16}}", text):
        return f"“{text}”不在任何一份清单中。请对照清单核对{header}；是别处的清单，请交给那里的数据组。"
    return (
        f"填的是“{text}”，不是{header}：可能被改动、被电子表格变成了数，或者这一行错位。请从清单中原样复制，{letter} 加 16 位。"
    )
