"""What verdicts have taught, as `mingjing learn` left it in OUT/learning."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from jobs.learn.job import FOLDER
from jobs.learn.learning_pages import SUMMARY, TABLE
from jobs.runtime.errors import BadStore


@dataclass(frozen=True)
class Learned:
    """said: what became of the training. calibration: one row a bin of visits: what was promised, what was confirmed, with its interval.

    worth: ranked and random visits, lift and recall with intervals; null where none was drawn at random.
    missed: of random visits beyond the list, the problems found, of unremarkable households and by exemption code.
    """

    said: str
    calibration: pl.DataFrame
    worth: dict[str, Any] | None = field(repr=False)
    missed: dict[str, Any] = field(repr=False)


def learned_in(out: Path) -> Learned | None:
    """Null where nothing was learned. Raises BadStore for pages that cannot be read."""
    folder = out / FOLDER
    if not folder.is_dir():
        return None
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        table = folder / TABLE
        calibration = pl.read_csv(table) if table.exists() else pl.DataFrame()
        return Learned(summary["said"], calibration, summary["worth"], summary["missed"])
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise BadStore(f"{folder} cannot be read ({type(error).__name__}). Run mingjing learn again.") from error
