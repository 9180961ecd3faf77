"""What a row of a register is: wages, a pension that was earned, a car in use, a home of one's own, an entity that trades.

One reading a register, by the provisions in conf/policy.yaml, each with its source in law. Rules, needs, checks and the figures
of cases all ask here. Conditions are null where the row does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pyspark.sql import Column, Window
from pyspark.sql import functions as F

from expectations.contracts.model import ORIGIN
from jobs.registers.conditions import holds, may_hold
from jobs.registers.entity_kinds import kind_of
from jobs.registers.means.lines import Lines
from jobs.registers.policy import Entities


def is_in(column: str, words: tuple[str, ...]) -> Column:
    return F.col(column).isin(list(words))


# --- social insurance, pensions, housing fund, public payroll ----------------------------------------------------------


def is_insured_wage(lines: Lines) -> Column:
    """Only what an employer pays for says wages."""
    return is_in("kind", lines.wages.insurance_kinds)


def spell_months(lines: Lines) -> Column:
    """Months from `from_month` through `to_month`, or through the month of the day where it is still paid; both included."""
    last = F.trunc(F.least(F.col("to_month"), F.lit(lines.as_of)), "month")  # the smaller of those that are known
    return F.months_between(last, F.col("from_month")).cast("int") + 1


def is_earned_pension(lines: Lines) -> Column:
    """The residents' pension is disregarded."""
    return is_in("kind", lines.pensions.earned_kinds)


def is_fund_open(lines: Lines) -> Column:
    """An account of the housing fund that is paid into, whatever its months."""
    return is_in("status", lines.wages.fund_statuses)


def is_staff(lines: Lines) -> Column:
    """Not all whom finance pays are staff: public-welfare posts, survivors, former cadres are none."""
    return is_in("staff_kind", lines.payroll.staff_kinds)


def is_in_service(lines: Lines) -> Column:
    return is_in("status", lines.payroll.staff_statuses)


def is_cadre(lines: Lines) -> Column:
    return is_in("post", lines.cadres.posts)


def is_paid_staff(lines: Lines) -> Column:
    """In service, or retired from it."""
    return is_in("status", lines.payroll.paid_statuses)


# --- vehicles ----------------------------------------------------------------------------------------------------------


def is_car(lines: Lines) -> Column:
    return is_in("plate_kind", lines.vehicles.car_plates)


def is_gone(lines: Lines) -> Column:
    """Cancelled, scrapped, stolen or passed on."""
    return is_in("status", lines.vehicles.gone_statuses)


def is_overdue(lines: Lines) -> Column:
    return is_in("status", lines.vehicles.overdue_statuses)


def is_in_use(lines: Lines) -> Column:
    """Neither gone nor long overdue. Some months late an owner drives on; nobody knows how late where the day is missing."""
    months = F.months_between(F.lit(lines.as_of), F.col("inspected_to"))
    is_late = may_hold(months >= lines.vehicles.overdue_months)
    return ~(is_gone(lines) | (is_overdue(lines) & is_late))


def is_cheap(lines: Lines) -> Column:
    """Bought for no more than what is let pass; a price that is not stated is none."""
    return holds(F.col("price") <= F.lit(lines.vehicles.let_pass_yuan))


# --- properties --------------------------------------------------------------------------------------------------------


def is_whole(lines: Lines) -> Column:
    """More than a small share; no share stated is the whole."""
    return may_hold(F.col("share_pct") >= F.lit(lines.properties.small_share_percent))


def is_given(lines: Lines) -> Column:
    return holds(is_in("nature", lines.properties.given_natures))


def is_home(lines: Lines) -> Column:
    """By its use; whether it is the owner's own, share and nature say."""
    return holds(is_in("use", lines.properties.home_uses))


def is_own_home(lines: Lines) -> Column:
    return is_home(lines) & is_whole(lines) & ~is_given(lines)


def is_business(lines: Lines) -> Column:
    return holds(is_in("use", lines.properties.business_uses))


def is_own_business(lines: Lines) -> Column:
    """However it was come by: a home that was given is lived in, a shop is an income."""
    return is_business(lines) & is_whole(lines)


def unit_keys() -> dict[str, Column]:
    """By which two rows are one unit: deed_key its number, place_key its place and size, each with its use; null where not stated."""
    use, area = F.coalesce("use", F.lit("")), F.coalesce(F.col("area").cast("string"), F.lit(""))
    return {
        "deed_key": F.when(F.col("cert_no").isNotNull(), F.concat_ws("|", "cert_no", use)),
        "place_key": F.when(F.col("address").isNotNull(), F.concat_ws("|", "address", area, use)),
    }


def is_repeated_unit(owner: Sequence[str], day: str) -> Column:
    """Of rows with unit_keys: is this another entry of a unit that the owner has already, since an earlier `day`? The old deed
    and the new certificate of one flat are two rows, and husband and wife both stand on it."""

    def again(key: str) -> Column:
        entries = Window.partitionBy(*owner, key).orderBy(day, *ORIGIN)
        return F.col(key).isNotNull() & (F.row_number().over(entries) > 1)

    return again("deed_key") | again("place_key")


# --- entities and posts in them ----------------------------------------------------------------------------------------


def standing(entities: Entities) -> dict[str, Column]:
    """Of a row of enterprises: acts (any sign of trade), is_dead, is_nominal (a post held by office, or a cooperative without
    tax and staff, whose members are so in name only); never null."""
    pays_tax = holds(F.col("tax_12m") > F.lit(entities.dormant_tax_yuan))
    has_staff = holds(F.col("insured_staff") > 0)
    kind = kind_of("kind")
    # Revoked on paper, yet it paid tax within the year.
    trades_on = holds(is_in("status", entities.revoked_statuses)) & pays_tax
    is_office = holds(kind.isin(list(entities.nominal_kinds)))
    is_idle_cooperative = holds(kind.isin(list(entities.cooperative_kinds))) & ~pays_tax & ~has_staff
    return {
        # Tax, somebody insured, anything paid in: three signs that somebody trades there.
        "acts": pays_tax | has_staff | holds(F.col("paid_in") > F.lit(Decimal(0))),
        "is_dead": holds(is_in("status", entities.dead_statuses)) & ~trades_on,
        "is_nominal": is_office | is_idle_cooperative,
    }


def is_partner(lines: Lines) -> Column:
    """Owns a part of the entity or leads it; all others lend a name, or joined with hundreds."""
    return is_in("role", lines.shares.partner_roles)


def is_trifle(lines: Lines) -> Column:
    """A shareholding so small that it gives no say."""
    return is_in("role", lines.shares.holder_roles) & (F.col("share_pct") <= F.lit(lines.shares.small_share_percent))
