"""A second process does its part, tells its errors, and ends with the first one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from jobs.runtime.errors import BadStore, MachineFailed
from jobs.runtime.second_process import meanwhile

PATIENCE = 20.0
TELLING = Path(__file__).parents[2] / "jobs" / "runtime" / "last_words.py"


class Refused(Exception):
    """Made of two words, it cannot be made again of the one that it tells."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}, {why}")


def leave_a_trace(path: Path, seconds: float = 0) -> None:
    sys.stdout.write("what a library says")
    time.sleep(seconds)
    path.write_text(str(os.getpid()))


def refuse(error: type[Exception], *said: str) -> None:
    raise error(*said)


def end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_it_works_beside_this_process(tmp_path: Path) -> None:
    with meanwhile(partial(leave_a_trace, tmp_path / "pid")):
        pass
    assert (tmp_path / "pid").read_text() != str(os.getpid())


def test_its_errors_are_this_ones_and_say_where() -> None:
    with pytest.raises(BadStore, match="not whole") as told, meanwhile(partial(refuse, BadStore, "not whole")):
        pass
    assert "in refuse" in told.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Refused: it, so"), meanwhile(partial(refuse, Refused, "it", "so")):
        pass


def test_one_that_is_ended_from_outside_is_told_in_a_sentence() -> None:
    with pytest.raises(MachineFailed, match="ended from outside"), meanwhile(end):
        pass


def test_an_error_here_ends_it_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ZeroDivisionError), meanwhile(partial(leave_a_trace, tmp_path / "pid", 2 * PATIENCE)):
        raise ZeroDivisionError
    assert time.monotonic() - started < PATIENCE


_COMMAND = """
import sys
sys.argv[0] = "mingjing"  # as the command does
import threading
import time
from functools import partial
import jobs
from jobs.runtime.second_process import meanwhile
from jobs.runtime.stopping import end_on_signals
end_on_signals()

def stage():
    with meanwhile(partial(time.sleep, 600)):
        print(flush=True)

thread = threading.Thread(target=stage)
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    ("number", "said"),
    [(signal.SIGINT, "Stopped by Ctrl-C."), (signal.SIGTERM, "Stopped by"), (signal.SIGKILL, "The command was ended")],
)
def test_it_ends_with_the_first_one_which_alone_tells_of_it(number: signal.Signals, said: str) -> None:
    """It would write on, into the work folder of the run that follows. Ctrl-C reaches the whole group of a terminal."""
    command = ["env", "--default-signal=INT", sys.executable, "-c", _COMMAND]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0) as first:
        assert first.stdout is not None
        first.stdout.readline()
        (second,) = (child for child in psutil.Process(first.pid).children(recursive=True) if str(TELLING) not in child.cmdline())
        time.sleep(1)
        begun = time.monotonic()
        os.killpg(first.pid, number)
        _, told = first.communicate(timeout=PATIENCE)
    assert time.monotonic() - begun < 2, "it does not heed signals, and was waited for"
    assert (told.count("\n"), told.startswith(said)) == (1, True)
    second.wait(PATIENCE)
