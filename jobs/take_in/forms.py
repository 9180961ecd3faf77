"""The tables that come back, told apart by their headers: which columns each has, and the rows of a file that were filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from casework.payloads import Kind
from expectations.contracts.ids import LETTERS
from expectations.contracts.model import plain_header
from jobs.cells.text import cleaned, half_width
from jobs.returns.tables import Headers, Line, Sheet, sheets_of
from jobs.runtime.errors import BadVerdicts
from jobs.sheets.books import ID_SEPARATOR

_CLUE = {"clue_id": ("线索编号", "clue_id")}
_CASE = {"case_id": ("案件编号", "case_id", "家庭案件编号")}
_NOTE = {"note": ("备注", "note", "说明备注")}
_PEOPLE = ("核查人员", "checkers", "核查人")
_SHOWN = frozenset({
    *("序号", "排名", "对象", "对象和待遇", "对象姓名", "需要核实的问题", "需核对的问题", "先问、再核对", "困难情况", "走访要点", "走访序号",
      "可了解的救助", "未列入原因", "已查实的问题", "已办情况"),
    *("申请编号", "成员", "核对结果", "核对发现", "一般计入家庭收入财产", "需补正的内容", "出处"),
    *("rank", "rule_code", "subject_id", "subject_name", "household_no", "program", "county_code", "town", "village", "identity_grade"),
    *("event_on", "first_month", "last_month", "months", "amount_upper", "amount_estimate", "exemption_code", "dispatched", "score"),
    *("anomaly", "explanation", "reasons", "evidence", "first_seen", "last_seen", "group_id", "pattern", "last_verdict", "last_verdict_on"),
})  # fmt: skip
"""Headers of what our lists only tell; nobody fills these in."""


@dataclass(frozen=True)
class Form:
    """A table that people fill in.

    title: as its sheets are called. headers: by column, those to fill in and the ids that say what a row is about. telling: the
    column that only this table has. offers: by column, what its cells take, as `Heading.offers` names it; any text where it is not said.
    """

    title: str
    kind: Kind
    telling: str
    headers: Headers
    ids: tuple[str, ...] = ("clue_id",)
    offers: Mapping[str, str] = field(default_factory=dict)

    @property
    def to_fill_in(self) -> list[str]:
        return [name for name in self.headers if name not in self.ids]

    @property
    def is_once(self) -> bool:
        """Is one row enough of what it is about? Of money that came in, of people and of measures there are several."""
        return self.kind in (Kind.VERDICT, Kind.NEED_OUTCOME, Kind.DATA_OUTCOME)

    def is_named_by(self, columns: Mapping[str, object]) -> bool:
        """Is it this table, or one that lost its ids or its telling column? A note alone tells nothing, lists have one, too; nor do two
        columns of choices, which our workbooks explain on a sheet."""
        if not any(name in columns for name in self.ids):
            return self.telling in columns and len(columns) > _EXPLAINED
        return any(name in columns for name in self.to_fill_in if name != "note")


_EXPLAINED = 2
VERDICTS = Form(
    "核查结论",
    Kind.VERDICT,
    "verdict",
    {
        **_CASE, **_CLUE,
        "verdict": ("核查结论", "verdict", "结论"),
        "refutation_reason": ("查否原因代码", "refutation_reason", "查否原因"),
        "checked_on": ("核查日期", "checked_on", "核查时间"),
        "checkers": _PEOPLE,
        "recovered": ("追回金额", "recovered", "recovered_yuan"),
        "stop_month": ("停发月份", "stop_month"),
        **_NOTE,
        "corrects": ("更正前次结论", "corrects"),
        "beyond_list": ("未交办已核查", "beyond_list"),
    },
    ("case_id", "clue_id"),
    {
        "verdict": "verdict", "refutation_reason": "reason", "checked_on": "date", "recovered": "yuan", "stop_month": "month",
        "corrects": "yes or no", "beyond_list": "yes or no",
    },
)  # fmt: skip
"""corrects, beyond_list: 是 where the inspectors say that it is meant."""
NEEDS = Form(
    "需求处理",
    Kind.NEED_OUTCOME,
    "result",
    {
        "need_id": ("需求编号", "need_id"),
        "result": ("处理结果",),
        "programme": ("保障项目",),
        "month": ("起始月份",),
        "yuan": ("月金额",),
        "day": ("走访日期", "处理日期"),
        "people": ("走访人员", "走访人", "处理人员"),
        **_NOTE,
        "opinion": ("补充意见",),
    },
    ("need_id",),
    {"result": "need result", "programme": "need program", "month": "month", "yuan": "yuan", "day": "date"},
)
DATA = Form(
    "数据更正",
    Kind.DATA_OUTCOME,
    "result",
    {
        **_CLUE,
        "result": ("更正结果",),
        "number": ("更正后的号码", "更正后号码"),
        "day": ("核对日期", "更正日期"),
        "people": ("核对人员", "核对人"),
        **_NOTE,
    },
    offers={"result": "correction", "day": "date"},
)
CHECKS = Form(
    "核对复核",
    Kind.DATA_OUTCOME,
    "result",
    {
        "check_id": ("核对编号", "check_id"),
        "result": ("复核结果",),
        "day": ("复核日期",),
        "people": ("复核人员", "复核人"),
        "note": ("复核说明",),
    },
    ("check_id",),
    {"result": "check result", "day": "date"},
)
CORRECTIONS = Form(
    "重复记录更正",
    Kind.CORRECTION,
    "kept",
    {
        **_CLUE,
        "result": ("更正结果",),
        "kept": ("保留记录",),
        "dropped": ("剔除记录", "删除记录"),
        "day": ("核对日期", "更正日期"),
        "people": ("核对人员", "核对人"),
        **_NOTE,
    },
    offers={"result": "correction", "day": "date"},
)
RECTIFICATIONS = Form(
    "整改",
    Kind.RECTIFICATION,
    "measure",
    {
        **_CASE, **_CLUE,
        "problem": ("问题类别",),
        "measure": ("整改措施",),
        "due": ("整改期限",),
        "done": ("完成日期", "整改完成日期"),
        "yuan": ("应追缴金额", "应追回金额"),
        "day": ("填报日期",),
        **_NOTE,
    },
    ("case_id", "clue_id"),
    {"problem": "problem", "measure": "measure", "due": "date", "done": "date", "yuan": "yuan", "day": "date"},
)  # fmt: skip
RECOVERIES = Form(
    "追缴到账",
    Kind.RECOVERY,
    "receipt",
    {**_CASE, **_CLUE, "day": ("到账日期",), "yuan": ("到账金额",), "receipt": ("票据号", "票据号码"), **_NOTE},
    ("case_id", "clue_id"),
    {"day": "date", "yuan": "yuan"},
)
ACCOUNTABILITY = Form(
    "问责",
    Kind.ACCOUNTABILITY,
    "sanction",
    {
        **_CASE, **_CLUE,
        "sanction": ("问责方式",),
        "count": ("问责人数", "人数"),
        "role": ("职务",),
        "day": ("问责日期",),
        "names": ("被问责人", "被问责人姓名"),
        **_NOTE,
    },
    ("case_id", "clue_id"),
    {"sanction": "sanction", "day": "date"},
)  # fmt: skip
APPEALS = Form(
    "申诉",
    Kind.APPEAL,
    "reason",
    {
        **_CLUE,
        "day": ("申诉日期",),
        "reason": ("申诉理由",),
        "outcome": ("复查结果",),
        "decided": ("复查日期",),
        "people": ("复查人员",),
        "yuan": ("应补发金额",),
        "resumed": ("恢复发放月份",),
    },
    offers={"day": "date", "outcome": "appeal", "decided": "date", "yuan": "yuan", "resumed": "month"},
)
FORMS = (CORRECTIONS, RECTIFICATIONS, RECOVERIES, ACCOUNTABILITY, APPEALS, NEEDS, CHECKS, DATA, VERDICTS)
"""By their telling columns; the first that fits best."""
_ANY = {f"{form.title} {name}": named for form in FORMS for name, named in form.headers.items()}
_ID = re.compile(r"([CHNK])?([0-9A-F]{16})", re.IGNORECASE)
_SHOWN_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d)?")
_SERIAL_ORIGIN = datetime(1899, 12, 30)
_MONTH_IN_NUMBER = re.compile(r"(?:199|20\d)\d(?:\.(?:0?[1-9]|1[0-2])|0[1-9]|1[0-2])")
_TOTALS = frozenset({"合计", "总计", "小计", "合 计", "总 计"})


@dataclass(frozen=True)
class Filled:
    """A row that somebody filled in. missing: columns of the table that the sheet has not."""

    form: Form
    line: Line
    missing: frozenset[str] = frozenset()

    @property
    def column(self) -> str:
        """The column of the most exact id that the row names."""
        return next((name for name in reversed(self.form.ids) if self.line.cells.get(name)), self.form.ids[-1])

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ids that the row is about, the most exact ones: several where a person has several needs; none where it names none."""
        cell = self.line.cells.get(self.column, "")
        return tuple(part for part in (cell.split(ID_SEPARATOR) if self.column == "need_id" else [cell]) if part)

    @property
    def ids(self) -> frozenset[str]:
        """All that the row names: of one that is about a clue its case, too."""
        return frozenset(self.subjects) | {
            cell for name in self.form.ids if (cell := self.line.cells.get(name)) and ID_SEPARATOR not in cell
        }


@dataclass(frozen=True)
class Returned:
    """A file that came back. unread: why nothing of it could be read; null where something was. filled: rows that somebody filled in.
    ids: by table, what its rows are about, filled in or not, hidden sheets apart. left_out: places of rows that say nothing of a
    single case: totals. hidden: of filled rows on hidden sheets; of these `filled` holds those of which no visible row speaks."""

    file: str
    sha256: str = ""
    unread: str | None = None
    filled: tuple[Filled, ...] = ()
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def returned(path: Path) -> Returned:
    """What the file brings. A file that cannot be read, or holds no such table, says why."""
    try:
        sheets = sheets_of(path, _ANY)
    except BadVerdicts as bad:
        return Returned(path.name, unread=str(bad))
    filled: list[Filled] = []
    ids: dict[str, frozenset[str]] = {}
    left_out: list[str] = []
    is_told = False
    for sheet in sheets:
        if (found := _form_of(sheet)) is None:
            filled += () if sheet.is_hidden else _without_header(sheet)
            continue
        is_told = True
        form, at, columns = found
        missing = frozenset(form.headers) - frozenset(columns)
        lines = [_with_ids(form, line) for line in sheet.lines(at, columns)]
        if not sheet.is_hidden:
            ids[form.title] = ids.get(form.title, frozenset()).union(*(Filled(form, line).subjects for line in lines))
        for line in lines:
            beside = {plain_header(header): text for header, text in line.beside.items() if plain_header(header) not in _SHOWN}
            row = Filled(form, replace(line, beside=beside), missing)
            if not (any(line.cells.get(name) for name in form.to_fill_in) or beside or line.beyond):
                continue
            if not row.subjects and _TOTALS & {*line.cells.values(), *line.beside.values()}:
                left_out.append(line.place)
            else:
                filled.append(row)
    if not is_told and not filled:
        return Returned(path.name, sheets[0].sha256, unread=_no_table(path, sheets))
    answered = {(row.form.title, row.subjects) for row in filled if not row.line.is_hidden}
    open_rows = (row for row in filled if not row.line.is_hidden or (row.form.title, row.subjects) not in answered)
    hidden = tuple(row.line.place for row in filled if row.line.is_hidden)
    return Returned(path.name, sheets[0].sha256, None, tuple(open_rows), ids, tuple(left_out), hidden)


def _form_of(sheet: Sheet) -> tuple[Form, int, dict[str, list[int]]] | None:
    """The table that the sheet is, where its header stands, and its columns; null of a sheet that nobody fills in."""
    found = [(form, *sheet.header(form.headers)) for form in FORMS]
    fitting = [one for one in found if one[0].is_named_by(one[2])]
    return max(fitting, key=lambda one: (one[0].telling in one[2], len(one[2])), default=None)


def _without_header(sheet: Sheet) -> Iterator[Filled]:
    """Rows that name a clue, a need or a check in a sheet without any header of ours: the header was removed."""
    if any(len(sheet.header(form.headers)[1]) for form in FORMS):
        return  # a sheet to read
    for n, row in enumerate(sheet.rows):
        ids = [as_id(None, cell) for cell in row]
        at = next((i for i, found in enumerate(ids) if found[:1] in ("C", "N", "K") and _ID.fullmatch(found)), None)
        if at is None:
            continue
        form = {"C": VERDICTS, "N": NEEDS, "K": CHECKS}[ids[at][0]]
        rest = {f"第{i + 1}列": text for i, cell in enumerate(row) if i != at and (text := cleaned(cell))}
        line = Line(sheet.file, sheet.sha256, sheet.name, n + 1, {form.ids[-1]: ids[at]}, rest)
        yield Filled(form, line, frozenset(form.headers))


def _with_ids(form: Form, line: Line) -> Line:
    """The line with its ids as the lists have them, and its months as they were typed. Where the header of the ids was lost, a single one in the
    row is known by its form."""
    cells = {name: _as_typed(form, name, cell) for name, cell in line.cells.items()}
    wanted, beside = form.ids[-1], dict(line.beside)
    if wanted not in cells:
        found = {header: as_id(None, text) for header, text in beside.items() if as_id(None, text)[:1] == LETTERS[wanted]}
        ids = {header: text for header, text in found.items() if _ID.fullmatch(text)}
        if len(ids) == 1:
            ((header, cells[wanted]),) = ids.items()
            del beside[header]
    return replace(line, cells=cells, beside=beside)


def _as_typed(form: Form, name: str, cell: str) -> str:
    if name in form.ids:
        return as_id(name, cell)
    return typed_month(cell) if form.offers.get(name) in ("date", "month") else cell


def typed_month(text: str) -> str:
    """2018.4 or 201804 where a cell that is formatted for days makes a day of another century of it, 1905-07-10 09:36; any other text
    stays as it is."""
    if not _SHOWN_DAY.fullmatch(text):
        return text
    try:
        number = (datetime.fromisoformat(text) - _SERIAL_ORIGIN) / timedelta(days=1)
    except ValueError:
        return text
    typed = f"{number:.5f}".rstrip("0").rstrip(".")  # to a second
    return typed if _MONTH_IN_NUMBER.fullmatch(typed) else text


def as_id(column: str | None, text: str) -> str:
    """An id as the lists have it, or several: half width, a capital before small letters; those of earlier lists get their letter. Any
    other text stays as it is."""
    if ID_SEPARATOR in text:
        return ID_SEPARATOR.join(as_id(column, part) for part in text.split(ID_SEPARATOR))
    found = _ID.fullmatch(half_width(cleaned(text)).replace(" ", ""))
    if found is None or not (found[1] or column):
        return text
    return (found[1] or LETTERS[str(column)]).upper() + found[2].lower()


def _no_table(path: Path, sheets: Sequence[Sheet]) -> str:
    where = f"; its sheets: {'、'.join(sheet.name for sheet in sheets)}" if sheets[0].name else ""
    telling = "、".join(dict.fromkeys(form.headers[form.telling][0] for form in reversed(FORMS)))
    return (
        f"{path.name} has no header of such a table{where}. Expected one of {telling} beside 线索编号, 案件编号, 需求编号 or 核对编号, in one of "
        "the first rows. Put the header back and bring it again. Nothing of it was taken in."
    )
