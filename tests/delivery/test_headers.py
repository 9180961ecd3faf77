"""Headers: primary name or alias, noise around them, one row or two, and what is wrong with the others."""

from __future__ import annotations

import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.other_headers import OTHER_HEADERS
from jobs.cells.text import cleaned
from jobs.delivery.header_words import field_meant
from jobs.delivery.headers import Header, find_header
from jobs.delivery.remarks import Remark, remark

PAYMENTS, CREMATIONS, ROSTER, ENTERPRISES = (
    DATA_SETS[code] for code in ("payments", "cremations", "dibao_roster", "enterprises")
)
PLAIN = [f.header for f in PAYMENTS.fields]
REQUIRED = ["行政区划代码", "项目", "领取人姓名", "领取人身份证号", "所属期", "发放日期", "发放金额", "发放类型"]


def fields_of(*rows: list[str | None], data_set: str = "payments") -> dict[str, str]:
    """Delivered header by contract field."""
    header = find_header(rows, DATA_SETS[data_set])
    assert isinstance(header, Header), header
    return {field: name for field, name in zip(header.fields, header.names, strict=True) if field}


@pytest.mark.parametrize("code", DATA_SETS)
def test_primary_headers_name_every_field_in_any_order(code: str) -> None:
    headers = {f.name: f.header for f in DATA_SETS[code].fields}
    assert fields_of(list(reversed(headers.values())), data_set=code) == headers


@pytest.mark.parametrize(
    ("delivered", "field"),
    [
        ("区划代码", "county_code"),
        ("资金项目", "program"),
        ("补贴项目", "program"),
        ("低保证号", "household_no"),
        ("户编号", "household_no"),
        ("姓名", "name"),
        ("领款人", "name"),
        ("身份证号码", "id_number"),
        ("发放所属月份", "for_month"),
        ("到账日期", "paid_on"),
        ("实发金额", "amount"),
        ("发放金额(元)", "amount"),
        ("账号", "bank_account"),
        ("户名", "account_name"),
        # noise
        ("发放金额（元）", "amount"),
        ("发放金额【元】", "amount"),
        ("发放 金额", "amount"),
        ("发放\n金额", "amount"),
        (" 发放金额* ", "amount"),
        ("发放金额＊", "amount"),
        ("发\u3000放金额：", "amount"),
        ("\ufeff发放金额", "amount"),
    ],
)
def test_aliases_and_noise(delivered: str, field: str) -> None:
    primary = PAYMENTS[field].header
    row: list[str | None] = [delivered if name == primary else name for name in PLAIN]
    assert fields_of(row)[field] == cleaned(delivered)


@pytest.mark.parametrize(
    ("data_set", "delivered", "field"),
    [
        # numbering, marks and units of whatever manner
        ("payments", "13.发放金额", "amount"),
        ("payments", "（9）发放金额", "amount"),
        ("payments", "⑨发放金额", "amount"),
        ("payments", "t_zj_ff.发放金额", "amount"),
        ("payments", "★发放金额*必填", "amount"),
        ("payments", "发放金额/元", "amount"),
        ("payments", "发放金额：元", "amount"),
        ("payments", "发放金额_元", "amount"),
        ("payments", "发放金额元", "amount"),
        ("payments", "发放金额（人民币元", "amount"),
        ("payments", "金额单位：元", None),
        ("properties", "建筑面积㎡", "area"),
        # words that mean the same
        ("payments", "领取人身份证号码", "id_number"),
        ("payments", "领取人公民身份证号", "id_number"),
        ("payments", "领取人证件号", "id_number"),
        ("payments", "领取人", "name"),
        ("payments", "银行卡号", "bank_account"),
        ("payments", "银行帐号", "bank_account"),
        ("payments", "经办人身份证号", None),
        ("payments", "金额大写", None),
        ("dibao_roster", "户主身份证号码", "head_id"),
        ("dibao_roster", "居民身份证号", "id_number"),
        ("dibao_roster", "所属乡镇", "town"),
        ("dibao_roster", "县区", "county"),
        ("dibao_roster", "批准时间", "approved_on"),
        ("dibao_roster", "手机号码", "phone"),
        ("dibao_roster", "配偶身份证号", None),
        ("enterprises", "法人身份证号", "legal_rep_id"),
        ("enterprises", "法人代表姓名", "legal_rep"),
        ("marriages", "男方身份证号码", "husband_id"),
        ("household_registry", "出生年月日", "born_on"),
        ("household_registry", "死亡时间", "died_on"),
    ],
)
def test_a_header_that_the_contract_does_not_list_means_one_field_or_none(
    data_set: str, delivered: str, field: str | None
) -> None:
    header = find_header([[f.header for f in DATA_SETS[data_set].fields if f.name != field] + [delivered]], DATA_SETS[data_set])
    assert isinstance(header, Header)
    assert header.fields[-1] == field


def test_a_listed_header_goes_before_one_that_only_means_the_same() -> None:
    header = find_header([["领取人证件号", *PLAIN]], PAYMENTS)
    assert isinstance(header, Header)
    assert header.fields == (None, *PAYMENTS.field_names)


@pytest.mark.parametrize("aside", ["发放金额", "实发额"])
def test_a_hidden_column_gives_a_field_only_where_no_visible_one_does(aside: str) -> None:
    names = [aside, *("金额" if name == "发放金额" else name for name in PLAIN)]
    header = find_header([names], PAYMENTS, hidden=frozenset({0}))
    assert isinstance(header, Header)
    assert header.fields == (None, *PAYMENTS.field_names)
    alone = find_header([[aside, *(name for name in PLAIN if name != "发放金额")]], PAYMENTS, hidden=frozenset({0}))
    assert isinstance(alone, Header)
    assert alone.fields[0] == "amount"


@pytest.mark.parametrize(
    ("data_set", "used", "aside"),
    [
        ("payments", "发放金额", "实发金额"),  # the field's own header
        ("payments", "实发金额", "金额"),  # what says more
        ("payments", "实发金额", "实发额"),  # what is listed
        ("dibao_roster", "低保证号", "户编号"),
        ("payments", "身份证号", "身份证号"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_columns_of_one_field_the_better_header_goes_first(data_set: str, used: str, aside: str, is_first: bool) -> None:
    contract = DATA_SETS[data_set]
    name = contract.headers[used]
    others = [field.header for field in contract.fields if field.name != name]
    header = find_header([[*others[:1], *((used, aside) if is_first else (aside, used)), *others[1:]]], contract)
    assert isinstance(header, Header)
    assert header.names[header.fields.index(name)] == used
    [(at, field)] = header.again.items()
    assert (header.names[at], header.fields[at], field) == (aside, None, name)


def test_a_name_below_another_group_is_no_second_column_of_the_field() -> None:
    rows = [["领取人", None, "经办人", *(name for name in REQUIRED if "领取人" not in name)], ["姓名", "身份证号", "姓名"]]
    header = find_header(rows, PAYMENTS)
    assert isinstance(header, Header)
    assert (header.fields[:3], header.again) == (("name", "id_number", None), {})


@pytest.mark.parametrize("stranger", ["金额大写", "发放", "备注", "", None])
def test_a_header_that_the_contract_does_not_know_names_no_field(stranger: str | None) -> None:
    header = find_header([[*PLAIN, stranger]], PAYMENTS)
    assert isinstance(header, Header)
    assert header.fields == (*PAYMENTS.field_names, None)


@pytest.mark.parametrize("required", REQUIRED)
def test_a_missing_required_column_is_named_with_the_headers_found(required: str) -> None:
    rest = [name for name in PLAIN if name != required]
    problem = find_header([rest], PAYMENTS)
    assert problem == remark("missing_column", columns=required, found="、".join(rest))
    assert isinstance(problem, Remark)
    assert problem.en == f"required column {required} is missing; headers found: {'、'.join(rest)}"
    assert problem.zh == f"缺少必需的列：{required}。现有表头：{'、'.join(rest)}"


def test_all_missing_required_columns_are_named_at_once() -> None:
    problem = find_header([[name for name in PLAIN if name not in ("所属期", "发放金额")]], PAYMENTS)
    assert isinstance(problem, Remark)
    assert problem.en.startswith("required column 所属期、发放金额 is missing")


def test_a_missing_optional_column_is_no_problem() -> None:
    assert set(fields_of([*REQUIRED])) == {
        "county_code",
        "program",
        "name",
        "id_number",
        "for_month",
        "paid_on",
        "amount",
        "kind",
    }


@pytest.mark.parametrize("rows", [[], [[]], [["张三", "420292"]], [["姓名"]], [[None, None]]])
def test_rows_without_a_header_say_so(rows: list[list[str | None]]) -> None:
    problem = find_header(rows, CREMATIONS)
    assert isinstance(problem, Remark)
    assert problem.en == "no header of 火化登记 among the first 30 rows"
    assert problem.zh == "前30行中未找到“火化登记”的表头"


def test_the_first_of_two_equal_headers_counts() -> None:
    header = find_header([[*PLAIN, "金额"]], PAYMENTS)
    assert isinstance(header, Header)
    assert header.fields[PLAIN.index("发放金额")] == "amount"
    assert header.fields[-1] is None


def test_two_tables_side_by_side_are_told_as_what_they_are() -> None:
    for row in ([*PLAIN, "", *PLAIN], [*PLAIN, *PLAIN]):
        found = find_header([row, ["420292"] * len(row)], PAYMENTS)
        assert isinstance(found, Remark)
        assert found.code == "side_by_side"


@pytest.mark.parametrize("counted", ["{}2", "{} 2", "{}.1", "{}_1", "{}（2）", "{}(2)"])
def test_the_right_one_of_two_tables_side_by_side_may_have_counted_headers(counted: str) -> None:
    found = find_header([[*PLAIN, "", *map(counted.format, PLAIN)]], PAYMENTS)
    assert isinstance(found, Remark)
    assert found.code == "side_by_side"


def test_a_few_counted_headers_are_no_table_of_their_own() -> None:
    header = find_header([[*PLAIN, "银行账号2", "开户名2", "领取人姓名2"]], PAYMENTS)
    assert isinstance(header, Header)
    assert header.fields == (*PAYMENTS.field_names, None, None, None)


@pytest.mark.parametrize("code", OTHER_HEADERS)
def test_headers_that_offices_write_mean_their_field_and_take_none_from_another(code: str) -> None:
    data_set = DATA_SETS[code]
    for field, headers in OTHER_HEADERS[code].items():
        assert {header: field_meant(header, data_set) for header in headers.split()} == dict.fromkeys(headers.split(), field)
    assert {header: field_meant(header, data_set) for header in data_set.headers} == data_set.headers


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("应发金额", "payments"),
        ("账户", "payments"),
        ("类别", "dibao_roster"),
        ("险种类型", "social_insurance"),
        ("出生年月", "household_registry"),
    ],
)
def test_a_header_that_may_mean_something_else_names_no_field(header: str, code: str) -> None:
    assert field_meant(header, DATA_SETS[code]) is None


@pytest.mark.parametrize("above", [0, 1, 3, 29])
def test_titles_above_the_header_are_passed_over(above: int) -> None:
    titles: list[list[str | None]] = [["黄石市2017年救助资金发放明细", *[None] * 12]] * above
    header = find_header([*titles, PLAIN, ["420292"] * 13], PAYMENTS)
    assert isinstance(header, Header)
    assert header.row == above


def test_a_header_below_the_rows_looked_at_is_not_found() -> None:
    assert isinstance(find_header([["标题"]] * 30 + [PLAIN], PAYMENTS), Remark)


def test_a_row_of_groups_above_a_full_header_is_a_title() -> None:
    groups = ["基本信息", None, None, "领取人", None, "发放情况", *[None] * 7]
    header = find_header([groups, PLAIN], PAYMENTS)
    assert isinstance(header, Header)
    assert (header.row, header.names) == (1, tuple(PLAIN))


def test_a_header_in_two_rows_with_merged_cells_reads_group_and_name_together() -> None:
    rows = [
        ["2017年城乡低保花名册", *[None] * 17],
        [
            *("区划代码", "县市区", "乡镇街道", "村社区", "户编号", "低保类型", "户主", None, "成员", None),
            *("与户主关系", "是否享受", "单人保", "分类", "审批日期", "起始月份", "保障人数", "月保障金额(元)", "经办人"),
        ],
        [None, None, None, None, None, None, "姓名", "身份证号", "姓名", "身份证号", *[None] * 9],
        ["420292", "县", "镇", "村", "1", "农村低保", "张三", None, None, None, "户主", "是", "否", "A", *[None] * 5],
    ]
    found = fields_of(*rows, data_set="dibao_roster")
    header = find_header(rows, ROSTER)
    assert isinstance(header, Header)
    assert header.row == 2
    assert header.fields[6:10] == ("head_name", "head_id", "name", "id_number")
    assert found["county_code"] == "区划代码"
    assert found["monthly_amount"] == "月保障金额(元)"


@pytest.mark.parametrize(
    ("delivered", "is_wan"),
    [
        ("发放金额(万元)", True),
        ("发放金额（万元）", True),
        ("发放金额（单位：万元）", True),
        ("发放金额(元)", False),
        ("发放金额（单位：元）", False),
        ("发放金额", False),
    ],
)
def test_a_yuan_header_in_ten_thousands_is_noticed(delivered: str, is_wan: bool) -> None:
    header = find_header([[delivered if name == "发放金额" else name for name in PLAIN]], PAYMENTS)
    assert isinstance(header, Header)
    assert header.units == ({"amount": "万元"} if is_wan else {})


@pytest.mark.parametrize(
    ("line", "delivered", "unit"),
    [
        ("填报单位：民政局    金额单位：万元", "发放金额", "万元"),
        ("(单位:千元)", "发放金额", "千元"),
        ("单位：万元", "发放金额(元)", ""),
        ("单位：元", "发放金额", ""),
        ("填报单位：万元镇政府", "发放金额", ""),
    ],
)
def test_a_line_above_states_the_unit_of_amounts_whose_header_states_none(line: str, delivered: str, unit: str) -> None:
    header = find_header([[line], [delivered if name == "发放金额" else name for name in PLAIN]], PAYMENTS)
    assert isinstance(header, Header)
    assert header.units == ({"amount": unit} if unit else {})


def test_a_column_of_ten_thousands_may_be_delivered_in_yuan() -> None:
    header = find_header([[f"{f.header}（元）" if f.name == "capital" else f.header for f in ENTERPRISES.fields]], ENTERPRISES)
    assert isinstance(header, Header)
    assert header.units == {"capital": "元"}


def test_a_column_that_is_in_ten_thousands_anyway_is_not_multiplied_twice() -> None:
    row = [f"{f.header}(万元)" if f.name in ("capital", "paid_in") else f.header for f in ENTERPRISES.fields]
    header = find_header([row], ENTERPRISES)
    assert isinstance(header, Header)
    assert header.fields == tuple(ENTERPRISES.field_names)
    assert header.units == {}
