"""Whole processes are measured with all that they started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.process import killed, measure
from benchmarks.province import extrapolated
from benchmarks.steps import stepwise

BUSY = "import time\nwhile time.process_time() < 0.5: pass"


def test_what_outlives_a_command_is_measured_with_it(tmp_path: Path) -> None:
    """As a JVM outlives the Python that started it."""
    command = ["/bin/sh", "-c", f"'{sys.executable}' -c '{BUSY}' & exit 0"]
    assert measure("left behind", command, tmp_path / "log").cpu_seconds > 0.5


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        measure("a failure", ["/bin/sh", "-c", "echo no such thing; exit 3"], tmp_path / "log")


def test_a_command_is_killed_at_the_step_that_is_named_and_does_nothing_behind_it(tmp_path: Path) -> None:
    out, told, at = tmp_path / "out", tmp_path / "told", "after write audit/log.jsonl #1"
    out.mkdir()
    assert killed(stepwise(["approve"], out, told, at), None)
    assert told.read_text(encoding="utf-8").splitlines()[-1] == at
    assert (out / "audit" / "log.jsonl").read_bytes().count(b"\n") == 1


def test_what_a_province_takes_lies_on_the_line_through_two_cities() -> None:
    assert extrapolated(100.0, 300.0, (1.0, 4.0), 1.0) == 100.0
    assert extrapolated(100.0, 300.0, (1.0, 4.0), 4.0) == 300.0
    assert extrapolated(100.0, 300.0, (1.0, 4.0), 10.0) == pytest.approx(700.0)
