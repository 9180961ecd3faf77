"""K02 Kin on the public payroll: a household draws benefit while a spouse, child or parent is staff and nobody declared it."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.sentences import zh_month, zh_paid
from jobs.rulebook.declarations import declared_zh, with_declaration
from jobs.rulebook.facts import Facts, of_recipient, with_months_that_count
from jobs.rulebook.household import ended_before_benefit, household_exemptions
from jobs.rulebook.payroll import payroll_evidence, payroll_spells, payroll_spells_of_relatives, unknown_spell
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per case and spell on the payroll of a relative: of the same household but not drawing, or outside the roster."""
    beside = payroll_spells(facts.members.filter(~F.col("is_covered") & ~F.col("is_head")), facts).withColumn(
        "relation", F.lit("household")
    )
    outside = payroll_spells_of_relatives(facts)
    spells = beside.unionByName(outside)
    staff = with_months_that_count(spells, after="from_month", until=F.col("to_month"), has_grace=True).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("staff"), "unit", "staff_kind", F.col("from_month").cast("string")),
            "evidence": payroll_evidence(),
        }
    )
    return of_recipient(with_declaration(staff, facts), facts)


def judge(params: NoParams) -> Judgement:
    is_staff = F.col("is_staff")
    return Judgement(
        found=is_staff & (F.col("paid_months") > 0),
        value=F.col("monthly_pay").cast("double"),
        threshold=0.0,
        is_personal=False,
        missing={**unknown_spell(), "kin_declarations": is_staff & ~F.col("has_declarations")},
        # A child or parent of another household: what they give is a matter of maintenance, which only a visit can tell.
        doubts={"R99": F.col("relation").isin("child", "parent")},
        signals={
            "is_spouse": (F.col("relation") == "spouse").cast("int"),
            "in_household": (F.col("relation") == "household").cast("int"),
            "pay_log": F.log1p(F.col("monthly_pay").cast("double")),
        },
        exempt={
            "R15": ~is_staff,
            "R24": is_staff & F.col("has_left") & ended_before_benefit(),
            "R20": F.col("is_declared"),
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("财政供养名册显示"), relation_zh(), F.lit("自"), zh_month("from_month"), F.lit("起为"),
            F.coalesce(F.col("staff_kind"), F.lit("")), F.lit("人员，"), declared_zh(), F.lit("该户"), zh_paid(),
            F.lit("，请核实是否共同生活、收入是否已如实申报。"),
        ),
    )  # fmt: skip


def relation_zh() -> Column:
    words = {"spouse": "配偶", "child": "子女", "parent": "父母"}
    column = F.lit("该户共同生活成员")
    for relation, word in words.items():
        column = F.when(F.col("relation") == relation, F.lit(f"该户保障对象的{word}")).otherwise(column)
    return column


RULE = Rule(
    code="K02",
    title="Kin on the public payroll",
    title_zh="财政供养人员配偶、子女、父母领取",
    subject="the recipient",
    unit="yuan a month",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：共同生活成员收入的核对，近亲属享受低保的如实申明和备案",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对双方是否共同生活", "核对收入是否已计入家庭收入", "核对是否已如实申明并备案"),
    registers=("fiscal_staff", "kin_declarations"),
)
