"""Households as the unit of a case: who is in them, what they draw, for which months money moved."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import CASES, MEMBERS
from expectations.contracts.model import ORIGIN
from jobs.registers.benefits import BENEFIT_PROGRAMS, Silver, case_id, family_of
from jobs.registers.conditions import holds, may_hold
from jobs.registers.grades import capped, grade_cap


def _origin_order() -> list[Column]:
    return [F.col(column) for column in ORIGIN]


def _dibao_members(roster: DataFrame) -> DataFrame:
    return roster.select(
        case_id("county_code", F.lit("dibao"), "household_no").alias("case_id"),
        F.lit("dibao_roster").alias("data_set"),
        *ORIGIN,
        F.col("person_key").alias("number_key"),
        F.col("person_number_state").alias("number_state"),
        "name_key",
        "relation",
        (holds(F.col("relation") == "户主") | holds(F.col("person_key") == F.col("head_key"))).alias("is_head"),
        may_hold(F.col("covered") == "是").alias("is_covered"),
        # Some offices mark the whole household: covered alone is whoever is covered in it.
        holds((F.col("single_person_cover") == "是") & (F.col("covered") == "是")).alias("is_single_cover"),
        "approved_on",
        "start_month",
        "stop_month",
        "grace_until",
    )


def _tekun_members(roster: DataFrame) -> DataFrame:
    return roster.select(
        case_id("county_code", F.lit("tekun"), "tekun_no").alias("case_id"),
        F.lit("tekun_roster").alias("data_set"),
        *ORIGIN,
        F.col("person_key").alias("number_key"),
        F.col("person_number_state").alias("number_state"),
        "name_key",
        F.lit("户主").alias("relation"),
        F.lit(True).alias("is_head"),
        F.lit(True).alias("is_covered"),
        F.lit(False).alias("is_single_cover"),
        "approved_on",
        "start_month",
        "stop_month",
        F.lit(None).cast("date").alias("grace_until"),
    )


def _payees(payments: DataFrame, roster_members: DataFrame) -> DataFrame:
    """Payees of a case whom its roster does not name: one row a case and number."""
    benefit = payments.filter(F.col("program").isin(list(BENEFIT_PROGRAMS)) & F.col("household_no").isNotNull())
    named = benefit.withColumn("case_id", case_id("county_code", family_of("program"), "household_no")).filter(
        F.col("person_key").isNotNull()
    )
    strangers = named.join(
        roster_members.select("case_id", F.col("number_key").alias("person_key")).distinct(),
        ["case_id", "person_key"],
        "left_anti",
    )
    first = Window.partitionBy("case_id", "person_key").orderBy("for_month", *_origin_order())
    return strangers.withColumn("_n", F.row_number().over(first)).filter("_n = 1").select(
        "case_id",
        F.lit("payments").alias("data_set"),
        *ORIGIN,
        F.col("person_key").alias("number_key"),
        F.col("person_number_state").alias("number_state"),
        "name_key",
        F.lit("领取人").alias("relation"),
        F.lit(True).alias("is_head"),
        F.lit(False).alias("is_covered"),
        F.lit(False).alias("is_single_cover"),
        F.lit(None).cast("date").alias("approved_on"),
        F.col("for_month").alias("start_month"),
        F.lit(None).cast("date").alias("stop_month"),
        F.lit(None).cast("date").alias("grace_until"),
    )  # fmt: skip


def named_persons(silver: Silver) -> DataFrame:
    """Everyone whom a benefit names: number_key, name_key, data_set and origin, one row a roster row or stranger among payees.

    Rows without a usable number are there, too: number_key is null.
    """
    roster = _dibao_members(silver("dibao_roster")).unionByName(_tekun_members(silver("tekun_roster")))
    return roster.unionByName(_payees(silver("payments"), roster))


def members(named: DataFrame, identities: DataFrame) -> DataFrame:
    """silver.members: everyone whom a benefit names, tied to a person where that can be."""
    known = identities.select(
        F.col("number_key").alias("_number"),
        F.col("name_key").alias("_name"),
        "person_id",
        F.col("grade").alias("identity_grade"),
    )
    joined = named.join(
        known,
        (named["number_key"] == known["_number"]) & (F.coalesce(named["name_key"], F.lit("")) == known["_name"]),
        "left",  # identities are unique by number and name
    )
    graded = joined.withColumn("identity_grade", capped("identity_grade", grade_cap("number_state")))
    return graded.select(*MEMBERS.column_names)


def cases(silver: Silver, members: DataFrame) -> DataFrame:
    """silver.cases: one row per household of a roster, and per household that is paid without one."""
    by_case = Window.partitionBy("case_id").orderBy(F.col("_is_head").desc(), *_origin_order())
    dibao = silver("dibao_roster").select(
        case_id("county_code", F.lit("dibao"), "household_no").alias("case_id"),
        F.lit("dibao").alias("family"), "program", "county_code", "county", "town", "village", "household_no",
        "category", "covered_heads", "monthly_amount", "approved_on", "start_month", "stop_month", "grace_until", "declared_assets",
        "rigid_expense", "bank_account_key", "phone_key", "approver_name_key", (F.col("relation") == "户主").alias("_is_head"), *ORIGIN,
    )  # fmt: skip
    tekun = silver("tekun_roster").select(
        case_id("county_code", F.lit("tekun"), "tekun_no").alias("case_id"),
        F.lit("tekun").alias("family"), "program", "county_code", "county", "town", "village", F.col("tekun_no").alias("household_no"),
        F.lit(None).cast("string").alias("category"), F.lit(1).alias("covered_heads"), "monthly_amount", "approved_on", "start_month", "stop_month",
        F.lit(None).cast("date").alias("grace_until"), F.lit(None).cast("string").alias("declared_assets"),
        F.lit(None).cast("decimal(18,2)").alias("rigid_expense"), "bank_account_key", F.lit(None).cast("string").alias("phone_key"),
        "approver_name_key", F.lit(True).alias("_is_head"), *ORIGIN,
    )  # fmt: skip
    paid = silver("payments").filter(F.col("program").isin(list(BENEFIT_PROGRAMS)) & F.col("household_no").isNotNull())
    unrostered = paid.select(
        case_id("county_code", family_of("program"), "household_no").alias("case_id"),
        family_of("program").alias("family"), "program", "county_code", F.lit(None).cast("string").alias("county"),
        F.lit(None).cast("string").alias("town"), F.lit(None).cast("string").alias("village"), "household_no",
        F.lit(None).cast("string").alias("category"), F.col("heads").alias("covered_heads"), F.col("amount").alias("monthly_amount"),
        F.lit(None).cast("date").alias("approved_on"),
        F.col("for_month").alias("start_month"), F.lit(None).cast("date").alias("stop_month"), F.lit(None).cast("date").alias("grace_until"),
        F.lit(None).cast("string").alias("declared_assets"), F.lit(None).cast("decimal(18,2)").alias("rigid_expense"),
        "bank_account_key", F.lit(None).cast("string").alias("phone_key"), F.lit(None).cast("string").alias("approver_name_key"),
        F.lit(False).alias("_is_head"), *ORIGIN,
    )  # fmt: skip
    rostered = dibao.unionByName(tekun)
    rows = rostered.unionByName(unrostered.join(rostered.select("case_id").distinct(), "case_id", "left_anti"))
    one = rows.withColumn("_n", F.row_number().over(by_case)).filter("_n = 1")
    head_first = Window.partitionBy("case_id").orderBy(F.col("is_head").desc(), "data_set", *_origin_order())
    heads = (
        members.withColumn("_n", F.row_number().over(head_first))
        .withColumn("member_count", F.count("*").over(Window.partitionBy("case_id")).cast("int"))
        .filter("_n = 1")
        .select("case_id", F.col("person_id").alias("head_person_id"), "member_count")
    )
    return one.join(heads, "case_id", "left").select(*CASES.column_names)  # heads has one row a case
