"""What the registers hold of a set of persons: one row a person and thing, with the grade of the match and whether it counts.

Means are what a household lives on or could: wages, a pension above the standard, a car in use, a trading entity, a second
dwelling, business property. Everything else that stands registered is told with the reason why it does not count.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from jobs.registers.benefits import Silver
from jobs.registers.conditions import holds
from jobs.registers.means import found as registers
from jobs.registers.means.lines import FUND, WAGES, Lines
from jobs.registers.means.registered import Once, Variants, identified
from jobs.registers.references import person_references

REGISTERS = (
    "social_insurance", "pensions", "housing_fund", "fiscal_staff", "vehicles", "properties", "enterprises", "enterprise_roles",
)  # fmt: skip
"""Registers that say what somebody lives on or owns."""


def holdings(people: DataFrame, register: Silver, lines: Lines, *, variants: Variants, once: Once, name: str) -> DataFrame:
    """What REGISTERS hold under the numbers of people (ENTRY_COLUMNS): RECORD_COLUMNS, HOLDING_COLUMNS, name_key
    of the person and identity_grade. A row under another name (D) is nobody's here and left out.

    Key number_key, name_key, data_set, thing_key and origin.
    """
    numbers = people.select("number_key").distinct()

    def rows(code: str) -> DataFrame:
        number = person_references(DATA_SETS[code])[0].number_key
        return register(code).join(numbers.withColumnRenamed("number_key", number), number, "left_semi")

    readers = {
        "social_insurance": registers.insurance, "pensions": registers.pensions, "housing_fund": registers.housing_fund,
        "fiscal_staff": registers.payroll, "vehicles": registers.vehicles, "properties": registers.properties,
        "enterprises": registers.entities,
    }  # fmt: skip
    frames = [
        readers[code](rows(code), lines) if code in readers else registers.roles(rows(code), lines, register)
        for code in REGISTERS
    ]
    found = once(reduce(DataFrame.unionByName, frames), f"{name}_holdings")
    return _without_left_jobs(identified(found, people, variants).filter(F.col("identity_grade").isin("A", "B", "C", "E")))


def _without_left_jobs(held: DataFrame) -> DataFrame:
    """An open housing-fund account of somebody whose employer's insurance has ended was not sealed: nobody pays into it."""
    of_person = Window.partitionBy("number_key", "name_key")
    is_job = F.col("kind") == WAGES
    has_left = (F.max(is_job.cast("int")).over(of_person) == 1) & (
        F.max((is_job & F.col("is_current")).cast("int")).over(of_person) == 0
    )
    is_stale = holds((F.col("counts") == FUND) & has_left)
    marked = held.withColumn("_is_stale", is_stale)
    return marked.withColumns(
        {
            "counts": F.when(~F.col("_is_stale"), F.col("counts")),
            "note": F.when(F.col("_is_stale"), F.lit("单位职工参保已终止，公积金账户尚未封存")).otherwise(F.col("note")),
        }
    ).drop("_is_stale")
