"""I01 Draws an employee's pension: the pension of a member lifts the household above the standard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds
from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_earned_pension
from jobs.registers.sentences import zh_month, zh_paid, zh_yuan
from jobs.rulebook.facts import Facts, held_by, with_months_that_count
from jobs.rulebook.household import household_exemptions
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per member and pension, with what it is a head of the household and what is left after rigid expenses."""
    pensions = held_by(facts.household, facts, "pensions", "person_key", "name_key")
    # A husband or wife outside the roster eats at the same table.
    persons = F.greatest(F.col("member_count"), F.lit(1)) + F.col("joined_on").isNotNull().cast("int")
    left = F.col("monthly") - F.coalesce("rigid_expense", F.lit(Decimal(0)))
    with_line = pensions.withColumns(
        {
            "per_head_yuan": (F.col("monthly") / persons).cast("decimal(18,2)"),
            "left_per_head_yuan": (left / persons).cast("decimal(18,2)"),
            "standard_yuan": facts.policy.monthly_standard("case_program", "case_county", F.lit(facts.as_of)),
            "is_disregarded": ~is_earned_pension(Lines.of(facts.policy, facts.as_of)),
        }
    )
    return with_months_that_count(with_line, after="from_month", until=F.col("to_month"), has_grace=True).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("pension"), "kind", F.col("from_month").cast("string")),
            "evidence": rows_of("pensions", "kind", "from_month", "to_month", "monthly"),
        }
    )


def judge(params: NoParams) -> Judgement:
    is_above = F.col("per_head_yuan") > F.col("standard_yuan")
    return Judgement(
        found=is_above & (F.col("paid_months") > 0),
        value=F.col("left_per_head_yuan").cast("double"),
        threshold=F.col("standard_yuan").cast("double"),
        is_personal=False,
        missing={
            "kind": F.col("kind").isNull(),
            "from_month": F.col("from_month").isNull(),
            "monthly": F.col("monthly").isNull(),
            "standard": F.col("standard_yuan").isNull(),
        },
        doubts={"R19": F.col("rigid_expense") > 0},
        signals={
            "to_standard": F.col("left_per_head_yuan").cast("double") / F.col("standard_yuan").cast("double"),
            "has_rigid_expense": holds(F.col("rigid_expense") > 0).cast("int"),
            "outside_roster": F.col("joined_on").isNotNull().cast("int"),
        },
        exempt={
            "R16": is_above & F.col("is_disregarded"),
            "R19": is_above & (F.col("left_per_head_yuan") <= F.col("standard_yuan")),
            **household_exemptions(is_above),
        },
        explanation=F.concat(
            F.lit("人社部门发放记录显示该对象自"), zh_month("from_month"), F.lit("起领取"), F.coalesce("kind", F.lit("")), F.lit("养老金，每月"),
            zh_yuan("monthly"), F.lit("，按户内人口平均为每月"), zh_yuan("per_head_yuan"),
            F.when(is_above, F.lit("，高于当地月标准")).otherwise(F.lit("，不高于当地月标准")), zh_yuan("standard_yuan"),
            F.lit("，其家庭"), zh_paid(), F.lit("，请核实收入是否已计入。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="I01",
    title="Draws an employee's pension",
    title_zh="领取职工养老金",
    subject="the pensioner",
    unit="yuan a head and month",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：转移净收入包括离退休金；城乡居民基础养老金不计入",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对养老金是否已计入家庭收入", "核对家庭人口和刚性支出", "核对待遇类型是否为职工养老"),
    registers=("pensions",),
)
