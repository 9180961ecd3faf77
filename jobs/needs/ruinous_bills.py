"""M02 Ruinous medical bills, not covered: bills of a year, less what aid paid of them, above a year's disposable income."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.registers.benefits import is_refund
from jobs.registers.conditions import holds
from jobs.registers.evidence import rows_of
from jobs.registers.policy import in_force
from jobs.registers.sentences import zh_yuan
from jobs.rulebook.need import NeedFacts, NeedRule, need_candidates

_WAN, _ROUNDED = 10_000, 0.01
"""Yuan in 万元; how far two places after its point may lie from the amount in yuan."""
AID_PROGRAMS = ("医疗救助", "临时救助")


def _aid(facts: NeedFacts) -> DataFrame:
    """Aid paid to a number in a year, yuan: person_key, name_key, year, aid_yuan."""
    paid = facts.register("payments").filter(F.col("program").isin(*AID_PROGRAMS) & F.col("person_key").isNotNull())
    amount = F.when(is_refund(), -F.abs("amount")).otherwise(F.col("amount"))
    return paid.groupBy("person_key", "name_key", F.year("for_month").alias("year")).agg(
        F.sum(amount).cast("decimal(18,2)").alias("aid_yuan")
    )


def _in_yuan() -> dict[str, Column]:
    """is_in_wan: the own part, ten thousand times over, is what the other two amounts leave: it was written in 万元 under a header in
    yuan. paid_yuan: the own part in yuan."""
    left, tenfold = F.col("total") - F.col("reimbursed"), F.col("self_paid") * _WAN
    is_in_wan = holds((F.abs(left - tenfold) <= left * _ROUNDED) & (F.col("self_paid") > 0))
    return {"is_in_wan": is_in_wan, "paid_yuan": F.when(is_in_wan, left).otherwise(F.col("self_paid"))}


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a person's latest year: the year of the day or the one before. At the line 0.7, at twice the line and above 1."""
    line = in_force(facts.policy.ruinous_bills, facts.as_of)
    limit = F.lit(line.yuan_a_year).cast("decimal(18,2)")
    latest = Window.partitionBy("person_key", "name_key").orderBy(
        F.col("year").desc(), F.col("self_paid").desc(), "_file_id", "_row"
    )
    years = facts.register("medical_expenses").filter(F.col("year").between(facts.as_of.year - 1, facts.as_of.year))
    bills = years.withColumn("_n", F.row_number().over(latest)).filter("_n = 1 OR person_key IS NULL")
    joined = bills.withColumns(_in_yuan()).join(
        _aid(facts), ["person_key", "name_key", "year"], "left"
    )  # aid: one row a person and year
    own = (F.col("paid_yuan") - F.coalesce("aid_yuan", F.lit(0))).cast("decimal(18,2)")
    aided = F.when(F.col("aid_yuan") > 0, F.concat(F.lit("（已扣除救助"), zh_yuan("aid_yuan"), F.lit("）"))).otherwise(F.lit(""))
    rows = joined.withColumn("own_yuan", own).filter(F.col("own_yuan") > limit)
    return need_candidates(
        rows, "medical_expenses",
        value=F.col("own_yuan"), threshold=limit, severity=F.least(F.lit(1.0), 0.4 + 0.3 * F.col("own_yuan").cast("double") / limit.cast("double")),
        told=F.concat(
            F.col("year").cast("string"), F.lit("年度个人自付医疗费用"), zh_yuan("own_yuan"), aided, F.lit("，超过全年人均可支配收入"),
            F.when(F.col("is_in_wan"), F.lit("（自付金额疑以万元填写，按总费用减报销核对）")).otherwise(F.lit("")),
        ),
        event_on=F.make_date("year", F.lit(12), F.lit(31)),
        evidence=rows_of("medical_expenses", "year", "total", "reimbursed", "self_paid"),
    )  # fmt: skip


RULE = NeedRule(
    code="M02",
    title="Ruinous medical bills, not covered",
    title_zh="大额医疗支出未保",
    subject="the patient",
    unit="yuan a year",
    source="关于开展城乡居民大病保险工作的指导意见（发改社会〔2012〕2605号）：个人年度累计负担超过上一年度人均可支配收入为高额医疗费用；社会救助暂行办法（国务院令第649号，2014）第二十八条",
    in_force=(date(2014, 5, 1), None),
    candidates=candidates,
    may_apply_alone=True,
    verify=("核对费用票据和已报销、已救助金额", "了解家庭收入、借债和后续治疗费用", "了解是否已申请医疗救助或临时救助"),
)
