"""What made a household strange: the model's figures feature by feature, as numbers that add up, and as a waterfall."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from jobs.explore.charts import waterfall
from jobs.launch.model_store import has_model_store, model_store, store_errors_told
from jobs.runtime.errors import BadConfiguration
from models.features import FEATURES, Matrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Contributions:
    """One household. usual: strangeness of one with the usual value of every feature. strangeness: its own.

    frame: one row a feature whose value is not the usual one, the strongest first: `value` and `usual` in `unit`; `fall`, by which the
    strangeness would fall with the usual value of this feature alone; `step`, what its value adds to those above it, beginning with the
    usual household: usual + all steps = strangeness. Which of two that go together gets the step depends on their order.
    """

    case_id: str
    usual: float
    strangeness: float
    frame: pl.DataFrame = field(repr=False)

    def waterfall(self, most: int = 8) -> Axes:
        """The steps from the usual household to this one; those beyond `most` together."""
        steps = [(row["said"], row["step"]) for row in self.frame.iter_rows(named=True)]
        title = f"为什么与众不同 What makes {self.case_id} strange"
        return waterfall(title, "与众不同程度 strangeness, 0-1", self.usual, steps, most)


def contributions_of(scores: pl.DataFrame, case_id: str, out: Path) -> Contributions:
    """Of the household's row of gold.case_scores. Raises BadConfiguration where it has none, or its model is gone."""
    scores = scores.drop_nulls("model_version")
    scored = scores.filter(case_id=case_id)
    if scored.is_empty():
        expected = (
            "Expected a case_id of gold.case_scores." if len(scores) else "It scored none: too few for anything to be usual."
        )
        raise BadConfiguration(f"The run scored no household {case_id}. {expected}")
    if not has_model_store(out):
        raise BadConfiguration(f"{out} has no model store: the model that scored {case_id} is not here.")
    from models.registry import ForestRegistry  # MLflow takes a second

    version = scored["model_version"][0]
    with store_errors_told():
        kept = ForestRegistry(model_store(out)).of_version(version)
    if kept is None:
        raise BadConfiguration(f"Version {version} of the model, which scored {case_id}, is not kept any more.")
    figures = dict(scored["figures"][0])
    stated = (figures.get(f"case.{feature.name}") for feature in FEATURES)
    x: Matrix = np.array([[np.nan if value is None else round(value, 6) for value in stated]])
    falls = kept.model.falls(x)[0]
    usual = kept.model.usual_values
    other = [
        i for i in np.argsort(-falls, kind="stable") if not (x[0, i] == usual[i] or (np.isnan(x[0, i]) and np.isnan(usual[i])))
    ]
    path = kept.model.path(x[0], other)
    rows = [
        (
            FEATURES[i].name, FEATURES[i].label, _figure(x[0, i]), _figure(usual[i]), FEATURES[i].unit, float(falls[i]), float(step),
            FEATURES[i].said(x[0, i], usual[i]),
        )
        for i, step in zip(other, np.diff(path), strict=True)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, ["feature", "label", "value", "usual", "unit", "fall", "step", "said"], orient="row")
    return Contributions(case_id, float(path[0]), float(path[-1]), frame)


def models_in(out: Path) -> pl.DataFrame:
    """Versions of the models in OUT, or on the server that is named; none where there is no store."""
    rows = []
    if has_model_store(out):
        from models.registry import ModelStore  # as above

        with store_errors_told():
            rows = ModelStore(model_store(out)).versions()
    columns = {"model": pl.String, "version": pl.Int64, "as_of": pl.String, "in use": pl.Boolean, "tracking_uri": pl.String}
    return pl.DataFrame(rows, columns, orient="row")


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
