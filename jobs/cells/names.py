"""Names: one spelling for comparison, and whether two spellings may be one person's."""

from __future__ import annotations

import re

import polars as pl

from jobs.cells.text import BLANKS, EDGE, trimmed

_TITLE = r"[(（\[【][^)）\]】]*[)）\]】]?"
_DOTS = r"[·•・．‧∙⋅.]"
_UNSURE = re.compile("[?？□■〇*�]")


def read_names(cells: pl.Series) -> pl.Series:
    """Names without blanks inside, bracketed titles (户主) and stray dots; one middle dot for minority names."""
    names = trimmed(cells)
    odd = names.str.contains(r"[\s\u3000\u00a0(（\[【)）\]】•・．‧∙⋅.？]|^·|·$").fill_null(False)
    if not odd.any():
        return names
    cleaned = names.str.replace_all(_TITLE, "").str.replace_all(BLANKS, "").str.replace_all(_DOTS, "·").str.replace_all("？", "?")
    return trimmed(pl.select(pl.when(odd).then(cleaned.str.strip_chars(EDGE + "·)）]】")).otherwise(names)).to_series())


def may_be_same(left: str, right: str) -> bool:
    """A known variant: equal but for characters that one side could not write (? or □) or for middle dots."""
    left, right = left.replace("·", ""), right.replace("·", "")
    if left == right:
        return True
    if len(left) != len(right) or not (_UNSURE.search(left) or _UNSURE.search(right)):
        return False
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if not (_UNSURE.match(a) or _UNSURE.match(b))]
    return bool(pairs) and all(a == b for a, b in pairs)
