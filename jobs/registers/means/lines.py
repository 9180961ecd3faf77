"""The provisions in force on a day by which holdings are judged, and the kinds of means with their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.registers.policy import (
    Entities,
    Pensions,
    Policy,
    Properties,
    PublicPayroll,
    Shares,
    Vehicles,
    VillageCadres,
    Wages,
    in_force,
)

WAGES, PENSION, FUND, STAFF = "wages", "pension", "housing_fund", "staff"
VEHICLE, ENTITY, SHARE, DWELLING, BUSINESS = "vehicle", "entity", "share", "dwelling", "business_property"
MEANS_WORDS = {
    WAGES: "有单位职工参保在缴（有工资收入）",
    STAFF: "为财政供养人员",
    PENSION: "领取职工或机关事业养老金，按户内人数平均已超过月保障标准",
    FUND: "有住房公积金在缴（有工资收入）",
    VEHICLE: "名下有在用的汽车",
    ENTITY: "名下有正在经营的市场主体",
    SHARE: "在正在经营的市场主体中持股或任职",
    BUSINESS: "名下有商业或办公用房",
    DWELLING: "名下有两处以上住房",
}
"""Kinds of means with what an inspector reads, the plainest first: the first that a household has is its reason."""
UNTOLD = "untold"
"""An entity that stands in the register, of which nothing says whether it trades."""


@dataclass(frozen=True)
class Lines:
    """What policy.yaml says on the day."""

    wages: Wages
    pensions: Pensions
    vehicles: Vehicles
    properties: Properties
    shares: Shares
    payroll: PublicPayroll
    cadres: VillageCadres
    entities: Entities
    as_of: date

    @staticmethod
    def of(policy: Policy, as_of: date) -> Lines:
        return Lines(
            in_force(policy.wages, as_of), in_force(policy.pensions, as_of), in_force(policy.vehicles, as_of),
            in_force(policy.properties, as_of), in_force(policy.shares, as_of), in_force(policy.public_payroll, as_of),
            in_force(policy.village_cadres, as_of), in_force(policy.entities, as_of), as_of,
        )  # fmt: skip

    def lasts(self, until: str) -> Column:
        """In payment as far as the register can know: no end, or one within the months by which it trails behind."""
        first = F.add_months(F.trunc(F.lit(self.as_of), "month"), -self.wages.lag_months)
        return F.col(until).isNull() | (F.col(until) >= first)
