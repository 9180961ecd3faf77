"""What visits found of strange cases, brought to the scorer: cases alike move before the strangest are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.lake import VERDICTS
from expectations.contracts.returned import CONFIRMED, REFUTED
from jobs.rules.strange_case import RULE as STRANGE_CASE
from jobs.runtime.lake import Lake
from jobs.score_cases.patterns.points import KINDS
from models.features import FEATURE_NAMES, matrix
from models.feedback import FeedbackModel, fit_feedback
from models.strangeness import StrangenessModel

_KIND = f"{STRANGE_CASE.code}.kind_"
_MOVED = "case_id string, strangeness double"


def taught(lake: Lake, model: StrangenessModel) -> tuple[FeedbackModel | None, int]:
    """The model as moved by the verdicts in force on strange cases, null before the first; and how many there are.

    Learned from the figures of the case as they stood on its list, by the features of today's contract.
    """
    in_force = F.col("is_in_force") & (F.col("rule_code") == STRANGE_CASE.code) & F.col("outcome").isin(CONFIRMED, REFUTED)
    told = lake.read_or_empty(VERDICTS).filter(in_force).select("signals", "outcome").collect()  # inspectors' work: hundreds
    rows = [row for row in told if _is_point(row["signals"] or {})]
    if not rows:
        return None, 0
    figures = [row["signals"] or {} for row in rows]
    cases = pd.DataFrame({name: [of_case.get(f"case.{name}") for of_case in figures] for name in FEATURE_NAMES})
    verdicts = [int(row["outcome"] == CONFIRMED) for row in rows]
    return fit_feedback(model, np.round(matrix(cases), 6), verdicts), len(rows)


def _is_point(signals: Mapping[str, float]) -> bool:
    """Was the case asked about because it is like no other? Of a batch or a telephone a verdict says nothing of the forest's leaves.
    Before there were kinds, every strange case was asked about for that."""
    kinds = {name: value for name, value in signals.items() if name.startswith(_KIND)}
    return not kinds or any(kinds.get(f"{_KIND}{kind}") for kind in KINDS)


def moved(features: DataFrame, learned: FeedbackModel) -> DataFrame:
    """Strangeness 0-1 of every case as verdicts moved it, higher = stranger: case_id, strangeness."""

    def move_partition(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for cases in batches:
            if not cases.empty:
                x = np.round(matrix(cases), 6)
                yield pd.DataFrame({"case_id": cases["case_id"], "strangeness": learned.score(x)})

    return features.mapInPandas(move_partition, _MOVED)
