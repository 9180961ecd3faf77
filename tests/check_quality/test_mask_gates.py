"""The places where text leaves: a number that stands where none belongs stays inside at each of them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession

from jobs.cells.masking import masked_texts
from jobs.check_quality.columns import ColumnCount
from jobs.check_quality.gate_in_words import print_columns, print_files, print_holes
from jobs.check_quality.slip_workbook import UNREADABLE_CELL, Returned, Slip, write_slip
from jobs.check_quality.slips import slips, written
from jobs.delivery.ledger import ACCEPTED, REFUSED, Account
from jobs.delivery.manifest import ManifestEntry
from jobs.delivery.remarks import remark
from jobs.link_people.side_by_side import Explanation, PossiblePerson, Said, print_explanation
from jobs.registers.divisions import division_names
from jobs.runtime.console import Console
from jobs.runtime.errors import BadConfiguration, BadVerdicts
from jobs.runtime.run_report import RunReport
from jobs.sheets.clue_list import COLUMNS, masked
from tests.conftest import AS_OF
from tests.hand_made import person_number

NUMBER = person_number(7)
BIRTH = NUMBER[6:14]
IDS = {"clue_id": "C0123456789abcdef", "case_id": "H0123456789abcdef"}


def evidence() -> str:
    cells = {"备注": f"证号{NUMBER}", f"列{NUMBER}": "1", "品牌": "２１", "号牌号码": "鄂BI1234"}
    row = {
        "data_set": "vehicles",
        "title": "机动车登记",
        "file": f"车辆_{NUMBER}.csv",
        "sheet": NUMBER,
        "row": 12,
        "extract_date": "2017-12-31",
    }
    return json.dumps([{**row, "cells": cells}], ensure_ascii=False)


def test_the_masked_list_shows_a_number_in_none_of_its_columns() -> None:
    texts = (
        dict.fromkeys(COLUMNS, f"其本人{NUMBER}，") | IDS | {"subject_id": NUMBER, "subject_name": "张三", "evidence": evidence()}
    )
    shown = masked(pl.DataFrame({name: [text] for name, text in texts.items()}))
    row = shown.row(0, named=True)
    assert shown.columns == list(COLUMNS)
    assert {name: row[name] for name in IDS} == IDS
    assert BIRTH not in shown.write_csv()
    assert (row["subject_id"], row["subject_name"]) == (f"{NUMBER[:6]}********{NUMBER[-4:]}", "张*")
    told = json.loads(row["evidence"])[0]
    assert (told["row"], told["extract_date"], told["cells"]["品牌"]) == (12, "2017-12-31", "２１")
    assert told["file"] == f"车辆_{NUMBER[:6]}************.csv"
    assert "号牌号码" not in told["cells"]


def test_a_case_list_shows_no_number_and_loses_nothing_else() -> None:
    cases = pl.DataFrame(
        {
            **{name: [value] for name, value in IDS.items()},
            "household_no": [NUMBER],
            "county_code": ["420292"],
            "rank": [1],
            "first_seen": [AS_OF],
        }
    )
    shown = masked_texts(cases)
    assert BIRTH not in shown.write_csv()
    assert shown.drop("household_no").equals(cases.drop("household_no"))


def account(status: str = ACCEPTED) -> Account:
    entry = ManifestEntry(f"名册_{NUMBER}.csv", "payments", f"民政局{NUMBER}", NUMBER, date(2017, 12, 31), 1, "0" * 64)
    said = (remark("missing_column", columns="姓名", found=f"张三、{NUMBER}"), remark("hidden_sheets", sheets=NUMBER))
    return Account(1, "delivery", entry, "file", status, said, accepted=1)


def texts_of(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def test_a_slip_shows_no_number_in_names_of_files_sheets_departments_and_headers(tmp_path: Path) -> None:
    returned = [Returned("dibao_roster", "file", NUMBER, 2, f"列{NUMBER}", "（空）", UNREADABLE_CELL)]
    holes = [("payments", NUMBER, f"某县{NUMBER}", "2017-01", 1, 1)]
    found = slips([account(), account(REFUSED)], returned, holes, {("file", "person"): {"junk": 1}})
    assert [slip.department for slip in found] == [f"民政局{NUMBER[:6]}************"]
    (path,) = written(found, tmp_path, AS_OF)
    assert BIRTH not in path.name
    text = texts_of(path)
    assert BIRTH not in text
    assert f"名册_{NUMBER[:6]}************.csv" in text


def test_a_slip_of_an_unknown_file_is_written_all_the_same(tmp_path: Path) -> None:
    write_slip(tmp_path / "slip.xlsx", Slip("民政局", [account()], [], [], []), AS_OF)
    assert BIRTH not in texts_of(tmp_path / "slip.xlsx")


def test_the_report_of_a_run_shows_no_number(tmp_path: Path) -> None:
    report = RunReport(Console(quiet=True))
    report.warn(f"名册_{NUMBER}.csv: refused")
    report.figures["files"] = {NUMBER: [f"{NUMBER}.csv", 1, None]}
    report.save(tmp_path / "run_report.json")
    saved = (tmp_path / "run_report.json").read_text(encoding="utf-8")
    assert BIRTH not in saved
    assert json.loads(saved)["figures"]["files"][f"{NUMBER[:6]}************"][1:] == [1, None]
    assert report.warnings == [f"名册_{NUMBER[:6]}************.csv: refused"]


@pytest.mark.parametrize("error", [BadConfiguration, BadVerdicts])
def test_no_error_shows_a_number(error: type[Exception]) -> None:
    assert str(error(f"{NUMBER}.csv, row 2: …")) == f"{NUMBER[:6]}************.csv, row 2: …"


def shown_by(print_it: object, *arguments: object, **options: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_it(console, *arguments, **options)  # type: ignore[operator]
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_terminal_shows_no_number() -> None:
    told = shown_by(print_files, [account(REFUSED)])
    told += shown_by(print_columns, [account()], [ColumnCount("payments", "file", "amount", 3, 0, 3, 0, 0, "x")], 0.1)
    told += shown_by(print_holes, [("payments", NUMBER, f"某县{NUMBER}", "2017-01", 1, 1)])
    told += shown_by(Console.warn, f"车辆_{NUMBER}.csv: refused")
    told += shown_by(Console.print_places, {"this delivery": Path(f"/data/{NUMBER}")})
    record = Said(number=NUMBER, name="张三", town=f"镇{NUMBER}", address=f"某村{NUMBER}号")
    explanation = Explanation(f"名册_{NUMBER}.csv row 2", f"tied by {NUMBER}", "valid", record, [PossiblePerson(record)])
    told += shown_by(print_explanation, explanation, full=False)
    assert "车辆_" in told
    assert "名册_" in told
    assert BIRTH not in re.sub(r"\s", "", told)
    in_full = shown_by(print_explanation, explanation, full=True)
    assert f"名册_{NUMBER}.csv" in in_full
    assert f"tied by {NUMBER}" in in_full


def test_no_division_is_called_by_a_number(session: SparkSession) -> None:
    rows = session.createDataFrame([("420292", f"某县{NUMBER}")], "county_code string, county string")
    assert division_names(rows) == {"420292": f"某县{NUMBER[:6]}************"}
