"""Pictures without a library: what a table of figures looks like, as SVG. The same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.measures import Bin, Vector, reliability

_SIDE, _LEFT, _TOP = 420, 70, 50
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
STATED_COLOUR, LEARNED_COLOUR = "#c9822b", "#1f4e79"
Point = tuple[float, float]


def _x(value: float) -> float:
    return round(_LEFT + value * _SIDE, 1)


def _y(value: float) -> float:
    return round(_TOP + (1 - value) * _SIDE, 1)


def _frame(title: str, horizontal: str, vertical: str) -> list[str]:
    middle, bottom = _LEFT + _SIDE / 2, _TOP + _SIDE
    parts = [
        f'<text x="{_LEFT}" y="28" font-size="16">{title}</text>',
        f'<text x="{middle}" y="{bottom + 42}" text-anchor="middle">{horizontal}</text>',
        f'<text transform="translate(22 {_TOP + _SIDE / 2}) rotate(-90)" text-anchor="middle">{vertical}</text>',
    ]
    for tick in _TICKS:
        parts += [
            f'<path d="M{_x(tick)} {_TOP}V{bottom}M{_LEFT} {_y(tick)}H{_LEFT + _SIDE}" stroke="#ddd"/>',
            f'<text x="{_x(tick)}" y="{bottom + 18}" text-anchor="middle">{tick:.1f}</text>',
            f'<text x="{_LEFT - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:.1f}</text>',
        ]
    return parts


def _svg(parts: Sequence[str], width: float, height: float) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def pictures_of(y: Vector, learned: Vector, in_use: Vector, name: str) -> dict[str, str]:
    """Calibration and gain of a challenger beside what is in use, called `name`, on the same visits, by the files they are kept in."""
    orders = ((name, STATED_COLOUR, in_use), ("learned", LEARNED_COLOUR, learned))
    curves = [(told, colour, _gained(y, p)) for told, colour, p in orders]
    return {
        "calibration.svg": calibration_chart(reliability(y, learned), reliability(y, in_use), name),
        "gain.svg": gain_chart(f"{len(y)} later visits, the likeliest first", curves),
    }


def _gained(y: Vector, p: Vector) -> list[Point]:
    """Share of the true problems found by a share of the visits, in the order of p; of equal ones the refuted first."""
    found = np.cumsum(y[np.lexsort((y, -p))])
    return [(0.0, 0.0), *(((n + 1) / len(y), float(count / found[-1])) for n, count in enumerate(found))]


def calibration_chart(learned: Sequence[Bin], in_use: Sequence[Bin], name: str = "stated priors") -> str:
    """Promised against confirmed shares: points on the diagonal keep their word; bars are 95 % intervals. name: of what is in use."""
    parts = _frame("Does a promised probability hold?", "promised by the ranking", "confirmed by visits")
    parts.append(f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="4 4"/>')
    for bins, colour, told, row in (
        (in_use, STATED_COLOUR, name, 0),
        (learned, LEARNED_COLOUR, "learned, visits it has not seen", 1),
    ):
        line = "L".join(f"{_x(b.predicted)} {_y(b.confirmed)}" for b in bins)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}"/>')
        for b in bins:
            parts.append(f'<path d="M{_x(b.predicted)} {_y(b.low)}V{_y(b.high)}" stroke="{colour}" stroke-opacity="0.5"/>')
            parts.append(
                f'<circle cx="{_x(b.predicted)}" cy="{_y(b.confirmed)}" r="4" fill="{colour}"><title>{b.count} visits</title></circle>'
            )
        parts.append(f'<circle cx="{_LEFT + 16}" cy="{_TOP + 16 + 18 * row}" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + 26}" y="{_TOP + 20 + 18 * row}">{told}</text>')
    return _svg(parts, _LEFT + _SIDE + 30, _TOP + _SIDE + 60)


def gain_chart(title: str, curves: Sequence[tuple[str, str, Sequence[Point]]]) -> str:
    """Share of the true problems found against share of the list visited. curves: name, colour, points from (0, 0)."""
    parts = _frame(title, "share of the list visited", "share of its true problems found")
    for row, (name, colour, points) in enumerate(curves):
        line = "L".join(f"{_x(x)} {_y(y)}" for x, y in points)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        height = _TOP + _SIDE - 18 * (len(curves) - row)
        parts.append(f'<path d="M{_LEFT + 210} {height - 4}h22" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{_LEFT + 238}" y="{height}">{name}</text>')
    return _svg(parts, _LEFT + _SIDE + 30, _TOP + _SIDE + 60)


def write(path: Path, svg: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg, encoding="utf-8")
