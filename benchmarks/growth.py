"""`python -m benchmarks.growth`: how OUT grows over monthly runs on a small city, by folder, which tables grow, and what does not hold.

The first delivery is the simulated year; each later one brings every register that comes as an extract anew, unchanged but for its
day, and the payments of one more month: the same month of the simulated year, later. All data are synthetic. With --kills each later
run is begun so often, and killed somewhere, before it may come to its end; where is drawn by --seed. After each run ids, sums of
files, accounts, lists and what the log vouches for must hold; what does not is told, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import hashlib
import json
import random
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from rich.console import Console
from rich.table import Table

from benchmarks.process import killed, measure
from benchmarks.run import MINGJING, WORK, city_of
from benchmarks.soundness import Kept, changed, kept, of_other_runs, unaccounted
from expectations.contracts.deliveries import DATA_SETS

FIRST = 2017
MANIFEST = "交接清单.csv"
LEAST_TOLD = 200 << 10
"""Bytes from which a folder has a column of its own."""


def months(count: int) -> Iterator[date]:
    """Last days of months from the end of the simulated year on."""
    for number in range(count):
        year, month = FIRST + (11 + number) // 12, (11 + number) % 12 + 1
        yield date(year, month, calendar.monthrange(year, month)[1])


def deliver(city: Path, folder: Path, day: date) -> Path:
    """What comes in the month that ends on the day: extracts, and the payments of that month."""
    (folder / MANIFEST).parent.mkdir(parents=True)
    with (city / MANIFEST).open(encoding="utf-8-sig", newline="") as stream:
        head, *entries = csv.reader(stream)
    kept = [head]
    for name, code, office, area, _, rows, _ in entries:
        is_payments = code == "payments" and f"{day:年%m月}" in name
        if not (is_payments or DATA_SETS[code].snapshot):
            continue
        data = (city / name).read_bytes()
        if is_payments:
            name, data = name.replace(str(FIRST), str(day.year)), data.replace(str(FIRST).encode(), str(day.year).encode())
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        spaces = b" " * (12 * (day.year - FIRST) + day.month)  # other bytes, or it would be the same file once more
        path.write_bytes(data if path.suffix == ".xlsx" else data.rstrip(b"\r\n") + spaces + b"\n")
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path, "a") as book:
                book.comment = day.isoformat().encode()
        kept.append([name, code, office, area, day.isoformat(), rows, hashlib.sha256(path.read_bytes()).hexdigest()])
    with (folder / MANIFEST).open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(kept)
    return folder


def folders(out: Path) -> dict[str, tuple[int, int]]:
    """Bytes and files of each folder of OUT, and of each zone of the lake."""
    found: dict[str, tuple[int, int]] = {}
    for path in out.rglob("*"):
        if path.is_file():
            parts = path.relative_to(out).parts[:-1]
            name = "/".join(parts[:2] if parts[:1] == ("lake",) else parts[:1]) or "."
            size, files = found.get(name, (0, 0))
            found[name] = (size + path.stat().st_size, files + 1)
    return dict(sorted(found.items()))


def tables(out: Path) -> dict[str, tuple[int, int]]:
    """Rows of each table of the lake, and the commits that were ever made to it."""
    found = {}
    for log in sorted((out / "lake").glob("*/*/_delta_log")):
        table = DeltaTable(log.parent)
        found["/".join(log.parent.parts[-2:])] = (table.to_pyarrow_dataset().count_rows(), table.version() + 1)
    return found


def shown(runs: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """MiB by folder, one row a run; then the tables that have more rows after the last run than after the first."""
    first, last = runs[0], runs[-1]
    large = [name for name, (size, _) in last["folders"].items() if size > LEAST_TOLD]
    growth = Table("day", "CPU s", "files", "commits", "MiB", *large, title="OUT after each run", title_justify="left")
    for run in runs:
        sizes = {name: size for name, (size, _) in run["folders"].items()}
        files, commits = sum(count for _, count in run["folders"].values()), sum(made for _, made in run["tables"].values())
        figures = [sum(sizes.values()), *(sizes.get(name, 0) for name in large)]
        growth.add_row(run["day"], f"{run['cpu_seconds']:.0f}", f"{files}", f"{commits}", *(f"{s / 2**20:.1f}" for s in figures))
    yield growth
    grown = Table("table", "rows after the first run", "after the last", title="Tables that grew", title_justify="left")
    for name, (rows, _) in last["tables"].items():
        if rows > (before := first["tables"].get(name, (0, 0))[0]):
            grown.add_row(name, f"{before:,}", f"{rows:,}")
    yield grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.001)
    parser.add_argument("--runs", type=int, default=24)
    parser.add_argument(
        "--kills", type=int, default=1, help="how often each run but the first is killed before it comes to its end"
    )
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    console, drawn = Console(), random.Random(given.seed)
    city, out, deliveries = city_of(given.scale) / "delivery", WORK / "out-growth", WORK / "growing"
    for folder in (out, deliveries):
        shutil.rmtree(folder, ignore_errors=True)
    runs: list[Mapping[str, Any]] = []
    before, wrong, kills, seconds = Kept({}, {}, {}), 0, 0, 0.0
    for day in months(given.runs):
        delivery = city if day.year == FIRST else deliver(city, deliveries / f"{day:%Y-%m}", day)
        command = [MINGJING, "run", str(delivery), "--out", str(out), "--as-of", day.isoformat(), "--env", "test"]
        kills += sum(killed(command, drawn.uniform(0.1, 1) * seconds) for _ in range(given.kills if runs else 0))
        run = measure(f"run of {day}", command, WORK / "growth.log")
        now, seconds = kept(out), run.seconds
        for said in (*changed(before, now), *unaccounted(out), *of_other_runs(out, day.isoformat())):
            console.print(f"{day}: {said}", style="red")
            wrong += 1
        before = now
        runs.append({"day": f"{day}", "cpu_seconds": run.cpu_seconds, "folders": folders(out), "tables": tables(out)})
        (WORK / "growth.json").write_text(json.dumps(runs), encoding="utf-8")
    console.print(*shown(runs), sep="\n")
    console.print(f"{len(runs)} runs, {kills} killed before, {wrong} things that do not hold.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
