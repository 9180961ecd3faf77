"""Whatever befalls a run, a take-in or a purge: nothing is lost, doubled or half published, and done again it comes to the same."""

from __future__ import annotations

import pytest

from tests.faults.seeds import Fate, Model, faults_after, faults_of

SEEDS = range(40)
"""By hand more: python -m tests.faults --seeds 10000."""
FOUND = [
    ("take in", "fail", "create_write_transaction lake/ops/casework/.log_in_the_making"),
    ("take in", "tear", "rename lake/vault/verdicts/…/part-0.parquet"),
    ("take in", "power", "sync lake/vault/verdicts/.log_in_the_making/_delta_log/00000000000000000001.json"),
    ("purge", "power", "sync lake/bronze/payments/_delta_log"),
    ("purge", "power", "unlink lake/silver/payments/_delta_log/00000000000000000001.json"),
    ("purge", "power", "sync lake"),
]
"""Act, what befell it, and the step at which the simulation found what has been mended since."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return Model.made(tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize(("act", "kind", "step"), FOUND)
def test_what_was_found_once_is_not_found_again(model: Model, act: str, kind: str, step: str) -> None:
    places = [at for at, taken in enumerate(model.steps[act], 1) if taken == step]
    assert places, sorted(set(model.steps[act]))
    for at in places:
        assert faults_after(model, act, [Fate(kind, at, None, 0)]) == []


def test_of_so_many_fates_none_does_harm(model: Model) -> None:
    told = {seed: found for seed in SEEDS if (found := faults_of(model, seed))}
    assert not told, "\n".join(f"python -m tests.faults --seed {seed}: {found[0]}" for seed, found in told.items())


def test_every_write_is_a_step(model: Model) -> None:
    """What the shim does not see it cannot befall."""
    seen = {step.partition(" ")[0] for taken in model.steps.values() for step in taken}
    assert seen >= {
        "make",
        "write",
        "sync",
        "replace",
        "rename",
        "unlink",
        "mkdir",
        "create_write_transaction",
        "create_checkpoint",
        "database",
    }
    assert {"database delete casework.db", "database vacuum casework.db"} <= set(model.steps["purge"])
