"""I03 Housing fund paid in: an employer pays into a member's housing fund while the household draws."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_fund_open
from jobs.registers.sentences import zh_month, zh_paid, zh_yuan
from jobs.rulebook.facts import Facts, held_by, with_months_that_count
from jobs.rulebook.household import ended_before_benefit, household_exemptions
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per member and account. Counting runs from the month after it was opened to its last month."""
    accounts = held_by(facts.household, facts, "housing_fund", "person_key", "name_key")
    told = accounts.withColumn("is_live", is_fund_open(Lines.of(facts.policy, facts.as_of)))
    return with_months_that_count(told, after="from_month", until=F.col("to_month"), has_grace=True).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("fund"), "unit", F.col("from_month").cast("string")),
            "evidence": rows_of("housing_fund", "unit", "base", "from_month", "to_month", "status"),
        }
    )


def judge(params: NoParams) -> Judgement:
    # An account that was sealed on no known day says nothing of the months since.
    was_paid = F.col("is_live") | F.col("to_month").isNotNull()
    return Judgement(
        found=was_paid & (F.col("paid_months") > 0),
        value=F.col("base").cast("double"),
        threshold=0.0,
        is_personal=False,
        missing={"status": F.col("status").isNull() & F.col("to_month").isNull(), "from_month": F.col("from_month").isNull()},
        exempt={
            "R24": ~was_paid | ended_before_benefit(),
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("住房公积金记录显示该对象自"), zh_month("from_month"), F.lit("起由单位缴存"),
            F.coalesce(F.concat(F.lit("，月缴存基数"), zh_yuan("base")), F.lit("")), F.lit("，其家庭"), zh_paid(),
            F.lit("，请核实是否在岗和工资收入。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="I03",
    title="Housing fund paid in",
    title_zh="缴存住房公积金",
    subject="the account holder",
    unit="yuan a month",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：工资性收入和公积金的核对",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对缴存单位和是否在岗", "核对账户是否已封存或转移"),
    registers=("housing_fund",),
)
