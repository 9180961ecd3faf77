"""A year of casework: what offices do with the cases that they are sent, month by month, and the truth about all of it.

Whoever plays it (tests, benchmarks) sends cases out, hands each month's rows in as the files that people would send, and takes the
steps that the office says. The truth is kept beside, by its own books: nothing of the case store is in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import numpy as np

from expectations.contracts.lake.planning import ROUTINE_VISIT
from expectations.contracts.returned import (
    CONFIRMED,
    REFERRED,
    REFUTED,
    VERDICT_OUTCOMES,
    AppealOutcome,
    Assistance,
    Measure,
    NeedResult,
    Problem,
    Sanction,
)

VERDICTS, NEEDS, RECTIFICATIONS, RECOVERIES, ACCOUNTABILITY, APPEALS = "核查结论", "需求处理", "整改", "追缴到账", "问责", "申诉"
RECEIVE, SEND_BACK, ASSIST, HAND_OVER = "receive", "send back", "assist", "hand over"
_TWO, _OTHER_TWO = "张三丰、李四光", "王五湖、赵六海"
_SHARES = {
    "查是-违规": 0.05, "查是-错保": 0.10, "查是-程序问题": 0.03, "查否-数据错误": 0.15, "查否-政策允许": 0.32, "查否-时间差": 0.12,
    "查否-同名重号": 0.08, "无法核实": 0.10, "移送": 0.05,
}  # fmt: skip
_PROBLEMS = {"D": Problem.DEAD, "K": Problem.KEY_PERSONS, "F": Problem.PAYMENT}
_GRANTED = (NeedResult.LOW_INCOME, NeedResult.DESTITUTE, NeedResult.TEMPORARY_AID, NeedResult.MEDICAL_AID)
OPEN = "open"
Row = dict[str, str]


@dataclass(frozen=True)
class Step:
    """What an office does with a case as a whole. to: a kind of assistance, or an office."""

    kind: str
    case_id: str
    day: date
    to: str = ""


@dataclass(frozen=True)
class Month:
    """What happens in a month, in this order: receipts, the rows that are handed in by the table they belong to, and the other steps.
    last: its last day."""

    last: date
    receipts: tuple[Step, ...]
    rows: Mapping[str, Sequence[Row]]
    steps: tuple[Step, ...]


@dataclass
class _Clue:
    rule_code: str
    outcome: str = OPEN
    checked_on: date | None = None
    is_revoked: bool = False
    appeal: AppealOutcome | None = None
    is_appealed: bool = False
    owed: Decimal = Decimal(0)
    problem: Problem | None = None
    asked: Decimal = Decimal(0)
    got: Decimal = Decimal(0)
    is_done: bool = False
    is_open: bool = True


@dataclass
class _Case:
    county_code: str
    sent_on: date
    due_on: date
    clues: dict[str, _Clue] = field(default_factory=dict)

    @property
    def is_out(self) -> bool:
        return any(clue.is_open for clue in self.clues.values())


class Office:
    """The offices of a city in one year. Equal seeds and cases give equal acts."""

    def __init__(self, seed: int, needs: Sequence[tuple[str, str]], confirmed: float = 0.18) -> None:
        """needs: id and rule of those on the list. confirmed: share of the clues that a visit confirms."""
        self._rng = np.random.default_rng(seed)
        of_confirmed = sum(share for said, share in _SHARES.items() if VERDICT_OUTCOMES[said] == CONFIRMED)
        self._verdicts = {
            said: share
            * (confirmed / of_confirmed if VERDICT_OUTCOMES[said] == CONFIRMED else (1 - confirmed) / (1 - of_confirmed))
            for said, share in _SHARES.items()
        }
        self._cases: dict[str, _Case] = {}
        self._needs = dict(needs)
        self._need_results: dict[str, NeedResult] = {}
        self._granted = Decimal(0)
        self._calendar: dict[tuple[int, int], dict[str, list[Row]]] = {}
        self._later: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
        self._people: Counter[Sanction] = Counter()
        self._steps: Counter[str] = Counter()
        self._receipt_no = 0

    def take(self, case_id: str, county_code: str, sent_on: date, due_on: date, clues: Iterable[tuple[str, str]]) -> None:
        """A case is sent out; of one that was out before the books go on. clues: id and rule."""
        case = self._cases.setdefault(case_id, _Case(county_code, sent_on, due_on))
        case.sent_on, case.due_on = sent_on, due_on
        for clue_id, rule_code in clues:
            case.clues.setdefault(clue_id, _Clue(rule_code)).is_open = True
        self._plan_visit(case_id, sent_on + timedelta(days=int(self._rng.integers(3, 40))))

    def _plan_visit(self, case_id: str, day: date) -> None:
        for clue_id in self._cases[case_id].clues:
            self._later.setdefault((day.year, day.month), []).append((case_id, clue_id, day.isoformat()))

    def month(self, year: int, month: int) -> Month:
        """Everything of the month; cases that were sent out in it are known by then."""
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        sent = [case_id for case_id, case in self._cases.items() if (case.sent_on.year, case.sent_on.month) == (year, month)]
        receipts = [
            Step(RECEIVE, case_id, min(last, self._cases[case_id].sent_on + timedelta(days=2)))
            for case_id in sent if self._rng.random() < 0.9
        ]  # fmt: skip
        rows = self._calendar.pop((year, month), {})
        steps: list[Step] = []
        for case_id, clue_id, day in self._later.pop((year, month), []):
            clue = self._cases[case_id].clues[clue_id]
            if clue.is_open:
                rows.setdefault(VERDICTS, []).append(self._visit(case_id, clue_id, clue, date.fromisoformat(day)))
        self._enter(rows, last)
        for need_id in [need for need in self._needs if need not in self._need_results and self._rng.random() < 0.06]:
            rows.setdefault(NEEDS, []).append(self._help(need_id, last - timedelta(days=int(self._rng.integers(20)))))
        returned = sorted({row["案件编号"] for row in rows.get(VERDICTS, [])})
        for case_id in returned:
            drawn = self._rng.random()
            if drawn < 0.04 and not self._cases[case_id].is_out:
                steps.append(Step(SEND_BACK, case_id, last))
                for clue in self._cases[case_id].clues.values():
                    clue.is_open = True
                self._plan_visit(case_id, last + timedelta(days=int(self._rng.integers(5, 40))))
            elif drawn < 0.08:
                steps.append(Step(ASSIST, case_id, last, str(self._rng.choice(np.array(list(Assistance))))))
            elif drawn < 0.10:
                steps.append(Step(HAND_OVER, case_id, last, "县医保局"))
        self._steps.update(step.kind for step in (*receipts, *steps))
        self._steps.update(step.to for step in steps if step.kind == ASSIST)
        return Month(last, tuple(receipts), rows, tuple(steps))

    def _visit(self, case_id: str, clue_id: str, clue: _Clue, day: date) -> Row:
        said = str(self._rng.choice(np.array(list(self._verdicts)), p=np.array(list(self._verdicts.values()))))
        is_second = clue.checked_on is not None
        clue.outcome, clue.checked_on, clue.is_open = VERDICT_OUTCOMES[said], day, False
        if clue.outcome == CONFIRMED and not is_second and clue.rule_code != ROUTINE_VISIT:
            self._put_right(case_id, clue_id, clue, day)
        return {
            "案件编号": case_id, "线索编号": clue_id, "核查结论": said, "查否原因代码": "R24" if clue.outcome == REFUTED else "",
            "核查日期": day.isoformat(), "核查人员（两人）": _TWO, "更正前次结论": "是" if is_second else "",
        }  # fmt: skip

    def _put_right(self, case_id: str, clue_id: str, clue: _Clue, day: date) -> None:
        """Books for the months to come what is done about a confirmed clue."""
        rng = self._rng
        about = {"线索编号": clue_id, "案件编号": case_id}
        found_on, done_on = day + timedelta(days=5), day + timedelta(days=int(rng.integers(10, 120)))
        measure = (
            Measure.RECOVER
            if rng.random() < 0.6
            else Measure(str(rng.choice(np.array([Measure.STOP, Measure.REDUCE, Measure.PAPERS]))))
        )
        yuan = Decimal(int(rng.integers(2, 60)) * 10) if measure is Measure.RECOVER else None
        problem = _PROBLEMS.get(clue.rule_code[0], Problem.OTHER)
        plan = {
            **about, "问题类别": problem, "整改措施": measure, "整改期限": (day + timedelta(days=60)).isoformat(), "完成日期": "",
            "应追缴金额（元）": str(yuan) if yuan else "",
        }  # fmt: skip
        self._book(found_on, RECTIFICATIONS, {**plan, "填报日期": found_on.isoformat()})
        self._book(done_on, RECTIFICATIONS, {**plan, "完成日期": done_on.isoformat(), "填报日期": done_on.isoformat()})
        for n in range(2 if yuan else 0):
            self._receipt_no += 1
            receipt = {**about, "到账日期": "", "到账金额（元）": str(yuan and yuan / 2), "票据号": f"P{self._receipt_no:06d}"}
            paid_on = day + timedelta(days=15 + 40 * n)
            self._book(paid_on, RECOVERIES, {**receipt, "到账日期": paid_on.isoformat()})
        if rng.random() < 0.25:
            held = {
                **about,
                "问责方式": str(rng.choice(np.array(list(Sanction)))),
                "问责人数": str(int(rng.integers(1, 3))),
                "职务": "村委会委员",
            }
            self._book(found_on, ACCOUNTABILITY, {**held, "问责日期": found_on.isoformat()})
        if rng.random() < 0.25:
            lodged, decided = day + timedelta(days=12), day + timedelta(days=12 + 31)  # a later month: a row of its own
            outcome = AppealOutcome(str(rng.choice(np.array(list(AppealOutcome)))))
            owed = "" if outcome is AppealOutcome.UPHELD else str(int(rng.integers(1, 30)) * 10)
            objection = {"线索编号": clue_id, "申诉日期": lodged.isoformat(), "申诉理由": "车已经卖了"}
            nothing = dict.fromkeys(("复查结果", "复查日期", "复查人员", "应补发金额（元）"), "")
            self._book(lodged, APPEALS, {**objection, **nothing})
            self._book(decided, APPEALS, {
                **objection, "复查结果": outcome, "复查日期": decided.isoformat(), "复查人员": _OTHER_TWO, "应补发金额（元）": owed,
            })  # fmt: skip

    def _book(self, day: date, table: str, row: Row) -> None:
        self._calendar.setdefault((day.year, day.month), {}).setdefault(table, []).append(row)

    def _help(self, need_id: str, day: date) -> Row:
        result = NeedResult(str(self._rng.choice(np.array(list(NeedResult)))))
        self._need_results[need_id] = result
        yuan = Decimal(int(self._rng.integers(10, 50)) * 10) if result in _GRANTED else None
        self._granted += yuan or 0
        return {
            "需求编号": need_id, "处理结果": result, "保障项目": "", "起始月份": f"{day:%Y-%m}" if yuan else "",
            "月金额（元）": str(yuan) if yuan else "", "走访日期": day.isoformat(), "走访人员（两人）": _TWO,
        }  # fmt: skip

    def _enter(self, rows: Mapping[str, Sequence[Row]], last: date) -> None:
        """The month's rows in the books."""
        clues = {clue_id: clue for case in self._cases.values() for clue_id, clue in case.clues.items()}
        for row in rows.get(RECTIFICATIONS, []):
            clue = clues[row["线索编号"]]
            clue.problem, clue.asked = Problem(row["问题类别"]), Decimal(row["应追缴金额（元）"] or 0)
            clue.is_done = bool(row["完成日期"])
        for row in rows.get(RECOVERIES, []):
            clues[row["线索编号"]].got += Decimal(row["到账金额（元）"])
        for row in rows.get(ACCOUNTABILITY, []):
            self._people[Sanction(row["问责方式"])] += int(row["问责人数"])
        for row in rows.get(APPEALS, []):
            clue = clues[row["线索编号"]]
            clue.is_appealed = True
            if row["复查结果"]:
                clue.appeal, clue.owed = AppealOutcome(row["复查结果"]), Decimal(row["应补发金额（元）"] or 0)
                clue.is_revoked = clue.appeal is AppealOutcome.REVOKED

    def truth(self, on: date) -> dict[str, object]:
        """Totals of the year at its end, by its own books."""
        cases = self._cases.values()
        clues = [clue for case in cases for clue in case.clues.values() if clue.rule_code != ROUTINE_VISIT]
        holds = (CONFIRMED, REFERRED)
        outcomes = Counter(
            OPEN if clue.is_open else REFUTED if clue.is_revoked and clue.outcome in holds else clue.outcome for clue in clues
        )
        asked = [clue for clue in clues if clue.problem and clue.outcome == CONFIRMED and not clue.is_revoked]
        back = [case for case in cases if not case.is_out]
        days = {id(case): max(clue.checked_on for clue in case.clues.values() if clue.checked_on) for case in back}
        return {
            "outcomes": dict(outcomes),
            "by_rule": dict(Counter(clue.rule_code for clue in clues)),
            "sent": len(cases), "back": len(back), "out": len(cases) - len(back),
            "overdue": sum(case.is_out and case.due_on < on for case in cases),
            "late": sum(days[id(case)] > case.due_on for case in back),
            "days": median((days[id(case)] - case.sent_on).days for case in back),
            "problems": {p: (len(of), sum(c.is_done for c in of)) for p in Problem for of in [[c for c in asked if c.problem is p]]},
            "asked": sum((clue.asked for clue in asked), Decimal(0)), "got": sum((clue.got for clue in clues), Decimal(0)),
            "people": {sanction: self._people[sanction] for sanction in Sanction},
            "appeals": dict(Counter(clue.appeal for clue in clues if clue.is_appealed)),
            "owed_back": sum((clue.owed for clue in clues), Decimal(0)),
            "needs": dict(Counter(self._need_results.values())), "granted": self._granted, "needs_open": len(self._needs) - len(self._need_results),
            "steps": {kind: self._steps[kind] for kind in (RECEIVE, SEND_BACK, ASSIST, HAND_OVER)},
            "assistance": {kind: self._steps[kind] for kind in Assistance},
        }  # fmt: skip
