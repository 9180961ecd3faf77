"""S01 Imprisoned: a recipient was paid for months spent in prison or compulsory rehabilitation."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.conditions import holds
from jobs.registers.evidence import rows_of
from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.facts import Facts, held_by, with_months_that_count
from jobs.rulebook.rule import Judgement, Rule


class ImprisonedParams(Conf):
    lives_at_home_kinds: tuple[str, ...] = Field(description="kinds of sentence that are served at home")


def candidates(facts: Facts, params: ImprisonedParams) -> DataFrame:
    """One row per recipient and spell. Counting runs from the month after it began to the month before it ended.

    Recipients are the covered, and the head in whose name a household draws. Months paid for no more persons than are left are theirs.
    """
    drawing = facts.members.filter(F.col("is_covered") | F.col("is_head"))
    spells = held_by(drawing, facts, "prisoners", "person_key", "name_key").withColumns(
        {
            "at_home": F.col("kind").isin(list(params.lives_at_home_kinds)),
            "is_over": holds(F.col("to_on") <= F.lit(facts.as_of)),
        }
    )
    others = F.col("covered_members") - F.col("is_covered").cast("int")
    # Back home by the end of a month, the month is lawful.
    until = F.add_months(F.trunc("to_on", "month"), -1)
    return with_months_that_count(spells, after="from_on", until=until, lawful_heads=F.when(others > 0, others)).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("spell"), "kind", F.col("from_on").cast("string")),
            "evidence": rows_of("prisoners", "kind", "from_on", "to_on"),
        }
    )


def judge(params: ImprisonedParams) -> Judgement:
    nothing_left = F.col("paid_months") == 0
    for_others = ~F.col("is_covered") & (F.col("covered_members") > 0)  # the household draws for others, in this person's name
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=True,
        missing={"kind": F.col("kind").isNull(), "from_on": F.col("from_on").isNull() & ~F.col("at_home")},
        exempt={
            "R99": F.col("at_home"),
            # Inside and out again before anything was paid: the entry tells of the past.
            "R24": F.col("is_over") & (F.col("gross_months") == 0) & (F.col("months_before") == 0),
            "R23": nothing_left & (F.col("refunded_yuan") > 0),
            "R04": for_others | (nothing_left & (F.col("survivor_months") > 0)),
        },
        explanation=F.concat(
            F.lit("司法部门名册显示该对象自"), F.coalesce(zh_day("from_on"), F.lit("某日")), F.lit("起"), F.coalesce("kind", F.lit("")),
            F.coalesce(F.concat(F.lit("（至"), zh_day("to_on"), F.lit("）")), F.lit("")), F.lit("，在此期间其名下份额"),
            zh_paid("share_yuan"), F.lit("，请核实在押情况和款项去向。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="S01",
    title="Imprisoned",
    title_zh="服刑或强制戒毒期间领取",
    subject="the person",
    unit="months",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：在监狱、劳动教养场所内的人员不计入共同生活的家庭成员；农村五保供养工作条例（国务院令第456号）",
    in_force=(date(2012, 12, 12), None),
    params=ImprisonedParams,
    candidates=candidates,
    judge=judge,
    verify=("核对在押起止日期", "核对是否社区矫正、保外就医或监外执行", "核对户内保障人数是否已核减、款项由谁支取"),
    registers=("prisoners",),
)
