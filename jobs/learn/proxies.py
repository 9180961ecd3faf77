"""Who a clue is about, looked at once and for one reason: does an input of the ranking tell it? The model never sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from pyspark.sql import functions as F

from expectations.contracts.lake import CLUES, PERSONS
from jobs.registers.conditions import holds
from jobs.registers.traits import Proxy, certified_numbers, proxies, registered_sexes, trait_groups
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake
from models.clue_features import ClueToRank, numbers_of


def traits_of_clues(lake: Lake, bands_from_years: Sequence[int], as_of: date) -> pl.DataFrame:
    """clue_id and PROTECTED of the person whom each clue is about; clues about nobody sure are left out."""
    persons = lake.read(PERSONS).select("person_id", "number_key", "born_on")
    people = lake.read(CLUES).select("clue_id", "person_id").join(persons, "person_id", "inner")  # one row a person
    certified = certified_numbers(lake).withColumn("has_certificate", F.lit(True))
    told = people.join(registered_sexes(lake, people), "number_key", "left").join(certified, "number_key", "left")
    rows = on_driver(told.select("clue_id", "sex", "born_on", holds(F.col("has_certificate")).alias("has_certificate")))
    return rows.select("clue_id", *trait_groups(bands_from_years, as_of))


def proxies_among(clues: Sequence[ClueToRank], traits: pl.DataFrame) -> list[Proxy]:
    """Every input of the ranking against every trait. A signal is judged among the clues that have it: the rule itself is a fact."""
    values: dict[str, list[tuple[str, float]]] = {}
    for clue in clues:
        for name, value in {**numbers_of(clue), **clue.signals}.items():
            values.setdefault(name, []).append((clue.clue_id, value))
    found = []
    for name, measured in sorted(values.items()):
        frame = pl.DataFrame(measured, {"clue_id": pl.String, name: pl.Float64}, orient="row")
        found += proxies(frame, traits, [name], "clue_id")
    return found
