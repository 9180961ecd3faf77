"""The log of a run: which job read and wrote which version of which table, on which code and settings, and how it ended."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Protocol

from pyspark.sql import functions as F

from expectations.contracts.lake import FILES
from expectations.contracts.lake.runs import FAILED, FINISHED, RUNS
from expectations.contracts.model import Table
from jobs.launch.lineage_events import LineageEvents, events_asked_for
from jobs.launch.settings import Settings
from jobs.registers.delivered import Delivered
from jobs.runtime.code_version import code_version
from jobs.runtime.console import Console
from jobs.runtime.errors import explanation
from jobs.runtime.lake import Lake, plain_schema


class Job(Protocol):
    """What a job's module states of itself."""

    @property
    def NAME(self) -> str: ...

    @property
    def READS(self) -> Sequence[Table]: ...

    @property
    def WRITES(self) -> Sequence[Table]: ...


def last_rules(lake: Lake) -> dict[str, str] | None:
    """Settings and code of the last job that the lake knows; null before the first."""
    if not lake.exists(RUNS):
        return None
    rows = lake.read(RUNS).orderBy(F.desc("started_at"), F.desc("job_no")).limit(1).collect()
    return {"settings": rows[0]["settings_fingerprint"], "code": rows[0]["code_version"]} if rows else None


@dataclass
class RunLog:
    """Rows of ops.runs, gathered while a command works and written in one commit at its end. No list knows the run's id or time."""

    run_id: str = field(default_factory=lambda: f"R{secrets.token_hex(8)}")
    rows: list[dict[str, Any]] = field(default_factory=list)
    """In the order in which the jobs ended, of which some ran beside each other; job_no is that in which they began."""
    events: LineageEvents | None = field(default_factory=events_asked_for)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @contextmanager
    def job(self, job: Job, lake: Lake, settings: Settings, as_of: date | None) -> Iterator[Lake]:
        """The job's own lake, which refuses what the job does not declare and signs every commit; a row is kept of a job that fails, too."""
        said = {"code_version": code_version(), "settings_fingerprint": settings.fingerprint}
        stamp = {"run_id": self.run_id, "as_of": as_of.isoformat() if as_of else None, **said}
        own = lake.of_job(job.NAME, job.READS, job.WRITES, stamp)
        row: dict[str, Any] = {
            "job": job.NAME,
            "job_no": next(self._numbers),
            "as_of": as_of,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **said,
        }
        started = time.perf_counter()
        self._tell(job, lake, row)
        try:
            yield own
            row |= {"state": FINISHED, "failure": None}
        except BaseException as error:
            told = explanation(error)  # the words of any other error may hold a row
            row |= {"state": FAILED, "failure": str(told) if told else type(error).__name__}
            raise
        finally:
            row |= {
                "seconds": round(time.perf_counter() - started, 3),
                "tables_read": dict(own.read_at),
                "tables_written": {name: commit.version for name, commit in own.written.items()},
                "rows_written": {name: commit.rows for name, commit in own.written.items()},
            }
            self._tell(job, lake, row)
            self.rows.append(row)

    def _tell(self, job: Job, lake: Lake, row: dict[str, Any]) -> None:
        if self.events:
            with self._turn:
                self.events.tell(lake, self.run_id, row["job_no"], job.READS, job.WRITES, row)

    @contextmanager
    def kept(self, lake: Lake, console: Console) -> Iterator[None]:
        """Writes the rows on leaving. What ended the run is not hidden by a lake that then cannot be written either."""
        try:
            yield
        except BaseException:
            try:
                self._write(lake)
            except Exception as error:  # of the lake, whose own error is the one to be told
                console.warn(f"ops.runs has no row of the run {self.run_id}: it could not be written ({type(error).__name__}).")
            raise
        finally:
            if self.events and self.events.failure:
                console.warn(self.events.failure)
        self._write(lake)

    def _write(self, lake: Lake) -> None:
        if not self.rows:
            return
        run = {"run_id": self.run_id, "delivery_id": Delivered(lake).name, "engine": lake.engine.version}
        told = [{**run, **row} for row in sorted(self.rows, key=lambda row: int(row["job_no"]))]
        values = [tuple(row[name] for name in RUNS.column_names) for row in told]
        own = lake.of_job(
            "the log of runs", (FILES,), (RUNS,), {"run_id": self.run_id, "code_version": self.rows[-1]["code_version"]}
        )
        own.append(RUNS, own.session.createDataFrame(values, plain_schema(RUNS)))
        self.rows.clear()
