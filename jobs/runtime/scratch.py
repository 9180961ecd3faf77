"""What is computed once and read back: Parquet in the lake's zone _scratch, without a log, for nobody goes back to it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

SCRATCH = "_scratch"
_WHOLE = re.compile(r"\d{9}")
_OURS = re.compile(rf"{_WHOLE.pattern}|[0-9a-f]{{32}}|_delta_log")
"""Folders of rows: whole, in the making, and the log that an earlier version kept beside them."""


def finish(folder: Path, making: str) -> str:
    """Makes the rows in FOLDER/making the last ones of the folder, all at once; the name that they have from now on."""
    (folder / making).mkdir(parents=True, exist_ok=True)  # an engine may write nothing where there are no rows
    number = f"{int(last(folder) or 0) + 1:09}"
    os.rename(folder / making, folder / number)
    return number


def last(folder: Path) -> str | None:
    """Name of the last rows that are whole; null without any."""
    try:
        with os.scandir(folder) as entries:
            return max((entry.name for entry in entries if _WHOLE.fullmatch(entry.name)), default=None)
    except FileNotFoundError:
        return None


def tidy(lake: Path) -> None:
    """Takes away all rows but the last ones of each folder. What a person put beside them stays."""
    for folder in sorted((lake / SCRATCH).glob("*")):
        kept = last(folder)
        for entry in folder.iterdir():
            if _OURS.fullmatch(entry.name) and entry.name != kept:
                shutil.rmtree(entry)
