"""What a list should yield: the sum of its probabilities, and how far chance may carry the visits from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964


@dataclass(frozen=True)
class Yield:
    """Confirmed cases to expect of a list, with a 95 % interval."""

    visits: int
    expected: float
    low: float
    high: float

    @property
    def per_visit(self) -> float:
        return self.expected / self.visits if self.visits else 0.0


def expected_yield(probabilities: Sequence[float]) -> Yield:
    """Mean of the Poisson-binomial distribution and its 95 % interval by the normal approximation, cut at 0 and all visits.

    variance = sum of p(1 - p). Visits are taken as independent and the probabilities as true: the interval knows chance,
    not whether the ranking is right.
    """
    expected = sum(probabilities)
    spread = Z95 * sqrt(sum(p * (1 - p) for p in probabilities))
    return Yield(len(probabilities), expected, max(0.0, expected - spread), min(float(len(probabilities)), expected + spread))
