"""Units of money: however a header, a group, a row below, a line above or a note states one, and what states none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from expectations.contracts.deliveries import DATA_SETS
from jobs.cells.typed import standardised
from jobs.delivery.headers import Header, find_header, with_notes
from jobs.delivery.money_units import UNCLEAR, unit_of_group, unit_of_header, unit_of_line
from jobs.delivery.remarks import remark

PAYMENTS, ENTERPRISES = DATA_SETS["payments"], DATA_SETS["enterprises"]
PLAIN = [f.header for f in PAYMENTS.fields]
AT = PLAIN.index("发放金额")
WIDTH = len(PLAIN)
FIRMS = [f.header for f in ENTERPRISES.fields if f.name not in ("paid_in", "tax_12m")]


def header_of(*rows: Sequence[str | None], data_set: str = "payments") -> Header:
    header = find_header(rows, DATA_SETS[data_set])
    assert isinstance(header, Header), header
    return header


def beside(cell: str) -> list[str | None]:
    """A row with a cell in the column of the amount alone."""
    return [cell if at == AT else None for at in range(WIDTH)]


def under(name: str) -> list[str | None]:
    return [name if at == AT else header for at, header in enumerate(PLAIN)]


@pytest.mark.parametrize(
    ("behind", "unit"),
    [
        ("（万元）*", "万元"),
        ("（万元）（含补发）", "万元"),
        ("（含补发）（万元）", "万元"),
        ("（万元，含价格补贴）", "万元"),
        ("（万元，保留4位小数）", "万元"),
        ("（万 元）", "万元"),
        ("（万\u3000元）", "万元"),
        ("\n（万元）", "万元"),
        ("（万）", "万元"),
        ("（萬）", "万元"),
        ("（萬元）", "万元"),
        ("（万圆）", "万元"),
        ("（仟元）", "千元"),
        ("（佰元）", "百元"),
        ("（千万元）", "千万元"),
        ("（億元）", "亿元"),
        ("（万元人民币）", "万元"),
        ("（人民币万元）", "万元"),
        ("（人民币：万元）", "万元"),
        ("（单位：万元人民币）", "万元"),
        ("（以万元计）", "万元"),
        ("(单位/万元)", "万元"),
        ("（10000元）", "万元"),
        ("（10,000元）", "万元"),
        ("[万元]", "万元"),
        ("【万元】", "万元"),
        (" 万元", "万元"),
        ("_万元", "万元"),
        ("（万元/月）", "万元"),
        ("（元）", "元"),
        ("（元/人·月）", "元"),
        # stated, and not understood
        ("(w)", UNCLEAR),
        ("（万美元）", UNCLEAR),
        ("（美元）", UNCLEAR),
        ("（USD）", UNCLEAR),
        ("（十万元）", UNCLEAR),
        ("（元/万元）", UNCLEAR),
        ("（元或万元）", UNCLEAR),
        ("（元）（万元）", UNCLEAR),
        # no unit
        ("", ""),
        ("（含补发）", ""),
        ("（元月）", ""),
        ("（万州区）", ""),
        ("（含万元奖励）", ""),
        ("（不足1元按1元计）", ""),
        ("（每人每月300元）", ""),
    ],
)
def test_a_header_states_the_unit_of_its_column_or_none(behind: str, unit: str) -> None:
    header = f"发放金额{behind}"
    assert unit_of_header(header) == unit
    assert header_of(under(header)).units == ({} if unit in ("", "元") else {"amount": unit})


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：户、人、万元", "万元"),
        ("计量单位：人、万元", "万元"),
        ("单位：万元、户", "万元"),
        ("单位：万元，人", "万元"),
        ("单位:万元 人", "万元"),
        ("单位:万元/人", "万元"),
        ("单位（万元）", "万元"),
        ("金额单位(万元)", "万元"),
        ("（单位：万元）", "万元"),
        ("单 位：万元", "万元"),
        ("单\u3000位：万\u3000元", "万元"),
        ("单位：万 元", "万元"),
        ("单位： 万元", "万元"),
        ("单位：人民币 万元", "万元"),
        ("单位:人民币（万元）", "万元"),
        ("单位：万元（人民币）", "万元"),
        ("金额单位：万元人民币", "万元"),
        ("货币单位：万元", "万元"),
        ("币种：人民币 单位：万元", "万元"),
        ("单位：万", "万元"),
        ("单位：萬元", "万元"),
        ("单位：万圆", "万元"),
        ("金额：万元", "万元"),
        ("万元", "万元"),
        ("（万元）", "万元"),
        ("2017年救助资金发放明细表（万元）", "万元"),
        ("本表金额以万元计", "万元"),
        ("以万元为单位", "万元"),
        ("注：以上金额单位均为万元。", "万元"),
        ("单位：万元，保留两位小数", "万元"),
        ("填报单位：民政局    金额单位：万元", "万元"),
        ("填报单位：金元社区 单位：万元", "万元"),
        ("单位：万元制表：甲", "万元"),
        ("(单位:千元)", "千元"),
        ("单位：元", "元"),
        # stated, and not understood
        ("单位：元、万元", UNCLEAR),
        ("单位：万美元", UNCLEAR),
        ("单位：十万元", UNCLEAR),
        ("说明：总表单位为万元，本表为元", UNCLEAR),
        # no unit of money
        ("单位：黄石市民政局", ""),
        ("单位名称", ""),
        ("单位：人", ""),
        ("单位：户、人次", ""),
        ("单位：万达社区", ""),
        ("单位：万 达 公司", ""),
        ("单位：元月份填报", ""),
        ("填报单位：万元镇政府", ""),
        ("填报单位：万", ""),
        ("制表单位：元", ""),
        ("负责人：甲（万）", ""),
        ("2017年1-12月（元月起）", ""),
        ("本次共发放100万元", ""),
        ("2017年发放明细（共100万元）", ""),
        ("总金额：    万元", ""),
        ("发放总额：12.5万元", ""),
        ("注：补助标准为1万元/户", ""),
        ("注：以万元户为主", ""),
    ],
)
def test_a_line_outside_of_a_table_states_the_unit_of_all_of_it_or_none(line: str, unit: str) -> None:
    assert unit_of_line([line]) == unit
    assert header_of([line], under("发放金额")).units == ({"amount": unit} if unit not in ("", "元") else {})
    assert header_of([line], under("发放金额（元）")).units == {}  # what stands nearer counts


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        (["单位：", "万元"], "万元"),
        (["填报单位：民政局", "", "单位：万元"], "万元"),
        (["单位", "万元"], ""),  # two headers
        (["明细表（万元）", "第1页"], ""),
        (["基本信息", "金额（万元）"], ""),  # a group
        (["单位：万元", "单位：元"], UNCLEAR),
    ],
)
def test_a_line_of_several_cells(line: list[str], unit: str) -> None:
    assert unit_of_line(line) == unit


def test_two_lines_that_differ_leave_the_unit_unclear() -> None:
    header = header_of(["单位：元"], ["本表金额以万元计"], under("发放金额"))
    assert header.units == {"amount": UNCLEAR}
    assert header.remarks == (remark("unclear_unit", columns="发放金额"),)


@pytest.mark.parametrize("cell", ["万元", "（万元）", "萬元", "万"])
def test_a_row_of_units_below_the_header_counts(delivery: Any, payments: Any, cell: str) -> None:
    numbers: list[str | None] = [str(at) for at in range(1, WIDTH + 1)]
    assert header_of(under("发放金额"), beside(cell)).units == {"amount": "万元"}
    assert header_of(under("发放金额"), beside("（元）"), beside(cell)).units == {"amount": UNCLEAR}
    assert header_of(["单位：元"], under("发放金额"), beside(cell)).units == {"amount": "万元"}
    assert header_of(under("发放金额"), numbers, beside(cell)).units == {"amount": "万元"}
    name = delivery.add("甲.csv", payments.csv(PLAIN, [cell or "" for cell in beside(cell)], payments.row(amount="0.5")))
    rows = delivery.rows(name)
    assert rows["_fate"].to_list() == ["skipped", "accepted"]
    assert [str(value) for value in standardised(PAYMENTS, rows.tail(1), "key")["amount"]] == ["5000.00"]


def test_a_row_of_data_below_the_header_states_no_unit() -> None:
    row: list[str | None] = [cell or "1" for cell in beside("万元")]
    assert header_of(under("发放金额"), row).units == {}


@pytest.mark.parametrize(
    ("group", "name", "unit"),
    [
        ("金额（万元）", "发放金额", "万元"),
        ("发放情况（单位：万元）", "发放金额", "万元"),
        ("发放情况（万元）", "发放金额", "万元"),
        ("金额（万元）", "发放金额（元）", ""),
        ("发放情况", "发放金额", ""),
        ("发放100万元", "发放金额", ""),
        ("万元村", "发放金额", ""),
    ],
)
def test_a_group_above_states_the_unit_of_headers_that_state_none(group: str, name: str, unit: str) -> None:
    groups = beside(group)
    assert header_of(groups, under(name)).units == ({"amount": unit} if unit else {})
    assert header_of(["基本信息", *groups[1:]], under(name)).units == ({"amount": unit} if unit else {})


def test_a_group_states_nothing_of_what_stands_beside_it() -> None:
    groups = ["基本信息", *[None] * (AT - 2), "其他（万元）", "发放情况", *[None] * (WIDTH - AT - 1)]
    assert header_of(groups, under("发放金额")).units == {}
    assert unit_of_group("单位：万元") == unit_of_group("（单位：万元）") == ""  # a line, read as one


@pytest.mark.parametrize(
    ("line", "header", "unit", "is_told"),
    [
        ("单位：元", "注册资本", "", True),
        ("单位：千元", "注册资本", "千元", False),
        ("单位：万元", "注册资本", "", False),
        ("单位：元", "注册资本（万元）", "", False),
        ("单位：人", "注册资本", "", False),
    ],
)
def test_a_form_that_says_yuan_everywhere_asks_of_a_column_in_ten_thousands(
    line: str, header: str, unit: str, *, is_told: bool
) -> None:
    firms = [header if name == "注册资本" else name for name in FIRMS]
    found = header_of([line], firms, data_set="enterprises")
    assert found.units == ({"capital": unit} if unit else {})
    assert found.remarks == ((remark("unit_of_line", columns=header, unit="元"),) if is_told else ())


def test_amounts_of_an_unclear_unit_are_not_read_and_that_is_told(delivery: Any, payments: Any) -> None:
    content = payments.csv(under("发放金额（万美元）"), *(payments.row(amount=cell) for cell in ("5", "5万", "5万元", "5元")))
    name = delivery.add("甲.csv", content)
    rows = delivery.rows(name)
    assert rows["_reason"].to_list() == ["unreadable: 发放金额", "unreadable: 发放金额", None, None]
    assert [str(value) for value in standardised(PAYMENTS, rows.tail(2), "key")["amount"]] == ["50000.00", "5.00"]
    assert delivery.file(name).remarks == (remark("unclear_unit", columns="发放金额（万美元）"),)


def test_sheets_of_which_the_same_is_to_be_said_are_told_once(delivery: Any, payments: Any) -> None:
    sheets = {name: [under("发放金额(w)"), payments.row(name=name)] for name in ("甲", "乙")}
    name = delivery.add_workbook("甲.xlsx", sheets)
    assert delivery.file(name).remarks == (remark("unclear_unit", columns="发放金额(w)"),)


@pytest.mark.parametrize(
    ("note", "header", "amount"),
    [
        ("注：以上金额单位均为万元。", "发放金额", "5000.00"),
        ("说明：本表金额以万元计", "发放金额", "5000.00"),
        ("注：以上金额单位均为万元。", "发放金额（元）", "0.50"),
        ("注：以上金额单位均为元。", "发放金额", "0.50"),
        ("注：共发放100万元。", "发放金额", "0.50"),
        ("填报单位：万元镇政府", "发放金额", "0.50"),
        ("注：单位为元或万元。", "发放金额", "None"),
    ],
)
@pytest.mark.parametrize("rows", [1, 300])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "xlsx"])
def test_a_note_below_states_the_unit_where_nothing_else_does(
    delivery: Any, payments: Any, note: str, header: str, amount: str, rows: int, encoding: str
) -> None:
    table = [under(header), *(payments.row(amount="0.5") for _ in range(rows)), [note]]
    if encoding == "xlsx":
        delivery.add_workbook("甲", {"表": table})
    else:
        delivery.add("甲", payments.csv(*table).encode(encoding))
    read = delivery.rows("甲")
    assert read["_reason"][-1] == "note"
    assert {str(value) for value in standardised(PAYMENTS, read.head(rows), "key")["amount"]} == {amount}


def test_a_row_of_data_at_the_end_is_no_note() -> None:
    header = header_of(under("发放金额"))
    row: list[str | None] = [cell or "1" for cell in beside("单位：万元")]
    assert with_notes(header, [row], PAYMENTS) == header
    assert with_notes(header, [beside("单位：万元")], PAYMENTS).units == {"amount": "万元"}
