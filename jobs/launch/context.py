"""What a job is given: the lake, the settings, the day the run stands for, the site's key and the report it writes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

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
