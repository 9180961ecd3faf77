"""What the rules on a household's means share: whose means count, which lawfully did for a while, and which are of the past."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F


def household_exemptions(means: Column | None = None) -> dict[str, Column]:
    """Exemption codes that the roster decides, in the order in which they are tried. Candidates must count with has_grace.

    means: when the row is means at all, where a candidate may be none (a garage, a pension below the line).
    """
    is_means = F.lit(True) if means is None else means
    return {
        # Somebody is covered alone, and the means are another member's: they do not count.
        "R17": is_means & F.col("case_has_single_cover") & ~F.col("is_single_cover"),
        "R18": is_means & (F.col("paid_months") == 0) & (F.col("grace_months") > 0),
    }


def ended_before_benefit() -> Column:
    """The spell in `to_month` was over before the first month that was paid: the register tells of the past."""
    return F.col("to_month").isNotNull() & (F.col("gross_months") == 0) & (F.col("months_before") == 0)
