"""Ctrl-C and SIGTERM: whatever a command is doing, it ends within 5 seconds, says so, and leaves nothing running and no lock."""

from __future__ import annotations

import os
import pty
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jobs.runtime.lake import single_writer
from tests.conftest import AS_OF, City
from tests.processes import started_apart, wait_until

LONGEST = 5.0
"""Seconds from the signal to the end."""
SENTENCES = {
    130: "Stopped by Ctrl-C. Nothing is half written: the same command can be run again.\n",
    143: "Stopped by SIGTERM. Nothing is half written: the same command can be run again.\n",
}
SIGNALS = {"Ctrl-C": (signal.SIGINT,), "Ctrl-C twice": (signal.SIGINT, signal.SIGINT), "SIGTERM": (signal.SIGTERM,)}
WAITS = {
    "for a thread of a pool": "with ThreadPoolExecutor() as pool: pool.submit(time.sleep, 60)",
    "for a thread, to clean up": "\ntry: time.sleep(60)\nfinally: Thread(target=time.sleep, args=(60,)).start()",
    "inside a library": "ctypes.CDLL(None).pthread_join(ctypes.c_void_p(idle().ident), None)",
    "for a child": "subprocess.run(['sleep', '60'])",
    "for a child that will not end": "subprocess.run(['bash', '-c', 'trap \"\" TERM; while true; do sleep 1; done'])",
}
WAITING = """
import ctypes, subprocess, time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from jobs.runtime.stopping import end_on_signals
def idle():
    thread = Thread(target=time.sleep, args=(60,)); thread.start(); return thread
end_on_signals()
print("waiting", flush=True)
"""


def stopped(process: subprocess.Popen[bytes], signals: tuple[int, ...]) -> int:
    """Exit code after the signals, which go to the whole group as those of a terminal do. Nothing may be left running."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    started = time.monotonic()
    for number in signals:
        os.killpg(process.pid, number)
        time.sleep(0.05)
    code = process.wait(timeout=LONGEST)
    assert time.monotonic() - started < LONGEST
    assert not [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    return int(code)


@pytest.mark.parametrize("waiting", WAITS.values(), ids=WAITS)
@pytest.mark.parametrize("signals", SIGNALS.values(), ids=SIGNALS)
def test_a_process_ends_whatever_it_waits_for(tmp_path: Path, waiting: str, signals: tuple[int, ...]) -> None:
    log = tmp_path / "log"
    with started_apart([sys.executable, "-c", WAITING + waiting], log) as process:
        wait_until(lambda: b"waiting" in log.read_bytes(), process, log)
        time.sleep(0.2)
        code = stopped(process, signals)
    assert code == 128 + signals[0]
    assert log.read_text(encoding="utf-8") == "waiting\n" + SENTENCES[code]


def test_a_terminal_gets_its_cursor_back() -> None:
    """Progress lines hide it."""
    ours, theirs = pty.openpty()
    hiding = WAITING + "print('\\x1b[?25lprogress', end='', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hiding], stdin=theirs, stdout=theirs, stderr=theirs) as process:
        shown = b""
        while not shown.endswith(b"progress"):
            shown += os.read(ours, 1000)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LONGEST) == 143
    after = os.read(ours, 1000).decode()
    assert "\x1b[?25h" in after
    assert after.endswith("\r\x1b[K\x1b[?25h" + SENTENCES[143].replace("\n", "\r\n"))


MOMENTS = {
    "the engine starts": ("lake/.writer.lock", "Ctrl-C"),
    "the store of models is made": ("mlflow/.making.db", "SIGTERM"),
    "files are decoded": ("lake/bronze", "Ctrl-C twice"),
    "tables are written": ("lake/silver/payments", "Ctrl-C"),
}


def run_and_stop(
    command: list[str], city: City, out: Path, moment: str, look: Callable[[], None] = lambda: None, **variables: str
) -> None:
    """Stops the main job some time after the file of the moment is there: the same time in each run of the tests."""
    sign, name = MOMENTS[moment]
    signals = SIGNALS[name]
    log = out / "log"
    arguments = [str(city.delivery), "--out", str(out), "--as-of", AS_OF.isoformat(), "--env", "test"]
    with started_apart([sys.executable, "-m", *command, *arguments], log, **variables) as process:
        wait_until((out / sign).exists, process, log)
        time.sleep(random.Random(moment).uniform(0, 0.5))
        look()
        code = stopped(process, signals)
    assert code == 128 + signals[0]
    assert log.read_text(encoding="utf-8").endswith(SENTENCES[code])
    assert not (out / "exports").exists()
    with single_writer(str(out / "lake")):
        pass


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_is_stopped_at_once(city: City, tmp_path: Path, moment: str) -> None:
    run_and_stop(["jobs.commands.cli", "run"], city, tmp_path, moment)


def test_a_job_by_itself_is_stopped_at_once(city: City, tmp_path: Path) -> None:
    run_and_stop(["jobs.commands.run_all", "--delivery"], city, tmp_path, "files are decoded")


@pytest.mark.spark
def test_a_run_on_spark_is_stopped_at_once_and_leaves_neither_a_java_machine_nor_what_it_spilled(
    city: City, tmp_path: Path
) -> None:
    spilled = tmp_path / "spilled"

    def is_its_owners_only() -> None:
        modes = {path.name: path.stat().st_mode & 0o077 for path in spilled.iterdir()}
        assert modes
        assert not any(modes.values()), modes

    command = ["jobs.commands.run_all", "--engine", "spark", "--delivery"]
    run_and_stop(command, city, tmp_path, "files are decoded", is_its_owners_only, SPARK_LOCAL_DIRS=str(spilled))
    assert not list(spilled.iterdir())
