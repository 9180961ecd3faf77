"""Benefit rates of 2017 in the simulated city, as in the delivery contract's policy table."""

from __future__ import annotations

YANGXIN, DAYE = "420222", "420281"
MEDICAL_CAP_YUAN = 60_000.0
TEMPORARY_CAP_YUAN = 15_000.0
PRICE_SUBSIDY_YUAN_PER_HEAD = 20.0
FUNERAL_GRANT_MONTHS = 6


def dibao_standard(county_code: str, *, is_urban: bool) -> float:
    """Minimum living standard, yuan a head and month."""
    if is_urban:
        return (6000 if county_code == YANGXIN else 6960) / 12
    return (4200 if county_code == YANGXIN else 5580) / 12


def tekun_standard(county_code: str) -> float:
    """Support of the destitute, yuan a person and month."""
    return round({YANGXIN: 5800, DAYE: 11112}.get(county_code, 10560) / 12, 2)
