"""The model registry: the only file that imports MLflow. SQLite by default, a server by MLFLOW_TRACKING_URI.

What is logged is parameters, counts, quantiles and pictures of them; no row, number or name ever reaches MLflow.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version as installed_version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import numpy as np

from models import served, stored
from models.drift import WARN_ABOVE
from models.features import Matrix, contract_fingerprint
from models.params import ForestParams
from models.pictures import bars
from models.stored import RefusedStore
from models.strangeness import Scores, StrangenessModel

MODEL_NAME = "mingjing-forest"
CHAMPION = "champion"
_EXPERIMENT = "mingjing"
SERVER_VARIABLE = "MLFLOW_TRACKING_URI"
_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_CONTRACT, _FINGERPRINT, WITHDRAWN = "feature_contract", "training_fingerprint", "withdrawn"
_FORGOTTEN = "forgotten"
_FOREST = "forest"
_DATA = "data/strangeness"
"""Of a stored model, where MLflow puts the folder that it is given."""
_ABOUT = "Models of Mingjing 明镜, by the day that a run stands for: how strange a household is, and how likely a visit confirms a clue."
_CARD = resources.files("models") / "MODEL_CARD.md"
_LONGEST_DESCRIPTION = 5000
"""Characters that MLflow's SQL store has for one."""
_NOTE = "mlflow.note.content"
_NOBODY = {"mlflow.user": "mingjing", "mlflow.source.name": "mingjing"}
"""For the login of whoever started the run, and the path of the program: who ran what stands in the audit log."""
NOTHING_STATED: Mapping[str, int] = MappingProxyType({})
"""Of a training whose tables are not known."""
_STRANGEST = 200
"""Training cases of whose strangeness the picture tells by which features it is made."""
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
            if known is None or known.tags.get(_NOTE) != _ABOUT:
                mlflow.MlflowClient(self._uri).set_experiment_tag(self._experiment, _NOTE, _ABOUT)
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

    def versions(self) -> list[tuple[str, int, str | None, bool, str]]:
        """Of all models all versions, the newest first: name, version, day, whether it is in use, and the store's address."""
        self._point_mlflow_here()
        found = []
        with self._as_refused():
            for model in self._client.search_registered_models():
                in_use = model.aliases.get(CHAMPION)
                for one in self._client.search_model_versions(f"name='{model.name}'"):
                    found.append(
                        (model.name, int(one.version), one.tags.get("as_of"), str(one.version) == str(in_use), self._uri)
                    )
        return sorted(found, key=lambda row: (row[0], -row[1]))

    def _sync_artifacts(self) -> None:
        """What was logged is on the disk: before a version that is used names it. SQLite sees to its own file, MLflow to no other."""
        for base, _, files in os.walk(self._artifacts or "", topdown=False):
            for path in (*(Path(base, name) for name in files), Path(base)):
                descriptor = os.open(path, os.O_RDONLY)
                os.fsync(descriptor)
                os.close(descriptor)

    @contextmanager
    def _run(self, name: str, about: str, data: Mapping[str, int]) -> Iterator[Any]:
        """A run of the experiment, called so, with what it is and which tables of the lake, in which versions, it learned from."""
        from mlflow.data.delta_dataset_source import DeltaDatasetSource
        from mlflow.data.meta_dataset import MetaDataset

        self._point_mlflow_here()
        with self._mlflow.start_run(experiment_id=self._experiment, run_name=name, description=about, tags=_NOBODY) as run:
            inputs = []
            for table, version in sorted(data.items()):
                source = DeltaDatasetSource(path=table.replace(".", "/"), delta_table_version=version)
                dataset = MetaDataset(source, name=table, digest=f"version {version}")._to_mlflow_entity()
                context = self._mlflow.entities.InputTag("mlflow.data.context", "training")
                inputs.append(self._mlflow.entities.DatasetInput(dataset, [context]))
            if inputs:
                self._client.log_inputs(run.info.run_id, inputs)
            yield run

    def _described(self, name: str, about: str) -> None:
        """The registered model of that name, made where there is none, with this description."""
        found = self._client.search_registered_models(f"name='{name}'")
        if not found:
            self._client.create_registered_model(name, description=about)
        elif found[0].description != about:
            self._client.update_registered_model(name, about)

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
            files_of_model = kept / _FOREST / _DATA
            if not files_of_model.is_dir():  # of an earlier version of the program
                files_of_model = kept / _FOREST
                self._download(f"runs:/{version.run_id}/{served.DETECTORS}", files_of_model)
            return RegisteredModel(served.loaded(files_of_model), str(version.version))

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

    def train(
        self, x: Matrix, params: ForestParams, tags: Mapping[str, str], data: Mapping[str, int] = NOTHING_STATED
    ) -> RegisteredModel:
        """Fits a model, logs the run, registers the version and gives it the champion's alias.

        tags: training_fingerprint, data_version, as_of; kept on the run and on the version. data: versions of the tables behind x.
        """
        model = StrangenessModel.fit(x, params)
        scores = model.score(x)
        tags = {**tags, _CONTRACT: contract_fingerprint()}
        card = _CARD.read_text(encoding="utf-8")
        about = f"How strange a household is: an isolation forest and a dependence detector, on {len(x):,} cases drawn by hash."
        with self._run(f"{tags['as_of']} strangeness", about, data) as run, TemporaryDirectory() as folder:
            usual = dict(zip((feature.name for feature in model.features), model.usual_values.tolist(), strict=True))
            self._mlflow.log_params({**params.model_dump(), **{f"usual_{name}": f"{value:.6g}" for name, value in usual.items()}})
            self._mlflow.log_metrics(
                {
                    "training_cases": len(x),
                    **{
                        f"{name}_q{round(q * 100):02d}": round(float(np.quantile(values, q)), 6)
                        for name, values in scores._asdict().items()
                        for q in _QUANTILES
                    },
                }
            )
            self._mlflow.set_tags(tags)
            self._mlflow.log_text(card, _CARD.name)
            self._mlflow.log_text(_contributions(model, x), "contributions.svg")
            self._described(MODEL_NAME, _first_sections(card))
            info: Any = self._log_model(model, x, Path(folder) / Path(_DATA).name)
        self._sync_artifacts()  # a run that is killed in it has taken no number
        made = self._client.create_model_version(MODEL_NAME, info.model_uri, run.info.run_id, tags=tags, model_id=info.model_id)
        version = str(made.version)
        self._client.set_registered_model_alias(MODEL_NAME, CHAMPION, version)
        return RegisteredModel(model, version)

    def _log_model(self, model: StrangenessModel, x: Matrix, folder: Path) -> Any:
        """Two files that are no code, with what MLflow needs to serve them: what goes in, what comes out, and who reads them."""
        from mlflow.models import ModelSignature
        from mlflow.types import ColSpec, DataType, Schema

        folder.mkdir()
        stored.write(model, folder / served.DETECTORS)
        stored.write_forest(model.forest.forest, folder / served.FOREST)
        inputs = Schema([ColSpec(DataType.double, feature.name) for feature in model.features])
        outputs = Schema([ColSpec(DataType.double, name) for name in Scores._fields])
        return self._mlflow.pyfunc.log_model(
            name=_FOREST,
            loader_module=served.MODULE,
            data_path=str(folder),
            signature=ModelSignature(inputs, outputs),
            input_example=served.example(model, x),
            # Beside them this program must be installed where it is served: no index has it.
            pip_requirements=[f"{name}=={installed_version(name)}" for name in ("scikit-learn", "skops")],
        )

    def log_drift(self, version: str, psi: Mapping[str, float]) -> None:
        """Adds stability indices and their picture to the training run of a version; those that are there already stay."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        run = self._client.get_run(self._client.get_model_version(MODEL_NAME, version).run_id)
        told = {f"psi_{name}": round(value, 6) for name, value in psi.items()}
        if told.items() <= run.data.metrics.items():
            return
        self._point_mlflow_here()
        self._mlflow.log_metrics(told, run_id=run.info.run_id)
        with TemporaryDirectory() as folder:
            drawn = Path(folder) / "drift.svg"
            drawn.write_text(bars("Drift: stability index by feature and score", psi, WARN_ABOVE), encoding="utf-8")
            # By its address: by its run MLflow would find where a copy of this store, opened by this process before, has it.
            get_artifact_repository(run.info.artifact_uri).log_artifact(str(drawn))

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


def _contributions(model: StrangenessModel, x: Matrix) -> str:
    """Of the strangest training cases, by how much the strangeness would fall with the usual value of a feature, on the average."""
    strangest = np.argsort(-model.score(x).strangeness, kind="stable")[:_STRANGEST]
    falls = model.falls(x[strangest]).mean(axis=0)
    title = f"What makes the {len(strangest)} strangest cases strange: fall with the usual value"
    return bars(title, {feature.name: float(fall) for feature, fall in zip(model.features, falls, strict=True)})


def _first_sections(card: str) -> str:
    """As many whole sections of the card as a description may have; the rest is an artifact of each run."""
    rest = f"\n\nThe whole card: {_CARD.name}, an artifact of each training run.\n"
    end = card.rfind("\n## ", 0, _LONGEST_DESCRIPTION - len(rest))
    return card[:end].rstrip() + rest


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
