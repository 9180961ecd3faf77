"""Printed pages of an edition: told along the left edge of every one, and marked."""

from __future__ import annotations

import io
from datetime import date
from importlib.resources import files

from pypdf import PdfReader, PdfWriter

from jobs.editions.marks import spelt
from jobs.papers.pdf import Printer


def told_and_marked(content: bytes, note: str, mark: str, printer: Printer, as_of: date) -> bytes:
    """The PDF with the note on every page, and the mark on every page, unseen, and in its keywords."""
    book = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    look = files("jobs.editions").joinpath("edge.typ").read_bytes()
    edges = {}
    for page in book.pages:
        size = str(float(page.mediabox.width)), str(float(page.mediabox.height))
        if size not in edges:
            given = {"note": note, "mark": spelt(mark), "width": size[0], "height": size[1]}
            edges[size] = PdfReader(io.BytesIO(printer.typeset(look, given, as_of))).pages[0]
        page.merge_page(edges[size])
    book.add_metadata({"/Keywords": spelt(mark)})
    made = io.BytesIO()
    book.write(made)
    return made.getvalue()
