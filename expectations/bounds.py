"""Bounds that suites hold tables against. Apart from the suites: reading them costs no import of Great Expectations."""

from pydantic import Field

from expectations.conf import Conf


class SuiteBounds(Conf):
    """How much of a column may be off before it is said (warn) or the run stops."""

    usable_number_ratio_warn: float = Field(ge=0, le=1)
    usable_number_ratio_stop: float = Field(ge=0, le=1)
    wild_date_ratio_warn: float = Field(ge=0, le=1)
    empty_required_ratio_warn: float = Field(ge=0, le=1)
