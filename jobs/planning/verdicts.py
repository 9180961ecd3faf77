"""What visits have found so far, as planning and fairness read it."""

from __future__ import annotations

import polars as pl

from expectations.contracts.lake import LAKE_TABLES
from jobs.runtime.lake import Lake

NAME = "vault.verdicts"
COLUMNS = {"clue_id": pl.String, "case_id": pl.String, "verdict": pl.String, "checked_on": pl.Date}
CONFIRMED_PREFIX, REFUTED_PREFIX = "查是", "查否"
"""How the verdicts of the delivery contract begin; the others decide nothing: 无法核实, 移送."""


def verdicts_in_force(lake: Lake) -> pl.DataFrame:
    """clue_id, case_id, verdict, checked_on of the verdict that holds for each clue; no row while none was taken in."""
    table = LAKE_TABLES.get(NAME)
    if table is None or not lake.exists(table):
        return pl.DataFrame(schema=COLUMNS)
    rows = lake.read(table)
    if "is_in_force" in rows.columns:
        rows = rows.filter("is_in_force")
    frame = pl.from_arrow(rows.select(*COLUMNS).toArrow())  # inspectors' work: thousands
    assert isinstance(frame, pl.DataFrame)
    return frame


def with_outcome(verdicts: pl.DataFrame) -> pl.DataFrame:
    """The verdicts with is_confirmed and is_refuted."""
    return verdicts.with_columns(
        is_confirmed=pl.col("verdict").str.starts_with(CONFIRMED_PREFIX),
        is_refuted=pl.col("verdict").str.starts_with(REFUTED_PREFIX),
    )
