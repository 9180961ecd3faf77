"""D03 Approved after death: a benefit was granted to somebody who was dead by then."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.deaths_of_members import AfterDeathParams, deaths_of_members, lawful_after_death, was_granted_after
from jobs.rulebook.facts import Facts
from jobs.rulebook.rule import Judgement, Rule


def candidates(facts: Facts, params: AfterDeathParams) -> DataFrame:
    """One row per covered member and death record of the number. The approval is the fact, the months paid are what is at stake."""
    return deaths_of_members(facts, params.lawful_months).filter("is_covered")


def judge(params: AfterDeathParams) -> Judgement:
    is_later = F.col("approved_on") > F.col("event_on")
    lawful = lawful_after_death()
    return Judgement(
        found=was_granted_after(),
        value=F.datediff("approved_on", "event_on").cast("double"),
        threshold=0.0,
        is_personal=True,
        missing={"approved_on": F.col("approved_on").isNull()},
        exempt={
            # Drawn or begun before the death already: a yearly review wrote its own day over that of the approval.
            "R24": is_later & (lawful["R24"] | ~was_granted_after()),
            **{code: is_later & lawful[code] for code in ("R23", "R04")},
        },
        explanation=F.concat(
            F.lit("登记显示该对象于"), zh_day("event_on"), F.lit("死亡，而待遇于"), zh_day("approved_on"), F.lit("批准，此后"),
            zh_paid("share_yuan"), F.lit("，请核实批准时本人是否在世。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="D03",
    title="Approved after death",
    title_zh="死亡后新审批",
    subject="the dead person",
    unit="days",
    source="社会救助暂行办法（国务院令第649号，2014）第十一条：受理申请后应当通过入户调查等方式调查核实",
    in_force=(date(2014, 5, 1), None),
    params=AfterDeathParams,
    candidates=candidates,
    judge=judge,
    verify=("核对原始审批表和入户调查记录", "核对批准日期是否为年度复核日期", "核对款项由谁支取"),
    registers=("death_certificates", "cremations", "household_registry"),
    one_register_does=True,
)
