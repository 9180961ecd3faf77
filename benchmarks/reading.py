"""`python -m benchmarks.reading`: time, CPU time and peak memory of reading one register, beside polars, pandas and openpyxl.

Each reader is a process of its own over the same synthetic file. The others only read cells as text; ours also finds the
header, the encoding and the quotes, judges every row, marks damaged numbers and keeps file, sheet and row of each. The last two
columns are polars' time and CPU time over the reader's. On a busy machine only CPU time tells.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.process import Measured, measure

WORK = Path(__file__).resolve().parents[1] / ".bench" / "reading"
OURS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from jobs.delivery.decode import decode
from jobs.delivery.manifest import ManifestEntry
from jobs.delivery.survey import survey_delivery
path = Path(sys.argv[1])
entry = ManifestEntry(path.name, "household_registry", "", "420299", date(2017, 12, 31), None, sys.argv[2])
(file,) = [f for f in survey_delivery(path.parent, [entry], 48 << 20) if f.entry is entry]
with ThreadPoolExecutor(2) as pool:
    print(sum(pool.map(lambda piece: sum(len(rows) for rows in decode(piece)), file.pieces)))
"""
READERS = {
    "csv": {
        "mingjing (survey and decode)": OURS,
        "polars": "import sys, polars as pl; print(len(pl.read_csv(sys.argv[1], infer_schema=False)))",
        "pandas": "import sys, pandas as pd; print(len(pd.read_csv(sys.argv[1], dtype=str)))",
    },
    "xlsx": {
        "mingjing (survey and decode)": OURS,
        "polars (calamine)": "import sys, polars as pl; print(len(pl.read_excel(sys.argv[1], infer_schema_length=0)))",
        "pandas (openpyxl)": "import sys, pandas as pd; print(len(pd.read_excel(sys.argv[1], dtype=str)))",
        "openpyxl": "import sys, openpyxl; print(sum(1 for _ in openpyxl.load_workbook(sys.argv[1], read_only=True).active.values))",
    },
}
READERS["quoted csv"] = READERS["csv"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--csv-rows", type=int, default=3_000_000)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    parser.add_argument("--cores", type=int, help="so many only; all of them as a rule")
    given = parser.parse_args()
    if given.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: given.cores])
    console = Console()
    for kind, readers in READERS.items():
        rows = given.xlsx_rows if kind == "xlsx" else given.csv_rows
        path = WORK / kind.replace(" ", "-") / f"户籍人口.{kind.split()[-1]}"
        with console.status(f"writing {rows:,} rows as {kind}"):
            _write(path, kind, rows)
        table = Table(title=f"{kind}, {rows:,} synthetic rows, {path.stat().st_size >> 20} MiB", title_justify="left")
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # stands in the manifest
        for heading in ("", "seconds", "CPU s", "rows/s", "peak MiB", "× polars", "of CPU"):
            table.add_column(heading, justify="left" if not heading else "right")
        measured = []
        for name, code in readers.items():
            with console.status(name):
                measured.append(measure(name, [sys.executable, "-c", code, str(path), sha256], WORK / "log"))
        polars = next(found for found in measured if found.name.startswith("polars"))
        for found in measured:
            table.add_row(*_shown(found, rows, polars))
        console.print(table)


def _write(path: Path, kind: str, rows: int) -> None:
    """By a process of its own: a child starts with its parent's peak memory, so this one must stay small."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys; from pathlib import Path; from benchmarks.registry import block, write_registry; p = Path(sys.argv[1]); n = int(sys.argv[2])\n"
        "block(0, n).write_excel(p) if p.suffix == '.xlsx' else write_registry(p, n, quoted=sys.argv[3] == 'quoted csv')"
    )
    measure("write", [sys.executable, "-c", code, str(path), str(rows), kind], WORK / "log")


def _shown(found: Measured, rows: int, polars: Measured) -> tuple[str, ...]:
    times = f"{found.seconds:.1f}", f"{found.cpu_seconds:.1f}"
    ratios = f"{polars.seconds / found.seconds:.2f}", f"{polars.cpu_seconds / found.cpu_seconds:.2f}"
    return found.name, *times, f"{rows / found.seconds:,.0f}", f"{found.peak_mib:,.0f}", *ratios


if __name__ == "__main__":
    main()
