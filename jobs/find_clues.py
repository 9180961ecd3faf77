"""Find clues: facts about entitlement that a caseworker should verify. A clue accuses nobody.

Reads   silver.members               one row per person of a case            key case_id, data_set, origin
        silver.cases                 one row per benefit household           key case_id
        silver.persons               one row per person of a benefit         key person_id
        silver.identities            one row per number and name             key number_key, name_key
        silver.entitlement_months    one row per case and month              key case_id, for_month
        silver.deaths                one row per number and name             key number_key, name_key
        silver.<registers>           one row per delivered row               key _file_id, _sheet, _row
Writes  gold.findings                one row per rule and thing looked at    key rule_code, case_id, subject_key, thing_key
Re-run  safe: the table is replaced in one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CASES, DEATHS, ENTITLEMENT_MONTHS, FINDINGS, IDENTITIES, LINKS, MEMBERS, PERSONS, SILVER
from jobs.linking.links import with_links
from jobs.rules import RULES
from jobs.rules.facts import MEMBER_COLUMNS, Facts
from jobs.rules.outcomes import findings
from jobs.rules.rule import Rule
from jobs.rules.time_engine import with_payments
from jobs.runtime.context import RunContext
from jobs.runtime.launch import launch

NAME = "find_clues"
READS = (MEMBERS, CASES, PERSONS, IDENTITIES, LINKS, ENTITLEMENT_MONTHS, DEATHS, *SILVER)
WRITES = (FINDINGS,)


def member_facts(members: DataFrame, cases: DataFrame, persons: DataFrame) -> DataFrame:
    """MEMBER_COLUMNS: each person once per case and number, with what of the case and the registry a rule needs."""
    once = Window.partitionBy("case_id", "number_key", "name_key").orderBy(
        F.col("is_head").desc(), F.col("is_covered").desc(), "data_set", "_file_id", "_sheet", "_row"
    )
    numbered = members.filter(F.col("number_key").isNotNull()).withColumn("_n", F.row_number().over(once)).filter("_n = 1")
    household = members.groupBy("case_id").agg(
        F.sum(F.col("is_covered").cast("int")).cast("int").alias("covered_members"),
        F.max(F.col("is_single_cover").cast("int")).cast("boolean").alias("case_has_single_cover"),
    )
    of_case = cases.select("case_id", "covered_heads", "declared_assets")
    registered = persons.select(F.col("person_id").alias("member_person_id"), "registry_status")
    return (
        numbered.withColumnsRenamed(
            {"number_key": "subject_key", "person_id": "member_person_id", "identity_grade": "member_grade"}
        )
        .join(of_case, "case_id", "left")  # one row a case
        .join(household, "case_id", "left")  # one row a case
        .join(registered, "member_person_id", "left")  # one row a person
        .select(*MEMBER_COLUMNS)
    )


def find_clues(facts: Facts, entitlement_months: DataFrame, rules: Sequence[tuple[Rule, Conf]]) -> DataFrame:
    """gold.findings of all rules. Pure. What a rule cannot judge keeps a row with what is missing; it is never silently clear."""
    frames = [findings(rule, params, with_payments(rule.candidates(facts, params), entitlement_months)) for rule, params in rules]
    return reduce(DataFrame.unionByName, frames)


def rules_in_force(as_of: date, params: Callable[[str], Conf]) -> list[tuple[Rule, Conf]]:
    return [(rule, params(rule.code)) for rule in RULES if rule.is_in_force(as_of)]


def run(ctx: RunContext) -> None:
    lake = ctx.lake
    with ctx.report.stage("find clues") as progress:
        progress.add_task("find clues", total=None)
        facts = Facts(
            members=member_facts(lake.read(MEMBERS), lake.read(CASES), lake.read(PERSONS)),
            deaths=lake.read(DEATHS),
            identities=lake.read(IDENTITIES),
            register=with_links(lambda code: lake.read_or_empty(DATA_SETS[code].silver), lake.read(LINKS)),
            as_of=ctx.as_of,
        )
        rules = rules_in_force(ctx.as_of, ctx.settings.params)
        lake.overwrite(FINDINGS, find_clues(facts, lake.read(ENTITLEMENT_MONTHS), rules))
        counted = lake.read(FINDINGS).groupBy("rule_code", "outcome").count().collect()  # at most four rows a rule
        ctx.report.stages[-1].rows = sum(row["count"] for row in counted)
        ctx.report.figures["findings"] = {f"{row['rule_code']} {row['outcome']}": row["count"] for row in sorted(counted)}


if __name__ == "__main__":
    raise SystemExit(launch(NAME, run))
