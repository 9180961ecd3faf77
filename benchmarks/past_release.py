"""An OUT as this release leaves it, small enough to be kept: python -m benchmarks.past_release [--folder tests/end_to_end/past]

To be made anew at each release, with that release, before its version is raised: the tests read, continue and publish it with what
comes after. One county of a simulated city, with what other registers say of its people: a run up to the month before the last, and one
verdict that was taken in. Kept are the lake, the models, the lists, the case store and the audit log, and beside them the delivery of the
last month; pages of quality, slips and scratch are left out, for nothing reads them again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.kills import deliveries, verdicts
from benchmarks.rewritings.files import Delivery, File, read_delivery, write_delivery
from jobs import __version__
from simulation import simulate

KEY = "a test key, no secret: 0123456789"
"""That of the tests, without which nobody reads the archive on."""
COUNTY, CITY = "420204", "420200"
_LEFT_OUT = ("_scratch", ".writer.lock", "quality", "slips")


def of_county(delivery: Delivery, county: str) -> Delivery:
    """The files of a county, and of those of the whole city the rows that name one of its people."""
    own = [file for file in delivery.files if file.area == county]
    people = {cell for file in own for sheet in file.sheets for row in sheet.rows for cell in row if len(cell) == 18}

    def about(file: File) -> File:
        kept = (replace(sheet, rows=tuple(row for row in sheet.rows if people & {*row})) for sheet in file.sheets)
        return replace(file, sheets=tuple(kept))

    return replace(delivery, files=(*own, *(about(file) for file in delivery.files if file.area == CITY)))


def made(folder: Path) -> None:
    """FOLDER/out and FOLDER/second, the delivery that comes next."""
    simulate(folder / "city", scale=0.001, seed=7)
    small = write_delivery(of_county(read_delivery(folder / "city" / "delivery"), COUNTY), folder / "small")
    first, _ = deliveries(small, folder)
    out, returned = folder / "out", folder / "verdicts.csv"
    _mingjing("run", str(first), "--as-of", "2017-12-31", "--out", str(out))
    verdicts(out, returned)
    returned.write_text("".join(returned.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
    _mingjing("take-in", str(returned), "--as-of", "2018-03-01", "--out", str(out))


def _mingjing(*arguments: str) -> None:
    command = [sys.executable, "-m", "jobs.commands.cli", *arguments, "--env", "test"]
    subprocess.run(command, check=True, env={**os.environ, "MINGJING_KEY": KEY})


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without who made it, and without what nothing reads again."""
    if any(part in _LEFT_OUT for part in Path(entry.name).parts):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("tests/end_to_end/past"))
    archive = parser.parse_args().folder / f"out-{__version__}.tar.xz"
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder))
        with tarfile.open(archive, "w:xz") as tar:
            for name in ("out", "second"):
                tar.add(Path(folder, name), name, filter=_plain)
    sys.stdout.write(f"{archive}: {archive.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
