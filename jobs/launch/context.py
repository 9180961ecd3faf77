"""What a job is given: the lake, the settings, the day the run stands for, the site's key and the report it writes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from expectations.contracts.model import Table
from jobs.launch.settings import Settings
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine


class Job(Protocol):
    """What a job's module states of itself."""

    @property
    def NAME(self) -> str: ...

    @property
    def READS(self) -> Sequence[Table]: ...

    @property
    def WRITES(self) -> Sequence[Table]: ...


@dataclass(frozen=True)
class RunContext:
    """Arguments of every job. `delivery` is null for jobs that read the lake only."""

    engine: Engine
    lake: Lake
    settings: Settings
    as_of: date
    out: Path
    key: str = field(repr=False)
    report: RunReport
    delivery: Path | None = None

    def of(self, job: Job) -> RunContext:
        """The same for one job, with a lake that refuses a table which the job does not declare."""
        return replace(self, lake=self.lake.of_job(job.NAME, job.READS, job.WRITES))
