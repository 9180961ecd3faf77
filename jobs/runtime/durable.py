"""What was written is on the disk, and not only in memory, before what follows from it is written: a power cut keeps the order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def sync(path: Path) -> None:
    """The file's bytes, or the folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append(descriptor: int, text: bytes) -> None:
    """The bytes are on the disk, behind what the file holds. Opened to append; another writer is kept away."""
    while text:
        text = text[os.write(descriptor, text) :]
    os.fsync(descriptor)


def sync_tree(root: Path) -> None:
    """Everything below, innermost first."""
    for base, _, files in os.walk(root, topdown=False):
        for name in files:
            sync(Path(base, name))
        sync(Path(base))


def sync_names(folders: Iterable[Path], root: Path) -> None:
    """The names in these folders, and their own up to `root`: of all files that were moved to, or removed from, there."""
    named = {parent for folder in folders for parent in (folder, *folder.parents) if parent.is_relative_to(root)}
    for folder in sorted(filter(Path.is_dir, named), reverse=True):
        sync(folder)


def replace(fresh: Path, path: Path) -> None:
    """`fresh`, a file or a folder whose files are on the disk, takes the place of `path` for good."""
    os.replace(fresh, path)
    sync(path.parent)


def replace_text(path: Path, text: str, mode: int) -> None:
    """The file holds the text, whole or not at all, in this mode; a link in its place, or where it is written, is not followed."""
    fresh = path.with_name(f".{path.name.lstrip('.')}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        os.fchmod(descriptor, mode)
        stream.write(text)
    sync(fresh)
    replace(fresh, path)
