"""Rates of groups, and where a group's visits are refuted more or less often than chance explains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import polars as pl

from jobs.registers.traits import UNKNOWN
from jobs.report_fairness.groups import DIMENSIONS
from models.measures import Interval, wilson


@dataclass(frozen=True)
class Group:
    """Counts of cases. visited: those with a verdict of any kind; confirmed and refuted are parts of it."""

    dimension: str
    name: str
    cases: int
    dispatched: int
    visited: int
    confirmed: int
    refuted: int

    @property
    def is_known(self) -> bool:
        return self.name != UNKNOWN


@dataclass(frozen=True)
class ComparedGroup:
    """A group with the comparison of its refuted rate with the rest of its dimension; p is null where it is not judged."""

    group: Group
    rest_refuted: int
    rest_visited: int
    p_value: float | None
    adjusted_p: float | None

    def rate(self, of: str) -> tuple[float | None, Interval]:
        """Share and 95 % Wilson interval: `dispatched` of the cases, `confirmed` and `refuted` of the visited ones."""
        hits: int = getattr(self.group, of)
        count = self.group.cases if of == "dispatched" else self.group.visited
        return (hits / count if count else None), wilson(hits, count)

    def is_beyond_chance(self, significance: float) -> bool:
        return self.adjusted_p is not None and self.adjusted_p < significance


def group_counts(cases: pl.DataFrame) -> list[Group]:
    """Groups of every dimension, in the order of their names, unknown ones last.

    cases: DIMENSIONS and the flags is_dispatched, is_visited, is_confirmed, is_refuted; one row a case.
    """
    flags = [pl.col(f"is_{name}").sum().cast(pl.Int64).alias(name) for name in ("dispatched", "visited", "confirmed", "refuted")]
    groups = []
    for dimension in DIMENSIONS:
        found = cases.group_by(dimension).agg(pl.len().cast(pl.Int64).alias("cases"), *flags)
        rows = sorted(found.iter_rows(), key=lambda row: (row[0] == UNKNOWN, _natural(row[0])))
        groups += [Group(dimension, *row) for row in rows]
    return groups


def _natural(name: str) -> tuple[int, str]:
    """Age bands by their years, whatever their length."""
    digits = name[: next((i for i, c in enumerate(name) if not c.isdigit()), len(name))]
    return (int(digits) if digits else -1, name)


def compared_groups(groups: Sequence[Group], least_visits: int) -> list[ComparedGroup]:
    """Each known group of a dimension against the other known ones, by their refuted rates.

    Two-proportion z-test (pooled, two-sided), p corrected by Holm over all comparisons of the report. Groups with fewer than
    `least_visits` visits, or whose rest has fewer, are not judged. Where a dimension has two groups the two comparisons are
    one, and count once.
    """
    comparisons: list[tuple[Group, int, int, float | None]] = []
    unique: dict[frozenset[tuple[str, str]], float] = {}
    keys: list[frozenset[tuple[str, str]] | None] = []
    for group in groups:
        rest = [one for one in groups if one.dimension == group.dimension and one.is_known and one.name != group.name]
        refuted, visited = sum(one.refuted for one in rest), sum(one.visited for one in rest)
        p, key = None, None
        if group.is_known and min(group.visited, visited) >= least_visits:
            p = two_proportions_p(group.refuted, group.visited, refuted, visited)
            pair = [group, *rest] if len(rest) == 1 else [group]
            key = frozenset((one.dimension, one.name) for one in pair)
            unique[key] = p
        comparisons.append((group, refuted, visited, p))
        keys.append(key)
    adjusted = dict(zip(unique, holm(list(unique.values())), strict=True))
    return [
        ComparedGroup(group, refuted, visited, p, adjusted[key] if key is not None else None)
        for (group, refuted, visited, p), key in zip(comparisons, keys, strict=True)
    ]


def two_proportions_p(hits: int, count: int, other_hits: int, other_count: int) -> float:
    """Two-sided p of the pooled z-test that two shares are equal; 1 where nothing, or everything, was a hit."""
    pooled = (hits + other_hits) / (count + other_count)
    variance = pooled * (1 - pooled) * (1 / count + 1 / other_count)
    if variance == 0:
        return 1.0
    return erfc(abs(hits / count - other_hits / other_count) / sqrt(2 * variance))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values (Holm 1979): the smallest times their number, the next times one less, never falling."""
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def warnings_of(groups: Iterable[ComparedGroup], significance: float) -> list[str]:
    """A sentence for every group whose refuted rate differs from the rest beyond chance."""
    return [
        f"{DIMENSIONS[one.group.dimension]} {one.group.name}: {one.group.refuted} of {one.group.visited} visits refuted "
        f"({one.group.refuted / one.group.visited:.0%}), of the others {one.rest_refuted} of {one.rest_visited} "
        f"({one.rest_refuted / one.rest_visited:.0%}); beyond chance (p {_p(one.adjusted_p)}, two-proportion test, Holm). "
        "Find out which rules and reasons for refutation are behind it."
        for one in groups
        if one.is_beyond_chance(significance)
    ]


def _p(value: float | None) -> str:
    return "" if value is None else ("< 0.001" if value < 0.001 else f"= {value:.3f}")
