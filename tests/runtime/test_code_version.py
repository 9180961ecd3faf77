"""The version is stated once, and no two texts of the program pass for one another."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from jobs import __version__
from jobs.runtime.code_version import code_digest, code_version
from tests.processes import ROOT, run_apart
from tools.package import build


def test_the_changelog_and_the_command_agree_with_the_version_that_jobs_states() -> None:
    headings = re.findall(r"^## \[([0-9][^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[0] == __version__
    told = run_apart([sys.executable, "-m", "jobs.commands.cli", "--version"]).stdout
    assert told == f"mingjing {__version__} (code {code_digest()})\n"


def test_the_package_takes_its_version_from_jobs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "jobs/__init__.py"


def test_the_package_for_a_cluster_has_the_digest_of_its_checkout_and_another_text_has_another(tmp_path: Path) -> None:
    def digest_in(place: Path) -> str:
        command = [sys.executable, "-P", "-S", "-c", "from jobs.runtime.code_version import code_version; print(code_version())"]
        done = subprocess.run(command, env={"PYTHONPATH": str(place)}, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    archive = build(ROOT, tmp_path / "dist")
    assert digest_in(archive) == code_version()
    unpacked = tmp_path / "unpacked"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(archive), str(unpacked)], check=True)
    assert digest_in(unpacked) == code_version()
    with (unpacked / "jobs" / "cells" / "dates.py").open("a") as text:
        text.write("# changed\n")
    assert digest_in(unpacked) != code_version()
