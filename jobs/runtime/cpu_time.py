"""CPU time: what a run costs whatever else the machine does meanwhile."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")


def cpu_seconds() -> float:
    """CPU seconds so far of this process and of all that it started, Spark's JVM and workers among them.

    Without /proc of this process and of those that ended only.
    """
    own = sum(os.times()[:4])
    return own + sum(_of_tree(child) for child in _children(os.getpid()))


def _of_tree(pid: int) -> float:
    try:
        told = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended meanwhile, and is among its parent's
        return 0.0
    spent = told.rpartition(")")[2].split()[11:15]  # of itself and of its ended children, each as user and as system
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK") + sum(_of_tree(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # the process has ended meanwhile
        for thread in list((_PROCESSES / str(pid) / "task").iterdir()):
            with suppress(OSError):  # or one of its threads alone
                found += map(int, (thread / "children").read_text(encoding="utf-8").split())
    return found
