"""What a job is given: the lake, the settings, the day the run stands for, the site's key and the report it writes to."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jobs.runtime.errors import BadConfiguration
from jobs.runtime.lake import Lake
from jobs.runtime.run_report import RunReport
from jobs.runtime.session import Engine
from jobs.runtime.settings import Settings

KEY_VARIABLE = "MINGJING_KEY"
_KEY_FILE = ".mingjing_key"
_SHORTEST_KEY = 16


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


def site_key(lake_root: str) -> tuple[str, str]:
    """The key of all digests and a word on where it came from.

    From the environment, or the random one that an earlier run left beside the lake, or a new one kept there.
    Raises BadConfiguration for a key that is too short, and for a lake on a store without one set.
    """
    if key := os.environ.get(KEY_VARIABLE):
        if len(key) < _SHORTEST_KEY:
            raise BadConfiguration(f"{KEY_VARIABLE} has {len(key)} characters. Expected at least {_SHORTEST_KEY} random ones.")
        return key, f"key from {KEY_VARIABLE}"
    if "://" in lake_root:
        raise BadConfiguration(f"The lake {lake_root} needs {KEY_VARIABLE}: a key is not kept on a shared store.")
    path = Path(lake_root) / _KEY_FILE
    if path.is_file():
        return path.read_text(encoding="ascii").strip(), f"key from {path}"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    key = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(key + "\n")
    return key, f"{KEY_VARIABLE} is not set: a random key was made and kept in {path}. Guard it: without it person ids change"
