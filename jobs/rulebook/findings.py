"""What the rules find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import (
    EVIDENCE,
    FINDINGS,
)
from jobs.rulebook.facts import Facts
from jobs.rulebook.outcomes import best_of_each, judged
from jobs.rulebook.rule import Rule
from jobs.rulebook.time_engine import gathered_months, with_payments


def find_clues(facts: Facts, rules: Sequence[tuple[Rule, Conf]]) -> DataFrame:
    """gold.findings of all rules. Pure, but for what `facts.keep` computes. What a rule cannot judge keeps a row with what is missing; it is
    never silently clear."""
    told = best_of_each(judged(_paid_candidates(facts, rules), rules, facts.policy))
    rows = facts.roster_rows().select("case_id", "subject_key", "roster_rows")
    nothing = F.array().cast(EVIDENCE)
    whole = F.concat(F.coalesce("evidence", nothing), F.coalesce("roster_rows", nothing))
    return (
        told.join(rows, ["case_id", "subject_key"], "left")  # one row a case and number
        .withColumn("evidence", whole)
        .select(*FINDINGS.column_names)
    )


_RULES_A_PLAN = 6
"""Rules whose candidates are computed together: what an engine takes to plan grows faster than the plan."""


def _paid_candidates(facts: Facts, rules: Sequence[tuple[Rule, Conf]]) -> DataFrame:
    """Candidates of all rules with rule_code and PAYMENT_COLUMNS; a column that a rule does not have is null in its rows.

    What was paid is joined and counted once for all of them, once they are there: engines plan what is asked of a candidate for each rule
    that may have found it, and a plan of all rules costs several times what its parts do.
    """
    looked_at = [
        (rule, params, rule.in_its_time(rule.candidates(facts, params)).withColumn("rule_code", F.lit(rule.code)))
        for rule, params in rules
    ]
    by_all_months = [rows for rule, _, rows in looked_at if rule.money is None]
    by_own_money = [
        with_payments(rows, gathered_months(rule.money(facts, params)))
        for rule, params, rows in looked_at
        if rule.money is not None
    ]
    paid = [with_payments(_together(_in_parts(facts, by_all_months, "candidates")), facts.paid)] if by_all_months else []
    return _together([*paid, *_in_parts(facts, by_own_money, "paid_candidates")])


def _in_parts(facts: Facts, frames: Sequence[DataFrame], name: str) -> list[DataFrame]:
    """The frames computed now, some at a time."""
    parts = [frames[at : at + _RULES_A_PLAN] for at in range(0, len(frames), _RULES_A_PLAN)]
    return [facts.keep(_together(part), f"{name}_{number}") for number, part in enumerate(parts)]


def _together(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)
