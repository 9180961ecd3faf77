"""Relations in one word each, and marriages with their days."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from expectations.contracts.value_words import KIN
from jobs.registers.conditions import holds

INVERSE = {
    "spouse": "spouse", "sibling": "sibling", "other": "other", "child": "parent", "parent": "child",
    "child-in-law": "parent-in-law", "parent-in-law": "child-in-law", "grandchild": "grandparent", "grandparent": "grandchild",
}  # fmt: skip
"""What I am to the one who is this to me."""


def role_of(text: Column) -> Column:
    """Relation to the head of the household, in one word of `KIN`, from what a register writes; null for no known relation."""
    word = F.regexp_replace(F.regexp_replace(text, r"[\s\u3000]", ""), "^(户主)?[之的]|[、或/（(].*$", "")
    role = F.lit(None).cast("string")
    for name, pattern in KIN.items():
        role = F.when(word.rlike(f"^({pattern})$"), F.lit(name)).otherwise(role)
    return role


def marriages_of(marriages: DataFrame, persons: DataFrame) -> DataFrame:
    """The last marriage of each couple: since its 结婚, until the first 离婚 after it, or until either marries somebody else."""
    usable = marriages.filter(F.col("husband_key") != F.col("wife_key"))
    is_husband = F.col("_side") == "husband"
    registrations = usable.withColumn("_side", F.explode(F.array(F.lit("husband"), F.lit("wife")))).select(
        F.when(is_husband, F.col("husband_key")).otherwise(F.col("wife_key")).alias("number_key"),
        F.when(is_husband, F.col("husband_name_key")).otherwise(F.col("wife_name_key")).alias("name_key"),
        F.when(is_husband, F.col("wife_key")).otherwise(F.col("husband_key")).alias("kin_number_key"),
        F.when(is_husband, F.col("wife_name_key")).otherwise(F.col("husband_name_key")).alias("kin_name_key"),
        "kind",
        "registered_on",
        *ORIGIN,
    )
    # A marriage ends when the other one marries again, too: the registrations of the partners count as well.
    partners = registrations.join(persons, "number_key", "left_semi").select(F.col("kin_number_key").alias("number_key"))
    concerned = registrations.join(persons.unionByName(partners).distinct(), "number_key", "left_semi")

    def day_of(kind: str) -> Column:
        return F.when(F.col("kind") == kind, F.col("registered_on"))

    of_pair = Window.partitionBy("number_key", "kin_number_key")
    first_divorce = F.min(F.when(F.col("registered_on") >= F.col("married_on"), day_of("离婚"))).over(of_pair)
    is_named = holds((F.col("name_key") != "") & (F.col("kin_name_key") != ""))
    is_opening = holds(day_of("结婚") == F.col("married_on"))
    telling = of_pair.orderBy(is_named.desc(), is_opening.desc(), *ORIGIN)
    couples = (
        concerned.withColumn("married_on", F.max(day_of("结婚")).over(of_pair))
        .withColumn("reissued_on", F.max(day_of("补领")).over(of_pair))
        .withColumn("last_divorce", F.max(day_of("离婚")).over(of_pair))
        .withColumn("divorced_on", F.when(F.col("married_on").isNull(), F.col("last_divorce")).otherwise(first_divorce))
        .withColumn("_n", F.row_number().over(telling))
        .filter("_n = 1")
    )
    weddings = concerned.filter(F.col("kind") == "结婚").select(
        "number_key", F.col("kin_number_key").alias("_other"), F.col("registered_on").alias("_other_on")
    )
    # Married to each other by then: on the day of the wedding, or that of the re-issue where no wedding is on record.
    later = (
        couples.join(weddings, "number_key", "inner")
        .filter((F.col("_other") != F.col("kin_number_key")) & (F.col("_other_on") > F.coalesce("married_on", "reissued_on")))
        .groupBy("number_key", "kin_number_key")
        .agg(F.min("_other_on").alias("_own_next"))
    )
    of_couple = Window.partitionBy(F.least("number_key", "kin_number_key"), F.greatest("number_key", "kin_number_key"))
    ended = couples.join(later, ["number_key", "kin_number_key"], "left").withColumn(  # later: one row a couple and side
        "until_on", F.coalesce("divorced_on", F.min("_own_next").over(of_couple))
    )
    return ended.join(persons, "number_key", "left_semi").select(
        "number_key", "name_key", "kin_number_key", "kin_name_key", F.lit("spouse").alias("relation"),
        F.lit("marriages").alias("data_set"), *ORIGIN, F.col("married_on").alias("since_on"), "until_on",
    )  # fmt: skip
