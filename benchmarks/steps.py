"""A command that tells each step that it takes on the disk, or is killed right before or after one of them, with all its processes.

A step is a change of a name, a sync or a written piece below a folder, or a commit of a database; what the engine does by itself
is none, for what it writes belongs to nothing before a step of ours names it. Steps are known by what is done to what, digests and
drawn names left out, and by how often that was done before: threads may take those of two tables in any order.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

_DRAWN = re.compile(
    r"[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{8}T\d{6}\.\d{6}Z|(?<=\.)[a-z0-9_]{8}$|[A-Za-z0-9]{16}(?=_\d)"
)
_write = os.write
_CHANGES = ("mkdir", "rename", "replace", "unlink", "remove", "rmdir", "link", "ftruncate", "write", "fsync")


def stepwise(line: Sequence[str], out: Path, told: Path, at: str = "") -> list[str]:
    """The command line of `mingjing LINE --out OUT` that tells its steps in the file, and ends at this one."""
    given = (str(out.absolute()), str(told), at, *line, "--out", str(out))
    return [sys.executable, "-m", "jobs.runtime.private_network", "benchmarks.steps", *given]


def drawn(steps: Sequence[str], count: int, draw: random.Random) -> list[str]:
    """So many steps, spread over the command; no two do the same in the same zone, as long as there are others."""
    kinds: dict[str, list[str]] = {}
    for step in steps:
        kinds.setdefault(_kind(step), []).append(step)
    each = list(kinds.values())
    return [draw.choice(each[int((number + draw.random()) * len(each) / count)]) for number in range(count)]


def _kind(step: str) -> str:
    _, what, where, *_ = step.split(" ", 3)
    return f"{what} {'/'.join(where.split('/')[: 2 if where.startswith(('lake/', '.mingjing/')) else 1])}"


@dataclass
class _Steps:
    """What stands in the place of the system's functions. root: what lies elsewhere is no step. told: where steps are written to."""

    root: str
    told: int
    at: str
    times: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self, moment: str, what: str) -> None:
        with self.lock:
            name = f"{moment} {what}"
            self.times[name] += 1
            step = f"{name} #{self.times[name]}"
            _write(self.told, f"{step}\n".encode())
            if step == self.at:
                os.killpg(0, signal.SIGKILL)

    def of_path(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def step_by_step(path: Any, *given: Any, **more: Any) -> Any:
            if (where := self._inside(path, more.get("dir_fd"))) is None:
                return real(path, *given, **more)
            self.step("before", f"{name} {where}")
            done = real(path, *given, **more)
            self.step("after", f"{name} {where}")
            return done

        return step_by_step

    def _inside(self, path: Any, folder: int | None) -> str | None:
        named = os.readlink(f"/proc/self/fd/{path}") if isinstance(path, int) else os.fsdecode(path)
        base = os.getcwd() if folder is None else os.readlink(f"/proc/self/fd/{folder}")
        whole = os.path.join(base, named)
        return _DRAWN.sub("…", os.path.relpath(whole, self.root)) if whole.startswith(f"{self.root}/") else None


def _watched(root: str, told: str, at: str) -> None:
    steps = _Steps(root, os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), at)
    for name in _CHANGES:
        setattr(os, name, steps.of_path(name))
    commit = DefaultDialect.do_commit

    def committed(dialect: DefaultDialect, connection: Any) -> None:
        steps.step("before", "database commit")
        commit(dialect, connection)
        steps.step("after", "database commit")

    DefaultDialect.do_commit = committed  # type: ignore[method-assign]


if __name__ == "__main__":
    _watched(*sys.argv[1:4])
    from jobs.commands.cli import main

    main(sys.argv[4:])
