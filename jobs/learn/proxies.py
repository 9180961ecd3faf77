"""Who a clue is about, looked at once and for one reason: does an input of the ranking tell it? The model never sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import CLUES, PERSONS
from jobs.runtime.lake import Lake
from models.clue_features import ListedClue, numbers_of
from models.measures import auroc

TRAITS = ("sex", "disability", "age of 80 or more")
_OLD_YEARS = 80
_LEAST_EACH = 30
"""People with and without the trait below which an input is not judged: an AUROC of few is luck."""


@dataclass(frozen=True)
class Proxy:
    """An input that tells a trait better than the stated limit allows. auroc: 0.5-1, whatever the direction."""

    input: str
    trait: str
    auroc: float


def traits_of(lake: Lake, as_of: date) -> dict[str, dict[str, bool]]:
    """Trait -> clue -> does its person have it? Of sex: female. Only where a register says so."""
    people = (
        lake.read(CLUES)
        .select("clue_id", "person_id")
        .join(lake.read(PERSONS).select("person_id", "number_key", "born_on"), "person_id", "inner")  # one row a person
    )
    numbers = people.select("number_key").distinct()
    registry, certificates = (lake.read_or_empty(DATA_SETS[code].silver) for code in ("household_registry", "disabilities"))
    # A number may stand twice in a register: one row of it is enough, and the largest is the same on every run.
    sexes = (
        registry.join(numbers, registry["person_key"] == numbers["number_key"], "left_semi")
        .groupBy("person_key")
        .agg(F.max("sex").alias("sex"))
    )
    disabled = certificates.select("person_key").distinct().withColumn("has_certificate", F.lit(True))
    joined = people.join(sexes, people["number_key"] == sexes["person_key"], "left").drop("person_key")
    joined = joined.join(disabled, joined["number_key"] == disabled["person_key"], "left")
    found: dict[str, dict[str, bool]] = {trait: {} for trait in TRAITS}
    for row in joined.select("clue_id", "born_on", "sex", "has_certificate").collect():  # one row a clue: some thousands
        if row["sex"] in ("男", "女"):
            found[TRAITS[0]][row["clue_id"]] = row["sex"] == "女"
        found[TRAITS[1]][row["clue_id"]] = bool(row["has_certificate"])
        if row["born_on"] is not None:
            found[TRAITS[2]][row["clue_id"]] = as_of.year - row["born_on"].year >= _OLD_YEARS
    return found


def proxies(clues: Sequence[ListedClue], traits: Mapping[str, Mapping[str, bool]], limit: float) -> list[Proxy]:
    """Inputs above the limit, by name and trait. A signal is judged among the clues that have it: the rule itself is a fact."""
    values: dict[str, list[tuple[str, float]]] = {}
    for clue in clues:
        for name, value in {**numbers_of(clue), **clue.signals}.items():
            values.setdefault(name, []).append((clue.clue_id, value))
    found = []
    for name, measured in sorted(values.items()):
        for trait, of_clue in traits.items():
            known = [(of_clue[clue_id], value) for clue_id, value in measured if clue_id in of_clue]
            has = np.array([is_so for is_so, _ in known], dtype=bool)
            if min(has.sum(), (~has).sum()) < _LEAST_EACH:
                continue
            area = auroc(has, np.array([value for _, value in known]))
            if max(area, 1 - area) > limit:
                found.append(Proxy(name, trait, max(area, 1 - area)))
    return found
