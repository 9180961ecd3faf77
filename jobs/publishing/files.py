"""Files of a zone: written aside and moved, so that readers never see half of one; those in full are their owner's only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl

BOM = b"\xef\xbb\xbf"


def write_csv(listed: pl.DataFrame, path: Path) -> None:
    """UTF-8 with BOM, so that a spreadsheet opens it as it is."""
    path.write_bytes(BOM + listed.write_csv(float_precision=6).encode())


def for_owner_only(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)


def move_into(staging: Path, zone: Path) -> None:
    """Every file of the staging folder replaces the one of its name in the zone; what else is there stays."""
    for path in sorted(staging.rglob("*")):
        target = zone / path.relative_to(staging)
        if path.is_dir():
            continue
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True)
            shutil.copymode(path.parent, target.parent)
        os.replace(path, target)
    shutil.rmtree(staging)
