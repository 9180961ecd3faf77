"""The run of this stage; its runbook is the docstring of the package."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    ALIASES,
    CASES,
    COVERAGE,
    DEATHS,
    ENTITLEMENT_MONTHS,
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
from jobs.launch.context import RunContext
from jobs.launch.settings import FloodSettings
from jobs.registers.policy import gaps
from jobs.rulebook.facts import Facts
from jobs.rulebook.findings import find_clues
from jobs.rulebook.gathering import gathered
from jobs.rulebook.key_persons import key_persons
from jobs.rulebook.rule_coverage import RegisterHole, people_by_county, rule_coverage
from jobs.rules.in_force import rules_in_force

NAME = "find_clues"
READS = (COVERAGE, MEMBERS, CASES, PERSONS, IDENTITIES, KIN, LINKS, ALIASES, ENTITLEMENT_MONTHS, DEATHS, *SILVER)
WRITES = (FINDINGS, KEY_PERSONS, RULE_COVERAGE)


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    with ctx.report.stage("find clues") as progress:
        progress.add_task("find clues", total=None)
        for gap in gaps(ctx.settings.policy, ctx.as_of):
            ctx.report.warn(gap)
        facts = gathered(ctx.lake, ctx.settings.policy, ctx.as_of)
        rules = [(rule, params) for rule, params in rules_in_force(ctx.as_of, ctx.settings.params) if not rule.needs_scores]
        lake.overwrite(FINDINGS, find_clues(facts, rules))
        lake.overwrite(KEY_PERSONS, key_persons(facts, lake.read(FINDINGS)))
        counted = outcome_counts(lake.read(FINDINGS))
        ctx.report.current.rows = sum(counted.values())
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
        RegisterHole(row["data_set"], row["area"]) for row in lake.read_or_empty(COVERAGE).filter("month = ''").collect()
    ]  # some a register
    rules = [rule for rule, _ in rules_in_force(ctx.as_of, ctx.settings.params) if not rule.needs_scores]
    found = {code: counted.get((code, "found"), 0) for code in held}
    rows = rule_coverage(rules, people_by_county(facts.named, facts.cases), holes, counted, found)
    lake.overwrite(RULE_COVERAGE, lake.session.createDataFrame(rows, RULE_COVERAGE.schema))
    ctx.report.figures["rules"] = [dict(zip(RULE_COVERAGE.column_names, row, strict=True)) for row in rows]
    for row in rows:
        if row[2]:
            ctx.report.warn(f"{row[0]} had no {row[2]}: it judged {row[5]:,} of {row[4]:,} people.")
