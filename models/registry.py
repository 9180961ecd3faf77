"""The model registry: the only file that imports MLflow. SQLite by default, a server by MLFLOW_TRACKING_URI.

What is logged is parameters, counts and quantiles; no row, number or name ever reaches MLflow.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.features import FEATURE_NAMES, Matrix, contract_fingerprint
from models.isolation_forest import ForestModel, ForestParams, anomaly_score, fit

MODEL_NAME = "mingjing-forest"
CHAMPION = "champion"
_EXPERIMENT = "mingjing"
_SERVER_VARIABLE = "MLFLOW_TRACKING_URI"
_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_SKOPS_TYPES = ["sklearn.tree._tree.Tree"]

# Read by MLflow when it is first imported: nothing phones home, nothing is sampled, no progress bars.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


@dataclass(frozen=True)
class RegisteredForest:
    """A forest as the registry holds it."""

    model: ForestModel
    version: str


class ForestRegistry:
    """Training runs and versions of the forest in one tracking store.

    folder: where the SQLite store and the artifacts are kept when no server is named.
    """

    def __init__(self, folder: Path) -> None:
        import mlflow

        self._mlflow = mlflow
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self._server = os.environ.get(_SERVER_VARIABLE)
        folder = folder.resolve()
        self._uri = self._server or f"sqlite:///{folder}/mlflow.db"
        if not self._server:
            self._make_store(folder)
        self._point_mlflow_here()
        known = mlflow.get_experiment_by_name(_EXPERIMENT)
        artifacts = None if self._server else (folder / "artifacts").as_uri()
        self._experiment = known.experiment_id if known else mlflow.create_experiment(_EXPERIMENT, artifact_location=artifacts)
        self._client = mlflow.MlflowClient(self._uri)

    def _make_store(self, folder: Path) -> None:
        """Makes the store aside and moves it into place: one whose making was interrupted could never be opened again."""
        folder.mkdir(parents=True, exist_ok=True)
        store, making = folder / "mlflow.db", folder / ".making.db"
        if not store.exists():
            making.unlink(missing_ok=True)
            self._mlflow.set_tracking_uri(f"sqlite:///{making}")
            self._mlflow.get_experiment_by_name(_EXPERIMENT)
            making.replace(store)

    def _point_mlflow_here(self) -> None:
        """MLflow has one store a process, and writes its address to the environment, where the next registry would take it
        for a server that the user named."""
        self._mlflow.set_tracking_uri(self._uri)
        if not self._server:
            os.environ.pop(_SERVER_VARIABLE, None)

    def champion(self) -> RegisteredForest | None:
        """The version in use, loaded by its alias; null before the first training."""
        try:
            version = self._client.get_model_version_by_alias(MODEL_NAME, CHAMPION)
        except self._mlflow.exceptions.MlflowException:
            return None
        self._point_mlflow_here()
        forest = self._mlflow.sklearn.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")
        run = self._client.get_run(version.run_id)
        usual = tuple(float(run.data.params[f"usual_{name}"]) for name in FEATURE_NAMES)
        return RegisteredForest(ForestModel(forest, FEATURE_NAMES, usual), str(version.version))

    def champion_fingerprint(self) -> str | None:
        """What the version in use was trained on and with; null before the first training."""
        try:
            version = self._client.get_model_version_by_alias(MODEL_NAME, CHAMPION)
        except self._mlflow.exceptions.MlflowException:
            return None
        return str(version.tags.get("training_fingerprint"))

    def train(self, x: Matrix, params: ForestParams, tags: dict[str, str]) -> RegisteredForest:
        """Fits a forest, logs the run, registers the version and gives it the champion's alias."""
        model = fit(x, params)
        scores = anomaly_score(model, x)
        self._point_mlflow_here()
        with self._mlflow.start_run(experiment_id=self._experiment):
            self._mlflow.log_params(params.model_dump())
            self._mlflow.log_params(
                {f"usual_{name}": value for name, value in zip(FEATURE_NAMES, model.usual_values, strict=True)}
            )
            self._mlflow.log_metrics({f"score_q{round(q * 100):02d}": float(np.quantile(scores, q)) for q in _QUANTILES})
            self._mlflow.log_metric("training_rows", len(x))
            self._mlflow.set_tags({**tags, "feature_contract": contract_fingerprint(), "data": "see the tag as_of; counts only"})
            info: Any = self._mlflow.sklearn.log_model(
                model.forest,
                name="forest",
                registered_model_name=MODEL_NAME,
                skops_trusted_types=_SKOPS_TYPES,
                pip_requirements=[],
            )
        version = str(info.registered_model_version)
        for key, value in tags.items():
            self._client.set_model_version_tag(MODEL_NAME, version, key, value)
        self._client.set_registered_model_alias(MODEL_NAME, CHAMPION, version)
        return RegisteredForest(model, version)
