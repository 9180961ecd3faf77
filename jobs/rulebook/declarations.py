"""Relatives whose benefit an official declared: 近亲属享受低保备案."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds
from jobs.rulebook.facts import Facts


def with_declaration(officials: DataFrame, facts: Facts) -> DataFrame:
    """Rows about an official beside a case (subject_key is the official's number) with is_declared and has_declarations.

    is_declared: the official put a member of the case on file. One household is one declaration: whoever of it is named, the
    office knows of the tie. has_declarations: is there any declaration at all? Where none was delivered, nobody can be
    said not to have declared.
    """
    members = facts.members.select(F.col("case_id").alias("_case"), F.col("subject_key").alias("relative_key"))
    declarations = facts.register("kin_declarations").filter(F.col("declared_on") <= F.lit(facts.as_of))
    any_at_all = declarations.agg((F.count("*") > 0).alias("has_declarations"))
    declared = (
        declarations.select(F.col("cadre_key").alias("_official"), "relative_key")
        .join(members, "relative_key", "inner")
        .select("_case", "_official")
        .distinct()
        .withColumn("is_declared", F.lit(True))
    )
    on = (officials["case_id"] == declared["_case"]) & (officials["subject_key"] == declared["_official"])
    joined = officials.join(declared, on, "left").drop("_case", "_official")  # distinct: one row a case and official
    return joined.withColumn("is_declared", holds(F.col("is_declared"))).crossJoin(any_at_all)  # one row


def declared_zh() -> Column:
    return F.when(F.col("is_declared"), F.lit("已有近亲属备案，")).otherwise(F.lit("未查到近亲属备案，"))
