"""Household books that rules of needs look into: computed once, whatever number of rules asks."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.deaths import best_attested_deaths
from jobs.registers.policy import in_force
from jobs.registers.references import DEAD, LIVE, REGISTRY
from jobs.rulebook.facts import once
from jobs.rulebook.need import NeedFacts

PERSON = ("person_key", "name_key")
BOOK = ("county_code", "book_no")


def living(facts: NeedFacts) -> DataFrame:
    """Living entries of the registry under a usable number."""
    return facts.register(REGISTRY).filter(F.col("status").isin(*LIVE) & F.col("person_key").isNotNull())


@once
def known_books(facts: NeedFacts) -> DataFrame:
    """Entries of the books of all whom the low-income roster, a certificate of disability or the poverty register (as poor) names, those
    who died among them and nobody who moved away: PERSON with the state of the number, BOOK, born_on, town, village, relation, status,
    is_living, origin. One row an entry."""
    poor = facts.register("poverty_register").filter(
        F.col("status").isin(list(in_force(facts.policy.visiting, facts.as_of).poor_statuses))
    )
    named = reduce(
        DataFrame.unionByName,
        (rows.select("person_key") for rows in (facts.register("dibao_roster"), facts.register("disabilities"), poor)),
    )
    entries = (
        facts.register(REGISTRY)
        .filter(F.col("status").isin(*LIVE, DEAD) & F.col("person_key").isNotNull() & F.col("book_no").isNotNull())
        .select(
            *PERSON, "person_number_state", *BOOK, "born_on", "town", "village", "relation", "status",
            F.col("status").isin(*LIVE).alias("is_living"), *ORIGIN,
        )
    )  # fmt: skip
    books = entries.join(named.dropna().distinct(), "person_key", "left_semi").select(*BOOK).distinct()
    return entries.join(books, list(BOOK), "left_semi")


@once
def known_deaths(facts: NeedFacts) -> DataFrame:
    """Of these people, and of all on the low-income roster, those whom a register of deaths names under their own name: PERSON, died_on.
    One row a number and name."""
    numbers = known_books(facts).select("person_key").unionByName(facts.register("dibao_roster").select("person_key"))
    found = best_attested_deaths(facts.register, numbers.dropna().distinct().withColumnRenamed("person_key", "number_key"))
    return found.select(F.col("number_key").alias("person_key"), "name_key", "died_on")
