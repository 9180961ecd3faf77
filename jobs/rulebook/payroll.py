"""Spells on the public payroll: who of the people paid from it is staff."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.evidence import rows_of
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_in_service, is_staff
from jobs.rulebook.facts import Facts, held_by, held_by_relatives


def payroll_spells(persons: DataFrame, facts: Facts) -> DataFrame:
    """One row per person and spell, as held_by gives them, with is_staff (by kind of payee) and has_left (by status)."""
    return _judged(held_by(persons, facts, "fiscal_staff", "person_key", "name_key"), facts)


def payroll_spells_of_relatives(facts: Facts) -> DataFrame:
    """The same of the kin outside the roster whom the law names, with relation."""
    kin = Lines.of(facts.policy, facts.as_of).payroll.kin
    return _judged(held_by_relatives(facts, kin, "fiscal_staff", "person_key", "name_key"), facts)


def _judged(spells: DataFrame, facts: Facts) -> DataFrame:
    lines = Lines.of(facts.policy, facts.as_of)
    return spells.withColumns({"is_staff": is_staff(lines), "has_left": ~is_in_service(lines)})


def unknown_spell() -> dict[str, Column]:
    """What has to be known of a spell: who left on no known day may have drawn while in service, or not."""
    return {
        "staff_kind": F.col("staff_kind").isNull(),
        "from_month": F.col("from_month").isNull(),
        "to_month": F.col("is_staff") & F.col("has_left") & F.col("to_month").isNull(),
    }


def payroll_evidence() -> Column:
    return rows_of("fiscal_staff", "unit", "post", "staff_kind", "status", "from_month", "to_month", "monthly_pay")
