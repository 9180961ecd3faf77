"""F02 Shared account: one bank account draws for several households that have nothing to do with one another."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.conditions import holds
from jobs.rulebook.facts import Facts, once, recipients, with_months_that_count
from jobs.rulebook.payments import transfers_of_benefits, with_payment_rows, zh_months_and_yuan
from jobs.rulebook.rule import Judgement, Rule


class SharedAccountParams(Conf):
    least_households: int = Field(ge=2, description="households on one account from which it is asked about")


@once
def accounts(facts: Facts, params: SharedAccountParams) -> DataFrame:
    return accounts_in_use(facts, params.least_households)


def accounts_in_use(facts: Facts, least_households: int) -> DataFrame:
    """Case and account that it draws by, where so many households or more draw by it.

    Columns case_id, bank_account_key, first_drawn, last_drawn, households, holder_key, is_home, is_guardian, is_own, has_many_names.
    """
    used = (
        transfers_of_benefits(facts)
        .filter(F.col("bank_account_key").isNotNull() & (F.col("amount") > 0))
        .groupBy("case_id", "bank_account_key")
        .agg(
            F.min("for_month").alias("first_drawn"),
            F.max("for_month").alias("last_drawn"),
            F.max("account_name_key").alias("stated_key"),
        )
    )
    on_account = Window.partitionBy("bank_account_key")
    one_name = F.min("stated_key").over(on_account) == F.max("stated_key").over(on_account)
    shared = used.withColumns(
        {
            "households": F.count("*").over(on_account),
            # Where one transfer lacks the name of the holder, the others on the account tell it.
            "holder_key": F.coalesce("stated_key", F.when(one_name, F.max("stated_key").over(on_account))),
            "has_many_names": holds(~one_name),
        }
    ).filter(F.col("households") >= least_households)
    own = facts.named.select("case_id", F.col("name_key").alias("holder_key")).distinct().withColumn("is_own", F.lit(True))
    told = shared.join(_in_care(facts), "case_id", "left").join(own, ["case_id", "holder_key"], "left")  # one row a case each
    in_one_home = Window.partitionBy("bank_account_key", "institution")
    return told.withColumns(
        {
            # Most who draw by it are in the care of one home: the account is the home's. Who else draws by it is asked about.
            "is_home": F.col("institution").isNotNull() & (F.count("*").over(in_one_home) * 2 > F.col("households")),
            "is_guardian": holds(F.col("holder_key") == F.col("guardian_key")),
            "is_own": holds(F.col("is_own")),
        }
    )


def _in_care(facts: Facts) -> DataFrame:
    """Destitute persons with their guardian, and the institution of those in its care: case_id, institution, guardian_key."""
    tekun = facts.named.filter("data_set = 'tekun_roster'").select("case_id", "_file_id", "_sheet", "_row")
    return (
        facts.register("tekun_roster")
        .join(tekun, ["_file_id", "_sheet", "_row"], "inner")  # an origin is one row
        .groupBy("case_id")
        .agg(
            F.max(F.when(F.col("care_mode") == "集中", F.col("institution"))).alias("institution"),
            F.max("guardian_name_key").alias("guardian_key"),
        )
    )


def candidates(facts: Facts, params: SharedAccountParams) -> DataFrame:
    """One row per case and account that draws for several households. All months drawn by it count."""
    shared = accounts(facts, params).withColumn("before", F.add_months("first_drawn", -1))
    rows = recipients(facts).join(shared, "case_id", "inner")  # recipients are one row a case
    rows = rows.withColumn("thing_key", F.concat(F.lit("account:"), F.substring("bank_account_key", 1, 16)))
    timed = with_months_that_count(rows, after="before", until=F.col("last_drawn")).withColumn("event_on", F.col("first_drawn"))
    drawn = transfers_of_benefits(facts).join(
        shared.select("case_id", "bank_account_key"), ["case_id", "bank_account_key"], "left_semi"
    )
    return with_payment_rows(timed, facts, drawn.select("case_id", "for_month"))


def judge(params: SharedAccountParams) -> Judgement:
    many_names = F.col("is_own") & F.col("has_many_names")  # one account cannot be everybody's own
    whose = (
        F.when(F.col("is_home"), F.lit("，账户由供养机构使用"))
        .when(F.col("is_guardian"), F.lit("，开户人是登记的监护人"))
        .otherwise(F.lit("，开户人不是户内成员"))
    )
    return Judgement(
        found=~F.col("is_own") & (F.col("paid_months") > 0),
        value=F.col("households").cast("double"),
        threshold=float(params.least_households - 1),
        is_personal=False,
        missing={"account_name": ~F.col("is_home") & (F.col("holder_key").isNull() | many_names)},
        exempt={"R22": F.col("is_home") | F.col("is_guardian")},
        explanation=F.concat(
            F.lit("发放明细显示该户的待遇打入一个先后为"), F.col("households").cast("string"), F.lit("户收款的账户"), whose,
            F.coalesce(F.concat(F.lit("；打入该账户"), zh_months_and_yuan()), F.lit("")), F.lit("，请核实是否本人领取、有无委托。"),
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
