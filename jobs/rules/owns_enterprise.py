"""E01 Owns an enterprise: a member of a benefit household is legal representative or operator of an entity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.evidence import rows_of
from jobs.registers.policy import in_force
from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.entities import ENTITY_FIELDS, does_not_trade, doubtful_standing, kind_zh, standing_signals, with_standing
from jobs.rulebook.facts import Facts, declares, held_by, with_months_that_count
from jobs.rulebook.household import household_exemptions
from jobs.rulebook.rule import Judgement, Rule


class OwnsEnterpriseParams(Conf):
    micro_kinds: tuple[str, ...] = Field(description="kinds that may be a declared small living")
    declared_words: tuple[str, ...] = Field(description="words by which an entity was declared at approval")


def candidates(facts: Facts, params: OwnsEnterpriseParams) -> DataFrame:
    """One row per member and entity. Counting runs from the month after it was established to the month it ended."""
    held = held_by(facts.household, facts, "enterprises", "legal_rep_key", "legal_rep_name_key")
    entities = with_standing(held, in_force(facts.policy.entities, facts.as_of))
    return with_months_that_count(entities, after="established_on", until=F.col("traded_until"), has_grace=True).withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("entity"), "uscc", "reg_no"),
            "evidence": rows_of("enterprises", *ENTITY_FIELDS),
        }
    )


def judge(params: OwnsEnterpriseParams) -> Judgement:
    was_declared = F.col("entity_kind").isin(list(params.micro_kinds)) & declares(params.declared_words)
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.coalesce(F.col("tax_12m"), F.lit(Decimal(0))).cast("double"),
        threshold=0.0,
        is_personal=False,
        missing={"status": F.col("status").isNull(), "established_on": F.col("established_on").isNull()},
        doubts=doubtful_standing(),
        signals=standing_signals(),
        exempt={
            "R13": does_not_trade(),
            "R14": F.col("is_nominal"),
            "R25": was_declared,
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("市场主体登记显示该对象名下有"), kind_zh(), F.lit("（"), zh_day("established_on"), F.lit("成立，"), F.col("status"),
            F.lit("），其家庭"), zh_paid(), F.lit("，请核实是否实际经营及收入。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="E01",
    title="Owns an enterprise",
    title_zh="名下有市场主体",
    subject="the recipient",
    unit="yuan of tax a year",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：家庭财产和经营性收入的核对",
    in_force=(date(2012, 12, 12), None),
    params=OwnsEnterpriseParams,
    candidates=candidates,
    judge=judge,
    verify=("到经营地址查看是否实际经营", "核对是否被借名、冒名登记", "核对经营收入是否已计入家庭收入"),
    registers=("enterprises",),
)
