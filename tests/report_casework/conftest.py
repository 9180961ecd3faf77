"""Fixtures: twelve months of casework on the small synthetic city, played once, and the report of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.casework_year import PERIOD, play
from jobs.launch.context import RunContext
from jobs.report_casework import job
from jobs.report_casework.report import Report
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from simulation.casework import Office
from tests.casework.conftest import database, postgresql, sqlite_store

__all__ = ["database", "postgresql", "sqlite_store"]


@dataclass(frozen=True)
class Year:
    """What was played, the truth about it, and what the report says: in full, and to the public."""

    ctx: RunContext
    office: Office
    full: Report
    public: Report

    @property
    def folders(self) -> list[Path]:
        name = f"{job.FOLDER}/{PERIOD.first}_{PERIOD.last}"
        return [self.ctx.out / "restricted" / name, self.ctx.out / "exports" / name]


def copy_of(ctx: RunContext, out: Path) -> RunContext:
    """The same results in another folder."""
    shutil.copytree(ctx.lake.root, out / "lake", ignore=shutil.ignore_patterns("_scratch", ".writer.lock"))
    return replace(
        ctx, lake=Lake(ctx.engine, str(out / "lake")), out=out, report=RunReport(Console(quiet=True)), as_of=PERIOD.last
    )


@pytest.fixture(scope="session")
def year(finished: RunContext, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Half of the visits confirm, so that a small city has everything to tell."""
    ctx = copy_of(finished, tmp_path_factory.mktemp("year"))
    shutil.copy(finished.out / "run_report.json", ctx.out / "run_report.json")
    files = tmp_path_factory.mktemp("handed_in")
    office = play(lambda day: replace(ctx, as_of=day), ctx.out, files, visits=32, seed=3, confirmed=0.5)
    full, public = job.run(ctx, PERIOD).values()
    return Year(ctx, office, full, public)
