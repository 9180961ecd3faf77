"""Links: records whose number and name make nobody, tied to the person they mean; and the registers as the links read them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import LINKS
from expectations.contracts.model import ORIGIN
from jobs.linking.grades import MATCHED, REPAIRED
from jobs.linking.households import Silver
from jobs.linking.identities import REGISTRY, person_references
from jobs.linking.records import people, unresolved, with_texts
from jobs.linking.repair import repaired
from jobs.runtime.lake import Lake
from models.record_linkage import LINKED, LinkageParams, best_matches, load_model, matches

BY_EVERYTHING_ELSE = "name, birth and place"


def registered_pairs(registry: DataFrame) -> DataFrame:
    """number_key and name_key of everyone in the registry, under the present and the former name."""
    known = registry.filter(F.col("person_key").isNotNull())
    pairs = [
        known.select(F.col("person_key").alias("number_key"), F.col(name).alias("name_key"))
        for name in ("name_key", "former_name_key")
    ]
    return pairs[0].unionByName(pairs[1]).filter(F.col("name_key").isNotNull()).distinct()


def find_links(lake: Lake, silver: Silver, roots: DataFrame, params: LinkageParams) -> DataFrame:
    """silver.links. roots: the anchors of everyone whom a benefit names. What fits two people is left untied."""
    known = lake.computed_once(registered_pairs(silver(REGISTRY)), "registered_pairs")
    found = lake.computed_once(unresolved(silver, known), "unresolved")
    records = with_texts(lake, found)
    if records.is_empty():
        return lake.session.createDataFrame([], LINKS.schema)
    candidates = people(lake, silver, found, roots)
    by_number = repaired(records, candidates).with_columns(match_weight=pl.lit(None, dtype=pl.Float64), grade=pl.lit("C"))
    left = records.join(by_number, on="record", how="anti").filter(_states_a_birth())
    registered = silver(REGISTRY).count()
    tied = pl.concat([by_number, _matched(left, candidates, county_names(silver), registered, params)])
    rows = (
        tied.join(records.select("record", "data_set", "role", *ORIGIN), on="record")
        .join(candidates.select("person", "number_key", "name_key"), on="person")
        .select(LINKS.column_names)
        .sort("data_set", "role", *ORIGIN)
    )
    return lake.session.createDataFrame(rows.to_arrow(compat_level=pl.CompatLevel.oldest()), LINKS.schema)


def county_names(silver: Silver) -> dict[str, str]:
    """What the rosters most often call each county code."""
    counted = (
        silver("dibao_roster").groupBy("county_code", "county").count().filter("county IS NOT NULL").collect()
    )  # some counties
    return {row["county_code"]: row["county"] for row in sorted(counted, key=lambda row: (row["count"], row["county"]))}


def _states_a_birth() -> pl.Expr:
    """Without a date of birth or an age there is no grade E: a name in a place is many people's."""
    return pl.col("born_on").is_not_null() | (pl.col("age").is_not_null() & pl.col("died_on").is_not_null())


def _matched(
    records: pl.DataFrame, candidates: pl.DataFrame, counties: Mapping[str, str], registered: int, params: LinkageParams
) -> pl.DataFrame:
    """Records without a number and the one person whom name, birth and place mean: record, person, reason, match_weight, grade.

    Only under the same name: of people with like names no more are among the candidates than chance brought there.
    """
    of_county = pl.col("county_code").replace_strict(counties, default=None, return_dtype=pl.String)
    year = pl.col("died_on").dt.year() - pl.col("age")  # at the birthday, or the year before
    by_age = pl.col("born_on").is_null()
    says = records.select(
        pl.col("record").cast(pl.String),
        "name",
        "sex",
        "town",
        "village",
        "address",
        birth_date="born_on",
        birth_year_low=pl.when(by_age).then(year - 1).cast(pl.Int32),
        birth_year_high=pl.when(by_age).then(year).cast(pl.Int32),
        county=of_county,
    )
    known = candidates.select(
        pl.col("person").cast(pl.String), "name", "former_name", "sex", "town", "village", birth_date="born_on", county=of_county
    )
    pairs = matches(says, known, load_model(), params, population=registered)
    best = best_matches(says, pairs, params).filter(pl.col("outcome") == LINKED)
    same_name = pairs.filter(pl.col("name") == "same name").select("record", "person")
    return best.join(same_name, on=["record", "person"], how="semi").select(
        pl.col("record").cast(records.schema["record"]),
        pl.col("person").cast(candidates.schema["person"]),
        reason=pl.lit(BY_EVERYTHING_ELSE),
        match_weight=pl.col("match_weight").round(3),
        grade=pl.lit("E"),
    )


def with_links(silver: Silver, links: DataFrame) -> Silver:
    """Registers whose linked records carry the number and name of the person they are tied to, and a state that says so."""
    linked = {(row["data_set"], row["role"]) for row in links.select("data_set", "role").distinct().collect()}  # some dozens

    def register(code: str) -> DataFrame:
        rows = silver(code)
        for reference in person_references(DATA_SETS[code]):
            if (code, reference.role) in linked:
                of_role = links.filter((F.col("data_set") == code) & (F.col("role") == reference.role)).select(
                    *ORIGIN,
                    F.col("number_key").alias("_number"),
                    F.col("name_key").alias("_name"),
                    F.when(F.col("grade") == "E", F.lit(MATCHED)).otherwise(F.lit(REPAIRED)).alias("_state"),
                )
                joined = rows.join(F.broadcast(of_role), list(ORIGIN), "left")  # a record has one link: no row doubles
                tied = {reference.number_key: "_number", reference.name_key: "_name", reference.state: "_state"}
                rows = joined.withColumns({column: F.coalesce(given, column) for column, given in tied.items()}).select(
                    rows.columns
                )
        return rows

    return register
