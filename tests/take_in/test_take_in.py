"""The job on a list of a real run: what the plan's workbooks asked for is accounted for, and recorded once."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from casework.payloads import Kind
from casework.store import CaseStore, store_url
from expectations.contracts.lake import VERDICTS
from jobs.launch.context import RunContext
from jobs.plan_visits import job as plan_visits
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.take_in import job
from jobs.take_in.forms import returned
from tests.conftest import AS_OF
from tests.take_in.sent import BROUGHT, Sheet

VISITED_ON = AS_OF + timedelta(days=10)


@pytest.fixture
def planned(finished: RunContext, tmp_path: Path) -> RunContext:
    shutil.copytree(finished.out / "lake", tmp_path / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    lake = Lake(finished.engine, str(tmp_path / "lake"))
    without_routine = finished.settings.plan.model_copy(update={"random_unremarkable_part": 0.0})
    settings = finished.settings.model_copy(update={"plan": without_routine})
    made = replace(finished, lake=lake, out=tmp_path, settings=settings, report=RunReport(Console(quiet=True)))
    plan_visits.run(made, 30)
    return replace(made, as_of=AS_OF + timedelta(days=31), report=RunReport(Console(quiet=True)))


def filled_in(planned: RunContext, folder: Path) -> list[Path]:
    """The townships' workbooks: of each the first clue with a verdict, the second, where there is one, with a word that names no kind."""
    folder.mkdir()
    back = []
    for path in sorted((planned.out / "plans").glob("*/restricted/workbooks/townships/*.xlsx")):
        book = openpyxl.load_workbook(path)
        sheet = Sheet(book["线索"])
        for clue, verdict in zip([one for one in sheet.at if one.startswith("C")], ("查是-错保", "属实"), strict=False):
            day = datetime(VISITED_ON.year, VISITED_ON.month, VISITED_ON.day)
            sheet.put(clue, 核查结论=verdict, 核查日期=day, 核查人员="张三丰、李四光")
        book.save(folder / path.name)
        back.append(folder / path.name)
    return back


def test_a_plan_comes_back_and_is_accounted_for(planned: RunContext, tmp_path: Path) -> None:
    files = [returned(path) for path in filled_in(planned, tmp_path / "back")]
    taken = job.run(planned, files, BROUGHT)
    assert {account.told for account in taken.accounts} == {f"plan {AS_OF}"}
    for account in taken.accounts:
        assert account.sent == account.settled + account.to_mend + account.open
        assert (account.filled, account.absent, account.elsewhere) == (account.settled + account.to_mend, (), ())
    assert sum(account.settled for account in taken.accounts) == len(files) == taken.verdicts
    assert taken.came_back > 0
    assert planned.lake.read(VERDICTS).count() == len(files)
    assert taken.folder is not None
    slips = sorted(path.name for path in taken.folder.glob("补正单_*.xlsx"))
    assert len(slips) == sum(account.came_back > 0 for account in taken.accounts)
    assert stat.S_IMODE(taken.folder.stat().st_mode) == 0o700
    written = {path.name: path.read_bytes() for path in taken.folder.iterdir()}
    again = job.run(planned, files, BROUGHT)
    assert (again.recorded, again.folder, again.accounts) == ((), taken.folder, taken.accounts)
    assert {path.name: path.read_bytes() for path in taken.folder.iterdir()} == written
    with CaseStore(store_url(planned.out)) as store, store.reading() as book:
        events = book.events(kinds={Kind.VERDICT})
    assert {event.place.town for event in events} != {None}


def test_without_any_list_there_is_nothing_to_take_in(finished: RunContext, tmp_path: Path) -> None:
    bare = replace(finished, lake=Lake(finished.engine, str(tmp_path / "lake")), out=tmp_path)
    with pytest.raises(BadConfiguration, match="holds no list that a verdict could be about"):
        job.run(bare, [])
