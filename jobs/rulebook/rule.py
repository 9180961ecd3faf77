"""What a rule is, and how its conditions become an outcome.

A rule states a fact about entitlement. It is written in two parts: `candidates` finds what to look at
(one row per case, subject and thing), `judge` decides from that row and from the payments that the time
engine has put beside it. Neither knows the engine, the lake or the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.rulebook.facts import Facts

EXEMPTIONS: dict[str, str] = {
    "R01": "登记滞后", "R02": "死亡当月发放", "R03": "补发以前月份", "R04": "户内其他成员合法领取", "R05": "丧葬补助",
    "R06": "同名", "R07": "号码有误或重号", "R08": "15位号码升位错误", "R09": "残疾人专用车", "R10": "已售、报废或注销",
    "R11": "农用车或摩托车", "R12": "被借名", "R13": "企业已注销、吊销或未经营", "R14": "合作社名义成员或村集体任职",
    "R15": "公益性岗位、遗属补助等非在编人员", "R16": "城乡居民养老金", "R17": "单人保", "R18": "渐退期内", "R19": "刚性支出扣减",
    "R20": "近亲属已备案", "R21": "安置、危改、继承或小份额", "R22": "机构或监护人账户", "R23": "已停发并追回", "R24": "源数据过期",
    "R25": "审批时已申报并认可", "R99": "其他",
}  # fmt: skip
"""Exemption codes of the delivery contract, with what an inspector reads."""
OTHER_REASON = "R99"
"""Of the codes the one that says nothing without words beside it."""


class NoParams(Conf):
    """Of a rule that has nothing of its own to set: what it goes by is law, see policy.yaml."""


@dataclass(frozen=True)
class Judgement:
    """A rule's conditions over one candidate row; a null condition counts as not met.

    `missing`: fact that is missing -> when; then the rule cannot judge.
    `exempt`: exemption code -> when; the first that holds is kept with the row.
    `found`: the fact itself. `value` is held against `threshold`, in the rule's unit.
    `is_personal`: only the person's share of the household's money is at stake.
    `doubts`: exemption code -> when it may well apply, though data cannot decide; the first that holds makes the clue less
    likely to be confirmed, and is told.
    `signals`: what the ranking may learn from besides, by name; figures about money, things and time, never about who somebody is.
    """

    found: Column
    value: Column
    threshold: float | Column
    explanation: Column
    is_personal: bool
    missing: Mapping[str, Column] = field(default_factory=dict)
    exempt: Mapping[str, Column] = field(default_factory=dict)
    doubts: Mapping[str, Column] = field(default_factory=dict)
    signals: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule of the rule book.

    in_force: first and last day of its legal source, null = still in force: months that began outside of it are not judged.
    registers: data sets without which it cannot judge, or of which one does, where one_register_does.
    money: what of the money paid it looks at, month by month, where that is not all months of entitlement of the case.
    needs_scores: it looks at what the scorer found strange, and runs behind it.
    is_about_data: its clues are questions to the owner of the data, never of conduct, and stand behind all others.
    """

    code: str
    title: str
    title_zh: str
    subject: str
    unit: str
    source: str
    in_force: tuple[date, date | None]
    params: type[Conf]
    candidates: Callable[[Facts, Any], DataFrame]
    judge: Callable[[Any], Judgement]
    verify: tuple[str, ...]
    registers: tuple[str, ...]
    money: Callable[[Facts, Any], DataFrame] | None = None
    one_register_does: bool = False
    is_about_data: bool = False
    needs_scores: bool = False

    def has_begun(self, day: date) -> bool:
        """Can any month by this day be judged by the rule? It may have ended: the months before are judged all the same."""
        return self.in_force[0] <= day

    def in_its_time(self, candidates: DataFrame) -> DataFrame:
        """Candidates of which no month counts that began before the rule's source was in force, or after it ended."""
        first, last = self.in_force
        since = F.greatest(F.col("count_from"), F.lit(first))
        until = F.col("count_until") if last is None else F.least(F.col("count_until"), F.lit(last))
        return candidates.withColumns({"count_from": F.when(F.col("count_from").isNotNull(), since), "count_until": until})
