"""The ranking in use, and a clue as it reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.launch.context import RunContext
from jobs.launch.model_store import has_model_store, model_store, store_errors_told
from models.clue_features import ClueToRank
from models.ranking_registry import RankingMismatch, RankingRegistry, RegisteredRanking


def as_ranked(row: Mapping[str, Any]) -> ClueToRank:
    """A row of gold.listed_clues, or of the copy beside a verdict, as the model reads it."""
    return ClueToRank(
        clue_id=row["clue_id"],
        case_id=row["case_id"],
        rule_code=row["rule_code"],
        identity_grade=row["identity_grade"] or "",
        months=row["months"] or 0,
        amount_yuan=float(row["amount_estimate"] or 0),
        anomaly_percentile=0.5 if row["anomaly_percentile"] is None else row["anomaly_percentile"],
        clues_in_case=row["clues_in_case"] or 1,
        stated=row["stated_score"],
        doubt_code=row["doubt_code"] or "",
        exemption_code=row["exemption_code"] or "",
        signals={key: value for key, value in (row["signals"] or {}).items() if value is not None},
    )


def champion_of(ctx: RunContext) -> RegisteredRanking | None:
    """The ranking in use; null, with a warning where there is one that does not fit, while the stated priors are."""
    if not has_model_store(ctx.out):
        return None  # making a store takes seconds, and a new one holds no champion
    try:
        with store_errors_told():
            return RankingRegistry(model_store(ctx.out)).ranking_champion()
    except RankingMismatch as error:
        ctx.report.warn(str(error))
        return None
