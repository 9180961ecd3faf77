"""Settings of the fairness report."""

from __future__ import annotations

from pydantic import Field, field_validator

from expectations.conf import Conf


class FairnessParams(Conf):
    """When a group is judged, and how much a feature or an input of the ranking may tell of who somebody is."""

    least_visits: int = Field(ge=1, description="groups with fewer visits are shown and not judged")
    significance: float = Field(gt=0, lt=1, description="of all comparisons of a report together")
    age_bands_from_years: list[int] = Field(min_length=2, description="first year of life of each band")
    proxy_limit: float = Field(gt=0.5, le=1, description="highest AUROC of a feature or input for a trait, either way round")
    proxy_reasons: dict[str, str] = Field(
        description="features and inputs above the limit that may be used all the same, and why"
    )

    @field_validator("age_bands_from_years")
    @classmethod
    def _rising_from_birth(cls, bands: list[int]) -> list[int]:
        if bands != sorted(set(bands)) or bands[0] != 0:
            raise ValueError("must rise from 0, or somebody has no band")
        return bands

    @field_validator("proxy_reasons")
    @classmethod
    def _reasons_given(cls, reasons: dict[str, str]) -> dict[str, str]:
        if empty := [name for name, reason in reasons.items() if not reason.strip()]:
            raise ValueError(f"{empty[0]} has no reason")
        return reasons
