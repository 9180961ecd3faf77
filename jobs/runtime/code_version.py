"""Which code this is: the version, and a digest of every file of the program, so that no two texts pass for one another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jobs import __version__

_PACKAGES = ("casework", "expectations", "jobs", "models")
KINDS = (".py", ".json", ".typ", ".md")
"""Ends of the names of what is part of the program: code, numbers that were measured, pages that are set, the cards of models."""


@cache
def code_digest() -> str:
    """12 hex digits over names and bytes of all files of the packages that a job may import; the same from a folder, a wheel or a zip."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for name, file in sorted(_texts(files(package), package)):
            digest.update(f"{name}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def code_version() -> str:
    """Such as 0.1.0+3f2a9c51d0b7."""
    return f"{__version__}+{code_digest()}"


def _texts(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            yield from _texts(entry, name)
        elif entry.name.endswith(KINDS):
            yield name, entry
