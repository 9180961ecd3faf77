"""What stands for the cell above is what the cell above says."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest


@pytest.mark.parametrize("mark", ["〃", "同 上", "仝上", "”", "〞", "″″", "同上。", "（同上）"])
def test_ditto_marks_say_what_the_row_of_data_above_says(delivery: Any, payments: Any, mark: str) -> None:
    first, second = payments.row(household_no="D0001", account_name="张三"), payments.row(household_no="同上", account_name=mark)
    total, third = ["合计", *[""] * 7, "1280.00", *[""] * 4], payments.row(household_no="同上", account_name="李四")
    rows = delivery.rows(delivery.add("甲.csv", payments.csv(payments.header, first, second, total, third)))
    told = rows.filter(pl.col("_fate") == "accepted").select("household_no", "account_name").rows()
    assert told == [("D0001", "张三"), ("D0001", "张三"), ("D0001", "李四")]


def test_a_quotation_mark_in_a_sheet_is_a_ditto_mark(delivery: Any, payments: Any) -> None:
    rows = [payments.header, payments.row(account_name="张三"), payments.row(account_name='"'), payments.row(account_name="''")]
    told = delivery.rows(delivery.add_workbook("甲.xlsx", {"一": rows}))
    assert told["account_name"].to_list() == ["张三", "张三", "''"]


def test_a_ditto_mark_below_nothing_is_nothing(delivery: Any, payments: Any) -> None:
    rows = delivery.rows(delivery.add("甲.csv", payments.csv(payments.header, payments.row(household_no="同上"))))
    assert rows["household_no"].to_list() == ["同上"]
