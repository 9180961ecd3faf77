"""What all rules on a household's means share: when relatives' means do not count, and when they lawfully did for a while."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F


def household_exemptions() -> dict[str, Column]:
    """Exemption codes that the roster decides, in the order in which they are tried. Candidates must count with has_grace."""
    return {
        # Somebody is covered alone, and the means are another member's: they do not count.
        "R17": F.col("case_has_single_cover") & ~F.col("is_single_cover"),
        "R18": (F.col("paid_months") == 0) & (F.col("grace_months") > 0),
    }
