"""Find clues: facts about entitlement that a caseworker should verify. A clue accuses nobody.

Reads   ops.coverage                 one row per register missing somewhere  key data_set, area, month
        silver.members               one row per person of a case            key case_id, data_set, origin
        silver.cases                 one row per benefit household           key case_id
        silver.persons               one row per person of a benefit         key person_id
        silver.identities            one row per number and name             key number_key, name_key
        silver.kin                   one row per person, relative, register   key number_key, name_key, kin_..., relation, data_set
        silver.links, silver.aliases records and numbers that mean somebody else
        silver.entitlement_months    one row per case and month              key case_id, for_month
        silver.deaths                one row per number and name             key number_key, name_key
        silver.<registers>           one row per delivered row               key _file_id, _sheet, _row
Writes  gold.findings                one row per rule and thing looked at    key rule_code, case_id, subject_key, thing_key
        gold.key_persons             one row per case and kind of key person key case_id, title
        ops.rule_coverage            one row per rule                        key rule_code
Re-run  safe: each table is replaced in one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import (
    ALIASES,
    CASES,
    COVERAGE,
    DEATHS,
    ENTITLEMENT_MONTHS,
    EVIDENCE,
    FINDINGS,
    IDENTITIES,
    KEY_PERSONS,
    KIN,
    LINKS,
    MEMBERS,
    PERSONS,
    RULE_COVERAGE,
    SILVER,
)
from jobs.linking.links import linked_registers
from jobs.rules import RULES
from jobs.rules.coverage import Hole, people_by_county, rule_coverage
from jobs.rules.facts import MEMBER_COLUMNS, Facts
from jobs.rules.key_persons import key_persons
from jobs.rules.outcomes import findings
from jobs.rules.policy import gaps
from jobs.rules.rule import Rule
from jobs.rules.time_engine import with_payments
from jobs.runtime.context import RunContext
from jobs.runtime.launch import launch
from jobs.runtime.settings import FloodSettings

NAME = "find_clues"
READS = (COVERAGE, MEMBERS, CASES, PERSONS, IDENTITIES, KIN, LINKS, ALIASES, ENTITLEMENT_MONTHS, DEATHS, *SILVER)
WRITES = (FINDINGS, KEY_PERSONS, RULE_COVERAGE)


def member_facts(members: DataFrame, cases: DataFrame, persons: DataFrame) -> DataFrame:
    """Facts.members: each person of a roster once per case and number."""
    once = Window.partitionBy("case_id", "number_key", "name_key").orderBy(
        F.col("is_head").desc(), F.col("is_covered").desc(), "data_set", "_file_id", "_sheet", "_row"
    )
    numbered = members.filter(F.col("number_key").isNotNull()).withColumn("_n", F.row_number().over(once)).filter("_n = 1")
    household = members.groupBy("case_id").agg(
        F.sum(F.col("is_covered").cast("int")).cast("int").alias("covered_members"),
        F.max(F.col("is_single_cover").cast("int")).cast("boolean").alias("case_has_single_cover"),
    )
    of_case = cases.select(
        "case_id", F.col("county_code").alias("case_county"), F.col("program").alias("case_program"), "covered_heads",
        "member_count", "declared_assets", "rigid_expense",
    )  # fmt: skip
    registered = persons.select(F.col("person_id").alias("member_person_id"), "registry_status", "born_on")
    return (
        numbered.withColumnsRenamed(
            {
                "number_key": "subject_key",
                "name_key": "subject_name_key",
                "person_id": "member_person_id",
                "identity_grade": "member_grade",
            }
        )
        .withColumns({"joined_on": F.lit(None).cast("date"), "left_on": F.lit(None).cast("date")})
        .join(of_case, "case_id", "left")  # one row a case
        .join(household, "case_id", "left")  # one row a case
        .join(registered, "member_person_id", "left")  # one row a person
        .select(*MEMBER_COLUMNS)
    )


def spouse_facts(members: DataFrame, kin: DataFrame, identities: DataFrame, persons: DataFrame) -> DataFrame:
    """Facts.spouses of Facts.members: husbands and wives of the covered who are not in the household's roster.

    A registration of the marriage tells its days and goes before the household book, which keeps the divorced together.
    """
    pair = ("case_id", "kin_number_key", "kin_name_key")
    registered_first = Window.partitionBy(*pair).orderBy(
        (F.col("data_set") != "marriages").cast("int"), F.col("is_head").desc(), F.col("since_on").desc(), "subject_key"
    )
    couples = (
        members.filter("is_covered")
        .join(
            kin.filter((F.col("relation") == "spouse") & F.col("data_set").isin("marriages", "household_registry")).select(
                F.col("number_key").alias("subject_key"), "kin_number_key", "kin_name_key", "data_set", "since_on", "until_on"
            ),
            "subject_key",
            "inner",
        )
        .withColumn("_n", F.row_number().over(registered_first))
        .filter("_n = 1")
    )
    in_roster = members.select("case_id", F.col("subject_key").alias("kin_number_key"))
    outside = couples.join(in_roster, ["case_id", "kin_number_key"], "left_anti")
    known = identities.select(
        F.col("number_key").alias("kin_number_key"), F.col("name_key").alias("kin_name_key"),
        F.col("person_id").alias("_person"), F.col("grade").alias("_grade"),
    )  # fmt: skip
    registered = persons.select(
        F.col("person_id").alias("_person"), F.col("registry_status").alias("_status"), F.col("born_on").alias("_born_on")
    )
    of_spouse = {
        "subject_key": "kin_number_key", "subject_name_key": "kin_name_key", "member_person_id": "_person", "member_grade": "_grade",
        "joined_on": "since_on", "left_on": "until_on", "registry_status": "_status", "born_on": "_born_on",
    }  # fmt: skip
    flags = dict.fromkeys(("is_head", "is_covered", "is_single_cover"), F.lit(False))
    return (
        outside.join(known, ["kin_number_key", "kin_name_key"], "inner")  # unique by number and name
        .join(registered, "_person", "left")  # one row a person
        .withColumns({**{column: F.col(given) for column, given in of_spouse.items()}, **flags})
        .select(*MEMBER_COLUMNS)
    )


def relative_facts(members: DataFrame, kin: DataFrame) -> DataFrame:
    """Facts.relatives of Facts.members: kin of the covered who are not in the household's roster, each once a case and relation.

    Of several registers that say so, the registration of a marriage tells its days; a declaration alone makes nobody kin here.
    """
    told = kin.filter(F.col("data_set") != "kin_declarations").select(
        F.col("number_key").alias("subject_key"), "kin_number_key", "kin_name_key", "relation", "data_set", "since_on", "until_on"
    )  # fmt: skip
    once = Window.partitionBy("case_id", "kin_number_key", "kin_name_key", "relation").orderBy(
        (F.col("data_set") != "marriages").cast("int"), F.col("is_head").desc(), F.col("since_on").desc(), "subject_key"
    )
    in_roster = members.select("case_id", F.col("subject_key").alias("kin_number_key"))
    is_spouse = F.col("relation") == "spouse"
    flags = dict.fromkeys(("is_head", "is_covered", "is_single_cover"), F.lit(False))
    unknown = {"member_person_id": "string", "member_grade": "string", "registry_status": "string", "born_on": "date"}
    return (
        members.filter("is_covered")
        .join(told, "subject_key", "inner")
        .withColumn("_n", F.row_number().over(once))
        .filter("_n = 1")
        .join(in_roster, ["case_id", "kin_number_key"], "left_anti")
        .withColumns(
            {
                "subject_key": F.col("kin_number_key"),
                "subject_name_key": F.col("kin_name_key"),
                "joined_on": F.when(is_spouse, F.col("since_on")),
                "left_on": F.when(is_spouse, F.col("until_on")),
                **{column: F.lit(None).cast(kind) for column, kind in unknown.items()},
                **flags,
            }
        )
        .select(*MEMBER_COLUMNS, "relation")
    )


def find_clues(facts: Facts, rules: Sequence[tuple[Rule, Conf]]) -> DataFrame:
    """gold.findings of all rules. Pure. What a rule cannot judge keeps a row with what is missing; it is never silently clear."""
    frames = [
        findings(rule, params, facts.policy, with_payments(rule.candidates(facts, params), rule.money(facts, params)))
        for rule, params in rules
    ]
    rows = facts.roster_rows().select("case_id", "subject_key", "roster_rows")
    told = reduce(DataFrame.unionByName, frames).join(rows, ["case_id", "subject_key"], "left")  # one row a case and number
    nothing = F.array().cast(EVIDENCE)
    whole = F.concat(F.coalesce("evidence", nothing), F.coalesce("roster_rows", nothing))
    return told.withColumn("evidence", whole).select(*FINDINGS.column_names)


def rules_in_force(as_of: date, params: Callable[[str], Conf]) -> list[tuple[Rule, Conf]]:
    return [(rule, params(rule.code)) for rule in RULES if rule.is_in_force(as_of)]


def gathered(ctx: RunContext) -> Facts:
    """Everything the rules look at; what several of them read is computed once."""
    lake = ctx.lake
    cases, persons, kin, identities = (lake.read(table) for table in (CASES, PERSONS, KIN, IDENTITIES))
    members = lake.computed_once(member_facts(lake.read(MEMBERS), cases, persons), "member_facts")
    spouses = lake.computed_once(spouse_facts(members, kin, identities, persons), "spouse_facts")
    relatives = lake.computed_once(relative_facts(members, kin), "relative_facts")
    return Facts(
        members=members,
        spouses=spouses,
        relatives=relatives,
        named=lake.read(MEMBERS),
        cases=cases,
        months=lake.read(ENTITLEMENT_MONTHS),
        kin=kin,
        deaths=lake.read(DEATHS),
        identities=identities,
        register=linked_registers(lake),
        policy=ctx.settings.policy,
        as_of=ctx.as_of,
    )


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    with ctx.report.stage("find clues") as progress:
        progress.add_task("find clues", total=None)
        for gap in gaps(ctx.settings.policy, ctx.as_of):
            ctx.report.warn(gap)
        facts = gathered(ctx)
        rules = [(rule, params) for rule, params in rules_in_force(ctx.as_of, ctx.settings.params) if not rule.needs_scores]
        lake.overwrite(FINDINGS, find_clues(facts, rules))
        lake.overwrite(KEY_PERSONS, key_persons(facts, lake.read(FINDINGS)))
        counted = outcome_counts(lake.read(FINDINGS))
        ctx.report.stages[-1].rows = sum(counted.values())
        ctx.report.figures["findings"] = {f"{code} {outcome}": count for (code, outcome), count in sorted(counted.items())}
        held = held_rules(lake.read(FINDINGS), facts.cases.count(), ctx.settings.flood)
        for code, households in held.items():
            ctx.report.warn(
                f"{code} found something in {households} households, more than its stated share (flood.highest_share in conf/base.yaml): "
                f"its clues are kept, not dispatched. See docs/rules/{code}.md, and try its parameters: mingjing rule try {code}."
            )
        _write_coverage(ctx, facts, counted, held)


def outcome_counts(findings: DataFrame) -> dict[tuple[str, str], int]:
    """Findings by rule and outcome."""
    rows = findings.groupBy("rule_code", "outcome").count().collect()  # at most four rows a rule
    return {(row["rule_code"], row["outcome"]): row["count"] for row in rows}


def held_rules(findings: DataFrame, households: int, flood: FloodSettings) -> dict[str, int]:
    """Rules that found something in more households than their stated share, and in how many."""
    found = (
        findings.filter("outcome = 'found'").groupBy("rule_code").agg(F.countDistinct("case_id").alias("n")).collect()
    )  # a row a rule
    counts = {row["rule_code"]: row["n"] for row in sorted(found)}
    return {code: n for code, n in counts.items() if n > max(flood.least_cases, flood.share_of(code) * households)}


def _write_coverage(ctx: RunContext, facts: Facts, counted: dict[tuple[str, str], int], held: dict[str, int]) -> None:
    lake = ctx.lake
    holes = [
        Hole(row["data_set"], row["area"]) for row in lake.read_or_empty(COVERAGE).filter("month = ''").collect()
    ]  # some a register
    rules = [rule for rule, _ in rules_in_force(ctx.as_of, ctx.settings.params) if not rule.needs_scores]
    found = {code: counted.get((code, "found"), 0) for code in held}
    rows = rule_coverage(rules, people_by_county(facts.named, facts.cases), holes, counted, found)
    lake.overwrite(RULE_COVERAGE, lake.session.createDataFrame(rows, RULE_COVERAGE.schema))
    ctx.report.figures["rules"] = [dict(zip(RULE_COVERAGE.column_names, row, strict=True)) for row in rows]
    for row in rows:
        if row[2]:
            ctx.report.warn(f"{row[0]} had no {row[2]}: it judged {row[5]:,} of {row[4]:,} people.")


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
