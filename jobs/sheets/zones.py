"""The zones of OUT, and what the counties in them are called."""

from __future__ import annotations

from expectations.contracts.lake import CASES
from jobs.registers.divisions import division_names
from jobs.runtime.lake import Lake
from jobs.runtime.results import RESTRICTED

EXPORTS = "exports"
ZONES = (RESTRICTED, EXPORTS)


def county_names(lake: Lake) -> dict[str, str]:
    """Counties by code, as the rosters call them."""
    return division_names(lake.read(CASES))
