"""Delivered columns as silver columns: the contract's names and types, keyed digests, and rows in their places."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Field, Kind
from jobs.cells.digests import keyed_digest
from jobs.cells.text import in_few_values
from jobs.cells.typed import (
    column_marks,
    marked_fields,
    read_plain,
    silver_columns,
    standardised,
    unreadable_essentials,
)

KEY = "a key of the site"
PERSON = "11010519491231002X"  # the standard's own example


def digest(text: str) -> str:
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:24]


def texts(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def bronze(data_set: str, *rows: dict[str, str]) -> pl.DataFrame:
    fields = DATA_SETS[data_set].field_names
    return pl.DataFrame(
        {
            **{name: texts(*(row.get(name) for row in rows)) for name in fields},
            "_damaged": texts(*(row.get("_damaged") for row in rows)),
            "_shown": texts(*(row.get("_shown") for row in rows)),
            "_file_id": texts(*("f" for _ in rows)),
            "_sheet": texts(*("" for _ in rows)),
            "_row": pl.Series(range(2, len(rows) + 2), dtype=pl.Int64),
        }
    )


def test_a_digest_is_the_hmac_of_the_text_under_the_key() -> None:
    assert keyed_digest(texts("张三", None), KEY).to_list() == [digest("张三"), None]
    assert keyed_digest(texts("张三"), "another key")[0] != digest("张三")


def test_spellings_of_one_number_share_a_digest() -> None:
    field = Field("owner_id", "身份证明号码", Kind.OWNER_NUMBER, "")
    keys, states = silver_columns(
        field, texts(PERSON, "11010519491231002x", "'11010519491231002Ⅹ", "110105********002X"), KEY, {}
    )
    assert (keys.name, states.name) == ("owner_key", "owner_number_state")
    assert keys.to_list() == [digest(PERSON)] * 3 + [None]
    assert states.to_list() == ["valid"] * 3 + ["masked"]


def test_a_disability_certificate_shares_the_digest_of_its_person() -> None:
    field = Field("cert_no", "残疾证号", Kind.DISABILITY_NUMBER, "")
    keys, states = silver_columns(field, texts(PERSON + "41", PERSON + "41B1"), KEY, {})
    assert (keys.name, states.name) == ("person_key", "person_number_state")
    assert keys.to_list() == [digest(PERSON)] * 2


def test_spellings_of_one_name_share_a_digest() -> None:
    [keys] = silver_columns(Field("name", "姓名", Kind.NAME, ""), texts("张三", "张 三", "张三(户主)", None, "李四"), KEY, {})
    assert keys.name == "name_key"
    assert keys.to_list() == [digest("张三")] * 3 + [None, digest("李四")]


@pytest.mark.parametrize("nothing", ["无", "不详", "/", "", "  ", None])
@pytest.mark.parametrize("kind", [Kind.NAME, Kind.ACCOUNT])
def test_an_account_or_name_that_says_nothing_is_shared_by_nobody(kind: Kind, nothing: str | None) -> None:
    [keys] = silver_columns(Field("bank_account", "银行账号", kind, ""), texts(nothing, "6217 9900", nothing), KEY, {})
    assert [key is None for key in keys] == [True, False, True]


def test_a_column_of_empty_names_has_no_digests() -> None:
    [keys] = silver_columns(Field("name", "姓名", Kind.NAME, ""), texts(None, None), KEY, {})
    assert keys.to_list() == [None, None]
    assert keys.dtype == pl.String


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        (Kind.DATE, "2017年1月5日", date(2017, 1, 5)),
        (Kind.MONTH, "2017.1", date(2017, 1, 1)),
        (Kind.YUAN, "1,234.5元", Decimal("1234.50")),
        (Kind.WAN_YUAN, "5", Decimal("50000.00")),
        (Kind.WAN_YUAN, "5万元", Decimal("50000.00")),
        (Kind.INTEGER, "3人", 3),
        (Kind.PERCENT, "33.3%", Decimal("33.3000")),
        (Kind.SQUARE_METRES, "89.5㎡", Decimal("89.50")),
        (Kind.CODE, "042022", "042022"),
        (Kind.TEXT, " 兴国镇 ", "兴国镇"),
        (Kind.FIRM_CODE, "91350100M000100Y43", "91350100M000100Y43"),
        (Kind.PLATE, "鄂b·1234Ｘ", "鄂B1234X"),
        (Kind.PLATE, "鄂B 1234X", "鄂B1234X"),
        (Kind.PLATE, "鄂B．1234学", "鄂B1234学"),
    ],
)
def test_each_kind_of_cell_has_its_type(kind: Kind, cell: str, expected: object) -> None:
    assert read_plain(Field("field", "表头", kind, ""), texts(cell, None), {}).to_list() == [expected, None]


def test_text_that_says_nothing_is_null_only_where_the_field_may_be_empty() -> None:
    assert read_plain(Field("place", "死亡地点", Kind.TEXT, "", nullable=True), texts("不详", "医院"), {}).to_list() == [
        None,
        "医院",
    ]
    assert read_plain(Field("address", "户籍地址", Kind.TEXT, ""), texts("不详", ""), {}).to_list() == ["不详", None]


@pytest.mark.parametrize("code", DATA_SETS)
def test_silver_has_the_contract_s_columns_whatever_the_cells_hold(code: str) -> None:
    data_set = DATA_SETS[code]
    odd = [{name: cell for name in data_set.field_names} for cell in ("", "无", "?", "9" * 40, "张三(户主)", "1,2,3万元")]
    for rows in ([], odd):
        silver = standardised(data_set, bronze(code, *rows), KEY)
        assert silver.columns == data_set.silver.column_names
        assert silver["_row"].to_list() == list(range(2, len(rows) + 2))


def test_the_first_essential_cell_that_cannot_be_read_is_named() -> None:
    good = {"program": "农村低保", "for_month": "201701", "amount": "320", "paid_on": "不详"}
    rows = bronze(
        "payments",
        good,
        good | {"amount": "三百二十多"},
        good | {"for_month": "2017年一季度", "amount": ""},
        good | {"program": "其他"},
    )
    assert unreadable_essentials(DATA_SETS["payments"], rows, {}).to_list() == [
        None,
        "unreadable: 发放金额",
        "unreadable: 所属期",
        "unreadable: 项目",
    ]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(DATA_SETS["payments"].field_names), st.text(max_size=10)), max_size=4))
def test_each_row_reads_as_it_does_alone(rows: list[dict[str, str]]) -> None:
    data_set = DATA_SETS["payments"]
    together = standardised(data_set, bronze("payments", *rows), KEY).drop("_row").rows()
    assert together == [standardised(data_set, bronze("payments", row), KEY).drop("_row").row(0) for row in rows]


def test_a_number_that_ingest_marked_is_nobody_s_though_its_check_fits() -> None:
    rows = bronze("payments", {"id_number": PERSON, "_damaged": "id_number"}, {"id_number": PERSON})
    silver = standardised(DATA_SETS["payments"], rows, KEY)
    assert silver["person_key"].to_list() == [None, digest(PERSON)]
    assert silver["person_number_state"].to_list() == ["damaged", "valid"]


def test_an_account_that_a_spreadsheet_rounded_is_nobody_s_account() -> None:
    rounded = [f"62170000{i:07}0000" for i in range(1, 31)]
    whole = [f"62170000{i:07}1234" for i in range(1, 11)]
    rows = bronze("payments", *({"bank_account": account} for account in rounded + whole))
    marks = column_marks(DATA_SETS["payments"], rows)
    assert marks.to_list() == ["bank_account"] * 30 + [None] * 10
    silver = standardised(DATA_SETS["payments"], rows.with_columns(_damaged=marks), KEY)
    assert silver["bank_account_key"].null_count() == 30


def test_one_account_that_happens_to_end_in_zeros_is_left_alone() -> None:
    accounts = ["6217000000000010000", *(f"62170000{i:07}1234" for i in range(1, 40))]
    rows = bronze("payments", *({"bank_account": account} for account in accounts))
    assert column_marks(DATA_SETS["payments"], rows).null_count() == 40


def test_marks_name_the_fields_of_each_row() -> None:
    marked = marked_fields(texts("head_id id_number", None, "id_number"))
    assert {name: rows.to_list() for name, rows in marked.items()} == {
        "head_id": [True, False, False],
        "id_number": [True, False, True],
    }


@pytest.mark.parametrize("kind", Kind)
def test_a_column_that_repeats_itself_reads_as_its_cells_do(kind: Kind) -> None:
    field = Field("field", "表头", kind, "", values=("是", "否") if kind is Kind.ENUM else ())
    odd = texts(PERSON, None, "张 三(户主)", "", "无", "2017年1月5日", "201701", "1,234.5元", "√", "#N/A", "='12'", " 12 ")
    assert in_few_values(odd) is None
    often = pl.concat([odd] * 50)
    assert in_few_values(often) is not None
    read, alone = silver_columns(field, often, KEY, {}), silver_columns(field, odd, KEY, {})
    assert [column.name for column in read] == [column.name for column in alone]
    for column, cells in zip(read, alone, strict=True):
        assert column.to_list() == cells.to_list() * 50
        assert column.dtype == cells.dtype


def test_of_equal_cells_only_those_that_are_marked_read_as_marked() -> None:
    cells, marked = pl.concat([texts(PERSON)] * 100), pl.Series([True, False] * 50)
    _, states = silver_columns(Field("id_number", "身份证号", Kind.PERSON_NUMBER, ""), cells, KEY, {"id_number": marked})
    assert states.to_list() == ["damaged", "valid"] * 50
    [days] = silver_columns(
        Field("born_on", "出生日期", Kind.DATE, ""), pl.concat([texts("01/02/2017")] * 100), KEY, {"born_on:month_first": marked}
    )
    assert days.to_list()[:2] == [date(2017, 1, 2), None]
