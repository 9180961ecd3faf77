"""What law and local notices say, by period: rates, caps and who counts, as conf/policy.yaml writes them down.

A rule never holds such a value itself. What no notice gives is a stated default, and every run says which of them it used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import Field
from pyspark.sql import Column
from pyspark.sql import functions as F

from expectations.conf import Conf

MONTHS = 12


class Dated(Conf):
    """A provision with the period in which it holds, both days included, and its source."""

    first: date = Field(alias="from", description="first day in force")
    last: date | None = Field(None, alias="to", description="last day in force; empty = still in force")
    source: str = Field(min_length=4, description="law or notice, with year and number where known")
    is_default: bool = Field(False, description="no local value is known: this one is assumed, and every run says so")

    def is_in_force(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Standard(Dated):
    programs: tuple[str, ...]
    counties: tuple[str, ...] = Field((), description="codes; empty = wherever no other line names the county")
    yuan_a_year: Decimal = Field(gt=0, description="a person and year")


class YearlyCap(Dated):
    program: str
    yuan_a_year: Decimal = Field(gt=0, description="a person and year")


class AddOns(Dated):
    highest_share: Decimal = Field(ge=0, description="of the standard a person, on top of it")
    disability_levels: tuple[int, ...] = Field(description="levels of a severe disability")
    old_age_years: int = Field(gt=0, description="age from which a person living alone is elderly")
    minor_below_years: int = Field(gt=0, description="age below which a child of a single parent is a minor")
    ill_self_paid_yuan: Decimal = Field(gt=0, description="medical bills paid by oneself in a year that mean severe illness")


class PublicPayroll(Dated):
    staff_kinds: tuple[str, ...] = Field(description="kinds of payee that are staff; all others are not")
    staff_statuses: tuple[str, ...] = Field(description="statuses in which a person is staff")
    paid_statuses: tuple[str, ...] = Field(description="statuses in which staff are paid: what they draw is means")
    kin: tuple[str, ...] = Field(description="relatives whose benefit has to be declared")


class VillageCadres(Dated):
    posts: tuple[str, ...] = Field(description="posts that make a cadre")
    kin: tuple[str, ...] = Field(description="relatives whose benefit has to be declared")


class Entities(Dated):
    dead_statuses: tuple[str, ...] = Field(description="statuses in which an entity no longer trades")
    revoked_statuses: tuple[str, ...] = Field(
        description="of these, the ones in which it may trade on all the same; its tax tells"
    )
    dormant_tax_yuan: Decimal = Field(ge=0, description="tax of twelve months up to which an entity without staff may be dormant")
    micro_tax_yuan: Decimal = Field(ge=0, description="tax of twelve months below which, without staff, little is traded")
    nominal_kinds: tuple[str, ...] = Field(description="kinds whose legal representative is so by office")
    cooperative_kinds: tuple[str, ...] = Field(
        description="kinds whose members are often so in name only; its tax and staff tell"
    )


class Wages(Dated):
    insurance_kinds: tuple[str, ...] = Field(description="kinds of social insurance that an employer pays: they mean wages")
    employed_months: int = Field(ge=1, description="months of insured work in a row that are a job")
    fund_statuses: tuple[str, ...] = Field(description="statuses of a housing-fund account that is paid into")
    lag_months: int = Field(ge=0, description="months by which what employers report trails behind")


class Pensions(Dated):
    earned_kinds: tuple[str, ...] = Field(description="kinds of pension that are income; all others are disregarded")


class Vehicles(Dated):
    car_plates: tuple[str, ...] = Field(description="classes of plate that are a car or a lorry; all others are none")
    disabled_plates: tuple[str, ...] = Field(description="classes of plate of a vehicle for a disabled person")
    gone_statuses: tuple[str, ...] = Field(description="statuses in which a vehicle is no longer the owner's to use")
    overdue_statuses: tuple[str, ...] = Field(description="statuses of a vehicle whose inspection is overdue")
    overdue_months: int = Field(
        ge=0, description="months overdue from which a vehicle is most often sold without transfer or laid up"
    )
    let_pass_yuan: Decimal = Field(ge=0, description="purchase price up to which a vehicle is let pass")


class Properties(Dated):
    homes: int = Field(ge=1, description="homes that a household may own")
    home_uses: tuple[str, ...] = Field(
        description="uses that make a unit a home; all others, garages and homesteads among them, are none"
    )
    business_uses: tuple[str, ...] = Field(description="uses that make a unit business property")
    given_natures: tuple[str, ...] = Field(
        description="natures of a home that was given, replaced, inherited or rented, not bought"
    )
    small_share_percent: Decimal = Field(ge=0, le=100, description="a share below this is no unit of one's own")


class Shares(Dated):
    partner_roles: tuple[str, ...] = Field(description="roles that own a part of an entity or lead it")
    holder_roles: tuple[str, ...] = Field(description="of these, the ones that are a share and nothing else")
    small_share_percent: Decimal = Field(ge=0, le=100, description="a shareholding up to this is no business of one's own")


class SevereDisability(Dated):
    levels: tuple[int, ...] = Field(description="levels that are severe for every kind")
    mental_kinds: tuple[str, ...] = Field(description="kinds of which a further level is severe")
    mental_level: int = Field(ge=1, le=4, description="that further level")


class RuinousBills(Dated):
    yuan_a_year: Decimal = Field(gt=0, description="own medical bills of a year, less medical aid, above which they ruin")


class Uncovered(Dated):
    monitored_statuses: tuple[str, ...] = Field(description="statuses of the poverty register that mean a monitored household")
    stopped_months: int = Field(
        ge=0, description="months after a benefit was stopped in which the office has just judged the household"
    )
    largest_household: int = Field(ge=2, description="persons in a household book above which it is a collective registration")


class KeyPersons(Dated):
    """One kind of key person; the list of kinds is the office's own."""

    title: str = Field(description="what the office calls them")
    rules: tuple[str, ...] = Field((), description="rules whose findings are about them")
    declared_kinds: tuple[str, ...] = Field((), description="kinds of official in the declarations of kin")
    unit_words: tuple[str, ...] = Field((), description="words in the name of a unit on the public payroll")
    is_separate: bool = Field(False, description="are their clues handled apart from the office that approved?")


D = TypeVar("D", bound=Dated)
Periods = Annotated[tuple[D, ...], Field(min_length=1)]


class Policy(Conf):
    """conf/policy.yaml."""

    standards: Periods[Standard]
    yearly_caps: Periods[YearlyCap]
    add_ons: Periods[AddOns]
    public_payroll: Periods[PublicPayroll]
    village_cadres: Periods[VillageCadres]
    entities: Periods[Entities]
    wages: Periods[Wages]
    pensions: Periods[Pensions]
    vehicles: Periods[Vehicles]
    properties: Periods[Properties]
    shares: Periods[Shares]
    key_persons: Periods[KeyPersons]
    severe_disability: Periods[SevereDisability]
    ruinous_bills: Periods[RuinousBills]
    uncovered: Periods[Uncovered]

    def monthly_standard(self, program: str, county_code: str, month: Column) -> Column:
        """Standard of a person and month, yuan; null for a programme that has none.

        The county's own line before the general one; a month outside all periods takes the latest line before it, or else the first.
        """
        standard = F.lit(None).cast("decimal(18,2)")
        general_first = sorted(self.standards, key=lambda s: (bool(s.counties), s.first))
        for line in general_first:
            applies = F.col(program).isin(list(line.programs))
            if line.counties:
                applies &= F.col(county_code).isin(list(line.counties))
            is_first = not any(_same_line(line, other) and other.first < line.first for other in self.standards)
            if not is_first:
                applies &= month >= F.lit(line.first)
            standard = F.when(applies, F.lit(_monthly(line.yuan_a_year)).cast("decimal(18,2)")).otherwise(standard)
        return standard


def _same_line(left: Standard, right: Standard) -> bool:
    return left is not right and set(left.programs) & set(right.programs) != set() and left.counties == right.counties


def _monthly(yuan_a_year: Decimal) -> Decimal:
    return (yuan_a_year / MONTHS).quantize(Decimal("0.01"))


def in_force(lines: Sequence[D], day: date) -> D:
    """The line in force on the day; where there is none, the latest before it, or else the first."""
    by_start = sorted(lines, key=lambda line: line.first)
    holding = [line for line in by_start if line.is_in_force(day)]
    before = [line for line in by_start if line.first <= day]
    return (holding or before or by_start[:1])[-1]


def gaps(policy: Policy, day: date) -> list[str]:
    """What a run on this day has to assume, in sentences for the summary."""
    found = []
    for name in type(policy).model_fields:
        lines: tuple[Dated, ...] = getattr(policy, name)
        if not any(line.is_in_force(day) for line in lines):
            used = in_force(lines, day)
            found.append(
                f"policy.{name}: nothing is in force on {day}; the values of {used.first} are used. Add the notice to conf/policy.yaml."
            )
        for line in lines:
            if line.is_default and line.is_in_force(day):
                found.append(
                    f"policy.{name}: no local value is known; {line.source}. Ask the bureau and put it into conf/policy.yaml."
                )
    return found
