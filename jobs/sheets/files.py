"""Files that leave: CSV that a spreadsheet opens as it is, and names that every system can write, no two alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import polars as pl

BOM = b"\xef\xbb\xbf"
_FORMULA = r"^[=+\-@\t\r\n＝＋－＠](?s:.)"
"""What a spreadsheet may take for a formula, or for a cell that begins with one."""
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_NO_FILE_NAME = frozenset('\\/:*?"<>|')
_LONGEST = 100
"""Bytes of a label in a file name: 33 Chinese characters. With what stands around it, it fits every file system."""


def write_csv(listed: pl.DataFrame, path: Path) -> None:
    """UTF-8 with BOM, so that a spreadsheet opens it as it is; a text that it would compute has an apostrophe before it."""
    texts = pl.col(pl.String)
    is_formula = texts.str.contains(_FORMULA) & ~texts.str.contains(_NUMBER)
    safe = listed.with_columns(pl.when(is_formula).then(pl.lit("'") + texts).otherwise(texts).name.keep())
    path.write_bytes(BOM + safe.write_csv(float_precision=6).encode())


def workbook_names(kind: str, labels: Sequence[str], suffix: str = ".xlsx") -> list[str]:
    """`kind_label.xlsx` of each label, in their order. No name comes twice, whatever the labels hold."""
    names: list[str] = []
    taken: set[str] = set()
    for label in labels:
        part = _name_part(label)
        name, n = f"{kind}_{part}{suffix}", 1
        while name.casefold() in taken:
            n += 1
            name = f"{kind}_{part}_{n}{suffix}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _name_part(label: str) -> str:
    """What of the label may stand in a file name; control characters, blanks and what some system forbids are one `_` each."""
    kept = "".join("_" if c in _NO_FILE_NAME or c.isspace() or unicodedata.category(c).startswith("C") else c for c in label)
    return kept.encode()[:_LONGEST].decode(errors="ignore").strip("._")
