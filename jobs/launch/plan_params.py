"""Parameters of the plan of visits."""

from __future__ import annotations

from pydantic import Field, model_validator

from expectations.conf import Conf


class PlanParams(Conf):
    """Shares of a list of visits; what they leave goes by rank."""

    random_share: float = Field(ge=0, lt=1, description="of the list, drawn at random from outside the ranked part")
    random_exempted_part: float = Field(
        ge=0, le=1, description="of the random ones, expected: from cases that an exemption explains"
    )
    random_unremarkable_part: float = Field(
        ge=0, le=1, description="of the random ones, expected: from households without a clue"
    )
    severity_share: float = Field(ge=0, le=1, description="of the list, at least, to cases in which a hard rule found something")
    hard_rules: list[str] = Field(description="rules whose fact settles eligibility once identity and dates are verified")
    key_person_share: float = Field(ge=0, le=1, description="of the list, at least, to cases that touch a key person")
    first_of_pattern: int = Field(ge=1, description="households of a pattern that are visited before the others of it")
    next_visits: int = Field(ge=1, description="further visits whose yield is told beside the list's")

    @model_validator(mode="after")
    def _shares_fit(self) -> PlanParams:
        together = self.random_share + self.severity_share + self.key_person_share
        if together > 1:
            raise ValueError(
                f"random_share, severity_share and key_person_share are {together:g} together, at most 1 is possible"
            )
        if (parts := self.random_exempted_part + self.random_unremarkable_part) > 1:
            raise ValueError(f"random_exempted_part and random_unremarkable_part are {parts:g} together, at most 1 is possible")
        return self
