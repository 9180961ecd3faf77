"""How good probabilities and an order are, from what visits found: all by their textbook definitions, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Interval = tuple[float, float]
_Z95 = 1.959964
_FLOOR = 1e-9


def wilson(hits: int, count: int, z: float = _Z95) -> Interval:
    """95 % interval of a share (Wilson 1927): holds for few visits, too. (0, 1) without any."""
    if count == 0:
        return 0.0, 1.0
    share, spread = hits / count, z * z / count
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def log_loss(y: Vector, p: Vector) -> float:
    """Mean of -log of the probability given to what came out; lower is better."""
    p = np.clip(p, _FLOOR, 1 - _FLOOR)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def brier(y: Vector, p: Vector) -> float:
    """Mean squared distance of probability and outcome; lower is better."""
    return float(np.mean((p - y) ** 2))


def average_precision(y: Vector, score: Vector, total: int | None = None) -> float:
    """Mean precision at the places of the confirmed ones, best first; `total` counts those that no list holds, too.

    Among equal scores the confirmed stand last: a constant score earns nothing by luck.
    """
    order = np.lexsort((y, -score))
    hits = y[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / max(1, int(y.sum()) if total is None else total))


def auroc(is_member: npt.NDArray[np.bool_], value: Vector) -> float:
    """P(a member's value is higher than another's), ties count half; NaN where one side is empty."""
    members, others = int(is_member.sum()), int((~is_member).sum())
    if not members or not others:
        return float("nan")
    _, where, counts = np.unique(value, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    return float((mean_rank[where][is_member].sum() - members * (members + 1) / 2) / (members * others))


@dataclass(frozen=True)
class Bin:
    """Visits of about the same promised probability. low, high: 95 % interval of the confirmed share."""

    count: int
    predicted: float
    confirmed: float
    low: float
    high: float


def reliability(y: Vector, p: Vector, bins: int = 10) -> list[Bin]:
    """The visits in bins of equal size by promised probability, lowest first; never fewer than ten visits a bin but in the only one."""
    bins = max(1, min(bins, len(y) // 10))
    order = np.argsort(p, kind="stable")
    found = []
    for part in np.array_split(order, bins):
        if len(part):
            hits = int(y[part].sum())
            found.append(Bin(len(part), float(p[part].mean()), hits / len(part), *wilson(hits, len(part))))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of promised and confirmed share, weighted by visits."""
    visits = sum(b.count for b in bins)
    return sum(b.count * abs(b.predicted - b.confirmed) for b in bins) / visits if visits else 0.0


@dataclass(frozen=True)
class Share:
    """Confirmed among visited, with its 95 % interval."""

    confirmed: int
    visited: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.confirmed / self.visited if self.visited else float("nan")


@dataclass(frozen=True)
class Lift:
    """What the ranking is worth, held against visits drawn at random from what it left aside.

    ratio: share confirmed of the ranked visits over what as many visits in no order would confirm.
    recall: part of all true problems of the list that the ranked visits have found. Both with 95 % bounds, null where
    nothing was drawn at random; the bounds of the ratio take both shares at their worst and best and are on the safe side.
    """

    ranked: Share
    random: Share
    ratio: float | None = None
    ratio_interval: Interval | None = None
    recall: float | None = None
    recall_interval: Interval | None = None


def lift(is_confirmed: Sequence[bool], is_random: Sequence[bool], outside: int) -> Lift:
    """Unbiased worth of the ranking: ranked visits speak for themselves only, random ones for everything left outside.

    outside: clues of the list that no ranked visit has looked at, the ones visited at random among them.
    """
    found, drawn = np.asarray(is_confirmed, dtype=bool), np.asarray(is_random, dtype=bool)
    ranked, random = share_of(found[~drawn]), share_of(found[drawn])
    if not (ranked.visited and random.visited):
        return Lift(ranked, random)

    def in_no_order(share: float, confirmed: float) -> float:
        return (confirmed + share * outside) / (ranked.visited + outside)

    def ratio(of_ranked: float, of_random: float) -> float:
        return of_ranked / max(in_no_order(of_random, of_ranked * ranked.visited), _FLOOR)

    def recall(of_random: float) -> float:
        return ranked.confirmed / max(ranked.confirmed + of_random * outside, _FLOOR)

    return Lift(
        ranked,
        random,
        ratio(ranked.value, random.value),
        (ratio(ranked.low, random.high), ratio(ranked.high, random.low)),
        recall(random.value),
        (recall(random.high), recall(random.low)),
    )


def share_of(found: Sequence[bool] | npt.NDArray[np.bool_]) -> Share:
    hits = int(np.count_nonzero(found))
    return Share(hits, len(found), *wilson(hits, len(found)))
