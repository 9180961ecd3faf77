"""Market entities: which of them trade, which are dead or dormant, and whose representative is so in name only."""

from __future__ import annotations

from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.rules.policy import Entities

ENTITY_FIELDS = (
    "uscc", "name", "kind", "status", "established_on", "ended_on", "capital", "paid_in", "insured_staff", "tax_12m",
)  # fmt: skip
"""What of the register of entities a rule looks at."""


def with_standing(entities: DataFrame, policy: Entities) -> DataFrame:
    """Rows of the register with is_dead, is_dormant, is_office, is_idle_cooperative and traded_until (null = no end known)."""
    pays_tax = F.coalesce(F.col("tax_12m") > F.lit(policy.dormant_tax_yuan), F.lit(False))
    has_staff = F.coalesce(F.col("insured_staff") > 0, F.lit(False))
    has_capital = F.coalesce(F.col("paid_in") > F.lit(Decimal(0)), F.lit(False))
    # Revoked on paper, yet it paid tax within the year.
    trades_on = F.col("status").isin(list(policy.revoked_statuses)) & pays_tax
    is_dead = F.col("status").isin(list(policy.dead_statuses)) & ~trades_on
    return entities.withColumns(
        {
            "is_dead": is_dead,
            # No tax, nobody insured, nothing paid in: three signs that nobody trades there.
            "is_dormant": ~pays_tax & ~has_staff & ~has_capital,
            "is_office": F.col("kind").isin(list(policy.nominal_kinds)),
            "is_idle_cooperative": F.col("kind").isin(list(policy.cooperative_kinds)) & ~pays_tax & ~has_staff,
            "traded_until": F.when(is_dead, F.trunc("ended_on", "month")),
        }
    )


def does_not_trade() -> Column:
    """Ended before any month that was paid, or without a day of its end, or dormant."""
    ended_before = F.col("is_dead") & (F.col("ended_on").isNull() | (F.col("gross_months") == 0))
    return ended_before | F.col("is_dormant")
