"""How long what is kept, and on what ground."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from pydantic import Field, model_validator

from expectations.conf import Conf


class Kept(Conf):
    """months: after the day that a thing is of. source: the rule that says so, or that none is known."""

    months: int = Field(ge=1)
    source: str = Field(min_length=1)

    def has_expired(self, day: date, as_of: date) -> bool:
        """Is the time over on the day `as_of`, of what is of the day `day`? The last day is still within."""
        years, month = divmod(day.month - 1 + self.months, 12)
        year, month = day.year + years, month + 1
        return as_of > date(year, month, min(day.day, monthrange(year, month)[1]))


class RetentionParams(Conf):
    """By kind. registers: what departments delivered, and what names somebody. findings: what was found, lists, models."""

    registers: Kept
    findings: Kept
    casework: Kept

    @model_validator(mode="after")
    def _in_order(self) -> RetentionParams:
        if not self.registers.months <= self.findings.months <= self.casework.months:
            raise ValueError(
                "expected registers to be kept no longer than findings, and these no longer than casework, which rests on them"
            )
        return self
