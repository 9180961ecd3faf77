"""What a command vouches for when it has ended: the state of every table of its lake and of every list of its results, in the log.

Of each table the version, the rows and one digest over the names of its files, which hold the digests of their bytes; of each zone of
results the digest of its list, which holds those of its files. Only what has changed since the command before is written down.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from deltalake import DeltaTable

from jobs.audit.calls import at_work
from jobs.audit.log import FOLDER, entries_of, folder_of
from jobs.runtime.delta_folder import LOG
from jobs.runtime.delta_log import last_version
from jobs.runtime.results import LIST, WORK, digest_of

STATE = "state"
"""Event: how lake and lists stand at the end of a command."""
_NO_RESULTS = frozenset({WORK, "lake", "mlflow", FOLDER})


class TableState(NamedTuple):
    """A table in one version. files: digest over the paths and rows of its files."""

    version: int
    rows: int
    files: str


class Vouched(NamedTuple):
    """What the log says of one lake and of the lists of one OUT: the last state, and of tables every state before, too."""

    tables: dict[str, list[TableState]]
    lists: dict[str, str]


def vouch(lake: Path | None) -> None:
    """Records the state of the lake and of the lists, as far as they have changed; nothing where no command is at work. A table that was set
    back is not vouched for: no command takes a version away."""
    if (call := at_work()) is None or call.out is None:
        return
    log = folder_of(call.out)
    before = vouched(entries_of(log) if log else [], call.out, lake)
    moved: dict[str, TableState] = {}
    for place in places(lake) if lake else ():
        known = before.tables.get(place)
        assert lake is not None
        with suppress(Exception):  # a damaged table, of which each library says something else: verify names it
            if not known or known[-1].version < (last_version(lake, place) or 0):
                moved[place] = state_of(lake / place)
    lists = {zone: digest_of(call.out / zone / LIST) for zone in zones(call.out)}
    changed = {zone: digest for zone, digest in lists.items() if before.lists.get(zone) != digest}
    gone = [zone for zone in before.lists if zone not in lists]
    if moved or changed or gone:
        facts = {"lake": _name(lake, call.out), "tables": moved, "lists": changed | dict.fromkeys(gone)}
        call.write(STATE, {**facts, "results": _which(call.out)})


def vouched(entries: Iterable[Mapping[str, Any]], out: Path, lake: Path | None) -> Vouched:
    """What the log says of these; a log may speak of several."""
    tables: dict[str, list[TableState]] = {}
    lists: dict[str, str] = {}
    for entry in entries:
        if entry.get("event") == STATE and entry["results"] == _which(out):
            lists |= {zone: digest for zone, digest in entry["lists"].items() if digest}
            for zone in [zone for zone, digest in entry["lists"].items() if not digest]:
                lists.pop(zone, None)
            if lake is not None and entry["lake"] == _name(lake, out):
                for place, state in entry["tables"].items():
                    tables.setdefault(place, []).append(TableState(*state))
    return Vouched(tables, lists)


def lakes_vouched_for(entries: Iterable[Mapping[str, Any]], out: Path) -> list[Path]:
    """The lakes of this OUT of which the log speaks."""
    names = [e["lake"] for e in entries if e.get("event") == STATE and e["results"] == _which(out) and e["lake"]]
    return [out.absolute() / name for name in dict.fromkeys(names)]


def places(lake: Path) -> list[str]:
    """Every table of the lake, as zone/name; what it states about itself among them."""
    return [log.parent.relative_to(lake).as_posix() for log in sorted(lake.glob(f"*/*/{LOG}"))]


def state_of(table: Path, version: int | None = None) -> TableState:
    """Of a table in a folder, as it is or was in the version. Raises an error of deltalake where its log cannot be read."""
    opened = DeltaTable(table, version=version)
    return TableState(opened.version(), *_files_of(opened))


def zones(out: Path) -> Iterator[str]:
    """Folders of results, each with a list of what this program wrote there."""
    for base, folders, files in os.walk(out):
        folders[:] = sorted(name for name in folders if name not in _NO_RESULTS)
        if LIST in files:
            yield Path(base).relative_to(out).as_posix()


def _files_of(table: DeltaTable) -> tuple[int, str]:
    actions = table.get_add_actions(flatten=True)
    rows = actions["num_records"].to_pylist() if "num_records" in actions.schema.names else [None] * len(actions)
    told = sorted(zip(actions["path"].to_pylist(), rows, strict=True))
    text = "\n".join(f"{path} {count}" for path, count in told)
    return sum(count or 0 for _, count in told), hashlib.sha256(text.encode()).hexdigest()


def _which(out: Path) -> str:
    """How a log tells the results of several OUT apart; one that lies in OUT goes with it wherever it is moved."""
    return "." if folder_of(out) == out / FOLDER else str(out.absolute())


def _name(lake: Path | None, out: Path) -> str | None:
    """The lake by its path below OUT, where it lies there: results may be moved as a whole."""
    if lake is None:
        return None
    return lake.relative_to(out.absolute()).as_posix() if lake.is_relative_to(out.absolute()) else str(lake)
