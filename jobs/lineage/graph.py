"""The jobs of a run as a graph: which one comes after which, from what they state that they read and write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Task:
    """A job as a scheduler knows it. module: for `python -m`. inputs, outputs: tables, zone.name, in the order stated. after: names of
    the jobs that must be done before; those that these come after themselves are not named again."""

    name: str
    module: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    after: tuple[str, ...]


def graph(jobs: Sequence[ModuleType]) -> tuple[Task, ...]:
    """The jobs in the order given, in which a run does them: each comes after those that write what it reads or writes, and after those
    that read, as it was before, what it writes. A job that states no tables comes after all, and after a gate comes every later job."""
    tasks: list[Task] = []
    before: dict[str, frozenset[str]] = {}  # by job: all that come before it, near and far
    for number, job in enumerate(jobs):
        near = {other.NAME for other in jobs[:number] if _must_wait(job, other)}
        far = frozenset().union(*(before[name] for name in near))
        before[job.NAME] = far | near
        reads, writes = ([table.full_name for table in dict.fromkeys(getattr(job, which, ()))] for which in ("READS", "WRITES"))
        after = tuple(other.NAME for other in jobs[:number] if other.NAME in near - far)
        tasks.append(Task(job.NAME, job.__name__.removesuffix(".job"), tuple(reads), tuple(writes), after))
    return tuple(tasks)


def _must_wait(job: ModuleType, earlier: ModuleType) -> bool:
    """Is the earlier one a gate, or does one of the two write what the other uses?"""
    if getattr(earlier, "IS_GATE", False) or not hasattr(job, "READS"):
        return True
    written, used = {*job.WRITES}, {*job.READS, *job.WRITES}
    return not used.isdisjoint(earlier.WRITES) or not written.isdisjoint(earlier.READS)
