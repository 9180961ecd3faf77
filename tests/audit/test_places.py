"""Where the log lies: beside the results, or in the folder that a site names, whose absence is no reason to go on without."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.log import LOG, VARIABLE, entries_of, proof


def test_several_results_share_the_log_that_the_site_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = tmp_path / "not" / "made" / "yet"
    monkeypatch.setenv(VARIABLE, str(apart))
    for name in ("one", "other"):
        with recorded("run", {"out": tmp_path / name}, purpose=SUPERVISION, out=tmp_path / name):
            pass
    assert [entry.get("on", {}).get("out") for entry in entries_of(apart)][::2] == [
        str(tmp_path / name) for name in ("one", "other")
    ]
    assert proof(apart).fault is None
    assert not (tmp_path / "one").exists()


def test_a_place_that_cannot_be_written_stops_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "audit"))
    done: list[str] = []

    def work() -> None:
        with recorded("trace", {}, purpose=SUPERVISION, out=tmp_path):
            done.append("it was done")

    with pytest.raises(NotADirectoryError):
        work()
    assert not done
    assert not (tmp_path / "audit" / LOG).exists()
