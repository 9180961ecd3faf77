"""Kills commands at random moments, or at the steps they take, and runs them again: what comes out must be what a run gives that was never killed.

python -m benchmarks.kills DELIVERY --rounds 20 --seed 1 [--env test] [--at-each-step]

DELIVERY is that of a simulated city. Four commands follow each other into one OUT: the delivery without its last month, that
month with a newer roster, a plan of visits, and their verdicts. Each round kills one of them (SIGKILL, all its processes),
twice at most, on a copy of the OUT that stood before it, and runs it to its end. Compared are the bytes of all published files
and the rows of all tables. The moments are drawn by the seed over the length of that command; with --at-each-step they are steps of
it, see benchmarks.steps, drawn by the seed among those that it took when nobody killed it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.progress import track

from benchmarks.process import KEY, killed
from benchmarks.steps import drawn, stepwise
from jobs.launch.arguments import WRITTEN_FOLDERS

MANIFEST = "交接清单.csv"
PUBLISHED = sorted({*WRITTEN_FOLDERS} - {"lake", "mlflow", "quality", "audit"})
"""Folders of OUT. The pages of quality and the audit log say at which second they were made; what the pages show are rows of ops.quality."""
WHEN = ("recorded_at", "store_id")
"""Columns that say at which instant a run was made, and which case store was made in it."""
LOG = "ops/runs"
"""The table of runs, which knows those that were killed."""
_MOST_KILLS = 2
_MINGJING = (sys.executable, "-m", "jobs.commands.cli")


@dataclass(frozen=True)
class Done:
    """A command that nobody killed: its line without --out, OUT before and after it, its length in seconds, the steps that it took."""

    name: str
    line: Sequence[str]
    before: Path
    after: Path
    seconds: float
    steps: Sequence[str]


def deliveries(whole: Path, folder: Path, registers: Sequence[str] = ("dibao_roster",)) -> tuple[Path, Path]:
    """The delivery without its last month of payments, and that month with registers of a month later, each of which has lost a row."""
    header, *lines = csv.reader((whole / MANIFEST).read_text(encoding="utf-8-sig").splitlines())
    month = max(line for line in lines if line[1] == "payments")
    older = [next(line for line in lines if line[1] == code and line[0].endswith(".csv")) for code in registers]
    rows = [(whole / line[0]).read_bytes().splitlines(keepends=True)[:-1] for line in older]
    newer = [
        [*line[:4], "2018-01-31", str(int(line[5]) - 1), hashlib.sha256(b"".join(kept)).hexdigest()]
        for line, kept in zip(older, rows, strict=True)
    ]
    for name, listed in {"first": [line for line in lines if line != month], "second": [month, *newer]}.items():
        for line in listed:
            (folder / name / line[0]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(whole / line[0], folder / name / line[0])
        with (folder / name / MANIFEST).open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([header, *listed])
    for line, kept in zip(older, rows, strict=True):
        (folder / "second" / line[0]).write_bytes(b"".join(kept))
    return folder / "first", folder / "second"


def verdicts(out: Path, path: Path) -> None:
    """What two inspectors send back on every clue of the list: every third is refuted."""
    listed = pl.read_csv(out / "exports" / "clues.csv", infer_schema=False).filter(pl.col("dispatched") == "是")
    is_refuted = pl.int_range(pl.len()) % 3 == 0
    said = listed.select(
        "clue_id",
        verdict=pl.when(is_refuted).then(pl.lit("查否-数据错误")).otherwise(pl.lit("查是-违规")),
        refutation_reason=pl.when(is_refuted).then(pl.lit("R01")),
        checked_on=pl.lit("2018-02-") + (pl.int_range(pl.len()) % 27 + 2).cast(pl.String).str.zfill(2),
        checkers=pl.lit("赵甲乙、钱丙丁"),
    )
    said.write_csv(path)


def left_alone(whole: Path, folder: Path, common: Sequence[str]) -> list[Done]:
    """The four commands, one after the other, with copies of OUT in between."""
    first, second = deliveries(whole, folder)
    returned, out, done = folder / "verdicts.csv", folder / "0", []
    out.mkdir()
    for number, line in enumerate(
        (
            ("run", str(first), "--as-of", "2017-12-31"),
            ("run", str(second), "--as-of", "2018-01-31"),
            ("plan", "--visits", "40", "--as-of", "2018-02-01"),
            ("learn", str(returned), "--as-of", "2018-03-31"),
        )
    ):
        before, after = folder / str(number), folder / str(number + 1)
        shutil.copytree(before, after)
        if line[0] == "learn":
            verdicts(after, returned)
        told, line = folder / f"{number}.steps", (*line, *common)
        started = time.perf_counter()
        subprocess.run(stepwise(line, after, told), check=True, capture_output=True)
        seconds, steps = time.perf_counter() - started, told.read_text(encoding="utf-8").splitlines()
        done.append(Done(f"{number + 1} {line[0]}", line, before, after, seconds, steps))
    return done


def published(out: Path) -> dict[str, bytes]:
    """Every published file by its path, the lists of what was written among them."""
    files = (path for zone in PUBLISHED for path in sorted((out / zone).rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def rows(out: Path) -> dict[str, list[str]]:
    """The rows of every table, as sorted text: engines write them in any order, and add doubles in any."""
    logs = sorted((out / "lake").glob("[!_]*/*/_delta_log"))
    tables = {"/".join(log.parent.parts[-2:]): log.parent for log in logs}
    return {name: _texts(pl.read_delta(str(folder))) for name, folder in tables.items() if name != LOG}


def _texts(table: pl.DataFrame) -> list[str]:
    return sorted(str(tuple(map(_rounded, row))) for row in table.drop(WHEN, strict=False).iter_rows())


def _rounded(value: object) -> object:
    """Doubles to six digits, in lists and maps, too."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def differences(expected: Path, found: Path) -> list[str]:
    """Names of files and tables that are not the same."""
    pairs = ((published(expected), published(found)), (rows(expected), rows(found)))
    return [name for ours, theirs in pairs for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delivery", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--env", help="overlay of the configuration")
    parser.add_argument(
        "--at-each-step", action="store_true", help="kill at steps instead of moments, the rounds spread over them"
    )
    given = parser.parse_args()
    os.environ["MINGJING_KEY"] = KEY
    console, draw = Console(highlight=False, soft_wrap=True), random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        done = left_alone(given.delivery, Path(folder), ("--env", given.env) if given.env else ())
        console.print("left alone:", ", ".join(f"{each.name} {each.seconds:.0f} s, {len(each.steps)} steps" for each in done))
        kills = dict.fromkeys((each.name for each in done), 0)
        wrong = 0
        steps = {each.name: drawn(each.steps, -(-given.rounds // len(done)), draw) for each in done}
        for number in track(range(given.rounds), "killing", console=console):
            each, out = done[number % len(done)], Path(folder, "killed")
            shutil.copytree(each.before, out)
            command = [*_MINGJING, *each.line, "--out", str(out)]
            if given.at_each_step:
                at = [steps[each.name][number // len(done)]]
                count = int(killed(stepwise(each.line, out, Path(os.devnull), at[0]), None))
            else:
                moments = [round(draw.uniform(0, each.seconds), 1) for _ in range(draw.randint(1, _MOST_KILLS))]
                at = [f"{moment} s" for moment in moments]
                count = sum(killed(command, after) for after in moments)
            kills[each.name] += count
            found = [
                said.stderr[-500:]
                for line in (command, [*_MINGJING, "verify", str(out)])
                if (said := subprocess.run(line, check=False, capture_output=True, text=True)).returncode
            ] + differences(each.after, out)
            wrong += bool(found)
            told = f"differs in {', '.join(found[:9])}" if found else "the same"
            console.print(f"{each.name} {'killed' if count else 'NOT killed'} at {', '.join(at)}: {told}", markup=False)
            shutil.rmtree(out)
    told = ", ".join(f"{name}: {count}" for name, count in kills.items())
    console.print(f"{given.rounds} rounds, kills ({told}): {wrong} rounds differ from the command left alone")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
