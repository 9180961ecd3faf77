"""P01 Several homes or business property: a member of a benefit household owns more homes than one, or a shop or an office."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_business, is_own_business, is_own_home, is_repeated_unit, unit_keys
from jobs.registers.sentences import zh_day, zh_paid
from jobs.rulebook.facts import MEMBER_COLUMNS, Facts, held_by, with_months_that_count
from jobs.rulebook.household import household_exemptions
from jobs.rulebook.rule import Judgement, NoParams, Rule


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per owner. Counted from the month after the unit that is one too many, or business property, was registered."""
    lines = Lines.of(facts.policy, facts.as_of)
    homes = lines.properties.homes
    # A row under another name (grade D) is not the owner's; those of a repaired number are.
    owner = ["case_id", "subject_key", "subject_name_key", "is_other"]
    held = held_by(facts.household, facts, "properties", "owner_key", "owner_name_key").withColumns(
        {
            "is_other": F.col("identity_grade") == "D",
            **unit_keys(),
            "evidence": rows_of("properties", "use", "nature", "share_pct", "area", "address", "registered_on"),
        }
    )
    rows = held.withColumn("is_repeated", is_repeated_unit(owner, "registered_on")).withColumns(
        {
            "is_home": is_own_home(lines) & ~F.col("is_repeated"),
            "is_shop": is_business(lines) & ~F.col("is_repeated"),
            "is_business": is_own_business(lines) & ~F.col("is_repeated"),
        }
    )
    by_day = Window.partitionBy(*owner, "is_home").orderBy("registered_on", "cert_no", *ORIGIN)
    too_many = (F.col("is_home") & (F.col("nth") > homes)) | F.col("is_business")
    owned = (
        rows.withColumn("nth", F.row_number().over(by_day))
        .groupBy(*owner, "person_id", *(column for column in MEMBER_COLUMNS if column not in owner))
        .agg(
            F.max("identity_grade").alias("identity_grade"),
            _count(~F.col("is_repeated")).alias("unit_count"),
            _count(F.col("is_home")).alias("home_count"),
            _count(F.col("is_business")).alias("business_count"),
            _count(F.col("is_shop")).alias("shop_count"),
            _count(F.col("use").isNull()).alias("unknown_count"),
            F.min(F.when(too_many, F.col("registered_on"))).alias("too_many_on"),
            F.max("registered_on").alias("last_on"),
            in_order(F.flatten(F.collect_list("evidence"))).alias("evidence"),
        )
        .withColumn("allowed_homes", F.lit(homes))
    )
    at = owned.withColumn("owned_on", F.when(is_above(), F.col("too_many_on")).otherwise(F.col("last_on")))
    return with_months_that_count(at, after="owned_on", has_grace=True).withColumn("thing_key", F.lit("properties"))


def _count(condition: Column) -> Column:
    return F.sum(condition.cast("int")).cast("int")


def is_above() -> Column:
    return (F.col("home_count") > F.col("allowed_homes")) | (F.col("business_count") > 0)


def judge(params: NoParams) -> Judgement:
    homes, shops = F.col("home_count"), F.col("business_count")
    too_many = F.greatest(homes - F.col("allowed_homes"), F.lit(0)) + shops
    told = F.concat_ws(
        "、",
        F.when(homes > 0, F.format_string("住房%d套", "home_count")),
        F.when(shops > 0, F.format_string("商业或办公用房%d处", "business_count")),
    )
    return Judgement(
        found=is_above() & (F.col("paid_months") > 0),
        value=too_many.cast("double"),
        threshold=0.0,
        is_personal=False,
        missing={"use": (F.col("unknown_count") > 0) & ~is_above(), "registered_on": is_above() & F.col("event_on").isNull()},
        doubts={"R21": F.col("unit_count") > F.col("home_count") + F.col("business_count")},
        signals={
            "other_units": (F.col("unit_count") - F.col("home_count") - F.col("business_count")),
            "business": F.col("business_count"),
            "bought_while_drawing": (F.col("owned_on") >= F.col("start_month")).cast("int"),
            "outside_roster": F.col("joined_on").isNotNull().cast("int"),
        },
        exempt={
            # More than one unit or a shop is registered, yet no more than one home of the owner's own.
            "R21": ~is_above() & ((F.col("unit_count") > F.col("allowed_homes")) | (F.col("shop_count") > 0)),
            **household_exemptions(is_above()),
        },
        explanation=F.concat(
            F.lit("不动产登记显示该对象名下有"), F.when(is_above(), told).otherwise(F.format_string("不动产%d处", "unit_count")), F.lit("（"),
            F.coalesce(zh_day("event_on"), F.lit("日期不明")), F.lit("登记），其家庭"), zh_paid(), F.lit("，请核实房屋来源和实际使用情况。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="P01",
    title="Several homes or business property",
    title_zh="名下多套房产或商业用房",
    subject="the owner",
    unit="units too many",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：家庭财产包括房屋",
    in_force=(date(2012, 12, 12), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("查看房屋来源：购买、安置、继承或代持", "核对是否为同一住房的重复登记", "核对租金等收入是否已计入家庭收入"),
    registers=("properties",),
)
