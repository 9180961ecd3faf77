"""How strange a case is: the isolation forest and the dependence detector, combined by rank, with reasons in words.

Three figures a case, higher = stranger:
anomaly      s(x, n) of the forest, 0-1
dependence   distance from what usually goes together, 0 and more
strangeness  0-1: k / (k + 1) where one training case in 10^k is as strange by both: 0.5 = one in ten, 0.67 = one in a
             hundred, 0.75 = one in a thousand
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models import dependence, isolation_forest
from models.dependence import DependenceModel
from models.drift import Bins
from models.features import FEATURES, Feature, Matrix
from models.isolation_forest import ForestModel
from models.params import ForestParams
from models.ranks import Rarity, Vector

DEPENDENCE_WEIGHT = 0.5
"""Of the dependence detector's rarity beside the forest's: a second opinion, not an equal (benchmarks/anomaly.py)."""
LEAST_FALL = 0.005
"""A feature that moves the score by less is no reason: in words with two digits nothing would fall."""
FORMAT = "2"
"""Changes when a stored model of before could not be read any more."""


class Scores(NamedTuple):
    anomaly: Vector
    dependence: Vector
    strangeness: Vector


@dataclass(frozen=True)
class Reason:
    """A feature that made a case strange. `usual` is the training cases' median; NaN = missing, for both values.

    With the usual value instead, the strangeness would fall from `score` to `score_if_usual`.
    """

    feature: Feature
    value: float
    usual: float
    score: float
    score_if_usual: float

    @property
    def fall(self) -> float:
        return self.score - self.score_if_usual


@dataclass(frozen=True)
class StrangenessModel:
    """Both detectors with the rarity tables of their training scores; rows can be scored in any partitioning."""

    features: tuple[Feature, ...]
    forest: ForestModel
    dependence: DependenceModel
    forest_rarity: Rarity
    dependence_rarity: Rarity
    combined_rarity: Rarity
    usual_values: Vector
    bins: dict[str, Bins]
    """Of the training data: every feature, and the figures of Scores."""

    @staticmethod
    def fit(x: Matrix, params: ForestParams, features: Sequence[Feature] = FEATURES) -> StrangenessModel:
        """Both detectors fitted on X, columns in the order of features. Raises ValueError for fewer than two rows."""
        forest = isolation_forest.fit(x, params, tuple(feature.name for feature in features))
        detector = dependence.fit(x)
        anomaly, distance = isolation_forest.anomaly_score(forest, x), dependence.distance(detector, x)
        by_forest, by_distance = Rarity.of(anomaly), Rarity.of(distance)
        by_both = Rarity.of(_combined(by_forest(anomaly), by_distance(distance)))
        bins = {feature.name: Bins.of(column) for feature, column in zip(features, x.T, strict=True)}
        model = StrangenessModel(
            tuple(features), forest, detector, by_forest, by_distance, by_both, np.array(forest.usual_values), bins
        )
        bins |= {name: Bins.of(values) for name, values in model.score(x)._asdict().items()}
        return model

    def score(self, x: Matrix) -> Scores:
        """The three figures of each row. Raises FeatureMismatch when X has other columns than the training data."""
        anomaly, distance = isolation_forest.anomaly_score(self.forest, x), dependence.distance(self.dependence, x)
        rarity = self._rarity(anomaly, distance)
        return Scores(anomaly, distance, rarity / (rarity + 1.0))

    def rarity(self, x: Matrix) -> Vector:
        """k of each row where one training case in 10^k is as strange, 0 and more."""
        scores = self.score(x)
        return self._rarity(scores.anomaly, scores.dependence)

    def _rarity(self, anomaly: Vector, distance: Vector) -> Vector:
        return self.combined_rarity(_combined(self.forest_rarity(anomaly), self.dependence_rarity(distance)))

    def falls(self, x: Matrix) -> npt.NDArray[np.float64]:
        """How much each row's strangeness would fall with the usual value of each feature, shape of X; below 0: it would rise."""
        now = self.score(x).strangeness
        out = np.zeros(x.shape)
        for i, usual in enumerate(self.usual_values):
            other = ~((x[:, i] == usual) | (np.isnan(x[:, i]) & np.isnan(usual)))
            if other.any():
                changed = x[other].copy()
                changed[:, i] = usual
                out[other, i] = now[other] - self.score(changed).strangeness
        return out

    def path(self, row: Vector, order: Sequence[int]) -> Vector:
        """Strangeness on the way from the usual case to the row, whose values are put in feature by feature in this order: the first
        figure is the usual case's, the last the row's own where the order holds every feature in which it is not usual."""
        stages = np.tile(self.usual_values, (len(order) + 1, 1))
        for stage, i in enumerate(order, start=1):
            stages[stage:, i] = row[i]
        return self.score(stages).strangeness

    def drift(self, x: Matrix) -> dict[str, float]:
        """Population stability index of every feature and of the three figures against the training data."""
        columns = {feature.name: column for feature, column in zip(self.features, x.T, strict=True)}
        columns |= self.score(x)._asdict()
        return {name: self.bins[name].psi(np.asarray(values)) for name, values in columns.items()}

    def reasons(self, x: Matrix, most: int = 3) -> list[list[Reason]]:
        """Per row the features with whose usual value it would be least strange, strongest first.

        Never one with whose usual value the case would be as strange or stranger: a row may have fewer reasons, or none.
        """
        scores, falls = self.score(x).strangeness, self.falls(x)
        of_rows = []
        for row, score, fall in zip(x, scores, falls, strict=True):
            strongest = [i for i in np.argsort(-fall, kind="stable")[:most] if fall[i] >= LEAST_FALL]
            of_rows.append(
                [
                    Reason(self.features[i], float(row[i]), float(self.usual_values[i]), float(score), float(score - fall[i]))
                    for i in strongest
                ]
            )
        return of_rows


def in_words(reasons: Sequence[Reason]) -> str:
    """The reasons as a part of a Chinese sentence: value and usual value, and never a score: it is read aloud at a door."""
    return "、".join(reason.feature.said(reason.value, reason.usual) for reason in reasons)


def model_fingerprint(params: ForestParams) -> str:
    """Digest of what, besides data and feature contract, makes a model what it is."""
    stated = f"{FORMAT}|{DEPENDENCE_WEIGHT}|{params.model_dump_json()}"
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def _combined(forest: Vector, distance: Vector) -> Vector:
    """Weighted mean of the rarities. Not of plain ranks: there the 1 in 10,000 of one detector drowns in the other's median."""
    return np.asarray((forest + DEPENDENCE_WEIGHT * distance) / (1.0 + DEPENDENCE_WEIGHT))
