"""Return slips, read back from the workbooks: what each department is told, and that nobody's number or name is in them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import FILES, NUMBER_STATES, QUARANTINE
from expectations.contracts.model import PERSON_KINDS
from jobs.cells import person_numbers
from jobs.cells.faults import MERGED, MERGED_AMOUNT
from jobs.check_quality.columns import ColumnCount, to_mend
from jobs.check_quality.figures import number_counts
from jobs.check_quality.slip_workbook import REASONS_ZH, STATES_ZH, NumberCount, Returned, Slip, write_slip
from jobs.check_quality.slips import LISTED_STATES, refused_row, slips, write_slips, written
from jobs.delivery.ledger import Account, from_rows
from jobs.delivery.manifest import ManifestEntry
from jobs.delivery.remarks import remark
from jobs.launch.context import RunContext
from jobs.launch.settings import Settings
from jobs.runtime.session import Engine
from tests.conftest import AS_OF
from tests.hand_made import (
    NORTH,
    SOUTH,
    HandMade,
    as_csv,
    context,
    household,
    payment,
    person_name,
    person_number,
    registered,
    through_the_gate,
)

NORTH_OFFICE, SOUTH_OFFICE, TREASURY, POLICE = "北县民政局", "南县民政局", "财政局", "北县公安局"
ROSTER_FILE, PAYMENT_FILE = "北县/花名册.csv", "发放2017-01.csv"
GOOD = 40
"""Rows without a fault in each of the files."""
MISTYPED = person_number(7)[:17] + ("1" if person_number(7)[17] != "1" else "2")
FAULTY: list[tuple[dict[str, str], tuple[str, str, str]]] = [
    # changed cells of the roster, then what is to be told: column, masked cell, reason
    ({"start_month": "不详"}, ("起始月份", "不详", "内容为空或无法识别，该行未能使用")),
    ({"start_month": "欧阳娜娜"}, ("起始月份", "****", "内容为空或无法识别，该行未能使用")),  # a shifted row
    ({"start_month": person_number(900)}, ("起始月份", "420292************", "内容为空或无法识别，该行未能使用")),
    ({"household_no": ""}, ("低保证号", "（空）", "内容为空或无法识别，该行未能使用")),
    ({"id_number": person_number(7)[:-1] + "*"}, ("", "", "")),  # masked by the department: nothing it could mend by looking
    ({"id_number": MISTYPED}, ("身份证号码", "420292************", "号码与校验码不符，可能录入有误")),
    ({"id_number": "1" * 18}, ("身份证号码", "111111************", "占位号码，不是真实号码")),
    ({"id_number": "4.20292E+17"}, ("身份证号码", "4.2029*****", "号码被电子表格截断，末几位已失真")),
    ({"id_number": "欧阳娜娜"}, ("身份证号码", "****", "不是18位或15位号码")),
    ({"id_number": "#N/A", "approved_on": "#REF!"}, ("身份证号码", "#N/A", "不是18位或15位号码")),
    ({"start_month": '=TEXT(B2,"0")'}, ("起始月份", '=TEXT(B2,"0")', "单元格是错误值，或公式没有保存结果，该行未能使用")),
    ({"approved_on": "2015-06-01T16:00Z#", "covered_heads": "若干", "rigid_expense": "无"}, ("", "", "")),
]
REFUSED = 5
"""Rows of FAULTY that are quarantined."""


def roster() -> list[dict[str, str]]:
    return [household(i) for i in range(GOOD)] + [household(50 + i) | changed for i, (changed, _) in enumerate(FAULTY)]


@pytest.fixture(scope="module")
def taken_in(embedded: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    """A delivery with all kinds of faults, taken in up to the quality gate."""
    folder = tmp_path_factory.mktemp("slips")
    delivery = HandMade(folder / "delivery")
    people = [*range(GOOD), *range(50, 50 + len(FAULTY))]
    north = {"area": NORTH, "department": NORTH_OFFICE}
    delivery.table("dibao_roster", roster(), ROSTER_FILE, **(north | {"rows": "99"}))
    delivery.table(
        "dibao_roster", [household(100 + i, SOUTH) for i in range(GOOD)], "南县/花名册.csv", area=SOUTH, department=SOUTH_OFFICE
    )
    delivery.add("南县/特困.csv", "x", "tekun_roster", area=SOUTH, sha256="0" * 64, department=SOUTH_OFFICE)
    delivery.table("household_registry", [registered(i) for i in people], "户籍.csv", area=NORTH, department=POLICE)
    paid = [payment(i, "2017-01", NORTH) for i in people] + [payment(100 + i, "2017-01", SOUTH) for i in range(GOOD)]
    lines = (
        as_csv("payments", [*paid, payment(1, "2017-01") | {"program": "张三丰"}])
        + "420292,农村低保,多一列,,,,,,,,,,,,,多\n合计,,\n"
    )
    delivery.add(PAYMENT_FILE, lines, "payments", department=TREASURY, rows=str(len(paid) + 2))
    delivery.add("无人认领.csv", "x", "payments", department="", sha256="ab" * 32)
    return through_the_gate(context(embedded, settings, delivery.done(), folder / "out"))


@dataclass(frozen=True)
class Book:
    """A slip as read back: rows of each sheet, headings first."""

    sheets: dict[str, list[tuple[Any, ...]]]

    def records(self, sheet: str) -> list[dict[str, Any]]:
        heading, *rows = self.sheets[sheet]
        return [dict(zip(heading, row, strict=True)) for row in rows]

    @property
    def cover(self) -> dict[str, str]:
        return {row[0]: row[1] for row in self.sheets["回执"] if row[0]}


def read(path: Path) -> Book:
    book = openpyxl.load_workbook(path)
    return Book({sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book})


@pytest.fixture(scope="module")
def books(taken_in: RunContext) -> dict[str, Book]:
    """Slips by department."""
    return {path.stem.removeprefix("数据校核回执_"): read(path) for path in (taken_in.out / "slips").glob("*.xlsx")}


def accounts_of(ctx: RunContext, department: str) -> list[Account]:
    return [a for a in from_rows(ctx.lake.read(FILES).collect()) if a.entry.reported_by == department]


def test_every_department_of_the_manifest_has_one_slip(books: dict[str, Book]) -> None:
    assert set(books) == {NORTH_OFFICE, SOUTH_OFFICE, TREASURY, POLICE, "未注明单位"}
    assert all(book.cover["致"] == department for department, book in books.items())
    assert all(book.cover["比对日期"] == "2017-12-31" for book in books.values())


def test_a_slip_has_the_sheets_that_there_is_something_to_put_in(books: dict[str, Book]) -> None:
    assert list(books[NORTH_OFFICE].sheets) == ["回执", "文件", "待更正记录", "号码质量", "各列情况"]
    assert list(books[SOUTH_OFFICE].sheets) == ["回执", "文件", "号码质量", "缺报范围"]
    assert list(books["未注明单位"].sheets) == ["回执", "文件"]


def test_every_printed_sheet_says_whose_slip_it_is(taken_in: RunContext) -> None:
    book = openpyxl.load_workbook(taken_in.out / "slips" / f"数据校核回执_{NORTH_OFFICE}.xlsx")
    _, *tables = book
    assert {sheet.oddHeader.left.text for sheet in tables} == {f"数据校核回执 {NORTH_OFFICE}（比对日期2017-12-31）"}


def test_only_who_has_something_to_mend_is_asked_to(books: dict[str, Book], tmp_path: Path) -> None:
    nothing, unusable = "本次没有需要更正的内容，无需重报。", {("dibao_roster", "好", "person"): {"valid": 4, "junk": 1}}
    assert all(book.cover["请协助"].startswith("请按各表") for book in books.values())
    for numbers, asked in (({}, [nothing]), (unusable, [])):
        (slip,) = slips([account("好", accepted=5)], [], [], numbers)
        write_slip(tmp_path / "a.xlsx", slip, AS_OF)
        assert [text for text in read(tmp_path / "a.xlsx").cover.values() if text == nothing] == asked


def test_counts_of_files_are_those_of_the_ledger(books: dict[str, Book], taken_in: RunContext) -> None:
    told = {}
    for book in books.values():
        for row in book.records("文件"):
            told[row["文件名"]] = (row["采用"], row["退回"], row["标题、小计、说明等行"])
    accounts = from_rows(taken_in.lake.read(FILES).collect())
    assert told == {a.entry.file_name: (a.accepted, a.quarantined, a.skipped) for a in accounts}


def test_a_file_is_told_with_its_fate_its_counts_and_how_to_mend_it(books: dict[str, Book]) -> None:
    (file,) = books[NORTH_OFFICE].records("文件")
    assert file == {
        "文件名": ROSTER_FILE,
        "数据集": "城乡低保对象花名册",
        "行政区划": NORTH,
        "数据截止日期": "2017-12-31",
        "处理结果": "采用",
        "清单记录数": 99,
        "实有记录数": GOOD + len(FAULTY),
        "采用": GOOD + len(FAULTY) - REFUSED,
        "退回": REFUSED,
        "标题、小计、说明等行": 0,
        "问题": f"交接清单记录数为99，文件实有{GOOD + len(FAULTY)}条",
        "处理办法": "请核对是否漏报或多报；如文件无误，请更正交接清单中的记录数。",
    }
    refused = next(row for row in books[SOUTH_OFFICE].records("文件") if row["文件名"] == "南县/特困.csv")
    assert (refused["处理结果"], refused["实有记录数"], refused["采用"]) == ("退回", None, 0)
    assert refused["问题"].startswith("文件的SHA256为")
    assert "重新传输" in refused["处理办法"]
    assert "采用1个，退回1个" in books[SOUTH_OFFICE].cover["文件"]
    assert books[NORTH_OFFICE].cover["记录"] == f"采用{GOOD + len(FAULTY) - REFUSED:,}条，退回{REFUSED}条。"


def test_rows_to_mend_stand_with_their_place_their_column_and_a_masked_cell(books: dict[str, Book]) -> None:
    told = books[NORTH_OFFICE].records("待更正记录")
    expected = {
        (GOOD + i + 2, column, cell, reason) for i, (_, (column, cell, reason)) in enumerate(FAULTY) if reason
    }  # line 1 is the header
    assert {(row["行号"], row["列"], row["内容（已脱敏）"], row["原因"]) for row in told} == expected
    assert len(told) == len(expected)
    assert {row["文件名"] for row in told} == {ROSTER_FILE}
    assert all(row["处理办法"].startswith("请") or "请" in row["处理办法"] for row in told)


def test_a_row_of_too_many_cells_is_told_without_a_column(books: dict[str, Book]) -> None:
    told = [(row["列"], row["内容（已脱敏）"], row["原因"]) for row in books[TREASURY].records("待更正记录")]
    assert told == [("项目", "***", "内容为空或无法识别，该行未能使用"), (None, None, "该行的列数与表头不一致")]


def test_numbers_are_counted_by_state_with_the_share_that_can_be_used(books: dict[str, Book]) -> None:
    (numbers, heads) = sorted(books[NORTH_OFFICE].records("号码质量"), key=lambda row: row["列"], reverse=True)
    assert (numbers["列"], heads["列"]) == ("身份证号码", "户主身份证号")
    accepted = GOOD + len(FAULTY) - REFUSED
    counts = {"有效": GOOD + 1, "校验不符": 1, "占位号码": 1, "被截断": 1, "无法识别": 2, "已脱敏": 1}
    assert {title: numbers[title] for title in STATES_ZH.values() if numbers[title]} == counts
    assert numbers["可用比例（%）"] == 1000 * (GOOD + 1) // accepted / 10
    assert heads["可用比例（%）"] == 100
    assert "有5个身份号码无法使用" in books[NORTH_OFFICE].cover["号码"]
    assert books[SOUTH_OFFICE].cover["号码"] == "未发现问题。"


def test_cells_that_were_lost_are_counted_by_column_with_their_forms(books: dict[str, Book], taken_in: RunContext) -> None:
    told = {row["列"]: row for row in books[NORTH_OFFICE].records("各列情况")}
    rows = GOOD + len(FAULTY)
    assert {header: (row["无法识别"], row["错误值或公式无结果"]) for header, row in told.items()} == {
        "身份证号码": (1, 1), "批准日期": (1, 1), "起始月份": (2, 1), "保障人数": (1, 0),
    }  # fmt: skip
    assert {row["记录数"] for row in told.values()} == {rows}
    assert told["起始月份"]["空缺"] == 1  # 不详
    assert told["起始月份"]["未能使用比例（%）"] == round(100 * 3 / (rows - 1), 1)
    assert told["起始月份"]["形式（9为数字，字、A、a为文字）"].split("、") == ["99999999999999999X", "=…", "字"]
    assert told["批准日期"]["形式（9为数字，字、A、a为文字）"] == "#REF!、9999-99-99T99:99Z#"
    assert "重新计算" in told["批准日期"]["处理办法"]
    assert "按约定格式" in told["批准日期"]["处理办法"]
    assert "重新计算" not in told["保障人数"]["处理办法"]
    assert "有8个单元格是错误值" in books[NORTH_OFFICE].cover["单元格"]
    assert books[SOUTH_OFFICE].cover["单元格"] == "未发现问题。"
    warned = [c for c in taken_in.report.warnings if "unreadable cells of" in c]
    assert {c.split("unreadable cells of ")[1].split(" ")[0] for c in warned} >= {"起始月份", "批准日期", "保障人数"}


def test_counts_of_numbers_are_those_of_the_lake(books: dict[str, Book], taken_in: RunContext) -> None:
    told: Counter[str] = Counter()
    for book in books.values():
        for row in book.records("号码质量") if "号码质量" in book.sheets else ():
            told.update({state: row[title] for state, title in STATES_ZH.items()})
    counted = taken_in.lake.read(NUMBER_STATES).groupBy("state").sum("row_count").collect()
    assert {state: rows for state, rows in told.items() if rows} == {row[0]: row[1] for row in counted}


def test_a_department_is_told_of_holes_in_its_registers_only(books: dict[str, Book]) -> None:
    (hole,) = books[SOUTH_OFFICE].records("缺报范围")
    assert (hole["数据集"], hole["缺少的地区"], hole["缺少的月份"]) == ("特困人员(农村五保)花名册", "全市", None)
    assert hole["该范围救助对象"] == 2 * GOOD + len(FAULTY) - REFUSED
    (hole,) = books[POLICE].records("缺报范围")
    assert (hole["数据集"], hole["缺少的地区"]) == ("户籍人口", "南县 420293")
    assert (hole["该范围户籍人口"], hole["该范围救助对象"]) == (None, GOOD)  # nobody is registered there as far as is known
    assert "缺报范围" not in books[TREASURY].sheets


def cells_of(books: dict[str, Book]) -> Iterator[tuple[str, str]]:
    for department, book in books.items():
        for sheet, rows in book.sheets.items():
            for row in rows:
                yield from ((f"{department} {sheet}", str(cell)) for cell in row if cell is not None)


def test_no_number_and_no_name_stands_in_any_cell(books: dict[str, Book]) -> None:
    people = [*range(GOOD), *range(50, 60), *range(100, 100 + GOOD), 900]
    secrets = {person_number(i) for i in people} | {person_name(i) for i in people} | {"欧阳娜娜", "张三丰"}
    secrets |= {person_number(i)[6:] for i in people} | {
        changed["id_number"][6:] for changed, _ in FAULTY if len(changed.get("id_number", "")) == 18
    }
    shown = list(cells_of(books))
    assert len(shown) > 200
    assert [(where, cell) for where, cell in shown if any(secret in cell for secret in secrets)] == []


def digests(paths: list[Path]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_the_same_slips_are_the_same_bytes(taken_in: RunContext, tmp_path: Path) -> None:
    accounts = from_rows(taken_in.lake.read(FILES).collect())
    numbers = number_counts(taken_in.lake)
    made = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        made.append(digests(write_slips(taken_in.lake, accounts, [], numbers, tmp_path / name, AS_OF)))
        assert {path.name for path in (tmp_path / name).iterdir()} == set(made[-1])
    assert made[0] == made[1]


def test_a_slip_is_dated_by_the_run_and_not_by_the_clock(taken_in: RunContext) -> None:
    for path in (taken_in.out / "slips").glob("*.xlsx"):
        properties = openpyxl.load_workbook(path).properties
        assert (properties.created, properties.title) == (datetime(2017, 12, 31), path.stem.replace("_", " "))


def test_every_state_and_every_reason_has_chinese_words() -> None:
    constants = {value for name, value in vars(person_numbers).items() if name.isupper() and isinstance(value, str)}
    states = {value for value in constants if value.isidentifier() and value.islower()}
    assert set(STATES_ZH) == states
    assert set(LISTED_STATES) <= set(REASONS_ZH)


def test_every_reason_in_quarantine_has_chinese_words(finished: RunContext, taken_in: RunContext) -> None:
    for ctx in (finished, taken_in):
        for row in ctx.lake.read(QUARANTINE).select("data_set", "reason").distinct().collect():
            assert refused_row(DATA_SETS[row["data_set"]], "f", "", 2, row["reason"], {}).reason in REASONS_ZH


def test_a_merged_amount_is_returned_for_what_it_is() -> None:
    row = refused_row(DATA_SETS["payments"], "f", "", 2, f"{MERGED_AMOUNT}: 发放金额", {"amount": MERGED})
    assert (row.header, row.value, row.reason) == ("发放金额", "", MERGED_AMOUNT)
    assert "合并单元格" in REASONS_ZH[row.reason][0]


def account(name: str, department: str = "民政局", status: str = "accepted", **given: Any) -> Account:
    entry = ManifestEntry(name, given.pop("data_set", "dibao_roster"), department, NORTH, date(2017, 12, 31), 5, name)
    return Account(1, "d", entry, name, status, **given)


def test_a_superseded_file_is_told_and_its_rows_are_too_but_a_duplicates_are_not() -> None:
    accounts = [
        account("旧", status="superseded", remarks=(remark("newer_extract", day="2017-12-31"),), accepted=4, quarantined=1),
        account("重", status="duplicate", remarks=(remark("same_bytes", other="旧"),)),
    ]
    returned = [
        Returned("dibao_roster", "旧", "", 3, "起始月份", "x", "unreadable"),
        Returned("dibao_roster", "别", "", 9, "起始月份", "x", "unreadable"),
    ]
    numbers = {("dibao_roster", name, "person"): {"valid": 4} for name in ("旧", "重", "别")}
    (slip,) = slips(accounts, returned, [], numbers)
    assert [row.file_id for row in slip.returned] == ["旧"]
    assert [(count.account.entry.file_name, count.field.header) for count in slip.numbers] == [("旧", "身份证号码")]


def test_a_department_may_be_called_anything_and_none_loses_its_slip(tmp_path: Path) -> None:
    names = ["民政局/救助科", "民政局:救助科", "..", "a:b*c?", "民政局\n", "局" * 200, "局" * 201, "A\x00\x1b[31m", "a__[31m", ""]
    found = slips([account(f"{i}", name) for i, name in enumerate(names)], [], [], {})
    paths = written(found, tmp_path, AS_OF)
    assert [path.parent for path in paths] == [tmp_path] * len(names)
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    told = {read(path).records("文件")[0]["文件名"] for path in paths}
    assert told == {f"{i}" for i in range(len(names))}


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "http://a.b/c", "00123", "{甲}"])
def test_a_cell_that_looks_like_a_formula_or_a_link_is_shown_as_it_is(tmp_path: Path, name: str) -> None:
    write_slip(tmp_path / "a.xlsx", Slip("民政局", [account(name)], [], [], []), AS_OF)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cell = book["文件"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def sheets_referred_to(book: Book) -> set[str]:
    return set(re.findall("“([^”]*)”", "".join(text for text in book.cover.values() if text))) & {
        "文件", "待更正记录", "号码质量", "各列情况", "缺报范围",
    }  # fmt: skip


def test_a_slip_refers_only_to_sheets_that_it_has(books: dict[str, Book], tmp_path: Path) -> None:
    field = next(f for f in DATA_SETS["dibao_roster"].fields if f.kind in PERSON_KINDS)
    write_slip(
        tmp_path / "dry.xlsx", Slip("民政局", [account("a")], [], None, [NumberCount(account("a"), field, {"junk": 2})]), AS_OF
    )
    dry = read(tmp_path / "dry.xlsx")
    for book in (*books.values(), dry):
        assert sheets_referred_to(book) <= set(book.sheets)
    assert dry.cover["缺报"] == "本次为试核对，未检查是否缺报。"


def test_a_number_column_without_rows_has_no_share(tmp_path: Path) -> None:
    field = next(f for f in DATA_SETS["dibao_roster"].fields if f.kind in PERSON_KINDS)
    write_slip(tmp_path / "a.xlsx", Slip("民政局", [account("a")], [], [], [NumberCount(account("a"), field, {})]), AS_OF)
    assert read(tmp_path / "a.xlsx").records("号码质量")[0]["可用比例（%）"] is None


def test_a_column_with_one_bad_number_is_never_told_as_the_whole(tmp_path: Path) -> None:
    field = next(f for f in DATA_SETS["dibao_roster"].fields if f.kind in PERSON_KINDS)
    count = NumberCount(account("a"), field, {"valid": 99_999, "junk": 1})
    write_slip(tmp_path / "a.xlsx", Slip("民政局", [account("a")], [], [], [count]), AS_OF)
    assert read(tmp_path / "a.xlsx").records("号码质量")[0]["可用比例（%）"] == 99.9


def test_a_workbook_with_a_sheet_of_each_of_two_registers_is_told_of_by_register(
    embedded: Engine, settings: Settings, tmp_path: Path
) -> None:
    """Its bytes are the same, and so is its file_id."""
    delivery = HandMade(tmp_path / "delivery")
    rows = {"dibao_roster": [*map(household, range(GOOD))], "household_registry": [*map(registered, range(GOOD))]}
    rows["dibao_roster"][3]["id_number"] = MISTYPED
    rows["household_registry"][5]["id_number"] = "1" * 18
    sheets = {
        DATA_SETS[code].title: [[*row] for row in csv.reader(io.StringIO(as_csv(code, records)))]
        for code, records in rows.items()
    }
    delivery.add_workbook("两册.xlsx", sheets, data_set="dibao_roster", area=NORTH, rows=str(GOOD))
    delivery.add("两册.xlsx", None, "household_registry", NORTH, rows=str(GOOD), sha256=delivery.lines[0][-1])
    copied = (tmp_path / "delivery" / "两册.xlsx").read_bytes()
    delivery.add("又一册.xlsx", copied, "household_registry", NORTH, rows=str(GOOD))
    delivery.table("payments", [payment(i, "2017-01") for i in range(GOOD)], area=NORTH)
    ctx = through_the_gate(context(embedded, settings, delivery.done(), tmp_path / "out"))
    (path,) = (ctx.out / "slips").glob("*.xlsx")
    told = [(row["文件名"], row["工作表"], row["行号"], row["原因"]) for row in read(path).records("待更正记录")]
    assert told == [
        ("两册.xlsx", "城乡低保对象花名册", 5, "号码与校验码不符，可能录入有误"),
        ("两册.xlsx", "户籍人口", 7, "占位号码，不是真实号码"),
    ]


def test_a_column_that_is_written_on_the_first_row_of_each_group_only_is_told(tmp_path: Path) -> None:
    """Its blanks may be gaps as well, so nothing is filled in."""
    few, many = (ColumnCount("dibao_roster", "好", "town", 100, empty, 0, 0, 0, "") for empty in (5, 6))
    may_be_empty = ColumnCount("dibao_roster", "好", "phone", 100, 90, 0, 0, 0, "")
    assert to_mend([few, may_be_empty, many], 0.05) == [many]
    (slip,) = slips([account("好", accepted=100)], [], [], {}, [many])
    write_slip(tmp_path / "a.xlsx", slip, AS_OF)
    book = read(tmp_path / "a.xlsx")
    assert book.cover["单元格"] == "有1列应逐行填写而有空缺，详见“各列情况”。"
    assert book.cover["请协助"].startswith("请按各表")
    (told,) = book.records("各列情况")
    assert (told["列"], told["空缺"], told["处理办法"][:9]) == ("乡镇街道", 6, "该列每行均应填写；")
