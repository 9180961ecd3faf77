"""Places as keys: which county, town and village of the registry an address or three separate cells mean."""

from __future__ import annotations

import polars as pl

KEYS = ("county", "town", "village")
_COUNTY = "(自治县|县|市|区)$"
_TOWN = "(街道办事处|街道办|街道|民族乡|镇|乡|办事处)$"
_VILLAGE = "(社区|村)$"
_COMMITTEES = (("(村民委员会|村委会)$", "村"), ("(社区)?(居民委员会|居委会)$", "社区"))


def _stem(column: str, suffix: str) -> pl.Expr:
    """The name without its kind, unless less than two characters stay: 王村 is 王村, not 王."""
    name = pl.col(column).str.replace_all(r"\s", "")
    shorter = name.str.replace(suffix, "")
    return pl.when(shorter.str.len_chars() >= 2).then(shorter).otherwise(name)


def with_stems(places: pl.DataFrame) -> pl.DataFrame:
    """County, town and village by their stems, so that 姜铺村, 姜铺村委会 and 姜铺 are one village."""
    village = pl.col("village")
    for committee, kind in _COMMITTEES:
        village = village.str.replace(committee, kind)
    return places.with_columns(village=village).with_columns(
        county=_stem("county", _COUNTY), town=_stem("town", _TOWN), village=_stem("village", _VILLAGE)
    )


def with_keys(stems: pl.DataFrame) -> pl.DataFrame:
    """Stems as keys: a town's begins with its county's, a village's with its town's; null where a part is missing."""
    return stems.with_columns(pl.concat_str(KEYS[: depth + 1], separator="/").alias(key) for depth, key in enumerate(KEYS))


def find_places(texts: pl.Series, known: pl.DataFrame) -> pl.DataFrame:
    """One row a distinct text: columns text, county, town, village as stems, as deep as the text tells without doubt.

    `known`: stems of every place there is. A text that names counties speaks of no town outside them, and a village
    counts only behind the name of its town, the nearest first: 殷祖镇姜铺村 is not the community 殷祖社区.
    """
    found = pl.DataFrame({"text": texts.drop_nulls().unique()}).with_row_index("id")
    counties, towns, villages = (_named(found, known[key], key) for key in KEYS)
    county_of = counties.select("id", "county").unique()
    in_any = towns.join(known.select("county", "town").unique(), on="town")
    in_town = pl.concat([in_any.join(county_of, on=["id", "county"], how="semi"), in_any.join(county_of, on="id", how="anti")])
    in_village = (
        in_town.join(villages, on="id", suffix="_of_village")
        .join(known.unique(), on=KEYS, how="semi")
        .with_columns(gap=pl.col("at_of_village").cast(pl.Int64) - pl.col("end"))
        .filter(pl.col("gap") >= 0)
        .sort("id", "gap", "at", "length_of_village", descending=[False, False, False, True])
    )
    by_village = _clearest(in_village, ["gap", "at", "length_of_village"], KEYS)
    without_village = in_town.join(in_village, on="id", how="anti").sort("id", "length", "at", descending=[False, True, False])
    by_town = _clearest(without_village, ["length", "at"], KEYS[:2])
    by_county = county_of.join(in_town, on="id", how="anti").filter(pl.len().over("id") == 1)
    placed = pl.concat([by_village, by_town, by_county], how="diagonal")
    return found.join(placed, on="id", how="left").select("text", *KEYS)


def _named(found: pl.DataFrame, names: pl.Series, key: str) -> pl.DataFrame:
    """Every place name in every text, overlapping ones too: columns id, <key>, at, end, length (in bytes)."""
    names = names.drop_nulls().unique().sort()
    hits = found.select(
        "id",
        pl.col("text").str.extract_many(names.implode(), overlapping=True).alias(key),
        pl.col("text").str.find_many(names.implode(), overlapping=True).alias("at"),
    )
    length = pl.col(key).str.len_bytes().cast(pl.Int64)
    return hits.explode(key, "at").drop_nulls().with_columns(end=pl.col("at") + length, length=length)


def _clearest(candidates: pl.DataFrame, order: list[str], keys: tuple[str, ...]) -> pl.DataFrame:
    """The first place of each text; none where a different one is equally good in the columns of `order`."""
    first = candidates.unique("id", keep="first", maintain_order=True).select("id", *order)
    equal = candidates.join(first, on=["id", *order], how="semi").select("id", *keys).unique()
    return equal.filter(pl.len().over("id") == 1)
