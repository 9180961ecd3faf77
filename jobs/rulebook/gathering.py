"""The facts of a run, gathered from the lake."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import (
    CASES,
    DEATHS,
    ENTITLEMENT_MONTHS,
    IDENTITIES,
    KIN,
    MEMBERS,
    PERSONS,
)
from jobs.registers.linked import linked_registers
from jobs.registers.policy import Policy
from jobs.rulebook.facts import MEMBER_COLUMNS, Facts
from jobs.rulebook.time_engine import gathered_months
from jobs.runtime.lake import Lake


def member_facts(members: DataFrame, cases: DataFrame, persons: DataFrame) -> DataFrame:
    """Facts.members: each person of a roster once per case and number."""
    once = Window.partitionBy("case_id", "number_key", "name_key").orderBy(
        F.col("is_head").desc(), F.col("is_covered").desc(), "data_set", "_file_id", "_sheet", "_row"
    )
    numbered = members.filter(F.col("number_key").isNotNull()).withColumn("_n", F.row_number().over(once)).filter("_n = 1")
    household = members.groupBy("case_id").agg(
        F.sum(F.col("is_covered").cast("int")).cast("int").alias("covered_members"),
        F.max(F.col("is_single_cover").cast("int")).cast("boolean").alias("case_has_single_cover"),
    )
    of_case = cases.select(
        "case_id", F.col("county_code").alias("case_county"), F.col("program").alias("case_program"), "covered_heads",
        "member_count", "declared_assets", "rigid_expense",
    )  # fmt: skip
    registered = persons.select(F.col("person_id").alias("member_person_id"), "registry_status", "born_on")
    return (
        numbered.withColumnsRenamed(
            {
                "number_key": "subject_key",
                "name_key": "subject_name_key",
                "person_id": "member_person_id",
                "identity_grade": "member_grade",
            }
        )
        .withColumns({"joined_on": F.lit(None).cast("date"), "left_on": F.lit(None).cast("date")})
        .join(of_case, "case_id", "left")  # one row a case
        .join(household, "case_id", "left")  # one row a case
        .join(registered, "member_person_id", "left")  # one row a person
        .select(*MEMBER_COLUMNS)
    )


def spouse_facts(members: DataFrame, kin: DataFrame, identities: DataFrame, persons: DataFrame) -> DataFrame:
    """Facts.spouses of Facts.members: husbands and wives of the covered who are not in the household's roster.

    A registration of the marriage tells its days and goes before the household book, which keeps the divorced together.
    """
    pair = ("case_id", "kin_number_key", "kin_name_key")
    registered_first = Window.partitionBy(*pair).orderBy(
        (F.col("data_set") != "marriages").cast("int"), F.col("is_head").desc(), F.col("since_on").desc(), "subject_key"
    )
    couples = (
        members.filter("is_covered")
        .join(
            kin.filter((F.col("relation") == "spouse") & F.col("data_set").isin("marriages", "household_registry")).select(
                F.col("number_key").alias("subject_key"), "kin_number_key", "kin_name_key", "data_set", "since_on", "until_on"
            ),
            "subject_key",
            "inner",
        )
        .withColumn("_n", F.row_number().over(registered_first))
        .filter("_n = 1")
    )
    in_roster = members.select("case_id", F.col("subject_key").alias("kin_number_key"))
    outside = couples.join(in_roster, ["case_id", "kin_number_key"], "left_anti")
    known = identities.select(
        F.col("number_key").alias("kin_number_key"), F.col("name_key").alias("kin_name_key"),
        F.col("person_id").alias("_person"), F.col("grade").alias("_grade"),
    )  # fmt: skip
    registered = persons.select(
        F.col("person_id").alias("_person"), F.col("registry_status").alias("_status"), F.col("born_on").alias("_born_on")
    )
    of_spouse = {
        "subject_key": "kin_number_key", "subject_name_key": "kin_name_key", "member_person_id": "_person", "member_grade": "_grade",
        "joined_on": "since_on", "left_on": "until_on", "registry_status": "_status", "born_on": "_born_on",
    }  # fmt: skip
    flags = dict.fromkeys(("is_head", "is_covered", "is_single_cover"), F.lit(False))
    return (
        outside.join(known, ["kin_number_key", "kin_name_key"], "inner")  # unique by number and name
        .join(registered, "_person", "left")  # one row a person
        .withColumns({**{column: F.col(given) for column, given in of_spouse.items()}, **flags})
        .select(*MEMBER_COLUMNS)
    )


def relative_facts(members: DataFrame, kin: DataFrame) -> DataFrame:
    """Facts.relatives of Facts.members: kin of the covered who are not in the household's roster, each once a case and relation.

    Of several registers that say so, the registration of a marriage tells its days; a declaration alone makes nobody kin here.
    """
    told = kin.filter(F.col("data_set") != "kin_declarations").select(
        F.col("number_key").alias("subject_key"), "kin_number_key", "kin_name_key", "relation", "data_set", "since_on", "until_on"
    )  # fmt: skip
    once = Window.partitionBy("case_id", "kin_number_key", "kin_name_key", "relation").orderBy(
        (F.col("data_set") != "marriages").cast("int"), F.col("is_head").desc(), F.col("since_on").desc(), "subject_key"
    )
    in_roster = members.select("case_id", F.col("subject_key").alias("kin_number_key"))
    is_spouse = F.col("relation") == "spouse"
    flags = dict.fromkeys(("is_head", "is_covered", "is_single_cover"), F.lit(False))
    unknown = {"member_person_id": "string", "member_grade": "string", "registry_status": "string", "born_on": "date"}
    return (
        members.filter("is_covered")
        .join(told, "subject_key", "inner")
        .withColumn("_n", F.row_number().over(once))
        .filter("_n = 1")
        .join(in_roster, ["case_id", "kin_number_key"], "left_anti")
        .withColumns(
            {
                "subject_key": F.col("kin_number_key"),
                "subject_name_key": F.col("kin_name_key"),
                "joined_on": F.when(is_spouse, F.col("since_on")),
                "left_on": F.when(is_spouse, F.col("until_on")),
                **{column: F.lit(None).cast(kind) for column, kind in unknown.items()},
                **flags,
            }
        )
        .select(*MEMBER_COLUMNS, "relation")
    )


def gathered(lake: Lake, policy: Policy, as_of: date, only: DataFrame | None = None) -> Facts:
    """Everything the rules look at; what several of them read is computed once. only: case_id of the cases that are looked at, if not all."""
    cases, persons, kin, identities = (lake.read(table) for table in (CASES, PERSONS, KIN, IDENTITIES))
    named, months = lake.read(MEMBERS), lake.read(ENTITLEMENT_MONTHS)
    if only is not None:
        named, months = (rows.join(only.select("case_id"), "case_id", "left_semi") for rows in (named, months))
    members = lake.computed_once(member_facts(named, cases, persons), "member_facts")
    relatives = lake.computed_once(relative_facts(members, kin), "relative_facts")
    return Facts(
        members=members,
        spouses=spouse_facts(members, kin, identities, persons),
        relatives=relatives,
        named=named,
        cases=cases,
        months=months,
        paid=lake.computed_once(gathered_months(months), "paid"),
        kin=kin,
        deaths=lake.read(DEATHS),
        identities=identities,
        register=linked_registers(lake),
        policy=policy,
        as_of=as_of,
        keep=lake.computed_once,
    )
