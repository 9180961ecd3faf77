"""One table of what divisions are called: a wrong cell renames nothing."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from jobs.registers.divisions import division_names

Rows = list[tuple[str | None, str | None]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("420292", "甲县")] * 3 + [("420292", "乙县")] + [("420293", "乙县")], {"420292": "甲县", "420293": "乙县"}),
        (
            [("420293", "乙县"), ("420292", "甲县 "), ("420292", " 甲县"), ("420292", "乙县")],
            {"420292": "甲县", "420293": "乙县"},
        ),
        ([("420292", "a"), ("420292", "b"), ("420292", "a")], {"420292": "a"}),
        ([("420292", "a"), ("420292", "b")], {"420292": "b"}),
        ([("420292", "b"), ("420292", "a")], {"420292": "b"}),
        ([("420292", None), ("420292", " "), (None, "甲县")], {}),
    ],
    ids=["one wrong cell", "blanks", "a wrong cell of a greater name", "a tie", "a tie in another order", "no name"],
)
def test_a_division_is_called_what_most_rows_call_it(session: SparkSession, rows: Rows, expected: dict[str, str]) -> None:
    found = division_names(session.createDataFrame(rows, "county_code string, county string"))
    assert list(found.items()) == list(expected.items())
