"""M04 Destitute, not kept: old, a minor, or too disabled to work; nobody in the household who could support; no income."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.conditions import may_hold
from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.policy import in_force
from jobs.registers.references import REGISTRY
from jobs.registers.sentences import zh_level
from jobs.rulebook.facts import once
from jobs.rulebook.need import NO_MEANS, NeedFacts, NeedRule, need_candidates, years_before
from jobs.rulebook.need_households import BOOK, PERSON, living
from jobs.rulebook.need_outcomes import TEKUN

_MINOR, _DISABLED, _OLD, _VERY_OLD, _DOUBTFUL = 0.9, 0.8, 0.5, 0.7, 0.1
"""How grave: a child without a grown-up first; among the old those of twenty years more; last of all the old of whom no office has
said that they are poor: most of them have children elsewhere, and no register ties these to them."""
_VERY_OLD_YEARS = 20
LEAST_KNOWN = 0.5
"""Share of the old of whom the register of pensions tells anything, below which it is silent of most: that it says nothing of somebody is
then no sign of anything."""
LEAST_OLD = 100
"""Old people below whom no share is told."""


@once
def _alone(facts: NeedFacts) -> DataFrame:
    """Entries of the old, of minors and of who is too disabled to work, in books with no other grown-up; _adults: grown-ups of the book."""
    line = in_force(facts.policy.destitute, facts.as_of)
    unable = facts.register("disabilities").filter(line.is_unable()).select("person_key").dropna().distinct()
    registered = living(facts).select(
        *PERSON, "person_number_state", *BOOK, "born_on", "town", "village", "relation", "status", *ORIGIN
    )
    is_adult = may_hold(F.col("born_on") <= F.lit(years_before(facts.as_of, line.supporter_from_years)))
    books = registered.groupBy(*BOOK).agg(F.sum(is_adult.cast("int")).alias("_adults")).filter("_adults <= 1")
    is_old = F.col("born_on") <= F.lit(years_before(facts.as_of, line.old_age_years))
    is_minor = F.col("born_on") > F.lit(years_before(facts.as_of, line.minor_below_years))
    return (
        registered.join(unable.withColumn("_is_unable", F.lit(True)), "person_key", "left")  # one row a number
        .filter(is_old | is_minor | F.col("_is_unable"))  # before the books: it leaves out more than they do
        .join(books, list(BOOK), "inner")  # one row a book
        .filter(is_old | (is_minor & (F.col("_adults") == 0)) | F.col("_is_unable"))
    )


@once
def _old(facts: NeedFacts) -> DataFrame:
    """Of the alone the old ones who are paid no pension; _is_poor: true where an office has said so, else null."""
    line = in_force(facts.policy.destitute, facts.as_of)
    in_payment = facts.register("pensions").filter(Lines.of(facts.policy, facts.as_of).lasts("to_month"))
    poor = facts.register("poverty_register").filter(
        F.col("status").isin(list(in_force(facts.policy.visiting, facts.as_of).poor_statuses))
    )
    recognised = poor.select("person_key").unionByName(facts.register("dibao_roster").select("person_key")).dropna().distinct()
    return (
        _alone(facts)
        .filter((F.col("_adults") == 1) & (F.col("born_on") <= F.lit(years_before(facts.as_of, line.old_age_years))))
        .join(in_payment.select("person_key").dropna().distinct(), "person_key", "left_anti")
        .join(recognised.withColumn("_is_poor", F.lit(True)), "person_key", "left")  # one row a number
    )


@once
def _pensions_known(facts: NeedFacts) -> DataFrame:
    """One row: old (living people of the age), known (of these whoever has a row in the register of pensions, ended or not), is_telling."""
    line = in_force(facts.policy.destitute, facts.as_of)
    told = facts.register("pensions").select("person_key").dropna().distinct().withColumn("_told", F.lit(1))
    old = living(facts).filter(F.col("born_on") <= F.lit(years_before(facts.as_of, line.old_age_years)))
    counted = old.select("person_key").distinct().join(told, "person_key", "left")  # one row a number
    both = counted.agg(F.count("*").alias("old"), F.coalesce(F.sum("_told"), F.lit(0)).alias("known"))
    return both.withColumn("is_telling", (F.col("old") < LEAST_OLD) | (F.col("known") >= LEAST_KNOWN * F.col("old")))


def lacks(facts: NeedFacts) -> list[str]:
    """That the register of pensions is silent of most old people: it was not delivered, or its numbers cannot be read."""
    row = _pensions_known(facts).first()
    if row is None or row["is_telling"]:
        return []
    left = _old(facts).filter("_is_poor IS NULL").count()
    return [
        f"M04 does not judge {left:,} old people who live alone and whom no office calls poor: the register of pensions tells of "
        f"{row['known']:,} of {row['old']:,} old people"
    ]


def candidates(facts: NeedFacts) -> DataFrame:
    """A row a person without another grown-up in the household book: an old one without any pension, a minor, a certificate.

    Whether a husband, wife or parent elsewhere could support is looked at later, in the household.
    """
    line = in_force(facts.policy.destitute, facts.as_of)
    alone = _alone(facts)
    is_doubtful = F.col("_is_poor").isNull()
    is_telling = F.broadcast(_pensions_known(facts).select("is_telling"))
    old = _old(facts).crossJoin(is_telling).filter(~is_doubtful | F.col("is_telling"))  # one row, for all
    age = F.floor(F.months_between(F.lit(facts.as_of), F.col("born_on")) / 12)
    minors = alone.filter((F.col("_adults") == 0) & (F.col("born_on") > F.lit(years_before(facts.as_of, line.minor_below_years))))
    place = {
        f"stated_{name}": F.col(column) for name, column in (("county", "county_code"), ("town", "town"), ("village", "village"))
    }
    seen = rows_of(REGISTRY, "born_on", "relation", "status")
    disabled = (
        facts.register("disabilities")
        .filter(line.is_unable())
        .join(alone.select("person_key").distinct(), "person_key", "left_semi")
    )
    old_rows = need_candidates(
        old, REGISTRY, value=age, threshold=F.lit(line.old_age_years),
        severity=F.when(is_doubtful, F.lit(_DOUBTFUL)).when(age >= line.old_age_years + _VERY_OLD_YEARS, F.lit(_VERY_OLD)).otherwise(F.lit(_OLD)),
        told=F.concat(F.lit("年满"), age.cast("string"), F.lit("周岁，户内没有其他成年人，未查到任何养老待遇"),
            F.when(is_doubtful, F.lit("（登记看不出有无户口不在一起的子女，存疑）")).otherwise(F.lit(""))), evidence=seen, **place,
    )  # fmt: skip
    minor_rows = need_candidates(
        minors, REGISTRY, value=age, threshold=F.lit(line.minor_below_years), severity=F.lit(_MINOR),
        told=F.concat(F.lit("未满"), F.lit(str(line.minor_below_years)), F.lit("周岁，户内没有成年人")), evidence=seen, **place,
    )  # fmt: skip
    disabled_rows = need_candidates(
        disabled, "disabilities", value=F.col("level"), threshold=F.col("level"), severity=F.lit(_DISABLED),
        told=F.concat(F.lit("持有"), zh_level("level"), F.coalesce("kind", F.lit("")), F.lit("残疾证，户内没有其他成年人")),
        evidence=rows_of("disabilities", "kind", "level", "valid_to"), **place,
    )  # fmt: skip
    return old_rows.unionByName(minor_rows).unionByName(disabled_rows)


RULE = NeedRule(
    code="M04",
    title="Destitute, not kept",
    title_zh="特困未纳入",
    subject="the person",
    unit="years of age, or level of disability",
    source="社会救助暂行办法（国务院令第649号，2014）第十四条；特困人员认定办法（民发〔2016〕178号）第四条至第九条",
    in_force=(date(2014, 5, 1), None),
    candidates=candidates,
    met_by=(TEKUN,),
    is_of_the_alone=True,
    told_found="，未查到正在享受特困供养" + NO_MEANS,
    lacks=lacks,
    verify=(
        "了解有无法定赡养、抚养、扶养义务人（含户口不在一起的子女）及其能力",
        "核对生活来源：养老金、土地、子女给付",
        "孤儿、事实无人抚养儿童请按相应保障办理",
    ),
)
