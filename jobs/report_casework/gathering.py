"""What the report takes from the lake, as plain rows: counts, and nobody in person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import (
    ALIASES,
    CASES,
    CHECKS,
    FILES,
    LEDGER,
    LINKS,
    LISTED_CLUES,
    NEEDS,
    NUMBER_STATES,
    PURPOSES,
    RUNS,
    SILVER,
)
from expectations.contracts.lake.planning import UNREMARKABLE
from expectations.contracts.lake.runs import FINISHED
from expectations.contracts.model import ORIGIN
from jobs.cells.masking import mask_numbers
from jobs.needs.visits_missed import houses_to_visit, visits_due
from jobs.registers.conditions import may_hold
from jobs.registers.divisions import division_names
from jobs.registers.linked import linked_registers
from jobs.registers.policy import Policy
from jobs.report_casework.register_tables import (
    ADD_ON_RULE,
    FOUND_SOMETHING,
    AddOns,
    Application,
    Compared,
    DeliveredFile,
    FromLake,
    Need,
    Visited,
)
from jobs.report_casework.table import Period
from jobs.rulebook.need import NeedFacts
from jobs.rulebook.need_outcomes import FOUND
from jobs.runtime.lake import Lake

READS = (FILES, NUMBER_STATES, RUNS, LISTED_CLUES, NEEDS, CASES, LEDGER, CHECKS, PURPOSES, LINKS, ALIASES, *SILVER)
CHECK_READS = (CHECKS, PURPOSES, DATA_SETS["check_requests"].silver, CASES)
_USED = ("accepted", "purged")
_USABLE, _EMPTY = ("valid", "upgraded"), ("absent",)
_ROSTER = DATA_SETS["dibao_roster"].silver


def gathered(lake: Lake, checks: Lake, policy: Policy, period: Period, *, is_synthetic: bool) -> FromLake:
    """checks: the lake that checks are made in; the same where they are made with supervision."""
    needs = _needs(lake)
    return FromLake(
        names=division_names(lake.read_or_empty(CASES)), files=_files(lake, period), compared=_compared(lake, period), needs=needs,
        visits=_visits(lake, policy, period),
        add_ons=_add_ons(lake, period), applications=_applications(checks, period), towns=_towns(lake),
        drawn_from=_drawn_from(lake, period), search_on=_searched_on(lake), is_synthetic=is_synthetic,
    )  # fmt: skip


def _files(lake: Lake, period: Period) -> list[DeliveredFile] | str:
    """Files of the deliveries whose first run that took them in is of the period."""
    runs = lake.read_or_empty(RUNS).filter((F.col("job") == "ingest") & (F.col("state") == FINISHED))
    first = {
        row["delivery_id"]: row["first"]
        for row in runs.groupBy("delivery_id").agg(F.min("as_of").alias("first")).collect()  # one a delivery
    }
    if not first:
        return "数据湖没有读入报送的运行记录"
    wanted = [delivery for delivery, day in first.items() if day in period]
    states = {
        (row["data_set"], row["file_id"]): (row["usable"], row["numbers"])
        for row in lake.read_or_empty(NUMBER_STATES)
        .groupBy("data_set", "file_id")
        .agg(
            F.sum(F.when(F.col("state").isin(*_USABLE), F.col("row_count")).otherwise(F.lit(0))).alias("usable"),
            F.sum(F.when(~F.col("state").isin(*_EMPTY), F.col("row_count")).otherwise(F.lit(0))).alias("numbers"),
        )
        .collect()  # one a file
    }
    rows = (
        lake.read(FILES).filter(F.col("delivery_id").isin(wanted) if wanted else F.lit(False)).collect()
    )  # some dozens a delivery
    return sorted(
        (
            DeliveredFile(
                mask_numbers(row["reported_by"] or "") or "未注明单位", row["data_set"] or "", row["status"] in _USED,
                row["read_rows"] or 0,
                row["accepted_rows"] or 0, row["quarantined_rows"] or 0, row["skipped_rows"] or 0,
                *_numbers(states.get((row["data_set"], row["file_id"]))),
            )
            for row in rows
        ),
        key=lambda file: (file.department, file.data_set, file.read),
    )  # fmt: skip


def _numbers(state: tuple[int, int] | None) -> tuple[int | None, int | None]:
    return (None, None) if state is None else (state[1], state[0])


def _compared(lake: Lake, period: Period) -> list[Compared] | str:
    if not lake.exists(LISTED_CLUES):
        return "没有比对过"
    asked = F.max(F.when(F.col("as_of") <= F.lit(period.last), F.col("is_dispatched")))
    of_clue = lake.read(LISTED_CLUES).groupBy("clue_id", "rule_code").agg(F.min("as_of").alias("first"), asked.alias("asked"))
    found = of_clue.filter(F.col("first").between(F.lit(period.first), F.lit(period.last)))
    counted = found.groupBy("rule_code").agg(F.count("*").alias("listed"), F.sum(F.col("asked").cast("int")).alias("to_visit"))
    return [Compared(*row) for row in counted.orderBy("rule_code").collect()]  # a row a rule


def _searched_on(lake: Lake) -> date | None:
    day: date | None = lake.read_or_empty(NEEDS).agg(F.max("last_seen").alias("day")).collect()[0]["day"]
    return day


def _needs(lake: Lake) -> list[Need] | str:
    if not lake.exists(NEEDS):
        return "没有查找过需求"
    found = lake.read(NEEDS).filter(F.col("outcome") == FOUND).select("need_id", "rule_code", "first_seen")
    return [Need(*row) for row in found.orderBy("need_id").collect()]  # some thousands


def _visits(lake: Lake, policy: Policy, period: Period) -> list[Visited] | str:
    visits = DATA_SETS["visits"].silver
    if not lake.exists(visits) or lake.read(visits).isEmpty():
        return "没有报送走访记录"
    facts = NeedFacts(linked_registers(lake), policy, period.last, lake.computed_once)
    of_house = lake.computed_once(visits_due(facts, period.first, period.last), "report_visits")
    due = of_house.groupBy("stated_county", "is_monthly").agg(F.sum("due").alias("due"), F.sum("made").alias("made")).collect()
    by_house = of_house.groupBy("stated_county", "house").agg(F.sum("made").alias("made"))
    kept = by_house.groupBy("stated_county").agg(
        F.count("*").alias("kept"), F.sum((F.col("made") == 0).cast("int")).alias("alone")
    ).collect()  # fmt: skip  # one a county
    spans: dict[tuple[str, str], tuple[int, int]] = {
        (row["stated_county"] or "", "months" if row["is_monthly"] else "weeks"): (row["due"], row["made"]) for row in due
    }
    told = {row["stated_county"] or "": (row["kept"], row["alone"]) for row in kept}
    houses = houses_to_visit(facts, period.first).collect()  # one a county
    return [
        Visited(
            code, row["houses"], *told.get(code, (0, 0)),
            {span: spans[code, span][0] for span in ("months", "weeks") if (code, span) in spans},
            {span: spans[code, span][1] for span in ("months", "weeks") if (code, span) in spans},
        )
        for row in sorted(houses, key=lambda row: row["stated_county"] or "") for code in [row["stated_county"] or ""]
    ]  # fmt: skip


def _add_ons(lake: Lake, period: Period) -> list[AddOns] | str:
    """By county what the roster pays on top, and what the last search found unpaid."""
    if not lake.exists(_ROSTER) or not lake.exists(NEEDS):
        return "没有报送低保花名册，或没有查找过需求"
    tells = F.col("add_on_kinds").isNotNull() | (F.col("add_on_amount") > 0)
    month = F.trunc(F.lit(period.last), "month")
    draws = may_hold(F.col("start_month") <= month) & may_hold(F.col("stop_month") >= month)
    roster = lake.read(_ROSTER)
    filled = {row[0] for row in roster.filter(tells).select("county_code").distinct().collect()}
    counties = sorted({row[0] for row in roster.select("county_code").dropna().distinct().collect()})
    paid = {
        row["county_code"]: (row["households"], row["yuan"])
        for row in roster.filter(tells & draws)
        .groupBy("county_code", "household_no")
        .agg(F.max("add_on_amount").alias("yuan"))
        .groupBy("county_code")
        .agg(F.count("*").alias("households"), F.sum("yuan").alias("yuan"))
        .collect()
    }
    of_rule = lake.read(NEEDS).filter((F.col("rule_code") == ADD_ON_RULE) & (F.col("outcome") == FOUND))
    unpaid = {
        row["county_code"]: (row["households"], row["people"])
        for row in of_rule.groupBy("county_code")
        .agg(F.countDistinct("household_no").alias("households"), F.countDistinct("need_id").alias("people"))
        .collect()
    }
    return [
        AddOns(code, *paid.get(code, (0, 0)), *unpaid.get(code, (0, 0))) if code in filled else AddOns(code, None, None, None, None)
        for code in counties
    ]  # fmt: skip


def _applications(lake: Lake, period: Period) -> list[Application] | str:
    """Applications of the period, as the last check found them."""
    requests = DATA_SETS["check_requests"].silver
    if not lake.exists(CHECKS) or not lake.exists(requests):
        return "没有核对过申请"
    day = lake.read_or_empty(PURPOSES).filter(F.col("purpose") == "check").agg(F.max("as_of").alias("day")).collect()[0]["day"]
    if day is None or day < period.first:
        return f"最近一次核对在 {day or '本期之前'}，不在本期"
    member = F.coalesce(F.concat("person_key", F.lit("|"), "name_key"), F.concat_ws("|", *ORIGIN))
    people = lake.read(requests).groupBy("application_no").agg(F.countDistinct(member).alias("people"))
    checks = lake.read(CHECKS)
    of_members = checks.filter(~F.col("is_summary") & (F.col("result") == FOUND_SOMETHING))
    who = F.concat_ws("|", "who_file_id", "who_sheet", "who_row")
    found = of_members.groupBy("application_no").agg(F.countDistinct(who).alias("found"))
    rows = (
        checks.filter("is_summary")
        .filter(F.col("applied_on").between(F.lit(period.first), F.lit(period.last)))
        .join(people, "application_no", "left")  # one row an application
        .join(found, "application_no", "left")  # one row an application
        .select(F.coalesce("county_code", F.lit("")), "result", F.coalesce("people", F.lit(0)), F.coalesce("found", F.lit(0)))
        .collect()  # as many as applications
    )
    return sorted((Application(*row) for row in rows), key=lambda one: (one.county_code, one.result, one.people, one.found))


def _towns(lake: Lake) -> Sequence[tuple[str, str]]:
    rows = lake.read_or_empty(CASES).select("county_code", "town").dropna().distinct().collect()  # one a township
    return sorted((row["county_code"], row["town"]) for row in rows)


def _drawn_from(lake: Lake, period: Period) -> int | None:
    """Households without a clue from which the last list of the period drew some."""
    drawn = lake.read_or_empty(LEDGER).filter(
        (F.col("stratum") == UNREMARKABLE) & F.col("as_of").between(F.lit(period.first), F.lit(period.last))
    )
    rows = drawn.select("as_of", "list_no", "drawn_from").distinct().collect()  # one a list
    return max(((row["as_of"], row["list_no"], row["drawn_from"]) for row in rows), default=(None, None, None))[2]
