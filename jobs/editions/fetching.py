"""Editions that are fetched: a copy of the locked files leaves OUT by one command, and the audit log counts it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from casework.editions import Edition
from jobs.audit.calls import note
from jobs.cells.masking import mask_numbers
from jobs.editions.job import FOLDER
from jobs.runtime import durable
from jobs.runtime.errors import BadConfiguration, BadStore

FETCHED = "fetched"
"""Event of the log: who has an edition now, and where it was put; on the disk before the first file is."""


def fetch(out: Path, edition: Edition, to: Path, by: str, today: date) -> Path:
    """The edition's files in a folder of their own below `to`, all of them or none. Raises BadConfiguration where its last day is over, or
    the place is not one; BadStore where a file is not as it was made."""
    place = to.resolve() / str(edition.number)
    if edition.expires_on < today:
        raise BadConfiguration(
            f"Edition {edition.number} was for use until {edition.expires_on}. Make another one. Nothing was fetched."
        )
    if place.is_relative_to(out.resolve()) or place.exists() or not to.is_dir():
        why = (
            "lies in the results"
            if place.is_relative_to(out.resolve())
            else "is there already"
            if place.exists()
            else "cannot be made"
        )
        raise BadConfiguration(
            f"{place} {why}. Name a folder outside of {out} that holds no edition {edition.number} yet. Nothing was fetched."
        )
    made = {file.name: _as_made(out / FOLDER / str(edition.number) / file.name, file.sha256) for file in edition.files}
    note(FETCHED, number=edition.number, files=len(made), by=by, to=mask_numbers(str(place)))
    fresh = place.with_name(f".{edition.number}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        for name, content in made.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        durable.sync_tree(fresh)
        durable.replace(fresh, place)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return place


def fetches(entries: Iterable[Mapping[str, Any]]) -> dict[int, list[str]]:
    """By edition who fetched it on which day, by the log, oldest first."""
    found: dict[int, list[str]] = {}
    for entry in entries:
        if entry.get("event") == FETCHED:
            found.setdefault(entry["number"], []).append(f"{entry['by']} {entry['at'][:10]}")
    return found


def _as_made(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadStore(
            f"{path} is gone: its edition was not finished, or a purge has removed it. Make another one. Nothing was fetched."
        ) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BadStore(
            f"{path} was changed after it was made. Make another edition, and keep this one aside. Nothing was fetched."
        )
    return content
