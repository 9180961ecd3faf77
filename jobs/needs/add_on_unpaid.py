"""M07 An add-on due and unpaid: draws, belongs to a class that gets more, and the roster pays nothing on top."""

from __future__ import annotations

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import EVIDENCE
from expectations.contracts.model import ORIGIN
from jobs.registers.conditions import holds, may_hold
from jobs.registers.deaths import best_attested_deaths
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.kinship import marriages_of
from jobs.registers.policy import in_force
from jobs.registers.sentences import zh_yuan
from jobs.rulebook.facts import once
from jobs.rulebook.need import NeedFacts, NeedRule, need_candidates, years_before
from jobs.rulebook.need_households import BOOK, PERSON, known_books

ILL, DISABLED, ALONE, SINGLE_PARENT, OTHER = "重病", "重残", "独居老人", "单亲未成年人", "其他"
_HEAD, _CHILD = "户主", "子女"
_SEVERITY = {SINGLE_PARENT: 0.5, ALONE: 0.6, ILL: 0.8, DISABLED: 0.9}


@once
def _drawing(facts: NeedFacts) -> DataFrame:
    """Roster rows of the households in payment, with house and is_filled: does the county's roster tell of any add-on?"""
    has_begun = may_hold(F.trunc("start_month", "month") <= F.lit(facts.as_of))
    lasts = may_hold(F.col("stop_month") >= F.trunc(F.lit(facts.as_of), "month"))
    tells = (F.col("add_on_kinds").isNotNull() | (F.col("add_on_amount") > 0)).cast("int")
    return (
        facts.register("dibao_roster")
        .withColumn("is_filled", holds(F.max(tells).over(Window.partitionBy("county_code")) == 1))
        .filter(has_begun & lasts)
        .withColumn("house", F.concat_ws("-", "county_code", "household_no"))
    )


@once
def _covered(facts: NeedFacts) -> DataFrame:
    """Covered members of these households, with _size and _others (neither head nor child) of all who live there, and born_on and
    _in_book by the registry; null where it does not know them."""
    # Counted before anybody is left out: who draws nothing lives in the household all the same.
    house = Window.partitionBy("house")
    is_other = ~holds(F.col("relation").isin(_HEAD, _CHILD))
    covered = (
        _drawing(facts)
        .withColumns({"_size": F.count("*").over(house), "_others": F.sum(is_other.cast("int")).over(house)})
        .filter(F.col("covered") == "是")
    )
    of_book = Window.partitionBy(*BOOK)
    entries = known_books(facts).filter("is_living").withColumn("_in_book", F.count("*").over(of_book))
    born = entries.groupBy(*PERSON).agg(F.max("born_on").alias("born_on"), F.min("_in_book").alias("_in_book"))
    return covered.join(born, list(PERSON), "left")  # born: one row a number and name


@once
def _minors(facts: NeedFacts) -> DataFrame:
    """Of the covered members the minors in households of children and one parent only."""
    line = in_force(facts.policy.add_ons, facts.as_of)
    is_minor = F.col("born_on") > F.lit(years_before(facts.as_of, line.minor_below_years))
    return _covered(facts).filter((F.col("relation") == _CHILD) & (F.col("_others") == 0) & is_minor)


@once
def _marriages_of_parents(facts: NeedFacts) -> DataFrame:
    """Registrations that name a head of such a household."""
    numbers = _parents(facts).select("person_key").distinct()
    sides = [
        facts.register("marriages").join(F.broadcast(numbers.withColumnRenamed("person_key", side)), side, "left_semi")
        for side in ("husband_key", "wife_key")
    ]
    return sides[0].unionByName(sides[1]).distinct()


@once
def _parents(facts: NeedFacts) -> DataFrame:
    """Heads of the households of such minors: house, person_key."""
    heads = _drawing(facts).filter((F.col("relation") == _HEAD) & F.col("person_key").isNotNull()).select("house", "person_key")
    return heads.join(_minors(facts).select("house"), "house", "left_semi")


def _of_class(facts: NeedFacts) -> list[DataFrame]:
    """Covered members of each class: the roster's columns, class and seen (evidence). What the registers do not decide is none."""
    line = in_force(facts.policy.add_ons, facts.as_of)
    covered = _covered(facts)

    def beside(code: str, rows: DataFrame, *cells: str) -> DataFrame:
        seen = rows.groupBy(*PERSON).agg(in_order(F.flatten(F.collect_list(rows_of(code, *cells)))).alias("seen"))
        return covered.join(seen, list(PERSON), "inner")  # seen: one row a number and name

    certificates = facts.register("disabilities").filter(
        F.col("level").isin(list(line.disability_levels)) & may_hold(F.col("valid_to") >= F.lit(facts.as_of))
    )
    bills = facts.register("medical_expenses").filter(
        F.col("year").between(facts.as_of.year - 1, facts.as_of.year) & (F.col("self_paid") >= F.lit(line.ill_self_paid_yuan))
    )
    alone = covered.filter(
        (F.col("_size") == 1)
        & (F.col("covered_heads") == 1)
        & (F.col("_in_book") == 1)
        & (F.col("born_on") <= F.lit(years_before(facts.as_of, line.old_age_years)))
    )
    minors = _minors(facts).join(_unmarried(facts).select("house").distinct(), "house", "left_semi")
    nothing = F.array().cast(EVIDENCE)
    return [
        beside("disabilities", certificates, "kind", "level", "valid_to").withColumn("class", F.lit(DISABLED)),
        beside("medical_expenses", bills, "year", "self_paid").withColumn("class", F.lit(ILL)),
        alone.withColumns({"class": F.lit(ALONE), "seen": nothing}),
        minors.withColumns({"class": F.lit(SINGLE_PARENT), "seen": nothing}),
    ]


def _unmarried(facts: NeedFacts) -> DataFrame:
    """Parents without a marriage that stands to somebody who lives."""
    parents, own = _parents(facts), _marriages_of_parents(facts)
    numbers = parents.select(F.col("person_key").alias("number_key")).distinct()
    standing = marriages_of(own, numbers).filter(may_hold(F.col("until_on") > F.lit(facts.as_of)))
    deaths = best_attested_deaths(facts.register, standing.select(F.col("kin_number_key").alias("number_key")).distinct())
    dead = deaths.select(F.col("number_key").alias("kin_number_key"), F.col("name_key").alias("kin_name_key"))
    wedded = standing.join(dead, ["kin_number_key", "kin_name_key"], "left_anti").select(F.col("number_key").alias("person_key"))
    return parents.join(wedded.distinct(), "person_key", "left_anti")


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a member, of the class that weighs most. The household's add-ons count for all its members; an amount without a class, and
    其他, may be any."""
    drawing = _drawing(facts)
    columns = [*drawing.columns, "class", "seen"]
    classed = reduce(DataFrame.unionByName, (rows.select(*columns) for rows in _of_class(facts)))
    paid = drawing.groupBy("house").agg(
        F.concat_ws("；", F.sort_array(F.collect_set("add_on_kinds"))).alias("_kinds"),
        F.max(holds((F.col("add_on_amount") > 0) & F.col("add_on_kinds").isNull()).cast("int")).alias("_is_unnamed"),
    )
    one = Window.partitionBy("house", *PERSON)
    is_paid = (F.col("_is_unnamed") == 1) | F.col("_kinds").contains(OTHER) | F.expr("contains(_kinds, class)")
    standard = facts.policy.monthly_standard("program", "county_code", F.lit(facts.as_of))
    is_above = holds(F.col("monthly_amount") > standard * F.col("covered_heads"))
    severity: Column = F.lit(0.0)
    for word, grave in _SEVERITY.items():
        severity = F.when(F.col("class") == word, F.lit(grave)).otherwise(severity)
    gravest = Window.partitionBy(*ORIGIN).orderBy(severity.desc())
    unpaid = (
        classed.filter("is_filled")
        .join(paid, "house", "inner")  # one row a household
        .withColumn("_is_paid", F.max((is_paid | is_above).cast("int")).over(one))
        .filter("_is_paid = 0")
        .withColumn("_nth", F.row_number().over(gravest))
        .filter("_nth = 1")
    )
    return need_candidates(
        unpaid, "dibao_roster",
        household_no=F.col("household_no"), value=F.col("monthly_amount"), threshold=standard * F.col("covered_heads"), severity=severity,
        told=F.concat(F.lit("正在享受低保，属于"), F.col("class"), F.lit("，户月保障金额"), zh_yuan("monthly_amount"), F.lit("，花名册中没有增发")),
        event_on=F.col("start_month"), stated_county=F.col("county_code"), stated_town=F.col("town"), stated_village=F.col("village"),
        evidence=F.concat(rows_of("dibao_roster", "monthly_amount", "add_on_kinds", "add_on_amount"), F.col("seen")),
    )  # fmt: skip


def lacks(facts: NeedFacts) -> list[str]:
    """Counties whose roster tells of no add-on at all: the columns were not delivered, or not filled."""
    silent = _drawing(facts).filter("NOT is_filled").select("county_code").dropna().distinct().collect()  # some counties
    counties = "、".join(sorted(row[0] for row in silent))
    return [f"M07 is not judged in {counties}: no row of the roster fills 增发类别 or 月增发金额"] if counties else []


RULE = NeedRule(
    code="M07",
    title="An add-on due and unpaid",
    title_zh="分类施保应增发未增发",
    subject="the member of the class",
    unit="yuan a month of the household",
    source="社会救助暂行办法（国务院令第649号，2014）第十二条：对获得低保后生活仍有困难的老年人、未成年人、重度残疾人和重病患者采取必要措施给予生活保障",
    in_force=(date(2014, 5, 1), None),
    candidates=candidates,
    met_by=(),
    is_of_the_poor=False,
    told_found="，请核对是否应当按分类施保增发",
    lacks=lacks,
    verify=("核对增发类别的认定材料", "核对是否已在其他栏目或其他名义下增发", "应增发的，从符合条件的月份起补办"),
)
