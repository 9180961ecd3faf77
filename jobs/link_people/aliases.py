"""Numbers and names that mean a person who has another number or name now: re-numbered, or one person by verdict."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from expectations.contracts.lake import ALIASES
from jobs.registers.benefits import Silver
from jobs.registers.identity_verdicts import Groups, IdentityVerdicts, Pair, pair_of, pair_side
from jobs.registers.references import LIVE, MOVED, REGISTRY

NEW_NUMBER, BY_VERDICT = "new number", "same person by verdict"


def renumbered(registry: DataFrame) -> DataFrame:
    """Cancelled entries whose person stands in the same household book under another number: number_key, name_key, new_number_key.

    Same name, day of birth, sex and book; and exactly one entry on either side, so that twins of one name stay two.
    """
    person = ("county_code", "book_no", "name_key", "born_on", "sex")
    named = registry.filter(F.col("person_key").isNotNull() & F.col("book_no").isNotNull()).dropna(
        subset=["name_key", "born_on", "sex"]
    )
    old = named.filter(F.col("status") == MOVED).select(*person, F.col("person_key").alias("number_key"))
    new = named.filter(F.col("status").isin(*LIVE)).select(*person, F.col("person_key").alias("new_number_key"))
    pairs = old.join(new, list(person), "inner").filter(F.col("number_key") != F.col("new_number_key")).distinct()
    one_person = Window.partitionBy(*person)
    return (
        pairs.withColumn("_n", F.count("*").over(one_person)).filter("_n = 1").select("number_key", "name_key", "new_number_key")
    )


def aliases(silver: Silver, verdicts: IdentityVerdicts) -> tuple[DataFrame, Groups]:
    """silver.aliases, and the groups of sides that mean one person.

    What stands for a person: a live entry of the registry before a cancelled one before none, then the smaller digest.
    """
    registry = silver(REGISTRY)
    moved = renumbered(registry).orderBy("number_key", "name_key").collect()  # people who were given a new number: dozens
    edges = [(pair_side(old, name), pair_side(new, name)) for old, name, new in moved]
    groups = verdicts.groups(edges)
    persons = [[pair for side in sides if (pair := pair_of(side))] for sides in groups.members().values()]
    standing = _standing(registry, [pair for pairs in persons for pair in pairs])
    rows = []
    by_edge = {side for edge in edges for side in edge}
    for known in filter(None, persons):
        stands = min(known, key=lambda pair: (standing.get(pair, 2), pair))
        rows += [(*pair, *stands, NEW_NUMBER if pair_side(*pair) in by_edge else BY_VERDICT) for pair in known if pair != stands]
    return registry.sparkSession.createDataFrame(sorted(rows), ALIASES.schema), groups


def _standing(registry: DataFrame, pairs: list[Pair]) -> dict[Pair, int]:
    """Of number and name pairs in the registry: 0 where the entry is live, 1 where it was cancelled."""
    if not pairs:
        return {}
    wanted = registry.sparkSession.createDataFrame(pairs, "person_key string, name_key string")
    entries = registry.join(F.broadcast(wanted), ["person_key", "name_key"], "left_semi")
    rows = entries.groupBy("person_key", "name_key").agg(F.min((~F.col("status").isin(*LIVE)).cast("int"))).collect()
    return {(number_key, name_key): standing for number_key, name_key, standing in rows}
