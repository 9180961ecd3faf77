"""F01 Paid above the standard: a month's regular payment is more than the standard allows for the persons paid for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.rules.facts import Facts, counted
from jobs.rules.payments import recipients, with_payment_rows
from jobs.rules.policy import in_force
from jobs.rules.rule import Judgement, Rule, zh_paid, zh_yuan


class PaidAboveStandardParams(Conf):
    tolerance_yuan: Decimal = Field(ge=0, description="a month, for rounding and for fractions of a change of the standard")
    full_rate_categories: tuple[str, ...] = Field(description="categories of a household that mean the full rate with add-ons")


def monthly(facts: Facts, params: PaidAboveStandardParams) -> DataFrame:
    """Months of entitlement above the plain standard in any way: with regular_yuan, plain_yuan and allowed_yuan of each."""
    add_ons = in_force(facts.policy.add_ons, facts.as_of)
    of_case = facts.cases.select("case_id", F.col("county_code").alias("_county"), F.col("program").alias("_program"), "category")
    known = facts.months.join(of_case, "case_id", "inner").join(_with_add_on(facts), "case_id", "left")  # one row a case each
    heads = F.greatest(F.coalesce("paid_heads", F.lit(1)), F.lit(1))
    plain = facts.policy.monthly_standard("_program", "_county", F.col("for_month")) * heads + F.lit(params.tolerance_yuan)
    has_add_on = F.coalesce("has_add_on", F.lit(False)) | F.coalesce(
        F.col("category").isin(list(params.full_rate_categories)), F.lit(False)
    )
    priced = known.withColumns(
        {
            "plain_yuan": plain.cast("decimal(18,2)"),
            "regular_yuan": (F.col("paid_yuan") - F.col("arrears_yuan")).cast("decimal(18,2)"),
            "has_add_on": has_add_on,
        }
    )
    highest = F.col("plain_yuan") * (1 + F.when(F.col("has_add_on"), F.lit(add_ons.highest_share)).otherwise(F.lit(Decimal(0))))
    return priced.withColumn("allowed_yuan", highest.cast("decimal(18,2)")).filter(F.col("paid_yuan") > F.col("plain_yuan"))


def _with_add_on(facts: Facts) -> DataFrame:
    """Cases in which somebody may have an add-on by law: case_id, has_add_on."""
    law = in_force(facts.policy.add_ons, facts.as_of)
    severe = facts.register("disabilities").filter(F.col("level").isin(list(law.disability_levels))).select("person_key")
    years = (facts.as_of.year, facts.as_of.year - 1)
    is_ill = F.col("year").isin(*years) & (F.col("self_paid") >= F.lit(law.ill_self_paid_yuan))
    ill = facts.register("medical_expenses").filter(is_ill).select("person_key")
    members = facts.members.select("case_id", F.col("subject_key").alias("person_key"), "born_on", "member_count")
    severely = members.join(severe.unionByName(ill).distinct(), "person_key", "left_semi").select("case_id")
    age = F.floor(F.months_between(F.lit(facts.as_of), F.col("born_on")) / 12)
    old_alone = members.filter((F.col("member_count") == 1) & (age >= law.old_age_years)).select("case_id")
    is_minor = age < law.minor_below_years
    families = members.groupBy("case_id").agg(
        F.sum(is_minor.cast("int")).alias("minors"), F.sum((~is_minor).cast("int")).alias("adults")
    )
    single_parents = families.filter("minors > 0 AND adults = 1").select("case_id")
    return severely.unionByName(old_alone).unionByName(single_parents).distinct().withColumn("has_add_on", F.lit(True))


def money(facts: Facts, params: PaidAboveStandardParams) -> DataFrame:
    """Months whose regular payment is above what is allowed; at stake is the excess."""
    above = monthly(facts, params).filter(F.col("regular_yuan") > F.col("allowed_yuan"))
    excess = (F.col("regular_yuan") - F.col("allowed_yuan")).cast("decimal(18,2)")
    return above.withColumn("paid_yuan", excess).select(*facts.months.columns)


def candidates(facts: Facts, params: PaidAboveStandardParams) -> DataFrame:
    """One row per case with a month above the plain standard: by regular pay, by add-ons, or by arrears booked on it."""
    months = monthly(facts, params)
    above = months.groupBy("case_id").agg(
        F.add_months(F.min("for_month"), -1).alias("before"),
        F.min("for_month").alias("above_from"),
        F.max("regular_yuan").alias("highest_yuan"),
        F.max("allowed_yuan").alias("limit_yuan"),
        F.max(((F.col("regular_yuan") > F.col("plain_yuan")) & F.col("has_add_on")).cast("int"))
        .cast("boolean")
        .alias("is_add_on"),
    )
    rows = recipients(facts).join(above, "case_id", "inner").withColumn("thing_key", F.lit("standard"))  # one row a case each
    timed = counted(rows, after="before").withColumn("event_on", F.col("above_from"))
    return with_payment_rows(timed, facts, months.select("case_id", "for_month"))


def judge(params: PaidAboveStandardParams) -> Judgement:
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("highest_yuan").cast("double"),
        threshold=F.col("limit_yuan").cast("double"),
        is_personal=False,
        exempt={
            "R25": (F.col("paid_months") == 0) & F.col("is_add_on"),
            "R03": F.col("paid_months") == 0,  # only with the arrears booked on it is the month above the standard
        },
        explanation=F.concat(
            F.lit("发放明细显示该户每月最高发放"), zh_yuan("highest_yuan"), F.lit("，高于按保障人数计算的最高标准"), zh_yuan("limit_yuan"),
            F.lit("，超出部分"), zh_paid(), F.lit("，请核实发放标准和增发依据。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="F01",
    title="Paid above the standard",
    title_zh="超标准发放",
    subject="the payee",
    unit="yuan a month",
    source="社会救助暂行办法（国务院令第649号，2014）第十二条：按照共同生活的家庭成员人均收入低于当地标准的差额发给；分类施保增发",
    in_force=(date(2014, 5, 1), None),
    params=PaidAboveStandardParams,
    candidates=candidates,
    judge=judge,
    verify=("核对当月执行的标准和保障人数", "核对是否有分类施保增发的审批", "核对是否为补发以前月份"),
    registers=("payments",),
    money=money,
)
