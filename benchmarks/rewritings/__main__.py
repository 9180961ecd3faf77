"""The law at full length: every rewriting by itself and random combinations, on a simulated city (synthetic data).

python -m jobs.runtime.private_network benchmarks.rewritings [--scale 0.001] [--seed 7] [--combinations 200] [--only NAME ...]
    [--rows 200] [--rows-only] [--results FILE]

For each, typed rows are compared: the first ROWS of every data set, in which every kind of cell and file is there. All that
comes after them reads nothing else, so a run over the whole city is made, and its findings, needs and checks compared, only
where the rows do not tell: where they differ, where the files are of other areas or days, and where rows are spread over other
files or sent again. Results are kept in FILE, a line each; what is there already is not done again, so that a run may be
stopped and gone on with. The exit code is 1 where something differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from benchmarks.rewritings.catalogue import BY_NAME, CATALOGUE, Rewriting, combination, combined
from benchmarks.rewritings.files import Delivery, read_delivery, shortened, write_delivery
from benchmarks.rewritings.law import Said, differences, findings_said, rows_said
from benchmarks.rewritings.sheets import put_together
from jobs.launch.settings import Settings, load_settings
from jobs.runtime.session import EMBEDDED, Engine, open_engine
from simulation import simulate
from simulation.dates import AS_OF

KEY = "a key for comparing, no secret"
SHOWN = 3


@dataclass(frozen=True)
class Result:
    """What came of one rewriting or combination: in what the rows and the findings differ; empty where they do not.

    findings: null where the rows tell enough, or nothing was to be run.
    """

    version: str
    name: str
    says: str
    rows: list[str]
    findings: list[str] | None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.001)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--combinations", type=int, default=200)
    parser.add_argument("--only", nargs="+", choices=sorted(BY_NAME), default=list(BY_NAME), metavar="NAME")
    parser.add_argument("--rows", type=int, default=200, help="of each data set, of those that are compared without a run")
    parser.add_argument("--rows-only", action="store_true", help="run nothing, also where the rows do not tell")
    parser.add_argument("--results", type=Path, default=Path(".bench/rewritings.jsonl"))
    given = parser.parse_args()
    console = Console()
    wanted: list[tuple[str, tuple[Rewriting, ...], bool]] = [(BY_NAME[name].name, (BY_NAME[name],), False) for name in given.only]
    wanted += [(f"combination {given.seed + n}", combination(given.seed + n), True) for n in range(given.combinations)]
    version = f"{_code()} scale {given.scale:g} seed {given.seed} rows {given.rows} {'alone' if given.rows_only else 'and runs'}"
    done = {result.name: result for result in _read(given.results) if result.version == version}
    settings = load_settings("test")
    with tempfile.TemporaryDirectory() as folder, _engine(settings, given.rows_only) as engine:
        simulate(Path(folder) / "city", scale=given.scale, seed=given.seed)
        origin = Path(folder) / "city" / "delivery"
        checked = _Checked(origin, given.rows, settings, engine, given.seed)
        columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("rewritings", total=len(wanted))
            for name, rewritings, is_mixed in wanted:
                progress.update(task, description=name)
                if name not in done:
                    rows, findings = checked.differences(rewritings, is_mixed=is_mixed)
                    done[name] = Result(version, name, "; ".join(r.says for r in rewritings), rows, findings)
                    _add(given.results, done[name])
                progress.advance(task)
    return _show(console, [done[name] for name, _, _ in wanted])


class _Checked:
    """The city as it was simulated, and what other forms of it say otherwise."""

    def __init__(self, origin: Path, rows: int, settings: Settings, engine: Engine | None, seed: int) -> None:
        self._origin = origin
        self._settings, self._engine, self._seed = settings, engine, seed
        self._whole = read_delivery(origin)
        self._short = shortened(put_together(self._whole, Random(seed)), rows)
        self._rows = self._rows_of(self._short)

    @cached_property
    def _findings(self) -> Said:
        return self._found(self._origin)

    def _rows_of(self, delivery: Delivery) -> Said:
        with tempfile.TemporaryDirectory() as folder:
            return rows_said(write_delivery(delivery, Path(folder)), KEY)

    def _found(self, delivery: Path) -> Said:
        assert self._engine is not None
        return findings_said(self._engine, self._settings, delivery, AS_OF, KEY)

    def differences(self, rewritings: tuple[Rewriting, ...], *, is_mixed: bool) -> tuple[list[str], list[str] | None]:
        def rewritten(delivery: Delivery) -> Delivery:
            return combined(delivery, rewritings, self._seed) if is_mixed else rewritings[0](delivery, self._seed)

        try:
            said = self._rows_of(rewritten(self._short))
            rows = [] if any(rewriting.needs_lake for rewriting in rewritings) else differences(self._rows, said)
            tells = not rows and said.extracts == self._rows.extracts and not any(r.is_whole for r in rewritings)
            if tells or self._engine is None:
                return rows, None
            with tempfile.TemporaryDirectory() as folder:
                found = self._found(write_delivery(rewritten(self._whole), Path(folder) / "delivery"))
        except Exception as error:  # a traceback is a difference, too, and the others are to be seen all the same
            told = [f"{type(error).__name__}: {error}"[:300]]
            return told, told if self._engine else None
        return rows, differences(self._findings, found)


@contextmanager
def _engine(settings: Settings, rows_only: bool) -> Iterator[Engine | None]:
    if rows_only:
        yield None
    else:
        with open_engine(EMBEDDED, settings.engine) as engine:
            yield engine


def _code() -> str:
    """Which code it is: results of another are not gone on with."""
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return described.stdout.strip()


def _read(path: Path) -> list[Result]:
    if not path.exists():
        return []
    return [Result(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _add(path: Path, result: Result) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def _show(console: Console, results: list[Result]) -> int:
    differing = [result for result in results if result.rows or result.findings]
    table = Table(title="Rewritings that say something else", title_justify="left", show_lines=True)
    for heading in ("rewriting", "form", "rows of the files", "findings, needs, checks"):
        table.add_column(heading)
    for result in differing:
        findings = "not run" if result.findings is None else "\n".join(result.findings[:SHOWN])
        table.add_row(result.name, result.says, "\n".join(result.rows[:SHOWN]), findings)
    if differing:
        console.print(table)
    singles = sum(result.name in BY_NAME for result in results)
    console.print(
        f"{singles} of {len(CATALOGUE)} rewritings and {len(results) - singles} combinations: {len(differing)} differ in the rows "
        f"or the findings, {sum(bool(result.findings) for result in results)} in the findings "
        f"({sum(result.findings is not None for result in results)} were run)."
    )
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
