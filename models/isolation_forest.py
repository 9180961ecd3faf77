"""The isolation forest: parameters, training, and the one place where its sign is turned.

Liu, Ting & Zhou, Isolation Forest, ICDM 2008. Explanations: SHAP's TreeExplainer on the path lengths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field
from sklearn.ensemble import IsolationForest

from expectations.conf import Conf
from models.features import FEATURE_NAMES, FEATURES, FeatureMismatch, Matrix


class ForestParams(Conf):
    """Parameters of training. Section 4 of the paper: results are stable from 100 trees of 256 samples."""

    trees: int = Field(ge=1)
    sample_size: int = Field(ge=2, description="rows a tree is grown on")
    training_rows: int = Field(ge=2, description="cases drawn by hash of their id for training")
    seed: int = Field(ge=0)


@dataclass(frozen=True)
class ForestModel:
    """A fitted forest with what scoring and explaining need: feature names and the usual value of each."""

    forest: IsolationForest
    feature_names: tuple[str, ...]
    usual_values: tuple[float, ...]


def fit(x: Matrix, params: ForestParams) -> ForestModel:
    """A forest fitted on X. Raises ValueError for fewer than two rows."""
    if len(x) < 2:
        raise ValueError(f"cannot fit a forest on {len(x)} cases; expected at least 2")
    forest = IsolationForest(
        n_estimators=params.trees, max_samples=min(params.sample_size, len(x)), random_state=params.seed, contamination="auto"
    )
    forest.fit(x)
    with np.errstate(all="ignore"):
        usual = np.nan_to_num(np.nanmedian(x, axis=0), nan=0.0)
    return ForestModel(forest, FEATURE_NAMES, tuple(float(value) for value in usual))


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


def contributions(model: ForestModel, x: Matrix) -> npt.NDArray[np.float64]:
    """Share of each feature in making a case strange, shape of X: positive = made it stranger.

    SHAP explains the mean path length, which is short for strange cases: its sign is turned here.
    """
    import shap  # slow to import, and needed for published cases only

    return np.asarray(-shap.TreeExplainer(model.forest).shap_values(x))


def reasons(model: ForestModel, x: Matrix, most: int = 3) -> list[str]:
    """Per row the features that made it strange, strongest first, each with its value and the usual one."""
    if not len(x):
        return []
    shares = contributions(model, x)
    sentences = []
    for values, parts in zip(x, shares, strict=True):
        strongest = [i for i in np.argsort(-parts, kind="stable")[:most] if parts[i] > 0]
        sentences.append("、".join(_phrase(int(i), float(values[i]), model.usual_values[int(i)]) for i in strongest))
    return sentences


def _phrase(i: int, value: float, usual: float) -> str:
    feature = FEATURES[i]
    stated = "缺失" if np.isnan(value) else f"{_figure(value)}{feature.unit}"
    return f"{feature.label}{stated}（通常{_figure(usual)}{feature.unit}）"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.2f}"
