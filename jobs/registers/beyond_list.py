"""Visits beyond the clues to visit: to households that an exemption explains, and to those without any clue.

What chance has drawn of them is the only honest estimate of what the lists miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.contracts.lake.planning import ROUTINE_VISIT
from expectations.contracts.returned import CONFIRMED, REFERRED, UNVERIFIABLE
from models.measures import Share, share_of


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
