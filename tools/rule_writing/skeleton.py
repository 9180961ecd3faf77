"""A new rule from templates: rule file, page, case table, and its lines in the rule book and the configuration."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import PERSON_KINDS, DataSet, Field, Kind
from jobs.registers.references import person_references
from jobs.rulebook.facts import MEMBER_COLUMNS
from jobs.rules import RULES
from jobs.runtime.errors import BadConfiguration
from tools.rule_writing import templates

FAMILIES = "DKEVPIRSFU"
"""Letters of the codes of rules about benefits that are drawn, in the order of the rule book. M are needs, X is the scorer's."""
_BENEFITS = ("dibao_roster", "tekun_roster", "payments")
_MOST_CELLS = 5
_NEEDED = ("jobs/rules/__init__.py", "conf/base.yaml", "docs/rules", "docs/zh/rules", "tests/cases")


@dataclass(frozen=True)
class NewRule:
    """What the writer says of a rule that is to be."""

    code: str
    title: str
    title_zh: str
    register: str

    @property
    def module(self) -> str:
        return "_".join(self.title.lower().split())

    @property
    def data_set(self) -> DataSet:
        return DATA_SETS[self.register]

    @property
    def begins(self) -> str | None:
        """The column with the day or month in which an entry begins; null where the register has none."""
        days = [f for f in self.data_set.fields if f.kind in (Kind.DATE, Kind.MONTH) and f.name not in MEMBER_COLUMNS]
        first = sorted((f for f in days if not re.search(r"(^to_|_to$|^ended)", f.name)), key=lambda f: f.nullable)
        return first[0].name if first else None


def checkout() -> Path:
    """The checkout in which the command runs. Raises BadConfiguration where there is none."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[2]):
        if all((root / path).exists() for path in _NEEDED):
            return root
    raise BadConfiguration(
        "A new rule needs a checkout of the project: jobs/rules, conf, docs/rules, docs/zh/rules and tests/cases. Run it there."
    )


def write_rule(root: Path, rule: NewRule) -> list[Path]:
    """Writes the rule into the checkout and gives the files made or changed. Raises BadConfiguration before anything is written."""
    _refuse_bad(root, rule)
    book, conf = root / "jobs/rules/__init__.py", root / "conf/base.yaml"
    texts = {
        root / f"jobs/rules/{rule.module}.py": _rule_file(rule),
        root / f"docs/rules/{rule.code}.md": _page(rule),
        root / f"docs/zh/rules/{rule.code}.md": _chinese_page(rule),
        root / f"tests/cases/{rule.code}.txt": _table(rule),
        book: _with_rule(book.read_text(encoding="utf-8"), rule, book.parent),
        conf: _with_params(conf.read_text(encoding="utf-8"), rule.code),
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _refuse_bad(root: Path, rule: NewRule) -> None:
    if not re.fullmatch(rf"[{FAMILIES}]\d\d", rule.code):
        raise BadConfiguration(
            f"{rule.code!r} is no code for a new rule. Expected a letter of {FAMILIES} and two digits, such as V02; "
            "M is for needs, X for the scorer. Nothing was written."
        )
    taken = {known.code: known.title for known in RULES}
    pages = [root / folder / f"{rule.code}.md" for folder in ("docs/rules", "docs/zh/rules")]
    paths = [*pages, root / f"tests/cases/{rule.code}.txt", root / f"jobs/rules/{rule.module}.py"]
    there = [str(path.relative_to(root)) for path in paths if path.exists()]
    if rule.code in taken or there:
        what = f"is {taken[rule.code]!r}" if rule.code in taken else f"has {' and '.join(there)}"
        raise BadConfiguration(f"{rule.code} {what} already. Choose another code and title; nothing was written.")
    is_name = rule.module.isidentifier() and not keyword.iskeyword(rule.module) and rule.module not in sys.stdlib_module_names
    if not (re.fullmatch(r"[A-Z][A-Za-z]*( [A-Za-z]+)*", rule.title) and is_name and len(rule.title) <= 40):
        raise BadConfiguration(
            f"--title {rule.title!r} cannot name a file. Expected a few plain words with a capital first, such as 'Owns a boat'; "
            "nothing was written."
        )
    if not re.fullmatch(r"[\u4e00-\u9fff（）、]{2,20}", rule.title_zh):
        raise BadConfiguration(f"--title-zh {rule.title_zh!r}: expected 2 to 20 Chinese characters. Nothing was written.")
    usable = [code for code, data_set in DATA_SETS.items() if data_set.purpose != "check" and code not in _BENEFITS]
    if rule.register not in usable:
        raise BadConfiguration(
            f"--register {rule.register!r} cannot be compared with the rosters. Registers: {', '.join(usable)}. Nothing was written."
        )


# --- the rule file -----------------------------------------------------------------------------------------------------


def _counting(rule: NewRule) -> str:
    if rule.begins:
        return "Months count from the month after the entry began, without an end."
    return "The register states no day on which an entry begins: all months paid count."


def _rule_file(rule: NewRule) -> str:
    person = person_references(rule.data_set)[0]
    begins = rule.begins
    is_day = _is_day(rule)
    things = [f'"{f.name}"' for f in rule.data_set.fields if f.name in rule.data_set.key and _is_shown(f) and f.name != begins]
    things += [f'F.col("{begins}").cast("string")'] if begins else []
    cells = [f.name for f in rule.data_set.fields if _is_shown(f) and f.kind not in (Kind.TEXT, Kind.CODE)][:_MOST_CELLS]
    since = [f'zh_{"day" if is_day else "month"}("{begins}")', 'F.lit("起有登记，其名下份额")'] if begins else []
    sentence = [
        f'F.lit("{rule.data_set.title}显示该对象{"自" if begins else "有登记，其名下份额"}")',
        *since,
        'zh_paid("share_yuan")',
        'F.lit("，请核实登记情况和待遇资格。")',
    ]
    missing = f'        missing={{"{begins}": F.col("{begins}").isNull()}},\n' if begins else ""
    return templates.RULE_FILE.substitute(
        code=rule.code, title=rule.title, title_zh=rule.title_zh, register=rule.register, source=templates.SOURCE,
        camel="".join(word.capitalize() for word in rule.title.split()), number_key=person.number_key, name_key=person.name_key,
        counting=_counting(rule), after=begins or "began_on", missing=missing,
        entries="entries" if begins else 'entries.withColumn("began_on", F.lit(date(1900, 1, 1)))',
        zh_names=(f"zh_{'day' if is_day else 'month'}, " if begins else "") + "zh_paid",
        things=_lines(things, 16), evidence=_lines([f'"{cell}"' for cell in cells], 16), explanation=_lines(sentence, 12),
    )  # fmt: skip


def _is_shown(field: Field) -> bool:
    """Cells that stay readable in silver and tell of a thing, not of who somebody is."""
    return field.kind not in (*PERSON_KINDS, Kind.NAME, Kind.ACCOUNT, Kind.FIRM_CODE) and field.name not in MEMBER_COLUMNS


def _lines(items: Sequence[str], indent: int) -> str:
    return "".join(f"{' ' * indent}{item},\n" for item in items)


# --- page and case table -----------------------------------------------------------------------------------------------


def _page(rule: NewRule) -> str:
    heads = [
        "case",
        *([rule.begins] if rule.begins else []),
        "paid",
        "refunded",
        "amount",
        "outcome",
        "code",
        "months",
        "yuan",
        "upper",
    ]
    day = ["2017-03-20"] if rule.begins else []
    months, span = (9, "April to December, nine") if rule.begins else (12, "January to December, twelve")
    back = "04-12" if rule.begins else "01-12"
    yuan = f"{months * 400}.00"
    rows = [
        ["in the register", *day, "01-12", "", "400", "found", "", str(months), yuan, yuan],
        ["twin: paid back", *day, "01-12", back, "400", "exempt", "R23", "", "", ""],
    ]
    since = " since 20 March 2017" if rule.begins else ""
    story = (
        f"Somebody who is covered alone has stood in the register{since}. "
        "The case was paid 400.00 yuan a month, January to December 2017."
    )
    return templates.PAGE.substitute(
        code=rule.code, title=rule.title, title_zh=rule.title_zh, register=rule.register, source=templates.SOURCE,
        counting=_counting(rule), story=story, span=span, months=months, yuan=f"{months * 400:,}.00", example=_aligned([heads, *rows]),
    )  # fmt: skip


def _chinese_page(rule: NewRule) -> str:
    return templates.CHINESE_PAGE.substitute(code=rule.code, title_zh=rule.title_zh, register_zh=rule.data_set.title)


def _table(rule: NewRule) -> str:
    person = person_references(rule.data_set)[0]
    head = templates.TABLE_HEAD.substitute(
        code=rule.code, title=rule.title, register=rule.register, number_key=person.number_key, name_key=person.name_key
    )
    lines = _aligned(_dated_cases(rule.begins) if rule.begins else _undated_cases()).splitlines(keepends=True)
    return head + "".join([*lines[:3], f"# says: {_said(rule)}\n", *lines[3:]])


def _said(rule: NewRule) -> str:
    """The sentence of the first case: in the register all year."""
    since = {True: "自2016年4月18日起", False: "自2016年4月起"}[_is_day(rule)] if rule.begins else ""
    paid = "仍获发放12个月待遇（2017年1月至2017年12月），计3,600.00元"
    return f"{rule.data_set.title}显示该对象{since}有登记，其名下份额{paid}，请核实登记情况和待遇资格。"


def _is_day(rule: NewRule) -> bool:
    return any(field.name == rule.begins and field.kind is Kind.DATE for field in rule.data_set.fields)


def _dated_cases(begins: str) -> list[list[str]]:
    june = date(2017, 6, 15).isoformat()
    return [
        ["case", begins, "name", "paid", "refunded", "outcome", "code", "months", "yuan"],
        ["default", "2016-04-18", "same", "01-12", "", "", "", "", ""],
        ["in the register all year", "", "", "", "", "found", "", "12", "3600.00"],
        ["the month in which the entry began is lawful", june, "", "01-06", "", "clear", "", "", ""],
        ["  twin: one month more is a clue", june, "", "01-07", "", "found", "", "1", "300.00"],
        ["all that went out came back", june, "", "01-08", "07-08", "exempt", "R23", "", ""],
        ["  twin: one of two months came back", june, "", "01-08", "07", "found", "", "1", "300.00"],
        ["the register gives the number to another name", "", "other", "", "", "exempt", "R07", "", ""],
        ["the day is not stated", "-", "", "", "", "cannot_judge", "", "", ""],
    ]


def _undated_cases() -> list[list[str]]:
    return [
        ["case", "name", "paid", "refunded", "outcome", "code", "months", "yuan"],
        ["default", "same", "01-12", "", "", "", "", ""],
        ["in the register", "", "", "", "found", "", "12", "3600.00"],
        ["nothing was paid", "", "-", "", "clear", "", "", ""],
        ["  twin: one month was paid", "", "01", "", "found", "", "1", "300.00"],
        ["all that went out came back", "", "01-02", "01-02", "exempt", "R23", "", ""],
        ["  twin: one of two months came back", "", "01-02", "01", "found", "", "1", "300.00"],
        ["the register gives the number to another name", "other", "", "", "exempt", "R07", "", ""],
    ]


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """A table of text; a Chinese character is two columns wide."""

    def width(cell: str) -> int:
        return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)

    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (" | ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


# --- the lines in the rule book and the configuration ------------------------------------------------------------------


def _with_rule(book: str, rule: NewRule, folder: Path) -> str:
    """The rule book's text with the module imported in order of names, and the rule in the order of codes."""
    head, _, rest = book.partition("from jobs.rules import (\n")
    imports, _, tail = rest.partition(")\n")
    modules = sorted({*re.findall(r"^    (\w+),$", imports, flags=re.MULTILINE), rule.module})
    before, _, listed = tail.partition("RULES: tuple[Rule, ...] = (\n")
    entries, _, after = listed.partition(")\n")
    in_order = re.findall(r"^    (\w+)\.RULE,$", entries, flags=re.MULTILINE)

    def place(module: str) -> tuple[int, str]:
        found = re.search(r'^    code="(\w+)",$', (folder / f"{module}.py").read_text(encoding="utf-8"), flags=re.MULTILINE)
        code = found[1] if found else "?"
        return (FAMILIES + "X").find(code[0]), code

    at = sum(1 for module in in_order if place(module) < (FAMILIES.find(rule.code[0]), rule.code))
    in_order.insert(at, rule.module)
    return (
        f"{head}from jobs.rules import (\n{_lines(modules, 4)})\n{before}RULES: tuple[Rule, ...] = (\n"
        f"{_lines([f'{module}.RULE' for module in in_order], 4)}){chr(10)}{after}"
    )


def _with_params(conf: str, code: str) -> str:
    """The configuration's text with the rule's parameters at the end of the section `rules`; all comments stay."""
    found = re.search(r"^rules:\n(?:(?: .*)?\n)*?(?=\n*^\S)", conf, flags=re.MULTILINE)
    if found is None:
        raise BadConfiguration("conf/base.yaml has no section rules. Nothing was written.")
    section = found[0].rstrip("\n")
    return conf.replace(found[0], f"{section}\n  {code}:\n    least_months: 1\n" + found[0][len(section) + 1 :], 1)
