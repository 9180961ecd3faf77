"""P01 Several homes or business property: a member of a benefit household owns more homes than one, or a shop or an office."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.model import ORIGIN
from jobs.rules.facts import MEMBER_COLUMNS, Facts, counted, held_by, in_order, rows_of
from jobs.rules.household import household_exemptions
from jobs.rules.policy import in_force
from jobs.rules.rule import Judgement, Rule, zh_day, zh_paid


class OwnsPropertyParams(Conf):
    business_uses: tuple[str, ...] = Field(description="uses that make a unit business property")
    home_uses: tuple[str, ...] = Field(
        description="uses that make a unit a home; all others, garages and homesteads among them, are none"
    )
    given_natures: tuple[str, ...] = Field(description="natures of a unit that was given, replaced or inherited, not bought")


def candidates(facts: Facts, params: OwnsPropertyParams) -> DataFrame:
    """One row per member. Counted from the month after the unit that is one too many, or business property, was registered."""
    means = in_force(facts.policy.means, facts.as_of)
    is_whole = F.coalesce(F.col("share_pct") >= F.lit(means.small_share_percent), F.lit(True))
    is_own = is_whole & ~F.coalesce(F.col("nature").isin(list(params.given_natures)), F.lit(False))
    is_business, is_home = (
        F.coalesce(F.col("use").isin(list(uses)), F.lit(False)) & is_own for uses in (params.business_uses, params.home_uses)
    )
    owner = ["case_id", "subject_key", "subject_name_key", "identity_grade"]
    by_day = Window.partitionBy(*owner, "_is_home").orderBy("registered_on", "cert_no", *ORIGIN)
    units = (
        held_by(facts.household, facts, "properties", "owner_key", "owner_name_key")
        .withColumns({"_is_home": is_home, "_is_business": is_business})
        .withColumn("_nth", F.row_number().over(by_day))
        .withColumn("_evidence", rows_of("properties", "use", "nature", "share_pct", "area", "address", "registered_on"))
    )
    too_many = F.col("_is_home") & (F.col("_nth") > means.homes)
    owned = units.groupBy(*owner, "person_id", *(column for column in MEMBER_COLUMNS if column not in owner)).agg(
        F.count("*").cast("int").alias("unit_count"),
        F.sum(F.col("_is_home").cast("int")).cast("int").alias("home_count"),
        F.sum(F.col("_is_business").cast("int")).cast("int").alias("business_count"),
        F.min(F.when(too_many | F.col("_is_business"), F.col("registered_on"))).alias("owned_on"),
        F.max("registered_on").alias("last_on"),
        F.max(F.col("use").isNull().cast("int")).alias("unknown_use"),
        in_order(F.flatten(F.collect_list("_evidence"))).alias("evidence"),
    )
    at = owned.withColumns({"owned_on": F.coalesce("owned_on", "last_on"), "allowed_homes": F.lit(means.homes)})
    return counted(at, after="owned_on", has_grace=True).withColumn("thing_key", F.lit("properties"))


def is_above() -> Column:
    return (F.col("home_count") > F.col("allowed_homes")) | (F.col("business_count") > 0)


def judge(params: OwnsPropertyParams) -> Judgement:
    return Judgement(
        found=is_above() & (F.col("paid_months") > 0),
        value=F.col("home_count").cast("double"),
        threshold=1.0,
        is_personal=False,
        missing={"use": F.col("unknown_use").cast("boolean") & ~is_above()},
        exempt={
            "R21": ~is_above() & (F.col("unit_count") > F.col("allowed_homes")),
            **household_exemptions(),
        },
        explanation=F.concat(
            F.lit("不动产登记显示该对象名下有"),
            F.when(F.col("home_count") > 0, F.format_string("住房%d套", "home_count")).otherwise(F.lit("")),
            F.when((F.col("home_count") > 0) & (F.col("business_count") > 0), F.lit("、")).otherwise(F.lit("")),
            F.when(F.col("business_count") > 0, F.format_string("商业或办公用房%d处", "business_count")).otherwise(F.lit("")),
            F.lit("（"), zh_day("event_on"), F.lit("登记），其家庭"), zh_paid(), F.lit("，请核实房屋来源和实际使用情况。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="P01",
    title="Several homes or business property",
    title_zh="名下多套房产或商业用房",
    subject="the owner",
    unit="homes",
    source="最低生活保障审核审批办法（民发〔2012〕220号）：家庭财产包括房屋",
    in_force=(date(2012, 12, 12), None),
    params=OwnsPropertyParams,
    candidates=candidates,
    judge=judge,
    verify=("查看房屋来源：购买、安置、继承或代持", "核对是否为同一住房的重复登记", "核对租金等收入是否已计入家庭收入"),
    registers=("properties",),
)
