"""Verdicts as the lake shows them, and the last list."""

from __future__ import annotations

from typing import Any

from pyspark.sql import functions as F

from expectations.contracts.lake import CLUES, LISTED_CLUES, VERDICTS
from jobs.runtime.lake import Lake

Row = dict[str, Any]


def stored_verdicts(lake: Lake) -> list[Row]:
    """All of vault.verdicts: inspectors' work, thousands of rows."""
    return [row.asDict() for row in lake.read_or_empty(VERDICTS).orderBy("clue_id", "verdict_no").collect()]


def last_list(lake: Lake) -> list[Row]:
    """Rows of gold.listed_clues of the last run; the clues that are to be visited now are among them."""
    if not lake.exists(LISTED_CLUES):
        return []
    listed = lake.read(LISTED_CLUES)
    last = listed.agg(F.max("as_of").alias("last"))
    here = listed.join(last, listed["as_of"] == last["last"], "inner").join(
        lake.read(CLUES).select("clue_id"), "clue_id", "left_semi"
    )
    return [row.asDict() for row in here.orderBy("clue_id").collect()]  # some thousands
