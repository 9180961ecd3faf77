"""F04 Aid above the cap: a person got more medical or temporary aid in a year than one person may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.benefits import is_refund
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.grades import grade_cap
from jobs.registers.policy import YearlyCap, by_month
from jobs.registers.sentences import zh_yuan
from jobs.rulebook.facts import Facts, once, pair_grade, with_identity, with_months_that_count
from jobs.rulebook.payments import MOST_ROWS
from jobs.rulebook.rule import Judgement, NoParams, Rule

_KEY = ("case_id", "subject_key", "thing_key")


def yearly_cap(caps: Sequence[YearlyCap], program: str, year: str) -> Column:
    """What one person may get of an aid in the year, yuan, by the law at its end; null for a programme without a cap."""
    cap = F.lit(None).cast("decimal(18,2)")
    last_day = F.make_date(F.col(year), F.lit(12), F.lit(31))
    for name in sorted({line.program for line in caps}):
        lines = [line for line in caps if line.program == name]
        said = by_month(lines, last_day, lambda line: F.lit(line.yuan_a_year).cast("decimal(18,2)"))
        cap = F.when(F.col(program) == name, said).otherwise(cap)
    return cap


@once
def yearly_aid(facts: Facts) -> DataFrame:
    """One row per member, kind of aid and calendar year: total_yuan (refunds netted), granted_yuan, cap_yuan, last_aid, evidence.

    Aid under the member's number and another name is a row of its own, with grade D.
    """
    caps = facts.policy.yearly_caps
    aids = facts.register("payments").filter(F.col("program").isin(sorted({cap.program for cap in caps})))
    named = with_identity(aids, facts, "person_key", "name_key", cap=grade_cap("person_number_state"))
    # Somebody of two households got one aid: it is told of the household in which he or she is covered.
    covered_first = Window.partitionBy("subject_key").orderBy(F.col("is_covered").desc(), F.col("is_head").desc(), "case_id")
    members = facts.members.withColumn("_nth", F.row_number().over(covered_first)).filter("_nth = 1")
    of_members = members.select("case_id", "subject_key", "member_person_id", "member_grade").join(
        named, F.col("subject_key") == F.col("person_key"), "inner"
    )
    graded = of_members.withColumns(
        {
            "aid_grade": pair_grade("member_person_id", "member_grade", "other_person_id", "other_grade"),
            "year": F.year("for_month"),
        }
    )
    other_name = F.when(F.col("aid_grade") == "D", F.lit("other name"))
    told = graded.withColumns(
        {
            "thing_key": F.concat_ws(":", F.lit("aid"), "program", F.col("year").cast("string"), other_name),
            "_signed": F.when(is_refund(), -F.abs("amount")).otherwise(F.col("amount")),
            "_granted": F.when(~is_refund(), F.col("amount")),
            "_rows": rows_of("payments", "program", "for_month", "paid_on", "amount", "kind"),
        }
    )
    in_year = Window.partitionBy(*_KEY).orderBy("paid_on", *ORIGIN)
    return (
        told.withColumn("_n", F.row_number().over(in_year))
        .groupBy(*_KEY, "program", "year")
        .agg(
            F.max("aid_grade").alias("aid_grade"),
            F.max("for_month").alias("last_aid"),
            F.max("paid_on").alias("last_paid_on"),
            F.sum("_signed").cast("decimal(18,2)").alias("total_yuan"),
            F.sum("_granted").cast("decimal(18,2)").alias("granted_yuan"),
            F.count("*").cast("int").alias("transfer_count"),
            in_order(F.flatten(F.collect_list(F.when(F.col("_n") <= MOST_ROWS, F.col("_rows"))))).alias("evidence"),
        )
        .withColumn("cap_yuan", yearly_cap(caps, "program", "year"))
    )


def money(facts: Facts, params: NoParams) -> DataFrame:
    """The year's aid as one sum on its last month."""
    nothing = F.lit(0).cast("decimal(18,2)")
    return yearly_aid(facts).select(
        *_KEY, F.col("last_aid").alias("for_month"), F.col("total_yuan").alias("paid_yuan"), F.col("granted_yuan").alias("gross_yuan"),
        (F.col("granted_yuan") - F.col("total_yuan")).cast("decimal(18,2)").alias("refunded_yuan"), nothing.alias("arrears_yuan"),
        F.lit(1).alias("paid_heads"), "last_paid_on", "transfer_count",
    )  # fmt: skip


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per member, kind of aid and year. What is below the cap is lawful."""
    aid = yearly_aid(facts)
    rows = facts.members.join(aid, ["case_id", "subject_key"], "inner").withColumns(
        {
            "before": F.add_months("last_aid", -1),
            "identity_grade": F.col("aid_grade"),
            "person_id": F.when(F.col("aid_grade") != "D", F.col("member_person_id")),
        }
    )
    return with_months_that_count(rows, after="before", until=F.col("last_aid"), lawful_yuan=F.col("cap_yuan")).withColumn(
        "event_on", F.col("last_paid_on")
    )


def judge(params: NoParams) -> Judgement:
    is_above = F.concat(
        F.lit("，超过年度封顶线"), zh_yuan("cap_yuan"), F.lit("，超出"), zh_yuan("paid_yuan"), F.lit("，请核实审批依据。")
    )
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("total_yuan").cast("double"),
        threshold=F.col("cap_yuan").cast("double"),
        is_personal=False,  # aid is one person's own
        missing={"for_month": F.col("year").isNull()},
        exempt={"R23": (F.col("paid_months") == 0) & (F.col("granted_yuan") > F.col("cap_yuan"))},
        explanation=F.concat(
            F.lit("发放明细显示该对象"), F.col("year").cast("string"), F.lit("年度共领取"), F.col("program"), zh_yuan("total_yuan"),
            F.when(F.col("paid_months") > 0, is_above).otherwise(F.lit("（退回部分已扣除），未超过年度封顶线。")),
        ),
    )  # fmt: skip


RULE = Rule(
    code="F04",
    title="Aid above the cap",
    title_zh="医疗、临时救助超限额",
    subject="the payee",
    unit="yuan a year",
    source="社会救助暂行办法（国务院令第649号，2014）第二十九条、第四十九条：救助标准由地方人民政府确定、公布",
    in_force=(date(2014, 5, 1), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("核对年度内各次审批和金额", "核对是否为不同项目分别计算", "核对是否有特殊困难的集体研究记录"),
    registers=("payments",),
    money=money,
)
