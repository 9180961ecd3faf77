"""What people hand back: the words of the delivery contract (3.4, 5.4) that a returned cell may hold, and what a verdict counts as."""

from __future__ import annotations

from enum import StrEnum

CONFIRMED, REFUTED, UNVERIFIABLE, REFERRED = "confirmed", "refuted", "unverifiable", "referred"
VERDICT_OUTCOMES: dict[str, str] = {
    "查是-违规": CONFIRMED,
    "查是-错保": CONFIRMED,
    "查是-程序问题": CONFIRMED,
    "查否-数据错误": REFUTED,
    "查否-政策允许": REFUTED,
    "查否-时间差": REFUTED,
    "查否-同名重号": REFUTED,
    "查否-已整改": REFUTED,
    "无法核实": UNVERIFIABLE,
    "移送": REFERRED,
}
"""Verdicts of the delivery contract and what each counts as."""


class NeedResult(StrEnum):
    """处理结果: what became of a household that should be helped."""

    LOW_INCOME = "已纳入低保"
    DESTITUTE = "已纳入特困"
    TEMPORARY_AID = "已给予临时救助"
    MEDICAL_AID = "已给予医疗救助"
    OTHER_AID = "转介其他救助"
    NOT_ELIGIBLE = "不符合条件"
    NOT_WANTED = "本人不愿申请"
    NOT_FOUND = "查无此人"
    PENDING = "待核"


class DataResult(StrEnum):
    """更正结果: what the owner of a record says of it."""

    CORRECTED = "已更正"
    RIGHT = "原数据无误"
    UNVERIFIABLE = "无法核实"


class Problem(StrEnum):
    """Class of a confirmed problem, as the office counted them in 2017."""

    PAYMENT = "资金发放不规范"
    KEY_PERSONS = "三类重点人员违规领取"
    DEAD = "死亡人员仍领取"
    OTHER = "其他"


class Measure(StrEnum):
    """What is done about a confirmed clue."""

    STOP = "停发"
    REDUCE = "核减"
    PAY_UP = "补发"
    RECOVER = "追缴"
    PAPERS = "补办手续"
    CORRECT = "更正数据"


class Sanction(StrEnum):
    """How people are held to account."""

    PARTY = "党纪处分"
    ADMINISTRATIVE = "政务处分"
    ORGANISATIONAL = "组织处理"
    REMINDER = "谈话提醒"
    HANDED_OVER = "移送"


class AppealOutcome(StrEnum):
    """What the second look at an objection found."""

    UPHELD = "维持"
    REVOKED = "撤销"
    PARTLY_REVOKED = "部分撤销"


class Assistance(StrEnum):
    """Kinds of assistance that a household may be referred to: the eight of the State Council's Decree 649, and society's."""

    LOW_INCOME = "最低生活保障"
    DESTITUTE = "特困人员供养"
    DISASTER = "受灾人员救助"
    MEDICAL = "医疗救助"
    EDUCATION = "教育救助"
    HOUSING = "住房救助"
    EMPLOYMENT = "就业救助"
    TEMPORARY = "临时救助"
    SOCIETY = "社会力量参与"
