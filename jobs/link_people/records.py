"""Records whose number and name make nobody yet, with what they say of the person, and the people they may be. Restricted.

Both leave the lake as texts, to be compared and forgotten: what is kept of a comparison is keys, grades and weights.
"""

from __future__ import annotations

from functools import reduce

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import ORIGIN, Kind
from jobs.cells.characters import simplified
from jobs.cells.digests import keyed_digest
from jobs.cells.names import read_names
from jobs.cells.person_numbers import ABSENT, DAMAGED, FIRM, JUNK, in_certificate, read_numbers, spelt
from jobs.cells.text import map_distinct
from jobs.registers.benefits import Silver
from jobs.registers.means.registered import Once
from jobs.registers.references import REGISTRY, person_references
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake

RECORD = ("data_set", "role", *ORIGIN)
"""Key of a record: a delivered row names a person in one of its roles."""
ROSTERS = ("dibao_roster", "tekun_roster", "payments")
"""Data sets that an anchor outside the registry may come from."""
_CERTIFICATES = [code for code, data_set in DATA_SETS.items() if any(f.kind is Kind.DISABILITY_NUMBER for f in data_set.fields)]
"""Data sets that hold a person's number inside a certificate's."""
_STATED = {
    "sex": "string", "born_on": "date", "age": "int", "died_on": "date", "address": "string", "county_code": "string",
    "town": "string", "village": "string",
}  # fmt: skip
"""What a record may say of the person beside number and name."""


def unresolved(silver: Silver, registered: DataFrame, once: Once = lambda frame, name: frame) -> DataFrame:
    """Every record whose number is not registered under its name: RECORD, state and _STATED. Firms are left out.

    registered: number_key and name_key that together make a person. A record without a name is nobody's, and not looked at.
    """
    frames = []
    for data_set in DATA_SETS.values():
        if data_set.code == REGISTRY or data_set.purpose != "supervision":
            continue
        for reference in person_references(data_set):
            rows = silver(data_set.code).filter(F.col(reference.name_key).isNotNull() & (F.col(reference.state) != FIRM))
            says = {
                name: F.col(name).cast(kind) if name in data_set.field_names else F.lit(None).cast(kind)
                for name, kind in _STATED.items()
            }
            records = rows.select(
                F.lit(data_set.code).alias("data_set"),
                F.lit(reference.role).alias("role"),
                *ORIGIN,
                F.col(reference.number_key).alias("number_key"),
                F.col(reference.name_key).alias("name_key"),
                F.col(reference.state).alias("state"),
                *(column.alias(name) for name, column in says.items()),
            )
            frames.append(records)
    # One join over all of them: each would build its own table of the whole registry. And of keys alone, for a record is as wide as what
    # it says, and few are left; computed now, so that the registry is out of memory before the records are read.
    records_of_all = reduce(DataFrame.unionByName, frames).withColumn("_number", F.coalesce("number_key", F.lit("")))
    pair = ["_number", "name_key"]
    known = registered.withColumnRenamed("number_key", "_number")
    left = once(records_of_all.select(*pair).join(known, pair, "left_anti").distinct(), "unregistered_pairs")
    return records_of_all.join(F.broadcast(left), pair, "left_semi").drop("_number")


def with_texts(lake: Lake, found: DataFrame) -> pl.DataFrame:
    """The unresolved records with `text`, the number cell in the standard's characters, and `name`; `record` numbers them.

    Sorted by key, so that no order of files or tasks shows in what follows.
    """
    present = {(row["data_set"], row["role"]) for row in found.select("data_set", "role").distinct().collect()}  # some dozens
    frames = []
    for code, data_set in DATA_SETS.items():
        for reference in person_references(data_set):
            if (code, reference.role) in present:
                of_role = found.filter((F.col("data_set") == code) & (F.col("role") == reference.role))
                texts = lake.read(data_set.bronze).select(
                    *ORIGIN, F.col(reference.number_field).alias("cell"), F.col(reference.name_field).alias("name")
                )
                frames.append(texts.join(F.broadcast(of_role), list(ORIGIN), "inner"))  # a row of bronze is one record of a role
    if not frames:
        return pl.DataFrame()
    rows = on_driver(reduce(DataFrame.unionByName, frames)).sort(*RECORD)
    usable = ~pl.col("state").is_in([ABSENT, JUNK])
    return (
        rows.with_columns(
            simplified(read_names(rows["name"])).alias("name"),
            text=pl.when(pl.col("data_set").is_in(_CERTIFICATES))
            .then(map_distinct(rows["cell"], _in_certificate, pl.String))
            .otherwise(map_distinct(rows["cell"], spelt, pl.String)),
            is_damaged=pl.col("state") == DAMAGED,
        )
        .with_columns(text=pl.when(usable).then("text"))
        .drop("cell")
        .with_row_index("record")
    )


def _in_certificate(cell: str) -> str:
    return in_certificate(spelt(cell))


def beyond_the_registry(silver: Silver, roots: DataFrame) -> DataFrame:
    """Anchors of counties whose registry was not delivered: number_key, name_key, data_set, origin, county_code, town, village.

    There a roster is the only word on who lives; elsewhere an unregistered number is more likely a wrong one.
    """
    registered = silver(REGISTRY).select("county_code").distinct()
    frames = []
    for code in ROSTERS:
        known = DATA_SETS[code].field_names
        place = [(F.col(name) if name in known else F.lit(None).cast("string")).alias(name) for name in ("town", "village")]
        rows = silver(code).join(F.broadcast(registered), "county_code", "left_anti").select(*ORIGIN, "county_code", *place)
        of_code = roots.filter(F.col("data_set") == code).select("number_key", "name_key", "data_set", *ORIGIN)
        frames.append(of_code.join(rows, list(ORIGIN), "inner"))  # an origin is one row
    return reduce(DataFrame.unionByName, frames)


def people(
    lake: Lake, silver: Silver, records: pl.DataFrame, roots: DataFrame, beyond: DataFrame, aliases: DataFrame, key: str
) -> pl.DataFrame:
    """Whom the records may be: everyone registered under a name of theirs, and everyone whom a benefit names.

    number, name, former_name as texts, the names in simplified characters; number_key, name_key, sex, born_on, county_code,
    town, village; `person` numbers them. records: as with_texts gives them. beyond: as beyond_the_registry gives it.
    key: that of the digests. A number and name that mean another entry is nobody's own.
    """
    names = _name_keys(lake, records, key)
    own = silver(REGISTRY).filter(F.col("person_key").isNotNull()).withColumnRenamed("person_key", "number_key")
    registry = own.join(F.broadcast(aliases.select("number_key", "name_key")), ["number_key", "name_key"], "left_anti")
    by_name = registry.join(names, "name_key", "left_semi")
    by_former = registry.join(names.withColumnRenamed("name_key", "former_name_key"), "former_name_key", "left_semi")
    by_benefit = registry.join(roots.select("number_key").distinct(), "number_key", "left_semi")
    columns = (*ORIGIN, "number_key", "name_key", "sex", "born_on", "county_code", "town", "village")
    keys = by_name.select(*columns).unionByName(by_former.select(*columns)).unionByName(by_benefit.select(*columns)).distinct()
    texts = lake.read(DATA_SETS[REGISTRY].bronze).select(*ORIGIN, "id_number", "name", "former_name")
    frames = [on_driver(texts.join(keys, list(ORIGIN), "inner"))]
    for code in ROSTERS:
        of_code = beyond.filter(F.col("data_set") == code).drop("data_set")
        cells = lake.read_or_empty(DATA_SETS[code].bronze).select(*ORIGIN, "id_number", "name")
        frames.append(on_driver(cells.join(of_code, list(ORIGIN), "inner")))  # an origin is one row
    everyone = pl.concat(frames, how="diagonal_relaxed")
    numbers = read_numbers(everyone["id_number"])[0]
    says_number = numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    return (
        everyone.with_columns(
            simplified(read_names(everyone["name"])).alias("name"),
            simplified(read_names(everyone["former_name"])).alias("former_name"),
            numbers.alias("number"),
            born_on=pl.coalesce("born_on", says_number),
            sex=pl.coalesce("sex", _sex_of(numbers)),
        )
        .filter(pl.col("number").is_not_null())
        .sort("number", "name", *ORIGIN)
        .unique(["number", "name"], keep="first", maintain_order=True)
        .drop("id_number", *ORIGIN)
        .with_row_index("person")
    )


def _name_keys(lake: Lake, records: pl.DataFrame, key: str) -> DataFrame:
    """name_key of the records' names, as they are written and in simplified characters."""
    spelt_so = keyed_digest(records["name"].drop_nulls().unique().sort(), key)
    keys = pl.concat([records["name_key"].drop_nulls(), spelt_so]).unique().sort()
    return lake.session.createDataFrame(pl.DataFrame({"name_key": keys}).to_arrow(), "name_key string")


def _sex_of(numbers: pl.Series) -> pl.Series:
    """By the parity of the sequence."""
    is_male = numbers.str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1
    return pl.select(pl.when(is_male).then(pl.lit("男")).when(~is_male).then(pl.lit("女"))).to_series()
