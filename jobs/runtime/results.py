"""Folders of results outside the lake: written aside, swapped in together, and nothing removed but what this program wrote.

A zone is such a folder, OUT/exports for one. Its hidden list names the files that this program wrote there, with the SHA-256
of what it wrote, and of which run they are. Whatever is not on the list is somebody else's: it stays and is named.

What is staged lies in ROOT/.mingjing. Renaming `staged` to `ready` is the moment that decides for all zones: killed before it,
a run leaves the old results as they are, and the next start throws the staged ones away; killed after it, the next start
finishes the swap.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count, islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pydantic import Field, TypeAdapter, field_validator

from expectations.conf import Conf
from jobs.runtime import durable
from jobs.runtime.errors import BadConfiguration

RESTRICTED = "restricted"
"""A zone of this name, and what lies in it, is its owner's only. What is in other zones may be read by whoever may enter ROOT."""
_CLOSED = frozenset({"slips", "editions", "fairness", "learning", "certificates"})
"""Folders of ROOT that are not everybody's, see jobs.access.roles: made for their owner. Whom an administrator lets in stays let in."""
LIST = ".mingjing.json"
WORK = ".mingjing"
KEPT = "_保留原件"
_STAGED, _READY, _LOCK = "staged", "ready", "lock"
_OLD_STAGING = (".restricted*.staging", ".exports*.staging", ".slips.staging", "plans/.*.staging")
"""Where versions without a list staged; those of the restricted zone hold numbers and names. A name proves nothing: they are told."""
_SHOWN = 5
_OWNER, _READERS, _FILES = 0o700, 0o755, 0o666

Warn = Callable[[str], None]


class Stamp(NamedTuple):
    """Which run results are of: the day it stands for, and the delivery_id of the last delivery that it knew."""

    as_of: date
    delivery: str


class Part(Conf):
    """What one job wrote into a zone: of which run, and the SHA-256 of every file by its path in the zone."""

    as_of: date
    delivery: str
    files: dict[str, str] = Field(description="paths below the zone, never out of it")

    @field_validator("files")
    @classmethod
    def _inside(cls, files: dict[str, str]) -> dict[str, str]:
        if any(PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts for path in files):
            raise ValueError("a path leads out of the zone")
        return files


_Parts = TypeAdapter(dict[str, Part])


@contextmanager
def owner_only(out: Path) -> Iterator[None]:
    """What the process creates inside is readable by its owner only, `out` itself by whom the umask says."""
    out.mkdir(parents=True, exist_ok=True)
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def publication(root: Path, writer: str, zones: Sequence[str], stamp: Stamp, warn: Warn) -> Iterator[Path]:
    """A folder to write the zones into, as they shall stand below `root`; left without an error, it takes their place there.

    What `writer` put into these zones before and has not written again is removed; other jobs' files stay. A file that a
    person has changed is kept beside under a name with KEPT in it; it, and what this program did not write, is told by `warn`.
    Raises BadConfiguration, and changes nothing, where a folder on the way is a link.
    """
    if root.exists() and not root.is_dir():
        raise BadConfiguration(f"{root} is a file. Name a folder to write results to. Nothing was written.")
    root.mkdir(parents=True, exist_ok=True)
    _refuse_links(root, [Path(zone, LIST) for zone in zones])
    with _held(root) as work:
        _settle(root, work, warn)
        staged = work / _STAGED
        try:
            for zone in zones:
                (staged / zone).mkdir(parents=True)
            yield staged
            for zone in zones:
                _seal(root, staged, zone, writer, stamp)
            _refuse_links(root, _touched(root, staged))
            durable.sync_tree(staged)
            durable.replace(staged, work / _READY)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        _settle(root, work, warn)


def settle(root: Path, warn: Warn) -> None:
    """Finishes a swap that was interrupted below `root`, and removes what was staged there and never decided on.

    What looks like the staging of a version without a list is named, and left for a person to remove.
    """
    for folder in sorted(path for pattern in _OLD_STAGING for path in root.glob(pattern) if path.is_dir()):
        warn(
            f"{folder} is named like a folder in which a run of an earlier version was stopped: it may hold lists with numbers and names "
            "in full. Nothing tells for certain, so it was left: look into it, and delete it if nobody needs it."
        )
    if (root / WORK).is_dir():
        with _held(root) as work:
            _settle(root, work, warn)


def replace_file(path: Path, text: str) -> None:
    """Replaces a single file whole; readable by whoever may enter its folder."""
    durable.replace_text(path, text, path.parent.stat().st_mode & _READERS & _FILES)


@contextmanager
def _held(root: Path) -> Iterator[Path]:
    """The work folder, held against another process that publishes below the same root."""
    work = root / WORK
    _refuse_links(root, [Path(WORK, _LOCK)])
    if not work.is_dir():
        work.mkdir(mode=_OWNER, exist_ok=True)
        durable.sync(root)  # without its name, what is decided on in it would be nowhere
    work.chmod(_OWNER)
    lock = os.open(work / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield work
    finally:
        os.close(lock)


def _settle(root: Path, work: Path, warn: Warn) -> None:
    ready = work / _READY
    if ready.is_dir():
        _refuse_links(root, _touched(root, ready))
        zones = _zones(ready)
        for zone in zones:
            _swap(root, ready, zone, warn)
        shutil.rmtree(ready)
        for zone in zones:
            _name_others(root, zone, warn)
    if (work / _STAGED).is_dir():
        shutil.rmtree(work / _STAGED)


def _seal(root: Path, staged: Path, zone: str, writer: str, stamp: Stamp) -> None:
    """Gives staged files the modes that they shall have, and the zone the list of what it will hold."""
    fresh = staged / zone
    files = {path.relative_to(fresh).as_posix(): digest_of(path) for path in sorted(fresh.rglob("*")) if path.is_file()}
    for path in files:
        (fresh / path).chmod(_mode(root, Path(zone)) & _FILES)
    others = {
        name: part.model_copy(update={"files": {path: known for path, known in part.files.items() if path not in files}})
        for name, part in parts_of(root / zone).items()
        if name != writer
    }
    parts = {**others, writer: Part(as_of=stamp.as_of, delivery=stamp.delivery, files=files)}
    told = {name: part for name, part in sorted(parts.items()) if part.files}
    (fresh / LIST).write_bytes(_Parts.dump_json(told, indent=1) + b"\n")
    (fresh / LIST).chmod(_mode(root, Path(zone)) & _FILES)


def _swap(root: Path, ready: Path, zone: Path, warn: Warn) -> None:
    """Moves a zone's files to their places and removes those that it holds no more. May be interrupted and begun again.

    The list goes last, when all else is on the disk: as long as it has not moved, the old one says which bytes were ours.
    """
    target, fresh = root / zone, ready / zone
    old, new = listed(target), listed(fresh)
    for path in sorted(path for path in new if (fresh / path).is_file()):
        _make_folders(root, (zone / path).parent)
        _keep_aside(target / path, {old.get(path), new[path]}, warn)
        os.replace(fresh / path, target / path)
    for path in sorted(set(old) - set(new)):
        _keep_aside(target / path, {old[path]}, warn)
        (target / path).unlink(missing_ok=True)
        _remove_empty(root, (target / path).parent)
    durable.sync_names({(target / path).parent for path in {*old, *new}}, root)
    if new:
        durable.replace(fresh / LIST, target / LIST)
    else:
        (target / LIST).unlink(missing_ok=True)
        _remove_empty(root, target)
        durable.sync_names([target], root)
        (fresh / LIST).unlink()


def _keep_aside(path: Path, ours: set[str | None], warn: Warn) -> None:
    """Renames what stands at the path, unless its bytes are ones that this program wrote."""
    if not os.path.lexists(path) or (path.is_file() and not path.is_symlink() and digest_of(path) in ours):
        return
    names = (path.with_name(f"{path.stem}{KEPT}{n}{path.suffix}") for n in count(1))
    kept = next(name for name in names if not os.path.lexists(name))
    os.rename(path, kept)
    warn(f"{path} is not as this program wrote it: somebody has changed it, or put it there. It was kept as {kept.name}.")


def _name_others(root: Path, zone: Path, warn: Warn) -> None:
    """Tells what the zone holds beside this program's files."""
    found = list(islice(others(root / zone), _SHOWN + 1))
    if found:
        more = " and more" if len(found) > _SHOWN else ""
        warn(f"{root / zone} holds files that this program did not write, left as they are: {', '.join(found[:_SHOWN])}{more}.")


def others(target: Path) -> Iterator[str]:
    """Paths in the zone of what this program did not write."""
    ours = {LIST, *listed(target)}
    for base, folders, files in os.walk(target):
        # Another zone below this one has a list of its own.
        folders[:] = sorted(name for name in folders if name != WORK and not Path(base, name, LIST).is_file())
        paths = (Path(base, name).relative_to(target).as_posix() for name in sorted(files))
        yield from (path for path in paths if path not in ours)


def parts_of(zone: Path) -> dict[str, Part]:
    """The zone's list by writer; none where there is no list, or one that is not as we write it: then nothing there is ours."""
    try:
        return _Parts.validate_json((zone / LIST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}


def listed(zone: Path) -> dict[str, str]:
    """What this program wrote into the zone: the SHA-256 of every file by its path there."""
    return {path: known for part in parts_of(zone).values() for path, known in part.files.items()}


def _zones(tree: Path) -> list[Path]:
    return sorted(path.parent.relative_to(tree) for path in tree.rglob(LIST))


def _touched(root: Path, tree: Path) -> list[Path]:
    """Every path that swapping the tree in would write or remove."""
    return [zone / path for zone in _zones(tree) for path in (LIST, *listed(tree / zone), *listed(root / zone))]


def _refuse_links(root: Path, paths: Iterable[Path]) -> None:
    folders = {root / folder for path in paths for folder in path.parents}
    for folder in sorted(folders - {root}):
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise BadConfiguration(
                f"{folder} is a link or a file where a folder of results belongs. Nothing is written or removed through it: "
                "move it away and run again. Nothing was changed."
            )


def _mode(root: Path, folder: Path) -> int:
    return _OWNER if RESTRICTED in folder.parts else root.stat().st_mode & _READERS


def _make_folders(root: Path, folder: Path) -> None:
    """The folder and those above it, up to the root, on the disk; restricted ones are closed before anything lies in them."""
    for path in [*reversed(folder.parents), folder]:
        if not (root / path).is_dir():
            (root / path).mkdir(mode=_OWNER)
            (root / path).chmod(_OWNER if path.as_posix() in _CLOSED else _mode(root, path))
            durable.sync((root / path).parent)  # without its name, what is moved into it would be nowhere
        elif RESTRICTED in path.parts:
            (root / path).chmod(_OWNER)


def _remove_empty(root: Path, folder: Path) -> None:
    while folder != root and not (folder.exists() and any(folder.iterdir())):
        if folder.exists():
            folder.rmdir()
        folder = folder.parent


def digest_of(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
