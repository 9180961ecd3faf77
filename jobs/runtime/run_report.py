"""What a run says of itself while it works and afterwards: stages with seconds, CPU seconds, rows and peak memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from jobs.cells.masking import mask_numbers, masked_within
from jobs.runtime.console import Console, Told
from jobs.runtime.cpu_time import cpu_seconds
from jobs.runtime.results import replace_file

_KIB_PER_UNIT = 1 if sys.platform != "darwin" else 1 / 1024


def peak_memory_mib() -> float:
    """Largest resident memory of this process so far, in MiB; a JVM or its workers are not in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB_PER_UNIT / 1024


@dataclass
class Step:
    """A part of a stage."""

    name: str
    seconds: float
    peak_mib: float


@dataclass
class Stage:
    """One stage of a run."""

    name: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    rows: int = 0
    peak_mib: float = 0.0
    steps: list[Step] = field(default_factory=list)


@dataclass
class RunReport:
    """Stages, figures and warnings of a run, in the order in which they came."""

    console: Console
    stages: list[Stage] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Shows a progress line while the stage runs and keeps its time, of one that fails, too; the caller sets `rows` of `stages[-1]`."""
        stage = Stage(name)
        self.stages.append(stage)
        started, spent = time.perf_counter(), cpu_seconds()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        try:
            progress = Progress(*columns, console=self.console, transient=True)
            with progress if self.console.is_interactive else nullcontext():  # in a pipe it would leave an empty line behind
                yield progress
        finally:
            stage.seconds = time.perf_counter() - started
            stage.cpu_seconds = max(0.0, cpu_seconds() - spent)  # what a process took that nobody waited for is lost with it
            stage.peak_mib = peak_memory_mib()
        rows = f"{stage.rows:>12,} rows" if stage.rows else ""
        line = Text.assemble(("✓", "green"), f" {name:<24} {stage.seconds:7.1f} s {rows}")
        self.console.print(Told(line, {"message": f"stage ended: {name}", **asdict(stage)}))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Keeps the time of a part of the stage that runs."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages[-1].steps.append(Step(name, time.perf_counter() - started, peak_memory_mib()))

    def warn(self, message: str) -> None:
        """Keeps a warning. It may name a file, a sheet or a header, and these may hold somebody's number."""
        self.warnings.append(mask_numbers(message))

    def show_warnings(self) -> None:
        for warning in self.warnings:
            self.console.warn(warning)

    def stage_table(self) -> Table:
        table = Table(title="Stages", title_justify="left")
        for heading in ("stage", "seconds", "CPU s", "rows", "rows/s", "peak MiB"):
            table.add_column(heading, justify="left" if heading == "stage" else "right")
        for stage in self.stages:
            speed = f"{stage.rows / stage.seconds:,.0f}" if stage.rows and stage.seconds else ""
            rows = f"{stage.rows:,}" if stage.rows else ""
            table.add_row(stage.name, f"{stage.seconds:.1f}", f"{stage.cpu_seconds:.1f}", rows, speed, f"{stage.peak_mib:,.0f}")
        return table

    def save(self, path: Path) -> None:
        """Writes the report whole or not at all, in a folder that a run which failed early may not have made yet."""
        stages = [asdict(stage) for stage in self.stages]
        content = {"stages": stages, "figures": masked_within(self.figures), "warnings": self.warnings}
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")


def is_synthetic(out: Path) -> bool:
    """Did the last run of OUT say that its delivery was simulated?"""
    kept = out / "run_report.json"
    return kept.is_file() and bool(json.loads(kept.read_text(encoding="utf-8"))["figures"].get("is_synthetic"))
