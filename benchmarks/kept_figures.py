"""Figures of past benchmarks, a line each in benchmarks/figures.jsonl, and what changed against the last of the same kind.

Commit the file with the change that the figures are of. Lines of another machine, scale or engine are no comparison.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

KEPT = Path(__file__).with_name("figures.jsonl")


@dataclass(frozen=True)
class Figures:
    """One benchmark: of which commit, on what, and CPU seconds of the whole process and of its stages."""

    commit: str
    machine: str
    engine: str
    scale: float
    seconds: float
    cpu_seconds: float
    peak_mib: float
    ratio_of_cpu: float
    """To the hand-written script's, in the same run: the one figure that other load on the machine changes least."""
    stages: Mapping[str, float]
    ratio_on_spark: float | None = None
    """The same to the PySpark script's: what the product costs more, not Spark. Null on the embedded engine."""

    @property
    def kind(self) -> tuple[str, str, float]:
        return self.machine, self.engine, self.scale


def of_commit(root: Path) -> str:
    """The commit that was measured; + where files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


def of_machine() -> str:
    """Cores, memory and processor, and nothing by which the machine could be told from others of its make."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    described = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in described.splitlines() if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {names[0] if names else os.uname().machine}"


def keep(figures: Figures, path: Path = KEPT) -> Figures | None:
    """Adds a line; the last one of the same kind before it, null without one."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    known = [Figures(**json.loads(line)) for line in lines]
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(figures), ensure_ascii=False) + "\n")
    return next((earlier for earlier in reversed(known) if earlier.kind == figures.kind), None)


def changes(now: Figures, before: Figures) -> Table:
    """CPU seconds by stage beside those of before, a stage that only one of them has left blank for the other."""
    table = Table(title=f"CPU seconds against {before.commit}", title_justify="left")
    for heading in ("", "before", "now", "change"):
        table.add_column(heading, justify="left" if not heading else "right")
    names = [*before.stages, *(name for name in now.stages if name not in before.stages)]
    rows = [(name, before.stages.get(name), now.stages.get(name)) for name in names]
    rows += [
        ("whole process", before.cpu_seconds, now.cpu_seconds),
        ("ratio to the script", before.ratio_of_cpu, now.ratio_of_cpu),
    ]
    if now.ratio_on_spark is not None:
        rows.append(("ratio to the PySpark script", before.ratio_on_spark, now.ratio_on_spark))
    for name, was, is_now in rows:
        change = f"{(is_now / was - 1):+.0%}" if was and is_now is not None else ""
        table.add_row(name, *("" if figure is None else f"{figure:.1f}" for figure in (was, is_now)), change)
    return table
