"""The strangeness model as MLflow serves it: a frame of features in, the three figures out.

MLflow calls `_load_pyfunc` of the module that a stored model names; it imports this one from the program that is installed. Nothing in
the model's own files is ever executed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models import stored
from models.features import FEATURES, matrix
from models.strangeness import StrangenessModel

MODULE = __name__
FOREST, DETECTORS = "model.skops", "detectors.npz"


class Served:
    """What MLflow asks for predictions."""

    def __init__(self, model: StrangenessModel) -> None:
        self.model = model

    def predict(self, cases: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """anomaly, dependence and strangeness of each row. Raises FeatureMismatch for a frame that lacks a feature."""
        return pd.DataFrame(self.model.score(np.round(matrix(cases), 6))._asdict(), index=cases.index)


def loaded(folder: Path) -> StrangenessModel:
    """The model in the two files of the folder. Raises FeatureMismatch and RefusedStore as `stored` does."""
    return stored.read(folder / DETECTORS, stored.read_forest(folder / FOREST), FEATURES)


def _load_pyfunc(path: str) -> Served:
    return Served(loaded(Path(path)))


def example(model: StrangenessModel, x: np.ndarray[Any, np.dtype[np.float64]]) -> pd.DataFrame:
    """Two households that nobody is: one with the usual value of every feature, one with values that one in ten is above."""
    names = [feature.name for feature in model.features]
    high = [float(np.nanquantile(column, 0.9)) if not np.isnan(column).all() else np.nan for column in x.T]
    return pd.DataFrame([dict(zip(names, model.usual_values.tolist(), strict=True)), dict(zip(names, high, strict=True))])
