"""X01 Strange case: what was seen of the household, alone or with others, does not happen by chance, and nothing explains it."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import EVIDENCE, PATTERN_KINDS
from jobs.registers.sentences import zh_paid
from jobs.rulebook.facts import Facts, recipients, with_months_that_count
from jobs.rulebook.rule import Judgement, Rule


class StrangeCaseParams(Conf):
    false_share: float = Field(
        gt=0, le=0.5, description="of the patterns of a family that are asked about, the share expected to be chance"
    )
    false_share_alone: float = Field(
        gt=0, le=0.5, description="the same of families of households that are like no other, a visit each"
    )


def candidates(facts: Facts, params: StrangeCaseParams) -> DataFrame:
    """One row per case in which something rare was seen. All months drawn count: what is wrong, if anything, is not known."""
    assert facts.strange is not None, "X01 runs behind the scorer"
    strange = facts.strange.withColumn("thing_key", F.concat_ws(":", F.lit("strange"), "kind", "group_id"))
    rows = (
        recipients(facts)
        .join(strange, "case_id", "inner")  # one row a case each
        .withColumns({"began_on": F.lit(date(1900, 1, 1)), "evidence": F.lit(None).cast(EVIDENCE)})
    )
    timed = with_months_that_count(rows, after="began_on").withColumn("count_from", F.lit(date(1900, 1, 1)))
    return timed.withColumn("event_on", F.coalesce("approved_on", "start_month"))


def judge(params: StrangeCaseParams) -> Judgement:
    is_rare = (F.col("surprise") >= F.col("surprise_needed")) & (F.col("paid_months") > 0)
    usual = F.when(F.coalesce("usual", F.lit("")) == "", F.lit("")).otherwise(F.concat(F.lit("；而"), "usual"))
    return Judgement(
        found=is_rare,
        value=F.col("surprise"),
        threshold=F.col("surprise_needed"),
        is_personal=False,
        exempt={code: is_rare & (F.col("lawful_code") == code) for code in ("R22", "R99")},
        explanation=F.concat("seen", usual, F.lit("；其家庭"), zh_paid(), F.lit("，请上门核实家庭和审批情况是否真实。")),
        # One figure a kind, so that what visits find of a pattern moves its kind.
        signals={
            "cases_in_group": F.col("cases_in_group"),
            **{f"kind_{kind}": (F.col("kind") == kind).cast("int") for kind in PATTERN_KINDS},
        },
    )


RULE = Rule(
    code="X01",
    title="Strange case",
    title_zh="异常模式",
    subject="the household's head or payee",
    unit="powers of ten",
    source="社会救助暂行办法（国务院令第649号，2014）第五十八条：对救助家庭状况定期核查",
    in_force=(date(2014, 5, 1), None),
    params=StrangeCaseParams,
    candidates=candidates,
    judge=judge,
    verify=(
        "入户核实家庭成员和居住情况",
        "核对审批材料、经办人和批准日期",
        "核对电话、账户是否为本人所有",
        "同一模式的户先走访几户，查实后再走访其余",
    ),
    registers=("dibao_roster", "payments"),
    needs_scores=True,
)
