"""The household of a person who may need help: the household book, and the husband or wife of the marriage register."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.cells.text import EMPTY_FORMS
from jobs.registers.benefits import Silver
from jobs.registers.conditions import holds
from jobs.registers.deaths import best_attested_deaths
from jobs.registers.kinship import marriages_of, role_of
from jobs.registers.means.registered import ENTRY_COLUMNS, Once, current_entries, entries
from jobs.registers.references import DEAD, LIVE, REGISTRY

SUBJECT = ("subject_key", "subject_name_key")
_NO_KIN = "非亲属|集体|寄住|寄养|借住"
"""Relations to the head that make no household."""


def died(register: Silver, people: DataFrame) -> DataFrame:
    """Of the people (ENTRY_COLUMNS) those whom a register of deaths names under their own name: number_key, name_key, died_on.

    An entry that was cancelled for death and restored says that the person lives.
    """
    records = best_attested_deaths(register, people.select("number_key").distinct()).withColumnRenamed("name_key", "_name")
    both = people.filter("registry_status IS NULL OR registry_status != '恢复'").join(records, "number_key", "inner")
    is_theirs = (F.col("_name") == F.col("name_key")) | holds(F.col("_name") == F.col("former_name_key"))
    return both.filter(is_theirs).groupBy("number_key", "name_key").agg(F.min("died_on").alias("died_on"))


def book_members(register: Silver, books: DataFrame, largest: int, once: Once) -> DataFrame:
    """Living entries of the given household books (county_code, book_no), ENTRY_COLUMNS and is_head. Collective registrations are
    none: dormitories and clinics keep hundreds of strangers in one book."""
    # Two entries of one number and name in a book are one person.
    of_person = Window.partitionBy("county_code", "book_no", "number_key", "name_key").orderBy("registered_row")
    found = (
        entries(register(REGISTRY))
        .filter(F.col("registry_status").isin(*LIVE) & ~F.coalesce(F.col("book_relation"), F.lit("")).rlike(_NO_KIN))
        .join(books, ["county_code", "book_no"], "left_semi")
        .withColumn("_n", F.row_number().over(of_person))
        .filter("_n = 1")
        .withColumn("_size", F.count("*").over(Window.partitionBy("county_code", "book_no")))
        .filter(F.col("_size") <= largest)
        .withColumn("is_head", holds(role_of(F.col("book_relation")) == "head"))
    )
    return once(found.select(*ENTRY_COLUMNS, "is_head"), "needs_books")


def usable_books(people: DataFrame) -> DataFrame:
    return people.filter(F.col("book_no").isNotNull() & ~F.col("book_no").isin(sorted(EMPTY_FORMS))).select(
        "county_code", "book_no"
    )


def households(subjects: DataFrame, more: DataFrame, register: Silver, largest: int, as_of: date, once: Once) -> DataFrame:
    """Who belongs to each subject's household: SUBJECT, ENTRY_COLUMNS and is_head. Key SUBJECT, number_key, name_key.

    subjects: ENTRY_COLUMNS of living people. more: SUBJECT and ENTRY_COLUMNS of others who are known to live with them.
    Husband or wife by a marriage that stands count wherever they are registered, of the subject and of the head of the book; a
    marriage that ended goes before the book, which keeps the divorced together. The dead are left out.
    """
    own = subjects.withColumnsRenamed({"number_key": SUBJECT[0], "name_key": SUBJECT[1]}).select(
        *SUBJECT, "county_code", "book_no"
    )
    found = book_members(register, usable_books(subjects).distinct(), largest, once)
    in_book = own.join(found, ["county_code", "book_no"], "inner").select(*SUBJECT, *ENTRY_COLUMNS, "is_head")
    itself = subjects.select(
        F.col("number_key").alias(SUBJECT[0]), F.col("name_key").alias(SUBJECT[1]), *ENTRY_COLUMNS, F.lit(False).alias("is_head")
    )
    beside = more.withColumn("is_head", F.lit(False)).select(*SUBJECT, *ENTRY_COLUMNS, "is_head")
    roof = once(in_book.unionByName(itself).unionByName(beside), "needs_roof")
    is_subject = (F.col("number_key") == F.col(SUBJECT[0])) & (F.col("name_key") == F.col(SUBJECT[1]))
    holders = (
        roof.filter(is_subject | F.col("is_head"))
        .select(*SUBJECT, "number_key", "name_key", is_subject.alias("_is_subject"))
        .distinct()
    )
    marriages = once(
        marriages_of(_concerned(register("marriages"), holders, once), holders.select("number_key").distinct()).select(
            "number_key", "name_key", "kin_number_key", "kin_name_key", holds(F.col("until_on") <= F.lit(as_of)).alias("is_over")
        ),
        "needs_marriages",
    )  # fmt: skip
    partners = _partners(marriages.filter("NOT is_over"), register)
    wedded = holders.join(partners, ["number_key", "name_key"], "inner").select(
        *SUBJECT, *(F.col(f"kin_{name}").alias(name) for name in ENTRY_COLUMNS), F.lit(False).alias("is_head")
    )
    parted = (
        marriages.filter("is_over")
        .join(
            marriages.filter("NOT is_over").select("number_key", "kin_number_key"), ["number_key", "kin_number_key"], "left_anti"
        )
        .select(
            F.col("number_key").alias(SUBJECT[0]),
            F.col("name_key").alias(SUBJECT[1]),
            F.col("kin_number_key").alias("number_key"),
        )
        .distinct()
    )
    everyone = roof.unionByName(wedded).join(parted, [*SUBJECT, "number_key"], "left_anti")
    once_each = Window.partitionBy(*SUBJECT, "number_key", "name_key").orderBy(
        F.col("is_head").desc(), F.col("registered_row").isNull()
    )
    return everyone.withColumn("_n", F.row_number().over(once_each)).filter("_n = 1").drop("_n")


def _concerned(marriages: DataFrame, holders: DataFrame, once: Once) -> DataFrame:
    """Registrations of the holders, and of whom they married: whether a marriage stands, those of either side decide."""

    def of(numbers: DataFrame, rows: DataFrame) -> DataFrame:
        sides = [
            rows.join(F.broadcast(numbers.withColumnRenamed("number_key", side)), side, "left_semi")
            for side in ("husband_key", "wife_key")
        ]
        return sides[0].unionByName(sides[1]).distinct()

    own = once(of(holders.select("number_key").distinct(), marriages), "needs_own_marriages")
    couples = own.select(F.col("husband_key").alias("number_key")).unionByName(own.select(F.col("wife_key").alias("number_key")))
    return once(of(couples.dropna().distinct(), marriages), "needs_all_marriages")


def _partners(marriages: DataFrame, register: Silver) -> DataFrame:
    """Husbands and wives with their registry entry, or the register's own name where they have none; the dead are left out."""
    numbers = marriages.select(F.col("kin_number_key").alias("number_key")).distinct()
    known = current_entries(register(REGISTRY), numbers)
    kin = {name: f"kin_{name}" for name in ENTRY_COLUMNS}
    named = marriages.withColumnRenamed("kin_name_key", "_name").join(known.withColumnsRenamed(kin), "kin_number_key", "inner")
    is_theirs = (F.col("_name") == F.col("kin_name_key")) | holds(F.col("_name") == F.col("kin_former_name_key"))
    registered = named.filter(is_theirs & (F.col("kin_registry_status") != DEAD)).select("number_key", "name_key", *kin.values())
    strangers = marriages.join(known.select(F.col("number_key").alias("kin_number_key")), "kin_number_key", "left_anti")
    types = {field.name: field.dataType for field in known.schema.fields}
    given = {"number_key": F.col("kin_number_key"), "name_key": F.col("kin_name_key")}
    outside = strangers.select(
        "number_key", "name_key", *(given.get(name, F.lit(None).cast(types[name])).alias(kin[name]) for name in ENTRY_COLUMNS)
    )
    return registered.unionByName(outside)
