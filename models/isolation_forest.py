"""The isolation forest: training, and the one place where its sign is turned.

Liu, Ting & Zhou, Isolation Forest, ICDM 2008.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from models.features import FEATURE_NAMES, FeatureMismatch, Matrix
from models.params import ForestParams


@dataclass(frozen=True)
class ForestModel:
    """A fitted forest with what scoring and explaining need: feature names and the usual value of each, NaN = missing."""

    forest: IsolationForest
    feature_names: tuple[str, ...]
    usual_values: tuple[float, ...]


def fit(x: Matrix, params: ForestParams, feature_names: tuple[str, ...] = FEATURE_NAMES) -> ForestModel:
    """A forest fitted on X. Raises ValueError for fewer than two rows."""
    if len(x) < 2:
        raise ValueError(f"cannot fit a forest on {len(x)} cases; expected at least 2")
    forest = IsolationForest(
        n_estimators=params.trees, max_samples=min(params.sample_size, len(x)), random_state=params.seed, contamination="auto"
    )
    forest.fit(x)
    return ForestModel(forest, feature_names, tuple(_usual(column) for column in x.T))


def _usual(column: npt.NDArray[np.float64]) -> float:
    """The median, or missing (NaN) where most values are."""
    stated = column[~np.isnan(column)]
    return float(np.median(stated)) if 2 * len(stated) >= len(column) else float("nan")


def anomaly_score(model: ForestModel, x: Matrix) -> npt.NDArray[np.float64]:
    """s(x, n) of Liu, Ting & Zhou 2008, eq. 2: in (0, 1], higher = stranger.

    scikit-learn's score_samples is -s; nowhere else in this code is that sign turned.
    Raises FeatureMismatch when X has another number of columns than the forest was fitted on.
    """
    if x.shape[1] != len(model.feature_names):
        raise FeatureMismatch(f"{x.shape[1]} columns given, the forest was fitted on {len(model.feature_names)}")
    if not len(x):
        return np.zeros(0)
    return np.asarray(-model.forest.score_samples(x))
