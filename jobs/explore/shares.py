"""Shares with their intervals: of few visits, too, one sees how much they say."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from models.measures import wilson


def shares(rows: pl.DataFrame, by: str | Sequence[str], hit: pl.Expr | str, *, of: pl.Expr | str | None = None) -> pl.DataFrame:
    """One row a group: `hits` of `count`, the `share`, 0-1, and `low` and `high`, its 95 % interval (Wilson). Largest share first.

    hit: a condition on a row, or a column of numbers that are added up. of: the same for what it is a share of, else every row is one.
    """
    hits, count = _counted(hit), pl.len() if of is None else _counted(of)
    grouped = rows.group_by(by, maintain_order=True).agg(hits=hits.cast(pl.Int64), count=count.cast(pl.Int64))
    bounds = [wilson(hits, count) for hits, count in grouped.select("hits", "count").iter_rows()]
    return grouped.with_columns(
        pl.when(pl.col("count") > 0).then(pl.col("hits") / pl.col("count")).alias("share"),
        pl.Series("low", [low for low, _ in bounds], pl.Float64),
        pl.Series("high", [high for _, high in bounds], pl.Float64),
    ).sort("share", descending=True, nulls_last=True, maintain_order=True)


def _counted(what: pl.Expr | str) -> pl.Expr:
    return (pl.col(what) if isinstance(what, str) else what).cast(pl.Int64).sum()
