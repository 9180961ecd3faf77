"""`make bench`: the main job at a chosen scale beside a hand-written DuckDB + scikit-learn script and, on Spark, a PySpark script.

All are whole processes on the same simulated (synthetic) city; time, CPU and peak memory are the operating
system's own. Machines are shared and noisy: quote the ratio, not the seconds. The figures are kept in benchmarks/figures.jsonl,
and what changed against the last of the same kind is told.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.kept_figures import Figures, changes, keep, of_commit, of_machine
from benchmarks.process import Measured, measure

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2017-12-31"
WORK = ROOT / ".bench"
MINGJING = str(Path(sys.executable).with_name("mingjing"))
ON_SPARK = "PySpark script"


def city_of(scale: float) -> Path:
    """A simulated city of the scale, made once and kept.

    By a process of its own: a child starts with its parent's peak memory, so this one must stay small.
    """
    folder = WORK / f"city-{scale:g}"
    if not (folder / "delivery").is_dir():
        measure("simulate", [MINGJING, "simulate", str(folder), "--scale", f"{scale:g}", "--seed", "7"], WORK / "simulate.log")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1, help="1 = 397,197 civil-affairs records, 6.7 million rows")
    parser.add_argument("--engine", default="embedded", choices=("embedded", "spark"))
    parser.add_argument("--runs", type=int, default=1, help="runs of each, in turn; the median is printed")
    given = parser.parse_args()
    console = Console()
    WORK.mkdir(exist_ok=True)
    with console.status(f"simulating a city of scale {given.scale:g}"):
        delivery = city_of(given.scale) / "delivery"
    scripts = {"DuckDB + scikit-learn script": "duckdb_script.py"}
    if given.engine == "spark":
        scripts[ON_SPARK] = "pyspark_script.py"
    runs: dict[str, list[Measured]] = {}
    for turn in range(given.runs):
        for name in (f"mingjing, {given.engine}", *scripts):
            out = WORK / ("out-script" if name in scripts else "out")
            shutil.rmtree(out, ignore_errors=True)
            command = [sys.executable, str(ROOT / "benchmarks" / scripts[name])] if name in scripts else [MINGJING, "run"]
            command += [str(delivery), "--out", str(out), "--as-of", AS_OF]
            command += [] if name in scripts else ["--engine", given.engine]
            with console.status(f"run {turn + 1} of {given.runs}: {name}"):
                runs.setdefault(name, []).append(measure(name, command, WORK / "run.log"))
    ours, duckdb, *on_spark = (_median(of_one) for of_one in runs.values())
    stages = json.loads((WORK / "out" / "run_report.json").read_text(encoding="utf-8"))["stages"]
    _show(console, given.scale, ours, [duckdb, *on_spark], stages)
    now = Figures(
        commit=of_commit(ROOT),
        machine=of_machine(),
        engine=given.engine,
        scale=given.scale,
        seconds=round(ours.seconds, 1),
        cpu_seconds=round(ours.cpu_seconds, 1),
        peak_mib=round(ours.peak_mib),
        ratio_of_cpu=round(ours.cpu_seconds / duckdb.cpu_seconds, 2),
        ratio_on_spark=round(ours.cpu_seconds / on_spark[0].cpu_seconds, 2) if on_spark else None,
        stages={stage["name"]: round(stage["cpu_seconds"], 1) for stage in stages},
    )
    if before := keep(now):
        console.print(changes(now, before))


def _median(runs: list[Measured]) -> Measured:
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def _show(
    console: Console, scale: float, ours: Measured, scripts: Sequence[Measured], stages_of_run: Sequence[Mapping[str, Any]]
) -> None:
    table = Table(title=f"Whole process, synthetic city of scale {scale:g}", title_justify="left")
    for heading in ("", "seconds", "CPU seconds", "peak MiB"):
        table.add_column(heading, justify="left" if not heading else "right")
    for run in (ours, *scripts):
        table.add_row(run.name, f"{run.seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.peak_mib:,.0f}")
    for script in scripts:
        ratios = (ours.seconds / script.seconds, ours.cpu_seconds / script.cpu_seconds, ours.peak_mib / script.peak_mib)
        table.add_row(f"to the {script.name}", *(f"{ratio:.2f}" for ratio in ratios), style="bold")
    console.print(table)
    stages = Table(title="Stages of mingjing", title_justify="left")
    for heading in ("stage", "seconds", "CPU seconds", "rows", "rows/s", "peak MiB"):
        stages.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage in stages_of_run:
        speed = f"{stage['rows'] / stage['seconds']:,.0f}" if stage["rows"] else ""
        cells = (
            f"{stage['seconds']:.1f}",
            f"{stage['cpu_seconds']:.1f}",
            f"{stage['rows']:,}",
            speed,
            f"{stage['peak_mib']:,.0f}",
        )
        stages.add_row(stage["name"], *cells)
    console.print(stages)
    console.print(
        "A script reads the same files to the same five rules; it keeps no lake, no quality pages and no model registry."
    )


if __name__ == "__main__":
    main()
