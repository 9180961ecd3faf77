"""A run's figures for the site's monitoring: a text file for the textfile collector of Prometheus' node_exporter, where a folder is named."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jobs.launch.context import RunContext
from jobs.runtime.errors import BadConfiguration, MingjingError, explanation
from jobs.runtime.run_report import RunReport

METRICS_VARIABLE = "MINGJING_METRICS"
"""Folder that the collector reads."""


def metrics_folder() -> Path | None:
    """Null where none is named. Raises BadConfiguration where it is not there."""
    named = os.environ.get(METRICS_VARIABLE)
    if named and not Path(named).is_dir():
        raise BadConfiguration(f"{METRICS_VARIABLE} names {named}, which is no folder. Make it, or name that of the collector.")
    return Path(named) if named else None


@contextmanager
def reported(ctx: RunContext, command: str) -> Iterator[None]:
    """Keeps what the run says of itself, however it ends: OUT/run_report.json, and the text file where a folder is named."""
    code = 1
    try:
        yield
        code = 0
    except Exception as error:
        if told := explanation(error):
            code = told.exit_code
            if isinstance(error, MingjingError):
                ctx.report.figures["stopped"] = str(error)
        raise
    finally:
        ctx.report.save(ctx.out / "run_report.json")
        if (folder := metrics_folder()) is not None:
            try:
                write_metrics(folder, command, ctx.report, code)
            except OSError as error:  # of the collector's folder: the run is as good without
                ctx.report.warn(f"{METRICS_VARIABLE}: {folder} takes no figures ({error.strerror}).")


def write_metrics(folder: Path, command: str, report: RunReport, code: int) -> None:
    """FOLDER/mingjing_<command>.prom, whole or not at all. Raises OSError."""
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    registry = CollectorRegistry()

    def gauge(name: str, help_text: str, values: Mapping[tuple[str, ...], float], *labels: str) -> None:
        metric = Gauge(f"mingjing_{name}", help_text, ("command", *labels), registry=registry)
        for of, value in values.items():
            metric.labels(command, *of).set(value)

    stages = {(stage.name,): stage for stage in report.stages}
    gauge("run_exit_code", "0 published, 1 failed, 2 not to be used, 3 data refused", {(): code})
    gauge("run_end_time_seconds", "when the last run ended, in Unix time", {(): time.time()})
    gauge("run_warnings", "warnings of the run", {(): len(report.warnings)})
    gauge("stage_seconds", "time that the stage took", {name: stage.seconds for name, stage in stages.items()}, "stage")
    gauge(
        "stage_cpu_seconds", "CPU time that the stage took", {name: stage.cpu_seconds for name, stage in stages.items()}, "stage"
    )
    gauge("stage_rows", "rows that came out of the stage", {name: stage.rows for name, stage in stages.items()}, "stage")
    gauge(
        "stage_peak_memory_bytes", "largest memory of the process by the stage's end",
        {name: stage.peak_mib * 2**20 for name, stage in stages.items()}, "stage",
    )  # fmt: skip
    for name, help_text, label in (
        ("rows", "delivered rows by what became of them", "fate"),
        ("files", "delivered files by what became of them", "status"),
        ("clues", "clues by what became of them", "kind"),
    ):
        figures: Mapping[str, Any] = report.figures.get(name) or {}  # type: ignore[assignment]
        gauge(name, help_text, {(of,): value for of, value in figures.items() if isinstance(value, int)}, label)
    path = folder / f"mingjing_{command}.prom"
    write_to_textfile(str(path), registry)
    path.chmod(0o644)  # a run closes what it writes; the collector is another user, and no figure is anybody's
