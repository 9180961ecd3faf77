"""The package for a cluster: it holds all that its jobs need, and is built again over itself, never over somebody's own configuration."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from jobs.runtime.errors import BadConfiguration
from tests.processes import ROOT, python_without_us
from tools.package import PACKAGES, build


def test_all_that_a_job_opens_is_in_the_package(tmp_path: Path) -> None:
    """Pages that are set among it, and the cards of models."""
    with zipfile.ZipFile(build(ROOT, tmp_path / "dist")) as package:
        packed = set(package.namelist())
    there = {path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()}
    assert {f"{path}" for path in there if path.suffix != ".pyc"} == packed


def test_a_package_replaces_itself_and_no_other_configuration(tmp_path: Path) -> None:
    first = build(ROOT, tmp_path / "dist").read_bytes()
    (tmp_path / "dist" / "conf" / "gone.yaml").write_text("of an earlier package")
    assert build(ROOT, tmp_path / "dist").read_bytes() == first
    assert not (tmp_path / "dist" / "conf" / "gone.yaml").exists()
    (tmp_path / "mine" / "conf").mkdir(parents=True)
    (tmp_path / "mine" / "conf" / "local.yaml").write_text("mine")
    with pytest.raises(BadConfiguration, match="it is no package"):
        build(ROOT, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").rglob("*")] == ["conf", "local.yaml"]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("package")).parent


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return python_without_us(tmp_path_factory.mktemp("python"))


def from_package(dist: Path, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a Python in which Mingjing is not installed does with the package."""
    environment = {"PYTHONPATH": str(dist / "app.zip"), "PATH": ""}
    return subprocess.run(
        [str(python), *arguments], env=environment, cwd=dist, capture_output=True, text=True, timeout=120, check=False
    )


def test_training_finds_the_model_card(dist: Path, python: Path) -> None:
    asked = "from models import registry; print(registry.__file__); print(registry._CARD.read_text(encoding='utf-8')[:12])"
    place, card = from_package(dist, python, "-c", asked).stdout.splitlines()
    assert place.startswith(str(dist / "app.zip"))
    assert card == "# Model card"


@pytest.mark.parametrize("job", ["run_all", "run_check", "upkeep", "find_clues"])
def test_a_job_says_what_it_does(dist: Path, python: Path, job: str) -> None:
    done = from_package(dist, python, "run_job.py", job, "--help")
    assert done.returncode == 0, done.stderr
    assert "--as-of" in done.stdout


@pytest.mark.parametrize("job", ["no_such", "cells", "purge", "commands", "../x", ""])
def test_what_is_no_job_is_refused_in_a_sentence(dist: Path, python: Path, job: str) -> None:
    done = from_package(dist, python, "run_job.py", job)
    assert done.returncode == 1
    assert done.stderr.startswith(f"No job {job!r} in app.zip"), done.stderr
