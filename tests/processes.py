"""Programs in processes of their own: one that has spoken Spark Connect starts no other Spark."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyspark

Found = TypeVar("Found")
ROOT = Path(__file__).parents[1]


def run_apart(command: list[str], cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """What the command wrote, run as from a user's shell: the tests' sessions leave variables behind that would decide the engine.

    Fails with the end of its output where it does.
    """
    done = subprocess.run(
        command, env=_environment(variables), cwd=cwd, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done


@contextmanager
def started_apart(command: list[str], log: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command while it runs, in a process group of its own, which is killed on leaving; its words go to `log`.

    Ctrl-C reaches it, even where the tests run in the background. Set by another program, and not between fork and exec: gRPC,
    where this process has used it, aborts some of its forks.
    """
    heeding = ["env", "--default-signal=INT", *command]
    with log.open("wb") as stream:
        process = subprocess.Popen(heeding, env=_environment(variables), cwd=ROOT, stdout=stream, stderr=stream, process_group=0)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(found: Callable[[], Found], process: subprocess.Popen[bytes], log: Path, seconds: float = 120) -> Found:
    """What was found at last. Fails with the process's words when it ends before."""
    deadline = time.monotonic() + seconds
    while not (it := found()):
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return it


def python_without_us(folder: Path) -> Path:
    """A Python with the packages of this one, but not with Mingjing, which is installed here."""
    venv.create(folder, symlinks=True)
    packages = Path(pyspark.__file__).parents[1]
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "packages.pth").write_text(f"{packages}\n", encoding="utf-8")  # whose own .pth files are not heeded
    return folder / "bin" / "python"


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_", "PYTHONPATH"))}
    return {**ours, "PYSPARK_PYTHON": sys.executable, **variables}
