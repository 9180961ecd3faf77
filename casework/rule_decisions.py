"""What somebody has decided about a rule that needed a second look. Recorded once, and never changed; the last one holds."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from expectations.conf import Conf


class RuleDecision(Conf):
    """goes_on: are its clues sent out again? Else they stay until another decision. on_day: visits of later days count anew.
    recorded_at: instant, ISO 8601 in UTC."""

    rule_code: str
    on_day: date
    goes_on: bool
    reason: str = Field(min_length=1)
    decided_by: str
    recorded_at: str
