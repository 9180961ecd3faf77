"""Kills the main job at random moments and runs it again: what comes out must be what a run gives that was never killed.

python -m benchmarks.kills DELIVERY --as-of 2017-12-31 --rounds 20 --seed 1

Each round kills a run in a folder of its own (SIGKILL, all its processes), twice at most, runs it to its end and compares every
file of the published zones with those of a run that was left alone. The moments are drawn by the seed over the length of that run.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track

ZONES = ("restricted", "exports", "slips")
_MOST_KILLS = 2


def command(delivery: Path, out: Path, as_of: str) -> list[str]:
    return [sys.executable, "-m", "jobs.commands.run_all", "--delivery", str(delivery), "--out", str(out), "--as-of", as_of]


def killed(run: list[str], after: float) -> bool:
    """Was the run still at work so many seconds after its start? Then it is dead now."""
    process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def published(out: Path) -> dict[str, bytes]:
    """Every published file by its path, the lists of what was written left out."""
    files = (path for zone in ZONES for path in sorted((out / zone).rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files if not path.name.startswith(".")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delivery", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.environ.setdefault("MINGJING_KEY", "a key of the kill runs, no secret: 0123456789")
    console, draw = Console(), random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run(command(given.delivery, Path(folder, "whole"), given.as_of), check=True, capture_output=True)
        seconds = time.perf_counter() - started
        expected, wrong, kills = published(Path(folder, "whole")), [], 0
        for number in track(range(given.rounds), "killing", console=console):
            out = Path(folder, f"round{number}")
            moments = [round(draw.uniform(0, seconds), 1) for _ in range(draw.randint(1, _MOST_KILLS))]
            run = command(given.delivery, out, given.as_of)
            kills += sum(killed(run, after) for after in moments)
            subprocess.run(run, check=False, capture_output=True)
            found = published(out)
            if found != expected:
                names = sorted({*expected, *found})
                wrong.append((moments, [name for name in names if expected.get(name) != found.get(name)]))
    console.print(f"{given.rounds} rounds, {kills} kills: {len(wrong)} gave other files than a run that was left alone")
    for moments, names in wrong:
        console.print(f"killed after {moments} s: {', '.join(names[:5])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
