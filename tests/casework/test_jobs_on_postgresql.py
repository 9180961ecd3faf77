"""The jobs with their case store in a PostgreSQL database."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.events import Role
from casework.payloads import Kind
from casework.steps import Hand
from casework.store import FILE, URL_VARIABLE, CaseStore, store_url
from expectations.contracts.lake import CASE_STATES, CASEWORK, VERDICTS
from jobs.dispatch_cases import job as dispatch_cases
from jobs.follow_up_cases import job as follow_up_cases
from jobs.launch.context import RunContext
from jobs.plan_visits import job as plan_visits
from jobs.project_cases import job as project_cases
from jobs.runtime.console import Console
from jobs.runtime.errors import BadStore
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from tests.casework.made import of_clue, verdict
from tests.conftest import AS_OF
from tests.end_to_end.tables import rows_of


def test_a_list_is_dispatched_answered_and_followed_up_in_the_database(
    finished: RunContext, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file is made beside OUT, and a lake that followed the database refuses to go on without it."""
    monkeypatch.setenv(URL_VARIABLE, database)
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    ctx = replace(finished, lake=lake, out=tmp_path, as_of=AS_OF + timedelta(days=9), report=RunReport(Console(quiet=True)))
    plan_visits.run(replace(ctx, as_of=AS_OF), 5)
    hand = Hand("clerk", Role.OFFICE, AS_OF, "2018-01-05T08:00:00+00:00")
    sent = dispatch_cases.run(ctx, AS_OF, "", dispatch_cases.Terms(), hand).taken.recorded
    first = sent[0]
    with CaseStore(store_url(tmp_path)) as store:
        with store.writing() as book:
            book.record([of_clue(first.case_id, "C0", 5, verdict("查是-错保"))])
        with store.reading() as book:
            assert [event.after.KIND for event in book.events()] == [Kind.DISPATCHED] * 5 + [Kind.VERDICT]
    project_cases.run(ctx)
    assert (len(rows_of(lake, CASE_STATES)), len(rows_of(lake, VERDICTS)), rows_of(lake, CASEWORK)[0]["position"]) == (5, 1, 6)
    assert follow_up_cases.run(ctx)[1] == 1
    assert not list(tmp_path.glob(f"{FILE}*"))
    monkeypatch.delenv(URL_VARIABLE)
    with pytest.raises(BadStore, match="is not there, and the lake"):
        project_cases.run(ctx)
