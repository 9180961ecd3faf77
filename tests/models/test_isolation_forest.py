"""The forest against known answers from outside: the paper, scikit-learn's own formula, planted outliers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble._iforest import _average_path_length

from models.features import FEATURE_NAMES, FEATURES, FeatureMismatch, matrix
from models.isolation_forest import ForestModel, anomaly_score, fit
from models.params import ForestParams

PARAMS = ForestParams(trees=100, sample_size=256, training_rows=2000, seed=7)
N = len(FEATURE_NAMES)


def ordinary(rows: int = 600, seed: int = 3) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(0.0, 1.0, size=(rows, N))


@pytest.fixture(scope="module")
def model() -> ForestModel:
    return fit(ordinary(), PARAMS)


def test_average_path_lengths_are_those_of_the_paper() -> None:
    """Equation 1 of Liu, Ting & Zhou 2008: c(n) = 2H(n-1) - 2(n-1)/n, exact for 1 and 2, growing."""
    lengths = _average_path_length(np.array([1, 2, 3, 100, 256]))
    harmonic = lambda i: math.log(i) + np.euler_gamma  # noqa: E731
    assert lengths[:2].tolist() == [0.0, 1.0]
    assert lengths[4] == pytest.approx(2 * harmonic(255) - 2 * 255 / 256)
    assert (np.diff(lengths) > 0).all()


def test_scores_lie_between_0_and_1_and_planted_outliers_are_stranger_than_all_others(model: ForestModel) -> None:
    x = ordinary(seed=4)
    x[:5] += 9.0
    scores = anomaly_score(model, x)
    assert ((scores > 0) & (scores <= 1)).all()
    assert scores[:5].min() > scores[5:].max()


def test_constant_data_has_no_stranger() -> None:
    scores = anomaly_score(fit(np.ones((300, N)), PARAMS), np.ones((10, N)))
    assert np.ptp(scores) == 0


def test_neither_the_order_of_rows_nor_the_partitioning_changes_a_score(model: ForestModel) -> None:
    x = ordinary(seed=5)
    whole = anomaly_score(model, x)
    order = np.random.default_rng(1).permutation(len(x))
    assert (anomaly_score(model, x[order]) == whole[order]).all()
    assert (np.concatenate([anomaly_score(model, part) for part in np.array_split(x, 7)]) == whole).all()


def test_the_same_seed_gives_the_same_forest(model: ForestModel) -> None:
    x = ordinary(seed=6)
    assert (anomaly_score(fit(ordinary(), PARAMS), x) == anomaly_score(model, x)).all()


def test_a_missing_value_is_scored_not_refused_and_is_usual_where_most_are_missing() -> None:
    x = ordinary(20)
    x[3, 2] = np.nan
    x[:15, 5] = np.nan
    model = fit(x, PARAMS)
    assert np.isfinite(anomaly_score(model, x)).all()
    assert [i for i, value in enumerate(model.usual_values) if np.isnan(value)] == [5]


def test_a_matrix_of_other_columns_is_refused(model: ForestModel) -> None:
    with pytest.raises(FeatureMismatch):
        anomaly_score(model, np.zeros((2, N - 1)))
    with pytest.raises(FeatureMismatch, match=FEATURE_NAMES[0]):
        matrix(pd.DataFrame({"case_id": ["a"]}))
    with pytest.raises(FeatureMismatch):
        matrix(pd.DataFrame(np.zeros((1, N)), columns=list(FEATURE_NAMES)), names=tuple(reversed(FEATURE_NAMES)))


def test_a_forest_needs_two_cases() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        fit(np.zeros((1, N)), PARAMS)


def test_no_feature_speaks_of_a_protected_trait() -> None:
    forbidden = ("sex", "gender", "ethnic", "nation", "religion", "disab", "age", "性别", "民族", "宗教", "残疾", "年龄")
    for feature in FEATURES:
        words = f"{feature.name} {feature.label}".lower().replace("average", "").replace("arrears", "")
        assert not [word for word in forbidden if word in words.replace("_", " ").split() or (len(word) < 3 and word in words)], (
            feature.name
        )
