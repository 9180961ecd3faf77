"""What learning came to, on the screen and in OUT/learning: the account, the comparison, and whether probabilities keep their word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from rich.table import Table

from jobs.learn import charts
from jobs.learn.totals import totals_table
from jobs.learn.training import STATED, Learned
from jobs.registers.beyond_list import Missed
from jobs.rulebook.rule import EXEMPTIONS
from jobs.runtime.console import Console
from jobs.sheets.files import write_csv
from models.measures import Bin, Lift, Vector, brier, calibration_error, reliability

CHART, TABLE, SUMMARY, MOVES = "calibration.svg", "reliability.csv", "learning.json", "moves.csv"
TABLE_COLUMNS = ("probabilities", "visits", "promised", "confirmed", "low95", "high95")
_LEARNED = "learned"


@dataclass(frozen=True)
class Outcome:
    """calibration: what visits found, what was promised without having seen it, what the stated priors promised; null without a champion.
    moved: households that the ranking in use moves across the line of the visits; null without one."""

    account: list[tuple[str, str, int, int, int, int, int, int]]
    learned: Learned
    calibration: tuple[Vector, Vector, Vector] | None
    worth: Lift | None
    missed: Missed
    moved: pl.DataFrame | None = None


def write_pages(outcome: Outcome, folder: Path) -> None:
    """The pages of OUT/learning into an empty folder; without a champion the account and the comparison only."""
    summary = {
        "said": outcome.learned.said,
        "later_verdicts": outcome.learned.later,
        "comparison": [asdict(measured) for measured in outcome.learned.comparison],
        "calibration": {},
        "worth": asdict(outcome.worth) if outcome.worth else None,
        "missed": asdict(outcome.missed),
    }
    if outcome.calibration is not None:
        y, learned, stated = outcome.calibration
        of = {_LEARNED: learned, STATED: stated}
        summary["calibration"] = {name: _figures(y, p) for name, p in of.items()}
        bins = {name: reliability(y, p) for name, p in of.items()}
        charts.write(folder / CHART, charts.calibration_chart(bins[_LEARNED], bins[STATED]))
        rows = [
            (name, b.count, *(f"{value:.4f}" for value in (b.predicted, b.confirmed, b.low, b.high)))
            for name, of_name in bins.items()
            for b in of_name
        ]
        write_csv(pl.DataFrame(rows, TABLE_COLUMNS, orient="row"), folder / TABLE)
    if outcome.moved is not None:
        write_csv(outcome.moved, folder / MOVES)
    (folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def print_outcome(console: Console, outcome: Outcome, folder: Path) -> None:
    console.print(totals_table(outcome.account))
    console.print(outcome.learned.said, soft_wrap=True)
    if outcome.learned.comparison:
        table = Table(title=f"On {outcome.learned.later} later verdicts", title_justify="left")
        for heading in ("", "average precision", "log loss"):
            table.add_column(heading, justify="left" if not heading else "right")
        for measured in outcome.learned.comparison:
            table.add_row(measured.name, f"{measured.average_precision:.3f}", f"{measured.log_loss:.3f}")
        console.print(table)
    if outcome.calibration is not None:
        y, learned, stated = outcome.calibration
        console.print(_reliability_table(reliability(y, learned)))
        for name, p in ((_LEARNED, learned), (STATED, stated)):
            figures = _figures(y, p)
            console.print(
                f"{name:<14} Brier {figures['brier']:.3f}, expected calibration error {figures['calibration_error']:.3f}",
            )
    if outcome.worth is not None:
        _print_worth(console, outcome.worth)
    _print_missed(console, outcome.missed)
    if outcome.moved is not None:
        console.print(
            f"{outcome.moved.height} households cross the line of the visits; which, and what moved them: {folder / MOVES}",
            soft_wrap=True,
        )
    console.print(f"calibration and comparison: {folder}", soft_wrap=True)


def _figures(y: Vector, p: Vector) -> dict[str, float]:
    return {"brier": round(brier(y, p), 4), "calibration_error": round(calibration_error(reliability(y, p)), 4), "visits": len(y)}


def _reliability_table(bins: Sequence[Bin]) -> Table:
    table = Table(title="Does a promised probability hold? (models that have not seen the visit)", title_justify="left")
    for heading in ("visits", "promised", "confirmed", "95 % interval"):
        table.add_column(heading, justify="right")
    for b in bins:
        table.add_row(str(b.count), f"{b.predicted:.2f}", f"{b.confirmed:.2f}", f"{b.low:.2f}-{b.high:.2f}")
    return table


def _print_worth(console: Console, worth: Lift) -> None:
    for name, share in (("ranked visits", worth.ranked), ("random visits", worth.random)):
        console.print(f"{name:<14} {share.confirmed} of {share.visited} confirmed ({share.low:.0%}-{share.high:.0%})")
    if worth.ratio is not None and worth.ratio_interval and worth.recall is not None and worth.recall_interval:
        low, high = worth.ratio_interval
        console.print(f"lift over visits in no order: {worth.ratio:.2f} ({low:.2f}-{high:.2f})")
        low, high = worth.recall_interval
        console.print(f"true problems of the list found by ranked visits: {worth.recall:.0%} ({low:.0%}-{high:.0%})")


def _print_missed(console: Console, missed: Missed) -> None:
    """What random visits tell of all that no list asks to visit; nothing before the first of them."""
    if (share := missed.unremarkable).visited:
        console.print(
            f"of {share.visited} unremarkable households visited, {share.confirmed} had a problem ({share.low:.0%}-{share.high:.0%})"
        )
    for code, share in missed.explained.items():
        console.print(
            f"explained by {code} ({EXEMPTIONS[code]}): {share.confirmed} of {share.visited} random visits confirmed a problem all the same "
            f"({share.low:.0%}-{share.high:.0%})",
            soft_wrap=True,
        )
