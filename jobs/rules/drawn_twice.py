"""R01 Drawn twice: a person is covered in two households, or by two benefits that exclude one another, for the same months."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from jobs.registers.conditions import holds
from jobs.rulebook.facts import Facts, once, with_months_that_count
from jobs.rulebook.payments import zh_months_and_yuan
from jobs.rulebook.rule import Judgement, Rule


class DrawnTwiceParams(Conf):
    transfer_months: int = Field(ge=0, description="months in which both may pay where one benefit ends and the other begins")


@once
def pairs(facts: Facts) -> DataFrame:
    """One row per person covered in two cases, on the later approved of them: MEMBER_COLUMNS, and `_other` with the first case.

    Two names under one number are there, too, with grade D: whether they are two people is the owner of the data's to say.
    """
    covered = facts.members.filter("is_covered")
    first = covered.select(
        F.col("case_id").alias("_other"), F.col("subject_key").alias("_number"), F.col("member_person_id").alias("_person"),
        F.col("member_grade").alias("_other_grade"), F.col("approved_on").alias("_other_approved"), F.col("start_month").alias("_other_start"),
        F.col("stop_month").alias("_other_stop"), F.col("case_program").alias("_other_program"), F.col("covered_heads").alias("_other_heads"),
    )  # fmt: skip
    one_person = covered.join(first, F.col("member_person_id") == F.col("_person"), "inner").withColumn(
        "identity_grade", F.greatest("member_grade", "_other_grade")
    )
    is_somebody_else = ~F.col("member_person_id").eqNullSafe(F.col("_person")) | F.col("member_person_id").isNull()
    one_number = (
        covered.join(first, F.col("subject_key") == F.col("_number"), "inner")
        .filter(is_somebody_else)
        .withColumn("identity_grade", F.lit("D"))
    )
    never = F.lit(date(1900, 1, 1))
    here, there = (F.coalesce(approved, never) for approved in ("approved_on", "_other_approved"))
    # Field by field: the engines order structs whose fields bear other names differently.
    is_later = (here > there) | ((here == there) & (F.col("case_id") > F.col("_other")))
    return (
        one_person.unionByName(one_number)
        .filter(is_later)
        .withColumns(
            {
                "person_id": F.when(F.col("identity_grade") != "D", F.col("member_person_id")),
                "thing_key": F.concat(F.lit("case:"), "_other"),
            }
        )
    )


def money(facts: Facts, params: DrawnTwiceParams) -> DataFrame:
    """Months for which both cases moved money; at stake is the smaller of the person's two shares, for one of them is lawful."""
    months = facts.months
    there = months.select(
        F.col("case_id").alias("_other"), "for_month", F.col("paid_yuan").alias("_paid"), F.col("gross_yuan").alias("_gross"),
        F.col("refunded_yuan").alias("_refunded"), F.col("paid_heads").alias("_paid_heads"),
    )  # fmt: skip
    both = (
        pairs(facts)
        .select("case_id", "subject_key", "thing_key", "_other", "covered_heads", "_other_heads")
        .distinct()
        .join(months, "case_id", "inner")
        .join(there, ["_other", "for_month"], "inner")  # one row a case and month
    )
    # What the household drew for its others is theirs.
    heads, heads_there = (
        F.greatest(F.coalesce(paid_for, counted_for, F.lit(1)), F.lit(1))
        for paid_for, counted_for in (("paid_heads", "covered_heads"), ("_paid_heads", "_other_heads"))
    )
    share = F.least(F.col("paid_yuan") / heads, F.col("_paid") / heads_there)
    return both.select(
        "case_id", "subject_key", "thing_key", "for_month",
        F.greatest(share, F.lit(0)).cast("decimal(18,2)").alias("paid_yuan"), F.least("gross_yuan", "_gross").alias("gross_yuan"),
        F.greatest("refunded_yuan", "_refunded").alias("refunded_yuan"), "arrears_yuan", F.lit(1).alias("paid_heads"), "last_paid_on",
        "transfer_count",
    )  # fmt: skip


def candidates(facts: Facts, params: DrawnTwiceParams) -> DataFrame:
    """One row per person and pair of cases. All months for which both paid count."""
    there = facts.roster_rows().select(
        F.col("case_id").alias("_other"), F.col("subject_key").alias("_number"), F.col("roster_rows").alias("evidence")
    )
    rows = pairs(facts).withColumn("began_on", F.greatest("start_month", "_other_start"))
    # Payments may run ahead of what the roster says began; all months for which both paid count.
    timed = with_months_that_count(rows, after="began_on").withColumn("count_from", F.lit(date(1900, 1, 1)))
    return timed.join(there, ["_other", "_number"], "left")  # one row a case and number


def judge(params: DrawnTwiceParams) -> Judgement:
    within = F.col("first_month"), F.col("last_month")
    ends_or_begins = F.lit(False)
    for month in ("start_month", "_other_start", "stop_month", "_other_stop"):
        ends_or_begins = ends_or_begins | holds(F.col(month).between(*within))
    here, there = (F.coalesce(program, F.lit("")) for program in ("case_program", "_other_program"))
    both_paid = F.concat(
        F.lit("，同一月份两处均有发放的"), zh_months_and_yuan(), F.lit("（按较低一处的个人份额），请核实应享受哪一项。")
    )
    return Judgement(
        found=F.col("paid_months") > 0,
        value=F.col("paid_months").cast("double"),
        threshold=0.0,
        is_personal=False,  # the money is one person's share already
        signals={"same_program": (F.col("case_program") == F.col("_other_program")).cast("int")},
        exempt={
            "R23": (F.col("paid_months") == 0) & (F.col("refunded_yuan") > 0),
            "R01": (F.col("paid_months") > 0) & (F.col("paid_months") <= params.transfer_months) & ends_or_begins,
        },
        explanation=F.concat(
            F.lit("花名册显示该对象在两处享受待遇（"), here,
            F.when(here == there, F.lit("，两户")).otherwise(F.concat(F.lit("和"), there)), F.lit("）"),
            F.when(F.col("paid_months") > 0, both_paid).otherwise(F.lit("，没有查到两处对同一月份都留存的发放，请核对转移和退回的手续。")),
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
    registers=("dibao_roster", "tekun_roster", "payments"),
    money=money,
)
