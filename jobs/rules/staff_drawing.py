"""K01 Staff drawing benefit: a person on the public payroll draws a benefit or is covered by one."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.sentences import zh_month, zh_paid
from jobs.rulebook.facts import Facts, with_months_that_count
from jobs.rulebook.household import ended_before_benefit, household_exemptions
from jobs.rulebook.payroll import payroll_evidence, payroll_spells, unknown_spell
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per recipient and spell on the fiscal payroll. Counting starts after the month in which the spell began.

    Members who live in the household but draw nothing are kin of a recipient, which is another rule's matter.
    """
    drawing = facts.members.filter(F.col("is_covered") | F.col("is_head"))
    return (
        with_months_that_count(payroll_spells(drawing, facts), after="from_month", until=F.col("to_month"), has_grace=True)
        .withColumn("thing_key", F.concat_ws(":", F.lit("staff"), "unit", "staff_kind", F.col("from_month").cast("string")))
        .withColumn("evidence", payroll_evidence())
    )


def judge(params: NoParams) -> Judgement:
    is_staff = F.col("is_staff")
    return Judgement(
        found=is_staff & (F.col("paid_months") > 0),
        value=F.col("monthly_pay").cast("double"),
        threshold=0.0,
        is_personal=False,
        missing=unknown_spell(),
        exempt={
            "R15": ~is_staff,
            "R24": is_staff & F.col("has_left") & ended_before_benefit(),
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("财政供养名册显示该对象自"), zh_month("from_month"), F.lit("起为"), F.coalesce(F.col("staff_kind"), F.lit("")),
            F.lit("人员，其家庭"), zh_paid(), F.lit("，请核实身份和家庭收入。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="K01",
    title="Staff drawing benefit",
    title_zh="财政供养人员领取",
    subject="the staff member",
    unit="yuan a month",
    source="社会救助暂行办法（国务院令第649号，2014）第九条、第六十八条；最低生活保障审核审批办法（民发〔2012〕220号）",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对编制身份与在职时间", "核对是否为公益性岗位、遗属补助等非在编人员", "核对家庭人均收入"),
    registers=("fiscal_staff",),
)
