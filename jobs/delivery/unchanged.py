"""Is a file still what was hashed? What is decoded under a hash must be what has it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jobs.delivery.remarks import remark

FILE_ID_LENGTH = 16


@dataclass(frozen=True)
class State:
    """What the file system says of a file; every write changes it, whatever times a program sets."""

    size: int
    written_ns: int
    changed_ns: int
    inode: int


class FileChanged(Exception):
    """A file is not what it was when it was hashed. Raised before anything that was read of it is kept."""

    why = remark("changed")


def state_of(path: Path) -> State:
    found = os.stat(path)
    return State(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def assure_unchanged(path: Path, state: State, file_id: str) -> None:
    """Raises FileChanged unless the file is in the state that it had when it was hashed, or has the same bytes still."""
    try:
        now = state_of(path)
        if now != state and _file_id_now(path, now) != file_id:
            raise FileChanged(f"{path.name} changed while it was read.")
    except OSError as error:
        raise FileChanged(f"{path.name} went away while it was read.") from error


@lru_cache(maxsize=64)
def _file_id_now(path: Path, state: State) -> str:
    """Hashed once in each state: a large file is read in many pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:FILE_ID_LENGTH]
