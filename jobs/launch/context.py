"""What a job is given: the lake, the settings, the day the run stands for, the site's key, the report it writes to, the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from jobs.launch.run_log import Job, RunLog
from jobs.launch.settings import Settings
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine


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
    log: RunLog = field(default_factory=RunLog)

    @property
    def is_synthetic(self) -> bool:
        """Simulated cities say so in a file beside the delivery."""
        return self.delivery is not None and (self.delivery.parent / "合成数据说明.txt").is_file()

    @contextmanager
    def job(self, job: Job) -> Iterator[RunContext]:
        """The same for one job, with a lake that refuses a table which the job does not declare; what it does is kept in the log."""
        with self.log.job(job, self.lake, self.settings, self.as_of) as lake:
            yield replace(self, lake=lake)
