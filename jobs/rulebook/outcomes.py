"""From rules and their candidates to findings: found, clear, exempt with its code, or cannot judge with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import EVIDENCE
from jobs.registers.conditions import first_of, first_that_holds, holds
from jobs.registers.policy import Policy
from jobs.rulebook.fingerprint import fingerprint
from jobs.rulebook.rule import Judgement, Rule


def judged(candidates: DataFrame, rules: Sequence[tuple[Rule, Conf]], policy: Policy) -> DataFrame:
    """Candidates with outcome, exemption_code, missing, value, threshold, amounts, explanation and signals, each by its own rule.

    A null condition counts as not met. Order: a missing fact, then an exemption, then the fact itself. A finding under a number
    whose registered name is another is a matter of data, never of conduct (exempt R07).
    """
    judgements = {rule.code: rule.judge(params) for rule, params in rules}

    def told(of_rule: Callable[[Judgement], Column]) -> Column:
        return _by_rule({code: of_rule(judgement) for code, judgement in judgements.items()})

    is_about_data = _by_rule({rule.code: F.lit(rule.is_about_data) for rule, _ in rules})
    fingerprints = _by_rule({rule.code: F.lit(fingerprint(rule, params, policy)) for rule, params in rules})
    signals = _by_rule({code: _signals(code, judgement) for code, judgement in judgements.items()})
    outcome = (
        F.when(F.col("missing").isNotNull(), F.lit("cannot_judge"))
        .when(F.col("exemption_code").isNotNull(), F.lit("exempt"))
        .when(F.col("_is_found"), F.lit("found"))
        .otherwise(F.lit("clear"))
    )
    is_found = F.col("outcome") == "found"
    is_another_s = is_found & (F.col("identity_grade") == "D") & ~F.col("_is_about_data")
    at_stake = F.when(F.col("is_personal"), F.col("share_yuan")).otherwise(F.col("paid_yuan"))
    return (
        candidates.withColumns(
            {
                "missing": told(lambda judgement: first_that_holds(judgement.missing)),
                "exemption_code": told(lambda judgement: first_that_holds(judgement.exempt)),
                "doubt_code": told(lambda judgement: first_that_holds(judgement.doubts)),
                "_is_found": told(lambda judgement: holds(judgement.found)),
                "_is_about_data": is_about_data,
                "is_personal": told(lambda judgement: F.lit(judgement.is_personal)),
                "value": told(lambda judgement: judgement.value.cast("double")),
                "threshold": told(_threshold),
                "months": F.col("paid_months"),
                "amount_upper": F.col("upper_yuan"),
                "explanation": told(lambda judgement: judgement.explanation),
                "signals": signals,
                "evidence": F.col("evidence").cast(EVIDENCE),
                "rule_fingerprint": fingerprints,
            }
        )
        .withColumn("exemption_code", F.when(F.col("missing").isNull(), F.col("exemption_code")))
        .withColumn("outcome", outcome)
        .withColumns(
            {
                "counted_yuan": F.when(F.col("is_personal"), F.col("counted_share_yuan")).otherwise(F.col("counted_yuan")),
                "doubt_code": F.when(is_found, F.col("doubt_code")),
                "amount_estimate": F.when(is_found & ~is_another_s, at_stake).otherwise(F.lit(0)).cast("decimal(18,2)"),
                "exemption_code": F.when(is_another_s, F.lit("R07")).otherwise(F.col("exemption_code")),
                "outcome": F.when(is_another_s, F.lit("exempt")).otherwise(F.col("outcome")),
            }
        )
    )


def best_of_each(findings: DataFrame) -> DataFrame:
    """The best-graded finding of each rule, case, subject and thing."""
    best = Window.partitionBy("rule_code", "case_id", "subject_key", "thing_key").orderBy(
        "identity_grade", "outcome", "person_id", "event_on", "explanation"
    )
    return findings.withColumn("_n", F.row_number().over(best)).filter("_n = 1")


def _by_rule(columns: dict[str, Column]) -> Column:
    """The column of the rule whose row it is."""
    return first_of((F.col("rule_code") == code, column) for code, column in columns.items())


def _threshold(judgement: Judgement) -> Column:
    threshold = judgement.threshold if isinstance(judgement.threshold, Column) else F.lit(judgement.threshold)
    return threshold.cast("double")


def _signals(code: str, judgement: Judgement) -> Column:
    measured = {"value": judgement.value, **judgement.signals}
    return F.create_map(*(part for name, figure in measured.items() for part in (F.lit(f"{code}.{name}"), figure.cast("double"))))
