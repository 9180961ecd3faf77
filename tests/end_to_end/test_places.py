"""The main job from and to folders of any name, with files of any name, and again where OUT has moved."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest

from jobs.audit.log import FOLDER as AUDIT
from jobs.launch.context import RunContext
from tests.conftest import AS_OF, City
from tests.processes import run_apart

ODD = "（终稿） a%20b?c#1[1]{x}*'结果"


def oddly_named(city: City, folder: Path) -> Path:
    """The city's delivery in an odd folder, every file under an odd name that begins as before."""
    delivery = folder / "in" / ODD
    shutil.copytree(city.delivery, delivery)
    manifest = delivery / "交接清单.csv"
    head, *lines = csv.reader(manifest.read_text(encoding="utf-8-sig").splitlines())
    for line in lines:
        path = Path(line[0])
        line[0] = str(path.with_name(f"{path.stem}{ODD}{path.suffix}"))
        (delivery / path).rename(delivery / line[0])
    with manifest.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([head, *lines])
    return delivery


def run_there(delivery: Path, out: Path) -> str:
    """The console of a run of the command, as a user starts it."""
    command = [sys.executable, "-m", "jobs.commands.cli", "run", str(delivery), "--out", str(out)]
    done = run_apart([*command, "--as-of", AS_OF.isoformat(), "--env", "test"])
    return done.stdout + done.stderr


def clues_of(out: Path) -> pl.DataFrame:
    return pl.read_csv((out / "exports" / "clues.csv").read_bytes(), infer_schema=False)


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def odd(city: City, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A delivery and the results of a run, both under odd names, and what the run said."""
    folder = tmp_path_factory.mktemp("odd")
    delivery, out = oddly_named(city, folder), folder / "out" / ODD
    return delivery, out, run_there(delivery, out)


def test_a_run_under_odd_names_gives_the_same_clues_and_writes_nothing_beside(
    odd: tuple[Path, Path, str], city: City, finished: RunContext
) -> None:
    delivery, out, said = odd
    compared = ["clue_id", "rule_code", "months", "amount_estimate", "score", "rank", "explanation"]
    assert clues_of(out).select(compared).equals(clues_of(finished.out).select(compared))
    assert [path.name for path in out.parent.iterdir()] == [ODD]
    assert [path.name for path in delivery.parent.iterdir()] == [ODD]
    assert set(state_of(delivery.parent)) == {
        f"{ODD}/{path.relative_to(delivery).as_posix()}" for path in delivery.rglob("*") if path.is_file()
    }
    expected = {path.name for path in finished.out.iterdir()} | {AUDIT}
    assert {path.name for path in out.iterdir()} == expected
    assert ODD in said


def test_a_run_in_a_copy_reads_and_writes_the_copy_only(odd: tuple[Path, Path, str], tmp_path: Path) -> None:
    delivery, out, _ = odd
    copy, gone = tmp_path / "copied", out.with_name("gone")
    shutil.copytree(out, copy)
    before = state_of(out)
    run_there(delivery, copy)
    assert state_of(out) == before
    for name in ("exports/clues.csv", "restricted/clues.csv"):
        assert (copy / name).read_bytes() == (out / name).read_bytes()
    assert len(list((copy / "mlflow" / "artifacts" / "models").iterdir())) == 1, "nothing was trained anew"
    out.rename(gone)
    run_there(delivery, copy)
    assert not out.exists()
    assert (copy / "exports" / "clues.csv").read_bytes() == (gone / "exports" / "clues.csv").read_bytes()
    gone.rename(out)
