"""Lists of an edition that are text: their long cells are marked. A page of text has no edge to tell anything on: its file's name does."""

from __future__ import annotations

import csv
import io

from jobs.editions.marks import marked
from jobs.sheets.files import BOM


def marked_csv(content: bytes, mark: str) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        writer.writerow([marked(cell, mark) for cell in row])
    return BOM + made.getvalue().encode()
