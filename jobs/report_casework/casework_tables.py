"""What people did with clues and cases in the period, as tables: a function of the events, and of nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import TypeVar

from casework.payloads import (
    Accountability,
    Appeal,
    Closed,
    Office,
    Payload,
    Received,
    Recovery,
    Rectification,
    Referred,
    Reopened,
    SentBack,
    Snoozed,
)
from casework.states import CaseState
from expectations.contracts.lake import VERDICTS
from expectations.contracts.lake.planning import UNREMARKABLE
from expectations.contracts.returned import (
    CONFIRMED,
    REFERRED,
    REFUTED,
    UNVERIFIABLE,
    AppealOutcome,
    Measure,
    Problem,
    Sanction,
)
from jobs.casebook.projections import verdict_rows
from jobs.registers.beyond_list import missed
from jobs.report_casework.standing import OPEN, Clue, Standing, Turn, yuan_found
from jobs.report_casework.table import TOTAL, Blank, Column, Kind, Ratio, Row, Table, Value, summed, with_made
from jobs.rulebook.rule import EXEMPTIONS
from jobs.sheets.clue_workbook import RULE_TITLES
from models.measures import Share

T = TypeVar("T")
CITY = "市本级（另行办理）"
NO_TOWN = "未注明乡镇"
Names = Mapping[str, str]
"""Counties by code."""
_HELD = ("confirmed", "referred")
_DECIDED = (*_HELD, "refuted")
_STATES = {CONFIRMED: "confirmed", REFUTED: "refuted", UNVERIFIABLE: "unverifiable", REFERRED: "referred", OPEN: "open"}
_CLUE_COLUMNS = (
    Column("clues", "线索", sum_of=tuple(_STATES.values())),
    Column("confirmed", "查是"),
    Column("refuted", "查否"),
    Column("unverifiable", "无法核实"),
    Column("referred", "移送"),
    Column("open", "未核查"),
    Column("share", "查实率", Kind.SHARE, made=Ratio(_HELD, _DECIDED)),
    Column("interval", "95%区间", Kind.INTERVAL, made=Ratio(_HELD, _DECIDED)),
)
_HOLDS = (
    "线索＝查是＋查否＋无法核实＋移送＋未核查。查实率＝（查是＋移送）÷（查是＋移送＋查否）：没有见到人的不算查是，也不计入分母；申诉后撤销的算查否。"
    "区间为威尔逊区间。"
)


def _account(standing: Standing) -> str:
    return f"办理记录库，{standing.period.told}：期初未核查、期内交办或期内有结论的线索，按期末结论"


def _clue_row(key: str, label: str, clues: Iterable[Clue], depth: int = 1) -> Row:
    counted = Counter(_STATES[clue.outcome] for clue in clues)
    cells: dict[str, Value] = {"clues": counted.total(), **{state: counted[state] for state in _STATES.values()}}
    return Row(key, label, cells, depth)


def clues_by_rule(standing: Standing) -> Table:
    codes = sorted({clue.rule_code for clue in standing.clues})
    rows = [
        _clue_row(
            code, f"{code} {RULE_TITLES.get(code, '')}".strip(), (clue for clue in standing.clues if clue.rule_code == code)
        )
        for code in codes
    ]
    told = tuple(with_made(row, _CLUE_COLUMNS) for row in (*rows, summed(rows, _CLUE_COLUMNS)))
    why_not = "" if standing.clues else "期内没有在办的线索"
    return Table(
        "clues", "线索核查情况（按规则）", "规则", _CLUE_COLUMNS, told if codes else (), _account(standing), _HOLDS, why_not,
        bars="share", between="interval",
    )  # fmt: skip


def clues_by_place(standing: Standing, names: Names) -> Table:
    same = {(TOTAL, column.key): ("clues", TOTAL, column.key) for column in _CLUE_COLUMNS if column.kind is Kind.COUNT}
    rows = by_place(
        [(clue.office, clue) for clue in standing.clues], names, lambda key, label, of, depth: _clue_row(key, label, of, depth),
        _CLUE_COLUMNS,
    )  # fmt: skip
    why_not = "" if rows else "期内没有在办的线索"
    told = tuple(with_made(row, _CLUE_COLUMNS) for row in rows)
    return Table(
        "places", "线索核查情况（按县市区和乡镇）", "地区", _CLUE_COLUMNS, told, _account(standing), _HOLDS, why_not, same
    )


def by_place(
    placed: Sequence[tuple[Office, T]],
    names: Names,
    row_of: Callable[[str, str, list[T], int], Row],
    columns: Sequence[Column],
) -> list[Row]:
    """The city, its counties and their townships, each the sum of those below it."""
    counties: dict[str, dict[str, list[T]]] = {}
    for office, one in placed:
        counties.setdefault(office.county_code or "", {}).setdefault(office.town or "", []).append(one)
    rows: list[Row] = []
    tops: list[Row] = []
    for code in sorted(counties, key=lambda code: (not code, code)):
        if not code:
            tops.append(row_of("city", CITY, [one for of_town in counties[code].values() for one in of_town], 1))
            rows.append(tops[-1])
            continue
        towns = [row_of(f"{code}/{town}", town or NO_TOWN, of_town, 2) for town, of_town in sorted(counties[code].items())]
        tops.append(summed(towns, columns, names.get(code, code), code, depth=1))
        rows += [tops[-1], *towns]
    return [summed(tops, columns, "全市"), *rows] if rows else []


def refutations(standing: Standing) -> Table:
    refuted = [clue for clue in standing.clues if clue.outcome == REFUTED]
    counted = Counter(
        "revoked" if clue.is_revoked else (clue.verdict.refutation_reason if clue.verdict else None) or "none" for clue in refuted
    )
    words = {**{code: f"{code} {told}" for code, told in EXEMPTIONS.items()}, "none": "未注明原因", "revoked": "申诉后撤销原结论"}
    columns = (Column("count", "线索"), Column("share", "占查否", Kind.SHARE, made=Ratio(("count",), ("all",))))
    rows = [Row(code, words[code], {"count": counted[code], "all": len(refuted)}) for code in words if counted[code]]
    total = Row(TOTAL, "合计", {"count": len(refuted), "all": len(refuted)}, 0, tuple(row.key for row in rows))
    why_not = "" if refuted else "期内没有查否的线索"
    return Table(
        "refutations", "查否原因", "原因", columns, tuple(with_made(row, columns) for row in (*rows, total)) if rows else (), _account(standing),
        "说明哪些规则、登记最常有合法解释：调整规则由人决定。", why_not, {(TOTAL, "count"): ("clues", TOTAL, "refuted")}, bars="count",
    )  # fmt: skip


def missed_table(standing: Standing, drawn_from: int | None) -> Table:
    """drawn_from: households without a clue on the last list of the period; null where no list has drawn any."""
    verdicts = [dict(zip(VERDICTS.column_names, row, strict=True)) for row in verdict_rows(standing.events)]
    found = missed(row for row in verdicts if row["checked_on"] in standing.period)
    columns = (
        Column("visited", "已核查"), Column("found", "其中属实"), Column("share", "属实占比", Kind.SHARE, made=Ratio(("found",), ("visited",))),
        Column("interval", "95%区间", Kind.INTERVAL, made=Ratio(("found",), ("visited",))), Column("from", "抽自（户）"),
        Column("low", "漏掉估计：下限", Kind.RECORDS, made=Ratio(("found",), ("visited",), "from")),
        Column("high", "漏掉估计：上限", Kind.RECORDS, made=Ratio(("found",), ("visited",), "from", 1)),
    )  # fmt: skip

    def row(key: str, label: str, of: Share, whole: int | None) -> Row:
        drawn = Blank.NOTHING if whole is None or not of.visited else whole
        return with_made(Row(key, label, {"visited": of.visited, "found": of.confirmed, "from": drawn}), columns)

    rows = [row(UNREMARKABLE, "没有线索的在保户", found.unremarkable, drawn_from)] if found.unremarkable.visited else []
    rows += [row(code, f"按 {code} {EXEMPTIONS.get(code, '')} 视为合法的线索", of, None) for code, of in found.explained.items()]
    return Table(
        "missed", "随机抽查：比对漏掉多少", "抽查对象", columns, tuple(rows), f"办理记录库和清单台账，{standing.period.told}核查、由随机抽取的户",
        "只有随机抽到的户才能代表没有查的户。没有见到人的不计入。估计为95%区间乘以所抽自的户数，取整。",
        "" if rows else "期内没有随机抽到的无线索户、数据已说明户的核查结论",
    )  # fmt: skip


_CLOCK_COLUMNS = (
    Column("before", "期初在办"), Column("sent", "期内交办"), Column("back", "已报回"),
    Column("out", "期末在办", sum_of=("before", "sent"), along=("back",)),
    Column("overdue", "逾期未报"), Column("late", "逾期报回"), Column("days", "办理天数中位数", Kind.DAYS, rests_on=("back",)),
)  # fmt: skip


def clock(standing: Standing, names: Names) -> Table:
    def row(key: str, label: str, turns: list[Turn], depth: int) -> Row:
        back = [turn for turn in turns if turn.returned_on is not None]
        out = [turn for turn in turns if turn.returned_on is None]
        return Row(key, label, {
            "before": sum(not turn.is_new for turn in turns), "sent": sum(turn.is_new for turn in turns), "back": len(back), "out": len(out),
            "overdue": sum(turn.is_late for turn in out), "late": sum(turn.is_late for turn in back),
        }, depth)  # fmt: skip

    rows = by_place([(turn.office, turn) for turn in standing.turns], names, row, _CLOCK_COLUMNS)
    return Table(
        "clock", "交办和时限（户）", "地区", _CLOCK_COLUMNS, tuple(_with_days(one, standing.turns) for one in rows),
        f"办理记录库，{standing.period.told}，按每户最近一次交办",
        "期初在办＋期内交办＝已报回＋期末在办；已报回是每条线索都有结论的户。天数从交办到最后一条线索的核查日。",
        "" if rows else "期内没有在办的案件",
    )  # fmt: skip


def _with_days(row: Row, turns: Sequence[Turn]) -> Row:
    """The row with the median of its own cases: that of a sum is no sum of medians."""
    code, _, town = row.key.partition("/")
    of = [
        turn for turn in turns
        if row.key == TOTAL or (row.key == "city" and not turn.office.county_code)
        or (turn.office.county_code == code and (row.depth == 1 or (turn.office.town or "") == town))
    ]  # fmt: skip
    days = [turn.days for turn in of if turn.days is not None]
    return Row(row.key, row.label, {**row.cells, "days": median(days) if days else Blank.NOTHING}, row.depth, row.parts)


def acts(standing: Standing) -> Table:
    columns = (Column("acts", "次数"), Column("cases", "户数"))

    def row(key: str, label: str, payload: type[Payload], among: Callable[[Payload], bool] = lambda _: True) -> Row:
        done = [event for event, said in standing.said(payload) if event.case_id is not None and among(said)]
        cells: dict[str, Value] = {"acts": len(done), "cases": len({event.case_id for event in done})}
        is_kept = any(among(said) for _, said in standing.said(payload, ever=True))
        return Row(key, label, cells if is_kept else dict.fromkeys(cells, Blank.NOT_PROVIDED))

    rows = (
        row("received", "签收", Received), row("sent_back", "退回重办", SentBack),
        row("office", "转办其他单位", Referred, lambda said: isinstance(said, Referred) and said.office is not None),
        row("assistance", "转介救助", Referred, lambda said: isinstance(said, Referred) and said.assistance is not None),
        row("snoozed", "暂缓", Snoozed), row("reopened", "重新开启", Reopened), row("closed", "销号", Closed),
    )  # fmt: skip
    return Table(
        "acts",
        "办理动作",
        "动作",
        columns,
        rows,
        f"办理记录库，{standing.period.told}",
        "一户可以有几次。从来没有登记过的动作写“未提供”。",
        "" if standing.events else "办理记录库是空的",
    )


def problems(standing: Standing) -> Table:
    """A problem is a confirmed clue, or a case with one, about which measures were put down; its class is that of the last of them."""
    columns = (
        Column("problems", "问题", sum_of=("done", "under_way")), Column("done", "已整改"), Column("under_way", "整改中"),
        Column("overdue", "其中逾期"), Column("done_now", "期内整改完成"),
    )  # fmt: skip
    asked = list(_asked_for(standing))
    rows = []
    for problem in Problem:
        of = [measures for measures in asked if measures[-1].problem is problem]
        done = [measures for measures in of if all(one.done_on is not None for one in measures)]
        late = [m for m in of if m not in done and any(_is_late(one, standing) for one in m)]
        now = [m for m in done if max(one.done_on for one in m if one.done_on) in standing.period]
        rows.append(Row(problem.name, problem.value, {
            "problems": len(of), "done": len(done), "under_way": len(of) - len(done), "overdue": len(late), "done_now": len(now),
        }))  # fmt: skip
    return Table(
        "problems", "查实问题整改", "问题类别", columns, (*rows, summed(rows, columns)) if asked else (), f"办理记录库，截至 {standing.period.last}",
        "问题＝已整改＋整改中。申诉后撤销的不在内。", "" if asked else "没有登记过整改", bars="problems",
    )  # fmt: skip


def _asked_for(standing: Standing) -> Iterable[list[Rectification]]:
    """The measures of every problem in force, in the order in which they were put down."""
    for state in standing.states.values():
        of: dict[str, list[Rectification]] = {}
        for (subject, _), said in state.asked_for.items():
            of.setdefault(subject, []).append(said)
        yield from of.values()


def _is_late(measure: Rectification, standing: Standing) -> bool:
    return measure.done_on is None and measure.due_on is not None and measure.due_on < standing.period.last


def measures(standing: Standing) -> Table:
    columns = (Column("measures", "项数", sum_of=("done", "under_way")), Column("done", "已完成"), Column("under_way", "进行中"))
    of = [said for problem in _asked_for(standing) for said in problem]
    rows = []
    for measure in Measure:
        own = [said for said in of if said.measure is measure]
        done = sum(said.done_on is not None for said in own)
        rows.append(Row(measure.name, measure.value, {"measures": len(own), "done": done, "under_way": len(own) - done}))
    told = (*rows, summed(rows, columns)) if of else ()
    return Table(
        "measures",
        "整改措施",
        "措施",
        columns,
        told,
        f"办理记录库，截至 {standing.period.last}",
        "一个问题可以有几项措施。",
        "" if of else "没有登记过整改",
    )


def money(standing: Standing) -> Table:
    """Yuan, with the households behind them. to recover: as the rectifications in force say; the period's is what was added to it."""
    columns = (
        Column("now", "期内（元）", Kind.YUAN, rests_on=("cases_now",)), Column("cases_now", "期内户数"),
        Column("ever", "累计至期末（元）", Kind.YUAN, rests_on=("cases_ever",)), Column("cases_ever", "累计户数"),
    )  # fmt: skip
    found = yuan_found(standing.clues)
    has_confirmed = any(clue.outcome in (CONFIRMED, REFERRED) for clue in standing.clues)
    has_plans, has_receipts = bool(standing.said(Rectification, ever=True)), bool(standing.said(Recovery, ever=True))
    asked = _by_case(standing.states, lambda state: state.to_recover_yuan)
    asked_before = _by_case(standing.before, lambda state: state.to_recover_yuan)
    got = _by_case(standing.states, lambda state: state.recovered_yuan)
    owed = {case: left for case, yuan in asked.items() if (left := yuan - got.get(case, Decimal(0))) > 0}
    got_now: Counter[str] = Counter()
    for event, said in standing.said(Recovery):
        got_now[event.case_id or ""] += said.yuan  # type: ignore[assignment]
    changed = {case: asked.get(case, Decimal(0)) - asked_before.get(case, Decimal(0)) for case in {*asked, *asked_before}}
    told = {
        clue.case_id: clue.verdict.recovered_yuan
        for clue in standing.clues
        if clue.outcome in (CONFIRMED, REFERRED) and clue.verdict and clue.verdict.recovered_yuan
    }
    rows = (
        _money("found", "查实涉及金额（估计）", found if found or not has_confirmed else None, None),
        _money("asked", "应追缴", {c: y for c, y in changed.items() if y} if has_plans else None, asked if has_plans else None),
        _money("got", "已追缴（有票据）", got_now if has_receipts else None, got if has_receipts else None),
        _money("owed", "期末尚未追缴", None, owed if has_plans else None, now=Blank.NOTHING),
        _money("told", "核查时报告追回（没有票据，不计入已追缴）", told if told else None, None),
    )
    return Table(
        "money", "涉及和追缴金额", "金额", columns, rows, f"办理记录库，{standing.period.told}；累计自最早的记录起",
        "查实涉及金额按本期线索账，一户有几条的取最大一条，不重复相加。应追缴以现行整改为准，期内为增减净额。",
        "" if standing.events else "办理记录库是空的",
    )  # fmt: skip


def _by_case(states: Mapping[str, CaseState], yuan: Callable[[CaseState], Decimal]) -> dict[str, Decimal]:
    return {case: amount for case, state in states.items() if (amount := yuan(state))}


def _money(
    key: str,
    label: str,
    now_yuan: Mapping[str, Decimal | int | None] | None,
    ever_yuan: Mapping[str, Decimal] | None,
    now: Value = Blank.NOT_PROVIDED,
) -> Row:
    def both(yuan: Mapping[str, Decimal | int | None] | None, none: Value) -> tuple[Value, Value]:
        return (none, none) if yuan is None else (sum((Decimal(one or 0) for one in yuan.values()), Decimal(0)), len(yuan))

    (amount_now, cases_now), (amount_ever, cases_ever) = (
        both(now_yuan, now),
        both(ever_yuan, Blank.NOTHING if key in ("found", "told") else Blank.NOT_PROVIDED),
    )
    return Row(key, label, {"now": amount_now, "cases_now": cases_now, "ever": amount_ever, "cases_ever": cases_ever})


def held_to_account(standing: Standing) -> Table:
    columns = (Column("people", "人数"), Column("acts", "次数"))
    told = standing.said(Accountability)
    rows = []
    for sanction in Sanction:
        own = [said for _, said in told if said.sanction is sanction]
        rows.append(Row(sanction.name, sanction.value, {"people": sum(said.people for said in own), "acts": len(own)}))
    is_kept = bool(standing.said(Accountability, ever=True))
    return Table(
        "accountability", "问责", "问责方式", columns, (*rows, summed(rows, columns)) if is_kept else (),
        f"办理记录库，{standing.period.told}", "只计人数，姓名不在本报告。", "" if is_kept else "没有登记过问责", bars="people",
    )  # fmt: skip


def appeals(standing: Standing) -> Table:
    """The last word on every clue whose person objected in the period."""
    last: dict[str, Appeal] = {}
    for event, said in standing.said(Appeal):
        last[event.subject.id] = said
    columns = (Column("count", "线索"), Column("yuan", "应补发（元）", Kind.YUAN, rests_on=("count",)))

    def row(key: str, label: str, outcome: AppealOutcome | None) -> Row:
        own = [said for said in last.values() if said.outcome is outcome]
        return Row(key, label, {"count": len(own), "yuan": sum((said.owed_yuan or Decimal(0) for said in own), Decimal(0))})

    rows = [row(outcome.name, outcome.value, outcome) for outcome in AppealOutcome] + [row("PENDING", "尚未复查", None)]
    is_kept = bool(standing.said(Appeal, ever=True))
    return Table(
        "appeals", "申诉", "复查结果", columns, (*rows, summed(rows, columns)) if is_kept else (), f"办理记录库，{standing.period.told}提出的申诉",
        "复查后撤销的，线索算查否。", "" if is_kept else "没有登记过申诉",
    )  # fmt: skip
