"""The model registry: the only file that imports MLflow. SQLite by default, a server by MLFLOW_TRACKING_URI.

What is logged is parameters, counts and quantiles; no row, number or name ever reaches MLflow.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from models import stored
from models.features import FEATURES, Matrix, contract_fingerprint
from models.isolation_forest import ForestParams
from models.stored import RefusedStore
from models.strangeness import StrangenessModel

MODEL_NAME = "mingjing-forest"
CHAMPION = "champion"
_EXPERIMENT = "mingjing"
SERVER_VARIABLE = "MLFLOW_TRACKING_URI"
_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_CONTRACT, _FINGERPRINT, WITHDRAWN = "feature_contract", "training_fingerprint", "withdrawn"
_FORGOTTEN = "forgotten"
_DETECTORS = "detectors.npz"
_FOREST, _SKOPS = "forest", "model.skops"  # MLflow's name for the file
_NO_SUCH_ALIAS = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")  # of no such model, and of no such alias
_ARTIFACT_URIS = (  # where MLflow's SQLite store keeps the addresses of artifacts, whole
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)

# Read by MLflow when it is first imported: nothing phones home, nothing is sampled, no progress bars. A server that falls silent
# in the midst of a run is given up within a minute: MLflow's own patience is a quarter of an hour.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "15")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")


class NoSuchVersion(LookupError):
    """The registry holds no version to go to; the alias is as before."""


@dataclass(frozen=True)
class RegisteredModel:
    """A model as the registry holds it."""

    model: StrangenessModel
    version: str


class ModelStore:
    """One tracking store, which holds the runs and versions of all models.

    folder: where the SQLite store and the artifacts are kept when no server is named, under a name without characters that
    mean something in a URI. Raises RefusedStore where the store cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        import mlflow

        self._mlflow = mlflow
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # its errors are raised, too, and told once
        self._server = os.environ.get(SERVER_VARIABLE)
        folder = folder.absolute()
        self._uri = self._server or f"sqlite:///{folder}/mlflow.db"
        # By the folder's own name: the one that it was opened by may be a link of this process.
        self._artifacts = None if self._server else folder.resolve() / "artifacts"
        artifacts = self._artifacts.as_uri() if self._artifacts else None
        with self._as_refused():
            if artifacts:
                self._make_store(folder)
                _find_artifacts_at(folder / "mlflow.db", artifacts)
            self._point_mlflow_here()
            known = mlflow.get_experiment_by_name(_EXPERIMENT)
            self._experiment = (
                known.experiment_id if known else mlflow.create_experiment(_EXPERIMENT, artifact_location=artifacts)
            )
        self._client = mlflow.MlflowClient(self._uri)

    @contextmanager
    def _as_refused(self) -> Iterator[None]:
        """What the store says of itself becomes a RefusedStore."""
        import sqlalchemy.exc

        try:
            yield
        except (self._mlflow.exceptions.MlflowException, sqlalchemy.exc.SQLAlchemyError, sqlite3.Error) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise RefusedStore(f"The model store {self._uri} cannot be used ({said}).") from error

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
        for a server that the user named. Not told where models are registered, it asks a Spark session at every call."""
        self._mlflow.set_tracking_uri(self._uri)
        if not self._server:
            self._mlflow.set_registry_uri(self._uri)
            for variable in (SERVER_VARIABLE, "MLFLOW_REGISTRY_URI"):
                os.environ.pop(variable, None)

    def _in_use(self, name: str) -> Any:
        """The version that bears the alias, or None; MLflow's own type, which is untyped. Raises RefusedStore where that cannot
        be told: a store that does not answer is not one without a version."""
        with self._as_refused():
            try:
                return self._client.get_model_version_by_alias(name, CHAMPION)
            except self._mlflow.exceptions.MlflowException as error:
                if error.error_code not in _NO_SUCH_ALIAS:
                    raise
                return None

    def _sync_artifacts(self) -> None:
        """What was logged is on the disk: before a version that is used names it. SQLite sees to its own file, MLflow to no other."""
        for base, _, files in os.walk(self._artifacts or "", topdown=False):
            for path in (*(Path(base, name) for name in files), Path(base)):
                descriptor = os.open(path, os.O_RDONLY)
                os.fsync(descriptor)
                os.close(descriptor)

    def _download(self, uri: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._point_mlflow_here()
        with self._as_refused():
            self._mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(folder))


class ForestRegistry(ModelStore):
    """Training runs and versions of the strangeness model."""

    def champion(self) -> RegisteredModel | None:
        """The version in use, loaded by its alias; null before the first training.

        Raises FeatureMismatch when it was trained on other features than the contract states, RefusedStore when its files are
        not those that this program writes: whatever the artifact says that it is, nothing else is loaded.
        """
        version = self._in_use(MODEL_NAME)
        return None if version is None else self._loaded(version)

    def of_version(self, number: str) -> RegisteredModel | None:
        """The version of that number; null where it is not kept. Raises as champion does."""
        found = [version for version in self._versions() if str(version.version) == number]
        return self._loaded(found[0]) if found else None

    def _loaded(self, version: Any) -> RegisteredModel:
        with TemporaryDirectory() as folder:
            kept = Path(folder)
            self._download(f"models:/{MODEL_NAME}/{version.version}", kept / _FOREST)
            self._download(f"runs:/{version.run_id}/{_DETECTORS}", kept)
            forest = stored.read_forest(kept / _FOREST / _SKOPS)
            return RegisteredModel(stored.read(kept / _DETECTORS, forest, FEATURES), str(version.version))

    def champion_fingerprint(self) -> str | None:
        """What the version in use was trained on and with; null before the first training."""
        version = self._in_use(MODEL_NAME)
        return None if version is None else str(version.tags.get(_FINGERPRINT))

    def is_champion_of_this_contract(self) -> bool:
        """Was the version in use trained on the features that the contract states now? False before the first training."""
        version = self._in_use(MODEL_NAME)
        return version is not None and version.tags.get(_CONTRACT) == contract_fingerprint()

    def is_withdrawn(self, training_fingerprint: str) -> bool:
        """Was a version trained on and with just this taken out of use? It is then not to be trained again."""
        return any(
            version.tags.get(_FINGERPRINT) == training_fingerprint and version.tags.get(WITHDRAWN) == "true"
            for version in self._versions()
        )

    def train(self, x: Matrix, params: ForestParams, tags: Mapping[str, str]) -> RegisteredModel:
        """Fits a model, logs the run, registers the version and gives it the champion's alias.

        tags: training_fingerprint, data_version, as_of; kept on the run and on the version.
        """
        model = StrangenessModel.fit(x, params)
        scores = model.score(x)
        tags = {**tags, _CONTRACT: contract_fingerprint()}
        self._point_mlflow_here()
        with self._mlflow.start_run(experiment_id=self._experiment), TemporaryDirectory() as folder:
            self._mlflow.log_params(params.model_dump())
            self._mlflow.log_params(
                {f"usual_{f.name}": value for f, value in zip(model.features, model.usual_values.tolist(), strict=True)}
            )
            for name, values in scores._asdict().items():
                self._mlflow.log_metrics({f"{name}_q{round(q * 100):02d}": float(np.quantile(values, q)) for q in _QUANTILES})
            self._mlflow.log_metric("training_rows", len(x))
            self._mlflow.set_tags(tags)
            # Before the version is registered: one without its detectors could never be loaded.
            stored.write(model, Path(folder) / _DETECTORS)
            self._mlflow.log_artifact(str(Path(folder) / _DETECTORS))
            info: Any = self._mlflow.sklearn.log_model(
                model.forest.forest,
                name=_FOREST,
                registered_model_name=MODEL_NAME,
                skops_trusted_types=stored.FOREST_TYPES,
                pip_requirements=[],
            )
        version = str(info.registered_model_version)
        for key, value in tags.items():
            self._client.set_model_version_tag(MODEL_NAME, version, key, value)
        self._sync_artifacts()
        self._client.set_registered_model_alias(MODEL_NAME, CHAMPION, version)
        return RegisteredModel(model, version)

    def log_drift(self, version: str, psi: Mapping[str, float]) -> None:
        """Adds stability indices to the training run of a version."""
        run_id = self._client.get_model_version(MODEL_NAME, version).run_id
        self._point_mlflow_here()
        self._mlflow.log_metrics({f"psi_{name}": value for name, value in psi.items()}, run_id=run_id)

    def roll_back(self) -> str:
        """Gives the alias back to the version before the one in use, which is withdrawn; returns the version now in use.

        A run on the data of a withdrawn version keeps to the version in use; new data are trained on as ever.
        Raises NoSuchVersion when there is none before it, or when that one was trained on other features.
        """
        current = self._in_use(MODEL_NAME)
        if current is None:
            raise NoSuchVersion("No model has been trained yet; there is nothing to roll back.")
        earlier = [
            version
            for version in self._versions()
            # A version without tags is of a run that was killed while it registered it.
            if int(version.version) < int(current.version) and _CONTRACT in version.tags and WITHDRAWN not in version.tags
        ]
        if not earlier:
            raise NoSuchVersion(f"Version {current.version} of {MODEL_NAME} is the first that is not withdrawn; it stays in use.")
        before = max(earlier, key=lambda version: int(version.version))
        if before.tags.get(_CONTRACT) != contract_fingerprint():
            raise NoSuchVersion(
                f"Version {before.version} of {MODEL_NAME} was trained on other features than the contract states now; "
                f"version {current.version} stays in use."
            )
        # Withdrawn first: killed in between, the next rollback does what this one was asked for.
        self._client.set_model_version_tag(MODEL_NAME, str(current.version), WITHDRAWN, "true")
        self._client.set_registered_model_alias(MODEL_NAME, CHAMPION, str(before.version))
        return str(before.version)

    def forget(self, kept: int) -> None:
        """Takes away all but the last `kept` versions, their runs and their files: new data train a new one each month.

        The version in use stays, and what was withdrawn, or it would be trained again. What is on a server is its keeper's matter.
        """
        if self._artifacts is None:
            return
        current = self._in_use(MODEL_NAME)
        oldest_last = sorted(self._versions(), key=lambda version: -int(version.version))
        for version in oldest_last[kept:]:
            if current and version.version != current.version and WITHDRAWN not in version.tags:
                self._client.set_tag(version.run_id, _FORGOTTEN, "true")
        # By the mark: a run that is killed in the midst leaves the rest to the next one.
        for run in self._client.search_runs([self._experiment], f"tags.{_FORGOTTEN} = 'true'"):
            for version in oldest_last:
                if version.run_id == run.info.run_id:
                    self._client.delete_model_version(MODEL_NAME, version.version)
            shutil.rmtree(self._artifacts / run.info.run_id, ignore_errors=True)
            for output in run.outputs.model_outputs:
                shutil.rmtree(self._artifacts / "models" / output.model_id, ignore_errors=True)
                self._client.delete_logged_model(output.model_id)
            self._client.delete_run(run.info.run_id)

    def _versions(self) -> list[Any]:
        self._point_mlflow_here()
        return list(self._client.search_model_versions(f"name = '{MODEL_NAME}'"))


def _find_artifacts_at(database: Path, here: str) -> None:
    """Makes the store look for its artifacts where it lies now: MLflow keeps whole addresses, and a copy would read and write
    the files of the original."""
    with closing(sqlite3.connect(database)) as connection, connection:
        found = connection.execute("SELECT artifact_location FROM experiments WHERE name = ?", (_EXPERIMENT,)).fetchone()
        if found is None or found[0] == here:
            return
        there = str(found[0])
        for table, column in _ARTIFACT_URIS:
            connection.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE substr({column} || '/', 1, ?) = ?",
                (here, len(there) + 1, len(there) + 1, f"{there}/"),
            )
