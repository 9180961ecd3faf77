"""A million inputs by hand: python -m benchmarks.fuzzing [TARGET ...] [--inputs 1000000] [--folder .bench/fuzzing]

Guided by coverage: needs atheris (pip install -r benchmarks/fuzzing/requirements.txt), which is made for x86-64 alone. The inputs are
shared out between the targets; a target that has tried its share already is not begun again. FOLDER/TARGET/faults holds the shortest
input of each kind that failed, took too long or too much memory, and beside it why; FOLDER/TARGET/corpus what reached new code. A fault
that was mended goes to tests/fuzzing/corpus/TARGET, where the tests try it for good. The exit code is 1 where there is any.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.fuzzing.targets import TARGETS

SHARES = {
    "text": 50, "configuration": 14, "verdicts": 10, "decisions": 6, "manifest": 6, "zip": 4, "xls": 3, "dbf": 2, "xlsx": 2, "ods": 1, "csv": 1,
    "xlsb": 1,
}  # fmt: skip
"""Of a hundred inputs: those that are fast to try get most."""
_ALONE = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}


def fuzzed(name: str, folder: Path, inputs: int) -> tuple[int, int, list[str]]:
    """How many inputs were tried, how many of them were read, and the names of those that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    while (left := inputs - _counts(folder)[0]) > 0:
        with (folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "benchmarks.fuzzing.guided", name, str(folder), str(left)]
            before = _counts(folder)
            subprocess.run(command, env={**os.environ, **_ALONE}, stdout=log, stderr=log, check=False)
        if _counts(folder) == before:  # it does not even begin
            break
    faults = sorted(path.name for path in (folder / "faults").glob("*") if path.suffix != ".txt")
    return *_counts(folder), faults


def _counts(folder: Path) -> tuple[int, int]:
    path = folder / "count"
    tried, read = path.read_text().split() if path.exists() else (0, 0)
    return int(tried), int(read)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], default=[], metavar="TARGET")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(".bench/fuzzing"))
    given = parser.parse_args()
    if find_spec("atheris") is None:
        sys.stderr.write("atheris is not installed: pip install -r benchmarks/fuzzing/requirements.txt\n")
        return 2
    wanted = given.target or list(TARGETS)
    shares = sum(SHARES[name] for name in wanted)
    found = False
    for name in wanted:
        tried, read, faults = fuzzed(name, given.folder / name, given.inputs * SHARES[name] // shares)
        found = found or bool(faults)
        sys.stdout.write(f"{name}: {tried:,} inputs, {read:,} of them read, {len(faults)} kinds of faults {' '.join(faults)}\n")
    return int(found)


if __name__ == "__main__":
    raise SystemExit(main())
