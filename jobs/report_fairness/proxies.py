"""Proxies: features of cases that tell who somebody is, though nothing of the kind is in the feature contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from jobs.report_fairness.groups import DIMENSIONS, PROTECTED, UNKNOWN

LEAST_CASES = 50
"""Of a group and of the others: with fewer, chance alone moves an AUROC by 0.1."""


@dataclass(frozen=True)
class Proxy:
    """How well a feature alone tells a group of a protected attribute from the others.

    auroc: P(a case of the group has the higher value), 0-1; 0.5 tells nothing, 0 as much as 1.
    """

    feature: str
    attribute: str
    group: str
    auroc: float

    @property
    def strength(self) -> float:
        return max(self.auroc, 1 - self.auroc)


def proxies(features: pl.DataFrame, groups: pl.DataFrame, names: Sequence[str]) -> list[Proxy]:
    """Every feature against every group of the protected attributes, strongest first, over all cases.

    features: case_id and `names`; an empty value stands below all others, as telling as any. groups: see groups.grouped.
    """
    joined = features.join(groups, on="case_id")  # one row a case in both
    found = []
    for attribute in PROTECTED:
        known = joined.filter(pl.col(attribute) != UNKNOWN)
        kinds = sorted(known[attribute].unique())
        # Ranked once for all groups of the attribute; NaN and null are both "no value", below everything.
        ranks = known.select(
            pl.col(name).cast(pl.Float64).fill_nan(None).fill_null(float("-inf")).rank("average").alias(name) for name in names
        )
        for kind in kinds if len(kinds) > 2 else kinds[:1]:  # of two groups one says what the other does
            is_member = known[attribute] == kind
            members, others = int(is_member.sum()), int((~is_member).sum())
            if min(members, others) < LEAST_CASES:
                continue
            # Mann-Whitney: the members' ranks over their least possible sum, as a share of all pairs.
            sums = ranks.filter(is_member).sum().row(0)
            for name, ranked in zip(names, sums, strict=True):
                found.append(Proxy(name, attribute, kind, (ranked - members * (members + 1) / 2) / (members * others)))
    return sorted(found, key=lambda proxy: (-proxy.strength, proxy.feature, proxy.attribute, proxy.group))


def refused(found: Sequence[Proxy], limit: float, reasons: Mapping[str, str]) -> list[Proxy]:
    """Those above the limit for which no reason is on record: the feature may not be used like this."""
    return [proxy for proxy in found if proxy.strength > limit and proxy.feature not in reasons]


def warnings_of(found: Sequence[Proxy], limit: float, reasons: Mapping[str, str]) -> list[str]:
    return [
        f"The feature {proxy.feature} is refused: it tells {DIMENSIONS[proxy.attribute]} {proxy.group} with AUROC "
        f"{proxy.strength:.2f}, more than fairness.proxy_limit {limit:g}. Take it out of models/features.py, or state under "
        f"fairness.proxy_reasons.{proxy.feature} why it may stay."
        for proxy in refused(found, limit, reasons)
    ]
