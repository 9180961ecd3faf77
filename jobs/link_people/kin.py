"""Kin of the persons of benefit households: what rosters, household books, marriages and declarations say, register by register.

A household of a roster or a book states each member's relation to its head; what two members are to each other is
composed through the head, and only where the ordinary reading leaves no choice.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import KIN
from expectations.contracts.model import ORIGIN
from jobs.cells.text import EMPTY_FORMS
from jobs.registers.benefits import Silver
from jobs.registers.conditions import holds
from jobs.registers.kinship import INVERSE, marriages_of, role_of
from jobs.registers.references import LIVE

_COMPOSED = {
    **{("head", relation): relation for relation in INVERSE},
    ("spouse", "child"): "child",
    ("spouse", "child-in-law"): "child-in-law",
    ("spouse", "parent"): "parent-in-law",
    ("spouse", "parent-in-law"): "parent",
    ("spouse", "grandchild"): "grandchild",
    ("child", "child"): "sibling",
    ("child", "child-in-law"): "spouse",
    ("child", "parent"): "grandparent",
    ("child", "parent-in-law"): "grandparent",
    ("parent", "parent"): "spouse",
    ("parent-in-law", "parent-in-law"): "spouse",
    ("parent", "sibling"): "child",
    ("sibling", "sibling"): "sibling",
    ("grandparent", "sibling"): "grandchild",
}
"""(what a person is to the head, what the relative is): what the relative is to the person. Pairs that leave a choice are not here."""


def close_kin(kin: DataFrame) -> DataFrame:
    """Numbers of the husbands and wives, present and past, the parents and the children: number_key."""
    return (
        kin.filter(F.col("relation").isin("spouse", "parent", "child"))
        .select(F.col("kin_number_key").alias("number_key"))
        .distinct()
    )


def kin(silver: Silver, members: DataFrame) -> DataFrame:
    """silver.kin: one row per person of a benefit household, relative, relation and register that says so.

    members: everyone whom a benefit names, as named_persons gives them; silver: the registers with the numbers that links
    lend. Both directions where both draw a benefit, else that of the person who does. `relation` is what the relative is to
    the person. Names are the register's own: how well they fit the numbers is for silver.identities to say. Origin is the
    relative's row, of a marriage its registration. Blood does not change where one member is covered alone: kin are here all
    the same, and rules on the means of a household must respect single cover themselves.
    """
    persons = members.filter(F.col("number_key").isNotNull()).select("number_key").distinct()
    everything = (
        _composed(_roster_households(members), persons, "dibao_roster")
        .unionByName(_composed(_books(silver("household_registry"), persons), persons, "household_registry"))
        .unionByName(marriages_of(silver("marriages"), persons))
        .unionByName(_declared(silver("kin_declarations"), persons))
    )
    usable = everything.filter(
        (F.col("number_key") != F.col("kin_number_key"))
        & (F.coalesce("name_key", F.lit("")) != "")
        & (F.coalesce("kin_name_key", F.lit("")) != "")
    )
    earliest = Window.partitionBy(*KIN.key).orderBy(*ORIGIN, "since_on", "until_on")
    return usable.withColumn("_n", F.row_number().over(earliest)).filter("_n = 1").select(*KIN.column_names)


def _roster_households(members: DataFrame) -> DataFrame:
    head = F.when(F.col("relation").isNull() & F.col("is_head"), F.lit("head"))
    return members.filter(F.col("data_set") == "dibao_roster").select(
        F.col("case_id").alias("household"), "number_key", "name_key", F.coalesce(head, role_of(F.col("relation"))).alias("role"),
        F.lit(None).cast("string").alias("sex"), F.lit(None).cast("date").alias("born_on"), F.lit(True).alias("is_current"), *ORIGIN,
    )  # fmt: skip


def _books(registry: DataFrame, persons: DataFrame) -> DataFrame:
    """Everyone in the household books of the given persons, the cancelled among them."""
    is_current = F.col("status").isin(*LIVE)
    numbered = registry.filter(~F.col("book_no").isin(sorted(EMPTY_FORMS)))
    own = numbered.join(persons.withColumnRenamed("number_key", "person_key"), "person_key", "left_semi")
    books = own.select("county_code", "book_no").distinct()
    return numbered.join(books, ["county_code", "book_no"], "left_semi").select(
        F.concat_ws("|", "county_code", "book_no").alias("household"), F.col("person_key").alias("number_key"), "name_key",
        role_of(F.col("relation")).alias("role"), "sex", "born_on", is_current.alias("is_current"), *ORIGIN,
    )  # fmt: skip


def _composed(households: DataFrame, persons: DataFrame, data_set: str) -> DataFrame:
    """Kin inside households. A household of two heads is two that share a number: nothing is composed in it."""
    is_head = holds(F.col("role") == "head")
    # Who has no usable number is counted, too: of two sons one may be without, and either may be the husband.
    someone = F.coalesce("number_key", "name_key", F.concat_ws("|", *ORIGIN))
    best_row = Window.partitionBy("household", "_someone").orderBy(F.col("is_current").desc(), is_head.desc(), *ORIGIN)
    known = (
        households.withColumn("_someone", someone)
        .withColumn("_n", F.row_number().over(best_row))
        .filter("_n = 1")
        .withColumn("_heads", F.sum((is_head & F.col("is_current")).cast("int")).over(Window.partitionBy("household")))
        .withColumn("alike", F.count("*").over(Window.partitionBy("household", "role", "sex")))
        .filter(F.col("is_current") & (F.col("_heads") <= 1) & F.col("role").isNotNull())
    )
    kept = ("role", "sex", "alike", "born_on")
    person = known.join(persons, "number_key", "left_semi").select(
        "household", "number_key", "name_key", *(F.col(column).alias(f"person_{column}") for column in kept)
    )
    relative = known.select(
        "household", F.col("number_key").alias("kin_number_key"), F.col("name_key").alias("kin_name_key"),
        *(F.col(column).alias(f"kin_{column}") for column in kept), *ORIGIN,
    )  # fmt: skip
    both_ways = {**{(b, a): INVERSE[relation] for (a, b), relation in _COMPOSED.items()}, **_COMPOSED}
    compositions = persons.sparkSession.createDataFrame(
        [(*roles, relation) for roles, relation in both_ways.items()], "person_role string, kin_role string, relation string"
    )
    # Through the table first: in the book of a dormitory no two of a thousand 其他 are ever paired.
    pairs = person.join(F.broadcast(compositions), "person_role", "inner").join(relative, ["household", "kin_role"], "inner")
    beside_head = (F.col("person_role") == "head") | (F.col("kin_role") == "head")
    one_of_each = (F.col("person_sex") != F.col("kin_sex")) & (F.col("person_alike") == 1) & (F.col("kin_alike") == 1)
    both_parents = F.col("person_sex").isNull() & F.col("kin_sex").isNull() & (F.col("person_alike") == 2)  # rosters give no sex
    is_certain = (
        (F.col("relation") != "spouse")
        | beside_head
        | holds(one_of_each)
        | (both_parents & (F.col("person_role") == F.col("kin_role")))
    )
    born_on = F.when(F.col("relation") == "child", F.col("kin_born_on")).when(
        F.col("relation") == "parent", F.col("person_born_on")
    )
    return pairs.filter(is_certain).select(
        "number_key", "name_key", "kin_number_key", "kin_name_key", "relation", F.lit(data_set).alias("data_set"), *ORIGIN,
        born_on.alias("since_on"), F.lit(None).cast("date").alias("until_on"),
    )  # fmt: skip


def _declared(declarations: DataFrame, persons: DataFrame) -> DataFrame:
    """A declaration says what the relative is to the cadre: the row says what the cadre is to the relative."""
    role = role_of(F.col("relation"))
    reverse = F.lit("other")
    for relation, inverse in INVERSE.items():
        reverse = F.when(role == relation, F.lit(inverse)).otherwise(reverse)
    return declarations.withColumnRenamed("relative_key", "number_key").join(persons, "number_key", "left_semi").select(
        "number_key", F.col("relative_name_key").alias("name_key"), F.col("cadre_key").alias("kin_number_key"),
        F.col("cadre_name_key").alias("kin_name_key"), reverse.alias("relation"), F.lit("kin_declarations").alias("data_set"),
        *ORIGIN, F.lit(None).cast("date").alias("since_on"), F.lit(None).cast("date").alias("until_on"),
    )  # fmt: skip
