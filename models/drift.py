"""Drift: how far the values of a run are from those that a model was trained on, feature by feature.

Population stability index: sum over bins of (share now - share then) x ln(share now / share then). By the habit of credit
scoring, whose measure it is, below 0.1 nothing has changed, above 0.25 the model was made for other data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WARN_ABOVE = 0.25
LEAST_SHARE = 1e-4
"""An empty bin counts as this share: the logarithm of nothing would drown all others."""
_BINS = 10

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bins:
    """Where a column's values were cut and the share of training values in each bin.

    edges: ascending, e(i-1) < value <= e(i); the first bin lies below every training value, the last above all of them.
    shares: one for each bin, and the missing values' last.
    """

    edges: Vector
    shares: Vector

    @staticmethod
    def of(values: Vector) -> Bins:
        """Deciles of the values as they were in training; of a few distinct values as many bins as there are values."""
        stated = values[~np.isnan(values)]
        if len(stated):
            inner = np.quantile(stated, np.linspace(0, 1, _BINS + 1)[1:], method="inverted_cdf")
            edges = np.unique(np.append(np.nextafter(stated.min(), -np.inf), inner))
        else:
            edges = np.zeros(0)
        return Bins(edges, _shares(edges, values))

    def psi(self, values: Vector) -> float:
        """Stability index of values against those of training, 0 and more; 0 for no values."""
        if not len(values):
            return 0.0
        then, now = (np.maximum(shares, LEAST_SHARE) for shares in (self.shares, _shares(self.edges, values)))
        return float(np.sum((now - then) * np.log(now / then)))


def _shares(edges: Vector, values: Vector) -> Vector:
    missing = np.isnan(values)
    counts = np.bincount(np.searchsorted(edges, values[~missing], side="left"), minlength=len(edges) + 1)
    return np.append(counts, missing.sum()) / len(values)


def drifted(psi: Mapping[str, float]) -> Sequence[str]:
    """Names whose index is above WARN_ABOVE, the worst first."""
    return sorted((name for name, value in psi.items() if value > WARN_ABOVE), key=lambda name: (-psi[name], name))
