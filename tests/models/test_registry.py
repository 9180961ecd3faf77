"""The registry of the strangeness model: what comes back is what was trained, and a version can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.features import FEATURES, FeatureMismatch, Matrix
from models.isolation_forest import ForestParams
from models.registry import ForestRegistry, NoSuchVersion
from models.strangeness import in_words

PARAMS = ForestParams(trees=20, sample_size=64, training_rows=2000, seed=7)


def ordinary(rows: int = 300, seed: int = 3) -> Matrix:
    return np.random.default_rng(seed).normal(0.0, 1.0, size=(rows, len(FEATURES)))


def tags(fingerprint: str) -> dict[str, str]:
    return {"training_fingerprint": fingerprint, "data_version": f"rows of {fingerprint}", "as_of": "2017-12-31"}


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

    monkeypatch.setattr("models.registry.FEATURES", FEATURES[:-1])
    with pytest.raises(FeatureMismatch):
        registry.champion()
