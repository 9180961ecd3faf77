"""Parameters of the check before payment."""

from __future__ import annotations

from pydantic import Field

from expectations.conf import Conf


class PrepayParams(Conf):
    """What is asked about a payment before it is made."""

    rules: list[str] = Field(
        description="rules whose fact bears on the very payment; means are a matter for a visit, not for a hold"
    )
