"""A pattern is visited a few households first: the rest waits until these are confirmed, and is left in peace where they are not."""

from __future__ import annotations

import polars as pl


def waiting(clues: pl.DataFrame, verdicts: pl.DataFrame, first: int) -> set[str]:
    """Cases that nothing but a pattern speaks for, and whose pattern has not been confirmed.

    Of each pattern the `first` likeliest cases are open at once. The others are when at least so many visits have judged it and
    half of these or more confirmed. clues: dispatched clues with clue_id, case_id, group_id, score; a case with another clue
    waits for nothing. verdicts: clue_id, is_confirmed, is_refuted of those in force.
    """
    grouped = clues.filter(pl.col("group_id").is_not_null())
    found = (
        grouped.join(verdicts.select("clue_id", "is_confirmed", "is_refuted"), on="clue_id", how="left")  # one in force a clue
        # Where nobody was met, or the case went to somebody else, the next household takes its place.
        .with_columns(_undecided=(~pl.col("is_confirmed") & ~pl.col("is_refuted")).fill_null(False))
        .with_columns(pl.col("is_confirmed", "is_refuted").fill_null(False))
        .sort("group_id", "_undecided", "score", "case_id", descending=[False, False, True, False])
        .with_columns(
            judged=(pl.col("is_confirmed") | pl.col("is_refuted")).sum().over("group_id"),
            confirmed=pl.col("is_confirmed").sum().over("group_id"),
            place=pl.int_range(pl.len()).over("group_id"),
        )
    )
    is_confirmed = (pl.col("judged") >= first) & (pl.col("confirmed") * 2 >= pl.col("judged"))
    # A pattern smaller than that has been judged when all of it has; then nobody is left to wait.
    waits = found.filter(~is_confirmed & (pl.col("place") >= first) & ~pl.col("_undecided"))
    others = clues.filter(pl.col("group_id").is_null())["case_id"]
    return set(waits["case_id"]) - set(others)
