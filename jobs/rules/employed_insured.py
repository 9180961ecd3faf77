"""I02 Employed and insured: a unit pays a member's social insurance as its employee's while the household draws."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_insured_wage, spell_months
from jobs.registers.sentences import zh_month, zh_paid, zh_yuan
from jobs.rulebook.facts import Facts, held_by, with_months_that_count
from jobs.rulebook.household import ended_before_benefit, household_exemptions
from jobs.rulebook.rule import Judgement, Rule


class EmployedInsuredParams(Conf):
    lookalike_kinds: tuple[str, ...] = Field(
        description="kinds that an employee's insurance is easily taken for; all others say nothing"
    )


def candidates(facts: Facts, params: EmployedInsuredParams) -> DataFrame:
    """One row per member and spell of insurance. Counting runs from the month after it began to its last month."""
    spells = held_by(facts.household, facts, "social_insurance", "person_key", "name_key")
    lines = Lines.of(facts.policy, facts.as_of)
    told = spells.withColumns(
        {
            "spell_months": spell_months(lines),
            "least_months": F.lit(lines.wages.employed_months),
            "means_wages": is_insured_wage(lines),
            "looks_alike": F.col("kind").isin(list(params.lookalike_kinds)),
        }
    )
    return with_months_that_count(told, after="from_month", until=F.col("to_month"), has_grace=True).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("insurance"), "kind", "unit", F.col("from_month").cast("string")),
            "evidence": rows_of("social_insurance", "unit", "kind", "from_month", "to_month", "base"),
        }
    )


def judge(params: EmployedInsuredParams) -> Judgement:
    has_job = F.col("means_wages") & (F.col("spell_months") >= F.col("least_months"))
    return Judgement(
        found=has_job & (F.col("paid_months") > 0),
        value=F.col("spell_months").cast("double"),
        threshold=F.col("least_months").cast("double"),
        is_personal=False,
        missing={"kind": F.col("kind").isNull(), "from_month": F.col("means_wages") & F.col("from_month").isNull()},
        doubts={"R24": F.col("to_month").isNotNull()},
        signals={
            "base_log": F.log1p(F.col("base").cast("double")),
            "has_ended": F.col("to_month").isNotNull().cast("int"),
            "began_while_drawing": (F.col("from_month") >= F.col("start_month")).cast("int"),
            "outside_roster": F.col("joined_on").isNotNull().cast("int"),
        },
        exempt={
            "R15": F.col("looks_alike") & (F.col("gross_months") > 0),
            "R24": (has_job | F.col("looks_alike")) & ended_before_benefit(),
            **household_exemptions(has_job),
        },
        explanation=F.concat(
            F.lit("社会保险记录显示该对象自"), F.coalesce(zh_month("from_month"), F.lit("某月")), F.lit("起以"), F.coalesce("kind", F.lit("不明")),
            F.lit("身份参加社会保险"), F.coalesce(F.concat(F.lit("，月缴费基数"), zh_yuan("base")), F.lit("")), F.lit("，其家庭"), zh_paid(),
            F.lit("，请核实是否在岗和工资收入。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="I02",
    title="Employed and insured",
    title_zh="单位参保就业",
    subject="the employee",
    unit="months",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：工资性收入的核对",
    in_force=(date(2012, 12, 12), None),
    params=EmployedInsuredParams,
    candidates=candidates,
    judge=judge,
    verify=("核对是否在岗、工资多少", "核对是否为公益性岗位、挂靠参保或被冒用身份", "核对是否在渐退期内"),
    registers=("social_insurance",),
)
