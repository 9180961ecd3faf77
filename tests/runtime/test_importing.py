"""What a command does while it is imported, which takes seconds."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.processes import run_apart, started_apart, wait_until
from tests.runtime.test_stopping import SENTENCES

MODULES = ("jobs.commands.cli", "jobs.commands.run_all", "jobs.find_clues", "jobs.learn")


def is_ready(pid: int) -> bool:
    """Has the process a handler for SIGTERM? It has from its first import of ours."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    (caught,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_still_imported_ends_in_a_sentence(
    tmp_path: Path, module: str, number: signal.Signals, code: int
) -> None:
    log = tmp_path / "log"
    with started_apart([sys.executable, "-m", module, "--out", str(tmp_path), "--as-of", "2017-12-31"], log) as process:
        wait_until(lambda: is_ready(process.pid), process, log)
        process.send_signal(number)
        assert process.wait(timeout=5) == code
    assert log.read_text(encoding="utf-8") == SENTENCES[code]


@pytest.mark.parametrize(("variables", "threads"), [({}, 1), ({"POLARS_MAX_THREADS": "3"}, 3)])
def test_a_command_reads_columns_in_one_thread_below_each_of_the_engine_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], threads: int
) -> None:
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)  # as the tests' own process has it
    counted = "import sys; sys.argv = ['mingjing']; import jobs, polars; print(polars.thread_pool_size())"
    assert run_apart([sys.executable, "-c", counted], **variables).stdout.split() == [str(threads)]
