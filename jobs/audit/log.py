"""The log's folder: lines are added to `log.jsonl`, each on the disk before what it speaks of begins; nothing in it is ever changed.

log.jsonl    a line an entry, see jobs.audit.chain
head.json    how many there are, the digest of the last, and the key of the next one; replaced with every line
verify.key   the first key, from which all follow: to be taken elsewhere
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from expectations.conf import Conf
from jobs.audit.chain import TORN, Head, digest, entry_of, first_fault, is_sealed, next_key, sealed
from jobs.runtime import durable
from jobs.runtime.errors import BadConfiguration, BadStore

VARIABLE = "MINGJING_AUDIT"
FOLDER, LOG, HEAD, FIRST_KEY = "audit", "log.jsonl", "head.json", "verify.key"
_KEY = re.compile(r"[0-9a-f]{64}")
_APART = timedelta(minutes=5)
"""By so much two writers, or a clock that is set right, may differ."""


class _State(Conf):
    """Where the log stands. size: bytes of the file behind the last line."""

    lines: int = Field(ge=0)
    size: int = Field(ge=0)
    last: str
    key: str


@dataclass(frozen=True)
class Proof:
    """What was found of a log: its head, the first thing that is wrong with it, and what a person should know besides."""

    head: Head
    fault: str | None
    remarks: tuple[str, ...] = ()


def folder_of(out: Path | None) -> Path | None:
    """Where the log lies: the folder that MINGJING_AUDIT names, else OUT/audit; null where there is no OUT either.

    Raises BadConfiguration where it names another place in OUT: what a run writes there, a run replaces and a purge removes.
    """
    stated = os.environ.get(VARIABLE)
    if stated and out:
        named, results = Path(stated).resolve(), out.resolve()
        if named.is_relative_to(results) and not named.is_relative_to(results / FOLDER):
            raise BadConfiguration(
                f"{VARIABLE} is {stated}, in the results {out}. Name a folder outside of them. Nothing was done."
            )
    return Path(stated) if stated else out / FOLDER if out else None


def append(folder: Path, *entries: Mapping[str, Any]) -> None:
    """Adds the entries, one behind the other whoever else writes; they are on the disk afterwards.

    Raises BadStore where the head is lost, and OSError where the folder cannot be written: what cannot be recorded must not be done.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(folder, os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as log:
        state = _state(folder, log)
        end = os.fstat(log).st_size
        *whole, piece = os.pread(log, end, min(state.size, end)).split(b"\n")
        for line in (*whole, piece):
            if is_sealed(line, state.lines + 1, bytes.fromhex(state.key)):
                state = _after(state, line, state.size)  # its writer was killed before the head followed
        is_whole = state.last == digest(piece)
        if end and os.pread(log, 1, end - 1) != b"\n":
            durable.append(log, b"\n")
        explained = [{"event": TORN, "bytes": len(piece), "sha256": digest(piece)}] if piece and not is_whole else []
        for entry in (*explained, *entries):
            line = sealed(entry, state.lines + 1, state.last, bytes.fromhex(state.key))
            at = os.fstat(log).st_size
            durable.append(log, line + b"\n")
            state = _after(state, line, at)
            _keep(folder, state)


def entries_of(folder: Path) -> list[dict[str, Any]]:
    """All that the log says, oldest first, as it stands: `proof` says whether it may be believed."""
    return [entry for line in _lines(folder)[0] if (entry := entry_of(line))]


def believed(folder: Path) -> list[dict[str, Any]]:
    """The same, of a log that something is to rest on. Raises BadStore where it is not as it was written."""
    entries = entries_of(folder)
    if entries and (fault := proof(folder).fault):
        raise BadStore(f"{folder}: {fault} What it says is not believed. Nothing was done.")
    return entries


def proof(folder: Path, *, key: str | None = None, kept: Head | None = None) -> Proof:
    """Whether the log is as it was written. key: the first one, in hex, from elsewhere; kept: a head that was noted down elsewhere."""
    if not (folder / LOG).exists():
        raise BadConfiguration(f"No audit log {folder}. Name the folder of the results, or set {VARIABLE}.")
    with _held(folder, os.O_RDONLY, fcntl.LOCK_SH):
        lines, piece = _lines(folder)
        state = _read_state(folder)
    beside = first_key(folder / FIRST_KEY) if (folder / FIRST_KEY).is_file() else None
    remarks: list[str] = []
    if key is None and beside is not None:
        remarks.append(
            f"The first key still lies beside the log. Take {folder / FIRST_KEY} elsewhere: whoever has it can rewrite the log."
        )
    first = bytes.fromhex(given) if (given := key or beside) else None
    if first is None:
        remarks.append(
            "Without the first key only the digests were compared: name it with --key to find a log that was rewritten as a whole."
        )
    if told := _turned_back(lines):
        remarks.append(told)
    if piece:
        lines, piece = ([*lines, piece], b"") if is_sealed(piece, state.lines + 1, bytes.fromhex(state.key)) else (lines, piece)
    if piece:
        remarks.append(f"The last {len(piece)} bytes are of a line whose writer was killed; nothing had begun by it.")
    head = Head(state.lines, state.last)
    for line in lines[state.lines :]:
        if is_sealed(line, state.lines + 1, bytes.fromhex(state.key)):
            state = _after(state, line, 0)
    head = Head(state.lines, state.last)
    at_least = kept if kept and kept.lines > head.lines else head
    fault = first_fault(lines, at_least, first) or _set_back(state, first) or _rewritten(lines, kept)
    return Proof(head, fault, tuple(remarks))


def _set_back(state: _State, first: bytes | None) -> str | None:
    if first is None:
        return None
    key = first
    for _ in range(state.lines):
        key = next_key(key)
    if key.hex() == state.key:
        return None
    return (
        f"The log was truncated behind line {state.lines}: its head was set back, for the next key is not the one that follows."
    )


def _turned_back(lines: list[bytes]) -> str | None:
    """The first line that is of an earlier time than one before it. It was written so: no fault of the log."""
    latest = ""
    for entry in map(entry_of, lines):
        at = str(entry.get("at", ""))
        with suppress(ValueError, TypeError):  # a day of another form, in a line that somebody has made
            if datetime.fromisoformat(at) < datetime.fromisoformat(latest or at) - _APART:
                return (
                    f"Line {entry.get('no')} says {at[:19]}Z, and one before it {latest[:19]}Z: the clock was turned back. What is allowed for "
                    "some days, an approval or an edition, may have been used later than that."
                )
            latest = max(latest, at)
    return None


def _rewritten(lines: list[bytes], kept: Head | None) -> str | None:
    if kept is None or kept.lines == 0:
        return None
    held = {digest(line) for line in lines if entry_of(line).get("no") == kept.lines}
    if kept.digest in held:
        return None
    return f"Line {kept.lines} is not the one of the head that was kept: the log was rewritten from some line up to it."


@contextmanager
def _held(folder: Path, mode: int, lock: int) -> Iterator[int]:
    log = os.open(folder / LOG, mode | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(log, lock)
        yield log
    finally:
        os.close(log)


def _state(folder: Path, log: int) -> _State:
    """Where the log stands; a new one begins where nothing was ever written."""
    if os.fstat(log).st_size == 0 and not (folder / HEAD).exists():
        first = secrets.token_hex(32)
        durable.replace_text(folder / FIRST_KEY, f"{first}\n", 0o600)
        state = _State(lines=0, size=0, last=digest(b""), key=first)
        _keep(folder, state)
        durable.sync(folder.parent)
        return state
    return _read_state(folder)


def _read_state(folder: Path) -> _State:
    try:
        return _State.model_validate_json((folder / HEAD).read_bytes())
    except FileNotFoundError:
        what = "is missing"
    except ValidationError:
        what = "is not as it was written"
    raise BadStore(
        f"{folder / HEAD} {what}: the log cannot be gone on with. Put it back from a copy, or set the folder {folder} aside and keep it; "
        "a new log then begins. Nothing was done."
    )


def first_key(path: Path) -> str:
    """The log's first key, in hex. Raises BadConfiguration for a file that holds none."""
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if not _KEY.fullmatch(text):
        raise BadConfiguration(
            f"{path} holds no first key of a log. Expected 64 hex digits, as in the {FIRST_KEY} that was made with the log."
        )
    return text


def _lines(folder: Path) -> tuple[list[bytes], bytes]:
    """The lines that are whole, and what follows the last of them."""
    try:
        *lines, piece = (folder / LOG).read_bytes().split(b"\n")
    except (FileNotFoundError, NotADirectoryError):  # results that are a file are told by whoever reads or writes them
        return [], b""
    return lines, piece


def _after(state: _State, line: bytes, at: int) -> _State:
    key = next_key(bytes.fromhex(state.key)).hex()
    return _State(lines=state.lines + 1, size=at + len(line) + 1, last=digest(line), key=key)


def _keep(folder: Path, state: _State) -> None:
    durable.replace_text(folder / HEAD, state.model_dump_json() + "\n", 0o600)
