"""The site: Sphinx with MyST and Furo. `make docs` builds it into site/; nothing is fetched, neither to build it nor to read it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.site_search import ChineseAndEnglish

project = "Mingjing 明镜"
html_title = project
language = "en"
smartquotes = False  # of --option it would make a dash
extensions = ["myst_parser"]
exclude_patterns = ["conf.py"]

myst_heading_anchors = 4
myst_links_external_new_tab = True

html_theme = "furo"
html_search_language = ChineseAndEnglish.lang
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False

BESIDE = {"models/MODEL_CARD.md": "model-card.md", "models/linkage/README.md": "linkage-model.md"}
"""Documents that lie beside the code which they are about, and the pages that show them."""


def follow_beside(app: Sphinx, page: str, source: list[str]) -> None:
    """Links to a document outside this folder lead to the page that shows it; in the repository they lead to the file."""
    up = "../" * page.count("/")
    for file, shown in BESIDE.items():
        source[0] = source[0].replace(f"](../{up}{file}", f"]({up}{shown}")


def speak_chinese(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Pages for Chinese readers say so: a browser then takes Chinese shapes of characters, and a screen reader a Chinese voice."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> None:
    app.add_search_language(ChineseAndEnglish)
    app.add_lexer("case", TextLexer)
    app.connect("source-read", follow_beside)
    app.connect("html-page-context", speak_chinese)
