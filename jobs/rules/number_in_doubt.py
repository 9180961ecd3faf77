"""U01 Number in doubt: the number of a person on benefit is invalid, unknown to the registry, shared, or another person's."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.cells.person_numbers import CHECK_FAILS, JUNK, UNREADABLE, UPGRADED, VALID
from jobs.registers.conditions import holds
from jobs.registers.grades import MATCHED, REPAIRED
from jobs.registers.references import REGISTRY
from jobs.rulebook.facts import Facts, roster_row, with_months_that_count
from jobs.rulebook.rule import Judgement, NoParams, Rule

WRONG = (CHECK_FAILS, REPAIRED, MATCHED, UNREADABLE, JUNK)
"""States of a number that is wrong in the record itself. Damaged or masked ones are the file's fault: the return slip tells."""
ROW = "row"
"""Begins the subject of a person without a usable number: row|data set|file|sheet|row."""


def candidates(facts: Facts, params: NoParams) -> DataFrame:
    """One row per person of a roster, by number, or by row without a usable one. No payment hangs on a number in doubt."""
    registry = facts.register(REGISTRY).filter(F.col("person_key").isNotNull())
    of_roster = facts.named.filter("data_set <> 'payments'")
    numbers = of_roster.select(F.col("number_key").alias("person_key")).distinct()
    registered = (
        registry.join(numbers, "person_key", "left_semi")
        .groupBy(F.col("person_key").alias("subject_key"))
        .agg(F.countDistinct("name_key").alias("registered_names"))
    )
    counties = registry.select("county_code").distinct().withColumn("has_registry", F.lit(True))
    of_case = facts.cases.select("case_id", "county_code", "covered_heads").join(F.broadcast(counties), "county_code", "left")
    place = (F.coalesce(F.col(column).cast("string"), F.lit("")) for column in ORIGIN)
    once = Window.partitionBy("case_id", "subject_key").orderBy(
        (F.col("number_state") == VALID).cast("int"), F.col("identity_grade").desc_nulls_first(), "data_set", *ORIGIN
    )
    persons = (
        of_roster.withColumn("subject_key", F.coalesce("number_key", F.concat_ws("|", F.lit(ROW), "data_set", *place)))
        .withColumn("_n", F.row_number().over(once))
        .filter("_n = 1")
        .join(of_case, "case_id", "left")  # one row a case
        .join(registered, "subject_key", "left")  # one row a number
    )
    never = F.lit(None).cast("date")
    told = persons.withColumns(
        {
            "thing_key": F.lit("number"),
            "joined_on": never,
            "left_on": never,
            "identity_grade": F.coalesce("identity_grade", F.lit("D")),
            "evidence": roster_row(),
        }
    )
    return with_months_that_count(told, after="approved_on", until=F.lit(date(1900, 1, 1)))


def judge(params: NoParams) -> Judgement:
    is_wrong = F.col("number_state").isin(list(WRONG))
    is_upgraded = F.col("number_state") == UPGRADED
    is_whole = F.col("number_state").isin(VALID, UPGRADED)
    is_registered = F.col("registered_names").isNotNull()
    is_unknown = is_whole & ~is_registered & holds(F.col("has_registry"))
    is_others = is_whole & is_registered & (F.col("identity_grade") == "D")
    is_shared = is_whole & holds(F.col("registered_names") > 1)
    in_doubt = is_wrong | is_unknown | is_others | is_shared
    what = (
        F.when(is_wrong, F.lit("未能通过校验或有误"))
        .when(is_others, F.lit("在户籍人口中属于另一姓名"))
        .when(is_shared, F.lit("在户籍人口中登记了不止一个姓名"))
        .when(is_unknown, F.lit("在户籍人口中查不到"))
    )
    ask = F.concat(what, F.lit("，请数据报送单位核对本人证件后更正；这是数据问题，不涉及对当事人的判断。"))
    lawful = F.when(is_upgraded, F.lit("为15位旧号码，升为18位后与户籍人口一致。")).otherwise(
        F.lit("与户籍人口一致，姓名为曾用名或含生僻字的另一写法。")
    )
    return Judgement(
        found=in_doubt,
        value=in_doubt.cast("double"),
        threshold=0.0,
        is_personal=True,
        missing={"id_number": ~is_wrong & ~is_whole, "registry": is_whole & ~is_registered & F.col("has_registry").isNull()},
        exempt={
            "R08": is_upgraded & ~in_doubt,
            "R07": (F.col("identity_grade") == "B") & ~in_doubt,
        },
        explanation=F.concat(F.lit("花名册登记的身份证号码"), F.coalesce(ask, lawful)),
    )


RULE = Rule(
    code="U01",
    title="Number in doubt",
    title_zh="身份信息异常",
    subject="the person",
    unit="0 or 1",
    source="公民身份号码（GB 11643—1999）；社会救助暂行办法（国务院令第649号，2014）第五十八条：核对需要准确的身份信息",
    in_force=(date(2014, 5, 1), None),
    params=NoParams,
    candidates=candidates,
    judge=judge,
    verify=("由数据报送单位核对本人身份证件", "核对户籍登记的姓名和号码", "查无此人的，核对是否确有其人"),
    registers=(REGISTRY,),
    is_about_data=True,
)
