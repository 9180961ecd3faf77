"""The READMEs' picture of what comes out: the first clue of some rules in a masked list of a simulated city, as SVG.

make demo
.venv/bin/python -m tools.demo_picture demo/out/exports/clues.csv docs/pictures/clues.svg
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from jobs.rules import RULES

_WIDTH, _TOP, _BLOCK, _EM = 1000, 108, 88, 15
_TEXT_LEFT, _PER_LINE = 64, 60
_SHOWN = 6
_TITLES = {rule.code: (rule.title_zh, rule.title) for rule in RULES}


def picture(clues: pl.DataFrame) -> str:
    """The picture of a published list: one clue of each of the first rules in it, in the order of the list."""
    shown = clues.filter(pl.col("dispatched") == "是").sort("rank").unique("rule_code", keep="first").sort("rank").head(_SHOWN)
    height = _TOP + _BLOCK * len(shown) + 34
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
            """font-family="system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif" """
            f'font-size="{_EM}">',
            "<title>Clues of a simulated city, one of each of six rules</title>",
            f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#ffffff" stroke="#d0d7de"/>',
            _text(24, 40, "线索清单 · list of clues", size=22, weight=600),
            _text(24, 66, "一条线索是请人核实的问题，不是结论。 A clue is a question for a person to answer.", fill="#57606a"),
            f'<rect x="{_WIDTH - 264}" y="20" width="240" height="30" rx="15" fill="#fff1e5" stroke="#bc4c00"/>',
            _text(_WIDTH - 144, 40, "模拟数据 · synthetic data", anchor="middle", fill="#bc4c00", weight=600),
            *(part for at, clue in enumerate(shown.iter_rows(named=True)) for part in _clue(_TOP + at * _BLOCK, clue)),
            _text(24, height - 14, "姓名已脱敏；涉及金额和得分由模拟城市算出。 Names masked.", size=12, fill="#57606a"),
            "</svg>\n",
        ]
    )


def _clue(y: int, clue: Mapping[str, Any]) -> Iterator[str]:
    zh, en = _TITLES[clue["rule_code"]]
    yield f'<path d="M24 {y - 24}H{_WIDTH - 24}" stroke="#d8dee4"/>'
    yield _text(24, y, str(clue["rank"]), fill="#57606a")
    yield _text(_TEXT_LEFT, y, f"{clue['rule_code']} {zh}", weight=600, fill="#1f4e79")
    yield _text(_TEXT_LEFT + (_ems(zh) + 4) * _EM, y, en, size=13, fill="#57606a")
    yield _text(_WIDTH - 224, y, f"{clue['town']}　{clue['subject_name']}", anchor="end", fill="#24292f")
    yield _text(_WIDTH - 112, y, f"{float(clue['amount_estimate']):,.2f} 元", anchor="end")
    yield _text(_WIDTH - 24, y, f"得分 {float(clue['score']):.2f}", anchor="end", fill="#1f4e79")
    for n, line in enumerate(_lines(clue["explanation"])):
        yield _text(_TEXT_LEFT, y + 24 + n * 21, line, size=14, fill="#24292f")


def _text(
    x: float, y: int, text: str, *, size: int = _EM, weight: int = 400, fill: str = "#24292f", anchor: str = "start"
) -> str:
    return f'<text x="{x:g}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'


def _ems(text: str) -> float:
    """Width in ems; a Chinese character is one."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56 for character in text)


def _lines(text: str) -> list[str]:
    """Two lines at most; no line begins with a mark."""
    cut = next((i for i in range(len(text)) if _ems(text[: i + 1]) > _PER_LINE), len(text))
    while cut < len(text) and text[cut] in "，。；、）0123456789.,":
        cut -= 1
    return [text[:cut], text[cut:]] if cut < len(text) else [text]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.demo_picture", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("clues", type=Path, help="exports/clues.csv of a simulated city")
    parser.add_argument("picture", type=Path, help="where the SVG goes")
    chosen = parser.parse_args(arguments)
    chosen.picture.write_text(
        picture(pl.read_csv(chosen.clues, infer_schema_length=0).cast({"rank": pl.Int64})), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
