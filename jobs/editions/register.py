"""The register of editions of an OUT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from casework.editions import Edition
from jobs.casebook.opened import existing_store, has_store


def register_of(out: Path) -> Sequence[Edition]:
    """In the order of their numbers; none where a run has made its lists, and nothing was done with them yet. Raises BadConfiguration
    where there is neither."""
    if (out / "lake").is_dir() and not has_store(out):
        return ()
    with existing_store(out) as store, store.reading() as book:
        return book.editions()
