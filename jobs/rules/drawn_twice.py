"""R01 Drawn twice: a person is covered in two households, or by two benefits that exclude one another, for the same months."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.rules.facts import Facts, counted
from jobs.rules.rule import Judgement, Rule, zh_paid


class DrawnTwiceParams(Conf):
    transfer_months: int = Field(ge=0, description="months in which both may pay where one benefit ends and the other begins")


def pairs(facts: Facts) -> DataFrame:
    """One row per person covered in two cases, on the later approved of them: MEMBER_COLUMNS, and `_other` with the first case."""
    covered = facts.members.filter(F.col("is_covered") & F.col("member_person_id").isNotNull())
    first = covered.select(
        F.col("case_id").alias("_other"), "member_person_id", F.col("member_grade").alias("_other_grade"),
        F.col("approved_on").alias("_other_approved"), F.col("stop_month").alias("_other_stop"), F.col("start_month").alias("_other_start"),
        F.col("case_program").alias("_other_program"),
    )  # fmt: skip
    both = covered.join(first, "member_person_id", "inner").filter(F.col("case_id") != F.col("_other"))
    never = F.lit(date(1900, 1, 1))
    here, there = (
        F.struct(F.coalesce(approved, never), F.col(case))
        for approved, case in (("approved_on", "case_id"), ("_other_approved", "_other"))
    )
    return both.filter(here > there)


def money(facts: Facts, params: DrawnTwiceParams) -> DataFrame:
    """Months for which both cases moved money; at stake is the smaller of the two, for one of them is lawful."""
    months = facts.months
    there = months.select(
        F.col("case_id").alias("_other"), "for_month", F.col("paid_yuan").alias("_paid"), F.col("gross_yuan").alias("_gross"),
        F.col("refunded_yuan").alias("_refunded"), F.greatest(F.coalesce("paid_heads", F.lit(1)), F.lit(1)).alias("_heads"),
    )  # fmt: skip
    heads = F.greatest(F.coalesce("paid_heads", F.lit(1)), F.lit(1))
    both = (
        pairs(facts)
        .select("case_id", "subject_key", "_other")
        .join(months, "case_id", "inner")
        .join(there, ["_other", "for_month"], "inner")  # one row a case and month
    )
    # One person's share: what the household drew for the others is theirs.
    share = F.least(F.col("paid_yuan") / heads, F.col("_paid") / F.col("_heads")).cast("decimal(18,2)")
    return both.select(
        "case_id", "subject_key", F.concat(F.lit("case:"), "_other").alias("thing_key"), "for_month",
        F.greatest(share, F.lit(0)).cast("decimal(18,2)").alias("paid_yuan"), F.least("gross_yuan", "_gross").alias("gross_yuan"),
        F.greatest("refunded_yuan", "_refunded").alias("refunded_yuan"), "arrears_yuan", F.lit(1).alias("paid_heads"), "last_paid_on",
        "transfer_count",
    )  # fmt: skip


def candidates(facts: Facts, params: DrawnTwiceParams) -> DataFrame:
    """One row per person and pair of cases. All months for which both paid count."""
    there = facts.roster_rows().select(
        F.col("case_id").alias("_other"), F.col("person_id").alias("member_person_id"), F.col("roster_rows").alias("evidence")
    )
    rows = pairs(facts).withColumns(
        {
            "began_on": F.greatest("start_month", "_other_start"),
            "person_id": F.col("member_person_id"),
            "identity_grade": F.greatest("member_grade", "_other_grade"),
            "thing_key": F.concat(F.lit("case:"), "_other"),
        }
    )
    # Payments may run ahead of what the roster says began; all months for which both paid count.
    timed = counted(rows, after="began_on").withColumn("count_from", F.lit(date(1900, 1, 1)))
    return timed.join(there, ["_other", "member_person_id"], "left")  # one row a case and person


def judge(params: DrawnTwiceParams) -> Judgement:
    within = F.col("first_month"), F.col("last_month")
    ends_or_begins = F.lit(False)
    for month in ("start_month", "_other_start", "stop_month", "_other_stop"):
        ends_or_begins = ends_or_begins | F.coalesce(F.col(month).between(*within), F.lit(False))
    same = F.col("case_program") == F.col("_other_program")
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=False,  # the money is one person's share already
        exempt={
            "R23": (F.col("paid_months") == 0) & (F.col("refunded_yuan") > 0),
            "R01": (F.col("paid_months") > 0) & (F.col("paid_months") <= params.transfer_months) & ends_or_begins,
        },
        explanation=F.concat(
            F.lit("花名册显示该对象同时在两处享受待遇（"), F.col("case_program"),
            F.when(same, F.lit("，两户")).otherwise(F.concat(F.lit("和"), F.col("_other_program"))),
            F.lit("），两处对同一月份均"), zh_paid(), F.lit("（按较低一处的个人份额），请核实应享受哪一项。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="R01",
    title="Drawn twice",
    title_zh="重复享受",
    subject="the person",
    unit="months",
    source="社会救助暂行办法（国务院令第649号，2014）第九条、第十四条；国务院关于进一步健全特困人员救助供养制度的意见（国发〔2016〕14号）：特困人员不再适用最低生活保障",
    in_force=(date(2014, 5, 1), None),
    params=DrawnTwiceParams,
    candidates=candidates,
    judge=judge,
    verify=("核对两处是否同一人", "核对转移、转类的停发和起发月份", "核对重复部分是否已退回"),
    registers=("dibao_roster", "tekun_roster"),
    money=money,
)
