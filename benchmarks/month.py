"""`python -m benchmarks.month --scale 1`: what a month costs beside a run of everything, and whether both come to the same.

Three runs on a simulated (synthetic) city: the year without its last month of payments; that month with three newer registers, into the
same OUT; and all of it, each register as it came last, into an OUT of its own. Each is a whole process under the same key. Then the
published files of the last two are compared byte by byte, and the rows of their lakes.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.kills import LOG, MANIFEST, WHEN, deliveries, published
from benchmarks.process import Measured, measure
from benchmarks.run import MINGJING, WORK, city_of

REGISTERS = ("dibao_roster", "vehicles", "fiscal_staff")
"""What comes newer with the month: a county's roster and two registers of the whole city, each without its last row."""
_OF_THE_OUT = ("audit/", "slips/")
"""What tells of this OUT and its deliveries, and not of the city: who gave which command, and what is sent back of a delivery."""
FIRST_DAY, MONTH_DAY = "2017-12-31", "2018-01-31"


def together(first: Path, month: Path, folder: Path) -> Path:
    """One delivery of both, a file of the month in place of the one of the same name."""
    shutil.copytree(first, folder)
    shutil.copytree(month, folder, dirs_exist_ok=True)
    lines: dict[str, list[str]] = {}
    for delivery in (first, month):
        head, *listed = csv.reader((delivery / MANIFEST).read_text(encoding="utf-8-sig").splitlines())
        lines |= {line[0]: line for line in listed}
    with (folder / MANIFEST).open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([head, *lines.values()])
    return folder


def differences(one: Path, other: Path) -> Iterator[str]:
    """Published files and tables that are not the same in both, with the columns in which they differ, or the rows that each has."""
    files = [published(out) for out in (one, other)]
    names = sorted(name for name in {*files[0], *files[1]} if not name.startswith(_OF_THE_OUT))
    other_bytes = [name for name in names if files[0].get(name) != files[1].get(name)]
    kinds = Counter(Path(name).suffix for name in other_bytes)
    yield f"{len(other_bytes)} of {len(names)} published files differ: {', '.join(f'{n} {kind}' for kind, n in kinds.items())}"
    for name in other_bytes:
        if name.endswith(".csv"):
            frames = [pl.read_csv(of_one.get(name, b"-"), infer_schema=False) for of_one in files]
            yield f"{name}: {_apart(*map(_columns, frames))}"
    logs = {"/".join(log.parent.parts[-2:]) for out in (one, other) for log in (out / "lake").glob("[!_]*/*/_delta_log")}
    for name in sorted(logs - {LOG}):
        tables = [
            _columns(pl.read_delta(str(table)).drop(WHEN, strict=False)) if (table := out / "lake" / name).is_dir() else {"": 0}
            for out in (one, other)
        ]
        if tables[0] != tables[1]:
            yield f"{name}: {_apart(*tables)}"


def _columns(frame: pl.DataFrame) -> dict[str, int]:
    """Of each column a sum over its values in any order, and under no name the number of rows."""
    frame = frame.with_columns(pl.selectors.float().round(6))  # engines add doubles in any order
    sums = {"the row": frame.hash_rows(), **{name: frame[name].hash() for name in frame.columns}}
    return {"": len(frame)} | {name: int(hashes.sum()) for name, hashes in sums.items()}


def _apart(one: Mapping[str, int], other: Mapping[str, int]) -> str:
    if one[""] != other[""]:
        return f"{one['']:,} and {other['']:,} rows"
    columns = [name for name in {**one, **other} if one.get(name) != other.get(name) and name != "the row"]
    return f"of {one['']:,} rows {', '.join(columns) or 'some, and no column by itself'}"


def show(console: Console, runs: Mapping[str, tuple[Measured, Sequence[Mapping[str, Any]]]]) -> None:
    """Seconds and CPU seconds of each run, by stage and as a whole."""
    table = Table("stage", *(f"{name}, {unit}" for name in runs for unit in ("s", "CPU s")), title_justify="left")
    for of_all in zip(*(stages for _, stages in runs.values()), strict=True):
        table.add_row(of_all[0]["name"], *(f"{of_one[key]:.1f}" for of_one in of_all for key in ("seconds", "cpu_seconds")))
    whole = [figure for run, _ in runs.values() for figure in (run.seconds, run.cpu_seconds)]
    table.add_row("whole process", *(f"{figure:.1f}" for figure in whole), style="bold")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.02)
    given = parser.parse_args()
    console, folder = Console(), WORK / "month"
    WORK.mkdir(exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    first, month = deliveries(city_of(given.scale) / "delivery", folder, REGISTERS)
    plan = {
        "first": (first, folder / "out", FIRST_DAY),
        "month": (month, folder / "out", MONTH_DAY),
        "all": (together(first, month, folder / "all"), folder / "out-all", MONTH_DAY),
    }
    runs = {}
    for name, (delivery, out, day) in plan.items():
        with console.status(name):
            run = measure(name, [MINGJING, "run", str(delivery), "--out", str(out), "--as-of", day], WORK / "month.log")
        runs[name] = run, json.loads((out / "run_report.json").read_text(encoding="utf-8"))["stages"]
    show(console, runs)
    for said in differences(plan["month"][1], plan["all"][1]):
        console.print(said, soft_wrap=True)


if __name__ == "__main__":
    main()
