"""S01 Imprisoned: a recipient was paid for months spent in prison or compulsory rehabilitation."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.rules.facts import Facts, counted, held_by, rows_of
from jobs.rules.rule import Judgement, Rule, zh_day, zh_paid


class ImprisonedParams(Conf):
    lives_at_home_kinds: tuple[str, ...] = Field(description="kinds of sentence that are served at home")


def candidates(facts: Facts, params: ImprisonedParams) -> DataFrame:
    """One row per recipient and spell. Counting runs from the month after it began to the month before it ended."""
    spells = held_by(facts.members.filter(F.col("is_covered") | F.col("is_head")), facts, "prisoners", "person_key", "name_key")
    told = spells.withColumn("at_home", F.col("kind").isin(list(params.lives_at_home_kinds)))
    # Back home by the end of a month, the month is lawful.
    until = F.add_months(F.trunc("to_on", "month"), -1)
    return counted(told, after="from_on", until=until).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("spell"), "kind", F.col("from_on").cast("string")),
            "evidence": rows_of("prisoners", "kind", "from_on", "to_on"),
        }
    )


def judge(params: ImprisonedParams) -> Judgement:
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=True,
        missing={"kind": F.col("kind").isNull()},
        exempt={
            "R99": F.col("at_home"),
            "R24": F.col("to_on").isNotNull() & (F.col("gross_months") == 0),
            "R23": (F.col("paid_months") == 0) & (F.col("refunded_yuan") > 0),
        },
        explanation=F.concat(
            F.lit("司法部门名册显示该对象自"), zh_day("from_on"), F.lit("起"), F.coalesce("kind", F.lit("")), F.lit("，此后其名下份额"),
            zh_paid("share_yuan"), F.lit("，请核实在押情况和款项去向。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="S01",
    title="Imprisoned",
    title_zh="服刑或强制戒毒期间领取",
    subject="the person",
    unit="months",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：在监狱、强制隔离戒毒场所的人员不计入共同生活的家庭成员；农村五保供养工作条例（国务院令第456号）",
    in_force=(date(2006, 3, 1), None),
    params=ImprisonedParams,
    candidates=candidates,
    judge=judge,
    verify=("核对在押起止日期", "核对是否社区矫正、保外就医或监外执行", "核对款项由谁支取"),
    registers=("prisoners",),
)
