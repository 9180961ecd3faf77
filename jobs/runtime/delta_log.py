"""What the log of a Delta table says without an engine: its version, and how many rows its last commit wrote."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jobs.runtime.errors import BadStore

_COMMIT = re.compile(r"\d{20}\.json")
_OF_COMMITS = re.compile(r"_last_checkpoint|\d{20}\.(crc|checkpoint\..*)")
ROWS_WRITTEN = "numOutputRows"
LEFT = "It was left as it is. See to the cause (rights, network, disk), or put the lake back from a copy, and run again."


class Commit(NamedTuple):
    """The last commit of a table: its number, from 0, and the rows that it wrote; null where a store does not tell."""

    version: int | None
    rows: int | None


def last_version(lake: Path, place: str) -> int | None:
    """Of a table in a lake's folder; null where there is none yet: a run that was killed may leave a log without a commit.

    Raises BadStore where that cannot be told.
    """
    try:
        with os.scandir(lake / place / "_delta_log") as log:
            sizes = {entry.name: entry.stat().st_size for entry in log}
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadStore(f"{place} in the lake {lake} cannot be read ({error.strerror}). {LEFT}") from error
    commits = {name: size for name, size in sizes.items() if _COMMIT.fullmatch(name)}
    # Both engines would take an empty commit for none, and read the table as it was before it.
    if not all(commits.values()) or (not commits and any(map(_OF_COMMITS.fullmatch, sizes))):
        raise BadStore(f"{place} in the lake {lake} has lost commits of its log. {LEFT}")
    return max((int(name.removesuffix(".json")) for name in commits), default=None)


def last_commit(lake: Path, place: str) -> Commit:
    """Of a table in a lake's folder."""
    version = last_version(lake, place)
    return Commit(None, None) if version is None else Commit(version, _rows(_info(lake, place, version)))


def said_of(lake: Path, place: str, version: int) -> Mapping[str, Any]:
    """What this program said with the commit; nothing where another wrote it."""
    said: Mapping[str, Any] = json.loads(_info(lake, place, version).get("userMetadata") or "{}")
    return said


def _info(lake: Path, place: str, version: int) -> Mapping[str, Any]:
    with (lake / place / "_delta_log" / f"{version:020}.json").open(encoding="utf-8") as actions:
        return next((action["commitInfo"] for action in map(json.loads, actions) if "commitInfo" in action), {})


def last_commit_on_a_store(address: str) -> Commit:
    """Of a table anywhere else: what the store tells to this process, which may know it by another name than the engine does."""
    from deltalake import DeltaTable

    try:
        table = DeltaTable(address, without_files=True)
        return Commit(table.version(), _rows(table.history(1)[0]))
    except Exception:  # each store has errors of its own, and none of them may end a run whose engine reads the store
        return Commit(None, None)


def _rows(commit_info: Mapping[str, Any]) -> int | None:
    """An engine states the figure among its metrics, as a text or a number; a commit of this program states it by itself."""
    rows = commit_info.get("operationMetrics", {}).get(ROWS_WRITTEN, commit_info.get(ROWS_WRITTEN))
    return None if rows is None else int(rows)
