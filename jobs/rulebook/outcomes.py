"""From a rule and its candidates to findings: found, clear, exempt with its code, or cannot judge with what is missing."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.conf import Conf
from expectations.contracts.lake import EVIDENCE, FINDINGS
from jobs.registers.conditions import first_that_holds, holds
from jobs.registers.policy import Policy
from jobs.rulebook.fingerprint import fingerprint
from jobs.rulebook.rule import Judgement, Rule


def with_outcome(candidates: DataFrame, judgement: Judgement) -> DataFrame:
    """Candidates with outcome, exemption_code, missing, value, threshold, amounts and explanation.

    A null condition counts as not met. Order: a missing fact, then an exemption, then the fact itself.
    """
    missing = first_that_holds(judgement.missing)
    exempt = first_that_holds(judgement.exempt)
    outcome = (
        F.when(F.col("missing").isNotNull(), F.lit("cannot_judge"))
        .when(F.col("exemption_code").isNotNull(), F.lit("exempt"))
        .when(holds(judgement.found), F.lit("found"))
        .otherwise(F.lit("clear"))
    )
    at_stake = F.col("share_yuan") if judgement.is_personal else F.col("paid_yuan")
    return candidates.withColumns({"missing": missing, "exemption_code": F.when(missing.isNull(), exempt)}).withColumns(
        {
            "outcome": outcome,
            "value": judgement.value.cast("double"),
            "threshold": judgement.threshold if isinstance(judgement.threshold, Column) else F.lit(judgement.threshold),
            "months": F.col("paid_months"),
            "amount_upper": F.col("upper_yuan"),
            "is_personal": F.lit(judgement.is_personal),
            "counted_yuan": F.col("counted_share_yuan" if judgement.is_personal else "counted_yuan"),
            "amount_estimate": F.when(outcome == "found", at_stake).otherwise(F.lit(0)).cast("decimal(18,2)"),
            "explanation": judgement.explanation,
            "doubt_code": F.when(outcome == "found", first_that_holds(judgement.doubts)),
        }
    )


def findings(rule: Rule, params: Conf, policy: Policy, paid_candidates: DataFrame) -> DataFrame:
    """gold.findings of one rule: the best-graded candidate of each case, subject and thing, with its outcome.

    A finding under a number whose registered name is another is a matter of data, never of conduct (exempt R07).
    """
    judgement = rule.judge(params)
    rows = with_outcome(paid_candidates, judgement)
    measured = {"value": judgement.value, **judgement.signals}
    signals = F.create_map(
        *(part for name, figure in measured.items() for part in (F.lit(f"{rule.code}.{name}"), figure.cast("double")))
    )
    other_name = F.lit(not rule.is_about_data) & (F.col("identity_grade") == "D") & (F.col("outcome") == "found")
    rows = rows.withColumns(
        {
            "exemption_code": F.when(other_name, F.lit("R07")).otherwise(F.col("exemption_code")),
            "outcome": F.when(other_name, F.lit("exempt")).otherwise(F.col("outcome")),
            "amount_estimate": F.when(other_name, F.lit(0).cast("decimal(18,2)")).otherwise(F.col("amount_estimate")),
            "rule_code": F.lit(rule.code),
            "rule_fingerprint": F.lit(fingerprint(rule, params, policy)),
            "signals": signals,
            "evidence": F.col("evidence").cast(EVIDENCE),
        }
    )
    best = Window.partitionBy("case_id", "subject_key", "thing_key").orderBy(
        "identity_grade", "outcome", "person_id", "event_on", "explanation"
    )
    return rows.withColumn("_n", F.row_number().over(best)).filter("_n = 1").select(*FINDINGS.column_names)
