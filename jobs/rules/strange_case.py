"""X01 Strange case: no rule explains the case, and yet it is among the strangest that draw benefit."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import EVIDENCE
from jobs.registers.sentences import zh_paid
from jobs.rulebook.facts import Facts, recipients, with_months_that_count
from jobs.rulebook.rule import Judgement, Rule


class StrangeCaseParams(Conf):
    highest_share: float = Field(
        gt=0, le=0.2, description="of the households that draw without a stated fact, the strangest that are asked about"
    )


def candidates(facts: Facts, params: StrangeCaseParams) -> DataFrame:
    """One row per case without a stated fact, the strangest and as many again. All months drawn count: what is wrong, if
    anything, is not known.
    """
    assert facts.strange is not None, "X01 runs behind the scorer"
    strangest = facts.strange.filter(F.col("strangeness_percentile") >= 1 - 2 * params.highest_share)
    rows = (
        recipients(facts)
        .join(strangest, "case_id", "inner")
        .withColumns(  # recipients are one row a case
            {"thing_key": F.lit("strange"), "began_on": F.lit(date(1900, 1, 1)), "evidence": F.lit(None).cast(EVIDENCE)}
        )
    )
    timed = with_months_that_count(rows, after="began_on").withColumn("count_from", F.lit(date(1900, 1, 1)))
    return timed.withColumn("event_on", F.coalesce("approved_on", "start_month"))


def judge(params: StrangeCaseParams) -> Judgement:
    return Judgement(
        found=(F.col("strangeness_percentile") >= 1 - params.highest_share) & (F.col("paid_months") > 0),
        value=F.col("strangeness_percentile").cast("double"),
        threshold=1.0 - params.highest_share,
        is_personal=False,
        explanation=F.concat(
            F.lit("该户没有触及任何一条规则，但与其他享受待遇的家庭相比较为特殊："), F.coalesce("strange_reasons", F.lit("多项情况的组合少见")),
            F.lit("；其家庭"), zh_paid(),
            F.lit("，请核实家庭和审批情况是否真实。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="X01",
    title="Strange case",
    title_zh="异常模式",
    subject="the household's head or payee",
    unit="0 to 1",
    source="社会救助暂行办法（国务院令第649号，2014）第五十八条：对救助家庭状况定期核查",
    in_force=(date(2014, 5, 1), None),
    params=StrangeCaseParams,
    candidates=candidates,
    judge=judge,
    verify=("入户核实家庭成员和居住情况", "核对审批材料、经办人和批准日期", "核对电话、账户是否为本人所有"),
    registers=("dibao_roster", "payments"),
    needs_scores=True,
)
