"""Pictures of frames, readable with two dozen rules: one line each, sorted, every figure beside its mark. No legends.

Where no font of the machine has Chinese, the Chinese part of a label is left out, and the English one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, PALE, ACCENT, GREY = "#1f4e79", "#c3cfdb", "#c2571a", "#666666"
_WIDTH, _ROW, _HEAD = 8.4, 0.24, 1.15
_FONTS = (
    "NotoSansCJK-Regular",
    "NotoSansCJKsc-Regular",
    "NotoSansSC",
    "SourceHanSans",
    "msyh",
    "PingFang",
    "simhei",
    "wqy",
    "NotoSerifCJK-Regular",
)
"""Files of fonts that have Chinese, the best first."""


def bars(
    rows: pl.DataFrame, label: str, value: str, *, title: str, axis: str, of: str | None = None, form: str = "{:,.0f}"
) -> Axes:
    """One bar a row, the longest on top, its figure at its end. of: a column of totals, drawn pale behind."""
    rows = rows.sort(pl.col(value).cast(pl.Float64), descending=True, nulls_last=True, maintain_order=True)
    axes = _lines(rows[label].to_list(), title, axis)
    values = _numbers(rows[value])
    places = range(len(rows))
    behind = values if of is None else _numbers(rows[of])
    if of is not None:
        axes.barh(places, behind, color=PALE, height=0.7)
    axes.barh(places, values, color=INK, height=0.7)
    reach = max([*behind, 0]) or 1
    for place, (value_here, total) in enumerate(zip(values, behind, strict=True)):
        told = form.format(value_here) + ("" if of is None else f" / {form.format(total)}")
        axes.text(max(value_here, total) + reach * 0.01, place, told, va="center", fontsize=8, color=GREY)
    axes.set_xlim(0, reach * 1.16)
    return axes


def intervals(
    rows: pl.DataFrame,
    label: str,
    *,
    title: str,
    axis: str,
    mark: tuple[str, float] | None = None,
    counts: tuple[str, str] = ("hits", "count"),
) -> Axes:
    """One line a row as `shares` gives them: the share as a point, its 95 % interval, both counts. mark: a share to hold them against."""
    axes = _lines(rows[label].to_list(), title, axis)
    for place, row in enumerate(rows.iter_rows(named=True)):
        axes.plot([row["low"], row["high"]], [place, place], color=PALE, lw=3, solid_capstyle="round")
        if row["share"] is not None:
            axes.plot(row["share"], place, "o", color=INK, ms=5, clip_on=False)
        axes.text(1.02, place, " / ".join(f"{row[name]:,}" for name in counts), va="center", fontsize=8, color=GREY)
    if mark is not None:
        axes.axvline(mark[1], color=ACCENT, lw=1, ls="--")
        axes.text(mark[1] + 0.005, -0.6, _shown(f"{mark[0]} {mark[1]:.0%}"), color=ACCENT, fontsize=8, va="bottom")
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter("{x:.0%}")
    return axes


def strips(rows: pl.DataFrame, label: str, value: str, *, title: str, axis: str) -> Axes:
    """One line a label, every row a point on it, its median as a stroke; the highest median on top."""
    medians = (
        rows.group_by(label)
        .agg(pl.col(value).median().alias("median"), pl.len())
        .sort(pl.col("median"), label, descending=[True, False])
    )
    axes = _lines([f"{name}  n={count}" for name, _, count in medians.iter_rows()], title, axis)
    for place, (name, median, _) in enumerate(medians.iter_rows()):
        values = _numbers(rows.filter(pl.col(label) == name)[value])
        spread = ((np.arange(len(values)) * 0.618) % 1 - 0.5) * 0.5
        axes.plot(values, place + spread, "o", color=INK, ms=3, alpha=max(0.12, 0.6 / len(values) ** 0.25), mew=0)
        axes.plot([median, median], [place - 0.35, place + 0.35], color=ACCENT, lw=2)
    return axes


def curves(parts: Sequence[tuple[str, pl.Series]], *, title: str, axis: str) -> Axes:
    """Of each part the share of rows at or below a value, the part's name at the end of its line."""
    axes = _plain(title, 3.4)
    for (name, series), colour, height in zip(parts, (ACCENT, INK, GREY), (0.62, 0.48, 0.34), strict=False):
        values = np.sort(_numbers(series.drop_nulls()))
        axes.step(values, np.arange(1, len(values) + 1) / max(1, len(values)), where="post", color=colour, lw=2)
        axes.text(0.98, height, _shown(f"{name}  n={len(values):,}"), transform=axes.transAxes, ha="right", color=colour)
    axes.set(xlabel=_shown(axis), ylim=(0, 1))
    axes.yaxis.set_major_formatter("{x:.0%}")
    return axes


def calibration(rows: pl.DataFrame, *, title: str) -> Axes:
    """Promised against confirmed, by probabilities: on the diagonal they keep their word; strokes are 95 % intervals."""
    axes = _plain(title, 4.6)
    axes.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--")
    for (name, of_name), colour, height in zip(
        rows.group_by("probabilities", maintain_order=True), (INK, ACCENT), (0.12, 0.05), strict=False
    ):
        axes.vlines(of_name["promised"], of_name["low95"], of_name["high95"], color=colour, alpha=0.4, lw=2)
        axes.plot(of_name["promised"], of_name["confirmed"], "o-", color=colour, ms=5, clip_on=False)
        axes.text(
            0.98, height, f"{name[0]}, {of_name['visits'].sum():,} visits", transform=axes.transAxes, ha="right", color=colour
        )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=_shown("承诺概率 promised"), ylabel=_shown("查是占比 confirmed"))
    return axes


def waterfall(title: str, axis: str, start: float, steps: Sequence[tuple[str, float]], most: int) -> Axes:
    """From the usual to this one: what each step adds, those beyond `most` together."""
    shown = [
        *steps[:most],
        *([(f"其余{len(steps) - most}项 the others", sum(s for _, s in steps[most:]))] if len(steps) > most else []),
    ]
    axes = _lines(["通常情况 the usual household", *(name for name, _ in shown), "本户 this household"], title, axis)
    reached = start
    axes.barh(0, start, color=GREY, height=0.6)
    for place, (_, step) in enumerate(shown, start=1):
        axes.barh(place, step, left=reached, color=ACCENT if step > 0 else INK, height=0.6)
        axes.plot([reached, reached], [place - 1, place], color=GREY, lw=0.6)
        reached += step
        axes.text(max(reached, reached - step) + 0.01, place, f"{step:+.3f}", va="center", fontsize=8, color=GREY)
    axes.barh(len(shown) + 1, reached, color=INK, height=0.6)
    for place, total in ((0, start), (len(shown) + 1, reached)):
        axes.text(total + 0.01, place, f"{total:.3f}", va="center", fontsize=8, color=GREY)
    axes.set_xlim(0, 1)
    return axes


def _lines(labels: Sequence[Any], title: str, axis: str) -> Axes:
    """Axes with a line a label, from the top down."""
    axes = _plain(title, _HEAD + _ROW * max(2, len(labels)))
    axes.set_yticks(range(len(labels)), [_shown(str(label)) for label in labels], fontsize=8)
    axes.set(ylim=(max(2, len(labels)) - 0.4, -0.6), xlabel=_shown(axis))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e8e8e8", lw=0.6)
    axes.set_axisbelow(True)
    if not labels:
        axes.text(0.5, 0.5, _shown("无 none"), transform=axes.transAxes, ha="center", color=GREY)
    return axes


def _plain(title: str, height: float) -> Axes:
    import matplotlib.pyplot as plt  # takes a second, and nobody but pictures needs it

    font = _chinese_font()
    families = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    plt.rcParams["font.family"] = families  # for good: texts take the family of the moment at which they are written
    figure, axes = plt.subplots(figsize=(_WIDTH, height), layout="constrained", dpi=110)
    axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(_shown(title), x=0.01, ha="left", fontsize=12)
    return axes


@cache
def _chinese_font() -> str | None:
    """Looked for by its file: matplotlib keeps a list of fonts that knows nothing of those that came later."""
    from matplotlib import font_manager

    files = sorted(font_manager.findSystemFonts())
    path = next((path for name in _FONTS for path in files if Path(path).name.lower().startswith(name.lower())), None)
    if path is None:
        return None
    font_manager.fontManager.addfont(path)
    return str(font_manager.FontProperties(fname=path).get_name())


def _shown(text: str) -> str:
    """The text, or what of it needs no Chinese font; a name that is Chinese only stays as it is."""
    plain = " ".join("".join(c for c in text if c < "\u2e80").split())
    return text if _chinese_font() or not plain else plain


def _numbers(series: pl.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    return series.cast(pl.Float64).fill_null(0.0).to_numpy()
