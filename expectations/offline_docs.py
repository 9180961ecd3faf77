"""Data Docs that open on a closed network: no page asks another machine for a style, a script or a picture.

Great Expectations' pages load their styles and scripts from public servers, and its index is drawn by those
scripts. Here every such reference is taken out, a style sheet of our own is put beside the pages, and the index
is written as plain HTML.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from expectations.bounds import CRITICAL, WARNING, Checked

_REMOTE = r"""["'](?:https?:)?//[^"']*["']"""
_REMOTE_TAGS = re.compile(
    rf"<script\b[^>]*\bsrc\s*=\s*{_REMOTE}[^>]*>\s*</script>|<link\b[^>]*\bhref\s*=\s*{_REMOTE}[^>]*>|<img\b[^>]*\bsrc\s*=\s*{_REMOTE}[^>]*>",
    re.IGNORECASE,
)
_REMOTE_STYLES = re.compile(r"url\(\s*['\"]?(?:https?:)?//[^)]*\)", re.IGNORECASE)
_NEWSLETTER = re.compile(r"<footer\b.*?</footer>|<p>Stay current on everything GX.*?</p>", re.IGNORECASE | re.DOTALL)
_STYLE_FILE = "offline.css"
_STYLE = """
:root { --line: #d0d7de; --ink: #1f2328; --head: #1f4e79; }
body {
  font: 15px/1.5 "Microsoft YaHei", "Noto Sans CJK SC", "Segoe UI", sans-serif;
  color: var(--ink); margin: 0 auto; max-width: 1180px; padding: 24px;
}
h1 { font-size: 24px; }
h2 { font-size: 18px; margin-top: 28px; }
a { color: #0969da; }
table { border-collapse: collapse; margin: 12px 0; }
th, td { border: 1px solid var(--line); padding: 5px 10px; text-align: left; vertical-align: top; }
th { background: var(--head); color: #fff; font-weight: 600; }
td.number { text-align: right; }
.failed-critical { color: #b42318; font-weight: 600; }
.failed-warning { color: #b54708; font-weight: 600; }
.card { border: 1px solid var(--line); border-radius: 6px; margin: 12px 0; padding: 10px 14px; }
.d-none, .modal, nav .navbar-brand { display: none; }
.card.d-none { display: block; }
.text-success::before { content: "✓ "; color: #1a7f37; }
.text-danger::before { content: "✗ "; color: #b42318; }
ul.nav { list-style: none; padding: 0; columns: 3; }
"""


@dataclass(frozen=True)
class Line:
    """A table's line of the index."""

    title: str
    page: str
    checked: Sequence[Checked]

    @property
    def failed(self) -> list[Checked]:
        return [c for c in self.checked if not c.success]


def make_offline(site: Path, lines: Mapping[str, Line], heading: str) -> Path:
    """Rewrites every page of the site and its index; returns the index. `lines`: by table name."""
    (site / _STYLE_FILE).write_text(_STYLE, encoding="utf-8")
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        text = _REMOTE_STYLES.sub("none", _REMOTE_TAGS.sub("", _NEWSLETTER.sub("", text)))
        style = f'<link rel="stylesheet" href="{os.path.relpath(site / _STYLE_FILE, page.parent)}">'
        page.write_text(text.replace("</head>", f"{style}</head>", 1), encoding="utf-8")
    index = site / "index.html"
    index.write_text(_index(lines, heading), encoding="utf-8")
    return index


def _index(lines: Mapping[str, Line], heading: str) -> str:
    rows = "".join(
        f'<tr><td><a href="{escape(line.page)}">{escape(name)}</a></td><td>{escape(line.title)}</td>'
        f'<td class="number">{len(line.checked)}</td><td class="number">{len(line.failed)}</td></tr>'
        for name, line in lines.items()
    )
    failed = "".join(
        f'<tr><td>{escape(name)}</td><td class="failed-{c.bound.severity}">{c.bound.severity}</td><td>{escape(c.bound.measure)}</td>'
        f'<td class="number">{c.observed or 0:.4g}</td><td>{escape(c.bound.expected)}</td><td>{escape(c.bound.meaning)}</td></tr>'
        for severity in (CRITICAL, WARNING)
        for name, line in lines.items()
        for c in line.failed
        if c.bound.severity == severity
    )
    problems = (
        "<table><tr><th>table</th><th>severity</th><th>figure</th><th>seen</th><th>expected</th><th>what it means</th></tr>"
        f"{failed}</table>"
        if failed
        else "<p>Every expectation held.</p>"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(heading)}</title>'
        f'<link rel="stylesheet" href="{_STYLE_FILE}"></head><body><h1>{escape(heading)}</h1>'
        f"<h2>What did not hold</h2>{problems}<h2>Tables</h2>"
        f"<table><tr><th>table</th><th>data set</th><th>checked</th><th>failed</th></tr>{rows}</table></body></html>\n"
    )
