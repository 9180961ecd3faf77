"""Whole processes, measured by the operating system: wall and CPU seconds, peak memory."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KEY = "benchmark only, no secret"
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): orphans become this process's children."""


@dataclass(frozen=True)
class Measured:
    """One command and all that it started, until the last of it had ended: wall and CPU seconds, peak resident memory of the largest."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_mib: float


def measure(name: str, command: list[str], log: Path) -> Measured:
    """Runs the command to its end. Raises SystemExit with the log's end when it fails."""
    started = time.perf_counter()
    with log.open("wb") as stream:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, __file__, *command],
            {**os.environ, "MINGJING_KEY": KEY},
            file_actions=[(os.POSIX_SPAWN_DUP2, stream.fileno(), 1), (os.POSIX_SPAWN_DUP2, stream.fileno(), 2)],
        )
        _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{name} failed:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
    return Measured(name, time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def killed(command: Sequence[str], after: float | None) -> bool:
    """Was the command still at work so many seconds after its start? Then it is dead now, with all that it started. Null: it kills itself."""
    environment = {**os.environ, "MINGJING_KEY": KEY}
    begun = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        begun.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
    return begun.wait() == -signal.SIGKILL


def _run(command: list[str]) -> int:
    """Exit code of the command, once all that it started has ended, too: Python ends before the JVM that it started, waits for it
    not at all, and the system counts only what was waited for."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    first, code = os.posix_spawn(command[0], command, os.environ), 1
    with suppress(ChildProcessError):
        while True:
            pid, status = os.wait()
            if pid == first:
                code = os.waitstatus_to_exitcode(status)
    return code


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))
