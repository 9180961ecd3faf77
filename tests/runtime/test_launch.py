"""Opening a run: what a killed one left is put right first, and what is written from then on is its owner's only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from jobs.launch import start as launch
from jobs.runtime import results
from jobs.runtime.console import Console
from jobs.runtime.errors import BadDelivery
from jobs.runtime.results import Stamp, publication
from jobs.runtime.site_key import SiteKey
from tests.conftest import AS_OF, KEY


@contextmanager
def no_engine(*_: object, **__: object) -> Iterator[SimpleNamespace]:
    yield SimpleNamespace(session=None, name="embedded", cores=1, version="embedded", settings={}, many_rows={})


def test_a_run_finishes_the_swap_of_one_that_was_killed_and_closes_what_it_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "open_engine", no_engine)
    monkeypatch.setattr(launch, "site_key", lambda *_: SiteKey(KEY, "stated"))  # its fingerprint needs an engine
    out = tmp_path / "out"
    with monkeypatch.context() as killed:
        killed.setattr(results, "_swap", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        umask = os.umask(0o022)
        with pytest.raises(KeyboardInterrupt):
            publish(out)
    assert not (out / "exports").exists()
    try:
        with launch.open_run(out=out, as_of=AS_OF) as ctx:
            assert (out / "exports" / "clues.csv").read_text() == "july"
            (ctx.out / "lake" / "part").write_text("numbers")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(umask)
    modes = {path: path.stat().st_mode & 0o777 for path in (out, out / "lake", out / "lake" / "part", out / "exports")}
    assert list(modes.values()) == [0o755, 0o700, 0o600, 0o755]


def publish(out: Path) -> None:
    with publication(out, "publish", ["exports"], Stamp(date(2017, 7, 31), "july"), print) as staged:
        (staged / "exports" / "clues.csv").write_text("july")


@pytest.mark.parametrize("error", [None, BadDelivery("refused")])
def test_warnings_are_shown_by_whatever_opens_a_run_of_a_refused_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    monkeypatch.setattr(launch, "open_engine", no_engine)
    monkeypatch.setattr(launch, "site_key", lambda *_: SiteKey(KEY, "stated"))
    shown = StringIO()
    with (
        pytest.raises(BadDelivery) if error else nullcontext(),
        launch.open_run(out=tmp_path, as_of=AS_OF, console=Console(file=shown, width=100)) as ctx,
    ):
        ctx.report.warn("two files are empty")
        if error:
            raise error
    assert shown.getvalue() == "! two files are empty\n"
