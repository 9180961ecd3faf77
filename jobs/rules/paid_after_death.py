"""D01 Paid after death: the benefit of a dead recipient was paid for months after the month of death."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.deaths_of_members import (
    AfterDeathParams,
    deaths_of_members,
    is_recipient,
    lawful_after_death,
    was_granted_after,
)
from jobs.rulebook.facts import Facts
from jobs.rulebook.rule import Judgement, Rule


def candidates(facts: Facts, params: AfterDeathParams) -> DataFrame:
    return deaths_of_members(facts, params.lawful_months).filter(is_recipient())


def judge(params: AfterDeathParams) -> Judgement:
    return Judgement(
        found=(F.col("paid_months") > 0) & ~was_granted_after(),
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=True,
        # One register alone, with a day of de-registration only: the death may have been earlier, or another's.
        doubts={"R01": (F.col("register_count") == 1) & ~F.col("is_exact")},
        signals={"registers": F.col("register_count"), "is_exact": F.col("is_exact").cast("int")},
        exempt=lawful_after_death(),
        explanation=F.concat(
            F.lit("登记显示该对象于"),
            F.coalesce(zh_day("event_on"), F.lit("某日")),
            F.lit("死亡，此后"),
            zh_paid("share_yuan"),
            F.lit("，请核实死亡日期和待遇去向。"),
        ),
    )


RULE = Rule(
    code="D01",
    title="Paid after death",
    title_zh="死亡后仍领取",
    subject="the dead person",
    unit="months",
    source="社会救助暂行办法（国务院令第649号，2014）第十三条、第五十八条：家庭成员变化应及时核查并调整或停发",
    in_force=(date(2014, 5, 1), None),
    params=AfterDeathParams,
    candidates=candidates,
    judge=judge,
    verify=("核对第二个死亡登记来源的死亡日期", "核对户内是否还有其他成员合法领取", "核对死亡后款项由谁支取"),
    registers=("death_certificates", "cremations", "household_registry"),
    one_register_does=True,
)
