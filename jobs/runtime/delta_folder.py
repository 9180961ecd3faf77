"""Delta tables in folders of this machine: an engine reads and writes their rows as Parquet, their log is read and written here.

Asked for a table's state or for a commit, Spark runs a second of jobs each time, whatever the table holds; here it takes
milliseconds, and a table comes to be in one way whichever engine computed its rows (decision 0028).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, create_table_with_add_actions
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from jobs.runtime import durable
from jobs.runtime.delta_log import ROWS_WRITTEN, Commit, last_commit, last_version, said_of
from jobs.runtime.results import digest_of
from jobs.runtime.scratch import SCRATCH

LOG = "_delta_log"
MADE_OF = "made_of"
"""In what a commit says: the digest of all that its rows follow from."""
Mode = Literal["overwrite", "append", "error"]
_ASIDE = ".log_in_the_making"
_LAST_CHECKPOINT = "_last_checkpoint"
_OLD_LOG = 20
"""Commits after which what came before is told by a checkpoint: those that are older than a month need no file of their own."""
_ROWS = re.compile(r"[0-9a-f]{32}/[^/]+\.parquet|part-[^/]+\.parquet")
"""Files of rows, as they are laid out: in a folder a commit; by the engines themselves, as in earlier versions, side by side."""
_MARK = re.compile(r"([0-9a-f]{32}/)?(\..+\.crc|_SUCCESS)")
_BY_DIGEST = re.compile(r"[0-9]{5}-([0-9a-f]{64})\.parquet")


@dataclass(frozen=True)
class Version:
    """A table as it stands: its last commit, the schema it was written in, and the files that hold its rows, by their paths in its
    folder."""

    commit: Commit
    schema: StructType
    files: tuple[str, ...]


def current(lake: Path, place: str) -> Version:
    """The table's last version. Raises an error of deltalake where the log is damaged, or of a kind that was never written here."""
    table = DeltaTable(lake / place)
    files = table.get_add_actions()["path"].to_pylist()
    schema = StructType.fromJson(json.loads(table.schema().to_json()))
    return Version(Commit(table.version(), None), schema, tuple(sorted(files)))


def made_of(lake: Path, place: str, digest: str) -> Version | None:
    """The table as it stands, if its last commit says that it is made of just that and its files hold what was written, byte by byte:
    one that was damaged since is made anew."""
    if (version := last_version(lake, place)) is None or said_of(lake, place, version).get(MADE_OF) != digest:
        return None
    paths = [lake / place / name for name in DeltaTable(lake / place).get_add_actions()["path"].to_pylist()]
    if any(not path.is_file() or digest_of(path) != digest_in(path.name) for path in paths):
        return None
    return replace(current(lake, place), commit=last_commit(lake, place))


def schema_written(folder: Path, data: str) -> StructType | None:
    """Columns of the Parquet files in FOLDER/data; null without one: an engine may write none where there are no rows."""
    paths = _parquet(folder / data)
    return from_arrow_schema(pq.read_schema(paths[0])) if paths else None


def files_of_rows(folder: Path, data: str) -> tuple[str, ...]:
    """Parquet files in FOLDER/data, by their paths in the folder, without those that hold no row."""
    return tuple(f"{data}/{path.name}" for path in _parquet(folder / data) if pq.read_metadata(path).num_rows)


def commit(lake: Path, place: str, data: str, mode: Mode, schema: StructType, said: str) -> Version:
    """Makes the Parquet files in the table's folder `data` its rows, or adds them, in one commit; error: refuses where there is a
    table. Until then they belong to nothing. said: kept with the commit as Delta's userMetadata.

    A power cut leaves the table as it was before or after, and nothing written later that rests on a commit that is lost.
    """
    folder, log = lake / place, lake / place / LOG
    heads = {path: pq.read_metadata(path) for path in _named_by_digests(folder / data)}
    added = [_added(folder, path, head.num_rows) for path, head in heads.items()]
    rows = sum(head.num_rows for head in heads.values())
    stated = CommitProperties(custom_metadata={"userMetadata": said, ROWS_WRITTEN: str(rows)})
    kept = Schema.from_json(schema.json())
    for path in heads:
        durable.sync(path)
    durable.sync_names([folder / data], folder if log.is_dir() else lake)
    with _log_aside(folder) as aside:
        if mode == "error" or last_version(lake, place) is None:
            create_table_with_add_actions(str(aside), kept, added, mode="error", commit_properties=stated)
            DeltaTable(aside).create_checkpoint()  # should all commits be lost one day, it tells that there was a table
        else:
            table = DeltaTable(aside)
            fields = {field.name for field in table.schema().fields}
            if gained := [field for field in kept.fields if field.name not in fields and mode == "append"]:
                table.alter.add_columns(gained)
            table.create_write_transaction(added, mode, kept, commit_properties=stated)
    return Version(Commit(last_version(lake, place), rows), schema, tuple(action.path for action in added))


def tidy(lake: Path, versions: int) -> None:
    """Takes away the rows of all but the last versions of each table, and those of commits that never came to be, and shortens long
    logs. A table with no more folders of rows than versions is not looked at. What a person put beside them stays.
    """
    for log in sorted(lake.glob(f"*/*/{LOG}")):
        folder = log.parent
        if sum(entry.suffix == ".json" for entry in log.iterdir()) > _OLD_LOG:
            checkpointed(folder).cleanup_metadata()
        if sum(entry.is_dir() for entry in os.scandir(folder)) - 1 > versions:
            table = DeltaTable(folder)
            last = table.version()
            # To remove them itself, it would make two commits.
            old = table.vacuum(
                0,
                True,
                enforce_retention_duration=False,
                full=True,
                keep_versions=list(range(max(0, last - versions + 1), last + 1)),
            )
            gone = [name for name in old if _ROWS.fullmatch(name)]
            for name in gone:
                (folder / name).unlink(missing_ok=True)
            for data in {(folder / name).parent for name in gone} - {folder}:
                with suppress(OSError):  # the marks that Spark leaves beside its files keep a folder
                    data.rmdir()


def checkpointed(folder: Path) -> DeltaTable:
    """The table, told by a checkpoint that is on the disk: the commits before it may go."""
    with _log_aside(folder) as aside:
        DeltaTable(aside).create_checkpoint()
    return DeltaTable(folder)


@contextmanager
def _log_aside(folder: Path) -> Iterator[Path]:
    """A folder with the table's log in it, to be added to. Left without an error, what was added is on the disk, and only then gets its
    name in the table's own log, one after the other: deltalake gives names first, and a power cut would leave them without a byte.

    Raises FileExistsError where somebody else has made the commit of that number.
    """
    aside, log = folder / _ASIDE, folder / LOG
    shutil.rmtree(aside, ignore_errors=True)  # of one who was killed
    (aside / LOG).mkdir(parents=True)
    try:
        for path in log.glob("*"):
            if path.is_file():
                os.link(path, aside / LOG / path.name)
        known = _entries(aside / LOG)
        yield aside
        fresh = [Path(path) for _, path in _entries(aside / LOG) - known]
        for path in fresh:
            durable.sync(path)
        log.mkdir(exist_ok=True)
        for path in sorted(fresh, key=lambda path: (path.name == _LAST_CHECKPOINT, "checkpoint" in path.name, path.name)):
            if path.suffix == ".json":
                os.link(path, log / path.name)
            else:
                os.replace(path, log / path.name)
            durable.sync_names([log], folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def forget_unfinished(lake: Path) -> None:
    """Takes away rows of commits that never came to be. A table that cannot be read is left as it is, and so is scratch."""
    for folder in sorted(lake.glob("*/*")):
        shutil.rmtree(folder / _ASIDE, ignore_errors=True)
        made = [path for path in folder.glob("*/*") if is_of_rows(f"{path.parent.name}/{path.name}")]
        if not made or folder.parent.name == SCRATCH:
            continue
        try:
            is_table = last_version(lake, f"{folder.parent.name}/{folder.name}") is not None
            named = set(DeltaTable(folder).get_add_actions()["path"].to_pylist()) if is_table else set()
        except Exception:  # of deltalake, which has many; told by whoever reads the table
            continue
        named |= named_by_commits(folder)
        of_commits = {name.partition("/")[0] for name in named}
        for path in made:
            if path.parent.name not in of_commits:
                path.unlink()
        for data in {path.parent for path in made} - {folder / name for name in of_commits}:
            with suppress(OSError):  # what a person put there keeps it
                data.rmdir()


def named_by_commits(folder: Path) -> set[str]:
    """Files of rows that a commit which is still there has added or removed, by their paths in the table's folder."""
    named = set()
    for entry in folder.glob(f"{LOG}/*.json"):
        for action in entry.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                told = json.loads(action)
            except ValueError:
                continue
            for kind in ("add", "remove"):
                if isinstance(told, dict) and isinstance(told.get(kind), dict):
                    named.add(told[kind].get("path", ""))
    return named


def forget_history(lake: Path, place: str) -> None:
    """Of the table nothing is left but its last version: no file of rows, no commit and no checkpoint that tells of another."""
    folder, log = lake / place, lake / place / LOG
    opened = checkpointed(folder)
    named = set(opened.get_add_actions()["path"].to_pylist())
    last = f"{opened.version():020}"
    for path in sorted(log.iterdir()):
        if not path.name.startswith((last, "_last_checkpoint")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in sorted(folder.iterdir()):
        if path.name == LOG:
            continue
        inside = [child for child in path.rglob("*") if child.is_file()] if path.is_dir() else [path]
        for child in inside:
            name = child.relative_to(folder).as_posix()
            if name not in named and is_of_rows(name):
                child.unlink()
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    durable.sync_names([log, folder], lake)


def is_of_rows(name: str) -> bool:
    """Was the file, by its path in the table's folder, written by an engine? What a person put beside is not."""
    return bool(_ROWS.fullmatch(name) or _MARK.fullmatch(name))


def digest_in(name: str) -> str | None:
    """The SHA-256 that a file of rows has in its name; null for one that an earlier version wrote."""
    found = _BY_DIGEST.fullmatch(name)
    return found[1] if found else None


def _named_by_digests(data: Path) -> list[Path]:
    """The files with rows, in the order in which the engine wrote them, each under a name that says what it holds: none can be changed,
    or take another's place, without its being seen, however old its commit is."""
    made = [path for path in _parquet(data) if pq.read_metadata(path).num_rows]
    return [path.rename(data / f"{number:05}-{digest_of(path)}.parquet") for number, path in enumerate(made)]


def _parquet(data: Path) -> list[Path]:
    return sorted(data.glob("*.parquet"))


def _entries(log: Path) -> set[tuple[int, str]]:
    """What the log holds; a file that is written anew is another entry."""
    return {(entry.inode(), entry.path) for entry in os.scandir(log)} if log.is_dir() else set()


def _added(folder: Path, path: Path, rows: int) -> AddAction:
    size, changed = path.stat().st_size, int(path.stat().st_mtime * 1000)
    return AddAction(str(path.relative_to(folder)), size, {}, changed, True, json.dumps({"numRecords": rows}))
