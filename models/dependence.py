"""The dependence detector: values that are usual one by one and do not go together, which axis-parallel trees miss.

Mahalanobis's distance on robustly scaled values, with the covariance of Ledoit & Wolf, A well-conditioned estimator for
large-dimensional covariance matrices, J. Multivariate Analysis 2004.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.covariance import LedoitWolf

from models.features import FeatureMismatch, Matrix

_BLOCK = 4096
"""Rows scored at a time: what they need stays in the processor's cache."""
_DIGITS = 9
LEAST_VARIANCE = 0.4
"""Of a scaled feature: about that of values spread evenly over their range; of a normal one it is 0.63."""


@dataclass(frozen=True)
class DependenceModel:
    """What a distance needs. A missing value counts as the median: it is neither near nor far."""

    medians: npt.NDArray[np.float64]
    scales: npt.NDArray[np.float64]
    means: npt.NDArray[np.float64]
    whitening: npt.NDArray[np.float64]
    """Lower triangular: the squared length of a row times this is the squared distance."""


def fit(x: Matrix) -> DependenceModel:
    """A detector fitted on X: float64 array of shape (n_cases, n_features), null as NaN."""
    medians, scales = _centre_and_scale(x)
    scaled = _scaled(x, medians, scales)
    shrunk = LedoitWolf().fit(scaled)
    covariance = np.array(shrunk.covariance_)
    # An indicator that is 1 in a case of a thousand has hardly a variance, and would outweigh every other feature when it is.
    diagonal = np.diag_indices(len(covariance))
    covariance[diagonal] = np.maximum(covariance[diagonal], LEAST_VARIANCE)
    whitening = np.linalg.cholesky(np.linalg.inv(covariance))
    return DependenceModel(medians, scales, np.array(shrunk.location_), whitening)


def distance(model: DependenceModel, x: Matrix) -> npt.NDArray[np.float64]:
    """Distance of each row from the usual, higher = stranger; a row's does not depend on the rows beside it.

    Raises FeatureMismatch when X has another number of columns than the detector was fitted on.
    """
    if x.shape[1] != len(model.medians):
        raise FeatureMismatch(f"{x.shape[1]} columns given, the detector was fitted on {len(model.medians)}")
    out = np.empty(len(x))
    for start in range(0, len(x), _BLOCK):
        rows = _scaled(x[start : start + _BLOCK], model.medians, model.scales) - model.means
        # Column by column and not as a product of matrices, whose last digits depend on how many rows there are.
        whitened = np.zeros_like(rows)
        for i, weights in enumerate(model.whitening):
            whitened[:, : i + 1] += rows[:, i, None] * weights[: i + 1]
        squared = np.zeros(len(rows))
        for column in whitened.T:
            squared += column * column
        out[start : start + _BLOCK] = np.sqrt(squared)
    return np.asarray(np.round(out, _DIGITS))


def _centre_and_scale(x: Matrix) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Median and spread of each column, as standard deviations of a normal: by the quartiles, where these coincide by the
    outer twentieths, else by the standard deviation; 0 and 1 for a column without values."""
    medians, scales = np.zeros(x.shape[1]), np.ones(x.shape[1])
    for i, column in enumerate(x.T):
        stated = column[~np.isnan(column)]
        if not len(stated):
            continue
        low, quarter, median, three_quarters, high = np.percentile(stated, [5, 25, 50, 75, 95])
        medians[i] = median
        scales[i] = (three_quarters - quarter) / 1.349 or (high - low) / 3.290 or np.std(stated) or 1.0
    return medians, scales


def _scaled(x: Matrix, medians: npt.NDArray[np.float64], scales: npt.NDArray[np.float64]) -> Matrix:
    """arcsinh of the distance from the median in spreads: linear near it, logarithmic far away, where amounts lie."""
    return np.asarray(np.nan_to_num(np.arcsinh(np.ascontiguousarray((x - medians) / scales)), nan=0.0))
