"""What the detectors of patterns look at, in the driver's memory: a benefit city is some ten thousand households.

Bounds: `cases` has a row per benefit household, `months` at most twelve per household and year, `members` one per person of a
roster, `states` KEPT_RUNS rows per household. Ten cities at once are some hundred megabytes. Nothing here grows with the registers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, ENTITLEMENT_MONTHS, FINDINGS, HOUSEHOLD_STATES, KIN, MEMBERS, PERSONS
from expectations.contracts.model import ORIGIN
from jobs.launch.context import RunContext
from jobs.registers.benefits import is_refund
from jobs.registers.linked import linked_registers
from jobs.rulebook.payments import transfers
from jobs.rules.aid_above_cap import yearly_cap
from jobs.runtime.arrow import on_driver

KEPT_RUNS = 6
"""States of the households that are kept: half a year of monthly deliveries."""
ROSTERS = (DATA_SETS["dibao_roster"], DATA_SETS["tekun_roster"])
_ABOUT_THE_CASE = (
    "case_id", "family", "program", "county_code", "town", "village", "category", "covered_heads", "member_count", "monthly_amount",
    "approved_on", "start_month", "stop_month", "grace_until", "phone_key", "approver_name_key", "bank_account_key",
)  # fmt: skip
_FIGURES = (
    "to_standard", "relative_to_peers", "paid_yuan_per_head", "paid_months", "gap_months", "highest_to_usual", "arrears_ratio", "refund_ratio",
    "registers_knowing", "foreign_holder_ratio", "accounts_used", "months_paid_before_approval", "heads_over_roster", "is_unrostered",
    "kin_in_office",
)  # fmt: skip


@dataclass(frozen=True)
class City:
    """Benefit households as the detectors see them.

    cases     a row a case: what the roster states, figures of the case (models.features), account_no (the account's digits as a
              number, null where it has none), is_home (in an institution's care), has_guardian, has_rigid_expense, is_single_cover,
              add_on_yuan (stated beside the monthly amount; 0 where nothing is)
    months    a row a case and month paid: paid_yuan, paid_heads, is_regular (neither arrears nor refund in it), last_paid_on,
              account and holder (digests)
    members   a row a person of a case: number_key, name_key, is_covered, in_registry, registry_status, book, has_namesake (somebody of
              the name is registered in the village: a number that is unknown may be written wrong)
    kin       case_id, name_key of the close kin of its people, on a roster or not
    stated    case_id, rule_code, outcome of what rules found or exempted; of deaths what they found clear, too
    aid       a row a case, aid with a yearly cap and year: transfers, total_yuan (refunds taken off), cap_yuan
    villages  county_code, town, village, registered (households of the registry whose people are not struck off)
    states    gold.household_states of the runs of other days
    """

    cases: pl.DataFrame
    months: pl.DataFrame
    members: pl.DataFrame
    kin: pl.DataFrame
    stated: pl.DataFrame
    aid: pl.DataFrame
    villages: pl.DataFrame
    states: pl.DataFrame
    as_of: date


def gathered(ctx: RunContext, features: DataFrame) -> City:
    """The city of a run. features: a row a case, as the forest sees it."""
    lake = ctx.lake
    figures = features.select("case_id", *_FIGURES)
    flags = [
        F.col("rigid_expense").cast("double").alias("rigid_expense"),
        F.col("rigid_expense").isNotNull().alias("has_rigid_expense"),
        F.col("declared_assets").isNotNull().alias("has_declared"),
    ]
    cases = on_driver(lake.read(CASES).select(*_ABOUT_THE_CASE, *flags).join(figures, "case_id", "left"))  # one row a case each
    members = on_driver(_members(ctx)).join(_namesakes(ctx), on=["case_id", "name_key"], how="left")
    months = on_driver(lake.read(ENTITLEMENT_MONTHS).drop("gross_yuan", "transfer_count").filter("paid_yuan > 0"))
    paid_to = on_driver(
        transfers(linked_registers(lake))
        .filter("amount > 0")
        .groupBy("case_id", "for_month")
        .agg(F.min("bank_account_key").alias("account"), F.max("account_name_key").alias("holder"))
    )
    is_stated = F.col("outcome").isin("found", "exempt") | (F.col("rule_code").isin("D01", "D02") & (F.col("outcome") == "clear"))
    stated = on_driver(lake.read(FINDINGS).filter(is_stated).select("case_id", "rule_code", "outcome").distinct())
    villages = on_driver(  # some thousands
        lake.read_or_empty(DATA_SETS["household_registry"].silver)
        .filter(F.col("status").isin("正常", "恢复"))
        .groupBy("county_code", "town", "village")
        .agg(F.countDistinct("book_no").cast("int").alias("registered"))
    )
    of_case = members.group_by("case_id").agg(pl.col("is_single_cover").any())
    return City(
        cases=cases.join(_on_rosters(ctx), on="case_id", how="left")
        .join(on_driver(_add_ons(ctx)), on="case_id", how="left")
        .join(of_case, on="case_id", how="left")
        .with_columns(pl.col("add_on_yuan").fill_null(0.0))
        .sort("case_id"),
        months=months.with_columns(is_regular=(pl.col("arrears_yuan") == 0) & (pl.col("refunded_yuan") == 0))
        .join(paid_to, on=["case_id", "for_month"], how="left")
        .sort("case_id", "for_month"),
        members=members.with_columns(pl.col("has_namesake").fill_null(False)).sort("case_id", "number_key", "name_key"),
        kin=on_driver(_kin(ctx)).unique().sort("case_id", "name_key"),
        stated=stated,
        aid=on_driver(_aid(ctx)).sort("case_id", "program", "year"),
        villages=villages.sort("county_code", "town", "village"),
        states=on_driver(lake.read_or_empty(HOUSEHOLD_STATES).filter(F.col("as_of") != F.lit(ctx.as_of))),
        as_of=ctx.as_of,
    )


def _members(ctx: RunContext) -> DataFrame:
    persons = ctx.lake.read(PERSONS).select(
        "person_id", "in_registry", "registry_status", F.concat_ws("|", "registry_county_code", "book_no").alias("book")
    )
    named = ctx.lake.read(MEMBERS).select("case_id", "number_key", "name_key", "person_id", "is_covered", "is_single_cover")
    return named.distinct().join(persons, "person_id", "left")  # a person has one row


def _kin(ctx: RunContext) -> DataFrame:
    """case_id, name_key of close kin: some of each person of a roster."""
    people = ctx.lake.read(MEMBERS).filter("number_key IS NOT NULL").select("case_id", "number_key").distinct()
    related = ctx.lake.read(KIN).select("number_key", F.col("kin_name_key").alias("name_key")).distinct()
    return people.join(related, "number_key", "inner").select("case_id", "name_key")


def _add_ons(ctx: RunContext) -> DataFrame:
    """case_id, add_on_yuan: what the roster states beside the monthly amount, where it has the column."""
    stated = ctx.lake.read_or_empty(DATA_SETS["dibao_roster"].silver).filter("add_on_amount > 0").select(*ORIGIN, "add_on_amount")
    heads = ctx.lake.read(MEMBERS).filter("is_head").select("case_id", *ORIGIN)
    return (
        heads.join(stated, list(ORIGIN), "inner")
        .groupBy("case_id")
        .agg(F.max("add_on_amount").cast("double").alias("add_on_yuan"))
    )


def _aid(ctx: RunContext) -> DataFrame:
    """Aid of a year that has a cap, under the number of somebody in a case."""
    caps = ctx.settings.policy.yearly_caps
    people = ctx.lake.read(MEMBERS).groupBy(F.col("number_key").alias("person_key")).agg(F.min("case_id").alias("case_id"))
    paid = linked_registers(ctx.lake)("payments").filter(F.col("program").isin(sorted({cap.program for cap in caps})))
    signed = F.when(is_refund(), -F.abs("amount")).otherwise(F.col("amount"))
    return (
        paid.join(people, "person_key", "inner")  # a number is of one case here: an aid is told once
        .groupBy("case_id", "program", F.year("for_month").alias("year"))
        .agg(F.sum((~is_refund()).cast("int")).cast("int").alias("transfers"), F.sum(signed).cast("double").alias("total_yuan"))
        .withColumn("cap_yuan", yearly_cap(caps, "program", "year").cast("double"))
    )


def _namesakes(ctx: RunContext) -> pl.DataFrame:
    """case_id, name_key, has_namesake of people whose number the registry does not know, and in whose village it knows the name."""
    place = ["county_code", "town", "village"]
    unknown = (
        ctx.lake.read(MEMBERS)
        .join(ctx.lake.read(PERSONS).filter("in_registry"), "person_id", "left_anti")
        .join(ctx.lake.read(CASES).select("case_id", *place), "case_id", "inner")  # a case is one row
        .select("case_id", "name_key", *place)
        .distinct()
    )
    registered = ctx.lake.read_or_empty(DATA_SETS["household_registry"].silver).select("name_key", *place)
    # The few are sent to the many: read is the registry, handed over what is found of some dozens.
    known = registered.join(F.broadcast(unknown), ["name_key", *place], "inner").select("case_id", "name_key").distinct()
    return on_driver(known).with_columns(has_namesake=pl.lit(True))


def _on_rosters(ctx: RunContext) -> pl.DataFrame:
    """case_id, account_no, is_home, has_guardian: what only the delivered rows tell. An account stays a number in memory, so that its
    neighbours can be known; no table holds it."""
    rows = ctx.lake.read(MEMBERS).filter("is_head").select("case_id", *ORIGIN)
    parts = []
    for roster in ROSTERS:
        if ctx.lake.exists(roster.bronze):
            has_care = roster.code == "tekun_roster"
            delivered = ctx.lake.read(roster.bronze).select(
                *ORIGIN, "bank_account",
                F.col("institution") if has_care else F.lit(None).cast("string").alias("institution"),
                F.col("guardian") if has_care else F.lit(None).cast("string").alias("guardian"),
            )  # fmt: skip
            parts.append(on_driver(rows.join(delivered, list(ORIGIN), "inner").drop(*ORIGIN)))  # an origin is one row
    told = pl.concat(parts)
    digits = pl.col("bank_account").str.normalize("NFKC").str.replace_all(r"\D", "")
    return told.group_by("case_id").agg(
        account_no=pl.when(digits.str.len_chars().is_between(12, 19)).then(digits).min().cast(pl.Int128, strict=False),
        is_home=pl.col("institution").is_not_null().any(),
        has_guardian=pl.col("guardian").is_not_null().any(),
    )
