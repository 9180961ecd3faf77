"""What visits have found so far, as planning and fairness read it."""

from __future__ import annotations

import polars as pl

from expectations.contracts.lake import VERDICTS
from expectations.contracts.returned import CONFIRMED, REFUTED
from jobs.runtime.arrow import on_driver
from jobs.runtime.lake import Lake

COLUMNS = {"clue_id": pl.String, "case_id": pl.String, "outcome": pl.String, "checked_on": pl.Date}


def verdicts_in_force(lake: Lake) -> pl.DataFrame:
    """clue_id, case_id, checked_on, is_confirmed, is_refuted of the verdict that holds for each clue; no row before the first.

    Neither confirmed nor refuted: nobody was met, or the case went to somebody else.
    """
    frame = pl.DataFrame(schema=COLUMNS)
    if lake.exists(VERDICTS):
        rows = lake.read(VERDICTS).filter("is_in_force").select(*COLUMNS)
        frame = on_driver(rows)  # inspectors' work: thousands
    return frame.with_columns(is_confirmed=pl.col("outcome") == CONFIRMED, is_refuted=pl.col("outcome") == REFUTED)
