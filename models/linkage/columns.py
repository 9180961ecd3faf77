"""What is compared: records and people as plain columns, made here once so that the engines only test them for equality."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from models.linkage.places import KEYS, find_places, with_keys, with_stems

RECORDS: Mapping[str, pl.DataType] = {
    "record": pl.String(),
    "name": pl.String(),
    "sex": pl.String(),
    "birth_date": pl.Date(),
    "birth_year_low": pl.Int32(),
    "birth_year_high": pl.Int32(),
    "county": pl.String(),
    "town": pl.String(),
    "village": pl.String(),
    "address": pl.String(),
}
"""Columns of a record; all but `record` may be null. The years bound the birth where no birth date is known."""
PEOPLE: Mapping[str, pl.DataType] = {
    "person": pl.String(),
    "name": pl.String(),
    "former_name": pl.String(),
    "sex": pl.String(),
    "birth_date": pl.Date(),
    "county": pl.String(),
    "town": pl.String(),
    "village": pl.String(),
}
"""Columns of a person; all but `person` may be null."""
WIDEST_RANGE = 3
"""Years that an age may leave open; a wider range says too little to be weighed like an age."""
_GAPS = r"[?？□■〇*\x{fffd}%_\\]"
_NOISE = r"[\s·•・．‧∙⋅.]"


class ColumnMismatch(ValueError):
    """A frame lacks a column, has one of another type, or names a record or person twice."""


def checked(frame: pl.DataFrame, columns: Mapping[str, pl.DataType], key: str) -> pl.DataFrame:
    """The frame in the columns named. Raises ColumnMismatch, naming columns and never their contents."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ColumnMismatch(f"columns missing: {', '.join(missing)}; expected {', '.join(columns)}")
    other = {name: frame.schema[name] for name, dtype in columns.items() if not _fits(frame.schema[name], dtype)}
    if other:
        raise ColumnMismatch("; ".join(f"{name} is {found}, expected {columns[name]}" for name, found in other.items()))
    if frame[key].null_count() or frame[key].n_unique() < len(frame):
        raise ColumnMismatch(f"{key} must be given and unique")
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _fits(found: pl.DataType, dtype: pl.DataType) -> bool:
    return found in (dtype, pl.Null) or (found.is_integer() and dtype.is_integer())


def person_columns(people: pl.DataFrame) -> pl.DataFrame:
    """One row a name of a person: all present ones, then the former ones; `whose` tells the person."""
    former = people.filter(pl.col("former_name").is_not_null() & (pl.col("former_name") != pl.col("name")))
    named = pl.concat([people, former.with_columns(name="former_name")])
    places = people.select(KEYS).unique()
    keys = with_keys(with_stems(places)).rename({key: f"{key}_key" for key in KEYS})
    placed = named.join(pl.concat([places, keys], how="horizontal"), on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    year = pl.col("birth_date").dt.year()
    placed = placed.with_columns(*(pl.col(f"{key}_key").alias(key) for key in KEYS), year_low=year, year_high=year)
    return _compared(placed.with_columns(gap_village="village"), "person")


def record_columns(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """One row a record. Its place is read from its cells and its address, by the names of the people's places."""
    text = pl.concat_str([*KEYS, "address"], separator=" ", ignore_nulls=True)
    placed = records.with_columns(text=text).drop(KEYS)
    known = with_stems(people.select(KEYS).unique())
    found = with_keys(find_places(placed["text"], known))
    low, high = pl.col("birth_year_low"), pl.col("birth_year_high")
    is_range = pl.col("birth_date").is_null() & (high - low).is_between(0, WIDEST_RANGE - 1)
    return _compared(
        placed.join(found, on="text", how="left", maintain_order="left").with_columns(
            year_low=pl.when(is_range).then(low),
            year_high=pl.when(is_range).then(high),
            gap_village=pl.when(pl.col("name").str.contains(_GAPS)).then("village"),
        ),
        "record",
    )


def _compared(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """The columns that the comparisons and blocking rules of the model speak of."""
    birth = pl.col("birth_date").dt
    return frame.join(_spelt(frame["name"]), left_on="name", right_on="written", how="left", maintain_order="left").select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("unique_id"),
        pl.col(key).alias("whose"),
        pl.col("plain").alias("name"),
        *("pattern", "sound", "char_1", "char_2", "char_3", "rest"),
        pl.when(pl.col("sex").is_in(["男", "女"])).then("sex").alias("sex"),
        "birth_date",
        (birth.year() * 12 + birth.month()).alias("birth_month"),
        birth.year().alias("birth_year"),
        *("year_low", "year_high", *KEYS, "gap_village"),
    )


def _spelt(names: pl.Series) -> pl.DataFrame:
    """Every distinct name as it is compared: without blanks and dots, its characters, its sound, and what it leaves open.

    `pattern`: of a name with characters that could not be written, what the whole name must be like.
    """
    written = pl.DataFrame({"written": names.drop_nulls().unique()})
    plain = pl.col("written").str.replace_all(_NOISE, "").str.replace_all(_GAPS, "?")
    plain_names = written.with_columns(plain=plain).filter(pl.col("plain").str.len_chars() >= 2)
    letters = plain_names.select(pl.col("plain").str.split("").explode().unique()).to_series()
    spoken = pl.element().replace_strict(letters, pl.Series([sound_of(letter) for letter in letters], dtype=pl.String))
    name = pl.col("plain")
    has_gap = name.str.contains("?", literal=True)
    # One character of three is no name: at least two must have been written.
    is_enough = name.str.len_chars() - name.str.count_matches("?", literal=True) >= 2
    return plain_names.with_columns(
        pl.when(has_gap & is_enough).then(name.str.replace_all("?", "_", literal=True)).alias("pattern"),
        pl.when(~has_gap).then(name.str.split("").list.eval(spoken).list.join(" ")).alias("sound"),
        *(name.str.slice(at, 1).alias(f"char_{at + 1}") for at in range(3)),
        name.str.slice(3).alias("rest"),
    )


def sound_of(letter: str) -> str:
    """Pinyin without tone of a character, its most usual one; of anything else the text itself."""
    from pypinyin import Style, pinyin  # reads its tables when imported

    return str(pinyin(letter, style=Style.NORMAL)[0][0]) if letter else ""


def sounds_of(letter: str) -> frozenset[str]:
    """Pinyin without tone of a character, all its readings; of anything else the text itself."""
    from pypinyin import Style, pinyin

    return frozenset(pinyin(letter, style=Style.NORMAL, heteronym=True)[0]) if letter else frozenset()
