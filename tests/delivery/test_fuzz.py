"""Seeded damage to a text file: whatever the bytes, each mark of a row that is left whole in them is found again.

All other laws of damaged files, and all other files, are tried in tests/fuzzing.
"""

from __future__ import annotations

import random
import re
import resource
import time
from typing import Any

import polars as pl
import pytest

from jobs.delivery.decode import decode
from jobs.delivery.survey import SurveyedFile
from tests.damage import ODD_BYTES, mutated
from tests.delivery.conftest import Delivery

SEED = 20170105
SECONDS, MEGABYTES = 3, 300
"""What one damaged file may take, and how much more memory the process may hold after all of them."""


def judged(delivery: Delivery, name: str, content: bytes) -> tuple[SurveyedFile, pl.DataFrame | None]:
    """The file with the rows of its pieces, null for a refused one. Cut into pieces wherever that is possible."""
    began = time.process_time()
    delivery.lines.clear()
    delivery.add(name, content)
    file = delivery.survey(piece_bytes=1000)[name]
    rows = None
    if file.status == "accepted":
        frames = [frame for piece in file.pieces for frame in decode(piece)]
        rows = pl.concat(frames) if frames else pl.DataFrame(schema={"_sheet": pl.String, "_row": pl.Int64})
    assert time.process_time() - began < SECONDS
    assert file.status == "accepted" or file.reason
    return file, rows


def numbers_of(rows: pl.DataFrame) -> dict[str, list[int]]:
    return {sheet: part["_row"].to_list() for (sheet,), part in rows.group_by("_sheet")}


def assert_numbered(rows: pl.DataFrame, header_row: int, sheet: str = "") -> None:
    """Rows count from 1, the header among them has its own number, and nothing is left out."""
    numbers = numbers_of(rows).get(sheet, [])
    assert numbers == [number for number in range(1, len(numbers) + 2) if number != header_row + 1]


def assert_nothing_lost(content: bytes, file: SurveyedFile, rows: pl.DataFrame) -> None:
    """Each mark of a row that is left whole in the bytes is found again, unless its line has more cells than the header."""
    header = file.pieces[0].header
    lines = content.replace(b"\x00", b"").replace(b"\r\n", b"\n").split(b"\n")
    marks = [
        mark for line in lines if line.count(b",") < len(header.names) for mark in re.findall(rb"(?<![\x80-\xff])D\d{4}", line)
    ]
    cells = "\n".join(str(cell) for row in rows.iter_rows() for cell in row) + "\n".join(header.names)
    for mark in set(marks):
        assert cells.count(mark.decode()) >= marks.count(mark), mark


@pytest.fixture
def bounded() -> Any:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_damaged_text_is_read_or_refused(
    delivery: Any, payments: Any, bounded: None, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr("jobs.delivery.text_files._BLOCK", 700)
    monkeypatch.setattr("jobs.delivery.text_files._CAREFUL_ROWS", 7)
    chance = random.Random(SEED)
    table = payments.rows(20)
    table[3][-1], table[9][3], table[14][-2] = "一\n二", '李"四"', "王,五"
    original = payments.csv(payments.header, *table).encode(encoding)
    accepted = 0
    for _ in range(100):
        content = mutated(original, chance, ODD_BYTES)
        file, rows = judged(delivery, "坏.csv", content)
        if rows is None:
            continue
        accepted += 1
        assert_numbered(rows, file.pieces[0].header.row)
        if encoding != "utf-16":
            assert_nothing_lost(content, file, rows)
            if b'"' not in content and b"\r" not in content:
                text = content.replace(b"\x00", b"")
                assert rows.height + 1 == text.count(b"\n") + (not text.endswith(b"\n"))
    assert accepted > 50
