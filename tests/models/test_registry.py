"""The registry of the strangeness model: what comes back is what was trained, and a version can be taken back."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from models import stored
from models.features import FEATURES, FeatureMismatch, Matrix
from models.params import ForestParams
from models.ranking import fit
from models.ranking_registry import RANKING_NAME, RankingRegistry
from models.registry import CHAMPION, MODEL_NAME, ForestRegistry, NoSuchVersion
from models.stored import RefusedStore
from models.strangeness import StrangenessModel, in_words
from tests.models.test_ranking import PARAMS as LEARNING
from tests.models.test_ranking import city, step

PARAMS = ForestParams(trees=20, sample_size=64, training_rows=2000, seed=7)


def ordinary(rows: int = 300, seed: int = 3) -> Matrix:
    return np.random.default_rng(seed).normal(0.0, 1.0, size=(rows, len(FEATURES)))


def tags(fingerprint: str) -> dict[str, str]:
    return {"training_fingerprint": fingerprint, "data_version": f"rows of {fingerprint}", "as_of": "2017-12-31"}


def test_files_of_a_version_are_on_the_disk_before_it_has_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed in between is done again under the same number."""
    registry, calls = ForestRegistry(tmp_path), list[str]()
    fsync, make = os.fsync, registry._client.create_model_version

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        calls.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    def made(*given: Any, **named: Any) -> Any:
        calls.append("version")
        return make(*given, **named)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(registry._client, "create_model_version", made)
    registry.train(ordinary(50), PARAMS, tags("one"))
    artifacts = tmp_path / "artifacts"
    written = [artifacts, *artifacts.rglob("*")]
    assert {path.name for path in written} >= {"model.skops", "detectors.npz"}
    assert set(calls[: calls.index("version")]) >= {str(path) for path in written}


def test_two_registries_in_one_process_do_not_share_a_store(tmp_path: Path) -> None:
    first, second = ForestRegistry(tmp_path / "first"), ForestRegistry(tmp_path / "second")
    first.train(ordinary(50), PARAMS, tags("one"))
    assert second.champion() is None
    assert ForestRegistry(tmp_path / "third").champion() is None
    again = first.champion()
    assert again is not None
    assert again.version == "1"


def test_the_registry_gives_back_what_was_trained_and_a_version_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = ForestRegistry(tmp_path)
    assert registry.champion() is None
    assert not registry.is_champion_of_this_contract()
    with pytest.raises(NoSuchVersion, match="nothing to roll back"):
        registry.roll_back()

    x = ordinary()
    x[::3, 4] = np.nan
    x[50:, 7] = np.nan
    first = registry.train(x, PARAMS, tags("one"))
    second = registry.train(x, PARAMS.model_copy(update={"seed": 8}), tags("two"))
    loaded = ForestRegistry(tmp_path).champion()
    assert loaded is not None
    assert (first.version, second.version, loaded.version) == ("1", "2", "2")
    assert registry.champion_fingerprint() == "two"
    for got, trained in zip(loaded.model.score(x), second.model.score(x), strict=True):
        assert (got == trained).all()
    told, expected = (list(map(in_words, model.reasons(x[:20]))) for model in (loaded.model, second.model))
    assert told == expected
    assert loaded.model.drift(x + 1) == second.model.drift(x + 1)

    assert registry.roll_back() == "1"
    back = registry.champion()
    assert back is not None
    assert (back.model.score(x).strangeness == first.model.score(x).strangeness).all()
    assert (registry.is_withdrawn("one"), registry.is_withdrawn("two")) == (False, True)
    with pytest.raises(NoSuchVersion, match="stays in use"):
        registry.roll_back()
    assert registry.champion_fingerprint() == "one"

    third = registry.train(x, PARAMS, tags("three"))
    assert third.version == "3"
    assert registry.roll_back() == "1", "a withdrawn version is not gone back to"

    monkeypatch.setattr("models.served.FEATURES", FEATURES[:-1])
    with pytest.raises(FeatureMismatch):
        registry.champion()


def test_what_a_person_sees_of_a_training_says_what_it_was(tmp_path: Path) -> None:
    registry = ForestRegistry(tmp_path)
    x = ordinary()
    registry.train(x, PARAMS, tags("one"), {"silver.cases": 4, "silver.members": 7})
    registry.log_drift("1", {"anomaly": 0.1, "paid_months": 0.31})
    registry.log_drift("1", {"anomaly": 0.1, "paid_months": 0.31})
    client = registry._client
    experiment = client.get_experiment(registry._experiment)
    assert "households" not in experiment.name
    assert "strange" in experiment.tags["mlflow.note.content"]
    (run,) = client.search_runs([registry._experiment])
    assert run.info.run_name == "2017-12-31 strangeness"
    inputs = {one.dataset.name: json.loads(one.dataset.source)["delta_table_version"] for one in run.inputs.dataset_inputs}
    assert inputs == {"silver.cases": 4, "silver.members": 7}
    assert len(run.outputs.model_outputs) == 1
    assert {run.data.tags["mlflow.user"], run.data.tags["mlflow.source.name"]} == {"mingjing"}
    assert not set(run.data.params) & set(run.data.metrics)
    assert len(client.get_metric_history(run.info.run_id, "psi_anomaly")) == 1
    kept = [path.path for path in client.list_artifacts(run.info.run_id)]
    drawn = {name: Path(registry._mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/{name}")) for name in kept}
    assert set(drawn) >= {"drift.svg", "contributions.svg", "MODEL_CARD.md"}
    assert "paid_months" in drawn["drift.svg"].read_text(encoding="utf-8")
    model = client.get_registered_model(MODEL_NAME)
    card = drawn["MODEL_CARD.md"].read_text(encoding="utf-8")
    assert model.description.startswith(card[:500])
    assert len(model.description) <= 5000
    ranking = RankingRegistry(tmp_path)
    learned = fit(*city(60, 1, step), LEARNING)
    ranking.register(
        learned, LEARNING, fingerprint="f", imports_seen=1, as_of="2018-03-31", measures={"later_verdicts": 3}, comparison="",
        is_better=False, data={"vault.verdicts": 2}, pictures={"gain.svg": "<svg/>"},
    )  # fmt: skip
    latest = max(client.search_runs([registry._experiment]), key=lambda run: run.info.start_time)
    assert latest.info.run_name == "2018-03-31 ranking"
    assert [path.path for path in client.list_artifacts(latest.info.run_id)] == ["gain.svg", "ranking.json"]
    assert "probability" in client.get_registered_model(RANKING_NAME).description


def test_a_copied_store_serves_frames_of_features(tmp_path: Path) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    x = ordinary()
    x[::4, 5] = np.nan
    trained = ForestRegistry(original).train(x, PARAMS, tags("one"))
    shutil.copytree(original, copy)
    shutil.rmtree(original)
    registry = ForestRegistry(copy)
    served = registry._mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")
    example = served.input_example
    assert list(example.columns) == [feature.name for feature in FEATURES]
    assert not set(map(tuple, example.to_numpy())) & set(map(tuple, x)), "an example is nobody's row"
    told = served.predict(example)
    assert list(told.columns) == ["anomaly", "dependence", "strangeness"]
    scores = trained.model.score(np.round(example.to_numpy(), 6))
    assert (told["strangeness"].to_numpy() == scores.strangeness).all()
    turned = example[example.columns[::-1]]
    assert served.predict(turned).equals(told)
    with pytest.raises(Exception, match="missing inputs"):
        served.predict(example.drop(columns="paid_months"))
    assert served.metadata.signature.outputs.input_names() == list(told.columns)


def test_a_version_that_an_earlier_program_stored_is_read(tmp_path: Path) -> None:
    registry = ForestRegistry(tmp_path)
    model = StrangenessModel.fit(ordinary(), PARAMS)
    mlflow = registry._mlflow
    registry._point_mlflow_here()
    with mlflow.start_run(experiment_id=registry._experiment):
        stored.write(model, tmp_path / "detectors.npz")
        mlflow.log_artifact(str(tmp_path / "detectors.npz"))
        mlflow.sklearn.log_model(
            model.forest.forest, name="forest", registered_model_name=MODEL_NAME, skops_trusted_types=stored.FOREST_TYPES, pip_requirements=[]
        )  # fmt: skip
    registry._client.set_registered_model_alias(MODEL_NAME, CHAMPION, "1")
    champion = registry.champion()
    assert champion is not None
    assert (champion.model.score(ordinary()).strangeness == model.score(ordinary()).strangeness).all()
    assert registry.of_version("2") is None


# --- a store that was moved, copied or restored -------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def in_database(store: Path, text: str) -> list[str]:
    """Tables and columns of the store in which the text stands."""
    with closing(sqlite3.connect(store / "mlflow.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [(table, row[1]) for table in tables for row in connection.execute(f'PRAGMA table_info("{table}")')]
        found = 'SELECT count(*) FROM "{}" WHERE instr(CAST("{}" AS TEXT), ?) > 0'
        return [f"{table}.{c}" for table, c in columns if connection.execute(found.format(table, c), (text,)).fetchone()[0]]


def test_old_versions_go_with_their_files_but_not_the_one_in_use_and_what_was_withdrawn(tmp_path: Path) -> None:
    registry = ForestRegistry(tmp_path)

    def train(name: str) -> str:
        return registry.train(ordinary(50), PARAMS.model_copy(update={"seed": ord(name)}), tags(name)).version

    for name in "ab":
        train(name)
    assert registry.roll_back() == "1"  # b is withdrawn
    for name in "cdef":
        train(name)
    registry._client.set_registered_model_alias(MODEL_NAME, CHAMPION, "3")
    registry.forget(2)
    assert sorted(int(version.version) for version in registry._versions()) == [2, 3, 5, 6]
    assert len(list(tmp_path.rglob("model.skops"))) == len(list(tmp_path.rglob("detectors.npz"))) == 4
    assert registry.champion() is not None
    assert registry.is_withdrawn("b")
    registry.forget(2)
    assert len(registry._versions()) == 4
    registry._client.set_registered_model_alias(MODEL_NAME, CHAMPION, "6")
    registry.forget(2)
    assert sorted(int(version.version) for version in registry._versions()) == [2, 5, 6]
    assert registry.roll_back() == "5"


def test_a_copy_reads_and_writes_its_own_files_and_nothing_of_the_original(tmp_path: Path) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy" / "here"
    trained = ForestRegistry(original).train(ordinary(), PARAMS, tags("one"))
    shutil.copytree(original, copy)
    before = contents(original)
    assert in_database(copy, "/original/")
    there = ForestRegistry(copy)
    assert in_database(copy, "/original/") == []
    champion = there.champion()
    assert champion is not None
    assert (champion.model.score(ordinary()).strangeness == trained.model.score(ordinary()).strangeness).all()
    there.log_drift("1", {"a": 0.1})
    there.train(ordinary(), PARAMS.model_copy(update={"seed": 8}), tags("two"))
    assert contents(original) == before
    shutil.rmtree(original)
    moved = shutil.move(copy, tmp_path / "moved")
    again = ForestRegistry(Path(moved)).champion()
    assert again is not None
    assert again.version == "2"
    assert ForestRegistry(Path(moved)).roll_back() == "1"
    first = ForestRegistry(Path(moved)).champion()
    assert first is not None
    assert first.version == "1"


# --- a store into which somebody else wrote -----------------------------------------------------------------------------


class Planted:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def a_pickle_that_says_so(model: Path, pickled: bytes) -> None:
    """As MLflow's own Python models say that they are one."""
    (model / "python_model.pkl").write_bytes(pickled)
    (model / "model.skops").unlink()
    mlmodel = model.parents[1] / "MLmodel"
    stated = mlmodel.read_text(encoding="utf-8").replace("loader_module: models.served", "loader_module: mlflow.pyfunc.model")
    stated = stated.replace(
        "data: data/strangeness", "python_model: data/strangeness/python_model.pkl\n    cloudpickle_version: 3.1.1"
    )
    mlmodel.write_text(stated, encoding="utf-8")


def a_pickle_in_its_place(model: Path, pickled: bytes) -> None:
    (model / "model.skops").write_bytes(pickled)


def another_type(model: Path, _pickled: bytes) -> None:
    skops.io.dump(LinearRegression(), model / "model.skops")


def a_type_that_is_not_trusted(model: Path, _pickled: bytes) -> None:
    skops.io.dump({"forest": Path}, model / "model.skops")


def pickled_detectors(model: Path, pickled: bytes) -> None:
    np.savez(model / "detectors.npz", stated=np.array([pickle.loads(pickle.dumps({})), Path()], dtype=object))


def detectors_that_are_a_pickle(model: Path, pickled: bytes) -> None:
    (model / "detectors.npz").write_bytes(pickled)


PLANTS = [
    a_pickle_that_says_so, a_pickle_in_its_place, another_type, a_type_that_is_not_trusted, pickled_detectors,
    detectors_that_are_a_pickle,
]  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("trained")
    ForestRegistry(store).train(ordinary(), PARAMS, tags("one"))
    return store


@pytest.mark.parametrize("plant", PLANTS)
def test_only_our_own_formats_are_loaded_whatever_the_artifact_says(
    trained: Path, tmp_path: Path, plant: Callable[[Path, bytes], None]
) -> None:
    store, mark = tmp_path / "store", tmp_path / "mark"
    shutil.copytree(trained, store)
    (model,) = (store / "artifacts" / "models").glob("*/artifacts/data/strangeness")
    plant(model, pickle.dumps(Planted(mark)))
    with pytest.raises(RefusedStore, match=r"that this program wrote|cannot be used"):
        ForestRegistry(store).champion()
    assert not mark.exists()


def test_a_plant_would_leave_its_mark(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Planted(tmp_path / "mark")))
    assert (tmp_path / "mark").exists()


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be looked at" * 20])
def test_a_damaged_store_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mlflow.db").write_bytes(content)
    with pytest.raises(RefusedStore, match="cannot be used"):
        ForestRegistry(tmp_path)
    assert (tmp_path / "mlflow.db").read_bytes() == content


@pytest.mark.parametrize("look", [ForestRegistry.champion, ForestRegistry.champion_fingerprint, ForestRegistry.roll_back])
def test_a_store_that_does_not_answer_is_not_one_without_a_version(
    trained: Path, tmp_path: Path, look: Callable[[ForestRegistry], object]
) -> None:
    store = tmp_path / "store"
    shutil.copytree(trained, store)
    registry = RankingRegistry(store)
    with closing(sqlite3.connect(store / "mlflow.db")) as connection, connection:
        connection.execute("DROP TABLE registered_models")
    with pytest.raises(RefusedStore, match="cannot be used"):
        look(registry)
    with pytest.raises(RefusedStore, match="cannot be used"):
        registry.ranking_champion()


def test_a_local_store_does_not_ask_a_spark_session_where_models_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow.tracking._model_registry import utils

    def asked() -> None:
        raise AssertionError("the session was asked")

    monkeypatch.setattr(utils, "_get_registry_uri_from_spark_session", asked)
    registry = ForestRegistry(tmp_path)
    registry.train(ordinary(50), PARAMS, tags("one"))
    assert registry.champion() is not None
    assert "MLFLOW_REGISTRY_URI" not in os.environ
