"""What visits found of each rule so far, and which rules need a second look before anybody is sent out on them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from casework.rule_decisions import RuleDecision
from expectations.conf import Conf
from expectations.contracts.lake import VERDICTS
from expectations.contracts.returned import CONFIRMED, REFUTED
from jobs.runtime.lake import Lake
from models.measures import Interval, wilson


class SecondLookParams(Conf):
    refuted_limit: float = Field(
        gt=0, lt=1, description="a rule stops where even the lower end of the 95 % interval of its refuted share lies above"
    )


@dataclass(frozen=True)
class Track:
    """How often visits confirmed and refuted what a rule had found; nothing else is counted."""

    confirmed: int = 0
    refuted: int = 0

    @property
    def visited(self) -> int:
        return self.confirmed + self.refuted

    @property
    def interval(self) -> Interval:
        """Of the confirmed share."""
        return wilson(self.confirmed, self.visited)

    @property
    def refuted_interval(self) -> Interval:
        return wilson(self.refuted, self.visited)


@dataclass(frozen=True)
class Found:
    """A verdict in force, as it counts for its rule."""

    rule_code: str
    outcome: str
    checked_on: date


def found_by_rule(lake: Lake) -> list[Found]:
    """All verdicts in force; none before the first."""
    if not lake.exists(VERDICTS):
        return []
    rows = lake.read(VERDICTS).filter("is_in_force").select("rule_code", "outcome", "checked_on").collect()  # inspectors' work
    return [Found(*row) for row in rows]


def tracks(verdicts: Iterable[Found]) -> dict[str, Track]:
    """By rule."""
    counted: dict[str, list[int]] = {}
    for one in verdicts:
        of_rule = counted.setdefault(one.rule_code, [0, 0])
        of_rule[0] += one.outcome == CONFIRMED
        of_rule[1] += one.outcome == REFUTED
    return {code: Track(*of_rule) for code, of_rule in counted.items() if any(of_rule)}


def kept_back(verdicts: Sequence[Found], decisions: Iterable[RuleDecision], params: SecondLookParams) -> Mapping[str, str]:
    """By rule, in words why nobody is sent out on it: refuted too often since somebody last decided, or stopped by that decision."""
    last = {one.rule_code: one for one in decisions}  # in their order
    since = [one for one in verdicts if one.rule_code not in last or one.checked_on > last[one.rule_code].on_day]
    found = {code: f"stopped on {one.on_day} by {one.decided_by}" for code, one in last.items() if not one.goes_on}
    for code, track in tracks(since).items():
        low, high = track.refuted_interval
        if low > params.refuted_limit and code not in found:
            found[code] = (
                f"{track.refuted} of {track.visited} visits refuted it ({low:.0%}-{high:.0%}), more than {params.refuted_limit:.0%}"
            )
    return dict(sorted(found.items()))
