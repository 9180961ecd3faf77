"""Market entities: which of them trade, which are dead or dormant, and whose representative is so in name only."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.registers.conditions import holds, may_hold
from jobs.registers.entity_kinds import OF_NO_KNOWN_KIND, kind_of
from jobs.registers.means.what_counts import standing
from jobs.registers.policy import Entities

ENTITY_FIELDS = (
    "uscc", "name", "kind", "status", "established_on", "ended_on", "capital", "paid_in", "insured_staff", "tax_12m",
)  # fmt: skip
"""What of the register of entities a rule looks at."""


def kind_zh() -> Column:
    """The kind as a sentence names it. As registered it may hold anything, a name in a shifted row, and is evidence only."""
    return F.coalesce("entity_kind", F.lit(OF_NO_KNOWN_KIND))


def with_standing(entities: DataFrame, policy: Entities) -> DataFrame:
    """Rows of the register with entity_kind (null = not known), is_dead, is_dormant, is_micro, is_nominal, traded_until
    (null = no end known) and tax_log."""
    signs = standing(policy)
    return entities.withColumns(
        {
            "entity_kind": kind_of("kind"),
            "is_dead": signs["is_dead"],
            "is_nominal": signs["is_nominal"],
            "is_micro": F.coalesce(F.col("tax_12m"), F.lit(0)) < F.lit(policy.micro_tax_yuan),
            "tax_log": F.log1p(F.coalesce(F.col("tax_12m"), F.lit(0)).cast("double")),
            "is_dormant": ~signs["acts"],
            "traded_until": F.when(signs["is_dead"], F.trunc("ended_on", "month")),
        }
    )


def does_not_trade() -> Column:
    """Ended before any month that was paid, or without a day of its end, or dormant."""
    ended_before = F.col("is_dead") & (F.col("ended_on").isNull() | (F.col("gross_months") == 0))
    return ended_before | F.col("is_dormant")


def doubtful_standing() -> dict[str, Column]:
    """Exemptions that an entity's figures make likely: little is traded there, or the name is lent to somebody else's business."""
    no_staff = may_hold(F.col("insured_staff") == 0)
    no_tax = may_hold(F.col("tax_12m") == 0)
    return {
        "R13": no_staff & F.col("is_micro"),
        # A company of somebody poor that is in disorder, or has staff and pays nothing: whose is it?
        "R12": F.col("entity_kind").contains("公司") & ((F.col("status") == "经营异常") | no_tax),
    }


def standing_signals() -> dict[str, Column]:
    """Figures of an entity that the ranking may learn from."""
    return {
        "tax_log": F.col("tax_log"),
        "staff_log": F.log1p(F.coalesce("insured_staff", F.lit(0)).cast("double")),
        "paid_in_log": F.log1p(F.coalesce(F.col("paid_in"), F.lit(0)).cast("double")),
        "is_company": holds(F.col("entity_kind").contains("公司")).cast("int"),
        "is_abnormal": (F.col("status") == "经营异常").cast("int"),
        "years_old": F.months_between("last_month", "established_on") / 12,
        "outside_roster": F.col("joined_on").isNotNull().cast("int"),
    }
