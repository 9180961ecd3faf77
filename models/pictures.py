"""A picture of figures by name, as SVG without a library: the same figures give the same bytes, and drawing it takes no time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_WIDTH, _LEFT, _TOP, _ROW = 760, 260, 52, 20
_INK, _MARK = "#1f4e79", "#b42318"


def bars(title: str, figures: Mapping[str, float], mark: float | None = None) -> str:
    """One bar a figure, the largest on top, its value beside it. mark: a value from which on a bar is red."""
    ordered = sorted(figures.items(), key=lambda item: (-item[1], item[0]))
    reach = max([*(abs(value) for value in figures.values()), mark or 0.0]) or 1.0
    scale, height = (_WIDTH - _LEFT - 90) / reach, _TOP + _ROW * len(ordered) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="12" y="28" font-size="16">{escape(title)}</text>',
    ]
    for place, (name, value) in enumerate(ordered):
        y, width = _TOP + place * _ROW, max(0.0, value) * scale
        colour = _MARK if mark is not None and value > mark else _INK
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y + 2}" width="{width:.1f}" height="14" fill="{colour}"/>',
            f'<text x="{_LEFT + width + 6:.1f}" y="{y + 13}" fill="#666">{value:.3f}</text>',
        ]
    if mark is not None:
        x = _LEFT + mark * scale
        parts.append(f'<path d="M{x:.1f} {_TOP - 4}V{height - 16}" stroke="{_MARK}" stroke-dasharray="4 4"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"
