"""M01 Severely disabled, not covered: a valid certificate of a severe disability, and no benefit."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds
from jobs.registers.evidence import rows_of
from jobs.registers.policy import in_force
from jobs.registers.sentences import zh_level, zh_month
from jobs.rulebook.need import NeedFacts, NeedRule, need_candidates

_SEVERITY = {1: 0.9, 2: 0.7}
_FURTHER = 0.5
"""How grave a level is: the first needs another person's hands all day, the third of mind or soul a person beside it."""


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a certificate. An expired one is told, not dropped: such a disability seldom ends, but a certificate must be renewed."""
    line = in_force(facts.policy.severe_disability, facts.as_of)
    severity = F.lit(_FURTHER)
    for number, grave in _SEVERITY.items():
        severity = F.when(F.col("level") == number, F.lit(grave)).otherwise(severity)
    is_expired = holds(F.col("valid_to") < F.lit(facts.as_of))
    expired = F.when(is_expired, F.concat(F.lit("（证件有效期至"), zh_month("valid_to"), F.lit("，请一并核对换证）"))).otherwise(
        F.lit("")
    )
    rows = facts.register("disabilities").filter(line.is_severe())
    return need_candidates(
        rows, "disabilities",
        value=F.col("level"), threshold=F.when(line.is_mental(), F.lit(line.mental_level)).otherwise(F.lit(max(line.levels))), severity=severity,
        told=F.concat(F.lit("持有"), zh_level("level"), F.coalesce("kind", F.lit("")), F.lit("残疾证"), expired),
        stated_county=F.col("county_code"), stated_town=F.col("town"), stated_village=F.col("village"),
        evidence=rows_of("disabilities", "kind", "level", "valid_to"),
    )  # fmt: skip


RULE = NeedRule(
    code="M01",
    title="Severely disabled, not covered",
    title_zh="重残未保",
    subject="the disabled person",
    unit="level of disability",
    source="国务院关于全面建立困难残疾人生活补贴和重度残疾人护理补贴制度的意见（国发〔2015〕52号）；最低生活保障审核审批办法（民发〔2012〕220号）单独立户的重度残疾人",
    in_force=(date(2016, 1, 1), None),
    candidates=candidates,
    may_apply_alone=True,
    verify=("入户了解生活来源和照料情况", "核对家庭成员收入和财产", "家庭有一定收入的，了解是否符合重度残疾人单独申请低保的条件"),
)
