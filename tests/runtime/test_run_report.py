"""The run report: a stage that fails is told with its seconds, and the file is there whole or as it was."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobs.runtime import cpu_time
from jobs.runtime.console import Console
from jobs.runtime.run_report import RunReport

ROOT = Path(__file__).parents[2]


def test_a_stage_and_a_step_that_fail_keep_their_seconds(tmp_path: Path) -> None:
    report = RunReport(Console(quiet=True))

    def fail() -> None:
        with report.stage("link people") as bars, bars.step("of households"):
            time.sleep(0.02)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    report.save(tmp_path / "run_report.json")
    [stage] = json.loads((tmp_path / "run_report.json").read_text(encoding="utf-8"))["stages"]
    [step] = stage["steps"]
    assert stage["seconds"] >= step["seconds"] >= 0.02
    assert stage["peak_mib"] >= step["peak_mib"] > 0


_OF_ITS_OWN = """
import subprocess, sys
from rich.console import Console
from jobs.runtime.cpu_time import cpu_seconds
from jobs.runtime.run_report import RunReport

report, pipe = RunReport(Console(quiet=True)), subprocess.PIPE
busy = "import time\\nwhile time.process_time() < 0.6: pass\\nprint(flush=True)\\n"
with report.stage("link people"), subprocess.Popen([sys.executable, "-c", busy + "input()"], stdin=pipe, stdout=pipe) as still:
    still.stdout.readline()
    subprocess.run([sys.executable, "-c", busy], check=True, stdout=subprocess.DEVNULL)
    running = cpu_seconds()
    still.kill()
print(report.stages[-1].cpu_seconds, round(cpu_seconds() - running, 2))
"""


def test_a_stage_keeps_the_cpu_seconds_of_what_it_started() -> None:
    """On Spark, nearly all of the work is done by processes of its own: one that still runs counts, and one that has ended.

    In a process of its own: this one has started others, which end when they like.
    """
    told = subprocess.run([sys.executable, "-c", _OF_ITS_OWN], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    of_stage, since = map(float, told.split())
    assert of_stage >= 1.0
    assert since >= 0


def test_a_thread_that_ends_while_it_is_looked_at_loses_nobodys_cpu_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = tmp_path / str(os.getpid()) / "task"
    (threads / "1").mkdir(parents=True)  # listed still, and gone: it has no children to be read
    for thread, child in (("0", "70001"), ("2", "70002")):
        (threads / thread).mkdir()
        (threads / thread / "children").write_text(f"{child} ", encoding="utf-8")
        (tmp_path / child / "task").mkdir(parents=True)
        ticks = 300 * os.sysconf("SC_CLK_TCK")
        told = f"{child} (java) S {' '.join(['0'] * 10)} {ticks} 0 0 0 {' '.join(['0'] * 30)}"
        (tmp_path / child / "stat").write_text(told, encoding="utf-8")
    monkeypatch.setattr(cpu_time, "_PROCESSES", tmp_path)
    assert cpu_time.cpu_seconds() >= 600


def test_what_is_said_twice_is_shown_once_and_the_whole_time_below_the_stages() -> None:
    stream = io.StringIO()
    report = RunReport(Console(file=stream, width=100))
    for _ in range(2):
        report.warn("policy.wages: no local value is known")
        with report.stage("link people"):
            time.sleep(0.05)
    report.show_warnings()
    report.console.print(report.stage_table())
    told = stream.getvalue()
    assert told.count("no local value") == 1
    assert float(re.findall(r"from start to end │ +([\d.]+) │", told)[0]) >= 0.1


def test_a_report_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "run_report.json"
    RunReport(Console(quiet=True), warnings=["first"]).save(path)
    before = path.read_bytes()
    with pytest.raises(UnicodeEncodeError):
        RunReport(Console(quiet=True), warnings=["second, of which the half can be written", "\ud800"]).save(path)
    assert path.read_bytes() == before


def test_stages_beside_each_other_keep_what_is_their_own_and_share_what_is_not() -> None:
    """Each has its rows and steps; of the CPU seconds while both ran, which nobody can tell apart, each has half."""
    report, both = RunReport(Console(quiet=True)), threading.Barrier(2)

    def stage(name: str, rows: int) -> None:
        with report.stage(name) as bars, bars.step(f"of {name}"):
            both.wait()
            if rows == 1:
                until = time.process_time() + 0.8
                while time.process_time() < until:
                    pass
            both.wait()
            report.current.rows = rows

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(stage, ("find clues", "find needs"), (1, 2)))
    clues, needs = sorted(report.stages, key=lambda stage: stage.name)
    assert (clues.rows, needs.rows) == (1, 2)
    assert [[step.name for step in stage.steps] for stage in (clues, needs)] == [["of find clues"], ["of find needs"]]
    assert clues.cpu_seconds == pytest.approx(needs.cpu_seconds, abs=0.1)
    assert 0.7 <= clues.cpu_seconds + needs.cpu_seconds < 1.4  # the clock of a process ticks a hundred times a second


def test_the_lines_of_stages_beside_each_other_are_shown_together_and_go_with_their_stage() -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    report = RunReport(screen)

    def shown() -> list[str]:
        return [task.description for task in report._shown.tasks] if report._shown else []

    with report.stage("find clues") as first:
        first.add_task("clues", total=None)
        with report.stage("find needs") as second:
            second.advance(second.add_task("needs", total=2))
            assert shown() == ["clues", "needs"]
        assert shown() == ["clues"]
    assert shown() == []
    with report.stage("publish") as third:
        third.add_task("publish", total=3)
        assert shown() == ["publish"]
    assert "✓ find needs" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.file.getvalue())
