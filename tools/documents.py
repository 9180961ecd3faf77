"""The generated pages: what contracts, jobs, rules, features, the parser and the configuration state, carried into the documents.

Written whole      docs/data-dictionary.md, docs/commands.md, docs/pictures/lineage.svg
Between markers    docs/jobs.md (tables), docs/roles.md, docs/configuration.md (keys, policy), docs/rules/index.md (rules, needs),
                   docs/rules/<code>.md (facts), the same of docs/zh, docs/zh/return.md (reasons), docs/trace.md (keys),
                   models/MODEL_CARD.md (features)

`make docs` writes them and builds the site; with `--check` nothing is written and the exit code is 1 while a page is stale.
"""

from __future__ import annotations

import argparse
import inspect
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import BRONZE, LAKE_TABLES, SILVER
from expectations.contracts.model import Column, DataSet, Table
from jobs.check_households import job as check_households
from jobs.check_payments import job as check_payments
from jobs.check_quality import job as check_quality
from jobs.dispatch_cases import job as dispatch_cases
from jobs.find_clues import job as find_clues
from jobs.find_needs import job as find_needs
from jobs.follow_up_cases import job as follow_up_cases
from jobs.ingest import job as ingest
from jobs.launch.settings import Settings, load_settings
from jobs.learn import job as learn
from jobs.link_people import job as link_people
from jobs.needs import NEED_RULES
from jobs.plan_visits import job as plan_visits
from jobs.project_cases import job as project_cases
from jobs.publish import job as publish
from jobs.rank_clues import job as rank_clues
from jobs.report_casework import job as report_casework
from jobs.report_fairness import job as report_fairness
from jobs.rulebook.need import NeedRule
from jobs.rulebook.rule import EXEMPTIONS, Rule
from jobs.rules import RULES
from jobs.runtime.console import Console
from jobs.runtime.lake import RESTRICTED_ZONES
from jobs.score_cases import job as score_cases
from jobs.settle_identities import job as settle_identities
from jobs.sheets.choices import VERDICT_WORDS
from jobs.standardise import job as standardise
from jobs.state_purpose import job as state_purpose
from jobs.take_in import job as take_in
from models.features import FEATURES, RANKING_FIGURES
from tools.command_reference import command_reference
from tools.configuration_reference import key_tables, policy_sections
from tools.lineage import lineage_svg
from tools.markdown import markdown_table, with_sections
from tools.roles_reference import role_tables
from tools.trace_reference import keys_of_traces

ROOT = Path(__file__).resolve().parents[1]
JOBS: tuple[ModuleType, ...] = (
    ingest,
    state_purpose,
    standardise,
    check_quality,
    settle_identities,
    link_people,
    find_clues,
    find_needs,
    check_households,
    score_cases,
    rank_clues,
    publish,
    project_cases,
    plan_visits,
    check_payments,
    dispatch_cases,
    follow_up_cases,
    report_fairness,
    learn,
    take_in,
    report_casework,
)
"""The jobs of a run, in their order, and those that people start."""

DICTIONARY = Path("docs/data-dictionary.md")
COMMANDS = Path("docs/commands.md")
CONFIGURATION = Path("docs/configuration.md")
ROLES = Path("docs/roles.md")
LINEAGE = Path("docs/pictures/lineage.svg")
RULE_INDEX, CHINESE_RULE_INDEX = Path("docs/rules/index.md"), Path("docs/zh/rules/index.md")
RETURNING = Path("docs/zh/return.md")
MODEL_CARD = Path("models/MODEL_CARD.md")
TRACE = Path("docs/trace.md")


@dataclass(frozen=True)
class Language:
    """The words of one page of jobs and tables. `grains` translates the contracts' grain sentences; a sentence that changed is missing in it."""

    page: Path
    headings: tuple[str, str, str, str]
    dictionary: str
    data_set: str
    bronze_grain: str
    silver_grain: str
    every_job: str
    grains: Mapping[str, str] | None = None

    def grain(self, table: Table) -> str:
        if self.grains is None:
            return table.grain
        if table.grain not in self.grains:
            raise KeyError(
                f"{self.page}: no translation of the grain of {table.full_name}, {table.grain!r}. Add it in {__file__}."
            )
        return self.grains[table.grain]


ENGLISH = Language(
    page=Path("docs/jobs.md"),
    headings=("table", "one row is", "key", "written by"),
    dictionary="data-dictionary.md",
    data_set="&lt;data set&gt;",
    bronze_grain="a row read from a delivered file, as received, with its fate",
    silver_grain="an accepted row of a current file, typed; numbers, names and accounts as keyed digests",
    every_job="every job",
)
CHINESE = Language(
    page=Path("docs/zh/jobs.md"),
    headings=("表", "一行是", "主键", "写入作业"),
    dictionary="../data-dictionary.md",
    data_set="&lt;数据集&gt;",
    bronze_grain="从报送文件读到的一行，原样保存，并记下去向",
    silver_grain="现行文件中被采用的一行，已转为规范类型；号码、姓名、账号只留密钥摘要",
    every_job="每个作业",
    grains={
        "a file of a delivery, or of its manifest, ever made to this lake": "历次报送文件夹或交接清单中的一个文件",
        "a delivered row that could not be used": "无法使用的一行报送数据",
        "a current file, a column of person numbers and a state": "一个当前文件的一列身份号码的一种状态",
        "a current file and a column of its data set": "一个当前文件的一列",
        "a hole in what was delivered: a register and an area, or of payments a month, that no row covers": (
            "一处缺报：没有任何一行覆盖的数据集和地区，发放明细还包括月份"
        ),
        "a register and county of a run that passed the quality gate": "通过质量关口的一次运行中的一个数据集和县区",
        "an expectation and table of a run": "一次运行中对一张表的一项质量预期",
        "a person whom a benefit record names, or a husband, wife, parent or child of one": "救助记录提到的一个人，或其配偶、父母、子女",
        "a record that is tied to a person by more than its own number and name": "一条不单凭自身号码和姓名认定到人的记录",
        "a record without a person of its own number and name, and a person it may be": "一条凭自身号码和姓名认不到人的记录，及其可能所指的一个人",
        "a number and name that belong to a person who has another number or name now": "已改用其他号码或姓名的人原有的号码加姓名",
        "a number and name that ever made a person of a benefit": "历次运行中曾对应救助对象的号码加姓名",
        "a run in which a number and name changed its person": "一次运行中所对应的人发生变化的号码加姓名",
        "a decision of two inspectors on two records": "两名核查人对两条记录是否同一人的一次认定",
        "a column of persons in a register and a grade with its reason": "一个数据集中的一列人员、一个身份等级及其理由",
        "a person of a benefit household, a relative, and a register that says so": "救助家庭的一个人、其一名亲属及载明此关系的一个数据集",
        "a way in which records write a person: number and name": "记录中出现的一种写法：号码加姓名",
        "a household that draws a benefit": "领取待遇的一户",
        "a person of a case, as the roster or a payment names him or her": "一户中的一个人，按花名册或发放明细所载",
        "a case and month of entitlement for which money moved": "一户在一个所属月份的资金往来",
        "a number and name that death records give": "死亡登记中的一个号码加姓名",
        "a rule and thing it looked at: what came out, found or not": "一条规则看过的一件事及其结果，无论是否成立",
        "a case": "一户",
        "a case in which something is strange, by the strongest kind of strangeness": "有异常情况的一户，以最突出的异常类型为准",
        "a run and a benefit household, as it stood": "一次运行中一个救助家庭的状况",
        "a case with a pattern of strangeness: what came out": "有异常情况的一户及其结果",
        "a benefit household and a kind of key person who is in it or close kin of it": "一个救助家庭及与其有关的一类重点人员",
        "a run and a household with something to visit, or that had in the run before": "一次运行中有线索需要核查、或上次运行有线索的一户",
        "a rule in the last run": "最近一次运行中的一条规则",
        "a run and a clue that it found, as the ranking saw it": "一次运行查出的一条线索，按排序时所见",
        "a verdict on a clue, in force or replaced by a later one": "对一条线索的一次核查结论，现行的或已被后来的结论取代的",
        "a rule and county, with what became of its clues": "一条规则和一个县区，及其线索的核查结果",
        "a clue: a fact that a person should look into; an accusation of nobody": "一条线索：请人核实的事实，不指控任何人",
        "a list of visits and a case on it": "一份核查计划及其中的一户",
        "a case that people have done something with": "有办理记录的一户",
        "a case store whose events the lake has followed": "数据湖已跟进的一个办理记录库",
        "a rule of needs and a person it looked at: in need, left out with the reason, or not to be judged": (
            "一条需求规则看过的一个人及其结果：需要帮助、未列入（附原因）、无需或无法判断"
        ),
        "a thing found of a member of an applying household, a member who cannot be checked, or the summary of a household": (
            "申请家庭成员的一项核对发现、一名未能核对的成员，或一户的核对结论"
        ),
        "a day that a run stood for and a purpose that it served": "一次运行所代表的日期及其用途",
        "a run and a job of it, finished or failed": "一次运行中的一个作业，无论完成还是失败",
    },
)


# --- the table of tables -----------------------------------------------------------------------------------------------


def table_of_tables(language: Language) -> str:
    """Every table with grain, key and the job that writes it; the tables that follow from the data sets are one line a zone."""
    rows = [
        (f"`bronze.`{language.data_set}", language.bronze_grain, _names(BRONZE[0].key), _writer(BRONZE[0])),
        (f"`silver.`{language.data_set}", language.silver_grain, _names(SILVER[0].key), _writer(SILVER[0])),
    ]
    for table in LAKE_TABLES.values():
        name = f"[`{table.full_name}`]({language.dictionary}#{_anchor(table.full_name)})"
        rows.append((name, language.grain(table), _names(table.key), _writer(table) or language.every_job))
    return markdown_table(language.headings, rows)


def _writer(table: Table) -> str:
    return ", ".join(f"`{job.NAME}`" for job in JOBS if table in job.WRITES)


# --- the data dictionary -----------------------------------------------------------------------------------------------


def data_dictionary() -> str:
    """Every table of the lake: zone, grain, key and columns."""
    parts = [
        "# Data dictionary",
        "Written by `make docs` from `expectations/contracts`: change a contract there, never this page.",
        "A table lies at `LAKE/<zone>/<name>` as a Delta table. `bronze`, `quarantine` and `vault` are restricted: they hold "
        "numbers and names. A label is the official Chinese header or term. Months are kept as the first day of the month.",
        "## The tables of the jobs",
        *(part for table in LAKE_TABLES.values() for part in _table_page(table)),
        "## The data sets of a delivery",
        "Each becomes a bronze table of texts as received and a silver table of typed values. A *snapshot* is replaced by a newer "
        "extract of the same area; the others add up.",
        markdown_table(
            ("data set", "title", "owner", "one row is", "key in the register", "kind"), map(_data_set_row, DATA_SETS.values())
        ),
        *(part for data_set in DATA_SETS.values() for part in _data_set_page(data_set)),
    ]
    return "\n\n".join(parts) + "\n"


def _data_set_row(data_set: DataSet) -> tuple[str, ...]:
    kinds = ["snapshot" if data_set.snapshot else "adds up"]
    kinds += ["required"] if data_set.is_required else []
    kinds += ["optional"] if data_set.is_optional else []
    kinds += ["for authorised checks only"] if data_set.purpose == "check" else []
    link = f"[`{data_set.code}`](#{_anchor(data_set.bronze.full_name)})"
    return link, data_set.title, data_set.owner, data_set.grain, _names(data_set.key), ", ".join(kinds)


def _data_set_page(data_set: DataSet) -> list[str]:
    return [*_table_page(data_set.bronze), *_table_page(data_set.silver)]


def _table_page(table: Table) -> list[str]:
    headings = ("column", "type", "unit", "meaning", "label")
    return [
        f"### `{table.full_name}`",
        f"Zone {table.zone}{' (restricted)' if table.zone in RESTRICTED_ZONES else ''}. "
        f"One row is {table.grain}. Key: {_names(table.key)}.",
        markdown_table(headings, map(_column_row, table.columns)),
    ]


def _column_row(column: Column) -> tuple[str, ...]:
    meaning = column.meaning + (f"; one of {' · '.join(column.values)}" if column.values else "")
    return f"`{column.name}`", f"`{column.type.simpleString()}`", column.unit, meaning, column.label


# --- rule pages and the model card -------------------------------------------------------------------------------------


def rule_page(rule: Rule | NeedRule) -> Path:
    return RULE_INDEX.parent / f"{rule.code}.md"


def chinese_rule_page(rule: Rule | NeedRule) -> Path:
    return CHINESE_RULE_INDEX.parent / f"{rule.code}.md"


def rule_index(rules: Iterable[Rule | NeedRule], root: Path) -> str:
    """Every rule with the condition that its page states first."""
    rows = ((f"[{rule.code}]({rule.code}.md)", rule.title_zh, _stated(root / rule_page(rule), "Condition.")) for rule in rules)
    return markdown_table(("code", "title", "when"), rows)


def chinese_rule_index(rules: Iterable[Rule | NeedRule], root: Path) -> str:
    """The same in Chinese."""
    pages = {rule: root / chinese_rule_page(rule) for rule in rules}
    rows = ((f"[{rule.code}]({rule.code}.md)", rule.title_zh, _stated(page, "说的是什么。")) for rule, page in pages.items())
    return markdown_table(("代码", "名称", "说的是什么"), rows)


def _stated(page: Path, label: str) -> str:
    """The paragraph of a page that begins with the label. Raises ValueError where there is none."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.search(rf"^\*\*{re.escape(label)}\*\* (.+?)\n\n", text, flags=re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"{page} lacks the paragraph **{label}**. Say there in one sentence what the rule asks about.")
    return found[1].replace("\n", " ")


def chinese_facts(rule: Rule | NeedRule, root: Path) -> str:
    """What an inspector needs of a rule: its source, what to look at, and which innocent explanations the data have ruled out."""
    first, last = rule.in_force
    page = (root / rule_page(rule)).read_text(encoding="utf-8")
    exempt = re.findall(r"^\| (R\d\d [^|]+?) \|", page, flags=re.MULTILINE)
    facts = [
        ("依据", rule.source),
        ("施行", f"{first:%Y年%m月%d日}起" + (f"，至{last:%Y年%m月%d日}" if last else "")),
        ("请核对", "<br>".join(rule.verify)),
        *([("系统已排除", "、".join(exempt))] if exempt else []),
    ]
    return markdown_table(("", ""), facts)


def rule_facts(rule: Rule, settings: Settings) -> str:
    """What the rule's file and the configuration state: source, period in force, what a visit checks, parameters."""
    module = inspect.getmodule(rule.judge)
    assert module is not None
    file = module.__name__.replace(".", "/") + ".py"
    first, last = rule.in_force
    facts = [
        ("code", rule.code),
        ("title", f"{rule.title} · {rule.title_zh}"),
        ("subject", rule.subject),
        ("value in", rule.unit),
        ("legal source", rule.source),
        ("in force", f"from {first} " + (f"to {last}" if last else "on")),
        ("what only a visit can decide", "；".join(rule.verify)),
        ("prior", f"{settings.ranking.prior[rule.code]:.2f}" if rule.code in settings.ranking.prior else "none stated"),
        ("rule file", f"[`{file}`](../../{file})"),
        ("case table", f"`tests/cases/{rule.code}.txt`"),
        ("for inspectors", f"[{rule.title_zh}](../zh/rules/{rule.code}.md)"),
    ]
    params = settings.params(rule.code).model_dump(mode="json")
    stated = [
        (f"`rules.{rule.code}.{name}`", f"`{_value(params[name])}`", field.description or "")
        for name, field in rule.params.model_fields.items()
    ]
    return markdown_table(("", ""), facts) + "\n\n" + markdown_table(("parameter", "conf/base.yaml", "meaning"), stated)


def need_facts(rule: NeedRule) -> str:
    """What the file of a rule of needs states; its limits are policy."""
    module = inspect.getmodule(rule.candidates)
    assert module is not None
    file = module.__name__.replace(".", "/") + ".py"
    first, last = rule.in_force
    facts = [
        ("code", rule.code),
        ("title", f"{rule.title} · {rule.title_zh}"),
        ("subject", rule.subject),
        ("value in", rule.unit),
        ("legal source", rule.source),
        ("in force", f"from {first} " + (f"to {last}" if last else "on")),
        ("what only a visit can decide", "；".join(rule.verify)),
        ("limits", "`conf/policy.yaml`"),
        ("rule file", f"[`{file}`](../../{file})"),
        ("case table", f"`tests/cases/{rule.code}.txt`"),
        ("for inspectors", f"[{rule.title_zh}](../zh/rules/{rule.code}.md)"),
    ]
    return markdown_table(("", ""), facts)


def verdicts() -> str:
    """The verdicts, and when an inspector chooses which."""
    return markdown_table(("核查结论", "什么时候选"), VERDICT_WORDS.items())


def reasons() -> str:
    """The exemption codes, two in a row: what an inspector writes beside a refuted clue."""
    codes = list(EXEMPTIONS.items())
    half = (len(codes) + 1) // 2
    rows = [[*left, *right] for left, right in itertools.zip_longest(codes[:half], codes[half:], fillvalue=("", ""))]
    return markdown_table(("代码", "原因", "代码", "原因"), rows)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(item)}" for key, item in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def feature_table() -> str:
    """The feature contract as a table."""
    sees = ((feature, who) for features, who in ((FEATURES, "forest"), (RANKING_FIGURES, "ranking only")) for feature in features)
    rows = ((f"`{f.name}`", f.label, f.unit, f.meaning, f.null_meaning, who) for f, who in sees)
    return markdown_table(("feature", "label", "unit", "meaning", "empty when", "seen by"), rows)


# --- pages -------------------------------------------------------------------------------------------------------------


def pages(root: Path = ROOT) -> dict[Path, str]:
    """What every generated page should hold now. Raises ValueError when a page or one of its markers is missing."""
    settings = load_settings(folder=root / "conf")
    every: tuple[Rule | NeedRule, ...] = (*RULES, *NEED_RULES)
    content = {root / DICTIONARY: data_dictionary(), root / COMMANDS: command_reference(), root / LINEAGE: lineage_svg(JOBS)}
    sections = {
        ROLES: {"roles": role_tables()},
        CONFIGURATION: {"keys": key_tables(root / "conf"), "policy": policy_sections(root / "conf")},
        MODEL_CARD: {"features": feature_table()},
        TRACE: {"keys": keys_of_traces()},
        **{language.page: {"tables": table_of_tables(language)} for language in (ENGLISH, CHINESE)},
        **{rule_page(rule): {"facts": need_facts(rule)} for rule in NEED_RULES},
        **{rule_page(rule): {"facts": rule_facts(rule, settings)} for rule in RULES},
        **{chinese_rule_page(rule): {"facts": chinese_facts(rule, root)} for rule in every},
        RETURNING: {"verdicts": verdicts(), "reasons": reasons()},
        RULE_INDEX: {"rules": rule_index(RULES, root), "needs": rule_index(NEED_RULES, root)},
        CHINESE_RULE_INDEX: {"rules": chinese_rule_index(RULES, root), "needs": chinese_rule_index(NEED_RULES, root)},
    }
    return content | {root / page: with_sections(root / page, parts) for page, parts in sections.items()}


def stale_pages(root: Path = ROOT) -> list[Path]:
    """Pages that say something else than contracts, jobs, rules and features do."""
    return [path for path, text in pages(root).items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _anchor(heading: str) -> str:
    return heading.replace(".", "")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.documents", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a page is stale")
    only_check = parser.parse_args(arguments).check
    console = Console(stderr=True)
    content = pages()
    stale = stale_pages()
    for path in stale:
        if not only_check:
            path.write_text(content[path], encoding="utf-8")
        console.print(f"{'stale' if only_check else 'written'}: {path.relative_to(ROOT)}", soft_wrap=True)
    if only_check and stale:
        console.print("Run make docs and commit the pages.")
    return 1 if only_check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
