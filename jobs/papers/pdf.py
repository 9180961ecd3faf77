"""Pages as PDF on A4, Chinese font embedded. The same pages give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import typst

from jobs.papers.page import Block, Page
from jobs.papers.qr import qr_of
from jobs.runtime.errors import BadConfiguration

FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimSun",
)
"""Families with simplified Chinese, the first that is there is taken."""


class Printer:
    """Sets pages; made once for many files, for it reads the machine's fonts. Raises BadConfiguration where none has Chinese."""

    def __init__(self) -> None:
        there = set(typst.Fonts(include_embedded_fonts=False).families())
        self.font = next((family for family in FONTS if family in there), "")
        if not self.font:
            raise BadConfiguration(
                "No Chinese font is installed, without which no page can be printed. Install one, on Debian by apt-get install "
                "fonts-noto-cjk, and run again. Nothing was written."
            )
        self._look = files("jobs.papers").joinpath("page.typ").read_bytes()
        self._compiler = typst.Compiler()

    def pdf(self, pages: Sequence[Page], as_of: date) -> bytes:
        """One file, in the order of the pages; dated with the day, not with the clock."""
        return self.typeset(self._look, {"pages": json.dumps([_told(page) for page in pages], ensure_ascii=False)}, as_of)

    def typeset(self, look: bytes, given: Mapping[str, str], as_of: date) -> bytes:
        """The same of any other look, Typst that takes the texts as data: `given`, and `font`."""
        made = self._compiler.compile(
            look,
            sys_inputs={**given, "font": self.font},
            format="pdf",
            timestamp=int(datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC).timestamp()),
            pdf_tags=False,
        )
        assert isinstance(made, bytes)
        return made


def _told(page: Page) -> dict[str, Any]:
    return {
        "title": page.title, "under": page.under, "number": page.number, "points": page.points, "qr": qr_of(page.number).svg_inline(border=0),
        "sections": [
            {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]} for section in page.sections
        ],
    }  # fmt: skip


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__, **asdict(block)}
