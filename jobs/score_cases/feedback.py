"""What visits found of strange cases, brought to the scorer: cases alike move before the strangest are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import VERDICTS
from expectations.contracts.returned import CONFIRMED, REFUTED
from jobs.rules import RULES
from jobs.runtime.lake import Lake
from models.features import FEATURE_NAMES, matrix
from models.feedback import FeedbackModel, fit_feedback
from models.strangeness import StrangenessModel

_MOVED = "case_id string, strangeness double"


def taught(lake: Lake, model: StrangenessModel) -> tuple[FeedbackModel | None, int]:
    """The model as moved by the verdicts in force on strange cases, null before the first; and how many there are.

    Learned from the figures of the case as they stood on its list, by the features of today's contract.
    """
    codes = [rule.code for rule in RULES if rule.needs_scores]
    in_force = F.col("is_in_force") & F.col("rule_code").isin(codes) & F.col("outcome").isin(CONFIRMED, REFUTED)
    rows = lake.read_or_empty(VERDICTS).filter(in_force).select("signals", "outcome").collect()  # inspectors' work: hundreds
    if not rows:
        return None, 0
    figures = [row["signals"] or {} for row in rows]
    cases = pd.DataFrame({name: [of_case.get(f"case.{name}") for of_case in figures] for name in FEATURE_NAMES})
    verdicts = [int(row["outcome"] == CONFIRMED) for row in rows]
    return fit_feedback(model, np.round(matrix(cases), 6), verdicts), len(rows)


def moved(features: DataFrame, learned: FeedbackModel) -> DataFrame:
    """Strangeness 0-1 of every case as verdicts moved it, higher = stranger: case_id, strangeness."""

    def move_partition(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for cases in batches:
            if not cases.empty:
                x = np.round(matrix(cases), 6)
                yield pd.DataFrame({"case_id": cases["case_id"], "strangeness": learned.score(x)})

    return features.mapInPandas(move_partition, _MOVED)
