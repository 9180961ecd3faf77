"""Where the log lies: beside the results, or in the folder that a site names, whose absence is no reason to go on without."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.audit.calls import SUPERVISION, recorded
from jobs.audit.log import FOLDER, LOG, VARIABLE, entries_of, proof
from jobs.runtime.errors import BadConfiguration


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
    (tmp_path / "out").mkdir()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "audit"))
    done: list[str] = []

    def work() -> None:
        with recorded("trace", {}, purpose=SUPERVISION, out=tmp_path / "out"):
            done.append("it was done")

    with pytest.raises(NotADirectoryError):
        work()
    assert not done
    assert not (tmp_path / "out" / FOLDER / LOG).exists()


@pytest.mark.parametrize("place", [".", "mlflow", "lake/_scratch", "lake/ops/../gold/clues"])
def test_no_log_lies_where_a_run_replaces_and_a_purge_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    done: list[str] = []

    def work() -> None:
        with recorded("purge", {}, purpose=SUPERVISION, out=tmp_path):
            done.append("it was done")

    monkeypatch.setenv(VARIABLE, str(tmp_path / place))
    with pytest.raises(BadConfiguration, match="Name a folder outside of them"):
        work()
    assert not done
    assert not list(tmp_path.rglob(LOG))
    monkeypatch.setenv(VARIABLE, str(tmp_path / FOLDER))
    work()
    assert done
