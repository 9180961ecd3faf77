"""What was delivered, searched, visited and checked, as tables: of what was gathered from the lake, and of events beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casework.events import Event
from casework.payloads import Kind as Act
from casework.payloads import NeedOutcome, Referred, SubjectKind
from expectations.contracts.lake.help import CHECK_RESULTS
from expectations.contracts.returned import Assistance, NeedResult
from jobs.needs import NEED_RULES
from jobs.report_casework.casework_tables import Names
from jobs.report_casework.standing import Standing
from jobs.report_casework.table import TOTAL, Blank, Column, Kind, Ratio, Row, Table, Value, share, summed, with_made
from jobs.sheets.clue_workbook import RULE_TITLES

SOURCES = ("dibao_roster", "tekun_roster", "payments")
"""Data sets of civil affairs, which are compared; all others are what they are compared with."""
SOURCE_ROWS = "源数据（民政花名册和发放）"
ADD_ON_RULE = "M07"
FOUND_SOMETHING, FOUND_NOTHING, NOT_AUTHORISED, NOT_CHECKABLE = CHECK_RESULTS
_NEED_TITLES = {rule.code: rule.title_zh for rule in NEED_RULES}


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery that was first taken in during the period. numbers: cells of person numbers that are not empty; usable: of
    these, the ones that stand for a person; both null of a file that is not current."""

    department: str
    data_set: str
    is_used: bool
    read: int
    accepted: int
    quarantined: int
    skipped: int
    numbers: int | None = None
    usable: int | None = None


@dataclass(frozen=True)
class Compared:
    """Clues of a rule that a run of the period was the first to find. to_visit: of these, the ones that a list of the period asked about."""

    rule_code: str
    listed: int
    to_visit: int


@dataclass(frozen=True)
class Need:
    """A need on the list of the last search."""

    need_id: str
    rule_code: str
    first_seen: date


@dataclass(frozen=True)
class Visited:
    """Visits to the households of a county. houses: to be visited; kept: of these, the ones of whose township the register tells;
    alone: of these, the ones that nobody visited; due, made: months by the team, weeks by the village."""

    county_code: str
    houses: int
    kept: int
    alone: int
    due: Mapping[str, int]
    made: Mapping[str, int]


@dataclass(frozen=True)
class AddOns:
    """分类施保 of a county; null where its roster tells of none at all. yuan: a month, of the households that are paid."""

    county_code: str
    paid: int | None
    yuan: Decimal | None
    unpaid: int | None
    unpaid_people: int | None


@dataclass(frozen=True)
class Application:
    """A checked application. people: its members; found: of these, the ones of whom something was found."""

    county_code: str
    result: str
    people: int
    found: int


@dataclass(frozen=True)
class FromLake:
    """What was gathered. A text stands for rows that are not there, and says why."""

    names: Names
    files: Sequence[DeliveredFile] | str
    compared: Sequence[Compared] | str
    needs: Sequence[Need] | str
    visits: Sequence[Visited] | str
    add_ons: Sequence[AddOns] | str
    applications: Sequence[Application] | str
    towns: Sequence[tuple[str, str]]
    drawn_from: int | None
    search_on: date | None = None
    is_synthetic: bool = False


_FILE_COLUMNS = (
    Column("files", "文件", Kind.RECORDS), Column("unused", "未采用文件", Kind.RECORDS), Column("read", "读取行数", Kind.RECORDS),
    Column("accepted", "采用", Kind.RECORDS), Column("quarantined", "退回", Kind.RECORDS), Column("skipped", "跳过", Kind.RECORDS),
    Column("share", "退回率", Kind.SHARE), Column("usable", "证件号码可用率", Kind.SHARE),
)  # fmt: skip


def _files_row(key: str, label: str, files: Sequence[DeliveredFile], depth: int = 1) -> Row:
    read, quarantined = sum(file.read for file in files), sum(file.quarantined for file in files)
    numbers = [(file.usable or 0, file.numbers) for file in files if file.numbers]
    usable: Value = share(sum(one for one, _ in numbers), sum(of for _, of in numbers)) if numbers else Blank.NOTHING
    return Row(key, label, {
        "files": len(files), "unused": sum(not file.is_used for file in files), "read": read,
        "accepted": sum(file.accepted for file in files), "quarantined": quarantined, "skipped": sum(file.skipped for file in files),
        "share": share(quarantined, read), "usable": usable,
    }, depth)  # fmt: skip


def _delivered(
    found: FromLake, standing: Standing, key: str, title: str, what: str, groups: Mapping[str, list[DeliveredFile]]
) -> Table:
    everything = [file for of in groups.values() for file in of]
    rows = [_files_row(group, group, of) for group, of in groups.items()]
    told = (*rows, _files_row(TOTAL, "合计", everything, 0)) if rows else ()
    return Table(
        key, title, what, _FILE_COLUMNS, told, f"报送台账，{standing.period.told}首次读入的报送",
        "读取＝采用＋退回＋跳过（标题、小计、空行）。退回的行不能用，请报送单位补正。",
        found.files if isinstance(found.files, str) else "" if rows else "期内没有读入的报送", bars="read" if key == "records" else "share",
    )  # fmt: skip


def records(found: FromLake, standing: Standing) -> Table:
    """Rows by what they are: those of civil affairs, which are compared, and those they are compared with."""
    files = [] if isinstance(found.files, str) else found.files
    groups = {
        SOURCE_ROWS: [file for file in files if file.data_set in SOURCES],
        "比对数据（各部门登记）": [file for file in files if file.data_set not in SOURCES],
    }
    return _delivered(found, standing, "records", "报送数据", "数据", groups if files else {})


def departments(found: FromLake, standing: Standing) -> Table:
    """Departments, the one of whose rows most came back on top."""
    files = [] if isinstance(found.files, str) else found.files
    names = {file.department for file in files}

    def returned(name: str) -> float:
        of = [file for file in files if file.department == name]
        return -sum(file.quarantined for file in of) / max(1, sum(file.read for file in of))

    ordered = sorted(names, key=lambda name: (returned(name), name))
    groups = {name: [file for file in files if file.department == name] for name in ordered}
    return _delivered(found, standing, "departments", "各部门报送质量", "报送单位", groups)


def compared(found: FromLake, standing: Standing) -> Table:
    """Clues that comparing found, by rule: before anybody is sent anywhere."""
    columns = (
        Column("listed", "比对线索", sum_of=("to_visit", "lawful")),
        Column("to_visit", "待核查"),
        Column("lawful", "数据已说明"),
    )
    of_rules = [] if isinstance(found.compared, str) else found.compared
    rows = [
        Row(one.rule_code, f"{one.rule_code} {RULE_TITLES.get(one.rule_code, '')}".strip(), {
            "listed": one.listed, "to_visit": one.to_visit, "lawful": one.listed - one.to_visit,
        }) for one in of_rules
    ]  # fmt: skip
    return Table(
        "compared", "比对线索（按规则）", "规则", columns, (*rows, summed(rows, columns)) if rows else (),
        f"比对线索清单，{standing.period.told}的比对中首次出现的线索",
        "比对线索＝待核查＋数据已说明：后者在数据中已有合理的解释，列在清单上而不要求上门。一户可以有几条线索。",
        found.compared if isinstance(found.compared, str) else "" if rows else "期内没有比对出线索", bars="listed",
    )  # fmt: skip


_RESULTS = {
    "dibao": (NeedResult.LOW_INCOME,), "tekun": (NeedResult.DESTITUTE,),
    "aided": (NeedResult.TEMPORARY_AID, NeedResult.MEDICAL_AID, NeedResult.OTHER_AID),
    "no": (NeedResult.NOT_ELIGIBLE, NeedResult.NOT_WANTED), "unknown": (NeedResult.NOT_FOUND, NeedResult.PENDING),
}  # fmt: skip


def needs(found: FromLake, standing: Standing) -> Table:
    """Needs of the list or with an outcome in the period, by the last outcome of each."""
    columns = (
        Column("needs", "需求", sum_of=("visited", "open")), Column("visited", "已走访处理", sum_of=tuple(_RESULTS)),
        Column("dibao", "纳入低保"), Column("tekun", "纳入特困"), Column("aided", "给予其他救助"), Column("no", "不符合或不愿"),
        Column("unknown", "查无此人或待核"), Column("open", "未走访"),
        Column("yuan", "新增月金额（元）", Kind.YUAN, rests_on=("dibao", "tekun", "aided")),
    )  # fmt: skip
    listed = [] if isinstance(found.needs, str) else found.needs
    outcomes = standing.said(NeedOutcome, ever=True)
    last = {event.subject.id: (event, said) for event, said in outcomes}
    settled = {need for need, (event, _) in last.items() if event.on_day < standing.period.first}
    rules = {
        need.need_id: need.rule_code for need in listed if need.first_seen <= standing.period.last and need.need_id not in settled
    }
    rules |= {need: rules.get(need) or event.place.rule_code or "" for need, (event, _) in last.items() if need not in settled}
    rows = []
    for code in sorted({*rules.values()}):
        of = [need for need, rule in rules.items() if rule == code]
        results = Counter(last[need][1].result for need in of if need in last)
        cells: dict[str, Value] = {key: sum(results[one] for one in group) for key, group in _RESULTS.items()}
        granted = [last[need][1].yuan_per_month or Decimal(0) for need in of if need in last]
        cells |= {"visited": results.total(), "open": len(of) - results.total(), "yuan": sum(granted, Decimal(0))}
        known = cells if outcomes else dict.fromkeys(cells, Blank.NOT_PROVIDED)
        rows.append(Row(code, f"{code} {_NEED_TITLES.get(code, '')}".strip() or "规则未注明", {**known, "needs": len(of)}))
    why_not = "" if rules else found.needs if isinstance(found.needs, str) else "期内没有查到需求，也没有处理结果"
    return Table(
        "needs", "应保未保：发现、走访和纳入（项）", "需求", columns, (*rows, summed(rows, columns)) if rows else (),
        f"最近一次需求查找（{found.search_on or '没有'}）和办理记录库，{standing.period.told}：期初未处理、期内查到或期内处理的需求",
        "一人可以有几项需求。需求＝已走访处理＋未走访；按期末以前最后一次处理结果。", why_not, bars="needs",
    )  # fmt: skip


def visits(found: FromLake, standing: Standing) -> Table:
    columns = (
        Column("houses", "应走访户"), Column("kept", "其中有记录地区"), Column("months", "月走访应做（户月）"), Column("months_made", "月走访已做"),
        Column("month_share", "月走访率", Kind.SHARE, made=Ratio(("months_made",), ("months",))), Column("weeks", "周走访应做（户周）"),
        Column("weeks_made", "周走访已做"), Column("week_share", "周走访率", Kind.SHARE, made=Ratio(("weeks_made",), ("weeks",))),
        Column("alone", "无人走访户"),
    )  # fmt: skip

    def cells(of: Sequence[Visited]) -> dict[str, Value]:
        kept = sum(one.kept for one in of)
        told: dict[str, Value] = {"houses": sum(one.houses for one in of), "kept": kept}
        for span in ("months", "weeks"):
            due, made = (
                sum(counts.get(span, 0) for counts in of_each) for of_each in ([o.due for o in of], [o.made for o in of])
            )
            known = {span: due, f"{span}_made": made}
            told |= known if kept else dict.fromkeys(known, Blank.NOT_PROVIDED)
        return {**told, "alone": sum(one.alone for one in of) if kept else Blank.NOT_PROVIDED}

    counties = [] if isinstance(found.visits, str) else found.visits
    rows = [Row(one.county_code, found.names.get(one.county_code, one.county_code), cells([one])) for one in counties]
    total = Row(TOTAL, "合计", cells(counties), 0, tuple(row.key for row in rows))
    told = tuple(with_made(row, columns) for row in (*rows, total)) if rows else ()
    return Table(
        "visits", "走访：应做和已做", "县市区", columns, told, f"走访记录、花名册和建档立卡登记，{standing.period.told}",
        "驻村工作队每月一次、村干部每周一次，次数以本地规定为准。只有走访记录覆盖到的乡镇和月、周才算应做；没有记录的地区看不出是没走访还是没登记，不算。",
        found.visits if isinstance(found.visits, str) else "" if rows else "没有应走访的户",
    )  # fmt: skip


def add_ons(found: FromLake, standing: Standing) -> Table:
    columns = (
        Column("paid", "已增发户"), Column("yuan", "月增发金额（元）", Kind.YUAN, rests_on=("paid",)), Column("unpaid", "应增发未增发户"),
        Column("people", "涉及人"),
    )  # fmt: skip

    def told(value: Decimal | int | None) -> Value:
        return Blank.NOT_PROVIDED if value is None else value

    counties = [] if isinstance(found.add_ons, str) else found.add_ons
    rows = [
        Row(one.county_code, found.names.get(one.county_code, one.county_code), {
            "paid": told(one.paid), "yuan": told(one.yuan), "unpaid": told(one.unpaid), "people": told(one.unpaid_people),
        })
        for one in counties
    ]  # fmt: skip
    return Table(
        "add_ons", "分类施保：应增发和未增发", "县市区", columns, (*rows, summed(rows, columns)) if rows else (),
        f"花名册和需求清单（{ADD_ON_RULE}），截至 {found.search_on or standing.period.last}",
        "花名册不填增发类别和金额的县市区，看不出是否增发。一户可以已增发一类、未增发另一类。",
        found.add_ons if isinstance(found.add_ons, str) else "" if rows else "没有在保户",
    )  # fmt: skip


def checks(found: FromLake, standing: Standing) -> Table:
    columns = (
        Column("households", "申请户", sum_of=("found", "nothing", "refused", "uncheckable")), Column("people", "人"),
        Column("found", "有检出户"), Column("found_people", "有检出人"), Column("nothing", "无检出户"), Column("refused", "未授权不予核对"),
        Column("uncheckable", "无法核对"), Column("share", "检出率", Kind.SHARE, made=Ratio(("found",), ("found", "nothing"))),
    )  # fmt: skip
    keys = dict(zip(("found", "nothing", "refused", "uncheckable"), CHECK_RESULTS, strict=True))

    def row(code: str, of: Sequence[Application]) -> Row:
        counted = Counter(one.result for one in of)
        return Row(code, found.names.get(code, code) or "未注明", {
            "households": len(of), "people": sum(one.people for one in of), "found_people": sum(one.found for one in of),
            **{key: counted[result] for key, result in keys.items()},
        })  # fmt: skip

    applications = [] if isinstance(found.applications, str) else found.applications
    codes = sorted({one.county_code for one in applications})
    rows = [row(code, [one for one in applications if one.county_code == code]) for code in codes]
    everything = Row(TOTAL, "合计", row("", applications).cells, 0, tuple(codes))
    return Table(
        "checks", "家庭经济状况核对", "县市区", columns, tuple(with_made(row, columns) for row in (*rows, everything)) if rows else (),
        f"最近一次核对的结果，申请日期在 {standing.period.told}",
        "检出率＝有检出÷（有检出＋无检出），按户。有检出不等于不符合条件。",
        found.applications if isinstance(found.applications, str) else "" if rows else "期内没有申请",
        bars="share",
    )  # fmt: skip


_OFFICES_ACT = frozenset(
    {Act.RECEIVED, Act.VERDICT, Act.NEED_OUTCOME, Act.DATA_OUTCOME, Act.CORRECTION, Act.RECTIFICATION, Act.RECOVERY, Act.REFERRED}
)
"""What a township does; a dispatch is done to it."""


def windows(found: FromLake, standing: Standing) -> Table:
    """Townships that took part: anything was done there with a case, a need or a record in the period. Of a store without any event
    nothing can be told."""
    columns = (
        Column("towns", "乡镇街道", Kind.RECORDS),
        Column("active", "有办理的", Kind.RECORDS),
        Column("acts", "办理件次"),
    )
    done = Counter(
        (event.place.county_code or "", event.place.town or "")
        for event in standing.events
        if event.on_day in standing.period and event.after.KIND in _OFFICES_ACT and event.place.town
    )
    towns = {*found.towns, *done}

    def row(code: str) -> Row:
        of = sorted(town for town in towns if town[0] == code)
        cells: dict[str, Value] = {
            "towns": len(of),
            "active": sum(done[town] > 0 for town in of),
            "acts": sum(done[town] for town in of),
        }
        return Row(code, found.names.get(code, code) or "未注明", cells)

    rows = [row(code) for code in sorted({code for code, _ in towns})]
    return Table(
        "windows", "乡镇街道窗口参与情况", "县市区", columns, (*rows, summed(rows, columns)) if rows else (),
        f"办理记录库，{standing.period.told}；乡镇街道以花名册为准", "办理指签收、核查、处理、整改、追缴、转办等，交办不算。",
        "" if rows else "没有花名册，也没有办理", bars="active",
    )  # fmt: skip


def referrals(standing: Standing) -> Table:
    """All nine kinds of assistance of the guide, and other offices."""
    columns = (Column("cases", "案件"), Column("needs", "需求"))
    told = [(event, said) for event, said in standing.said(Referred)]
    is_kept = bool(standing.said(Referred, ever=True))

    def row(key: str, label: str, events: Sequence[Event]) -> Row:
        kinds = Counter(event.subject.kind for event in events)
        return Row(key, label, {"cases": kinds[SubjectKind.CASE], "needs": kinds[SubjectKind.NEED]})

    rows = [row(kind.name, kind.value, [event for event, said in told if said.assistance is kind]) for kind in Assistance]
    rows.append(row("OFFICE", "转办其他单位", [event for event, said in told if said.office is not None]))
    return Table(
        "referrals", "转介和转办（救急难九类救助）", "去向", columns, (*rows, summed(rows, columns)) if is_kept else (),
        f"办理记录库，{standing.period.told}", "", "" if is_kept else "没有登记过转介或转办", bars="cases",
    )  # fmt: skip
