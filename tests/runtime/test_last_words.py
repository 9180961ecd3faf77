"""Ends that leave a command no time for a sentence: too little memory, an abort of a library, a kill. It is said all the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.commands import doctor
from jobs.runtime.last_words import SENTENCE
from tests.processes import ROOT

BEGUN = "import os, signal, sys; from jobs.runtime import last_words, stopping; last_words.have_last_words(); "


def ended(command: list[str], memory: int = 0) -> tuple[int, str]:
    """Exit code and what was said, until the last one that could say something has gone. memory: bytes of addresses at most."""

    limited = ["prlimit", f"--as={memory}", *command] if memory else command
    done = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("end", "code"),
    {
        "an abort": ("os.abort()", -signal.SIGABRT),
        "a kill": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        "a library that ends the process": ("os._exit(1)", 1),
        "no memory": ("raise MemoryError", 1),
        "no memory for a library": ("raise ImportError('a.so: failed to map segment from shared object')", 1),
        "a panic of the engine": ("raise type('PanicException', (BaseException,), {})('no thread (os error 11)')", 1),
    }.values(),
)
def test_an_end_without_time_for_a_sentence_is_explained(end: str, code: int) -> None:
    assert ended([sys.executable, "-c", BEGUN + end]) == (code, SENTENCE)


def test_what_a_terminal_sends_to_all_does_not_take_the_last_words_along() -> None:
    of_its_own = BEGUN.replace("import os, signal, sys;", "import os, signal, sys; os.setsid();")
    end = "signal.signal(signal.SIGINT, signal.SIG_IGN); os.killpg(0, signal.SIGINT); os.kill(os.getpid(), signal.SIGKILL)"
    assert ended([sys.executable, "-c", of_its_own + end]) == (-signal.SIGKILL, SENTENCE)


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        ("pass", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("raise KeyError('prior')", 1, "KeyError: 'prior'\n"),
        ("from jobs import nothing", 1, f"name 'nothing' from 'jobs' ({ROOT / 'jobs' / '__init__.py'})\n"),
        ("last_words.need_none(); os.execv('/bin/true', ['true'])", 0, ""),
        ("stopping.end_on_signals(); os.kill(os.getpid(), signal.SIGTERM); signal.pause()", 143, "can be run again.\n"),
    ],
)
def test_nothing_is_added_to_an_end_of_its_own(end: str, code: int, said: str) -> None:
    found, told = ended([sys.executable, "-c", BEGUN + end])
    assert found == code
    assert told.endswith(said)
    assert SENTENCE not in told


@pytest.mark.parametrize("module", ["jobs.commands.cli", "jobs.find_clues", "jobs.commands.run_all"])
def test_a_limit_below_what_libraries_need_is_told_before_they_are_loaded(module: str) -> None:
    code, told = ended([sys.executable, "-m", module, "--help"], 600 << 20)
    assert (code, told) == (2, "A limit leaves this program 600 MiB of addresses. Raise it (ulimit -v) to 2048 at least.\n")


def test_doctor_says_what_memory_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_CGROUP", tmp_path)
    assert doctor.free_memory() > 2**28
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert doctor.free_memory() > 2**28
    (tmp_path / "memory.max").write_text("3000\n")
    assert doctor.free_memory() == 2000
    (memory,) = [found for found in doctor.diagnose() if found.what == "memory"]
    assert (memory.is_well, memory.seen) == (False, "0.0 GiB free; a city may take 4")
