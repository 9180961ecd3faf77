"""M05 Several disabled in one home, or an old person who keeps a disabled adult, not covered."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import EVIDENCE
from expectations.contracts.model import ORIGIN
from jobs.registers.conditions import holds, may_hold
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.kinship import role_of
from jobs.registers.policy import in_force
from jobs.registers.references import REGISTRY
from jobs.rulebook.facts import once
from jobs.rulebook.need import NeedFacts, NeedRule, need_candidates, record, years_before
from jobs.rulebook.need_households import BOOK, PERSON, known_books, known_deaths

_SEVERE_EACH, _LEAST = 0.2, 0.4
"""Severity: 0.4, and 0.2 more of every severe one of the certificates."""


def _certificates(facts: NeedFacts) -> DataFrame:
    """The gravest certificate of each number and name: PERSON, level, is_severe, certificate (evidence)."""
    severe = in_force(facts.policy.severe_disability, facts.as_of)
    gravest = Window.partitionBy(*PERSON).orderBy("level", *ORIGIN)
    return (
        facts.register("disabilities")
        .filter(F.col("person_key").isNotNull())
        .withColumn("_n", F.row_number().over(gravest))
        .filter("_n = 1")
        .select(*PERSON, "level", holds(severe.is_severe()).alias("is_severe"),
                rows_of("disabilities", "kind", "level", "valid_to").alias("certificate"))
    )  # fmt: skip


@once
def _in_need(facts: NeedFacts) -> DataFrame:
    """Living entries of the books with several certificates, or with an old person, a severely disabled adult and nobody else grown up
    who is well; with _holders, _severe and _is_kept of the book, and each one's certificate (evidence).

    household_no: county and number of the book.
    """
    line = in_force(facts.policy.several_disabled, facts.as_of)
    largest = in_force(facts.policy.uncovered, facts.as_of).largest_household
    certificates = _certificates(facts)
    living = known_books(facts).filter("is_living").join(known_deaths(facts), list(PERSON), "left_anti")

    def counted(condition: Column) -> Column:
        return F.sum(holds(condition).cast("int"))

    is_old = F.col("born_on") <= F.lit(years_before(facts.as_of, line.old_age_years))
    is_grown = may_hold(F.col("born_on") <= F.lit(years_before(facts.as_of, line.adult_from_years))) & ~holds(is_old)
    is_holder = F.col("level").isNotNull()
    counts = {
        "_holders": is_holder, "_severe": F.col("is_severe"), "_old": is_old, "_kept": is_grown & F.col("is_severe"), "_well": is_grown & ~is_holder,
    }  # fmt: skip
    is_kept_by_the_old = (F.col("_old") > 0) & (F.col("_kept") > 0) & (F.col("_well") == 0)
    # Books first, by what little tells them: few are in need, and what is said of their people is wide.
    books = (
        living.select(*PERSON, *BOOK, "born_on")
        .join(certificates.select(*PERSON, "level", "is_severe"), list(PERSON), "left")  # one row a number and name
        .groupBy(*BOOK)
        .agg(F.count("*").alias("_size"), *(counted(condition).alias(name) for name, condition in counts.items()))
        .withColumn("_is_kept", is_kept_by_the_old)
        .filter((F.col("_size") <= largest) & ((F.col("_holders") >= line.persons) | F.col("_is_kept")))
        .select(*BOOK, "_holders", "_severe", "_is_kept")
    )
    return (
        living.join(books, list(BOOK), "inner")  # one row a book
        .join(certificates.select(*PERSON, "certificate"), list(PERSON), "left")  # one row a number and name
        .withColumn(
            "certificate", F.coalesce("certificate", F.array().cast(EVIDENCE))
        )  # no null: one engine drops it, the other not
        .withColumn("household_no", F.concat_ws("-", *BOOK))
    )


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a household: its head, or the oldest where no head is named."""
    book = Window.partitionBy("household_no")
    head_first = book.orderBy((F.coalesce(role_of(F.col("relation")), F.lit("")) != "head").cast("int"), "born_on", *ORIGIN)
    rows = (
        _in_need(facts)
        .withColumn("_certificates", in_order(F.flatten(F.collect_list("certificate").over(book))))
        .withColumn("_n", F.row_number().over(head_first))
        .filter("_n = 1")
    )
    several = F.concat(F.lit("户内有"), F.col("_holders").cast("string"), F.lit("名持证残疾人"))
    kept = F.lit("户内由老年人照料成年重度残疾人")
    line = in_force(facts.policy.several_disabled, facts.as_of)
    is_several = F.col("_holders") >= line.persons
    return need_candidates(
        rows, REGISTRY,
        household_no=F.col("household_no"), value=F.col("_holders"), threshold=F.lit(line.persons),
        severity=F.least(F.lit(1.0), _LEAST + _SEVERE_EACH * F.col("_severe")),
        told=F.when(is_several & F.col("_is_kept"), F.concat(several, F.lit("，且由老年人照料"))).when(is_several, several).otherwise(kept),
        stated_county=F.col("county_code"), stated_town=F.col("town"), stated_village=F.col("village"), evidence=F.col("_certificates"),
    )  # fmt: skip


def members(facts: NeedFacts) -> DataFrame:
    """Everyone in these books."""
    return record(_in_need(facts), REGISTRY, household_no=F.col("household_no"))


RULE = NeedRule(
    code="M05",
    title="Several disabled in one home, not covered",
    title_zh="一户多残、老养残",
    subject="the household's head",
    unit="holders of a certificate",
    source="国务院关于加快推进残疾人小康进程的意见（国发〔2015〕7号）一户多残、老残一体等特殊困难；社会救助暂行办法（国务院令第649号，2014）第九条",
    in_force=(date(2015, 1, 20), None),
    candidates=candidates,
    members=members,
    verify=("了解由谁照料、照料人身体状况", "核对家庭收入和残疾人补贴领取情况", "了解是否需要托养、康复或护理服务"),
)
