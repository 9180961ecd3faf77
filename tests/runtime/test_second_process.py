"""A second process does its part, tells its errors, and ends with the first one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from jobs.runtime.errors import BadStore, MachineFailed, explanation
from jobs.runtime.second_process import second_process

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


def refuse(what: str) -> None:
    raise BadStore(what)


def end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_it_works_beside_this_process_and_its_errors_are_this_ones() -> None:
    with second_process() as other:
        assert other.submit(os.getpid).result() != os.getpid()
        with pytest.raises(BadStore, match="not whole"):
            other.submit(refuse, "not whole").result()


def test_one_that_is_ended_from_outside_is_told_in_a_sentence() -> None:
    with second_process() as other:
        error = other.submit(end).exception()
    told = explanation(error) if error else None
    assert isinstance(told, MachineFailed)
    assert "ended from outside" in str(told)


_PARENT = """
import time
from jobs.runtime.second_process import second_process
from jobs.runtime.stopping import end_while_importing
end_while_importing()  # as the command does, which the second process imports
if __name__ == "__main__":
    with second_process() as other:
        busy = other.submit(time.sleep, 600)
        print(next(iter(other._processes)), flush=True)
        busy.result()
"""


def started(folder: Path) -> subprocess.Popen[str]:
    script = folder / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=here)


def child_of(parent: subprocess.Popen[str]) -> psutil.Process:
    """The second process, which has begun, in all likelihood."""
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    time.sleep(2)
    return child


def test_it_ends_with_a_first_one_that_is_killed(tmp_path: Path) -> None:
    """It would write on, into the work folder of the run that follows."""
    with started(tmp_path) as parent:
        child = child_of(parent)
        parent.kill()
    child.wait(PATIENCE)


def test_only_the_first_one_tells_of_signals(tmp_path: Path) -> None:
    with started(tmp_path) as parent:
        child = child_of(parent)
        child.send_signal(signal.SIGINT)
        time.sleep(0.2)
        assert child.is_running()
        child.terminate()
        _, told = parent.communicate(timeout=PATIENCE)
    assert "BrokenProcessPool" in told
    assert "Stopped" not in told
