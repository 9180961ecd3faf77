"""The package for a cluster: built again over itself, never over somebody's own configuration."""

from __future__ import annotations

<<<<<<< HEAD
import os
import subprocess
import sys
=======
import zipfile
>>>>>>> speed
from pathlib import Path

import pytest

from jobs.runtime.errors import BadConfiguration
from tests.processes import ROOT
from tools.package import PACKAGES, build


def test_all_that_a_job_opens_is_in_the_package(tmp_path: Path) -> None:
    """Pages that are set among it. What people read in a folder is not."""
    with zipfile.ZipFile(build(ROOT, tmp_path / "dist")) as package:
        packed = set(package.namelist())
    there = {path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()}
    assert {str(path) for path in there if path.suffix not in (".md", ".pyc")} == packed


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


def test_training_from_the_package_finds_the_model_card(tmp_path: Path) -> None:
    archive = build(ROOT, tmp_path / "dist")
    asked = "from models import registry; print(registry.__file__); print(registry._CARD.read_text(encoding='utf-8')[:12])"
    ended = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "PYTHONPATH": str(archive)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    place, card = ended.stdout.splitlines()
    assert place.startswith(str(archive))
    assert card == "# Model card"
