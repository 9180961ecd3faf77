"""What the log says of a command: who gives it, from where, for which purpose, on what; and how it ended.

A command that has a folder of results is recorded before it does anything there, and again when it has ended; between the two stands
what it has done (`note`). One that was killed has no end. No text that could hold somebody's name is kept, and no number.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from jobs.audit.log import FOLDER, append, entries_of, folder_of
from jobs.cells.masking import mask_numbers
from jobs.runtime.accounts import own_account
from jobs.runtime.errors import explanation

BEGIN, END, RUN, RULES = "begin", "end", "run", "rules"
"""Events: a command begins, or has ended; a run has opened the lake under the site's key; it goes by other rules than the one before."""
SUPERVISION, CHECK = "supervision", "check"
"""Purposes, see jobs.state_purpose."""
_TOLD = frozenset({
    "as_of", "on", "due", "until", "since", "first", "last", "county", "codes", "code", "register", "env", "engine", "lake", "wanted",
    "record", "ids", "case", "second", "head", "command", "request",
})  # fmt: skip
"""Texts of a command line that are kept, numbers masked; all others may hold words, and in them a name."""
_WITHHELD = "…"


@dataclass
class Call:
    """A command in the log."""

    command: str
    purpose: str
    given: Mapping[str, object]
    out: Path | None
    call: str = field(default_factory=lambda: secrets.token_hex(4))
    has_begun: bool = False

    def write(self, event: str, facts: Mapping[str, Any]) -> None:
        """The beginning goes first, as soon as there is a place for it: no folder is made for a command line that is refused."""
        folder = folder_of(self.out)
        if folder is None or (self.out is not None and folder == self.out / FOLDER and not self.out.is_dir()):
            return
        entry = {"event": event, "call": self.call, "command": self.command, "at": _now(), **facts}
        first = [] if self.has_begun or event == BEGIN else [self._beginning()]
        append(folder, *first, entry)
        self.has_begun = True

    def begin(self) -> None:
        self.write(BEGIN, self._beginning())

    def _beginning(self) -> dict[str, Any]:
        return {
            "event": BEGIN, "call": self.call, "command": self.command, "at": _now(), **_who(), "purpose": self.purpose,
            "on": {name: _told(name, value) for name, value in self.given.items() if value not in (None, False, [], ())},
        }  # fmt: skip


@contextmanager
def recorded(command: str, given: Mapping[str, object], *, purpose: str, out: Path | None) -> Iterator[None]:
    """The command while it works. Raises what `append` raises, before anything is done, where it cannot be recorded."""
    call = Call(command, purpose, given, out)
    started, token = time.monotonic(), _current.set(call)
    ended: dict[str, Any] = {"exit": 0}
    try:
        call.begin()
        yield
    except BaseException as error:
        told = explanation(error) or error
        ended = {"exit": getattr(told, "exit_code", 1)} | (
            {} if hasattr(told, "exit_code") else {"failure": type(error).__name__}
        )
        raise
    finally:
        _current.reset(token)
        call.write(END, {**ended, "seconds": round(time.monotonic() - started, 1)})


def at_work() -> Call | None:
    """The command that is at work; null in a job that a test runs by itself."""
    return _current.get()


def note(event: str, **facts: Any) -> None:
    """Records what the command that is at work has done."""
    if (call := _current.get()) is not None:
        call.write(event, facts)


def note_run(run_id: str, *, key: str, settings: str, code: str, changed: Mapping[str, list[str]]) -> None:
    """Records that a run has opened the lake: where the site's key came from, and the rules it goes by, where they are others than before."""
    if (call := _current.get()) is None:
        return
    call.write(RUN, {"run_id": run_id, "key": key, "settings": settings, "code": code})
    if changed:
        call.write(RULES, changed)


def changed_rules(settings: str, code: str, of_lake: Mapping[str, str] | None) -> dict[str, list[str]]:
    """What is not as in the last run that the log knows, and the last of the lake: before and now; before the first run of both nothing
    was.

    of_lake: settings and code of that one. Who brings a log or a lake of his own is still held against the other of the two.
    """
    if (call := _current.get()) is None:
        return {}
    folder = folder_of(call.out)
    of_log = next((e for e in reversed(entries_of(folder) if folder else []) if e.get("event") == RUN), None)
    changed: dict[str, list[str]] = {}
    for before in [known for known in (of_lake, of_log) if known] or [{"settings": "", "code": ""}]:
        changed |= {name: [before[name], now] for name, now in (("settings", settings), ("code", code)) if before[name] != now}
    return changed


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _who() -> dict[str, Any]:
    """By the account that the process runs under; what the environment says of another is kept beside, as what it is."""
    said = {"account": os.environ.get("SUDO_USER"), "from": os.environ.get("SSH_CONNECTION", "").partition(" ")[0] or None}
    return {
        "user": own_account(),
        "host": socket.gethostname(),
        "process": os.getpid(),
        **{name: is_ for name, is_ in said.items() if is_},
    }


def _told(name: str, value: object) -> Any:
    """What is kept of an argument: flags, numbers, choices, days and ids; of a file its digest, of a folder its path."""
    if isinstance(value, (list, tuple)):
        return [_told(name, one) for one in value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return mask_numbers(str(value.absolute())) if not value.is_file() else f"sha256:{_digest(value)}"
    return mask_numbers(str(value)) if name in _TOLD else _WITHHELD


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:  # the command itself will say what it cannot read
        return type(error).__name__
