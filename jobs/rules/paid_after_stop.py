"""F03 Paid after the stop: a household was paid for months after the one in which its entitlement ended."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds
from jobs.registers.sentences import zh_month, zh_paid
from jobs.rulebook.facts import Facts, recipients, with_months_that_count
from jobs.rulebook.payments import with_payment_rows
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per case whose covered members have all stopped. Counting starts after the last stop month.

    A stop before the month in which the entitlement began is an older spell's: the benefit was granted again.
    """
    has_stopped = F.col("stop_month").isNotNull() & ~holds(F.col("start_month") > F.col("stop_month"))
    stopped = (
        facts.named.filter("data_set <> 'payments'")
        .groupBy("case_id")
        .agg(
            F.max(F.when(F.col("is_covered"), F.col("stop_month"))).alias("stopped_in"),
            F.max((F.col("is_covered") & ~has_stopped).cast("int")).alias("still_paid"),
        )
        .filter("still_paid = 0 AND stopped_in IS NOT NULL")
    )
    rows = recipients(facts).join(stopped, "case_id", "inner").withColumn("thing_key", F.lit("stop"))  # one row a case each
    timed = with_months_that_count(rows, after="stopped_in", has_grace=True).withColumn("event_on", F.last_day("stopped_in"))
    # For the months after, and arrears that went out after the stop for months before.
    was_sent = (F.col("for_month") > F.col("stopped_in")) | (F.col("last_paid_on") > F.last_day("stopped_in"))
    after = facts.months.join(stopped, "case_id", "inner").filter(was_sent)  # one row a case
    return with_payment_rows(timed, facts, after.select("case_id", "for_month"))


def judge(params: NoParams) -> Judgement:
    nothing_left = F.col("paid_months") == 0
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=False,
        exempt={
            "R18": nothing_left & (F.col("grace_months") > 0),
            "R23": nothing_left & (F.col("refunded_yuan") > 0),
            "R03": nothing_left & (F.col("late_arrears_yuan") > 0),
        },
        explanation=F.concat(
            F.lit("花名册显示该户自"), zh_month("stopped_in"), F.lit("后停发，此后"), zh_paid(), F.lit("，请核实停发审批和款项去向。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="F03",
    title="Paid after the stop",
    title_zh="停发后仍发放",
    subject="the payee",
    unit="months",
    source="社会救助暂行办法（国务院令第649号，2014）第十三条：不再符合条件的，决定停发并及时执行",
    in_force=(date(2014, 5, 1), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对停发审批的月份", "核对是否重新审批后恢复发放", "核对多发部分是否已退回"),
    registers=("payments", "dibao_roster", "tekun_roster"),
)
