"""Sentences that explanations have in common."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import SparkSession

from jobs.registers.sentences import zh_months


@pytest.mark.parametrize(("last", "told"), [(date(2017, 12, 1), "2017年4月至2017年12月"), (date(2017, 4, 1), "2017年4月")])
def test_a_single_month_is_told_once(session: SparkSession, last: date, told: str) -> None:
    months = session.createDataFrame([(date(2017, 4, 1), last)], "first date, last date")
    assert months.select(zh_months("first", "last")).collect()[0][0] == told
