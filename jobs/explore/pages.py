"""What a run and its verdicts left on pages: learning and fairness, figures of groups that name nobody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from jobs.learn.job import FOLDER
from jobs.learn.learning_pages import SUMMARY, TABLE, TABLE_COLUMNS
from jobs.report_fairness import job as report_fairness
from jobs.report_fairness.fairness_report import CSV_COLUMNS, PROXY_COLUMNS
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
        calibration = pl.read_csv(table) if table.exists() else _none(TABLE_COLUMNS, "probabilities")
        return Learned(summary["said"], calibration, summary["worth"], summary["missed"])
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise BadStore(f"{folder} cannot be read ({type(error).__name__}). Run mingjing learn again.") from error


@dataclass(frozen=True)
class Fairness:
    """rates: one row a group of households: how many were dispatched, visited, confirmed, refuted, with shares, intervals and judgement.

    proxies: one row a feature and group: how well the feature tells who belongs to it, auroc, 0.5 = not at all; empty where not measured.
    """

    rates: pl.DataFrame
    proxies: pl.DataFrame


def fairness_in(out: Path) -> Fairness:
    """Raises BadStore for pages that are not there, or cannot be read."""
    folder = out / report_fairness.FOLDER
    try:
        proxies = folder / "proxies.csv"
        figures = {name: pl.Float64 for name in CSV_COLUMNS if "_ratio" in name or name.startswith("refuted_p")}
        rates = pl.read_csv(folder / "fairness.csv", schema_overrides=figures)
        return Fairness(
            rates, pl.read_csv(proxies) if proxies.exists() else _none(PROXY_COLUMNS, "feature", "attribute", "group")
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadStore(f"{folder} cannot be read ({type(error).__name__}). Run mingjing fairness again.") from error


def _none(columns: Sequence[str], *texts: str) -> pl.DataFrame:
    """A table that was not written, with its columns: what is asked of it has an answer, too."""
    return pl.DataFrame(schema={name: pl.String if name in texts else pl.Float64 for name in columns})
