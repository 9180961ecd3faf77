"""Key persons (三类重点人员): which households touch one, by the list of conf/policy.yaml. Being one is no ground for anything."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import KEY_PERSONS
from jobs.registers.policy import KeyPersons
from jobs.rulebook.facts import Facts


def key_persons(facts: Facts, findings: DataFrame) -> DataFrame:
    """gold.key_persons: one row per case and kind of key person.

    By rule: the case has a finding of a rule that is about them. By declaration or by unit: an official of the kind is in the
    household, close kin of it, or has put one of it on file.
    """
    frames = [_of_kind(facts, findings, kind) for kind in facts.policy.key_persons if kind.is_in_force(facts.as_of)]
    nobody = facts.members.sparkSession.createDataFrame([], KEY_PERSONS.schema)
    return reduce(DataFrame.unionByName, frames, nobody)


def _of_kind(facts: Facts, findings: DataFrame, kind: KeyPersons) -> DataFrame:
    cases = findings.filter((F.col("outcome") == "found") & F.col("rule_code").isin(list(kind.rules))).select("case_id")
    around = facts.members.select("case_id", "subject_key").unionByName(facts.relatives.select("case_id", "subject_key"))
    if kind.declared_kinds:
        declared = facts.register("kin_declarations").filter(F.col("cadre_kind").isin(list(kind.declared_kinds)))
        for number in ("cadre_key", "relative_key"):
            cases = cases.unionByName(_cases_of(around, declared.select(F.col(number).alias("subject_key"))))
    if kind.unit_words:
        staff = facts.register("fiscal_staff").filter(F.col("unit").rlike("|".join(kind.unit_words)))
        cases = cases.unionByName(_cases_of(around, staff.select(F.col("person_key").alias("subject_key"))))
    titled = cases.distinct().withColumns({"title": F.lit(kind.title), "is_separate": F.lit(kind.is_separate)})
    return titled.select(*KEY_PERSONS.column_names)


def _cases_of(around: DataFrame, officials: DataFrame) -> DataFrame:
    known = officials.filter(F.col("subject_key").isNotNull()).distinct()
    return around.join(known, "subject_key", "left_semi").select("case_id")
