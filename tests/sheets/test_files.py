"""What leaves as CSV opens as text in a spreadsheet, and a file has a name of its own that every system can write."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import polars as pl
import pytest

from jobs.sheets.files import workbook_names, write_csv

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+SUM(A1)",
    "-2+3+cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1+1",
    "－a",
    "＠x",
)
PLAIN = ("张*", "-5", "+8613000000000", "-12.50", "420292********1234", "1=1", "a@b", "-", "=", "－", "[{}]", " ")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_text_that_a_spreadsheet_would_compute_has_an_apostrophe_before_it(tmp_path: Path) -> None:
    texts = [*FORMULAS, *PLAIN]
    written = pl.DataFrame({"first": texts, "amount": [-1.5] * len(texts), "rank": [-1] * len(texts), "last": texts})
    write_csv(written, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbffirst,")
    rows = read(tmp_path / "a.csv")
    assert [row["first"] for row in rows] == [row["last"] for row in rows] == [f"'{text}" for text in FORMULAS] + list(PLAIN)
    assert {(row["amount"], row["rank"]) for row in rows} == {("-1.500000", "-1")}


@pytest.mark.parametrize("frame", [pl.DataFrame({"a": [1]}), pl.DataFrame([], ["a"]), pl.DataFrame({"a": [None, None]})])
def test_a_list_without_texts_or_rows_is_written_too(tmp_path: Path, frame: pl.DataFrame) -> None:
    write_csv(frame, tmp_path / "a.csv")
    assert len(read(tmp_path / "a.csv")) in (0, len(frame))


LABELS = (
    "420202_甲/乙\\丙", "420202_甲:乙*丙", "..", ".", "", " ", "...hidden...", "a?b\"c<d>e|f", "x\x00y\x1b[31m\x7f", "x\u202ey\ufeff",
    "县" * 200, "县" * 201, "CASE", "case", "a\ud800b", "420203", "420203",
)  # fmt: skip


def test_names_are_safe_on_every_system_and_no_two_alike(tmp_path: Path) -> None:
    names = workbook_names("线索清单", LABELS)
    assert len({name.casefold() for name in names}) == len(LABELS)
    for name in names:
        assert os.path.basename(name) == name
        assert len(name.encode()) <= 140
        assert not set(name) & set('\\/:*?"<>|\0\x1b\x7f\u202e\ufeff\n ')
        assert not name.startswith(".")
        assert not name.removesuffix(".xlsx").endswith((".", " "))
        (tmp_path / name).write_text(name)
    assert len(list(tmp_path.iterdir())) == len(LABELS)


def test_names_say_what_they_can() -> None:
    assert workbook_names("线索清单", ["420222_阳新县", "a/b", "a:b"]) == [
        "线索清单_420222_阳新县.xlsx",
        "线索清单_a_b.xlsx",
        "线索清单_a_b_2.xlsx",
    ]
