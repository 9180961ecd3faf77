"""Programs in processes of their own: one that has spoken Spark Connect starts no other Spark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_apart(command: list[str], cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """What the command wrote, run as from a user's shell: the tests' sessions leave variables behind that would decide the engine.

    Fails with the end of its output where it does.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_", "PYTHONPATH"))}
    environment = {**ours, "PYSPARK_PYTHON": sys.executable, **variables}
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done
