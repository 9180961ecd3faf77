"""Evidence as lists show it: each kind of cell in one form, wherever a rule took it from."""

from __future__ import annotations

import json

import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Kind
from jobs.sheets.evidence import evidence_texts

MONTHS = [
    (data_set.code, field.header) for data_set in DATA_SETS.values() for field in data_set.fields if field.kind is Kind.MONTH
]


@pytest.mark.parametrize("kept", ["2017-12-01", "2017-12", None])
def test_a_month_is_told_as_a_month_and_a_day_as_a_day(kept: str | None) -> None:
    """Kept as its first day in silver, as it was written in a list of payments."""
    assert ("payments", "所属期") in MONTHS
    for code, header in MONTHS:
        row = {"data_set": code, "file_id": "f", "sheet": None, "row": 2, "cells": [{"key": header, "value": kept}]}
        (told,) = evidence_texts([[row]], {})
        assert json.loads(told)[0]["cells"] == ({header: "2017-12"} if kept else {}), (code, header)
    day = {"data_set": "payments", "file_id": "f", "sheet": "", "row": 2, "cells": {"发放日期": "2017-12-01"}}
    assert "2017-12-01" in evidence_texts([[day]], {})[0]
