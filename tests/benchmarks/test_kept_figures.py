"""Figures of benchmarks are kept, and held against the last of the same machine, engine and scale."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from benchmarks.kept_figures import Figures, changes, keep

FIRST = Figures(
    commit="a",
    machine="2 cores",
    engine="embedded",
    scale=0.02,
    seconds=50,
    cpu_seconds=40,
    peak_mib=1000,
    ratio_of_cpu=5,
    stages={"link people": 10, "gone": 1},
)


def test_figures_are_held_against_the_last_of_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "figures.jsonl"
    assert keep(FIRST, path) is None
    assert keep(replace(FIRST, engine="spark"), path) is None
    assert keep(replace(FIRST, scale=1), path) is None
    assert keep(replace(FIRST, machine="64 cores"), path) is None
    second = replace(FIRST, commit="b", stages={"link people": 5, "new": 2})
    assert keep(second, path) == FIRST
    assert keep(replace(FIRST, commit="c"), path) == second
    assert len(path.read_text(encoding="utf-8").splitlines()) == 6


def test_what_changed_is_told_by_stage() -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(changes(replace(FIRST, commit="b", cpu_seconds=30, stages={"link people": 5, "new": 2}), FIRST))
    cells = [line.replace("│", " ").split() for line in console.export_text().splitlines()]
    assert ["link", "people", "10.0", "5.0", "-50%"] in cells
    assert ["gone", "1.0"] in cells
    assert ["new", "2.0"] in cells
    assert ["whole", "process", "40.0", "30.0", "-25%"] in cells


def test_on_spark_the_ratio_to_the_script_on_spark_is_told_besides() -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(changes(replace(FIRST, ratio_on_spark=3), replace(FIRST, ratio_on_spark=4)), changes(FIRST, FIRST))
    text = console.export_text()
    cells = [line.replace("│", " ").split() for line in text.splitlines()]
    assert ["ratio", "to", "the", "PySpark", "script", "4.0", "3.0", "-25%"] in cells
    assert text.count("PySpark") == 1
