"""Learning from verdicts on strange cases: leaves of the forest in which visits confirmed become stranger, the others less so.

After Das et al., Incorporating Feedback into Tree-based Anomaly Detection, KDD IDEA 2017: a forest is a linear model whose
features are its leaves. Here the weights of the leaves are the ridge regression that starts from the model's own rarity: it has
one solution, needs no steps to tune, and with no verdict nearby a case keeps the score that it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.features import Matrix
from models.isolation_forest import ForestModel
from models.ranks import Vector
from models.strangeness import StrangenessModel

EVEN_RARITY = 3.0
"""Before any verdict one case in 10^3 is as likely as not what a visit confirms, and the usual case counts as refuted."""
RIDGE = 0.3
"""How little a single verdict is trusted: it may be wrong. Benchmarked from 0.1 to 1, which differ by a case or two of 60."""
_DIGITS = 9


@dataclass(frozen=True)
class FeedbackModel:
    """A strangeness model whose leaves bear what verdicts taught: what one adds to the rarity of a case that falls into it."""

    base: StrangenessModel
    leaf_weights: tuple[Vector, ...]

    def score(self, x: Matrix) -> Vector:
        """Strangeness 0-1 as `StrangenessModel.score` gives it, moved by verdicts on cases alike, higher = stranger."""
        rarity = np.maximum(self.base.rarity(x) + self.shift(x), 0.0)
        return np.asarray(rarity / (rarity + 1.0))

    def shift(self, x: Matrix) -> Vector:
        """What verdicts add to each row's rarity: below 0 where they refuted, 0 where there are none."""
        shift = np.zeros(len(x))
        for weights, leaves in zip(self.leaf_weights, _leaves(self.base.forest, x), strict=True):
            shift += weights[leaves]
        return shift


def fit_feedback(model: StrangenessModel, x: Matrix, verdicts: npt.NDArray[np.int_] | Sequence[int]) -> FeedbackModel:
    """The model as verdicts move it. verdicts: of each row of X, 1 = a visit confirmed, 0 = it refuted.

    The same model and verdicts in any order give the same scores. Raises ValueError for any other verdict.
    """
    given = np.asarray(verdicts, dtype=np.float64)
    if given.shape != (len(x),) or not np.isin(given, (0.0, 1.0)).all():
        raise ValueError("expected one verdict a row, each 1 (confirmed) or 0 (refuted)")
    order = np.lexsort((given, *x.T))  # so that sums are added in one order
    x, given = x[order], given[order]
    leaves = list(_leaves(model.forest, x))
    alike = np.zeros((len(x), len(x)))
    for of_tree in leaves:
        alike += of_tree[:, None] == of_tree
    alike /= len(leaves)
    # At most 1: a case so strange that it was as good as confirmed is not to sink because it was.
    prior = np.minimum(model.rarity(x) / EVEN_RARITY - 1.0, 1.0)
    learned = np.linalg.solve(alike + RIDGE * np.eye(len(x)), (2.0 * given - 1.0) - prior) * EVEN_RARITY / len(leaves)
    weights = (
        np.bincount(of_tree, weights=learned, minlength=tree.tree_.node_count)
        for of_tree, tree in zip(leaves, model.forest.forest.estimators_, strict=True)
    )
    return FeedbackModel(model, tuple(np.round(of_tree, _DIGITS) for of_tree in weights))


def _leaves(forest: ForestModel, x: Matrix) -> Iterator[npt.NDArray[np.intp]]:
    """Of each tree the number of the leaf into which each row falls. Trees split single-precision values."""
    rows = np.ascontiguousarray(x, dtype=np.float32)
    for tree in forest.forest.estimators_:
        yield np.asarray(tree.tree_.apply(rows))
