"""Visits beyond the clues to visit: to households that an exemption explains, and to those without any clue.

What chance has drawn of them is the only honest estimate of what the lists miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import functions as F

from expectations.contracts.ids import visit_id
from expectations.contracts.lake import CASES, LEDGER, LISTED_CLUES
from expectations.contracts.lake.planning import EXEMPTED, ROUTINE_VISIT, UNREMARKABLE
from expectations.contracts.returned import CONFIRMED, REFERRED, UNVERIFIABLE
from jobs.runtime.lake import Lake
from models.measures import Share, share_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Missed:
    """What visits drawn by chance found where no clue was to be visited.

    unremarkable: households without a clue in which a visit confirmed a problem. explained: by exemption code, clues that an
    exemption explains and a visit confirmed all the same.
    """

    unremarkable: Share
    explained: Mapping[str, Share]


def missed(verdicts: Iterable[Mapping[str, Any]]) -> Missed:
    """Of the verdicts in force on visits that chance has drawn; where nobody was met, nothing is known."""
    decided = [row for row in verdicts if row["is_in_force"] and row["is_random"] and row["outcome"] != UNVERIFIABLE]
    holds = {code: [row["outcome"] in (CONFIRMED, REFERRED) for row in rows] for code, rows in _by_exemption(decided).items()}
    return Missed(
        share_of([row["outcome"] in (CONFIRMED, REFERRED) for row in decided if row["rule_code"] == ROUTINE_VISIT]),
        {code: share_of(found) for code, found in sorted(holds.items())},
    )


def _by_exemption(verdicts: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in verdicts:
        if row["exemption_code"]:
            found.setdefault(row["exemption_code"], []).append(row)
    return found


def routine_visits(lake: Lake, clue_ids: Iterable[str]) -> dict[str, list[Row]]:
    """Rows in columns of gold.listed_clues of the routine visits among these ids, by id, earliest list first: as listed, without a claim."""
    drawn = lake.read_or_empty(LEDGER).filter(F.col("stratum") == F.lit(UNREMARKABLE)).select("as_of", "case_id")
    county = lake.read_or_empty(CASES).select("case_id", "county_code")
    wanted = set(clue_ids)
    found: dict[str, list[Row]] = {}
    for row in drawn.join(county, "case_id", "left").orderBy("as_of").collect():  # one row a case; as many as such visits
        clue_id = visit_id(ROUTINE_VISIT, row["case_id"])
        if clue_id in wanted:
            nothing = dict.fromkeys(LISTED_CLUES.column_names)
            found.setdefault(clue_id, []).append(
                {
                    **nothing, **row.asDict(), "county_code": row["county_code"] or "", "clue_id": clue_id, "rule_code": ROUTINE_VISIT,
                    "is_dispatched": True,
                }
            )  # fmt: skip
    return found


def explained_cases(lake: Lake) -> dict[str, date]:
    """By case that an exemption explains, the day of the first list of visits that it stood on all the same."""
    rows = (
        lake.read_or_empty(LEDGER).filter(F.col("stratum") == F.lit(EXEMPTED)).groupBy("case_id").agg(F.min("as_of").alias("day"))
    )
    return {row["case_id"]: row["day"] for row in rows.collect()}  # as many as such visits
