"""Bronze rows: every row of a file with its texts, its number and its fate; accounts that add up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.text import trimmed
from jobs.cells.typed import standardised
from jobs.delivery import no_data
from jobs.delivery.decode import decode

WIDTH = 13


def fates(rows: pl.DataFrame) -> dict[int, tuple[str, str | None]]:
    """Fate and reason by row number."""
    return {number: (fate, reason) for number, fate, reason in rows.select("_row", "_fate", "_reason").iter_rows()}


def padded(*cells: str) -> list[str]:
    return [*cells, *[""] * (WIDTH - len(cells))]


def test_a_row_keeps_its_texts_its_number_and_its_file(delivery: Any, payments: Any) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, payments.row(name=" 张 三 ", household_no="007", batch_no="")))
    [row] = delivery.rows(name).to_dicts()
    assert list(row) == DATA_SETS["payments"].bronze.column_names
    assert (row["name"], row["household_no"], row["batch_no"]) == (" 张 三 ", "007", None)
    assert (row["_row"], row["_sheet"], row["_file_id"]) == (2, "", delivery.file(name).file_id)
    assert (row["_fate"], row["_reason"], row["_other_cells"]) == ("accepted", None, None)


def test_columns_in_another_order_land_under_their_fields(delivery: Any, payments: Any) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header[::-1], payments.row(household_no="D7")[::-1]))
    [row] = delivery.rows(name).to_dicts()
    assert (row["county_code"], row["household_no"], row["amount"]) == ("420292", "D7", "640.00")


SKIPPED: dict[str, tuple[list[str], str]] = {
    "blank": (padded(), "blank"),
    "blanks in every cell": ([" "] * WIDTH, "blank"),
    "wide blanks": (["\u3000", *[""] * 11, "\u200b"], "blank"),
    "a total": (padded("合计", "", "", "", "", "", "", "2", "640.00"), "subtotal"),
    "a total of a county": (padded("大冶市小计", "", "", "", "", "", "", "", "640.00"), "subtotal"),
    "a total with blanks inside its cell": (padded(" 总计 ", "640.00"), "subtotal"),
    "a total in the second column": (padded("", "共计", "640.00"), "subtotal"),
    "a total with wide blanks inside": (padded("合　计", "", "", "", "", "", "", "", "1280.00"), "subtotal"),
    "a total with a blank inside": (padded("总 计", "", "", "", "", "", "", "2", "1280.00元"), "subtotal"),
    "a sum": (padded("汇总", "", "", "", "", "", "", "", "1280.00"), "subtotal"),
    "a sum of a county's code": (padded("420292 汇总", "", "", "", "", "", "", "", "1280.00"), "subtotal"),
    "a sum of a page": (padded("本页合计：", "", "", "", "", "", "", "2", "1，280.00"), "subtotal"),
    "a running sum": (padded("", "", "", "累计", "", "", "", "", "￥1280"), "subtotal"),
    "a sum under its programme": (
        padded("420292", "农村低保", "", "小计:", "", "", "", "2", "1280", "", "", "", "1"),
        "subtotal",
    ),
    "a dense sum": (["合计", "-", "/", "", "", "201701", "", "2", "1280", "", "0", "0", "12"], "subtotal"),
    "a total with noise": (padded("\ue5e5合\u200b计\x1f", "", "", "", "", "", "", "", '="1280"'), "subtotal"),
    "the number of a form that nobody filled in": (padded("7"), "blank"),
    "a form that says where and for what it is": (padded("420292", "农村低保"), "blank"),
    "zeros that a form computes": (padded("", "", "", "", "", "", "", "0", "0.00"), "blank"),
    "zeros in every cell": (["0"] * WIDTH, "blank"),
    "a database's nulls": ([r"\N"] * WIDTH, "blank"),
    "invisible characters": (padded("\ue5e5", "\x1f", "\u3164"), "blank"),
    "a sum carried forward": (padded("承前页", "", "", "", "", "", "", "2", "1280"), "subtotal"),
    "a sum beside zeros": (["合计", "0", "0", "", "0", "0", "", "2", "1280", "", "", "", ""], "subtotal"),
    "a note": (padded("注:本表不含补发"), "note"),
    "the number of a page": (padded("第 1 页 共3页"), "note"),
    "who made it": (padded("制表：李四", "", "审核：王五"), "note"),
    "a note with a wide colon": (padded("注：本表不含补发"), "note"),
    "a numbered note": (padded("注1：本表不含补发"), "note"),
    "who filled it in": (padded("填表人:李四", "", "审核人:王五", "", "2017-12-31"), "note"),
    "who filled it in, without a colon": (padded("填表人 李四"), "note"),
    "the unit that reports": (padded("填报单位：民政局"), "note"),
    "a place for the stamp": (padded("单位（盖章）："), "note"),
    "a second note": (padded("2、金额单位为元。"), "note"),
    "the end of the rows": (padded("以下空白"), "note"),
    "the end of the rows in the middle": ([*[""] * 4, "**以下空白**", *[""] * 8], "note"),
    "the unit that reports, and the page": (["单位：民政局", *[""] * 8, "第2页/共3页", "", "", ""], "note"),
    "the name of a village": (padded("马家村"), "note"),
    "a total in one word": (["计", *[""] * 6, "2", "1280.00", *[""] * 4], "subtotal"),
    "the total of a town": (["", "", "清河口镇计", *[""] * 4, "2", "1280.00", *[""] * 4], "subtotal"),
    "a page that goes on": (padded("接上页"), "note"),
    "a caption": (padded("一、城区"), "note"),
    "what a database says of its rows": (padded("(30 rows affected)"), "note"),
    "the number of a page in dashes": (padded("- 1 -"), "note"),
    "the day of signing": ([*[""] * 10, "2018年1月8日", "", ""], "note"),
    "who signed, a cell each": (["填表人", "甲", "审核人", "乙", "填表日期", "2018-1-8", *[""] * 7], "note"),
    "an average": (["平均值", *[""] * 7, "320.00", *[""] * 4], "subtotal"),
    "a total in English": (["Total", *[""] * 7, "320.00", *[""] * 4], "subtotal"),
    "a total that counts": (["合计30人", *[""] * 7, "320.00", *[""] * 4], "subtotal"),
}


@pytest.mark.parametrize("case", SKIPPED)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_that_are_no_data_are_skipped_with_a_reason(delivery: Any, payments: Any, case: str, form: str) -> None:
    cells, reason = SKIPPED[case]
    table = [payments.header, payments.row(), cells, payments.row(name="李四")]
    name = delivery.add("甲.csv", payments.csv(*table)) if form == "csv" else delivery.add_workbook("甲.xlsx", {"表": table})
    assert fates(delivery.rows(name)) == {2: ("accepted", None), 3: ("skipped", reason), 4: ("accepted", None)}


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "合计"},
        {"county_code": "合计"},
        {"county_code": "注:", "name": "注:"},
        {"county_code": "", "household_no": "", "bank_account": "", "account_name": "", "batch_no": "", "heads": ""},
        {"county_code": "填表人"},
        {"name": "汇总"},
        {"name": "累计", "account_name": "累计"},
        {"household_no": "1", "heads": "0", "batch_no": "0"},
    ],
)
def test_a_full_row_is_data_whatever_its_first_cell_says(delivery: Any, payments: Any, cells: dict[str, str]) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, payments.row(**cells)))
    assert fates(delivery.rows(name)) == {2: ("accepted", None)}


@pytest.mark.parametrize(
    "cells",
    [
        padded("4202921950010112"),
        ["", "", "", "阿依古丽·买买提江", *[""] * 9],
        padded("阿依古丽·买买提江"),
        padded("张三"),
        ["", "", "", "", "42029219500101102X", *[""] * 8],
    ],
)
def test_a_row_of_one_cell_that_may_be_data_is_quarantined(delivery: Any, payments: Any, cells: list[str]) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, payments.row(), cells))
    assert fates(delivery.rows(name))[3][0] == "quarantined"


@pytest.mark.parametrize(
    "below",
    [
        [str(i) for i in range(1, 14)],
        ["甲", "乙", *[f"({i})" for i in range(1, 12)]],
        [f.name for f in DATA_SETS["payments"].fields],
        [*[""] * 7, "（人）", "（元）", *[""] * 4],
        [*["字符型(20)"] * 6, "日期型", "数值型", "numeric(12,2)", *["必填"] * 4],
        ["------"] * 13,
        [*["------&nbsp;"] * 8, "－－－－－－&nbsp;", *["------&nbsp;"] * 4],
    ],
    ids=["numbers", "numbers in brackets", "names of a database", "units", "types", "a line", "a line of a web page"],
)
def test_a_second_line_of_the_header_is_no_data(delivery: Any, payments: Any, below: list[str]) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, below, payments.row()))
    assert fates(delivery.rows(name)) == {
        2: ("skipped", "blank" if below == ["------"] * 13 else "repeated header"),
        3: ("accepted", None),
    }


def test_rows_that_lack_what_they_may_lack_are_not_looked_at_closely(
    delivery: Any, payments: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    monkeypatch.setattr(no_data, "trimmed", lambda cells: (looked_at.append(len(cells)), trimmed(cells))[1])
    rows = [payments.row(household_no="", name=f"张{n}") for n in range(30)]
    name = delivery.add("甲.csv", payments.csv(payments.header, *rows, payments.row(household_no="", program="小计")))
    assert delivery.rows(name)["_fate"].to_list() == ["accepted"] * 30 + ["quarantined"]
    # The cells of the header, of the row under it, and of the row with a word for a total.
    assert looked_at == [3 * len(payments.header)]


@pytest.mark.parametrize(("word", "reason"), [("小计", "subtotal"), ("单位（盖章）：", "note"), ("注：以上为年底数据", "note")])
def test_blanks_around_every_cell_hide_no_row_that_is_none(delivery: Any, word: str, reason: str) -> None:
    fields = DATA_SETS["household_registry"].fields  # the only cell of its key is its first
    data = ["42029219500101102X", "张三", "", "男", "1950-01-01", "420292", "镇", "村", "1", "户主", "正常", "", ""]
    lines = [[f.header for f in fields], data, [word, *[""] * 12]]
    content = "\n".join(",".join(f"{cell}  " for cell in line) for line in lines)
    rows = delivery.rows(delivery.add("户籍.csv", content, data_set="household_registry"))
    assert fates(rows) == {2: ("accepted", None), 3: ("skipped", reason)}


def test_a_title_on_every_page_is_a_title(delivery: Any, payments: Any) -> None:
    table = [padded("发放表"), payments.header, payments.row(), padded("发放表"), payments.header, payments.row(name="李四")]
    found = fates(delivery.rows(delivery.add("甲.csv", payments.csv(*table))))
    title, data = ("skipped", "title"), ("accepted", None)
    assert found == {1: title, 3: data, 4: title, 5: ("skipped", "repeated header"), 6: data}


@pytest.mark.parametrize("name", ["合计", "填表人", "注:"])
def test_a_full_row_without_its_first_cell_is_data_too(delivery: Any, payments: Any, name: str) -> None:
    def name_second(row: list[str]) -> list[str]:
        return [row[0], row[3], *row[1:3], *row[4:]]

    row = payments.row(county_code="", name=name)
    file = delivery.add("甲.csv", payments.csv(name_second(payments.header), name_second(row)))
    assert fates(delivery.rows(file)) == {2: ("accepted", None)}


def test_a_header_that_is_repeated_is_no_data(delivery: Any, payments: Any) -> None:
    header = [f" {name} " for name in payments.header]
    broken = [f"'{name[:-1]}\n{name[-1]}" for name in payments.header]
    parted = [f"\ue5e5{name[0]}\ue5e5{name[1:]}\u200b" for name in payments.header]
    name = delivery.add(
        "甲.csv",
        payments.csv(header, payments.row(), header, payments.row(name="李四"), payments.header, broken, parted, payments.row()),
    )
    repeated, data = ("skipped", "repeated header"), ("accepted", None)
    assert fates(delivery.rows(name)) == {2: data, 3: repeated, 4: data, 5: repeated, 6: repeated, 7: repeated, 8: data}


def test_title_and_group_rows_above_the_header_are_skipped_as_titles(delivery: Any, payments: Any) -> None:
    table = [
        padded("黄石市2017年救助资金发放明细"),
        ["基本信息", "", "", "领取人", "", "发放", "", "", "", "", "账户", "", ""],
        payments.header,
        payments.row(),
    ]
    title = ("skipped", "title")
    expected = {1: title, 2: title, 4: ("accepted", None)}
    assert fates(delivery.rows(delivery.add("甲.csv", payments.csv(*table)))) == expected
    assert fates(delivery.rows(delivery.add_workbook("甲.xlsx", {"表": table}))) == expected


def test_a_short_title_line_does_not_shift_the_rows(delivery: Any, payments: Any) -> None:
    text = "救助资金发放明细\n" + payments.csv(payments.header, payments.row())
    assert fates(delivery.rows(delivery.add("甲.csv", text))) == {1: ("skipped", "title"), 3: ("accepted", None)}


def test_a_header_in_two_rows_names_the_columns_below_both(delivery: Any, payments: Any) -> None:
    upper = ["领取人" if name == "领取人姓名" else "" if name == "领取人身份证号" else name for name in payments.header]
    lower = [{"领取人姓名": "姓名", "领取人身份证号": "身份证号"}.get(name, "") for name in payments.header]
    rows = delivery.rows(delivery.add_workbook("甲.xlsx", {"表": [upper, lower, payments.row()]}))
    assert fates(rows) == {1: ("skipped", "title"), 3: ("accepted", None)}
    assert rows.filter(pl.col("_row") == 3)["name"].to_list() == ["张三"]


RAGGED = "more or fewer cells than the header"
SHAPES: dict[str, tuple[Callable[[list[str]], list[str]], str | None]] = {
    "the last empty cells left out": (lambda row: row[:-1], None),
    "several of them": (lambda row: row[:-3], None),
    "a delimiter too many": (lambda row: [*row, ""], None),
    "several of them, with noise": (lambda row: [*row, " ", "\u200b", "\ue5e5"], None),
    "one with something behind it": (lambda row: [*row, "x"], RAGGED),
    "a cell missing before the account": (lambda row: [*row[:9], *row[10:]], RAGGED),
    "a cell missing before the last": (lambda row: [*row[:11], row[12]], RAGGED),
    "a cell missing at the front": (lambda row: row[1:], RAGGED),
    "a cell too many at the front and none at the end": (lambda row: ["", *row[:-1], ""], RAGGED),
    "cells that are needed left out": (lambda row: row[:7], "unreadable: 发放金额"),
}


@pytest.mark.parametrize("case", SHAPES)
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_with_more_or_fewer_cells_is_read_unless_it_is_shifted(delivery: Any, payments: Any, case: str, quote: str) -> None:
    shaped, reason = SHAPES[case]
    table = [payments.row(name=f"{quote}李四{quote}", household_no=f"D{i}") for i in range(3)]
    table[1] = shaped(table[1])
    text = "".join(",".join(row) + "\n" for row in [payments.header, *table])
    rows = delivery.rows(delivery.add("甲.csv", text))
    fate = ("quarantined", reason) if reason else ("accepted", None)
    assert fates(rows) == {2: ("accepted", None), 3: fate, 4: ("accepted", None)}
    assert rows["household_no"][2] == "D2"
    if not reason:
        expected = payments.row(name="李四", household_no="D1")[:10]
        assert list(rows.select(DATA_SETS["payments"].field_names).row(1)[:10]) == expected


def test_a_cell_that_cannot_be_read_does_not_make_a_short_row_a_shifted_one(delivery: Any, payments: Any) -> None:
    """What is no date in a date's column would be none in those beside it either."""
    name = delivery.add(
        "甲.csv", payments.csv(payments.header, payments.row(paid_on="月底前")[:-1], payments.row(id_number="42029X")[:-1])
    )
    assert fates(delivery.rows(name)) == {2: ("accepted", None), 3: ("accepted", None)}


@pytest.mark.parametrize("surplus", ["", ",", ",,,"])
@pytest.mark.parametrize("ragged", [False, True])
def test_a_header_with_delimiters_too_many_costs_no_row(delivery: Any, payments: Any, surplus: str, ragged: bool) -> None:
    header, *rows = payments.csv(payments.header, *payments.rows(3)).splitlines()
    text = "\n".join([header + surplus, *(row if ragged else row + surplus for row in rows)])
    read = delivery.rows(delivery.add("甲.csv", text))
    assert set(read["_fate"]) == {"accepted"}
    assert read["_other_cells"].null_count() == 3


@pytest.mark.parametrize("order", [(12, 14, 13), (14, 12, 13), (12, 13, 14), (14, 13, 12)])
@pytest.mark.parametrize("ending", ["\n", ""])
@pytest.mark.parametrize("surplus", ["x", ""])
def test_a_long_row_does_not_make_up_for_a_short_one(
    delivery: Any, payments: Any, order: tuple[int, ...], ending: str, surplus: str
) -> None:
    table = [[*payments.row(household_no=f"D{cells}"), surplus][:cells] for cells in order]
    rows = delivery.rows(delivery.add("甲.csv", payments.csv(payments.header, *table).removesuffix("\n") + ending))
    assert rows["_fate"].to_list() == ["quarantined" if cells > WIDTH and surplus else "accepted" for cells in order]
    assert rows["household_no"].to_list() == [f"D{cells}" for cells in order]
    assert rows["batch_no"].to_list() == ["1" if cells >= WIDTH else None for cells in order]


@pytest.mark.parametrize(
    ("field", "cell", "header"),
    [
        ("amount", "三百二十多", "发放金额"),
        ("amount", "", "发放金额"),
        ("amount", "无", "发放金额"),
        ("for_month", "2017年一季度", "所属期"),
        ("for_month", "000000", "所属期"),
        ("program", "农村救济", "项目"),
    ],
)
def test_an_essential_cell_that_cannot_be_read_is_quarantined_under_its_header(
    delivery: Any, payments: Any, field: str, cell: str, header: str
) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, payments.row(**{field: cell}), payments.row()))
    rows = delivery.rows(name)
    assert fates(rows) == {2: ("quarantined", f"unreadable: {header}"), 3: ("accepted", None)}
    assert rows[field][0] == (cell or None)  # as received


@pytest.mark.parametrize(("field", "cell"), [("paid_on", "不详"), ("id_number", "无"), ("kind", "其他"), ("heads", "")])
def test_any_other_cell_that_cannot_be_read_leaves_the_row_accepted(delivery: Any, payments: Any, field: str, cell: str) -> None:
    name = delivery.add("甲.csv", payments.csv(payments.header, payments.row(**{field: cell})))
    assert fates(delivery.rows(name)) == {2: ("accepted", None)}


def test_a_header_in_ten_thousand_yuan_multiplies_once(delivery: Any, payments: Any) -> None:
    def yuan(header: str, *cells: str) -> list[str]:
        names = [header if name == "发放金额" else name for name in payments.header]
        content = payments.csv(names, *(payments.row(amount=cell) for cell in cells))
        rows = delivery.rows(delivery.add(f"{header}.csv", content))
        assert set(rows["_fate"]) == {"accepted"}
        return [str(value) for value in standardised(DATA_SETS["payments"], rows, "key")["amount"]]

    assert yuan("发放金额(万元)", "0.064", "1,000", "0.064万元", "640元") == ["640.00", "10000000.00", "640.00", "640.00"]
    assert yuan("发放金额(元)", "640", "0.064万元") == ["640.00", "640.00"]


def test_an_empty_amount_under_a_ten_thousand_yuan_header_is_still_empty(delivery: Any, payments: Any) -> None:
    names = ["发放金额（万元）" if name == "发放金额" else name for name in payments.header]
    rows = delivery.rows(delivery.add("甲.csv", payments.csv(names, payments.row(amount=""))))
    assert fates(rows) == {2: ("quarantined", "unreadable: 发放金额")}


def test_unknown_columns_are_kept_aside_as_json(delivery: Any, payments: Any) -> None:
    header = [*payments.header, "备注", "", "备注", "姓名"]
    name = delivery.add(
        "甲.csv", payments.csv(header, [*payments.row(), "低收入", "x", '"再"', "李四"], [*payments.row(), "", "", "", ""])
    )
    first, second = delivery.rows(name)["_other_cells"]
    assert list(json.loads(first).values()) == ["低收入", "x", '"再"', "李四"]
    assert json.loads(first)["备注"] == "低收入"
    assert second is None


def test_a_quoted_cell_may_hold_newlines_delimiters_and_quotes(delivery: Any, payments: Any) -> None:
    name = delivery.add(
        "甲.csv", payments.csv(payments.header, payments.row(batch_no='第1批,\n含"补发"'), payments.row(name="李四"))
    )
    rows = delivery.rows(name)
    assert rows["batch_no"].to_list() == ['第1批,\n含"补发"', "1"]
    assert rows["_fate"].to_list() == ["accepted"] * 2


@pytest.mark.parametrize("opens", ['"农村低保', '"'])
def test_a_quote_that_is_never_closed_costs_no_other_row(delivery: Any, payments: Any, opens: str) -> None:
    lines = payments.csv(payments.header, *payments.rows(3)).split("\n")
    lines[2] = lines[2].replace("农村低保", opens)
    rows = delivery.rows(delivery.add("甲.csv", "\n".join(lines)))
    assert rows["household_no"].to_list() == ["D0001", "D0002", "D0003"]
    assert rows["_row"].to_list() == [2, 3, 4]
    assert [fate for fate, _ in fates(rows).values()] == ["accepted", "accepted" if len(opens) > 1 else "quarantined", "accepted"]


def test_a_quote_that_is_never_closed_in_a_long_file_costs_no_other_row(delivery: Any, payments: Any) -> None:
    lines = payments.csv(payments.header, *payments.rows(3000)).split("\n")
    lines[1] = lines[1].replace("农村低保", '"农村低保')
    assert set(delivery.rows(delivery.add("甲.csv", "\n".join(lines)))["_fate"]) == {"accepted"}


def test_batches_are_whole_rows_in_order(delivery: Any, payments: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.delivery.decode.BATCH_ROWS", 4)
    rows = delivery.rows(delivery.add("甲.csv", payments.csv(payments.header, *payments.rows(10))))
    assert rows["_row"].to_list() == list(range(2, 12))


def test_rows_that_come_in_several_frames_are_numbered_on(delivery: Any, payments: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.delivery.text_files._CAREFUL_ROWS", 4)
    table = [padded("标题"), padded(), padded(), padded(), padded("填报"), payments.header, *payments.rows(9), padded("合计")]
    stray = [[cell.replace("农村低保", '农村低保"') for cell in row] for row in table]
    rows = delivery.rows(delivery.add("甲.csv", "".join(",".join(row) + "\n" for row in stray)))
    assert fates(rows) == {
        **{number: ("skipped", "title") for number in range(1, 6)},
        **{number: ("accepted", None) for number in range(7, 16)},
        16: ("skipped", "subtotal"),
    }
    assert rows["household_no"].to_list()[5:14] == [row[2] for row in payments.rows(9)]


def test_a_header_without_rows_has_no_rows(delivery: Any, payments: Any) -> None:
    [piece] = delivery.file(delivery.add("甲.csv", payments.csv(payments.header))).pieces
    assert sum(rows.height for rows in decode(piece)) == 0


def test_accounts_add_up_for_every_file(delivery: Any, payments: Any) -> None:
    table = [
        padded("救助资金发放明细"),
        payments.header,
        *payments.rows(5),
        payments.row(amount="?"),
        padded("小计", "", "", "", "", "", "", "", "640"),
        padded(),
        payments.header,
        payments.row()[:-2],
        padded("注：无"),
    ]
    for name in (delivery.add("甲.csv", payments.csv(*table)), delivery.add_workbook("甲.xlsx", {"表": table})):
        counted = dict(delivery.rows(name)["_fate"].value_counts().iter_rows())
        assert counted == {"accepted": 6, "quarantined": 1, "skipped": 5}
        assert sum(counted.values()) == len(table) - 1


TOTALS = {  # a row as it stands in a register, and the person of that name
    "medical_expenses": (
        ["合　计", "", "2017", "10000", "5000", "5000"],
        ["合计", "420292195001011027", "2017", "10000", "5000", "5000"],
    ),
    "cremations": (
        ["汇总", "", "", "", "", "", "", "12"],
        ["汇总", "", "男", "70", "2017-02-03", "2017-02-05", "某村", "甲殡仪馆"],
    ),
    "properties": (
        ["", "合计", "", "", "", "", "1280.50", "", ""],
        ["鄂1号", "合计", "42029219500101102X", "100", "住宅", "商品房", "80", "某村", "2017-01-05"],
    ),
}


@pytest.mark.parametrize("code", TOTALS)
@pytest.mark.parametrize("before", [[], ["备注"]])
def test_a_total_is_no_person_and_a_person_no_total(delivery: Any, code: str, before: list[str]) -> None:
    data_set = DATA_SETS[code]
    total, person = ([*[""] * len(before), *row] for row in TOTALS[code])
    text = "".join(",".join(row) + "\n" for row in ([*before, *(f.header for f in data_set.fields)], person, total))
    rows = delivery.rows(delivery.add("甲.csv", text, data_set=code))
    assert fates(rows) == {2: ("accepted", None), 3: ("skipped", "subtotal")}


@pytest.mark.parametrize("name", ["黄石平均律音乐工作室", "小计家政服务部", "共计科技", "湖北总和贸易有限公司", "大冶市总额"])
def test_a_firm_without_a_code_that_is_called_like_a_total_is_none(delivery: Any, name: str) -> None:
    fields = [field.header for field in DATA_SETS["enterprises"].fields]
    firm = {
        **{"企业名称": name, "主体类型": "个体工商户", "法定代表人": "张三", "法人证件号码": "42029219500101102X"},
        **{"注册资本": "10", "成立日期": "2015-01-01", "登记状态": "存续", "住所": "某路1号"},
    }
    sparse = {header: firm[header] for header in ("企业名称", "法人证件号码", "成立日期")}
    total = {"企业名称": "合计", "注册资本": "10"}
    rows = [[row.get(header, "") for header in fields] for row in (firm, sparse, total)]
    found = fates(
        delivery.rows(
            delivery.add_workbook("企业.xlsx", {"表": [fields, *rows]}, data_set="enterprises")
        )  # not a column of codes
    )
    assert [found[row] for row in (2, 4)] == [("accepted", None), ("skipped", "subtotal")]
    assert found[3][1] != "subtotal"


@pytest.mark.parametrize("header", ["领取人姓名及身份证号", "身份证号码/姓名", "领取人姓名、领取人身份证号"])
@pytest.mark.parametrize(
    "cell",
    [
        "张三 42029219500101102X",
        "42029219500101102X/张三",
        "张三（42029219500101102X）",
        "张三，４２０２９２１９５００１０１１０２Ｘ",
    ],
)
def test_a_column_of_name_and_number_says_both(delivery: Any, payments: Any, header: str, cell: str) -> None:
    def joined(row: list[str], name: str) -> list[str]:
        return [*row[:3], name, *row[5:]]

    delivery.add(
        "甲.csv", payments.csv(joined(payments.header, header), joined(payments.row(), cell), joined(payments.row(), "不详"))
    )
    delivery.add("乙.csv", payments.csv(payments.header, payments.row()))
    found, expected = (standardised(DATA_SETS["payments"], delivery.rows(name), "key") for name in ("甲.csv", "乙.csv"))
    assert delivery.file("甲.csv").remarks == ()
    assert found.drop("_file_id").head(1).equals(expected.drop("_file_id"))
    assert found["person_number_state"].to_list() == [expected["person_number_state"][0], "absent"]


def test_who_signed_is_no_data_where_the_register_is_narrow_and_each_cell_protected(delivery: Any, payments: Any) -> None:
    """Nearly all cells of the row are filled then."""
    fields = [field.header for field in DATA_SETS["poverty_register"].fields]
    row = ["P0001", "张三", "42029219500101102X", "户主", "脱贫", "2014-12-31", "3000"]
    signed = [f'="{cell}"' for cell in ("填表人", "甲", "审核人", "乙", "填表日期", "2018-1-8")]
    name = delivery.add("册.csv", payments.csv(fields, row, signed), data_set="poverty_register")
    assert fates(delivery.rows(name))[3] == ("skipped", "note")
