"""F01 Paid above the standard: a month's regular payment is more than the standard allows for the persons paid for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import reduce

from pydantic import Field
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.conditions import holds
from jobs.registers.policy import AddOns, by_month
from jobs.registers.sentences import zh_month, zh_yuan
from jobs.rulebook.facts import Facts, once, recipients, with_months_that_count
from jobs.rulebook.payments import with_payment_rows, zh_months_and_yuan
from jobs.rulebook.rule import Judgement, Rule


class PaidAboveStandardParams(Conf):
    tolerance_yuan: Decimal = Field(ge=0, description="a month, for rounding and for fractions of a change of the standard")
    full_rate_categories: tuple[str, ...] = Field(description="categories of a household that mean the full rate with add-ons")


@once
def monthly(facts: Facts, params: PaidAboveStandardParams) -> DataFrame:
    """Months of entitlement above the plain standard in any way: with regular_yuan, plain_yuan and allowed_yuan of each, by the
    standard and the add-ons of the month."""
    laws = facts.policy.add_ons
    of_case = facts.cases.select(
        "case_id", F.col("county_code").alias("_county"), F.col("program").alias("_program"), "category", "covered_heads"
    )
    persons = reduce(DataFrame.unionByName, (_with_add_on(facts, law).withColumn("law", F.lit(n)) for n, law in enumerate(laws)))
    months = facts.months.withColumn("law", by_month(laws, F.col("for_month"), lambda law: F.lit(laws.index(law))))
    known = months.join(of_case, "case_id", "inner").join(persons, ["case_id", "law"], "left")  # one row a case, and a law
    highest_share = by_month(laws, F.col("for_month"), lambda law: F.lit(law.highest_share))
    heads = F.greatest(F.coalesce("paid_heads", "covered_heads", F.lit(1)), F.lit(1))
    is_full_rate = holds(F.col("category").isin(list(params.full_rate_categories)))
    with_add_on = F.when(is_full_rate, heads).otherwise(F.least(F.coalesce("add_on_heads", F.lit(0)), heads))
    standard = facts.policy.monthly_standard("_program", "_county", F.col("for_month"))
    tolerance = F.lit(params.tolerance_yuan)
    return known.withColumns(
        {
            "plain_yuan": (standard * heads + tolerance).cast("decimal(18,2)"),
            "allowed_yuan": (standard * (heads + with_add_on * highest_share) + tolerance).cast("decimal(18,2)"),
            "regular_yuan": (F.col("paid_yuan") - F.col("arrears_yuan")).cast("decimal(18,2)"),
        }
    ).filter(F.col("paid_yuan") > F.col("plain_yuan"))


def _with_add_on(facts: Facts, law: AddOns) -> DataFrame:
    """Cases and how many of their persons may have an add-on by the law, at some time in the last year: case_id, add_on_heads."""
    severe = facts.register("disabilities").filter(F.col("level").isin(list(law.disability_levels))).select("person_key")
    years = (facts.as_of.year, facts.as_of.year - 1)
    is_ill = F.col("year").isin(*years) & (F.col("self_paid") >= F.lit(law.ill_self_paid_yuan))
    ill = facts.register("medical_expenses").filter(is_ill).select("person_key")
    members = facts.members.select("case_id", F.col("subject_key").alias("person_key"), "born_on", "member_count")
    severely = members.join(severe.unionByName(ill).distinct(), "person_key", "left_semi").select("case_id", "person_key")
    age = F.floor(F.months_between(F.lit(facts.as_of), F.col("born_on")) / 12)
    old_alone = members.filter((F.col("member_count") == 1) & (age >= law.old_age_years)).select("case_id", "person_key")
    minors = members.filter(age <= law.minor_below_years)  # who came of age within the year was a minor in it
    one_adult = minors.groupBy("case_id").agg(F.count("*").alias("minors"), F.max("member_count").alias("persons"))
    of_single_parent = minors.join(one_adult.filter("persons = minors + 1"), "case_id", "left_semi").select(
        "case_id", "person_key"
    )
    persons = severely.unionByName(old_alone).unionByName(of_single_parent).distinct()
    return persons.groupBy("case_id").agg(F.count("*").cast("int").alias("add_on_heads"))


def money(facts: Facts, params: PaidAboveStandardParams) -> DataFrame:
    """Months whose regular payment is above what is allowed; at stake is the excess."""
    above = monthly(facts, params).filter(F.col("regular_yuan") > F.col("allowed_yuan"))
    excess = (F.col("regular_yuan") - F.col("allowed_yuan")).cast("decimal(18,2)")
    return above.withColumn("paid_yuan", excess).select(*facts.months.columns)


def candidates(facts: Facts, params: PaidAboveStandardParams) -> DataFrame:
    """One row per case with a month above the plain standard: by regular pay, by add-ons, or by arrears booked on it.

    highest_yuan, limit_yuan: of the month that is furthest above what is allowed.
    """
    months = monthly(facts, params)
    furthest = Window.partitionBy("case_id").orderBy((F.col("regular_yuan") - F.col("allowed_yuan")).desc(), "for_month")
    shown = months.withColumn("_nth", F.row_number().over(furthest)).filter("_nth = 1").select(
        "case_id", F.col("regular_yuan").alias("highest_yuan"), F.col("allowed_yuan").alias("limit_yuan"), F.col("for_month").alias("highest_in"),
    )  # fmt: skip
    is_by_add_on = (F.col("regular_yuan") > F.col("plain_yuan")) & (F.col("allowed_yuan") > F.col("plain_yuan"))
    above = months.groupBy("case_id").agg(
        F.add_months(F.min("for_month"), -1).alias("before"),
        F.min("for_month").alias("above_from"),
        F.max(is_by_add_on.cast("int")).cast("boolean").alias("is_add_on"),
    )
    rows = recipients(facts).join(above, "case_id", "inner").join(shown, "case_id", "inner")  # one row a case each
    timed = with_months_that_count(rows.withColumn("thing_key", F.lit("standard")), after="before").withColumn(
        "event_on", F.col("above_from")
    )
    return with_payment_rows(timed, facts, months.select("case_id", "for_month"))


def judge(params: PaidAboveStandardParams) -> Judgement:
    too_much = F.concat(
        F.lit("发放明细显示该户"), zh_month("highest_in"), F.lit("的待遇为"), zh_yuan("highest_yuan"), F.lit("，高于按发放人数和"),
        F.lit("分类施保计算的最高额"), zh_yuan("limit_yuan"), F.lit("；超出部分"), zh_months_and_yuan(), F.lit("，请核实发放标准和增发依据。"),
    )  # fmt: skip
    lawful = F.lit("发放明细显示该户有的月份发放额高于按发放人数计算的标准，可由分类施保增发或补发以前月份说明。")
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("highest_yuan").cast("double"),
        threshold=F.col("limit_yuan").cast("double"),
        is_personal=False,
        exempt={
            "R25": (F.col("paid_months") == 0) & F.col("is_add_on"),
            "R03": F.col("paid_months") == 0,  # only with the arrears booked on it is the month above the standard
        },
        explanation=F.when(F.col("paid_months") > 0, too_much).otherwise(lawful),
    )


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
    verify=("核对当月执行的标准和保障人数", "核对是否有分类施保增发的审批", "核对是否为补发、价格补贴或节日慰问"),
    registers=("payments",),
    money=money,
)
