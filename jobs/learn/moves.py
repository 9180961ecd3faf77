"""Whom a new ranking moves: households that come within reach of the visits, or fall out of it, and what moved them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from models.clue_features import ClueToRank
from models.ranking import RankingModel, contributions, probability

COLUMNS = ("case_id", "crosses", "rank_before", "rank_after", "probability_before", "probability_after", "moved_by")
"""moved_by: what weighs more, or less, than before, in log-odds, the three largest."""
IN, OUT = "in", "out"
_MOST, _FACTORS = 200, 3
_WITHOUT_LIST = 10
"""Where no list of visits was ever made, the line is drawn behind a tenth of the households."""


class _Place(NamedTuple):
    rank: int
    probability: float
    clue: ClueToRank


def moves(clues: Sequence[ClueToRank], before: RankingModel | None, after: RankingModel, visits: int | None) -> pl.DataFrame:
    """The households that cross the line behind the first `visits`, those that moved most first. before: null = the stated priors."""
    old = _places(clues, [clue.stated for clue in clues] if before is None else probability(before, clues))
    new = _places(clues, probability(after, clues))
    line = visits or max(1, len(new) // _WITHOUT_LIST)
    crossing = [case for case in new if (old[case].rank <= line) != (new[case].rank <= line)]
    crossing.sort(key=lambda case: (-abs(old[case].rank - new[case].rank), case))
    shown = crossing[:_MOST]
    of_clues = [new[case].clue for case in shown]
    weighed_before = contributions(before, of_clues) if before else [{} for _ in shown]
    rows = [
        (case, IN if new[case].rank <= line else OUT, old[case].rank, new[case].rank, round(old[case].probability, 3),
         round(new[case].probability, 3), _told(earlier, later))
        for case, earlier, later in zip(shown, weighed_before, contributions(after, of_clues), strict=True)
    ]  # fmt: skip
    return pl.DataFrame(rows, COLUMNS, orient="row")


def _places(clues: Sequence[ClueToRank], probabilities: Iterable[float]) -> dict[str, _Place]:
    """By household its place among all, by its best clue."""
    best: dict[str, tuple[float, ClueToRank]] = {}
    for clue, chance in zip(clues, map(float, probabilities), strict=True):
        if clue.case_id not in best or chance > best[clue.case_id][0]:
            best[clue.case_id] = chance, clue
    ordered = sorted(best, key=lambda case: (-best[case][0], case))
    return {case: _Place(rank, *best[case]) for rank, case in enumerate(ordered, start=1)}


def _told(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    changed = {kind: after.get(kind, 0.0) - before.get(kind, 0.0) for kind in {*before, *after}}
    largest = sorted(changed.items(), key=lambda item: (-abs(item[1]), item[0]))[:_FACTORS]
    return "; ".join(f"{kind} {change:+.2f}" for kind, change in largest if round(change, 2))
