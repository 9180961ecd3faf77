"""Coverage of a run: which registers each rule had, how many people it could judge, and why not the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import OUTCOMES
from jobs.rulebook.rule import Rule

USABLE, NO_NUMBER, OTHER_NAME = "usable", "without_number", "other_name"


@dataclass(frozen=True)
class RegisterHole:
    """A register, and the county for which nothing of it was delivered; an empty county = everywhere."""

    data_set: str
    county_code: str


def people_by_county(named: DataFrame, cases: DataFrame) -> dict[tuple[str, str], int]:
    """People whom benefits name, by county and by what their number is good for."""
    of_case = cases.select("case_id", "county_code")
    good_for = (
        F.when(F.col("number_key").isNull(), F.lit(NO_NUMBER))
        .when(F.col("person_id").isNull(), F.lit(OTHER_NAME))
        .otherwise(F.lit(USABLE))
    )
    rows = (
        named.join(of_case, "case_id", "left").groupBy("county_code", good_for.alias("good_for")).count().collect()
    )  # some a county
    return {(row["county_code"] or "", row["good_for"]): row["count"] for row in rows}


def rule_coverage(
    rules: Iterable[Rule],
    people: Mapping[tuple[str, str], int],
    holes: Sequence[RegisterHole],
    outcomes: Mapping[tuple[str, str], int],
    held: Mapping[str, int],
) -> list[tuple[Any, ...]]:
    """Rows of ops.rule_coverage, in the order of its columns.

    A rule that needs one register of several alike (deaths) is without any only where all are missing.
    outcomes: findings by rule and outcome; held: found ones that the flood guard keeps back, by rule.
    """
    everyone: Counter[str] = Counter()
    for (_, good_for), count in people.items():
        everyone[good_for] += count
    rows = []
    for rule in rules:
        missing = sorted({hole.data_set for hole in holes if not hole.county_code and hole.data_set in rule.registers})
        by_county: dict[str, set[str]] = {}
        for hole in holes:
            if hole.county_code and hole.data_set in rule.registers:
                by_county.setdefault(hole.county_code, set()).add(hole.data_set)
        blind = {county for county, gone in by_county.items() if is_blind(rule, {*gone, *missing})}
        if is_blind(rule, set(missing)):
            blind = {county for county, _ in people}
        without = sum(count for (county, good_for), count in people.items() if county in blind and good_for == USABLE)
        rows.append(
            (
                rule.code, "、".join(rule.registers), "、".join(missing), len(by_county), sum(everyone.values()),
                everyone[USABLE] - without, everyone[NO_NUMBER], everyone[OTHER_NAME], without,
                *(outcomes.get((rule.code, outcome), 0) for outcome in OUTCOMES), held.get(rule.code, 0),
            )
        )  # fmt: skip
    return rows


def is_blind(rule: Rule, gone: set[str]) -> bool:
    """Without these registers the rule sees nothing: all of its alternatives are gone, or one that has none."""
    return bool(gone) and (set(rule.registers) <= gone if rule.one_register_does else bool(set(rule.registers) & gone))
