"""D02 Dead member still counted: a household is paid for a member who has died."""

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
    return deaths_of_members(facts, params.lawful_months).filter(~is_recipient())


def judge(params: AfterDeathParams) -> Judgement:
    return Judgement(
        found=F.col("is_covered") & (F.col("paid_months") > 0) & ~was_granted_after(),
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=True,
        # One register alone, with a day of de-registration only: the death may have been earlier, or another's.
        doubts={"R01": (F.col("register_count") == 1) & ~F.col("is_exact")},
        signals={"registers": F.col("register_count"), "is_exact": F.col("is_exact").cast("int")},
        exempt=lawful_after_death(),
        explanation=F.concat(
            F.lit("登记显示该家庭成员于"),
            F.coalesce(zh_day("event_on"), F.lit("某日")),
            F.when(F.col("paid_months") > 0, F.lit("死亡，但保障人数未核减，其名下份额")).otherwise(F.lit("死亡，此后")),
            zh_paid("share_yuan"),
            F.lit("，请核实家庭人口。"),
        ),
    )


RULE = Rule(
    code="D02",
    title="Dead member still counted",
    title_zh="死亡成员未核减",
    subject="the dead person",
    unit="months",
    source="社会救助暂行办法（国务院令第649号，2014）第十三条：人口状况变化的，应当及时决定增发、减发或者停发",
    in_force=(date(2014, 5, 1), None),
    params=AfterDeathParams,
    candidates=candidates,
    judge=judge,
    verify=("核对户内现有人口", "核对发放人数是否已按实际人口调整"),
    registers=("death_certificates", "cremations", "household_registry"),
    one_register_does=True,
)
