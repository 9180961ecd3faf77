"""Workers of a local Spark import what is installed, and no archive is on their path."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from subprocess import DEVNULL, PIPE

from jobs.runtime.last_words import SENTENCE
from tests.processes import ROOT

TOLD = """
import sys, pyspark
print([place for place in sys.path if place.endswith((".zip", ".jar"))], pyspark.__file__, file=sys.stderr)
def main(infile, outfile): pass
"""


def test_workers_have_no_archive_on_their_path(tmp_path: Path) -> None:
    (tmp_path / "pyspark_told.py").write_text(TOLD, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "pyspark.zip", "w") as archive:
        archive.writestr("pyspark/__init__.py", "")
        archive.writestr("pyspark/daemon.py", "raise ImportError('taken from the archive')")
    with zipfile.ZipFile(tmp_path / "delta.jar", "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "")
    path = ":".join(str(tmp_path / name) for name in ("pyspark.zip", "delta.jar", "."))
    command = [sys.executable, "-m", "jobs.runtime.spark_workers", "pyspark_told"]
    # Its input is at its end: it stops after it has imported the worker.
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1, "as pyspark.daemon itself"
    assert SENTENCE not in done.stderr
    archives, installed = done.stderr.strip().splitlines()[-1].rsplit(" ", 1)
    assert archives == "[]"
    assert "site-packages" in installed
