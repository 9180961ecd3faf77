"""What other registers show around a case: traces of its people, what they own and earn, officials among their kin, deaths."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from jobs.registers.benefits import Silver
from jobs.registers.means.lines import Lines
from jobs.registers.means.what_counts import is_cadre, is_earned_pension, is_insured_wage, is_staff
from jobs.registers.references import person_references

BENEFIT_REGISTERS = frozenset({"dibao_roster", "tekun_roster", "payments"})
REFUSED_REGISTERS = frozenset({"disabilities"})
"""No feature may tell of a disability as such."""
DEATH_REGISTERS = frozenset({"cremations", "death_certificates"})
LIFE_REGISTERS = tuple(
    code
    for code, data_set in DATA_SETS.items()
    if data_set.purpose == "supervision"
    and not data_set.is_optional
    and code not in BENEFIT_REGISTERS | DEATH_REGISTERS | REFUSED_REGISTERS
)
"""Registers in which somebody who lives leaves a trace; an optional one would make cases of one city stranger than those of another."""
HELD = {"vehicles": "owner_key", "properties": "owner_key", "enterprises": "legal_rep_key"}


def traces(register: Silver, persons: DataFrame) -> DataFrame:
    """case_id, registers_knowing: registers beyond those of benefits that name anybody of the case.

    persons: case_id, number_key; one row a person.
    """
    numbers = persons.select("number_key").distinct()
    frames = [
        register(code)
        .select(F.col(reference.number_key).alias("number_key"))
        .join(F.broadcast(numbers), "number_key", "left_semi")
        .distinct()
        .withColumn("code", F.lit(code))
        for code in LIFE_REGISTERS
        for reference in person_references(DATA_SETS[code])
    ]
    known = reduce(DataFrame.unionByName, frames)
    return (
        persons.join(known, "number_key", "inner")
        .groupBy("case_id")
        .agg(F.countDistinct("code").cast("int").alias("registers_knowing"))
    )


def property_rows(register: Silver, persons: DataFrame) -> DataFrame:
    """case_id, <register>_held: rows of each register of property under a number of the case."""
    frames = [
        persons.join(register(code).select(F.col(key).alias("number_key")), "number_key", "inner")
        .groupBy("case_id")
        .agg(F.count("*").cast("int").alias(f"{code}_held"))
        for code, key in HELD.items()
    ]
    return reduce(lambda left, right: left.join(right, "case_id", "full"), frames)


def incomes(register: Silver, persons: DataFrame, lines: Lines) -> DataFrame:
    """case_id, income_yuan: wages by contribution base and pensions that were earned, as far as they run now, a month, of all
    its people."""
    wages = (
        register("social_insurance")
        .filter(is_insured_wage(lines) & F.col("to_month").isNull())
        .select("person_key", F.col("base").alias("yuan"))
    )
    pensions = (
        register("pensions")
        .filter(is_earned_pension(lines) & F.col("to_month").isNull())
        .select("person_key", F.col("monthly").alias("yuan"))
    )
    running = wages.unionByName(pensions).withColumnRenamed("person_key", "number_key")
    return persons.join(running, "number_key", "inner").groupBy("case_id").agg(F.sum("yuan").cast("double").alias("income_yuan"))


def kin_in_office(register: Silver, persons: DataFrame, kin: DataFrame, lines: Lines) -> DataFrame:
    """case_id, kin_in_office: close kin of its people who are village cadres or staff on the public payroll."""
    cadres, staff = register("village_cadres").filter(is_cadre(lines)), register("fiscal_staff").filter(is_staff(lines))
    officials = cadres.select("person_key").unionByName(staff.select("person_key")).distinct()
    numbers = kin.select("number_key", "kin_number_key").distinct()
    close = numbers.join(officials.withColumnRenamed("person_key", "kin_number_key"), "kin_number_key", "left_semi")
    return (
        persons.join(close, "number_key", "inner")
        .groupBy("case_id")
        .agg(F.countDistinct("kin_number_key").cast("int").alias("kin_in_office"))
    )


def approval_to_death(members: DataFrame, deaths: DataFrame) -> DataFrame:
    """case_id, months_to_death: fewest months from approval to the death of somebody covered; negative when approved after it."""
    died = members.filter("is_covered AND approved_on IS NOT NULL").join(
        deaths.select("number_key", "name_key", "died_on"), ["number_key", "name_key"], "inner"
    )
    return died.groupBy("case_id").agg(F.min(F.months_between("died_on", "approved_on")).alias("months_to_death"))


def accounts(members: DataFrame, transfers: DataFrame) -> DataFrame:
    """case_id, accounts_used, foreign_holder_ratio: bank accounts of the year, and the share of transfers to somebody outside the case."""
    own = members.select("case_id", F.col("name_key").alias("account_name_key")).distinct().withColumn("is_own", F.lit(1))
    named = transfers.join(own, ["case_id", "account_name_key"], "left")
    is_foreign = F.col("account_name_key").isNotNull() & F.col("is_own").isNull()
    return named.groupBy("case_id").agg(
        F.countDistinct("bank_account_key").cast("int").alias("accounts_used"),
        F.avg(is_foreign.cast("double")).alias("foreign_holder_ratio"),
    )
