"""Several tables one below the other in a sheet or a text: each is read by its own header, or said to be unread; none is lost."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
import xlsxwriter

from expectations.contracts.deliveries import DATA_SETS
from jobs.delivery import text_files
from jobs.delivery.decode import decode
from tests.delivery.conftest import PAYMENT, decoded_rows

ALL = list(PAYMENT)
WITHOUT_BATCH = ALL[:-1]
WITHOUT_NUMBER = [header for header in ALL if header != "证号"]
SWAPPED = [{"发放人数": "发放金额", "发放金额": "发放人数"}.get(header, header) for header in ALL]
FORMS = ["csv", "xlsx", "gb18030", "utf-16", "stray quote"]


def table(header: list[str], *numbers: int) -> list[list[str]]:
    """A header and rows that differ in the amount."""
    rows = [PAYMENT | {"发放金额": f"{number}.00", "领取人姓名": "张三" if number % 2 else "李四"} for number in numbers]
    return [header, *([row[name] for name in header] for row in rows)]


def added(delivery: Any, payments: Any, rows: list[list[str]], form: str) -> str:
    if form == "xlsx":
        return str(delivery.add_workbook("甲.xlsx", {"表": rows}))
    text = payments.csv(*rows)
    if form == "stray quote":
        text = text.replace("6217000000000001", '6217"000000000001', 1)
    return str(delivery.add("甲.csv", text.encode(form if form in ("gb18030", "utf-16") else "utf-8")))


def read(rows: pl.DataFrame) -> list[tuple[object, ...]]:
    return rows.filter(pl.col("_fate") == "accepted").select("_row", "name", "heads", "amount").rows()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("title", [[], [["农村低保发放明细", *[""] * 11]]])
@pytest.mark.parametrize(
    ("first", "second"),
    [(WITHOUT_NUMBER, ALL[1:]), (ALL, WITHOUT_NUMBER), (ALL, SWAPPED), (SWAPPED, ALL), (ALL, ALL[::-1]), (ALL, ALL)],
    ids=["another column", "a column less", "swapped", "swapped back", "the other way round", "the same"],
)
def test_each_table_is_read_by_its_own_header(
    delivery: Any, payments: Any, first: list[str], second: list[str], title: list[list[str]], form: str
) -> None:
    if second == ALL[1:]:
        second = ["证号", *(name for name in WITHOUT_NUMBER)]
    rows = [*table(first, 1, 2), *title, *table(second, 3, 4)]
    found = decoded_rows(delivery.file(added(delivery, payments, rows, form)))
    below = 5 + len(title)
    expected = [
        (2, "张三", "2", "1.00"),
        (3, "李四", "2", "2.00"),
        (below, "张三", "2", "3.00"),
        (below + 1, "李四", "2", "4.00"),
    ]
    if form in ("utf-16", "stray quote") and len(second) > len(first):  # not cut at the header, so the row is too wide for it
        assert set(found["_reason"].drop_nulls()) >= {"more or fewer cells than the header"}
        expected = expected[:2]
    assert read(found) == expected


@pytest.mark.parametrize("encodings", [("utf-8", "utf-8"), ("utf-8", "gb18030"), ("gb18030", "utf-8")])
@pytest.mark.parametrize("block", [2048, 4096, 10_000])
def test_a_header_rules_the_pieces_below_its_own(
    delivery: Any, payments: Any, encodings: tuple[str, str], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", block)
    halves = [payments.csv(*table(header, *range(1, 200))) for header in (ALL, SWAPPED)]
    content = b"".join(half.encode(encoding) for half, encoding in zip(halves, encodings, strict=True))
    name = delivery.add("甲.csv", content)
    file = delivery.survey(piece_bytes=8192)[name]
    assert len(file.pieces) > 3  # two of each table
    rows = decoded_rows(file)
    assert rows["_row"].to_list() == [*range(2, 201), *range(202, 401)]
    assert rows["amount"].to_list() == [f"{number}.00" for number in range(1, 200)] * 2
    assert set(rows["heads"]) == {"2"}


def test_a_header_on_each_page_cuts_no_piece(delivery: Any, payments: Any) -> None:
    rows = [*table(ALL, 1, 2), *table(ALL, 3), [f"{name} " for name in ALL], *table(ALL, 4)[1:]]
    file = delivery.file(delivery.add("甲.csv", payments.csv(*rows)))
    assert len(file.pieces) == 1
    assert [(row, why) for row, why in decoded_rows(file).select("_row", "_reason").rows() if why] == [
        (4, "repeated header"),
        (6, "repeated header"),
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_header_in_two_rows_on_each_page_is_no_other_table(delivery: Any, payments: Any, form: str) -> None:
    upper = ["领取人" if name == "领取人姓名" else "" if name == "领取人身份证号" else name for name in ALL]
    lower = [{"领取人姓名": "姓名", "领取人身份证号": "身份证号"}.get(name, "") for name in ALL]
    rows = [upper, lower, *table(ALL, 1, 2)[1:], upper, lower, *table(ALL, 3)[1:]]
    found = delivery.file(added(delivery, payments, rows, form))
    assert len(found.pieces) == 1
    assert [row[3] for row in read(decoded_rows(found))] == ["1.00", "2.00", "3.00"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_lower_row_of_a_header_in_two_is_no_other_table(delivery: Any, payments: Any, form: str) -> None:
    """Without the groups above it the names of the members would stand under 户主."""
    fields = [field.header for field in DATA_SETS["dibao_roster"].fields]
    groups = {"户主姓名": "户主", "成员姓名": "成员"}
    names = {"户主姓名": "姓名", "户主身份证号": "身份证号", "成员姓名": "姓名", "身份证号码": "身份证号"}
    header = [[groups.get(name, "") for name in fields], [names.get(name, name) for name in fields]]
    row = [{"户主姓名": "张三", "成员姓名": "李四"}.get(name, "420292") for name in fields]
    rows = [*header, row, *header, row]
    if form == "xlsx":
        name = delivery.add_workbook("册.xlsx", {"表": rows}, data_set="dibao_roster")
    else:
        name = delivery.add("册.csv", payments.csv(*rows), data_set="dibao_roster")
    file = delivery.file(name)
    assert len(file.pieces) == 1
    read_names = decoded_rows(file).filter(pl.col("_row").is_in([3, 6])).select("head_name", "name").rows()
    assert read_names == [("张三", "李四")] * 2


@pytest.mark.parametrize("form", ["csv", "xlsx", "stray quote"])
def test_a_table_below_that_lacks_a_required_column_is_told_with_the_row_of_its_header(
    delivery: Any, payments: Any, form: str
) -> None:
    lacking = [name for name in ALL if name != "发放金额"]
    file = delivery.file(added(delivery, payments, [*table(ALL, 1), *table(lacking, 2, 3), *table(ALL, 4)], form))
    rows = decoded_rows(file)
    why = "below a second header, in row 3, that lacks 发放金额"
    assert rows.select("_row", "_reason").rows() == [(2, None), (4, why), (5, why), (7, None)]
    assert rows["_fate"].to_list() == ["accepted", "quarantined", "quarantined", "accepted"]
    assert [remark.code for remark in file.remarks] == (["unread_tables"] if form == "csv" else [])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_of_people_above_the_best_header_are_no_titles(delivery: Any, payments: Any, form: str) -> None:
    lacking = [name for name in ALL if name != "发放金额"]
    rows = decoded_rows(delivery.file(added(delivery, payments, [*table(lacking, 1, 2), *table(ALL, 3)], form)))
    assert rows.select("_row", "_fate", "_reason").rows() == [
        (1, "skipped", "title"),
        (2, "quarantined", "above the header, in row 4"),
        (3, "quarantined", "above the header, in row 4"),
        (5, "accepted", None),
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("line", "first", "second", "units"),
    [
        ([], "发放金额", "发放金额（万元）", ["1.00", "2.00万元"]),
        ([], "发放金额（万元）", "发放金额（元）", ["1.00万元", "2.00"]),
        (["单位：万元"], "发放金额", "发放金额", ["1.00", "2.00万元"]),
    ],
)
def test_a_table_below_in_another_unit_is_another_table(
    delivery: Any, payments: Any, line: list[str], first: str, second: str, units: list[str], form: str
) -> None:
    def told(rows: list[list[str]], name: str) -> list[list[str]]:
        return [[name if cell == "发放金额" else cell for cell in rows[0]], *rows[1:]]

    between = [[*line, *[""] * 12]] if line else []
    rows = [*told(table(ALL, 1), first), *between, *told(table(ALL, 2), second)]
    found = decoded_rows(delivery.file(added(delivery, payments, rows, form)))
    assert [row[3] for row in read(found)] == units


def test_cells_of_a_workbook_are_read_by_the_column_of_their_own_table(delivery: Any) -> None:
    """A day's format over an amount is a slip, but the column was one of days in the table above."""
    changed = [{"发放日期": "发放金额", "发放金额": "发放日期"}.get(name, name) for name in ALL]
    path = delivery.folder / "甲.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet("表"), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, header in enumerate((ALL, changed)):
            sheet.write_row(2 * at, 0, header)
            sheet.write_row(2 * at + 1, 0, [PAYMENT[name] for name in header])
            sheet.write_number(2 * at + 1, header.index("发放金额"), 640, day)
    found = decoded_rows(delivery.file(delivery.add("甲.xlsx", path.read_bytes())))
    assert found.select("_fate", "amount").rows() == [("accepted", "640")] * 2


def test_pieces_of_a_text_decode_alone(delivery: Any, payments: Any) -> None:
    file = delivery.file(delivery.add("甲.csv", payments.csv(*table(ALL, 1), *table(SWAPPED, 2))))
    assert [read(pl.concat(decode(piece))) for piece in file.pieces] == [[(2, "张三", "2", "1.00")], [(4, "李四", "2", "2.00")]]
