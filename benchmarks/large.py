"""`python -m benchmarks.large --rows 30000000`: the main job on a small city whose registry has this many people; peak memory by stage.

The city and the people added to it are synthetic. Beside our own memory the page shows the operating system's figure.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.process import measure
from benchmarks.registry import manifest_line, write_registry
from benchmarks.run import AS_OF, MINGJING, WORK, city_of


def delivery_with(rows: int) -> Path:
    """The delivery of a small city with one more registry file, made once and kept."""
    folder = WORK / f"large-{rows}" / "delivery"
    manifest = folder / "交接清单.csv"
    registry = folder / "户籍人口_测试市.csv"
    if not registry.exists():
        shutil.copytree(city_of(0.1) / "delivery", folder, dirs_exist_ok=True)
        write_registry(registry, rows)
        with registry.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        with manifest.open("a", encoding="utf-8") as lines:
            lines.write(manifest_line(registry, rows, sha256))
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_000_000)
    parser.add_argument("--job", default="run", choices=("run", "ingest"), help="the whole job, or up to the quality gate")
    given = parser.parse_args()
    console = Console()
    WORK.mkdir(exist_ok=True)
    with console.status(f"writing a registry of {given.rows:,} people"):
        code = f"from benchmarks.large import delivery_with; delivery_with({given.rows})"
        measure("write", [sys.executable, "-c", code], WORK / "write.log")
    out = WORK / "out-large"
    shutil.rmtree(out, ignore_errors=True)
    command = [MINGJING, given.job, str(WORK / f"large-{given.rows}" / "delivery"), "--out", str(out), "--as-of", AS_OF]
    with console.status(f"mingjing {given.job}"):
        found = measure("mingjing", command, WORK / "large.log")
    report = json.loads((out / "run_report.json").read_text(encoding="utf-8"))
    table = Table(title=f"{given.rows:,} synthetic people added to a small city", title_justify="left")
    for heading in ("stage", "seconds", "rows", "peak MiB so far"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage in report["stages"]:
        table.add_row(stage["name"], f"{stage['seconds']:.1f}", f"{stage['rows']:,}", f"{stage['peak_mib']:,.0f}")
    table.add_row("whole process", f"{found.seconds:.1f}", "", f"{found.peak_mib:,.0f}", style="bold")
    console.print(table)


if __name__ == "__main__":
    main()
