"""What a small office was sent, as the product writes it: a township's workbook of clues with questions about data, and one of needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from casework.events import Event
from casework.store import CaseStore, store_url
from expectations.contracts.lake import LISTED_CLUES
from jobs.publish.needs_list import write_needs_workbooks
from jobs.returns.brought import Brought
from jobs.sheets.clue_workbook import Told, with_cells, write_workbook
from jobs.sheets.history import History
from jobs.take_in.account import Fate
from jobs.take_in.cells import Row
from jobs.take_in.forms import Returned, returned
from jobs.take_in.judging import fates_of, usable_rows
from jobs.take_in.known import Known, Where
from jobs.take_in.slips import write_slips
from jobs.take_in.verdicts import KnownClue

LISTED, AS_OF = date(2017, 12, 31), date(2018, 3, 31)
NORTH, SOUTH = "420292", "420293"
NAMES = {NORTH: "北县", SOUTH: "南县"}
BROUGHT = Brought("clerk", "2018-04-02T08:00:00+00:00")
CLUES = [f"Cabc{n:013x}" for n in range(1, 7)]
DATA_CLUES = [f"Cdef{n:013x}" for n in range(1, 4)]
ELSEWHERE = f"Cfed{1:013x}"
"""A clue of the other county."""
NEEDS = [f"N{n:016x}" for n in range(1, 5)]
"""The first two are one person's; the last is left out."""
CASE_OF = {clue: f"H{n // 2 + 1:016x}" for n, clue in enumerate([*CLUES, *DATA_CLUES])} | {ELSEWHERE: "H" + "f" * 16}
_PLACE = {"county_code": NORTH, "town": "青石镇", "village": "一村"}


def _listed(clue: str) -> dict[str, Any]:
    county = SOUTH if clue == ELSEWHERE else NORTH
    rule = "U01" if clue in DATA_CLUES else "V01"
    return dict.fromkeys(LISTED_CLUES.column_names) | {
        "as_of": LISTED, "clue_id": clue, "case_id": CASE_OF[clue], "rule_code": rule, "county_code": county, "is_dispatched": True,
    }  # fmt: skip


KNOWN = Known(
    {clue: KnownClue(CASE_OF[clue], LISTED, LISTED, Decimal("5000.00"), None) for clue in CASE_OF},
    {clue: [_listed(clue)] for clue in CASE_OF},
    {},
    {
        **{
            clue: Where(case, SOUTH if clue == ELSEWHERE else NORTH, "青石镇", "U01" if clue in DATA_CLUES else "V01")
            for clue, case in CASE_OF.items()
        },
        **{case: Where(case, NORTH, "青石镇") for case in CASE_OF.values()},
        **{need: Where(None, NORTH, "青石镇", "M01") for need in NEEDS},
    },
)  # fmt: skip


def clue_book(path: Path) -> Path:
    """The workbook of the township: CLUES on one sheet, DATA_CLUES on another."""
    clues = pl.DataFrame(
        [
            {
                "clue_id": clue, "case_id": CASE_OF[clue], "rule_code": "U01" if clue in DATA_CLUES else "V01", "subject_name": "赵国强",
                "subject_id": "420292********0001", "program": "农村低保", "household_no": "D0001", "identity_grade": "A", "doubt_code": None,
                "amount_upper": 5000.0, "amount_estimate": 300.0, "explanation": "登记有一辆小型汽车。", "evidence": "[]", "place": n,
                "first_seen": LISTED, "group_id": None, "pattern": None, **_PLACE,
            }
            for n, clue in enumerate([*CLUES, *DATA_CLUES], start=1)
        ]
    )  # fmt: skip
    cases = pl.DataFrame(
        [
            {
                "case_id": case, "state": "new", "first_seen": LISTED, "program": "农村低保", "household_no": "D0001", "clue_count": 2,
                "amount_estimate": 300.0, "key_person": None, "rule_codes": "V01", "explanation": "登记有一辆小型汽车。", **_PLACE,
            }
            for case in dict.fromkeys(CASE_OF[clue] for clue in CLUES)
        ],
        schema_overrides={"key_person": pl.String},
    )  # fmt: skip
    told = Told("线索清单", NAMES, {"V01": ("R10", "R09")}, History({}, {}), LISTED, is_masked=False)
    write_workbook(path, "北县 青石镇", with_cells(clues, "place", told), cases, told, [])
    return path


def needs_book(folder: Path) -> Path:
    """The workbook of the township: the needs, the last of them left out."""
    row = {
        "rule_code": "M01", "case_id": None, "subject_id": "420292********0001", "subject_name": "赵国强", "household_no": "", "program": "农村低保",
        "identity_grade": "A", "event_on": None, "first_month": "", "last_month": "", "months": None, "amount_upper": None, "amount_estimate": None,
        "exemption_code": "", "dispatched": "是", "score": 0.5, "anomaly": None, "explanation": "重度残疾。", "reasons": "", "evidence": "[]",
        "first_seen": LISTED, "last_seen": LISTED, "heads": 2, "reason": "", "visit_no": 1, "assistance": "", **_PLACE,
    }  # fmt: skip
    rows = [row | {"rank": n, "clue_id": need, "outcome": "found"} for n, need in zip((1, 1, 2), NEEDS, strict=False)]
    rows.append(row | {"rank": None, "clue_id": NEEDS[3], "outcome": "excluded", "reason": "means"})
    write_needs_workbooks(folder, pl.DataFrame(rows, infer_schema_length=None), NAMES, LISTED, is_masked=False)
    (path,) = (folder / "townships").glob("*.xlsx")
    return path


@dataclass
class Sheet:
    """A sheet of a workbook as somebody fills it in. at: row by id; columns: column by heading."""

    sheet: Worksheet
    at: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = {str(cell.value): cell.column for cell in self.sheet[1]}
        cells = [cell for row in self.sheet.iter_rows(min_row=2) for cell in row]
        self.at = {str(cell.value): cell.row for cell in cells if re.fullmatch("[CN][0-9a-f、N]{16,}", str(cell.value))}

    def put(self, subject: str, **cells: object) -> None:
        for heading, value in cells.items():
            column = next(column for name, column in self.columns.items() if name.startswith(heading))
            self.sheet.cell(self.at[subject], column).value = value  # type: ignore[assignment]

    def column(self, heading: str) -> int:
        return next(column for name, column in self.columns.items() if name.startswith(heading))


def good(n: int) -> dict[str, object]:
    return {"核查结论": "查是-错保", "核查日期": datetime(2018, 1, 15), "核查人员": "张三丰、李四光", "备注": f"说明{n}"}


def filled(path: Path, count: int = 3) -> openpyxl.Workbook:
    """The workbook, the first clues filled in as they should be."""
    book = openpyxl.load_workbook(clue_book(path))
    sheet = Sheet(book["线索"])
    for n, clue in enumerate(CLUES[:count]):
        sheet.put(clue, **good(n))
    return book


@dataclass
class Taken:
    """What became of some files. slip: texts of all cells of the 补正单, if there is one."""

    files: Sequence[Returned]
    fates: Sequence[Fate]
    recorded: Sequence[Event]
    slips: Sequence[Path]

    def fate(self, name: str) -> list[Fate]:
        return [one for one in self.fates if one.fate == name]

    @property
    def asked(self) -> set[str]:
        return {column for one in self.fates for column in one.row.asked}


def take(paths: Sequence[Path], folder: Path, known: Known = KNOWN) -> Taken:
    """The files taken into the store of the folder, the 补正单 written beside."""
    files = [returned(path) for path in paths]
    rows = [Row(one) for file in files for one in file.filled]
    with CaseStore(store_url(folder)) as store:
        with store.reading() as book:
            ids = [event.event_id for event in book.events()]
            facts = {**dict.fromkeys(ids), **book.restricted(ids)}
        usable, _ = usable_rows(rows, known, facts, AS_OF, BROUGHT)
        with store.writing() as book:
            recorded = book.record([event for _, events in usable for event in events])
    fates = fates_of(rows, usable, recorded)
    slips = folder / "slips"
    slips.mkdir(exist_ok=True)
    for old in slips.glob("*"):
        old.unlink()
    written = write_slips(slips, [one.row for one in fates if one.fate == "to mend"], known.where, NAMES, AS_OF)
    return Taken(files, fates, recorded, written)


def texts_of(paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        for sheet in openpyxl.load_workbook(path):
            yield from (str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
