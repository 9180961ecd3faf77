"""What is summed up of a household's months does not hang on the order of rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jobs.runtime.session import Engine
from jobs.score_cases.features import _payment_features

SCHEMA = "case_id string, for_month date, paid_heads int, " + ", ".join(
    f"{name}_yuan decimal(12,2)" for name in ("paid", "gross", "arrears", "refunded")
)


def test_what_is_paid_on_average_is_the_same_number_in_any_order(embedded: Engine) -> None:
    """As doubles, 0.1 + 0.2 + 0.3 is not what 0.3 + 0.2 + 0.1 is; a month without money counts for nothing."""
    paid = [Decimal(0), Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]
    rows = [("H1", date(2017, n + 1, 1), 1, yuan, yuan, Decimal(0), Decimal(0)) for n, yuan in enumerate(paid)]
    means = [
        row["mean_paid"]
        for in_order in (rows, rows[::-1])
        for row in _payment_features(embedded.session.createDataFrame(in_order, SCHEMA)).collect()
    ]
    assert means == [0.6 / 3] * 2
