"""How rare a score is: where it stands among the scores of the training cases, in powers of ten.

Detectors speak in units of their own; what they can be compared by is how many training cases score as high. Kept is a
table, not the cases: a partition that is scored alone gets the same figures as the whole city.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

KNOTS = 400
_TAIL = 0.02


@dataclass(frozen=True)
class Rarity:
    """Scores and their rarity k: one training case in 10^k scores at least as high. Beyond the last score it goes on in a line."""

    scores: Vector
    rarities: Vector
    tail: float
    """What a score must rise beyond the highest training score to be ten times as rare."""

    @staticmethod
    def of(scores: Vector) -> Rarity:
        """The table of at least two training scores: all of them where few, else spaced evenly in rarity."""
        ascending = np.sort(scores)
        n = len(ascending)
        # Ties are all as rare as the first of them, so that constant scores are not rare at all.
        values, first = np.unique(ascending, return_index=True)
        rarities = np.log10(n / (n - first))
        if len(values) > KNOTS:
            wanted = np.linspace(0.0, rarities[-1], KNOTS)
            kept = np.unique(np.append(np.searchsorted(rarities, wanted, side="left"), len(values) - 1))
            values, rarities = values[kept], rarities[kept]
        # The usual model of a tail: beyond a high threshold the excess is exponential, with the mean of the excesses seen.
        threshold = ascending[int(n * (1 - _TAIL))]
        excess = float(np.mean(ascending[ascending >= threshold] - threshold)) or float(np.std(ascending)) or 1.0
        return Rarity(values, rarities, excess * float(np.log(10)))

    def __call__(self, scores: Vector) -> Vector:
        """k of each score: 0 = as low as the lowest, 1 = one case in ten is as high, 2 = one in a hundred."""
        beyond = np.maximum(scores - self.scores[-1], 0.0) / self.tail
        return np.asarray(np.interp(scores, self.scores, self.rarities) + beyond)
