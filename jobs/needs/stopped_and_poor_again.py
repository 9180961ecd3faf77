"""M06 Poor again after a stop: the benefit ended within two years, and what ended it is gone."""

from __future__ import annotations

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.conditions import holds, may_hold
from jobs.registers.evidence import in_order, rows_of
from jobs.registers.means import what_counts
from jobs.registers.means.lines import Lines
from jobs.registers.policy import in_force
from jobs.registers.sentences import zh_month
from jobs.rulebook.facts import once
from jobs.rulebook.need import NO_MEANS, NOT_COVERED, NeedFacts, NeedRule, need_candidates, record
from jobs.rulebook.need_households import BOOK, PERSON, known_books, known_deaths

_SEVERITY = {"job": 0.6, "pension": 0.6, "firm": 0.5, "car": 0.4, "death": 0.8}
"""How grave the loss is: who kept the household is dead, it has lost its income, or what it could have sold."""
_WORDS = {
    "job": "原有工作已结束",
    "pension": "原领养老金已停发",
    "firm": "原有市场主体已注销或吊销",
    "car": "原有车辆已不在名下",
    "death": "原有收入的家庭成员已去世",
}


@once
def _stopped(facts: NeedFacts) -> DataFrame:
    """Roster rows of the low-income households whose benefit was stopped so lately, with household_no of county and certificate."""
    months = in_force(facts.policy.uncovered, facts.as_of).stopped_months
    this_month = F.trunc(F.lit(facts.as_of), "month")
    lately = (F.col("stop_month") >= F.add_months(this_month, -months)) & (F.col("stop_month") < this_month)
    return (
        facts.register("dibao_roster").filter(lately).withColumn("household_no", F.concat_ws("-", "county_code", "household_no"))
    )


@once
def _people(facts: NeedFacts) -> DataFrame:
    """Who kept these households, or was kept: household_no, number_key, name_key, stop_month, died_on; a row a person of each."""
    # Who lives, or lived, in the book of a member kept the household as well as who stands on the roster.
    rows, books = _stopped(facts), known_books(facts)
    of_household = books.join(rows.select(*PERSON, "household_no", "stop_month"), list(PERSON), "inner")
    kin = books.select(*PERSON, *BOOK).join(
        of_household.select(*BOOK, "household_no", "stop_month").distinct(), list(BOOK), "inner"
    )
    return (
        rows.select(*PERSON, "household_no", "stop_month")
        .unionByName(kin.select(*PERSON, "household_no", "stop_month"))
        .dropna(subset=list(PERSON))
        .distinct()
        .join(known_deaths(facts), list(PERSON), "left")  # one row a number and name
        .select("household_no", F.col("person_key").alias("number_key"), "name_key", "stop_month", "died_on")
    )


def _losses(facts: NeedFacts) -> DataFrame:
    """What the households had when the benefit ended, and have no longer: household_no, loss, seen (evidence)."""
    lines = Lines.of(facts.policy, facts.as_of)
    stop, people = F.col("stop_month"), _people(facts)

    def held(code: str, key: str, name: str) -> DataFrame:
        return facts.register(code).join(
            F.broadcast(people.withColumnsRenamed({"number_key": key, "name_key": name})), [key, name], "inner"
        )

    def lost(rows: DataFrame, loss: str | Column, *cells: str, code: str) -> DataFrame:
        return rows.select(
            "household_no", (F.lit(loss) if isinstance(loss, str) else loss).alias("loss"), rows_of(code, *cells).alias("seen")
        )

    def spell(code: str, counts: Column, loss: str, *cells: str) -> DataFrame:
        """Earned at the stop; ended since, or whoever earned it has died since."""
        rows = held(code, "person_key", "name_key").filter(
            holds(counts)
            & holds(F.col("from_month") <= stop)
            & may_hold(F.col("to_month") >= F.add_months(stop, -lines.wages.lag_months))
        )
        has_died = holds(F.col("died_on") > stop)
        return lost(
            rows.filter(has_died | ~lines.lasts("to_month")),
            F.when(has_died, F.lit("death")).otherwise(F.lit(loss)),
            *cells,
            code=code,
        )

    firms = held("enterprises", "legal_rep_key", "legal_rep_name_key").filter(
        holds(F.col("established_on") <= stop) & what_counts.standing(lines.entities)["is_dead"] & holds(F.col("ended_on") > stop)
    )
    cars = held("vehicles", "owner_key", "owner_name_key").filter(
        holds(F.col("registered_on") <= stop) & what_counts.is_car(lines) & what_counts.is_gone(lines)
    )
    return reduce(
        DataFrame.unionByName,
        (
            spell("social_insurance", what_counts.is_insured_wage(lines), "job", "kind", "from_month", "to_month"),
            spell("pensions", what_counts.is_earned_pension(lines), "pension", "kind", "from_month", "to_month", "stop_reason"),
            lost(firms, "firm", "kind", "status", "ended_on", code="enterprises"),
            lost(cars, "car", "plate_kind", "status", "registered_on", code="vehicles"),
        ),
    )


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a household: the head of the roster, or the first who lives. No reason of a stop is on file: that it is gone is told from
    what a member had in the month of the stop and has no longer."""
    rows = _stopped(facts)
    members_ = rows.join(known_deaths(facts), list(PERSON), "left")  # one row a number and name
    severity = F.lit(0.0)
    for loss, grave in _SEVERITY.items():
        severity = F.when(F.col("loss") == loss, F.lit(grave)).otherwise(severity)
    # Sorted as texts behind a padded rank: the gravest loss is told.
    ranked = F.concat(F.lpad((severity * 100).cast("int").cast("string"), 3, "0"), F.col("loss"))
    losses = _losses(facts).groupBy("household_no").agg(
        F.max(ranked).alias("_worst"), in_order(F.flatten(F.collect_list("seen"))).alias("_seen")
    )  # fmt: skip
    is_head = holds(F.col("relation") == "户主")
    living_first = Window.partitionBy("household_no").orderBy(F.col("died_on").isNotNull(), ~is_head, *ORIGIN)
    first = members_.withColumn("_n", F.row_number().over(living_first)).filter("_n = 1").join(losses, "household_no", "inner")
    told = F.lit("")
    for loss, words in _WORDS.items():
        told = F.when(F.substring("_worst", 4, 20) == loss, F.lit(words)).otherwise(told)
    return need_candidates(
        first, "dibao_roster",
        household_no=F.col("household_no"),
        value=F.months_between(F.trunc(F.lit(facts.as_of), "month"), F.col("stop_month")),
        threshold=F.lit(in_force(facts.policy.uncovered, facts.as_of).stopped_months),
        severity=F.substring("_worst", 1, 3).cast("double") / 100,
        told=F.concat(F.lit("家庭的低保已于"), zh_month("stop_month"), F.lit("停发，"), told),
        event_on=F.col("stop_month"), stated_county=F.col("county_code"), stated_town=F.col("town"), stated_village=F.col("village"),
        evidence=F.concat(rows_of("dibao_roster", "start_month", "stop_month"), F.col("_seen")),
    )  # fmt: skip


def members(facts: NeedFacts) -> DataFrame:
    """Everyone whom the roster names in these households."""
    return record(_stopped(facts), "dibao_roster", household_no=F.col("household_no"))


RULE = NeedRule(
    code="M06",
    title="Poor again after a stop",
    title_zh="停发后返困",
    subject="the household's head",
    unit="months since the stop",
    source="社会救助暂行办法（国务院令第649号，2014）第十三条：家庭人口、收入、财产状况发生变化的及时决定增发、减发或者停发",
    in_force=(date(2014, 5, 1), None),
    candidates=candidates,
    members=members,
    is_after_a_stop=True,
    told_found=NOT_COVERED + NO_MEANS,
    verify=("核对当时停发的原因是否仍然存在", "了解现在的收入来源和家庭变故", "符合条件的，协助重新申请或先给予临时救助"),
)
