"""`python -m benchmarks.province --scales 1 4`: the main job on two simulated (synthetic) cities, and what a province would take by the line
through both.

Memory is that of the largest process. To simulate a city of scale 10 takes more than 22 GiB.
"""

from __future__ import annotations

import argparse
import json
import shutil
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.process import measure
from benchmarks.run import AS_OF, MINGJING, WORK, city_of

PEOPLE = 2_700_000
"""In the registry of a city of scale 1."""
PROVINCE = 58_000_000
FIGURES = ("seconds", "cpu_seconds", "peak_mib")


def extrapolated(small: float, large: float, scales: tuple[float, float], scale: float) -> float:
    """The figure at a scale, by the line through those at two scales."""
    return large + (large - small) / (scales[1] - scales[0]) * (scale - scales[1])


def _run(scale: float) -> dict[str, dict[str, Any]]:
    """Figures by stage, and of the whole process."""
    out = WORK / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [MINGJING, "run", str(city_of(scale) / "delivery"), "--out", str(out), "--as-of", AS_OF]
    whole = measure("mingjing", command, WORK / "run.log")
    stages = json.loads((out / "run_report.json").read_text(encoding="utf-8"))["stages"]
    return {stage["name"]: stage for stage in stages} | {"whole process": {figure: getattr(whole, figure) for figure in FIGURES}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", type=float, nargs=2, default=(1.0, 4.0))
    small, large = parser.parse_args().scales
    console = Console()
    WORK.mkdir(exist_ok=True)
    runs = []
    for scale in (small, large):
        with console.status(f"a city of {scale * PEOPLE:,.0f} people"):
            runs.append(_run(scale))
    sizes = (small, large, 10.0, PROVINCE / PEOPLE)
    table = Table(title="Synthetic cities; 10 times a city and a province by the line through both", title_justify="left")
    table.add_column("stage: seconds · CPU seconds · peak MiB so far")
    for size in sizes:
        table.add_column(f"{size * PEOPLE / 1e6:,.1f} million people", justify="right")
    for name, of_stage in runs[1].items():
        columns = []
        for size in sizes:
            figures = [extrapolated(runs[0][name][figure], of_stage[figure], (small, large), size) for figure in FIGURES]
            columns.append(" · ".join(f"{value:,.0f}" for value in figures))
        table.add_row(name, *columns)
    console.print(table)


if __name__ == "__main__":
    main()
