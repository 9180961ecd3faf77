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
if __name__ == "__main__":
    with second_process() as other:
        busy = other.submit(time.sleep, 600)
        print(next(iter(other._processes)), flush=True)
        busy.result()
"""


def test_it_ends_with_a_first_one_that_is_killed(tmp_path: Path) -> None:
    """It would write on, into the work folder of the run that follows."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=here) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        time.sleep(1)  # it has begun, in all likelihood; before, it would end as well
        parent.kill()
    child.wait(PATIENCE)
