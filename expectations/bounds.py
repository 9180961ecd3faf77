"""What a measured figure of a table may be. Apart from the suites: reading it costs no import of Great Expectations."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from expectations.conf import Conf

CRITICAL, WARNING = "critical", "warning"


class SuiteBounds(Conf):
    """How much of a table may be off before it is said (warn) or the run stops (stop). Shares are of 1."""

    usable_number_ratio_warn: float = Field(ge=0, le=1)
    usable_number_ratio_stop: float = Field(ge=0, le=1)
    wild_date_ratio_warn: float = Field(ge=0, le=1)
    negative_ratio_warn: float = Field(ge=0, le=1)
    empty_required_ratio_warn: float = Field(ge=0, le=1)
    unreadable_ratio_warn: float = Field(ge=0, le=1)
    repeated_key_ratio_warn: float = Field(ge=0, le=1)
    repeated_key_ratio_stop: float = Field(ge=0, le=1)
    incomplete_household_ratio_warn: float = Field(ge=0, le=1)
    unmatched_payment_ratio_warn: float = Field(ge=0, le=1)
    unmatched_payment_ratio_stop: float = Field(ge=0, le=1)
    fall_ratio_warn: float = Field(ge=0, le=1)
    fall_ratio_stop: float = Field(ge=0, le=1)
    fall_least_rows: int = Field(ge=1, description="totals below it vary too much to be held against the last delivery")
    history_runs: int = Field(ge=1, description="runs whose results are kept")


@dataclass(frozen=True)
class Bound:
    """A figure of a table and what it may be.

    `measure` is unique in its suite up to severity; `sql` is the aggregate that measures it over the table's rows, empty where
    it is measured across tables; `meaning` says what failing means and what to do. `title` and `advice` say measure and meaning to a
    clerk, in Chinese; `unit` is what the figure counts, empty for a share of 1.
    """

    measure: str
    severity: str
    meaning: str
    minimum: float | None = None
    maximum: float | None = None
    sql: str = ""
    title: str = ""
    advice: str = ""
    unit: str = ""

    def shown(self, figure: float | None) -> str:
        """The figure in its unit, as a clerk reads it."""
        if figure is None:
            return "—"
        return f"{figure:,.0f} {self.unit}" if self.unit else f"{figure:.1%}"

    @property
    def expected_zh(self) -> str:
        low = "" if self.minimum is None else f"不少于 {self.shown(self.minimum)}"
        high = "" if self.maximum is None else f"不超过 {self.shown(self.maximum)}"
        return "，".join(filter(None, (low, high)))

    @property
    def expected(self) -> str:
        low = "" if self.minimum is None else f"at least {self.minimum:g}"
        high = "" if self.maximum is None else f"at most {self.maximum:g}"
        return " and ".join(filter(None, (low, high)))


@dataclass(frozen=True)
class Checked:
    """A bound of a table and what came of it; `observed` is null where there was nothing to measure."""

    table: str
    bound: Bound
    observed: float | None
    success: bool

    def __str__(self) -> str:
        seen = "nothing" if self.observed is None else f"{self.observed:.6g}"
        return f"{self.table}: {self.bound.measure} is {seen}, expected {self.bound.expected}. {self.bound.meaning}"
