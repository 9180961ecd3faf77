"""A page on A4 as it is told: everything that stands on it, in its order. How it looks is the matter of pdf and word.

Texts are texts: nothing in them is markup. An empty text is a blank to write on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A label and what stands beside it. share: of the width of its row, against the others' there."""

    label: str
    text: str
    share: int = 1


@dataclass(frozen=True)
class Fields:
    """Labels and texts side by side; every row fills the width of the page."""

    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True)
class Grid:
    """A table. widths: shares of the page's width, one a heading. row_mm: least height of a row, 0 = that of its text."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    row_mm: int = 0


@dataclass(frozen=True)
class Item:
    """A thing to ask about: a heading, a sentence, and what belongs to it, label by label. It stays on one page."""

    heading: str
    text: str
    notes: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Note:
    """A line in small print: what a value means, what to bring."""

    label: str
    text: str


@dataclass(frozen=True)
class Box:
    """A frame to write into, `mm` high."""

    label: str
    mm: int


@dataclass(frozen=True)
class Lines:
    """Labels with a line behind each to sign or to write on, side by side, `mm` below what stands above."""

    labels: tuple[str, ...]
    mm: int = 3


Block = Fields | Grid | Item | Note | Box | Lines


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


ROOMY_POINTS = 12
"""Size of running text for people who may be old, and read at a table in poor light: where it leaves the page on one sheet."""


@dataclass(frozen=True)
class Page:
    """A page of one household or application, or two where it holds much.

    under: what stands below the title. number: the id that the page comes back by; it is all that the QR code holds. points: size
    of its running text.
    """

    title: str
    under: str
    number: str
    sections: tuple[Section, ...]
    points: float = 10.5


def texts_of(page: Page) -> Iterator[str]:
    """All texts of the page that are not empty, from top to bottom."""
    yield from (text for text in (page.title, page.under, page.number) if text)
    for section in page.sections:
        yield from (section.heading, *(text for block in section.blocks for text in _texts(block) if text))


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Fields(rows):
            yield from (text for row in rows for field in row for text in (field.label, field.text))
        case Grid():
            yield from (*block.headings, *(text for row in block.rows for text in row))
        case Item():
            yield from (block.heading, block.text, *(text for note in block.notes for text in (note.label, note.text)))
        case Note():
            yield from (block.label, block.text)
        case Box():
            yield block.label
        case Lines():
            yield from block.labels
