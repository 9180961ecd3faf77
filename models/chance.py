"""What chance alone would bring: how likely a count, a crowd or a row of things is where nothing is behind it.

Every figure is a probability under "nothing is behind it", never one of guilt; the smaller, the stranger. None is 0: whoever
has seen n cases cannot say of anything that it never happens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.ranks import Vector

LEAST = 1e-15
"""Smaller chances are not told apart: no model of the usual is true that far out."""
_TOP, _BODY = 0.02, 0.20
GOES_ON = (0.1, 50.0)
LEAVES = (0.1, 20.0)
NEIGHBOURS = (0.01, 100.0)
"""What is taken for usual before anything is seen, and how many things seen weigh as much: of what two share one in ten is shared by
another one; of what is shared one in ten leaves its village; of numbers of one series one in a hundred has its neighbour beside it."""
_MOST_PLACES = 3
_LEAST_SPREAD = 0.1
_GRID = 0.05
_FEW = 3
"""Groups left out of how groups differ, beside the most extreme hundredth."""


def admitted(chances: Vector, false_share: float, tests: int | None = None) -> float:
    """The largest chance that Benjamini & Hochberg 1995 admits, 0 where none: of what is admitted, at most `false_share` is
    expected to be chance. tests: how many were looked at, where only the smallest chances are handed over."""
    ordered = np.sort(chances)
    limits = false_share * np.arange(1, len(ordered) + 1) / max(tests or 0, len(ordered), 1)
    passed = np.flatnonzero(ordered <= limits)
    return float(ordered[passed[-1]]) if len(passed) else 0.0


def countable_tests(attainable: Vector, false_share: float) -> int:
    """How many of the things looked at could be admitted at all; attainable: the smallest chance that each can come to.

    Tarone 1990: the least m of which no more than m reach false_share / m. A village of four can never be told from chance, and
    must not make it harder for the others.
    """
    ordered = np.sort(attainable)
    for m in range(1, len(ordered) + 1):
        if np.searchsorted(ordered, false_share / m, side="right") <= m:
            return m
    return len(ordered)


def together(chances: Sequence[Vector]) -> Vector:
    """One chance for independent ones about the same thing (Fisher 1932)."""
    statistic = -2.0 * np.sum([np.log(np.clip(chance, LEAST, 1.0)) for chance in chances], axis=0)
    return _bounded(stats.chi2.sf(statistic, 2 * len(chances)))


def either(one: Vector, other: Vector) -> Vector:
    """The smaller of two chances of the same thing, paid for by looking twice: what says nothing besides must not excuse it."""
    return _bounded(2.0 * np.minimum(one, other))


def of_at_least(counts: Vector, tries: Vector, rates: Vector) -> Vector:
    """P(at least so many of so many tries), each with the rate. For a count of 0 it is 1."""
    return _bounded(stats.binom.sf(counts - 1, tries, np.clip(rates, 0.0, 1.0)))


def of_group_rates(counts: Vector, sizes: Vector, expected: Vector) -> Vector:
    """P(at least `counts`) of each group, where groups differ among themselves as groups do: beta-binomial.

    expected: what comparable ones would have in its place, the group itself left out. How much groups differ around what is
    expected of them is learned from the others (moments, empirical Bayes), so that a county in which every village has its
    own way does not make all of them strange.
    """
    means = np.clip(expected / np.maximum(sizes, 1), 1e-4, 1 - 1e-4)
    variance = sizes * means * (1 - means)
    excess, weight = (counts - sizes * means) ** 2 - variance, (sizes - 1) * variance
    # Strange groups must excuse neither themselves nor one another: the most extreme are left out of how groups differ.
    kept = np.argsort(np.abs(counts - sizes * means) / np.sqrt(variance), kind="stable")[
        : max(len(sizes) - _extreme(len(sizes)), 1)
    ]
    spread = np.clip(excess[kept].sum() / max(weight[kept].sum(), 1e-9), 1e-3, 0.5)
    prior = 1 / spread - 1
    chance = stats.betabinom.sf(counts - 1, sizes.astype(int), means * prior, (1 - means) * prior)
    return _bounded(chance)


def of_counts(counts: Vector, expected: Vector) -> Vector:
    """P(at least `counts`) of each group where so many are expected: negative binomial, by how much the other groups differ around
    what is expected of them. What makes villages differ is manifold, so they are taken to differ by a third at least."""
    mean = np.maximum(expected, 1e-3)
    excess, weight = (counts - mean) ** 2 - mean, mean**2
    spread = np.clip((excess.sum() - excess) / np.maximum(weight.sum() - weight, 1e-9), _LEAST_SPREAD, 4.0)
    return _bounded(stats.nbinom.sf(counts - 1, 1 / spread, 1 / (1 + spread * mean)))


def _extreme(groups: int) -> int:
    return min(_FEW + groups // 100, groups // 4)


def of_sharing(sizes: Vector) -> Vector:
    """P(a thing is shared by at least so many), for each of the things; sizes: how many use each, 1 = nobody else.

    Sizes fall off evenly: of those shared by s, about the same part is shared by s + 1. That part is learned from the other
    things, beginning from GOES_ON: a few strange things must not make one another usual, a city full of them does.
    """
    things, shared = len(sizes), sizes >= 2
    more = np.maximum(sizes.astype(float) - 2, 0.0)  # counts of a frame are unsigned: 1 - 2 would be four thousand millions
    pairs = (shared.sum() - shared + 0.5) / (things + 0.5)
    tries = more.sum() - more + shared.sum() - shared
    goes_on = _learned(more.sum() - more, tries, GOES_ON)
    return _bounded(np.where(shared, pairs * goes_on**more, 1.0))


def of_wandering(places: Vector, shared: npt.NDArray[np.bool_]) -> Vector:
    """P(so many places) of each thing that several share: by how many of the other shared things leave their place.

    Beginning from LEAVES; beyond a fourth place, more say no more.
    """
    places = places.astype(float)
    leaves = shared & (places > 1)
    rate = _learned(leaves.sum() - leaves, shared.sum() - shared, LEAVES)
    return _bounded(np.where(leaves, rate ** np.minimum(places - 1, _MOST_PLACES), 1.0))


def of_rows(steps: Vector, near: int, series: int) -> Vector:
    """P(so many steps in a row lead to a neighbour), where `near` of all `series` steps do; beginning from NEIGHBOURS."""
    return _bounded(_learned(near - steps, series - steps, NEIGHBOURS) ** steps)


def _learned(count: Vector, tries: Vector, begins: tuple[float, float]) -> Vector:
    share, weight = begins
    return np.asarray((count + share * weight) / (tries + weight))


def of_crowding(counts: Vector, members: Vector, share: Vector) -> Vector:
    """P(so many of the members fall into one window of a given share of all time), wherever it lies (Naus 1965, union bound)."""
    tries = np.maximum(members, 1)
    chance = tries * stats.binom.sf(counts - 2, np.maximum(tries - 1, 0), np.clip(share, 0.0, 1.0))
    return _bounded(chance)


def of_tail(scores: Vector) -> Vector:
    """P(a score so high), by a line drawn through the tail of the ordinary ones: the top is left out of the line, so that
    what is strange does not make itself usual. 1 below the upper fifth."""
    start, top = np.quantile(scores, [1 - _BODY, 1 - _TOP])
    above = scores[scores >= start]
    # Excesses of an exponential tail, cut off at the top fiftieth (Aitkin & Clayton: events over exposure).
    exposure = float(np.minimum(above, top).sum() - start * len(above))
    rate = float((above < top).sum()) / exposure if exposure > 0 else np.inf
    chance, is_beyond = np.ones(len(scores)), scores > start
    chance[is_beyond] = _BODY * np.exp(-rate * (scores[is_beyond] - start))
    return _bounded(chance)


def of_sums(parts: npt.NDArray[np.float64]) -> Vector:
    """P(a sum so high) of each row, if its parts had nothing to do with one another: each column's values dealt out anew among all rows.

    parts: shape (n_rows, n_parts), 0 and more, reckoned in steps of _GRID.
    """
    places = np.floor(parts / _GRID).astype(int)
    sums = np.ones(1)
    for column in places.T:
        sums = np.convolve(sums, np.bincount(column) / max(len(column), 1))
    above = np.append(np.cumsum(sums[::-1])[::-1], 0.0)
    return _bounded(above[np.clip(places.sum(axis=1), 0, len(above) - 1)])


def _bounded(chance: Vector) -> Vector:
    return np.asarray(np.clip(chance, LEAST, 1.0))
