"""The model store of a run: what is refused of it ends the run with a sentence."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from rich.console import Console

from jobs.commands import run_all
from jobs.launch import model_store
from jobs.launch.context import RunContext
from jobs.launch.ranking_in_use import champion_of
from jobs.learn import job as learn
from jobs.runtime.errors import BadConfiguration, BadStore
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.score_cases import job as score_cases
from models.registry import ForestRegistry
from tests.models.test_registry import PARAMS, ordinary, tags


def test_scoring_with_a_forest_that_is_not_ours_ends_with_a_sentence(finished: RunContext, tmp_path: Path) -> None:
    ForestRegistry(tmp_path / "mlflow").train(ordinary(), PARAMS, tags("one"))
    (forest,) = (tmp_path / "mlflow").rglob("model.skops")
    forest.write_bytes(b"no forest")
    shutil.copytree(finished.out / "lake", tmp_path / "lake")
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    ctx = replace(finished, lake=lake, out=tmp_path, report=RunReport(Console(quiet=True)))
    before = lake.read(score_cases.CASE_SCORES).count()
    with pytest.raises(BadStore, match=r"model\.skops is no forest that this program wrote .* Put OUT/mlflow back") as refused:
        score_cases.run(ctx)
    assert refused.value.exit_code == 3
    assert lake.read(score_cases.CASE_SCORES).count() == before


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A model server that takes connections and never answers; it is named, and given up soon."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://clerk:secret@127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr(model_store, "_PATIENCE_SECONDS", 0.2)
        yield server


OPENING: dict[str, Callable[[RunContext], object]] = {
    "the main job": run_all.run,
    "scoring": score_cases.run,
    "ranking": champion_of,
    "learning": learn.run,
    "the way back": lambda ctx: learn.roll_back(ctx.out),
}


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("opening", OPENING.values(), ids=OPENING)
def test_whatever_opens_the_store_gives_a_silent_server_up(
    opening: Callable[[RunContext], object], finished: RunContext, tmp_path: Path
) -> None:
    ctx = replace(finished, out=tmp_path, report=RunReport(Console(quiet=True)))
    with pytest.raises(BadConfiguration, match="which gives no answer") as refused:
        opening(ctx)
    assert "secret" not in str(refused.value)


def test_a_server_that_speaks_something_else_is_refused_in_a_sentence(silent: socket.socket, tmp_path: Path) -> None:
    silent.settimeout(10)
    asked = []

    def speak() -> None:
        with silent.accept()[0] as client:
            asked.append(client.recv(1000))
            client.sendall(b"220 mail ready\r\n")

    speaking = Thread(target=speak)
    speaking.start()
    with pytest.raises(BadConfiguration, match="which gives no answer"):
        model_store.model_store(tmp_path)
    speaking.join()
    assert asked
