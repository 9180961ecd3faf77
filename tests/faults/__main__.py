"""`python -m tests.faults --seeds 10000`: so many fates of a run, a take-in and a purge; `--seed 7`: that one again."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.faults.seeds import Model, faults_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="only this one")
    given = parser.parse_args()
    for name in ("MINGJING_AUDIT", "MINGJING_CASEWORK_URL"):
        os.environ.pop(name, None)
    seeds = range(given.first, given.first + given.seeds) if given.seed is None else range(given.seed, given.seed + 1)
    console, failed = Console(highlight=False, soft_wrap=True), 0
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        model = Model.made(Path(folder))
        for seed in seeds:
            if told := faults_of(model, seed):
                failed += 1
                console.print(
                    f"seed {seed}: {told[0]}", *told[1:], f"python -m tests.faults --seed {seed}", sep="\n  ", markup=False
                )
        steps = {name: len(taken) for name, taken in model.steps.items()}
    console.print(f"{len(seeds)} seeds, {failed} of them failed, {time.process_time() - started:.0f} CPU seconds; steps: {steps}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
