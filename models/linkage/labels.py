"""Labelled records for training: rows of a delivery whose number is in the registry under the same name, number put aside.

Only for simulated cities: it reads names as they were delivered.
"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import polars as pl

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import plain_header
from models.linkage.columns import PEOPLE, RECORDS
from models.linkage.places import KEYS

ERRORS: dict[str, float] = {
    "name: a character not written": 0.01,
    "name: another character of the same sound": 0.005,
    "name: another character": 0.005,
    "name: any": 0.001,
    "sex": 0.002,
    "birth date: another day": 0.005,
    "birth date: another month": 0.003,
    "birth date: a year off": 0.005,
    "birth date: any": 0.002,
    "age: a year off": 0.05,
    "age: more": 0.01,
    "place: another village of the town": 0.03,
    "place: another town of the county": 0.02,
    "place: another county": 0.01,
}
"""Share of records that get each error. Judgements: the simulated registers copy names, dates and villages without any."""
SOURCES = {"death_certificates": "certificate", "cremations": "cremation", "dibao_roster": "roster", "tekun_roster": "roster"}


def read_people(delivery: Path) -> pl.DataFrame:
    """Everybody in the registry; `person` is the number."""
    rows = _read(delivery, "household_registry").unique("id_number", keep="first", maintain_order=True)
    return rows.select(
        pl.col("id_number").alias("person"),
        "name",
        "former_name",
        "sex",
        _day("born_on").alias("birth_date"),
        pl.col("_area").alias("county"),
        "town",
        "village",
    ).select(pl.col(name).cast(dtype) for name, dtype in PEOPLE.items())


def read_labelled(delivery: Path, people: pl.DataFrame) -> pl.DataFrame:
    """Records in the columns of `RECORDS`, with `source` and `label`, the person that each is of."""
    frames = []
    for code, source in SOURCES.items():
        rows = _read(delivery, code)
        extra = [pl.lit(None, pl.String).alias(name) for name in ("sex", "born_on", "age", "died_on", *KEYS, "address")]
        rows = rows.with_columns(column for column in extra if column.meta.output_name() not in rows.columns)
        oldest = _day("died_on").dt.year() - pl.col("age").cast(pl.Int32, strict=False) - 1
        frames.append(
            rows.with_columns(
                pl.format("{} {}", pl.lit(code), pl.int_range(pl.len())).alias("record"),
                _day("born_on").alias("birth_date"),
                oldest.alias("birth_year_low"),
                (oldest + 1).alias("birth_year_high"),
                pl.lit(source).alias("source"),
                pl.col("id_number").alias("label"),
            ).select(*(pl.col(name).cast(dtype) for name, dtype in RECORDS.items()), "source", "label")
        )
    same_name = people.select(pl.col("person").alias("label"), "name")
    return pl.concat(frames).join(same_name, on=["label", "name"], how="semi", maintain_order="left")


def with_errors(records: pl.DataFrame, people: pl.DataFrame, sound: Callable[[str], str], seed: int) -> pl.DataFrame:
    """The records with `ERRORS` in them, each drawn on its own."""
    rng = np.random.default_rng(seed)
    names = people["name"].drop_nulls().unique().sort().to_list()
    letters = sorted(set("".join(names)))
    alike: dict[str, list[str]] = {}
    for letter in letters:
        alike.setdefault(sound(letter), []).append(letter)
    homes = people.select("person", *KEYS)
    places = sorted(homes.select(KEYS).drop_nulls().unique().rows())
    home_of = {person: place for person, *place in homes.rows()}

    def drawn(error: str) -> bool:
        return bool(rng.random() < ERRORS[error])

    def one_of(choices: list[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    def elsewhere(home: list[str], same: int) -> tuple[str, str, str] | None:
        near = [place for place in places if list(place[:same]) == home[:same] and place[same] != home[same]]
        return near[int(rng.integers(len(near)))] if near else None

    spoiled = []
    for row in records.iter_rows(named=True):
        name, at = row["name"], int(rng.integers(1, len(row["name"])))
        if drawn("name: a character not written"):
            name = name[:at] + "?" + name[at + 1 :]
        if drawn("name: another character of the same sound"):
            name = name[:at] + one_of(alike.get(sound(name[at]), letters)) + name[at + 1 :]
        if drawn("name: another character"):
            name = name[:at] + one_of(letters) + name[at + 1 :]
        row["name"] = one_of(names) if drawn("name: any") else name
        if drawn("sex") and row["sex"]:
            row["sex"] = "女" if row["sex"] == "男" else "男"
        if (born := row["birth_date"]) is not None:
            if drawn("birth date: another day"):
                born = born.replace(day=int(rng.integers(1, 29)))
            if drawn("birth date: another month"):
                born = born.replace(day=min(born.day, 28), month=int(rng.integers(1, 13)))
            if drawn("birth date: a year off"):
                born = born.replace(day=min(born.day, 28), year=born.year + int(rng.choice([-1, 1])))
            if drawn("birth date: any"):
                born = born.replace(day=min(born.day, 28), year=int(rng.integers(1925, 2017)))
            row["birth_date"] = born
        if (low := row["birth_year_low"]) is not None:
            off = int(rng.choice([-1, 1])) if drawn("age: a year off") else 0
            off += int(rng.integers(-9, 10)) if drawn("age: more") else 0
            row["birth_year_low"], row["birth_year_high"] = low + off, row["birth_year_high"] + off
        wrong = ("place: another county", "place: another town of the county", "place: another village of the town")
        for same, error in enumerate(wrong):
            if drawn(error) and (place := elsewhere(home_of[row["label"]], same)):
                row.update(zip(KEYS, place, strict=True), address=None)
                break
        spoiled.append(row)
    return pl.DataFrame(spoiled, schema=records.schema)


def _read(delivery: Path, code: str) -> pl.DataFrame:
    """Text files of a data set under the contract's names, with `_area` from the file's name; workbooks are left out."""
    data_set = DATA_SETS[code]
    frames = []
    for path in sorted(delivery.rglob("*.csv")):
        title, _, area = path.stem.partition("_")
        if title != data_set.title.replace("/", "、"):
            continue
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030")
        separator = "\t" if "\t" in text.partition("\n")[0] else ","
        rows = pl.read_csv(StringIO(text), separator=separator, infer_schema=False)
        names = {column: data_set.headers.get(plain_header(column), column) for column in rows.columns}
        frames.append(rows.rename(names).with_columns(_area=pl.lit(area)))
    return pl.concat(frames, how="diagonal")


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all("[-/]", "").str.to_date("%Y%m%d", strict=False)
