"""A disk that fails where it is told to: every change below its root is a step, known by what is done to what."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from sqlalchemy import Engine, event

from jobs.audit import calls
from jobs.returns import brought
from jobs.runtime import delta_folder
from tests.faults.powercut import Journal

KINDS = ("kill", "tear", "power", "full", "fail", "intrude")
"""kill: the process ends before the step. tear: of what the step writes a part is on the disk, then it ends. power: it ends, and what was
not synced may be lost. full: from this step on nothing more can be written. fail: this step ends in an error. intrude: another command
is begun at this step, and goes on until it ends or must wait."""
_DRAWN = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}")
_WRITES = os.O_WRONLY | os.O_RDWR
_MADE_BY_DELTALAKE = ("create_write_transaction", "create_checkpoint", "cleanup_metadata")


class Killed(BaseException):
    """The process has ended: nothing that is still run does anything to the disk."""


class Waits(BaseException):
    """The other command waits for a lock that the first one holds."""


@dataclass
class Disk:
    """root: what lies elsewhere is done as ever. at: the step, from 1, that the fault befalls; null for none."""

    root: Path
    draw: random.Random
    kind: str = "kill"
    at: int | None = None
    intruder: Callable[[], object] | None = None
    steps: list[str] = field(default_factory=list)
    is_dead: bool = False
    is_full: bool = False
    is_intruded: bool = False
    is_over: bool = False
    journal: Journal | None = None

    def step(self, what: str, path: object, content: bytes | None = None, *, grows: bool = True) -> int | None:
        """What comes before anything is done. Of `content` so many bytes are written before the end, where it is torn.

        Raises Killed, or OSError, where nothing is to be done.
        """
        if (where := self._inside(path)) is None:
            return None
        if self.is_dead:
            raise Killed
        if self.is_intruded:
            return None
        self.steps.append(f"{what} {_DRAWN.sub('…', where)}")
        is_now = len(self.steps) == self.at
        if is_now and self.kind in ("kill", "power"):
            self.is_dead = True
            raise Killed
        if is_now and self.kind == "tear":
            if content is None:
                self.is_dead = True
                raise Killed
            return self.draw.randrange(len(content) + 1)
        if is_now and self.kind == "fail":
            raise OSError(errno.EIO, os.strerror(errno.EIO), where)
        self.is_full = self.is_full or (is_now and self.kind == "full")
        if self.is_full and grows:
            if is_now and content:
                return self.draw.randrange(len(content))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), where)
        if is_now and self.intruder:
            self.is_intruded = True
            try:
                self.intruder()
            finally:
                self.is_intruded = False
        return None

    def torn(self) -> None:
        """Behind a part of what was to be written."""
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.is_dead = True
        raise Killed

    def done(self, *paths: object) -> None:
        """What comes after something was done to these: names in their folders may have changed."""
        if self.journal and not self.is_dead:
            self.journal.seen({Path(where).parent for path in paths if (where := self._named(path))})

    def _named(self, path: object) -> str | None:
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        return os.path.join(os.getcwd(), os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else None

    def _inside(self, path: object) -> str | None:
        where = self._named(path)
        return os.path.relpath(where, self.root) if where and f"{where}/".startswith(f"{self.root}/") else None

    @contextmanager
    def under(self) -> Iterator[None]:
        """Whatever is done meanwhile is done to this disk, by a clock that jumps and folders that are listed in any order."""
        try:
            with Shim(self).patched():
                yield
        finally:
            self.is_over = True


class _Raw(io.FileIO):
    """A file that is written to step by step."""

    def __init__(self, disk: Disk, file: Any, mode: str, opener: Any) -> None:
        self._disk = disk
        super().__init__(file, mode, True, opener)
        disk.done(file)

    def write(self, given: Any) -> int:
        content = bytes(given)
        if self._disk.is_over:
            return len(content)  # closed by nobody but the end of the process
        part = self._disk.step("write", self.name, content)
        if part is None:
            return super().write(content)
        super().write(content[:part])
        self._disk.torn()
        return part


class _Clock(datetime):
    """Goes back and forth by days from one look to the next."""

    draw = random.Random()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # of the module's own kind, not of this one
        return datetime.now(tz or UTC) + timedelta(days=cls.draw.choice((0, 0, 0, -400, -1, 1, 400)))


class _Listing:
    """What os.scandir gives, in any order."""

    def __init__(self, entries: list[os.DirEntry[Any]]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[os.DirEntry[Any]]:
        return self._entries

    def __next__(self) -> os.DirEntry[Any]:
        return next(self._entries)

    def __enter__(self) -> _Listing:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Shim:
    """The functions that stand in the place of the system's."""

    disk: Disk

    @contextmanager
    def patched(self) -> Iterator[None]:
        _Clock.draw = self.disk.draw
        names = {
            "mkdir": True, "rename": False, "replace": False, "unlink": False, "remove": False, "rmdir": False, "chmod": False,
            "fchmod": False, "link": True, "symlink": True, "truncate": True,
            "ftruncate": False,
        }  # fmt: skip
        patches = [patch.object(os, name, self._of_path(name, getattr(os, name), grows)) for name, grows in names.items()]
        patches += [
            patch.object(os, "open", self._open), patch.object(os, "write", self._write), patch.object(os, "fsync", self._fsync),
            patch.object(os, "listdir", self._listdir), patch.object(os, "scandir", self._scandir),
            patch.object(io, "open", self._open_file), patch("builtins.open", self._open_file),
            patch.object(fcntl, "flock", self._flock), patch.object(pq, "write_table", self._write_table),
            patch.object(delta_folder, "create_table_with_add_actions", self._make_table),
            *(patch.object(module, "datetime", _Clock) for module in (calls, brought)),
            *(patch.object(DeltaTable, name, self._of_table(name)) for name in _MADE_BY_DELTALAKE),
        ]  # fmt: skip
        listening = [("commit", lambda connection: self._statement(connection, "commit"))]
        listening += [
            ("before_cursor_execute", lambda connection, _, text, *__: self._statement(connection, text.split()[0].lower()))
        ]
        for entered in patches:
            entered.start()
        for name, heard in listening:
            event.listen(Engine, name, heard)
        try:
            yield
        finally:
            for name, heard in listening:
                event.remove(Engine, name, heard)
            for entered in reversed(patches):
                entered.stop()

    def _of_path(self, name: str, real: Callable[..., Any], grows: bool) -> Callable[..., Any]:
        def step_by_step(*given: Any, **more: Any) -> Any:
            paths = list(given[: 2 if name in ("rename", "replace", "link", "symlink") else 1])
            if (folder := more.get("dir_fd")) is not None:
                paths[0] = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), paths[0])
            self.disk.step(name, paths[0], grows=grows)
            done = real(*given, **more)
            self.disk.done(*paths)
            return done

        return step_by_step

    _os_open, _os_write, _os_fsync, _os_listdir, _os_scandir = map(
        staticmethod, (os.open, os.write, os.fsync, os.listdir, os.scandir)
    )
    _io_open, _real_flock, _real_make, _real_table = map(
        staticmethod, (io.open, fcntl.flock, delta_folder.create_table_with_add_actions, pq.write_table)
    )

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        is_new = bool(flags & os.O_CREAT) and dir_fd is None and not os.path.lexists(path)
        if is_new or flags & os.O_TRUNC:
            self.disk.step("make", path)
        opened = self._os_open(path, flags, mode, dir_fd=dir_fd)
        if is_new:
            self.disk.done(path)
        return opened

    def _open_file(self, file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
                   closefd: bool = True, opener: Any = None) -> Any:  # fmt: skip
        is_written = set(mode) & set("wax+") and self.disk._inside(file) is not None
        if not is_written:
            return self._io_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if not isinstance(file, int):
            self.disk.step("make", file)
        raw = _Raw(self.disk, file, mode.replace("b", "").replace("t", ""), opener)
        buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw, max(buffering, 1 << 16))
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding or "utf-8", errors, newline)

    def _write(self, descriptor: int, content: bytes) -> int:
        part = self.disk.step("write", descriptor, content)
        written = self._os_write(descriptor, content if part is None else content[:part])
        if part is not None:
            self.disk.torn()
        return written

    def _fsync(self, descriptor: int) -> None:
        self.disk.step("sync", descriptor, grows=False)
        if self.disk.journal and self.disk._inside(descriptor) is not None:
            self.disk.journal.synced(descriptor)

    def _listdir(self, path: Any = ".") -> list[Any]:
        names = sorted(self._os_listdir(path))
        self.disk.draw.shuffle(names)
        return names

    def _scandir(self, path: Any = ".") -> _Listing:
        with self._os_scandir(path) as found:
            entries = sorted(found, key=lambda entry: os.fsdecode(entry.name))
        self.disk.draw.shuffle(entries)
        return _Listing(entries)

    def _flock(self, descriptor: int, how: int) -> None:
        if not self.disk.is_intruded:
            return self._real_flock(descriptor, how)
        try:
            return self._real_flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if how & fcntl.LOCK_NB:
                raise
            raise Waits from None

    def _write_table(self, table: pa.Table, where: Any, **options: Any) -> None:
        if not isinstance(where, str | Path):
            return self._real_table(table, where, **options)
        content = io.BytesIO()
        self._real_table(table, content, **options)
        Path(where).write_bytes(content.getvalue())
        return None

    def _make_table(self, folder: str, *given: Any, **more: Any) -> None:
        self.disk.step("make table", folder)
        self._real_make(folder, *given, **more)
        self.disk.done(f"{folder}/_delta_log/entry", f"{folder}/_delta_log", folder)

    def _of_table(self, name: str) -> Callable[..., Any]:
        real = getattr(DeltaTable, name)

        def step_by_step(table: DeltaTable, *given: Any, **more: Any) -> Any:
            folder = unquote(table.table_uri.removeprefix("file://")).rstrip("/")
            self.disk.step(name, folder)
            done = real(table, *given, **more)
            self.disk.done(f"{folder}/_delta_log/entry", f"{folder}/_delta_log")
            return done

        return step_by_step

    def _statement(self, connection: Any, what: str) -> None:
        if what in ("commit", "insert", "create", "delete", "drop", "vacuum"):
            self.disk.step(f"database {what}", connection.engine.url.database, grows=what != "commit")
