"""Deliveries written by code: payments and cremations, in the contract's formats, under an unassigned division."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery.decode import decode
from jobs.delivery.manifest import read_manifest
from jobs.delivery.survey import SurveyedFile, survey_delivery

MANIFEST_COLUMNS = ["文件名", "数据集", "报送单位", "行政区划代码", "数据截止日期", "记录数", "SHA256"]
PAYMENT = {
    "行政区划代码": "420292",
    "项目": "农村低保",
    "证号": "D0001",
    "领取人姓名": "张三",
    "领取人身份证号": "42029219500101102X",
    "所属期": "201701",
    "发放日期": "2017-01-20",
    "发放人数": "2",
    "发放金额": "640.00",
    "发放类型": "正常",
    "银行账号": "6217000000000001",
    "开户名": "张三",
    "发放批次": "1",
}
FIELDS = {f.header: f.name for f in DATA_SETS["payments"].fields}


@dataclass
class Payments:
    """Rows of a payment register as texts."""

    header: list[str] = field(default_factory=lambda: list(PAYMENT))

    def row(self, **changed: str) -> list[str]:
        """A row that is accepted, but for the cells given by the field's name."""
        return [changed.get(FIELDS[header], PAYMENT[header]) for header in PAYMENT]

    def rows(self, count: int) -> list[list[str]]:
        return [self.row(household_no=f"D{i:04}", amount=f"{i}.00") for i in range(1, count + 1)]

    def csv(self, *rows: Sequence[str], delimiter: str = ",", end: str = "\n") -> str:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
        return text.getvalue()


class Delivery:
    """A delivery folder, its manifest written from what was added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[list[str]] = []

    def add(
        self,
        name: str,
        content: bytes | str | None,
        data_set: str = "payments",
        area: str = "420200",
        extract_date: str = "2017-12-31",
        rows: str = "1",
        sha256: str = "",
        department: str = "民政局",
    ) -> str:
        """Lists a file and, unless its content is null, writes it. Returns its name."""
        written = content.encode() if isinstance(content, str) else content
        if written is not None:
            path = self.folder / name.replace("\\", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
        self.lines.append(
            [name, data_set, department, area, extract_date, rows, sha256 or hashlib.sha256(written or b"").hexdigest()]
        )
        return name

    def add_workbook(self, name: str, sheets: dict[str, list[list[object]]], **listed: str) -> str:
        path = self.folder / name
        with xlsxwriter.Workbook(path) as workbook:
            for sheet_name, rows in sheets.items():
                sheet = workbook.add_worksheet(sheet_name)
                for at, row in enumerate(rows):
                    sheet.write_row(at, 0, row)
        return self.add(name, path.read_bytes(), **listed)

    def write_manifest(self, text: str | None = None, encoding: str = "utf-8") -> None:
        lines = io.StringIO(newline="")
        csv.writer(lines).writerows([MANIFEST_COLUMNS, *self.lines])
        (self.folder / "交接清单.csv").write_bytes((lines.getvalue() if text is None else text).encode(encoding))

    def survey(self, piece_bytes: int = 1 << 20) -> dict[str, SurveyedFile]:
        self.write_manifest()
        files = survey_delivery(self.folder, read_manifest(self.folder), piece_bytes)
        return {file.entry.file_name: file for file in files}

    def file(self, name: str) -> SurveyedFile:
        return self.survey()[name]

    def rows(self, name: str) -> pl.DataFrame:
        """Bronze rows of an accepted file."""
        return decoded_rows(self.file(name))


def decoded_rows(file: SurveyedFile) -> pl.DataFrame:
    assert file.status == "accepted", file.reason
    return pl.concat([rows for piece in file.pieces for rows in decode(piece)])


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    return Delivery(tmp_path)


@pytest.fixture
def payments() -> Payments:
    return Payments()


@pytest.fixture
def rows_of() -> Callable[[SurveyedFile], pl.DataFrame]:
    return decoded_rows
