"""Seeded damage to a valid file: whatever the bytes, a survey and a decoding end soon, in bounds, and lose no row."""

from __future__ import annotations

import io
import random
import re
import resource
import time
import zipfile
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from jobs.delivery.decode import decode
from jobs.delivery.manifest import read_manifest
from jobs.delivery.survey import SurveyedFile, survey_delivery
from jobs.delivery.workbooks import read_sheet
from jobs.runtime.errors import BadDelivery
from tests.damage import ODD_BYTES, ODD_XML, mutated
from tests.delivery.conftest import Delivery
from tests.delivery.test_archives import zipped
from tests.delivery.test_binary_workbooks import BOOK, rewritten
from tests.delivery.test_dbase_files import PAYMENT_COLUMNS, database, record

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


def test_damaged_workbooks_are_read_or_refused(delivery: Any, payments: Any, bounded: None) -> None:
    chance = random.Random(SEED)
    original = delivery.add_workbook(
        "全.xlsx", {"表": [payments.header, *payments.rows(20)], "次": [payments.header, payments.row()]}
    )
    content = (delivery.folder / original).read_bytes()
    (delivery.folder / original).unlink()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    accepted = 0
    for turn in range(100):
        if turn % 4:
            damaged = dict(parts)
            name = chance.choice([part for part in parts if chance.random() < 0.3 or "sheet" in part or "Strings" in part])
            damaged[name] = mutated(parts[name], chance, [part.encode() for part in ODD_XML])
            content_now = io.BytesIO()
            with zipfile.ZipFile(content_now, "w", zipfile.ZIP_DEFLATED) as archive:
                for part in chance.sample(list(damaged), len(damaged)):
                    archive.writestr(part, damaged[part])
            file, rows = judged(delivery, "坏.xlsx", content_now.getvalue())
        else:
            file, rows = judged(delivery, "坏.xlsx", mutated(content, chance, ODD_BYTES))
        if rows is None:
            continue
        accepted += 1
        for piece in file.pieces:
            assert_numbered(rows, piece.header.row, piece.sheet)
            assert len(numbers_of(rows).get(piece.sheet, [])) == read_sheet(delivery.folder / "坏.xlsx", piece.sheet).height - 1
    assert accepted > 10


OTHERS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "表.zip": lambda rows: zipped({"发放.csv": "\n".join(map(",".join, rows)).encode("gb18030")}),
    "表.xlsb": lambda _: BOOK.read_bytes(),
    "表.dbf": lambda rows: database(PAYMENT_COLUMNS, [record(row) for row in rows[1:]]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_damaged_files_are_read_or_refused(delivery: Any, payments: Any, bounded: None, name: str) -> None:
    chance = random.Random(SEED)
    original = OTHERS[name]([payments.header, *payments.rows(20)])
    outcomes = [judged(delivery, name, mutated(original, chance, ODD_BYTES)) for _ in range(150)]
    assert sum(rows is None for _, rows in outcomes) > 10
    for file, rows in outcomes:
        if rows is not None and name.endswith("zip"):
            assert_numbered(rows, file.pieces[0].header.row)


def test_damaged_sheets_of_a_binary_workbook_are_read_or_refused(delivery: Any, bounded: None) -> None:
    """In a sound archive: what is damaged there is refused by its sum."""
    chance = random.Random(SEED)
    for part in ("xl/worksheets/sheet1.bin", "xl/workbook.bin", "xl/styles.bin", "xl/sharedStrings.bin"):
        for _ in range(40):
            judged(delivery, "表.xlsb", rewritten(part, lambda content: mutated(content, chance, ODD_BYTES)))


def test_a_damaged_manifest_is_read_or_refused_in_words(delivery: Any, payments: Any) -> None:
    chance = random.Random(SEED)
    for i in range(4):
        delivery.add(f"{i}.csv", payments.csv(payments.header, payments.row(household_no=f"D{i}")))
    delivery.write_manifest()
    original = (delivery.folder / "交接清单.csv").read_bytes()
    accepted, refusals = 0, []
    for _ in range(200):
        (delivery.folder / "交接清单.csv").write_bytes(mutated(original, chance, ODD_BYTES))
        try:
            files = survey_delivery(delivery.folder, read_manifest(delivery.folder), 1 << 20)
        except BadDelivery as refused:
            refusals.append(str(refused))
            continue
        accepted += sum(file.status == "accepted" for file in files)
        assert {f"{i}.csv" for i in range(4)} <= {file.entry.file_name for file in files}  # listed, or told as not listed
        assert all(file.status == "accepted" or file.reason for file in files)
    assert accepted > 200
    assert [told for told in refusals if not re.search("lacks the column|lists no file", told)] == []
