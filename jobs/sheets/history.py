"""What was before: on which lists of visits a case stood, and what visits found of its clues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import functions as F

from expectations.contracts.lake import LEDGER, VERDICTS
from jobs.registers.second_looks import Found, Track, tracks
from jobs.runtime.lake import Lake


@dataclass(frozen=True)
class Earlier:
    """A verdict that holds, on a clue."""

    clue_id: str
    checked_on: date
    verdict: str
    reason: str | None

    @property
    def told(self) -> str:
        return f"{self.checked_on.isoformat()} {self.verdict}" + (f"（{self.reason}）" if self.reason else "")


@dataclass(frozen=True)
class History:
    """By case: days of the lists that it stood on, the first one first, and its verdicts by day; by rule, what visits found of it."""

    listed_on: Mapping[str, tuple[date, ...]]
    verdicts: Mapping[str, tuple[Earlier, ...]]
    tracks: Mapping[str, Track] = field(default_factory=dict)

    def told(self, case_id: str) -> tuple[str, ...]:
        """What of the case's past a person reads: lists, then visits; none of a case that is new."""
        listed = "、".join(day.isoformat() for day in self.listed_on.get(case_id, ()))
        return (*([f"列入计划 {listed}"] if listed else []), *(found.told for found in self.verdicts.get(case_id, ())))

    def of_clue(self, case_id: str, clue_id: str) -> Earlier | None:
        return next((found for found in self.verdicts.get(case_id, ()) if found.clue_id == clue_id), None)


def history_before(lake: Lake, day: date) -> History:
    """All that was before the day: what is of the day itself is the list that is being made."""
    listed: dict[str, set[date]] = {}
    for row in _rows(lake, LEDGER, F.col("as_of") < F.lit(day), "as_of", "case_id"):
        listed.setdefault(row["case_id"], set()).add(row["as_of"])
    found: dict[str, list[Earlier]] = {}
    held = F.col("is_in_force") & (F.col("checked_on") < F.lit(day))
    of_rules: list[Found] = []
    names = ("case_id", "clue_id", "checked_on", "verdict", "refutation_reason", "rule_code", "outcome")
    for row in _rows(lake, VERDICTS, held, *names):
        found.setdefault(row["case_id"], []).append(Earlier(*tuple(row)[1:5]))
        of_rules.append(Found(row["rule_code"], row["outcome"], row["checked_on"]))
    return History(
        {case: tuple(sorted(days)) for case, days in listed.items()},
        {case: tuple(sorted(of_case, key=lambda one: (one.checked_on, one.clue_id))) for case, of_case in found.items()},
        tracks(of_rules),
    )


def _rows(lake: Lake, table: Any, wanted: Any, *names: str) -> list[Any]:
    if not lake.exists(table):
        return []
    return list(lake.read(table).filter(wanted).select(*names).collect())  # what people listed and found: thousands
