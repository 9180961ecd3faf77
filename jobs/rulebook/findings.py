"""What the rules find."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import (
    EVIDENCE,
    FINDINGS,
)
from jobs.rulebook.facts import Facts
from jobs.rulebook.outcomes import findings
from jobs.rulebook.rule import Rule
from jobs.rulebook.time_engine import gathered_months, with_payments


def find_clues(facts: Facts, rules: Sequence[tuple[Rule, Conf]]) -> DataFrame:
    """gold.findings of all rules. Pure. What a rule cannot judge keeps a row with what is missing; it is never silently clear."""
    frames = [findings(rule, params, facts.policy, _paid_candidates(facts, rule, params)) for rule, params in rules]
    rows = facts.roster_rows().select("case_id", "subject_key", "roster_rows")
    told = reduce(DataFrame.unionByName, frames).join(rows, ["case_id", "subject_key"], "left")  # one row a case and number
    nothing = F.array().cast(EVIDENCE)
    whole = F.concat(F.coalesce("evidence", nothing), F.coalesce("roster_rows", nothing))
    return told.withColumn("evidence", whole).select(*FINDINGS.column_names)


def _paid_candidates(facts: Facts, rule: Rule, params: Conf) -> DataFrame:
    money = facts.paid if rule.money is None else gathered_months(rule.money(facts, params))
    return with_payments(rule.candidates(facts, params), money)
