"""Holes in what was delivered: registers, counties and months that no row covers, and how many people fall outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from jobs.registers.benefits import BENEFIT_PROGRAMS, Silver
from jobs.registers.references import LIVE, REGISTRY

_REAL_SHARE = 0.002
"""A county code that fewer of the people carry is a typing error, no county."""
_DELIVERED_SHARE = 0.3
"""A month with a smaller share of the usual payments was not delivered: what is there are arrears."""
_LEAST_PAYMENTS = 20
"""Payments a month below which a county may well have none in one."""


@dataclass(frozen=True)
class DeliveryHole:
    """A register that is missing in a county, or in all where `area` is empty; of payments perhaps in one month only."""

    data_set: str
    area: str = ""
    month: str = ""


def is_county(area: str) -> bool:
    """420222 is a county, 420200 the whole city."""
    return len(area) == 6 and not area.endswith("00")


def people_by_county(silver: Silver) -> tuple[Counter[str], Counter[str]]:
    """Registered people, and people on a benefit roster, by county code; the registry's cancelled entries are left out."""
    registry = silver(REGISTRY).filter(F.col("status").isin(*LIVE))
    rosters = [silver(code).select("county_code", "person_key", "name_key") for code in ("dibao_roster", "tekun_roster")]
    benefit = rosters[0].unionByName(rosters[1]).distinct()
    return _by_county(registry), _by_county(benefit)


def _by_county(rows: DataFrame) -> Counter[str]:
    counted = rows.groupBy("county_code").count().collect()  # some counties
    return Counter({row[0]: row[1] for row in counted if row[0]})


def expected_counties(areas: Iterable[str], *people: Counter[str]) -> list[str]:
    """Counties that files or enough people name."""
    named = {area for area in areas if is_county(area)}
    for counter in people:
        named |= {county for county, count in counter.items() if count >= _REAL_SHARE * counter.total() and is_county(county)}
    return sorted(named)


def register_holes(
    totals: Mapping[tuple[str, str], int], areas: Mapping[str, Collection[str]], counties: Collection[str]
) -> list[DeliveryHole]:
    """Registers that are missing, and counties missing from those that come by county; what is optional is never missing.

    `totals`: current rows by register and county; `areas`: areas of each register's files.
    """
    holes = []
    for code, data_set in DATA_SETS.items():
        if data_set.is_optional:
            continue
        covered = {county for (register, county), rows in totals.items() if register == code and rows}
        if not covered:
            holes.append(DeliveryHole(code))
        elif "county_code" in data_set.field_names or any(is_county(area) for area in areas.get(code, ())):
            whole_city = "county_code" not in data_set.field_names and any(not is_county(a) for a in areas.get(code, ()))
            holes += [DeliveryHole(code, county) for county in sorted(counties) if county not in covered and not whole_city]
    return holes


def payments_by_month(silver: Silver) -> dict[tuple[str, date], int]:
    """Benefit payments by county and month of entitlement."""
    payments = silver("payments").filter(F.col("program").isin(*BENEFIT_PROGRAMS) & (F.col("kind") == "正常"))
    counted = payments.groupBy("county_code", "for_month").count().collect()  # counties times months
    return {(row[0], row[1]): row[2] for row in counted if row[0] and row[1]}


def month_holes(payments: Mapping[tuple[str, date], int]) -> list[DeliveryHole]:
    """Months without a payment, of one county or of all, between the first and the last month that was delivered."""
    by_month: Counter[date] = Counter()
    for (_, month), count in payments.items():
        by_month[month] += count
    if not by_month:
        return []
    usual = median(by_month.values())
    delivered = sorted(month for month, count in by_month.items() if count >= _DELIVERED_SHARE * usual)
    holes = [
        DeliveryHole("payments", month=f"{month:%Y-%m}")
        for month in _months(delivered[0], delivered[-1])
        if month not in delivered
    ]
    for county in sorted({county for county, _ in payments}):
        of_county = [payments.get((county, month), 0) for month in delivered]
        if median(of_county) >= _LEAST_PAYMENTS:
            holes += [
                DeliveryHole("payments", county, f"{month:%Y-%m}")
                for month, count in zip(delivered, of_county, strict=True)
                if not count
            ]
    return holes


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)]
