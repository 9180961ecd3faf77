"""Data Docs that open on a closed network: no page asks another machine for a style, a script or a picture.

Great Expectations' pages load their styles and scripts from public servers. Here every such reference is taken out, and a style
sheet of our own is put beside the pages. Their index, which those scripts draw, gives way to ours (quality_pages.py).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

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
.card { border: 1px solid var(--line); border-radius: 6px; margin: 12px 0; padding: 10px 14px; }
.d-none, .modal, nav .navbar-brand { display: none; }
.card.d-none { display: block; }
.text-success::before { content: "✓ "; color: #1a7f37; }
.text-danger::before { content: "✗ "; color: #b42318; }
ul.nav { list-style: none; padding: 0; columns: 3; }
"""


def make_offline(site: Path) -> None:
    """Rewrites every page of the site."""
    (site / _STYLE_FILE).write_text(_STYLE, encoding="utf-8")
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        text = _REMOTE_STYLES.sub("none", _REMOTE_TAGS.sub("", _NEWSLETTER.sub("", text)))
        style = f'<link rel="stylesheet" href="{os.path.relpath(site / _STYLE_FILE, page.parent)}">'
        page.write_text(text.replace("</head>", f"{style}</head>", 1), encoding="utf-8")
