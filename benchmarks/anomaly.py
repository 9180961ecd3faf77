"""Strangeness on public data with known answers: the score, the reasons, and what verdicts add.

python -m benchmarks.anomaly FOLDER          every .npz of FOLDER: X (rows, columns) and y, 1 = anomaly
python -m benchmarks.anomaly FOLDER --json   the same figures for a program

Score     mean AUROC over seeds: scikit-learn's forest as it comes, our forest, forest and dependence combined. The forests of
          a row share a seed.
Reasons   an ordinary row gets one value beyond all that were seen; is that feature named first? Wrong sign = a named feature
          with whose usual value the case would be as strange or stranger, counted over all that is named.
Verdicts  60 visits, one at a time to the strangest training row not yet visited; how many were anomalies, without and with
          learning.

One setting for all sets. Seconds are of one shared machine: trust ratios, not digits.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

from models.features import Feature, Matrix
from models.feedback import fit_feedback
from models.params import ForestParams
from models.strangeness import StrangenessModel

TREES, SAMPLE, TRAINING_ROWS = 100, 256, 20_000  # as conf/base.yaml has it
PLANTED, VISITS = 100, 60
Labels = npt.NDArray[np.int_]


@dataclass(frozen=True)
class Figures:
    """Of one set, means over seeds."""

    name: str
    rows: int
    columns: int
    anomalies: int
    auroc_default: float
    auroc_forest: float
    auroc_combined: float
    named_first: float
    wrong_sign: int
    found_static: float
    found_learning: float
    seconds_fit: float
    seconds_score: float
    seconds: float


def params(seed: int) -> ForestParams:
    return ForestParams(trees=TREES, sample_size=SAMPLE, training_rows=TRAINING_ROWS, seed=seed)


def training_rows(rows: int, seed: int) -> npt.NDArray[np.intp]:
    if rows <= TRAINING_ROWS:
        return np.arange(rows)
    return np.random.default_rng(seed).choice(rows, TRAINING_ROWS, replace=False)


def named(model: StrangenessModel, x: Matrix, y: Labels, seed: int) -> tuple[float, int]:
    """Share of planted values named first, and how often a feature was named that makes its case no stranger."""
    rng = np.random.default_rng(seed)
    rows = x[rng.choice(np.flatnonzero(y == 0), PLANTED)]
    at = rng.choice(np.flatnonzero(x.std(axis=0) > 0), PLANTED)
    low, high = np.percentile(x, [1, 99], axis=0)
    beyond = np.maximum(high - low, 2 * x.std(axis=0))
    above = rng.random(PLANTED) < 0.5
    rows[np.arange(PLANTED), at] = np.where(above, x.max(axis=0)[at] + beyond[at], x.min(axis=0)[at] - beyond[at])
    of_rows = model.reasons(rows)
    first = [reasons[0].feature.name == model.features[at[i]].name for i, reasons in enumerate(of_rows) if reasons]
    # Scored anew: what the sentence says is held against the model itself.
    names = [feature.name for feature in model.features]
    said = [(i, names.index(reason.feature.name), reason.usual) for i, reasons in enumerate(of_rows) for reason in reasons]
    which = np.array([i for i, _, _ in said])
    usual = rows[which]
    usual[np.arange(len(said)), [column for _, column, _ in said]] = [value for _, _, value in said]
    wrong = model.score(usual).strangeness >= model.score(rows[which]).strangeness
    return sum(first) / PLANTED, int(wrong.sum())


def visited(model: StrangenessModel, x: Matrix, y: Labels) -> tuple[int, int]:
    """Anomalies among the visits in the order of the model, and in the order that each verdict changes."""
    rarity = model.rarity(x)
    static = int(y[np.argsort(-rarity, kind="stable")[:VISITS]].sum())
    moved = rarity
    chosen: list[int] = []
    is_open = np.ones(len(x), dtype=bool)
    while len(chosen) < min(VISITS, len(x)):
        chosen.append(int(np.argmax(np.where(is_open, moved, -np.inf))))
        is_open[chosen[-1]] = False
        moved = rarity + fit_feedback(model, x[chosen], y[chosen]).shift(x)
    return static, int(y[chosen].sum())


def measure(path: Path, seeds: int) -> Figures:
    with np.load(path, allow_pickle=False) as arrays:
        x, y = arrays["X"].astype(np.float64), arrays["y"].ravel().astype(int)
    features = tuple(Feature(f"x{i}", f"x{i}", "", "") for i in range(x.shape[1]))
    started = time.perf_counter()
    rows, fit, score = [], [], []
    for seed in range(seeds):
        drawn = training_rows(len(x), seed)
        sample, labels = x[drawn], y[drawn]
        default = IsolationForest(random_state=seed).fit(sample)
        at = time.perf_counter()
        model = StrangenessModel.fit(sample, params(seed), features)
        fit.append(time.perf_counter() - at)
        at = time.perf_counter()
        scores = model.score(x)
        score.append(time.perf_counter() - at)
        aurocs = (roc_auc_score(y, values) for values in (-default.score_samples(x), scores.anomaly, scores.strangeness))
        visits = visited(model, sample, labels)
        rows.append((*aurocs, *named(model, x, y, seed), *visits))
    default, forest, combined, first, wrong, static, learning = np.array(rows, dtype=np.float64).T
    return Figures(
        path.stem, x.shape[0], x.shape[1], int(y.sum()), default.mean(), forest.mean(), combined.mean(), first.mean(), int(wrong.sum()),
        static.mean(), learning.mean(), float(np.mean(fit)), float(np.mean(score)), time.perf_counter() - started,
    )  # fmt: skip


def mean(figures: list[Figures]) -> dict[str, float]:
    return {
        name: float(np.mean([getattr(one, name) for one in figures]))
        for name, value in asdict(figures[0]).items()
        if isinstance(value, float)
    }


def show(console: Console, figures: list[Figures]) -> None:
    table = Table(title="Strangeness on public data", title_justify="left")
    for heading in (
        "set", "rows", "columns", "default", "forest", "combined", "named first", "wrong sign", "static", "learning", "seconds",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "set" else "right", no_wrap=True)
    for one in figures:
        table.add_row(
            one.name, f"{one.rows:,}", str(one.columns), f"{one.auroc_default:.3f}", f"{one.auroc_forest:.3f}",
            f"{one.auroc_combined:.3f}", f"{one.named_first:.0%}", str(one.wrong_sign), f"{one.found_static:.1f}",
            f"{one.found_learning:.1f}", f"{one.seconds:.1f}",
        )  # fmt: skip
    means = mean(figures)
    table.add_section()
    table.add_row(
        "mean", "", "", f"{means['auroc_default']:.4f}", f"{means['auroc_forest']:.4f}", f"{means['auroc_combined']:.4f}",
        f"{means['named_first']:.1%}", str(sum(one.wrong_sign for one in figures)), f"{means['found_static']:.1f}",
        f"{means['found_learning']:.1f}", f"{sum(one.seconds for one in figures):.0f}",
    )  # fmt: skip
    console.print(table)
    largest = max(figures, key=lambda one: one.rows * one.columns)
    console.print(
        f"{largest.name}: fitted in {largest.seconds_fit:.1f} s, {largest.rows:,} rows scored in {largest.seconds_score:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the .npz files are")
    parser.add_argument("--seeds", type=int, default=5, help="over how many seeds to take means (5)")
    parser.add_argument("--json", action="store_true", help="print figures for a program")
    given = parser.parse_args()
    paths = sorted(given.folder.glob("*.npz"))
    if not paths:
        parser.error(f"no .npz file in {given.folder}")
    progress = Console(stderr=True)
    figures = []
    for path in paths:
        with progress.status(path.stem):
            figures.append(measure(path, given.seeds))
    console = Console(width=130)
    if given.json:
        console.print_json(json.dumps({"mean": mean(figures), "sets": [asdict(one) for one in figures]}))
    else:
        show(console, figures)


if __name__ == "__main__":
    main()
