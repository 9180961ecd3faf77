"""入户核查表: the page that two inspectors take to a household, ask by, fill in and sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from jobs.papers.household import Handed, Household, Member, Other, Question
from jobs.papers.page import ROOMY_POINTS, Block, Box, Field, Fields, Grid, Item, Lines, Note, Page, Section
from jobs.rules import RULES
from jobs.sheets.asked import GRADE_WORDS, Innocent, innocent_words, verify_words
from jobs.sheets.choices import REASONS, VERDICTS
from jobs.sheets.clue_workbook import RULE_TITLES

TITLE = "入户核查表"
_RULES = {rule.code: rule for rule in RULES}
_ALWAYS_BROUGHT = ("户口簿", "身份证", "低保证或特困证", "银行卡（存折）")
BROUGHT: Mapping[str, tuple[str, ...]] = {
    "cremations": ("死亡证明或火化证明",),
    "death_certificates": ("死亡证明或火化证明",),
    "fiscal_staff": ("工资收入证明", "备案表"),
    "village_cadres": ("任职文件", "备案表"),
    "enterprises": ("营业执照或注销证明",),
    "enterprise_roles": ("营业执照或注销证明",),
    "vehicles": ("行驶证", "买卖合同或报废证明"),
    "properties": ("不动产权证", "拆迁安置、危改或继承材料"),
    "social_insurance": ("劳动合同、工资单",),
    "housing_fund": ("公积金缴存明细",),
    "pensions": ("养老金发放明细",),
    "prisoners": ("判决书、释放证明",),
    "disabilities": ("残疾人证",),
    "marriages": ("结婚证或离婚证",),
}
"""Papers that tell more than a register does, by the register that a clue rests on."""


def household_page(household: Household, innocent: Innocent, listed_on: date) -> Page:
    """The page. innocent: by rule, the exemption codes to ask about first, see jobs.sheets.asked. listed_on: day of the list."""
    place = " ".join(part for part in (household.county, household.town, household.village) if part)
    return Page(
        TITLE,
        f"{listed_on.isoformat()} 核查计划第{household.position}户",
        household.case_id,
        (
            Section("一、家庭和待遇", tuple(_family(household, place))),
            Section(
                "二、需要核实的问题（线索是请人核实的问题，不是结论；请先听本人说明）",
                tuple(_item(n, question, innocent) for n, question in enumerate(household.questions, start=1)),
            ),
            Section("三、核查结果", tuple(_results(household))),
            Section("四、陈述和签字", _signed(household)),
        ),
        points=ROOMY_POINTS if len(household.questions) == 1 and len(household.members) <= 3 else Page.points,
    )


def _family(household: Household, place: str) -> list[Block]:
    stopped = f"，{_month(household.stopped)}停发" if household.stopped else ""
    return [
        Fields(
            (
                (
                    Field("户主", household.head_name, 3),
                    Field("身份证号码", household.head_number, 4),
                    Field("联系电话", household.phone or "", 3),
                ),
                (Field("住址", place),),
                (
                    Field("待遇", household.program, 2),
                    Field("证号", household.household_no, 4),
                    Field("自", f"{_month(household.since)}{stopped}", 4),
                ),
                (
                    Field("保障人数", f"{household.heads}人" if household.heads is not None else ""),
                    Field("月保障金", _yuan(household.monthly_yuan)),
                ),
                *([(Field("以往核查", "；".join(household.earlier)),)] if household.earlier else []),
            )
        ),
        Grid(
            ("成员姓名", "身份证号码", "与户主关系", "是否保障对象", "现住情况（填写）"),
            (26, 40, 22, 25, 53),
            tuple(_member_row(member) for member in household.members),
        ),
        Note("请备", "、".join(_brought(household.questions))),
    ]


def _member_row(member: Member) -> tuple[str, ...]:
    covered = {True: "是", False: "否", None: ""}[member.is_covered]
    return member.name, member.number, member.relation, covered, ""


def _brought(questions: Sequence[Question]) -> list[str]:
    rules = [_RULES[question.rule_code] for question in questions if question.rule_code in _RULES]  # a routine visit has none
    registers = [register for rule in rules for register in rule.registers]
    return list(dict.fromkeys([*_ALWAYS_BROUGHT, *(paper for register in registers for paper in BROUGHT.get(register, ()))]))


def _item(n: int, question: Question, innocent: Innocent) -> Item:
    about = f"（{question.subject}）" if question.subject else ""
    amount = f"　估计涉及{_yuan(question.amount_yuan)}" if question.amount_yuan else ""
    notes = (
        Field("来源", "；".join(question.sources)),
        Field("登记内容", "；".join(question.things)),
        Field("同类情形", question.pattern),
        Field("身份等级", GRADE_WORDS.get(question.grade or "", "")),
        Field("涉及", "；".join(_other(other) for other in question.others)),
        Field("先问是否", innocent_words(question.rule_code, innocent, question.doubt_code)),
        Field("再核对", verify_words(question.rule_code)),
    )
    return Item(
        f"{n}. {RULE_TITLES[question.rule_code]}{about}{amount}", question.explanation, tuple(note for note in notes if note.text)
    )


def _other(other: Other) -> str:
    account = f"账号{other.account}" if other.account else ""
    holder = f"开户名{other.name}" if other.account and other.name else other.name
    parts = (other.what, account, holder, other.unit, other.told, f"证号{other.certificate}" if other.certificate else "")
    return " ".join(part for part in parts if part)


def _results(household: Household) -> list[Block]:
    rows = tuple((str(n), "", "", "", "", "") for n in range(1, len(household.questions) + 1))
    return [
        Grid(
            ("序号", "核查结论", "查否原因", "追回金额", "停发月份", "核实情况"),
            (11, 30, 28, 20, 19, 70),
            rows,
            row_mm=11 if _has_room(household) else 7,
        ),
        Note("核查结论", "、".join(VERDICTS)),
        Note("查否原因", "；".join(REASONS)),
    ]


def _signed(household: Household) -> tuple[Block, ...]:
    is_short = _has_room(household) and len(household.questions) == 1
    return (
        Box("本人（家属）陈述，以及发现的困难：", 34 if is_short else 20 if _has_room(household) else 15),
        Lines(("本人（家属）签字", "核查人员签字", "核查人员签字"), 8 if is_short else 3),
        *_return(household.handed),
    )


def _return(handed: Handed | None) -> tuple[Block, ...]:
    """Where the page comes back to, and until when; lines to write on before a dispatch knows."""
    if handed is None:
        return (Lines(("核查日期", "交回地点", "交回期限")),)
    return (
        Lines(("核查日期", "实际交回日期", "签收人")),
        Fields(((Field("交回地点", handed.return_to, 4), Field("交回期限", handed.due_on.isoformat(), 2), Field("核查人员", handed.inspectors, 4)),)),
    )  # fmt: skip


def _has_room(household: Household) -> bool:
    """Is there room on one sheet for large boxes to write into?"""
    return len(household.questions) <= 2 and len(household.members) <= 5


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}元"


def _month(day: date | None) -> str:
    return f"{day.year}年{day.month}月" if day else ""
