"""What a solver gets out of published figures: which counts only one number is left for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from jobs.report_casework.table import Place

Range = tuple[float, float]
"""The least and the greatest number that a count may be, as far as is told; both inclusive."""
_HALF, _FAR = 0.5, 1000
"""FAR: a second number is looked for so far from the true one: a solver does not tell of one that has no end."""


@dataclass(frozen=True)
class Sum:
    """A cell that is known to be the sum of others. along: cells that come to the parts only together with it."""

    total: Place
    parts: tuple[Place, ...]
    along: tuple[Place, ...] = ()

    @property
    def totals(self) -> tuple[Place, ...]:
        return (self.total, *self.along)

    @property
    def cells(self) -> tuple[Place, ...]:
        return (*self.totals, *self.parts)


def laid_bare(
    counts: Mapping[Place, int], ranges: Mapping[Place, Range], sums: Sequence[Sum], secret: Sequence[Place]
) -> list[Place]:
    """Those of the secret counts for which the ranges and the sums together leave no second whole number.

    counts: the true ones, which lie in their ranges. A count may be below nought: what a report has less than an earlier one.
    """
    found: list[Place] = []
    for places, of_part in _parts(ranges, sums):
        asked = [place for place in secret if place in places]
        if asked:
            found += _bare(counts, ranges, of_part, places, asked)
    return found


def _parts(ranges: Mapping[Place, Range], sums: Sequence[Sum]) -> Iterator[tuple[dict[Place, int], list[Sum]]]:
    """Cells that no sum ties together are solved apart: of each part the places, by their column of the matrix, and its sums."""
    at = {place: n for n, place in enumerate(ranges)}
    ties = [(at[one.total], at[place]) for one in sums for place in one.cells]
    rows, columns = zip(*ties, strict=True) if ties else ((), ())
    graph = coo_array((np.ones(len(ties)), (rows, columns)), shape=(len(at), len(at)))
    _, labels = connected_components(graph, directed=False)
    places: dict[int, dict[Place, int]] = {}
    for place, n in at.items():
        of_label = places.setdefault(int(labels[n]), {})
        of_label[place] = len(of_label)
    of_part: dict[int, list[Sum]] = {}
    for one in sums:
        of_part.setdefault(int(labels[at[one.total]]), []).append(one)
    for label, part in places.items():
        yield part, of_part.get(label, [])


def _bare(
    counts: Mapping[Place, int],
    ranges: Mapping[Place, Range],
    sums: Sequence[Sum],
    at: Mapping[Place, int],
    asked: Sequence[Place],
) -> list[Place]:
    """Each solution that differs from the truth in a cell has cleared it: most are cleared by those of others."""
    told = _equations(sums, at)
    truth = np.array([counts[place] for place in at], dtype=float)
    low, high = np.array([ranges[place] for place in at], dtype=float).T
    bounds = Bounds(np.maximum(low, truth - _FAR), np.minimum(high, truth + _FAR))
    left = {at[place]: place for place in asked}
    for place in asked:
        for direction in (1.0, -1.0):
            if at[place] not in left:
                break
            aim = np.zeros(len(at))
            aim[list(left)] = direction / 1000
            aim[at[place]] = direction
            solved = milp(aim, constraints=told, bounds=bounds, integrality=np.ones(len(at)))
            if solved.x is not None:
                left = {n: one for n, one in left.items() if abs(solved.x[n] - truth[n]) < _HALF}
    return list(left.values())


def _equations(sums: Sequence[Sum], at: Mapping[Place, int]) -> list[LinearConstraint]:
    if not sums:
        return []
    signed = [
        (n, at[place], sign)
        for n, one in enumerate(sums)
        for part, sign in ((one.totals, 1.0), (one.parts, -1.0))
        for place in part
    ]
    rows, columns, signs = zip(*signed, strict=True)
    return [LinearConstraint(coo_array((signs, (rows, columns)), shape=(len(sums), len(at))).tocsr(), 0, 0)]
