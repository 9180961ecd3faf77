"""Whether tables and lists are as the commands left them that the log vouches for, and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from jobs.audit.vouched import TableState, Vouched, places, state_of, zones
from jobs.runtime.delta_folder import LOG, digest_in, named_by_commits
from jobs.runtime.delta_log import last_version
from jobs.runtime.errors import BadStore
from jobs.runtime.results import LIST, digest_of, listed, others

_SHOWN = 5


@dataclass
class Found:
    """What differs, the first one first; what a person should know besides; how much was looked at."""

    differences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    tables: int = 0
    files: int = 0
    rows: int = 0


def compare_lake(lake: Path, known: Vouched, found: Found) -> None:
    """Tables of a lake: their versions, their rows, every byte of their files."""
    old = 0
    there = set(places(lake))
    for place in sorted({*known.tables, *there}):
        folder, states = lake / place, known.tables.get(place, [])
        found.tables += 1
        try:
            version = last_version(lake, place) if place in there else None
        except BadStore as error:
            found.differences.append(str(error))
            continue
        if version is None or not states:
            gone = f"{folder} is gone: its version {states[-1].version} was the last." if states else ""
            found.differences.append(gone or f"{folder} is a table that no command of the log has written.")
            continue
        found.rows += states[-1].rows
        found.differences += _versions(folder, version, states)
        named = _current(folder) | named_by_commits(folder)
        for path in sorted(folder.glob("*.parquet")) + sorted(folder.glob("*/*.parquet")):
            name = path.relative_to(folder).as_posix()
            if name.startswith(LOG):
                continue
            found.files += 1
            digest = digest_in(path.name)
            if name not in named:
                found.differences.append(
                    f"{path} belongs to no version of its table: it was put there, or a run that was killed left it."
                )
            elif digest is None:
                old += 1
            elif digest_of(path) != digest:
                found.differences.append(f"{path} was changed: its bytes are not those that were written.")
        found.differences += [f"{folder / name} is gone." for name in sorted(_current(folder)) if not (folder / name).is_file()]
    if old:
        found.remarks.append(
            f"{old} files were written by an earlier version, which kept no digest: only their names were compared."
        )


def compare_lists(out: Path, known: Vouched, found: Found) -> None:
    """Lists of results: every file that a command wrote, and what lies beside."""
    for zone in sorted({*known.lists, *zones(out)}):
        folder = out / zone
        if zone not in known.lists:
            found.differences.append(f"{folder / LIST} was not written by a command of the log.")
        elif not (folder / LIST).is_file():
            found.differences.append(f"{folder / LIST} is gone, and with it what tells which files of {folder} are ours.")
        elif digest_of(folder / LIST) != known.lists[zone]:
            found.differences.append(f"{folder / LIST} was changed: it is not as the last command left it.")
        for name, digest in sorted(listed(folder).items()):
            found.files += 1
            path = folder / name
            if not path.is_file():
                found.differences.append(f"{path} is gone.")
            elif digest_of(path) != digest:
                found.differences.append(f"{path} was changed: its bytes are not those that were written.")
        if beside := list(islice(others(folder), _SHOWN)):
            found.remarks.append(f"{folder} holds files that this program did not write: {', '.join(beside)}.")


def _versions(folder: Path, version: int, states: list[TableState]) -> Iterator[str]:
    last = states[-1]
    if version != last.version:
        way = "was set back to" if version < last.version else "has gone on to"
        by = f", written by {_writer(folder, version)}" if version > last.version else ""
        yield f"{folder} {way} version {version}{by}: the last that a command of the log left is {last.version}."
        return
    for state in reversed(states):
        commit = folder / LOG / f"{state.version:020}.json"
        if not commit.is_file():  # of the last version it is there, see last_version; older ones are tidied away
            continue
        try:
            now = state_of(folder, state.version)
        except Exception as error:  # of deltalake, which has many
            yield f"{folder}: version {state.version} cannot be read ({type(error).__name__}): its commit is not as it was written."
            return
        if now != state:
            yield (
                f"{folder}: the commit of version {state.version} was changed: it has {now.rows} rows in other files than the "
                f"{state.rows} that were written."
            )


def _writer(folder: Path, version: int) -> str:
    """By what the commit says of itself, which anybody can write."""
    actions = (folder / LOG / f"{version:020}.json").read_text(encoding="utf-8", errors="replace").splitlines()
    for action in actions:
        try:
            said = json.loads(json.loads(action)["commitInfo"]["userMetadata"])
            return f"a run that says it is {said['run_id']} and did not come to its end"
        except (ValueError, KeyError, TypeError):
            continue
    return "nobody who says who"


def _current(folder: Path) -> set[str]:
    from deltalake import DeltaTable

    try:
        return set(DeltaTable(folder).get_add_actions()["path"].to_pylist())
    except Exception:  # told by _versions
        return set()
