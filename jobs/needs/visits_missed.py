"""M08 Visits not made: a household that draws, or is registered as poor, is visited less often than the office has ruled."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import may_hold
from jobs.registers.evidence import rows_of
from jobs.registers.kinship import role_of
from jobs.registers.policy import Visiting, in_force
from jobs.rulebook.facts import once
from jobs.rulebook.need import CANDIDATE_COLUMNS, NeedFacts, NeedRule, need_candidates
from jobs.rulebook.need_households import PERSON, known_books

_PLACE = ("county_code", "town", "village")
_NONE_AT_ALL, _SOME = 0.6, 0.3
"""Severity: nobody came at all, or not often enough."""


def _window(facts: NeedFacts, line: Visiting) -> tuple[date, date]:
    """First and last day of the whole months that are looked at."""
    after = facts.as_of + timedelta(days=1)
    end = after.replace(day=1)
    months = end.year * 12 + end.month - 1 - line.months
    return date(months // 12, months % 12 + 1, 1), end - timedelta(days=1)


@once
def _households(facts: NeedFacts, first: date) -> DataFrame:
    """Heads of the households to be visited since the first day: CANDIDATE_COLUMNS without what the visits say, place and name, kin_of
    (dibao, tekun or poor) and house (which record it is)."""
    last = F.trunc(F.lit(facts.as_of), "month")
    draws = may_hold(F.col("start_month") <= F.lit(first)) & may_hold(F.col("stop_month") >= last)
    dibao = facts.register("dibao_roster").filter(draws & (F.col("relation") == "户主"))
    at_home = may_hold(F.col("care_mode") != "集中")
    tekun = facts.register("tekun_roster").filter(draws & at_home).withColumn("household_no", F.col("tekun_no"))
    line = in_force(facts.policy.visiting, facts.as_of)
    drawing = reduce(DataFrame.unionByName, (rows.select("person_key") for rows in (dibao, tekun)))
    poor = facts.register("poverty_register").filter(
        F.col("status").isin(list(line.poor_statuses))
        & (role_of(F.col("relation")) == "head")
        & may_hold(F.col("since_on") < F.lit(first))
    )
    # Whoever draws is visited as such, and says nothing about how those are who are only registered as poor.
    poor = poor.join(drawing.dropna().distinct(), "person_key", "left_anti")
    entries = known_books(facts).filter("is_living").groupBy(*PERSON).agg(*(F.max(name).alias(name) for name in _PLACE))
    placed = poor.withColumn("household_no", F.col("book_no")).join(
        entries, list(PERSON), "inner"
    )  # entries: one row a number and name

    def of(rows: DataFrame, data_set: str, kin_of: str, *cells: str) -> DataFrame:
        place = {f"stated_{name}": F.col(column) for name, column in zip(("county", "town", "village"), _PLACE, strict=True)}
        built = need_candidates(
            rows, data_set, household_no=F.col("household_no"), value=F.lit(0), threshold=F.lit(0), severity=F.lit(0.0), told=F.lit(""),
            evidence=rows_of(data_set, *cells), **place,
        )  # fmt: skip
        return built.withColumns({"kin_of": F.lit(kin_of), "house": F.concat_ws("|", "data_set", "_file_id", "_sheet", "_row")})

    return reduce(
        DataFrame.unionByName,
        (
            of(dibao, "dibao_roster", "dibao", "start_month", "stop_month"),
            of(tekun, "tekun_roster", "tekun", "start_month", "stop_month", "care_mode"),
            of(placed, "poverty_register", "poor", "status", "since_on"),
        ),
    )


def _keys(number: str, name: str, *place: str) -> Column:
    """How a household may be named: by number and name, and by place and name."""
    both = F.array(
        F.when(F.col(number).isNotNull(), F.concat_ws("|", F.lit("number"), number, name)),
        F.when(F.col(name).isNotNull(), F.concat_ws("|", F.lit("place"), *place, name)),
    )
    return F.explode(F.array_compact(both))


@once
def _visits(facts: NeedFacts, first: date, last: date) -> DataFrame:
    """Visits to each house in these days: house, kin_of, stated_county, stated_town, visitor_kind, month, week."""
    line = in_force(facts.policy.visiting, facts.as_of)
    named = facts.register("visits").filter(
        F.col("visited_on").between(F.lit(first), F.lit(last)) & F.col("visitor_kind").isin([*line.monthly, *line.weekly])
    )
    seen = named.select("visitor_kind", "visited_on", _keys("person_key", "name_key", *_PLACE).alias("key"))
    stated = ("stated_county", "stated_town", "stated_village")
    meant = _households(facts, first).select(
        "house", "kin_of", *stated[:2], _keys("number_key", "record_name_key", *stated).alias("key")
    )
    return meant.join(seen, "key", "inner").select(
        "house", "kin_of", *stated[:2], "visitor_kind",
        F.trunc("visited_on", "month").alias("month"), F.trunc("visited_on", "week").alias("week"),
    ).distinct()  # fmt: skip


def visits_due(facts: NeedFacts, first: date, last: date) -> DataFrame:
    """house, stated_county, visitor_kind, is_monthly, due, made: months or weeks; a row a house to be visited and kind of visitor.

    Due are the months and weeks of these days in which any household of its sort was visited in the town: where nobody was, the
    register was not kept or not delivered, and nobody can be said to have been passed over. Of such a house there is no row.
    """
    line = in_force(facts.policy.visiting, facts.as_of)
    is_monthly = F.col("visitor_kind").isin(list(line.monthly))
    spans = F.when(is_monthly, F.col("month")).otherwise(F.col("week"))
    where = ["kin_of", "stated_county", "stated_town", "visitor_kind"]
    visits = _visits(facts, first, last)
    due = visits.groupBy(*where).agg(F.countDistinct(spans).alias("due"))
    made = visits.groupBy("house", "visitor_kind").agg(F.countDistinct(spans).alias("made"))
    return (
        _households(facts, first)
        .select("house", *where[:3])
        .join(due, where[:3], "inner")  # a row a house and kind of visitor
        .join(made, ["house", "visitor_kind"], "left")  # one row a house and kind
        .select(
            "house",
            "stated_county",
            "visitor_kind",
            is_monthly.alias("is_monthly"),
            "due",
            F.coalesce("made", F.lit(0)).alias("made"),
        )
    )


def houses_to_visit(facts: NeedFacts, first: date) -> DataFrame:
    """stated_county and houses: how many households are to be visited from that day on."""
    return _households(facts, first).groupBy("stated_county").agg(F.countDistinct("house").alias("houses"))


def candidates(facts: NeedFacts) -> DataFrame:
    """One row a household with too few visits of a kind."""
    line = in_force(facts.policy.visiting, facts.as_of)
    first, last = _window(facts, line)
    missed = F.col("due") - F.col("made")
    limit = F.when(F.col("is_monthly"), F.lit(line.missed_months)).otherwise(F.lit(line.missed_weeks))
    spans = F.when(F.col("is_monthly"), F.lit("个月")).otherwise(F.lit("周"))
    told = F.concat(
        "visitor_kind", F.lit("应走访"), F.col("due").cast("string"), spans, F.lit("、登记"), F.col("made").cast("string"), spans
    )
    too_few = (
        visits_due(facts, first, last)
        .filter(missed >= limit)
        .groupBy("house")
        .agg(
            F.concat_ws("，", F.sort_array(F.collect_list(told))).alias("_told"),
            F.sum(missed).alias("_missed"),
            F.sum("due").alias("_due"),
            F.max((F.col("made") == 0).cast("int")).alias("_none"),
        )
    )
    houses = _households(facts, first)
    built = houses.join(too_few, "house", "inner").withColumns(  # one row a house
        {
            "value": F.col("_missed").cast("double"),
            "threshold": F.col("_due").cast("double"),
            "severity": F.when(F.col("_none") == 1, F.lit(_NONE_AT_ALL)).otherwise(F.lit(_SOME)),
            "told": F.concat(F.lit(f"近{line.months}个月"), "_told"),
        }
    )
    return built.select(*CANDIDATE_COLUMNS)


def lacks(facts: NeedFacts) -> list[str]:
    return [] if facts.register("visits").limit(1).count() else ["M08 is not judged: no row of 走访记录 was delivered"]


RULE = NeedRule(
    code="M08",
    title="Visits not made",
    title_zh="应走访未走访",
    subject="the household's head",
    unit="visits missed",
    source="社会救助暂行办法（国务院令第649号，2014）第十三条：对获得最低生活保障家庭定期核查；走访频次按本地走访规定（2015年起）",
    in_force=(date(2015, 1, 1), None),
    candidates=candidates,
    met_by=(),
    is_of_the_poor=False,
    told_found="，请了解是漏访还是漏登记",
    lacks=lacks,
    verify=("核对走访手册与登记是否一致", "当面了解近期生活情况和诉求", "漏访的，当月补访并登记"),
)
