"""F02 Shared account: one bank account draws for several households that have nothing to do with one another."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.rules.facts import Facts, counted
from jobs.rules.payments import recipients, transfers, with_payment_rows
from jobs.rules.rule import Judgement, Rule, zh_paid


class SharedAccountParams(Conf):
    least_households: int = Field(ge=2, description="households on one account from which it is asked about")


def accounts(facts: Facts, params: SharedAccountParams) -> DataFrame:
    """Case and account, where the account draws for several: case_id, bank_account_key, first month, households on it, who holds it."""
    used = (
        transfers(facts.register)
        .filter(F.col("bank_account_key").isNotNull() & (F.col("amount") > 0))
        .groupBy("case_id", "bank_account_key")
        .agg(
            F.min("for_month").alias("first_drawn"),
            F.max("for_month").alias("last_drawn"),
            F.max("account_name_key").alias("holder_key"),
        )
    )
    on_account = Window.partitionBy("bank_account_key")
    shared = used.withColumn("households", F.count("*").over(on_account)).filter(F.col("households") >= params.least_households)
    tekun = facts.named.filter("data_set = 'tekun_roster'").select("case_id", "_file_id", "_sheet", "_row")
    care = (
        facts.register("tekun_roster")
        .join(tekun, ["_file_id", "_sheet", "_row"], "inner")  # an origin is one row
        .groupBy("case_id")
        .agg(
            F.max("institution").alias("institution"),
            F.max((F.col("care_mode") == "集中").cast("int")).alias("in_care"),
            F.max("guardian_name_key").alias("guardian_key"),
        )
    )
    own = facts.named.select("case_id", F.col("name_key").alias("holder_key")).distinct().withColumn("is_own", F.lit(True))
    return (
        shared.join(care, "case_id", "left")
        .join(own, ["case_id", "holder_key"], "left")
        .withColumns(
            {
                # Nobody else than people in the care of one home: the account is the home's.
                "is_home": F.coalesce(
                    (F.min(F.coalesce("in_care", F.lit(0))).over(on_account) == 1)
                    & (F.min("institution").over(on_account) == F.max("institution").over(on_account)),
                    F.lit(False),
                ),
                "is_guardian": F.coalesce(F.col("holder_key") == F.col("guardian_key"), F.lit(False)),
                "is_own": F.coalesce("is_own", F.lit(False)),
            }
        )
    )


def candidates(facts: Facts, params: SharedAccountParams) -> DataFrame:
    """One row per case and account that draws for several households. All months drawn by it count."""
    shared = accounts(facts, params).withColumn("before", F.add_months("first_drawn", -1))
    rows = (
        recipients(facts)
        .join(shared, "case_id", "inner")
        .withColumn(  # recipients are one row a case
            "thing_key", F.concat(F.lit("account:"), F.substring("bank_account_key", 1, 16))
        )
    )
    timed = counted(rows, after="before", until=F.col("last_drawn")).withColumn("event_on", F.col("first_drawn"))
    drawn = transfers(facts.register).join(
        shared.select("case_id", "bank_account_key"), ["case_id", "bank_account_key"], "left_semi"
    )
    return with_payment_rows(timed, facts, drawn.select("case_id", "for_month"))


def judge(params: SharedAccountParams) -> Judgement:
    return Judgement(
        found=~F.col("is_own") & (F.col("paid_months") > 0),
        value=F.col("households").cast("double"),
        threshold=float(params.least_households),
        is_personal=False,
        missing={"account_name": F.col("holder_key").isNull()},
        exempt={"R22": F.col("is_home") | F.col("is_guardian")},
        explanation=F.concat(
            F.format_string("发放明细显示该户的待遇打入一个同时为%d户收款的账户，开户名不是户内成员，", "households"),
            zh_paid(), F.lit("，请核实是否本人领取、有无委托。"),
        ),
    )  # fmt: skip


RULE = Rule(
    code="F02",
    title="Shared account",
    title_zh="一个账户领取多户",
    subject="each payee",
    unit="households",
    source="社会救助暂行办法（国务院令第649号，2014）第五条：社会救助资金专款专用；救助资金社会化发放到本人账户的规定",
    in_force=(date(2014, 5, 1), None),
    params=SharedAccountParams,
    candidates=candidates,
    judge=judge,
    verify=("核对开户人与各户的关系", "核对是否有书面委托或监护关系", "询问本人是否足额收到待遇"),
    registers=("payments",),
)
