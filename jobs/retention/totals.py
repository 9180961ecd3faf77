"""What the next delivery is held against is not what a purge has taken away: where nothing is left, it is a new beginning."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

from expectations.contracts.lake import FILES, TOTALS
from jobs.delivery.ledger import ACCEPTED, PURGED, SUPERSEDED
from jobs.retention.removal import put_rows
from jobs.retention.rows import frame_of


def mark_purged(lake: Path, gone: Collection[str], said: str) -> None:
    """In the ledger, files of which nothing is left are neither copies nor newer extracts of what comes again. Their counts stay."""
    files = frame_of(lake, FILES)
    if files is None:
        return
    is_gone = pl.col("file_id").is_in(list(gone)) & pl.col("status").is_in([ACCEPTED, SUPERSEDED])
    marked = files.with_columns(pl.when(is_gone).then(pl.lit(PURGED)).otherwise("status").alias("status"))
    if not marked.equals(files):
        put_rows(lake, FILES, marked, said)


def lower_totals(lake: Path, data_set: str, left: pl.DataFrame, said: str) -> None:
    """No total of the register counts more rows of a county, or of an area where it names none, than are left there. Done again, it does
    nothing. left: rows of its silver table that stay."""
    totals = frame_of(lake, TOTALS)
    if totals is None:
        return
    if "county_code" not in left.columns:
        files = frame_of(lake, FILES, ("file_id", "area"))
        assert files is not None
        left = left.join(files.unique("file_id"), left_on="_file_id", right_on="file_id").rename({"area": "county_code"})
    counted = left.group_by(pl.col("county_code").fill_null("")).len("left")
    of_register = pl.col("data_set") == data_set
    fewer = pl.min_horizontal("row_count", pl.col("left").fill_null(0).cast(pl.Int64))
    lowered = totals.join(counted, "county_code", "left", maintain_order="left").with_columns(
        pl.when(of_register).then(fewer).otherwise("row_count").alias("row_count")
    )
    put_rows(lake, TOTALS, lowered.select(totals.columns), said)
