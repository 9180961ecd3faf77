"""The run of a synthetic city, of which the archive of classes is made, leaves no trace where a site's own runs leave theirs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import typer

from jobs.audit.calls import SUPERVISION, at_work, recorded
from jobs.commands.warm import warm


def test_no_server_no_collector_and_no_second_person_has_to_do_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model server would have had its model of the real city replaced by one of a city that does not exist."""
    beyond = ("SPARK_REMOTE", "MLFLOW_TRACKING_URI", "MINGJING_CASEWORK_URL", "MINGJING_OPENLINEAGE", "MINGJING_METRICS")
    for name in beyond:
        monkeypatch.setenv(name, "/of/the/site")
    seen: list[Any] = []

    @contextmanager
    def opened(*_: Any, **__: Any) -> Iterator[None]:
        seen.extend([at_work(), *map(os.environ.get, beyond)])
        yield

    @contextmanager
    def kept(*_: Any) -> Iterator[None]:
        yield

    monkeypatch.setattr("simulation.simulate", lambda *_, **__: None)
    monkeypatch.setattr("jobs.runtime.spark_classes.archive_of", kept)
    monkeypatch.setattr("jobs.launch.start.open_run", opened)
    monkeypatch.setattr("jobs.commands.run_all.run", lambda _: None)
    with recorded("warm", {}, purpose=SUPERVISION, out=None), pytest.raises(typer.Exit) as ended:
        warm()
    assert ended.value.exit_code == 0
    assert seen == [None] * (1 + len(beyond))
