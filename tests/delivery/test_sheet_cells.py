"""What calamine leaves out of a sheet: a reader of the sheet sees it, and so does the delivery."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.typed import standardised
from jobs.delivery import workbooks
from jobs.delivery.workbooks import read_sheet, survey_workbook

SHEET = "xl/worksheets/sheet1.xml"


def table(delivery: Any, data_set: str, *rows: dict[str, Any], formats: dict[str, str], **book: Any) -> pl.DataFrame:
    """Bronze rows of a workbook of one sheet. `formats`: number formats by field."""
    fields = DATA_SETS[data_set].fields
    path = delivery.folder / f"{data_set}.xlsx"
    with xlsxwriter.Workbook(path, book) as workbook:
        sheet = workbook.add_worksheet("表")
        styles = {field: workbook.add_format({"num_format": code}) for field, code in formats.items()}
        sheet.write_row(0, 0, [field.header for field in fields])
        for at, row in enumerate(rows, start=1):
            for column, field in enumerate(fields):
                if field.name in row:
                    sheet.write(at, column, row[field.name], styles.get(field.name))
    rows_read: pl.DataFrame = delivery.rows(delivery.add(path.name, path.read_bytes(), data_set))
    return rows_read


def silver(data_set: str, rows: pl.DataFrame) -> list[dict[str, Any]]:
    return standardised(DATA_SETS[data_set], rows, "key").to_dicts()


STAFF = {
    "name": "张三", "id_number": "420292197001010111", "employer": "某局", "position": "科员", "kind": "事业编制", "status": "在职",
    "from_month": "201001", "monthly_pay": "4000",
}  # fmt: skip


def test_the_day_zero_is_no_day_in_any_data_set(delivery: Any) -> None:
    """A formula that looked up an empty cell gives 0, which the sheet shows as 1900-01-00, if at all."""
    for data_set in DATA_SETS.values():
        days = [field.name for field in data_set.fields if field.kind.value in ("date", "month")]
        texts = {field.name: "x1" for field in data_set.fields if field.name not in days}
        if days:
            rows = table(delivery, data_set.code, texts | dict.fromkeys(days, 0), formats=dict.fromkeys(days, "yyyy/m/d"))
            assert rows.select(days).rows() == [(None,) * len(days)], data_set.code


def test_every_share_in_a_percent_cell_is_one_of_a_hundred(delivery: Any) -> None:
    for data_set in DATA_SETS.values():
        shares = [field.name for field in data_set.fields if field.kind.value == "percent"]
        if shares:
            texts = {field.name: "x1" for field in data_set.fields if field.name not in shares}
            rows = table(delivery, data_set.code, texts | dict.fromkeys(shares, 0.505), formats=dict.fromkeys(shares, "0%"))
            (read,) = silver(data_set.code, rows)
            assert [str(read[name]) for name in shares] == ["50.5000"] * len(shares)


def test_a_number_is_read_for_what_its_column_holds(delivery: Any, payments: Any) -> None:
    """The same formats over a certificate number, a count, an amount, a month and a day."""
    row = {field: cell for field, cell in zip(DATA_SETS["payments"].field_names, payments.row(), strict=True)}
    numbers = {"household_no": 123, "for_month": 42736, "paid_on": 42755, "heads": 2, "amount": 640.5, "batch_no": 42736}
    formats = {
        "household_no": "00000000", "for_month": '[$-804]yyyy"年"m"月"', "paid_on": "yyyymmdd", "heads": "yyyy/m/d",
        "amount": '0!.0,"万"', "batch_no": "yyyymm",
    }  # fmt: skip
    bronze = table(delivery, "payments", row | numbers, formats=formats)
    assert set(bronze["_shown"][0].split()) == {"household_no", "for_month", "paid_on", "amount", "batch_no"}
    (read,) = silver("payments", bronze)
    assert (read["household_no"], read["batch_no"], read["heads"]) == ("00000123", "201701", 2)
    assert (str(read["for_month"]), str(read["paid_on"]), str(read["amount"])) == ("2017-01-01", "2017-01-20", "640.50")


def test_a_month_kept_as_a_number_is_the_one_that_is_shown(delivery: Any, payments: Any) -> None:
    """2017.1 shows 2017.10 where two places are asked for; an amount of as much is told by nobody."""
    row = dict(zip([field.name for field in DATA_SETS["payments"].fields], payments.row(), strict=True))
    rows = [row | {"for_month": month, "amount": 2017.1} for month in (2017.1, 2017.11, 201710)]
    read = table(delivery, "payments", *rows, formats={"for_month": "0.00", "amount": "#,##0.00"})
    assert [str(cells["for_month"]) for cells in silver("payments", read)] == ["2017-10-01", "2017-11-01", "2017-10-01"]
    assert read["_shown"].to_list() == ["for_month", None, None]
    assert read["amount"].to_list() == ["2017.1"] * 3


@pytest.mark.parametrize(("stored", "read"), [("2017.1", "2017.10"), ("2017.0999999999999", "2017.10"), ("2017.12", "2017.12")])
def test_two_places_are_looked_at_where_the_stored_number_may_be_a_tenth_month(tmp_path: Path, stored: str, read: str) -> None:
    path = with_cells(tmp_path, f'<row r="1"><c r="A1" s="1"><v>{stored}</v></c></row>', styles='<xf/><xf numFmtId="2"/>')
    assert survey_workbook(path, 1).sheets[0].is_plain == (stored == read)
    assert cells_of(path) == [(read,)]


@pytest.mark.parametrize("code", ['"ND"@', '0;-0;0;"ND"@'])
def test_a_text_has_what_its_format_writes_before_it(delivery: Any, payments: Any, code: str) -> None:
    row = dict(zip([field.name for field in DATA_SETS["payments"].fields], payments.row(), strict=True))
    rows = [row | {"household_no": cell, "amount": "640.00"} for cell in ("4202920001", "ND4202920002", "无")]
    read = table(delivery, "payments", *rows, formats={"household_no": code, "amount": code})
    assert read["household_no"].to_list() == ["ND4202920001", "ND4202920002", "无"]
    assert read["amount"].to_list() == ["640.00"] * 3
    assert read["_shown"].to_list() == ["household_no", None, None]


def test_a_number_too_large_for_its_date_format_is_not_lost(delivery: Any) -> None:
    """The sheet shows ########; calamine nothing at all."""
    bronze = table(delivery, "fiscal_staff", STAFF | {"id_number": 420292197001010111}, formats={"id_number": "yyyy/m/d"})
    assert bronze["id_number"][0].startswith("420292197001010")


def with_cells(tmp_path: Path, *rows: str, styles: str = "", after: str = "") -> Path:
    """A workbook whose one sheet holds these rows, as XML."""
    blank = io.BytesIO()
    with xlsxwriter.Workbook(blank) as workbook:
        workbook.add_worksheet("表")
    path = tmp_path / "册.xlsx"
    with zipfile.ZipFile(blank) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name == SHEET:
                part = part.replace("<sheetData/>", f"<sheetData>{''.join(rows)}</sheetData>{after}")
            if name == "xl/styles.xml" and styles:
                part = re.sub("<cellXfs .*</cellXfs>", f"<cellXfs>{styles}</cellXfs>", part)
            new.writestr(name, part)
    return path


def cells_of(path: Path) -> list[tuple[str | None, ...]]:
    return [tuple(row) for row in read_sheet(path, "表").rows()]


UNLIKE: dict[str, tuple[str, str | None]] = {
    # a cell beside A1, and what is read of it
    "an error": ('<c r="B1" t="e"><v>#N/A</v></c>', "#N/A"),
    "an error of a formula": ('<c r="B1" t="e"><f>VLOOKUP(A1,C:D,2,0)</f><v>#REF!</v></c>', "#REF!"),
    "an error, attributes in another order": ('<c t="e" s="0" r="B1"><v>#DIV/0!</v></c>', "#DIV/0!"),
    "a formula without a value": ('<c r="B1"><f>TEXT(C1,"0")</f></c>', '=TEXT(C1,"0")'),
    "one with an empty value": ('<c r="B1"><f>A1&amp;"x"</f><v></v></c>', '=A1&"x"'),
    "one with an empty value, written short": ('<c r="B1"><f>1+1</f><v/></c>', "=1+1"),
    "one that shares another's text": ('<c r="B1"><f t="shared" si="0"/></c>', "=…"),
    "one that begins with a text": ('<c r="B1"><f>"D"&amp;A1</f></c>', "=…"),
    "one of a text alone": ('<c r="B1"><f>"00123"</f></c>', '="00123"'),
    "one under another prefix": ('<x:c r="B1"><x:f>1+1</x:f></x:c>', "=1+1"),
    "a formula that gives an empty text": ('<c r="B1" t="str"><f>IF(A1=1,"x","")</f><v></v></c>', None),
    "a formula that gives a number": ('<c r="B1"><f>1+1</f><v>2</v></c>', "2"),
    "a formula that gives a text": ('<c r="B1" t="str"><f>A1</f><v>甲</v></c>', "甲"),
    "a text that looks like an error": ('<c r="B1" t="inlineStr"><is><t>#N/A</t></is></c>', "#N/A"),
    "a percentage": ('<c r="B1" s="1"><v>0.5</v></c>', "50%"),
    "a percentage of a formula": ('<c r="B1" s="1"><f>1/2</f><v>0.5</v></c>', "50%"),
    "a percentage whose kind is said": ('<c r="B1" s="1" t="n"><v>0.5</v></c>', "50%"),
    "a percentage in another order": ('<c s="1" r="B1" ><v>5E-1</v></c>', "50%"),
    "a text under a percentage": ('<c r="B1" s="1" t="inlineStr"><is><t>0.5</t></is></c>', "0.5"),
    "a percent cell without a value": ('<c r="B1" s="1"/>', None),
    "a percent cell without a value, written long": ('<c r="B1" s="1"></c>', None),
    "a number without a format": ('<c r="B1" s="0"><v>0.5</v></c>', "0.5"),
    "a style that begins alike": ('<c r="B1" s="11"><v>0.5</v></c>', "0.5"),
}
STYLES = '<xf numFmtId="0"/><xf numFmtId="9"/>' + '<xf numFmtId="0"/>' * 10


@pytest.mark.parametrize("block", [60, 1 << 22])
@pytest.mark.parametrize("places", [True, False])
@pytest.mark.parametrize("case", UNLIKE)
def test_a_cell_is_read_as_the_sheet_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, places: bool, block: int
) -> None:
    monkeypatch.setattr(workbooks, "_BLOCK", block)
    cell, read = UNLIKE[case]
    row = f'<row r="1"><c r="A1"><v>1</v></c>{cell}<c r="C1"><v>3</v></c></row>'
    if not places:
        row = re.sub(r' r="\w+"', "", row)
    (cells,) = cells_of(with_cells(tmp_path, row, styles=STYLES))
    assert cells == (("1", "3") if read is None else ("1", read, "3"))


def test_a_sheet_says_in_its_survey_whether_it_asks_for_a_closer_look(tmp_path: Path) -> None:
    plain = '<row r="1"><c r="A1" s="0"><v>1</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>'
    assert survey_workbook(with_cells(tmp_path, plain, styles=STYLES), 1).sheets[0].is_plain
    odd = [cell for cell, read in UNLIKE.values() if read and (read[0] in "#=" or read[-1] == "%") and "inlineStr" not in cell]
    for cell in odd:
        row = f'<row r="1"><c r="A1"><v>1</v></c>{cell}</row>'
        assert not survey_workbook(with_cells(tmp_path, row, styles=STYLES), 1).sheets[0].is_plain, cell


def test_cells_are_laid_where_they_stand_in_a_sheet_that_begins_further_right(tmp_path: Path) -> None:
    rows = ('<row r="3"><c r="C3"><v>1</v></c></row>', '<row r="5"><c r="E5" s="1"><v>0.5</v></c></row>')
    assert cells_of(with_cells(tmp_path, *rows, styles=STYLES))[2:] == [("1", None), (None, None), (None, "50%")]


MERGED = ["A2:A4", "B2:B4", "D5:D6", "A7:C7"]


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    """A block of three rows, one of two whose second is blank, and a total merged across."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in (
        ["证号", "户主", "成员", "金额"],
        ["D1", "甲", "甲", 1],
        [None, None, "乙", 2],
        [None, None, "丙", 3],
        ["D2", "丁", "丁", 4],
        [None, None, None, None],
        ["合计", None, None, 10],
    ):
        sheet.append(row)
    for cells in MERGED:
        sheet.merge_cells(cells)
    path = tmp_path / "并.xlsx"
    book.save(path)
    return path


def test_a_value_merged_over_rows_counts_for_each_of_them_that_holds_anything(blocks: Path) -> None:
    assert cells_of(blocks) == [
        ("证号", "户主", "成员", "金额"),
        ("D1", "甲", "甲", "1"),
        ("D1", "甲", "乙", "2"),
        ("D1", "甲", "丙", "3"),
        ("D2", "丁", "丁", "4"),
        (None, None, None, None),
        ("合计", None, None, "10"),
    ]


def test_a_household_s_merged_cells_count_for_its_members(delivery: Any) -> None:
    member = {
        "county_code": "420292", "county": "某县", "town": "甲镇", "village": "乙村", "household_no": "D1", "program": "农村低保",
        "head_name": "张三", "head_id": "420292195001010112", "approved_on": "2015-01-01", "start_month": "201501", "covered_heads": "2",
        "monthly_amount": "640",
    }  # fmt: skip
    own = {
        "name": "张三",
        "id_number": "420292195001010112",
        "relation": "户主",
        "covered": "是",
        "single_person_cover": "否",
        "category": "B",
    }
    names = DATA_SETS["dibao_roster"].field_names
    path = delivery.folder / "花名册.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表")
        sheet.merge_range(0, 0, 1, len(names) - 1, "低保花名册")
        sheet.write_row(2, 0, [field.header for field in DATA_SETS["dibao_roster"].fields])
        for column, name in enumerate(names):
            if name in member:
                sheet.merge_range(3, column, 4, column, member[name])
            elif name in own:
                sheet.write(3, column, own[name])
                sheet.write(
                    4, column, {"name": "李四", "id_number": "420292195202020210", "relation": "配偶"}.get(name, own[name])
                )
        sheet.merge_range(5, 0, 6, 3, "合计")
        sheet.write(6, names.index("monthly_amount"), 640)
    rows = delivery.rows(delivery.add("花名册.xlsx", path.read_bytes(), "dibao_roster"))
    assert rows.filter(pl.col("_fate") == "accepted").select("household_no", "name", "start_month").rows() == [
        ("D1", "张三", "201501"),
        ("D1", "李四", "201501"),
    ]
    assert rows.filter(pl.col("_fate") != "accepted")["_reason"].to_list() == ["title", "title", "subtotal", "subtotal"]


@pytest.mark.parametrize("unit", ["", "（万元）"])
def test_an_amount_merged_over_payments_counts_once(delivery: Any, payments: Any, unit: str) -> None:
    """A household's block: what says who and when counts for each row, the money does not."""
    path = delivery.folder / "发放.xlsx"
    amount, month = payments.header.index("发放金额"), payments.header.index("所属期")
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表")
        sheet.write_row(0, 0, [name + unit * (name == "发放金额") for name in payments.header])
        for at in range(1, 5):
            sheet.write_row(
                at, 0, [None if at < 4 and column in (amount, month) else cell for column, cell in enumerate(payments.row())]
            )
        sheet.merge_range(1, amount, 3, amount, "0.064")
        sheet.merge_range(1, month, 3, month, "201701")
    rows = delivery.rows(delivery.add(path.name, path.read_bytes()))
    assert rows["_reason"].to_list() == [None, "merged amount: 发放金额", "merged amount: 发放金额", None]
    assert rows["_fate"].to_list() == ["accepted", "quarantined", "quarantined", "accepted"]
    assert rows["for_month"].to_list() == ["201701"] * 4


def test_a_range_merged_beyond_the_sheet_s_end_costs_nothing(tmp_path: Path) -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>'
    path = with_cells(tmp_path, row, after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    assert cells_of(path) == [("1", None), ("1", "2")]
