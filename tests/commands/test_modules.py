"""Each job by itself, as a scheduler starts it: python -m jobs.JOB."""

from __future__ import annotations

import runpy
import sys

import pytest

from jobs.commands import cli, run_all, run_check, upkeep
from jobs.runtime import private_network
from tools import documents

_OF_OTHER_DAYS = ("jobs.settle_identities", "jobs.dispatch_cases", "jobs.report_casework")
JOBS = [module.__name__.removesuffix(".job") for module in (*documents.JOBS, run_all, run_check, upkeep)]


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
@pytest.mark.parametrize("job", JOBS)
def test_every_job_runs_as_a_module_and_asks_for_its_arguments(
    job: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(private_network.VARIABLE, "shared")  # this process stays in its network, and keeps its signals
    monkeypatch.setattr(cli, "end_on_signals", lambda: None)
    for arguments, code in ((["--help"], 0), ([], 2), (["--out"], 2)):
        monkeypatch.setattr(sys, "argv", [job, *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(job, run_name="__main__", alter_sys=True)
        said = capfd.readouterr()
        assert (ended.value.code or 0) == code, said.err
        # Decisions are of the day that they name, a list is dispatched on its own, and a report is of two days.
        assert code or "--as-of" in said.out + said.err or job in _OF_OTHER_DAYS
