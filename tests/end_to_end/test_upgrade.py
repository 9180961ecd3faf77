"""An OUT of the release before is read, continued and published; one of a later release is refused. See benchmarks/past_release.py."""

from __future__ import annotations

import csv
import json
import shutil
import tarfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from casework.payloads import Kind
from casework.store import CaseStore, store_url
from expectations.contracts.lake import CLUES, VERDICTS
from jobs.commands import run_all
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.launch.start import open_lake, open_run
from jobs.returns.brought import Brought
from jobs.runtime.errors import BadStore, MingjingError
from jobs.runtime.lake import Lake
from jobs.runtime.releases import refuse_code, refuse_later
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.runtime.tables import Tables
from jobs.take_in import job as take_in
from jobs.take_in.forms import returned
from tests.conftest import KEY
from tests.end_to_end.tables import rows_of

PAST = sorted((Path(__file__).parent / "past").glob("out-*.tar.xz"))
FIRST, NEXT, TAKEN_IN = date(2017, 12, 31), date(2018, 1, 31), date(2018, 3, 31)


@pytest.fixture(params=PAST, ids=lambda path: path.name)
def past(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with the OUT of a release, and the delivery that comes next."""
    with tarfile.open(request.param) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path


def test_what_a_release_before_left_is_continued_and_published(past: Path, embedded: Engine, settings: Settings) -> None:
    out = past / "out"
    before = pl.read_csv(out / "exports" / "clues.csv", infer_schema=False)
    report = RunReport(Console(quiet=True))
    ctx = RunContext(embedded, Lake(embedded, str(out / "lake")), settings, NEXT, out, KEY, report, past / "second")
    with ctx.log.kept(ctx.lake, report.console):
        run_all.run(ctx)
    with CaseStore(store_url(out)) as store, store.reading() as book:
        (known,) = [event for event in book.events() if event.after.KIND is Kind.VERDICT]
    clues = {row["clue_id"]: row for row in rows_of(ctx.lake, CLUES)}
    assert {row["first_seen"] for row in clues.values()} >= {FIRST}, "the clues are those of before"
    assert [row["clue_id"] for row in rows_of(ctx.lake, VERDICTS)] == [known.subject.id]
    listed = pl.read_csv(out / "exports" / "clues.csv", infer_schema=False)
    assert set(listed["last_seen"]) == {NEXT.isoformat()}
    assert set(listed["clue_id"]) & set(before["clue_id"])
    other = next(
        row["clue_id"] for row in listed.iter_rows(named=True) if row["dispatched"] == "是" and row["clue_id"] != known.subject.id
    )
    with (past / "反馈.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([("clue_id", "verdict", "checked_on", "checkers"), (other, "查是-违规", "2018-02-05", "陈某甲、李某乙")])
    taken = take_in.run(
        replace(ctx, as_of=TAKEN_IN), [returned(past / "反馈.csv")], Brought("clerk", "2018-03-31T08:00:00+00:00")
    )
    assert len(taken.recorded) == 1
    assert {row["clue_id"] for row in rows_of(ctx.lake, VERDICTS)} == {known.subject.id, other}


def test_what_a_later_release_left_is_refused_and_stays(past: Path) -> None:
    out = past / "out"
    shutil.rmtree(out / "mlflow")
    log = out / "lake" / "ops" / "runs" / "_delta_log"
    last = max(log.glob("*.json"))
    actions = [json.loads(line) for line in last.read_text(encoding="utf-8").splitlines()]
    said = next(action["commitInfo"] for action in actions if "commitInfo" in action)
    said["userMetadata"] = json.dumps({**json.loads(said["userMetadata"]), "code_version": "9.1.0+0123456789ab"})
    last.write_text("".join(json.dumps(action) + "\n" for action in actions), encoding="utf-8")
    before = sorted((path, path.stat().st_mtime_ns) for path in out.rglob("*"))
    told = r"last written by version 9\.1\.0\+0123456789ab, and this is .*Nothing was changed"
    with pytest.raises(BadStore, match=told), open_run(out=out, as_of=NEXT, delivery=past / "second", env="test"):
        pass
    with pytest.raises(BadStore, match=told), open_lake(out, env="test"):
        pass
    with pytest.raises(BadStore, match=told):
        Tables(str(out / "lake"))
    assert sorted((path, path.stat().st_mtime_ns) for path in out.rglob("*")) == before


@pytest.mark.parametrize(
    ("code", "is_later"),
    [("0.0.9+a", False), ("0.1.0+ffffffffffff", False), ("0.1.1+a", True), ("0.10.0+a", True), ("1.0", True), (None, False)],
)
def test_releases_are_compared_by_their_numbers(monkeypatch: pytest.MonkeyPatch, code: str | None, is_later: bool) -> None:
    monkeypatch.setattr("jobs.runtime.releases.__version__", "0.1.0")
    refused = ""
    try:
        refuse_code(code, "/lake")
    except MingjingError as error:
        refused = str(error)
    assert bool(refused) == is_later


def test_a_lake_without_a_log_of_runs_is_of_no_later_release(tmp_path: Path) -> None:
    refuse_later(tmp_path)
