"""E01 Owns an enterprise: a member of a benefit household is legal representative or operator of an entity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.rules.facts import Facts, counted, declares, held_by, rows_of
from jobs.rules.rule import Judgement, Rule, zh_day, zh_paid


class OwnsEnterpriseParams(Conf):
    dead_statuses: tuple[str, ...] = Field(description="statuses in which an entity no longer trades")
    revoked_statuses: tuple[str, ...] = Field(
        description="of these, the ones in which it may trade on all the same; its tax tells"
    )
    dormant_tax_yuan: Decimal = Field(ge=0, description="tax of twelve months up to which an entity without staff may be dormant")
    nominal_kinds: tuple[str, ...] = Field(description="kinds whose legal representative is so by office")
    cooperative_kinds: tuple[str, ...] = Field(
        description="kinds whose members are often so in name only; its tax and staff tell"
    )
    micro_kinds: tuple[str, ...] = Field(description="kinds that may be a declared small living")
    declared_words: tuple[str, ...] = Field(description="words by which an entity was declared at approval")


def candidates(facts: Facts, params: OwnsEnterpriseParams) -> DataFrame:
    """One row per member and entity. Counting runs from the month after it was established to the month it ended."""
    entities = held_by(facts.household, facts, "enterprises", "legal_rep_key", "legal_rep_name_key")
    return (
        counted(entities, after="established_on", until=F.when(~trades_on(params), F.trunc(F.col("ended_on"), "month")))
        .withColumn("thing_key", F.concat_ws(":", F.lit("entity"), "uscc", "reg_no"))
        .withColumn(
            "evidence",
            rows_of(
                "enterprises", "uscc", "name", "kind", "status", "established_on", "ended_on", "capital", "paid_in", "insured_staff", "tax_12m"
            ),
        )
    )  # fmt: skip


def pays_tax(params: OwnsEnterpriseParams) -> Column:
    return F.coalesce(F.col("tax_12m") > F.lit(params.dormant_tax_yuan), F.lit(False))


def trades_on(params: OwnsEnterpriseParams) -> Column:
    """Revoked on paper, yet it paid tax within the year."""
    return F.col("status").isin(list(params.revoked_statuses)) & pays_tax(params)


def is_dormant(params: OwnsEnterpriseParams) -> Column:
    """No tax, nobody insured, nothing paid in: three signs that nobody trades there."""
    nothing_paid_in = F.coalesce(F.col("paid_in"), F.lit(Decimal(0))) == 0
    return ~pays_tax(params) & has_no_staff() & nothing_paid_in


def has_no_staff() -> Column:
    return F.coalesce(F.col("insured_staff"), F.lit(0)) == 0


def judge(params: OwnsEnterpriseParams) -> Judgement:
    is_dead = F.col("status").isin(list(params.dead_statuses))
    # An entity that ended while benefit was drawn is a fact for the months before; without a day of its end nobody can say.
    ended_before = is_dead & ~trades_on(params) & (F.col("ended_on").isNull() | (F.col("paid_months") == 0))
    is_idle_cooperative = F.col("kind").isin(list(params.cooperative_kinds)) & ~pays_tax(params) & has_no_staff()
    was_declared = F.col("kind").isin(list(params.micro_kinds)) & declares(params.declared_words)
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.coalesce(F.col("tax_12m"), F.lit(Decimal(0))).cast("double"),
        threshold=float(params.dormant_tax_yuan),
        is_personal=False,
        missing={"status": F.col("status").isNull()},
        exempt={
            "R13": ended_before | is_dormant(params),
            "R14": F.col("kind").isin(list(params.nominal_kinds)) | is_idle_cooperative,
            "R25": was_declared,
            "R17": F.col("case_has_single_cover") & ~F.col("is_single_cover"),
            "R18": F.col("grace_until").isNotNull() & (F.col("last_month") <= F.col("grace_until")),
        },
        explanation=F.concat(
            F.lit("市场主体登记显示该对象名下有"), F.col("kind"), F.lit("（"), zh_day("established_on"), F.lit("成立，"), F.col("status"),
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
)
