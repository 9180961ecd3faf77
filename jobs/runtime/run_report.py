"""What a run says of itself while it works and afterwards: stages with seconds, CPU seconds, rows and peak memory."""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
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
    """One stage of a run. cpu_seconds: of what was used while several stages ran, each has the same part."""

    name: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    rows: int = 0
    peak_mib: float = 0.0
    steps: list[Step] = field(default_factory=list)


class Bars:
    """The progress lines of one stage, among those of all that run, and its steps."""

    def __init__(self, stage: Stage, shown: Progress) -> None:
        self._stage = stage
        self._shown = shown
        self._lines: list[TaskID] = []

    def add_task(self, description: str, total: float | None) -> TaskID:
        self._lines.append(self._shown.add_task(description, total=total))
        return self._lines[-1]

    def update(self, line: TaskID, *, description: str) -> None:
        self._shown.update(line, description=description)

    def advance(self, line: TaskID, by: float = 1) -> None:
        self._shown.advance(line, by)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Keeps the time of a part of the stage; parts may run beside each other."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._stage.steps.append(Step(name, time.perf_counter() - started, peak_memory_mib()))

    def remove(self) -> None:
        for line in self._lines:
            self._shown.remove_task(line)


@dataclass
class RunReport:
    """Stages, figures and warnings of a run, in the order in which they came. Stages may run beside each other, each in a thread."""

    console: Console
    stages: list[Stage] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.perf_counter, init=False, repr=False)
    _running: list[Stage] = field(default_factory=list, init=False, repr=False)
    _shared_until: float = field(default=0.0, init=False, repr=False)
    """Of the CPU seconds so far, those that stages have their parts of."""
    _shown: Progress | None = field(default=None, init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _of_thread: threading.local = field(default_factory=threading.local, init=False, repr=False)

    @property
    def current(self) -> Stage:
        """The last stage that this thread began; the caller sets its `rows`."""
        stage: Stage = self._of_thread.stage
        return stage

    @contextmanager
    def stage(self, name: str) -> Iterator[Bars]:
        """Shows progress lines while the stage runs and keeps its time, of one that fails, too."""
        self._of_thread.stage = stage = Stage(name)
        bars, started = self._begin(stage), time.perf_counter()
        try:
            yield bars
        finally:
            stage.seconds = time.perf_counter() - started
            self._end(stage, bars)
        rows = f"{stage.rows:>12,} rows" if stage.rows else ""
        line = Text.assemble(("✓", "green"), f" {name:<24} {stage.seconds:7.1f} s {rows}")
        self.console.print(Told(line, {"message": f"stage ended: {name}", **asdict(stage)}))

    def _begin(self, stage: Stage) -> Bars:
        with self._turn:
            self._share()
            if not self._running:
                columns = SpinnerColumn(), TextColumn("{task.description:<24}"), BarColumn(bar_width=24)
                self._shown = Progress(*columns, MofNCompleteColumn(), TimeElapsedColumn(), console=self.console, transient=True)
                if self.console.is_interactive:  # in a pipe it would leave an empty line behind
                    self._shown.start()
            self.stages.append(stage)
            self._running.append(stage)
            assert self._shown is not None
            return Bars(stage, self._shown)

    def _end(self, stage: Stage, bars: Bars) -> None:
        with self._turn:
            self._share()
            stage.peak_mib = peak_memory_mib()
            self._running.remove(stage)
            bars.remove()
            if not self._running and self._shown is not None and self._shown.live.is_started:
                self._shown.stop()

    def _share(self) -> None:
        """Gives the CPU seconds since the last stage began or ended to those that ran."""
        spent = cpu_seconds()
        for stage in self._running:  # what a process took that nobody waited for is lost with it
            stage.cpu_seconds += max(0.0, spent - self._shared_until) / len(self._running)
        self._shared_until = spent

    def warn(self, message: str) -> None:
        """Keeps a warning, once. It may name a file, a sheet or a header, and these may hold somebody's number."""
        told = mask_numbers(message)
        if told not in self.warnings:
            self.warnings.append(told)

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
        in_all = time.perf_counter() - self._started  # less than the sum: some run beside each other
        table.add_section()
        table.add_row("from start to end", f"{in_all:.1f}", f"{sum(stage.cpu_seconds for stage in self.stages):.1f}")
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
