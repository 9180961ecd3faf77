"""Fixtures: one session an engine for the whole test run, one small synthetic city, one run of the main job on it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from jobs.commands import run_all
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings, load_settings
from jobs.runtime import private_network
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import EMBEDDED, Engine, open_engine
from simulation import simulate

AS_OF = date(2017, 12, 31)
# The same examples each time, so that a failure is a change's own; HYPOTHESIS_PROFILE=default draws new ones.
# How long examples take to make says something of the machine only.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
KEY = "a test key, no secret: 0123456789"


def pytest_configure() -> None:
    """Every run of the tests has one key, its own model registry and repeatable examples, as have the processes that it starts."""
    os.environ["MINGJING_KEY"] = KEY
    for name in (
        "MLFLOW_TRACKING_URI", "MINGJING_CASEWORK_URL", "MINGJING_AUDIT", "MINGJING_OPENLINEAGE", "MINGJING_METRICS", "MINGJING_LOG",
    ):  # fmt: skip
        os.environ.pop(name, None)
    # As for commands:
    gc.set_threshold(100_000, 20, 50)
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session", autouse=True)
def nobody_else() -> Iterator[None]:
    """pytest has threads, so its own engine is open, whoever can log in; processes that tests start are as in production."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(private_network, "who_else", lambda: "")
        yield


@dataclass(frozen=True)
class City:
    """A small synthetic city on disk."""

    folder: Path

    @property
    def delivery(self) -> Path:
        return self.folder / "delivery"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings("test")


@pytest.fixture(scope="session")
def embedded(settings: Settings) -> Iterator[Engine]:
    with open_engine(EMBEDDED, settings.engine) as engine:
        yield engine


@pytest.fixture(scope="session")
def session(embedded: Engine) -> SparkSession:
    return embedded.session


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("city")
    simulate(folder, scale=0.005, seed=11)
    return City(folder)


def run_main_job(engine: Engine, settings: Settings, delivery: Path, out: Path) -> RunContext:
    """The main job on a lake of its own, quietly."""
    out.mkdir(parents=True, exist_ok=True)
    report = RunReport(Console(quiet=True))
    ctx = RunContext(engine, Lake(engine, str(out / "lake")), settings, AS_OF, out, KEY, report, delivery)
    with ctx.log.kept(ctx.lake, report.console):
        run_all.run(ctx)
    return ctx


@pytest.fixture(scope="session")
def finished(embedded: Engine, settings: Settings, city: City, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """The main job done once on the embedded engine; tests that read it must not change it."""
    return run_main_job(embedded, settings, city.delivery, tmp_path_factory.mktemp("finished"))
