"""Links: records whose number and name make nobody, tied to the person they mean; and the registers as the links read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from expectations.contracts.lake import LINK_CANDIDATES, LINKS
from jobs.cells.names import may_be_same
from jobs.link_people.records import RECORD
from jobs.link_people.repair import nearly_theirs
from jobs.registers.benefits import Silver
from jobs.registers.divisions import division_names
from jobs.registers.identity_verdicts import Groups, pair_of, pair_side
from jobs.registers.references import REGISTRY
from jobs.runtime.lake import Lake
from models.params import LinkageParams
from models.record_linkage import BELOW, LINKED, TIE, LinkageModel, best_matches, load_model, matches

BY_EVERYTHING_ELSE, BY_VERDICT = "name, birth and place", "verdict"
REFUSED = "refused"
PRIOR = "prior"
Decided = Mapping[tuple[str, str, str, str, int], str]
"""The side (jobs.registers.identity_verdicts) of rows that inspectors decided on, by data set, role and origin."""


def registered_pairs(registry: DataFrame) -> DataFrame:
    """number_key and name_key of everyone in the registry, under the present and the former name."""
    known = registry.filter(F.col("person_key").isNotNull())
    pairs = [
        known.select(F.col("person_key").alias("number_key"), F.col(name).alias("name_key"))
        for name in ("name_key", "former_name_key")
    ]
    return pairs[0].unionByName(pairs[1]).filter(F.col("name_key").isNotNull()).distinct()


@dataclass(frozen=True)
class City:
    """counties: their names by code. registered: people in the registry."""

    counties: Mapping[str, str]
    registered: int


def city(silver: Silver) -> City:
    """The city as the rosters and the registry know it; a county is called what the rosters most often call it."""
    return City(division_names(silver("dibao_roster")), silver(REGISTRY).count())


def link_candidates(
    records: pl.DataFrame,
    people: pl.DataFrame,
    of: City,
    params: LinkageParams,
    groups: Groups,
    decided: Decided,
    spark: SparkSession | None = None,
) -> pl.DataFrame:
    """Whom the records may mean and who was chosen: record, person, outcome, rank, reason, match_weight, levels, weights.

    records, people: as jobs.link_people.records gives them. Key record, person. What inspectors refused is nobody's second best.
    spark: weighs the pairs in place of DuckDB.
    """
    refused = _refused(records, people, groups, decided)
    records = records.join(_own(records, people).join(refused, on=["record", "person"], how="anti"), on="record", how="anti")
    near = nearly_theirs(records, people)
    by_number = near.join(refused, on=["record", "person"], how="anti").with_columns(
        outcome=pl.when(pl.len().over("record") == 1).then(pl.lit(LINKED)).otherwise(pl.lit(TIE)), rank=pl.lit(1, dtype=pl.Int32)
    )
    # Whom a number fits, if only in part, is not looked for among the namesakes.
    others = records.join(near, on="record", how="anti").filter(_states_a_birth())
    weighed = _weighed(others, people, of, params, refused, spark)
    told = refused.with_columns(outcome=pl.lit(REFUSED), rank=pl.lit(1, dtype=pl.Int32), reason=pl.lit(BY_VERDICT))
    return pl.concat([weighed, by_number, told], how="diagonal").sort("record", "rank", "person")


def _own(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Records with the very number of a person, and a variant of the name: record, person. silver.identities knows them (B)."""
    pairs = records.drop_nulls("number_key").join(people, on="number_key", suffix="_known").drop_nulls(["name", "name_known"])
    alike = [may_be_same(*names) for names in pairs.select("name", "name_known").iter_rows()]
    return pairs.filter(pl.Series(alike, dtype=pl.Boolean)).select("record", "person")


def _states_a_birth() -> pl.Expr:
    """Without a date of birth or an age there is no grade E: a name in a place is many people's."""
    return pl.col("born_on").is_not_null() | (pl.col("age").is_not_null() & pl.col("died_on").is_not_null())


def _weighed(
    records: pl.DataFrame,
    people: pl.DataFrame,
    of: City,
    params: LinkageParams,
    refused: pl.DataFrame,
    spark: SparkSession | None,
) -> pl.DataFrame:
    """Records without a number, and whom name, birth and place mean.

    Only under the same name: of people with like names no more are among the candidates than chance brought there.
    """
    of_county = pl.col("county_code").replace_strict(of.counties, default=None, return_dtype=pl.String)
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
    known = people.select(
        pl.col("person").cast(pl.String), "name", "former_name", "sex", "town", "village", birth_date="born_on", county=of_county
    )
    model = load_model()
    texts = refused.select(pl.all().cast(pl.String))
    pairs = matches(says, known, model, params, population=of.registered, spark=spark).join(
        texts, on=["record", "person"], how="anti"
    )
    best = best_matches(says, pairs, params).select("record", best_outcome="outcome")
    is_best = pl.col("rank") == 1
    outcome = (
        pl.when(is_best & (pl.col("best_outcome") == LINKED) & (pl.col("name") == "same name"))
        .then(pl.lit(LINKED))
        .when((pl.col("best_outcome") == TIE) & (pl.col("match_weight") >= params.least_weight))
        .then(pl.lit(TIE))
        .otherwise(pl.lit(BELOW))
    )
    return pairs.join(best, on="record").select(
        pl.col("record").cast(records.schema["record"]),
        pl.col("person").cast(people.schema["person"]),
        outcome=outcome,
        rank=pl.col("rank").cast(pl.Int32),
        reason=pl.lit(BY_EVERYTHING_ELSE),
        match_weight=pl.col("match_weight").round(3),
        levels=pl.struct(*model.levels),
        weights=_weights(model),
    )


def _weights(model: LinkageModel) -> pl.Expr:
    """Of each comparison its part of the match weight, and what was there before any was made."""
    parts = [f"{comparison}_weight" for comparison in model.levels]
    prior = pl.col("match_weight") - pl.sum_horizontal(parts)
    return pl.struct(*(pl.col(part).round(3).alias(part.removesuffix("_weight")) for part in parts), prior.round(3).alias(PRIOR))


def _refused(records: pl.DataFrame, people: pl.DataFrame, groups: Groups, decided: Decided) -> pl.DataFrame:
    """Records and people whom inspectors keep apart, be it through others: record, person."""
    whole = (pl.col("number_key").is_not_null() & pl.col("name_key").is_not_null()) & pl.lit(bool(groups.apart))
    sides = {
        record: pair_side(*pair) for record, *pair in records.filter(whole).select("record", "number_key", "name_key").iter_rows()
    }
    sides |= {
        record: decided[tuple(key)] for record, *key in records.select("record", *RECORD).iter_rows() if tuple(key) in decided
    }
    ruled = {groups.of(side) for pair in groups.apart for side in pair}
    sides = {record: side for record, side in sides.items() if groups.of(side) in ruled}
    everyone = people.select("person", "number_key", "name_key").iter_rows() if sides else ()
    persons = {person: side for person, *pair in everyone if groups.of(side := pair_side(*pair)) in ruled}
    pairs = [
        (record, person)
        for record, side in sides.items()
        for person, theirs in persons.items()
        if not groups.may_join(side, theirs)
    ]
    return pl.DataFrame(pairs, schema={"record": records.schema["record"], "person": people.schema["person"]}, orient="row")


def as_table(lake: Lake, found: pl.DataFrame, records: pl.DataFrame, people: pl.DataFrame) -> DataFrame:
    """silver.link_candidates of what link_candidates found."""
    rows = (
        found.join(records.select("record", *RECORD), on="record")
        .join(people.select("person", "number_key", "name_key"), on="person")
        .sort(*RECORD, "rank", "number_key", "name_key")
    )
    maps = {
        "levels": pa.map_(pa.string(), pa.string()),
        "weights": pa.map_(pa.string(), pa.float64()),
    }
    plain = [name for name in LINK_CANDIDATES.column_names if name not in maps]
    table = rows.select(plain).to_arrow(compat_level=pl.CompatLevel.oldest())
    for name, kind in maps.items():
        cells = [None if cell is None else list(cell.items()) for cell in rows[name].to_list()]
        table = table.append_column(name, pa.array(cells, type=kind))
    return lake.session.createDataFrame(table, LINK_CANDIDATES.schema)


def links(candidates: DataFrame, decided: Decided, groups: Groups) -> DataFrame:
    """silver.links: the candidates that were chosen, and whom inspectors chose."""
    grade = F.when(F.col("reason") == BY_EVERYTHING_ELSE, F.lit("E")).otherwise(F.lit("C"))
    chosen = candidates.filter(F.col("outcome") == LINKED).withColumn("grade", grade)
    members = groups.members()
    told = []
    for record, side in sorted(decided.items()):
        persons = [pair for other in members.get(groups.of(side), []) if (pair := pair_of(other))]
        if persons:
            told.append((*record, *persons[0], "C", BY_VERDICT, None))
    schema = LINKS.schema
    by_verdict = candidates.sparkSession.createDataFrame(told, schema)
    untold = chosen.join(F.broadcast(by_verdict.select(*RECORD)), list(RECORD), "left_anti")
    return untold.select(*LINKS.column_names).unionByName(by_verdict)
