"""M03 Monitored poor household, not covered: on the poverty register as monitored, and nobody of it draws a benefit."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.registers.evidence import rows_of
from jobs.registers.kinship import role_of
from jobs.registers.policy import MONTHS, in_force
from jobs.registers.sentences import zh_month, zh_yuan
from jobs.rulebook.need import NeedFacts, NeedRule, need_candidates, record

_UNKNOWN_INCOME = 0.4


def _monitored(facts: NeedFacts) -> DataFrame:
    statuses = in_force(facts.policy.uncovered, facts.as_of).monitored_statuses
    return facts.register("poverty_register").filter(F.col("status").isin(list(statuses)))


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a household: its head, or who stands first where no head is named. The lower the income a head, the graver."""
    head_first = Window.partitionBy("book_no").orderBy(
        (F.coalesce(role_of(F.col("relation")), F.lit("")) != "head").cast("int"), F.col("person_key").isNull().cast("int"),
        "_file_id", "_sheet", "_row"
    )  # fmt: skip
    heads = _monitored(facts).withColumn("_n", F.row_number().over(head_first)).filter("_n = 1 OR book_no IS NULL")
    rows = heads.withColumns({"_program": F.lit("农村低保"), "_county": F.lit("")})
    year = facts.policy.monthly_standard("_program", "_county", F.lit(facts.as_of)) * MONTHS
    lacking = F.greatest(F.lit(0.0), 1 - F.col("per_head_income").cast("double") / year.cast("double"))
    income = F.concat(F.lit("，人均纯收入"), zh_yuan("per_head_income"))
    return need_candidates(
        rows, "poverty_register",
        household_no=F.col("book_no"), value=F.col("per_head_income"), threshold=year,
        severity=F.coalesce(_UNKNOWN_INCOME + (1 - _UNKNOWN_INCOME) * lacking, F.lit(_UNKNOWN_INCOME)),
        told=F.concat(F.lit("为建档立卡监测户户主"), F.coalesce(F.concat(F.lit("（"), zh_month("since_on"), F.lit("识别）")), F.lit("")),
                      F.coalesce(income, F.lit(""))),
        event_on=F.col("since_on"), evidence=rows_of("poverty_register", "status", "since_on", "per_head_income"),
    )  # fmt: skip


def members(facts: NeedFacts) -> DataFrame:
    """Everyone in the monitored households."""
    return record(_monitored(facts).filter(F.col("book_no").isNotNull()), "poverty_register", household_no=F.col("book_no"))


RULE = NeedRule(
    code="M03",
    title="Monitored poor household, not covered",
    title_zh="监测户未保",
    subject="the household's head",
    unit="yuan a head and year",
    source="社会救助暂行办法（国务院令第649号，2014）第九条；关于做好农村最低生活保障制度与扶贫开发政策有效衔接的指导意见（国办发〔2016〕70号）",
    in_force=(date(2016, 9, 17), None),
    candidates=candidates,
    members=members,
    verify=("核对家庭人均收入和致贫返贫风险", "了解是否申请过低保及未批准的原因", "核对家庭成员是否有未登记的收入"),
)
