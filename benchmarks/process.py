"""Whole processes, measured by the operating system: wall and CPU seconds, peak memory."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One finished process and its children: wall and CPU seconds, peak resident memory of the largest of them."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_mib: float


def measure(name: str, command: list[str], log: Path) -> Measured:
    """Runs the command to its end. Raises SystemExit with the log's end when it fails."""
    started = time.perf_counter()
    with log.open("wb") as stream:
        pid = os.posix_spawn(
            command[0],
            command,
            {**os.environ, "MINGJING_KEY": "benchmark only, no secret"},
            file_actions=[(os.POSIX_SPAWN_DUP2, stream.fileno(), 1), (os.POSIX_SPAWN_DUP2, stream.fileno(), 2)],
        )
        _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{name} failed:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
    return Measured(name, time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
