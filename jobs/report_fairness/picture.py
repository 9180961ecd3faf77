"""The picture of the report: rates of every group with their intervals, as SVG without any library or font of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from jobs.report_fairness.groups import DIMENSIONS
from jobs.report_fairness.rates import ComparedGroup

PANELS = {"dispatched": "交办率（占全部户数）", "confirmed": "查是率（占已核查户数）", "refuted": "查否率（占已核查户数）"}
_INK, _FAINT, _GRID, _WARN = "#1f4e79", "#b8c4d0", "#e3e8ee", "#b42318"
_LEFT, _PANEL, _GAP, _TOP, _ROW = 210, 250, 40, 70, 20
_TICKS = 4


def picture(groups: Sequence[ComparedGroup], least_visits: int, significance: float) -> str:
    """One line a group, one panel a rate. Pale: too few visits to judge; red: refuted beyond chance."""
    width = _LEFT + len(PANELS) * (_PANEL + _GAP)
    lines, y = [], _TOP
    dimension = ""
    for one in groups:
        if one.group.dimension != dimension:
            dimension = one.group.dimension
            y += 12
            lines.append(_text(12, y + 4, DIMENSIONS[dimension], weight="bold"))
            y += _ROW
        lines.append(_text(24, y + 4, f"{one.group.name}（{one.group.cases}户，核查{one.group.visited}）"))
        for i, rate in enumerate(PANELS):
            lines += _rate(one, rate, _x0(i), _scale(groups, rate, least_visits), y, least_visits, significance)
        y += _ROW
    axes = [part for i, rate in enumerate(PANELS) for part in _axis(PANELS[rate], _x0(i), _scale(groups, rate, least_visits), y)]
    note = (
        f"点为比率，线为95%区间（Wilson）。浅色：不足{least_visits}户，不作判断。"
        "红色：查否率与其余各组的差异超出偶然（两比例检验，Holm校正）。"
    )
    height = y + 60
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            "font-family=\"'Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC','WenQuanYi Micro Hei',sans-serif\" "
            'font-size="12">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *axes,
            *lines,
            _text(12, height - 14, note, colour="#555555"),
            "</svg>",
            "",
        ]
    )


def _x0(panel: int) -> int:
    return _LEFT + panel * (_PANEL + _GAP) + _GAP // 2


def _scale(groups: Sequence[ComparedGroup], rate: str, least: int) -> float:
    """The highest value of a panel: intervals of groups too small to judge must not squeeze the others."""
    highs = [
        one.rate(rate)[1][1] if _count(one, rate) >= least else one.rate(rate)[0] or 0.0  # the point must fit all the same
        for one in groups
    ]
    top = max(highs, default=1.0) or 1.0
    return next(limit for limit in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if top <= limit)


def _count(one: ComparedGroup, rate: str) -> int:
    return one.group.cases if rate == "dispatched" else one.group.visited


def _rate(
    one: ComparedGroup, rate: str, x0: int, top: float, y: int, least_visits: int, significance: float
) -> list[str]:  # fmt: skip
    share, (low, high) = one.rate(rate)
    if share is None:
        return [_text(x0, y + 4, "尚无核查", colour=_FAINT)]
    is_small = _count(one, rate) < least_visits
    colour = _FAINT if is_small else _WARN if rate == "refuted" and one.is_beyond_chance(significance) else _INK
    left, right, at = (x0 + _PANEL * min(value, top) / top for value in (low, high, share))
    return [
        f'<line x1="{left:.1f}" y1="{y}" x2="{right:.1f}" y2="{y}" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{at:.1f}" cy="{y}" r="4" fill="{colour}"/>',
    ]


def _axis(title: str, x0: int, top: float, bottom: int) -> list[str]:
    parts = [_text(x0, 28, title, weight="bold")]
    for tick in range(_TICKS + 1):
        x = x0 + _PANEL * tick / _TICKS
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{bottom}" stroke="{_GRID}"/>')
        parts.append(_text(x, _TOP - 14, f"{100 * top * tick / _TICKS:g}%", colour="#555555", anchor="middle"))
    return parts


def _text(x: float, y: float, text: str, *, colour: str = "#222222", weight: str = "normal", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-weight="{weight}" text-anchor="{anchor}">{escape(text)}</text>'
