"""What law and local notices say, by period: rates, caps and who counts, as conf/policy.yaml writes them down.

A rule never holds such a value itself. What no notice gives is a stated default, and every run says which of them it used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import pairwise, product
from operator import or_
from typing import Annotated, Literal, TypeVar

from pydantic import Field
from pyspark.sql import Column
from pyspark.sql import functions as F

from expectations.conf import Conf

MONTHS = 12
STANDARD_PROGRAMS = ("城市低保", "农村低保", "城市特困", "农村特困")
"""Programmes that have a standard a person."""


AssistanceSign = Literal["child", "no_home", "earner"]


class Dated(Conf):
    """A provision with the period in which it holds, both days included, and its source."""

    first: date = Field(alias="from", description="first day in force")
    last: date | None = Field(None, alias="to", description="last day in force; empty = still in force")
    source: str = Field(min_length=4, description="law or notice, with year and number where known")
    is_default: bool = Field(False, description="no local value is known: this one is assumed, and every run says so")

    def is_in_force(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def track(self) -> tuple[str, ...]:
        """Of lines of a section that hold beside one another: which of them this one continues."""
        return ()


class Standard(Dated):
    programs: tuple[str, ...]
    counties: tuple[str, ...] = Field((), description="codes; empty = wherever no other line names the county")
    yuan_a_year: Decimal = Field(gt=0, description="a person and year")

    @property
    def track(self) -> tuple[str, ...]:
        return (*sorted(self.programs), *sorted(self.counties))


class YearlyCap(Dated):
    program: str
    yuan_a_year: Decimal = Field(gt=0, description="a person and year")

    @property
    def track(self) -> tuple[str, ...]:
        return (self.program,)


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

    def is_mental(self) -> Column:
        """Of a certificate: severe by its kind, at the further level."""
        return F.col("kind").isin(list(self.mental_kinds)) & (F.col("level") == self.mental_level)

    def is_severe(self) -> Column:
        return F.col("level").isin(list(self.levels)) | self.is_mental()


class RuinousBills(Dated):
    yuan_a_year: Decimal = Field(gt=0, description="own medical bills of a year, less medical aid, above which they ruin")


class Uncovered(Dated):
    monitored_statuses: tuple[str, ...] = Field(description="statuses of the poverty register that mean a monitored household")
    stopped_months: int = Field(
        ge=0, description="months after a benefit was stopped in which the office has just judged the household"
    )
    largest_household: int = Field(ge=2, description="persons in a household book above which it is a collective registration")


class LowIncomeMargin(Dated):
    """Households just above the standard, of which the severely ill and disabled are covered alone."""

    multiple: Decimal = Field(ge=1, description="of the standard a head, up to which a household is at the margin; 1 = no margin")


class Destitute(Dated):
    """Who cannot work, of those who may be kept as destitute (特困)."""

    old_age_years: int = Field(gt=0, description="age from which a person is old")
    minor_below_years: int = Field(gt=0, description="age below which a person is a minor")
    disability_levels: dict[str, tuple[int, ...]] = Field(description="kinds of disability, and the levels of each")
    supporter_from_years: int = Field(gt=0, description="age from which a member of the household may support another")

    def is_unable(self) -> Column:
        """Of a certificate: says that its holder cannot work."""
        of_kinds = [
            F.col("kind").eqNullSafe(kind) & F.col("level").isin(list(levels)) for kind, levels in self.disability_levels.items()
        ]
        return reduce(or_, of_kinds, F.lit(False))


class SeveralDisabled(Dated):
    persons: int = Field(ge=2, description="holders of a certificate in one household that are several")
    old_age_years: int = Field(gt=0, description="age from which a person who keeps a disabled adult is old")
    adult_from_years: int = Field(gt=0, description="age from which a disabled person is an adult")


class Visiting(Dated):
    """How often households that draw, or are registered as poor, are visited."""

    poor_statuses: tuple[str, ...] = Field(description="statuses of the poverty register that mean a household to be visited")
    monthly: tuple[str, ...] = Field(description="kinds of visitor who come once a month")
    weekly: tuple[str, ...] = Field(description="kinds of visitor who come once a week")
    months: int = Field(ge=1, description="whole months before the day that are looked at")
    missed_months: int = Field(ge=1, description="months without a visit from which a household is told")
    missed_weeks: int = Field(ge=1, description="weeks without a visit from which a household is told")


class Assistance(Dated):
    """One of the kinds of assistance, and to which needs it may be an answer: a suggestion to the visitor."""

    kind: str
    needs: tuple[str, ...] = Field(description="rules of needs")
    signs: tuple[AssistanceSign, ...] = Field((), description="one of them must be seen in the household; empty = none")

    @property
    def track(self) -> tuple[str, ...]:
        return (self.kind,)


class KeyPersons(Dated):
    """One kind of key person; the list of kinds is the office's own."""

    title: str = Field(description="what the office calls them")
    rules: tuple[str, ...] = Field((), description="rules whose findings are about them")
    declared_kinds: tuple[str, ...] = Field((), description="kinds of official in the declarations of kin")
    unit_words: tuple[str, ...] = Field((), description="words in the name of a unit on the public payroll")
    is_separate: bool = Field(False, description="are their clues handled apart from the office that approved?")

    @property
    def track(self) -> tuple[str, ...]:
        return (self.title,)


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
    low_income_margin: Periods[LowIncomeMargin]
    destitute: Periods[Destitute]
    several_disabled: Periods[SeveralDisabled]
    visiting: Periods[Visiting]
    assistance: Periods[Assistance]

    def monthly_standard(self, program: str, county_code: str, month: Column) -> Column:
        """Standard of a person and month, yuan, by the law of the month; null for a programme that has none.

        The county's own lines go before the general ones.
        """
        standard = F.lit(None).cast("decimal(18,2)")
        programs = sorted({name for line in self.standards for name in line.programs})
        counties = sorted({code for line in self.standards for code in line.counties})
        for code, name in product(("", *counties), programs):
            of_place = [line for line in self.standards if (code in line.counties if code else not line.counties)]
            if lines := [line for line in of_place if name in line.programs]:
                applies = (F.col(program) == name) & (F.col(county_code) == code if code else F.lit(True))
                standard = F.when(applies, by_month(lines, month, _monthly)).otherwise(standard)
        return standard

    def under(self, day: date) -> Policy:
        """The law of one day, as if it had always held and always would: for a look at a delivery under another year's law."""
        held = {}
        for name in type(self).model_fields:
            lines: tuple[Dated, ...] = getattr(self, name)
            held[name] = tuple(line.model_copy(update={"first": date.min, "last": None}) for line in all_in_force(lines, day))
        return self.model_copy(update=held)


def _monthly(line: Standard) -> Column:
    return F.lit((line.yuan_a_year / MONTHS).quantize(Decimal("0.01"))).cast("decimal(18,2)")


def by_month(lines: Sequence[D], month: Column, value: Callable[[D], Column]) -> Column:
    """What the line in force on the first day of each month says; where none is, the latest before it, or else the first."""
    by_start = sorted(lines, key=lambda line: line.first)
    said = value(by_start[0])
    for line in by_start[1:]:
        said = F.when(month >= F.lit(line.first), value(line)).otherwise(said)
    if any(line.last for line in lines):
        for line in by_start:
            holds = (month >= F.lit(line.first)) & (month <= F.lit(line.last or date.max))
            said = F.when(holds, value(line)).otherwise(said)
    return said


def in_force(lines: Sequence[D], day: date) -> D:
    """The line in force on the day; where there is none, the latest before it, or else the first."""
    by_start = sorted(lines, key=lambda line: line.first)
    holding = [line for line in by_start if line.is_in_force(day)]
    before = [line for line in by_start if line.first <= day]
    return (holding or before or by_start[:1])[-1]


def all_in_force(lines: Sequence[D], day: date) -> list[D]:
    """Of lines that hold beside one another the one of each thing in force on the day, in the order of the file."""
    tracks = dict.fromkeys(line.track for line in lines)
    return [in_force([line for line in lines if line.track == track], day) for track in tracks]


def gaps(policy: Policy, day: date) -> list[str]:
    """What a run on this day has to assume, in sentences for the summary."""
    found = []
    for name in type(policy).model_fields:
        lines: tuple[Dated, ...] = getattr(policy, name)
        for track in sorted({line.track for line in lines}):
            of_track = [line for line in lines if line.track == track]
            used = in_force(of_track, day)
            if not used.is_in_force(day):
                told = f" ({'、'.join(track)})" if track else ""
                found.append(
                    f"policy.{name}{told}: nothing is in force on {day}; the values of {used.first} are used. Add the notice to conf/policy.yaml."
                )
        for line in lines:
            if line.is_default and line.is_in_force(day):
                found.append(
                    f"policy.{name}: no local value is known; {line.source}. Ask the bureau and put it into conf/policy.yaml."
                )
    return found


def faults(policy: Policy) -> list[str]:
    """Lines that cannot both be meant, in sentences: an end before its beginning, two lines of one thing from one day on, days
    between two lines on which nothing is, and programmes without a standard of the whole city."""
    found = []
    for name in type(policy).model_fields:
        lines: tuple[Dated, ...] = getattr(policy, name)
        for track in sorted({line.track for line in lines}):
            where = f"policy.{name}" + (f" ({'、'.join(track)})" if track else "")
            of_track = sorted((line for line in lines if line.track == track), key=lambda line: line.first)
            found += [f"{where}: the line from {line.first} ends on {line.last}, before it begins. Correct one of the days."
                      for line in of_track if line.last and line.last < line.first]  # fmt: skip
            for line, following in pairwise(of_track):
                if line.first == following.first:
                    found.append(f"{where}: two lines begin on {line.first}, and nothing says which holds. Take one out.")
                elif line.last and (following.first - line.last).days > 1:
                    found.append(
                        f"{where}: nothing is in force after {line.last} and before {following.first}. Add the line between them."
                    )
    general = {program for line in policy.standards if not line.counties for program in line.programs}
    found += [
        f"policy.standards: no line of the whole city for {program}. Add one; counties may have lines of their own beside it."
        for program in STANDARD_PROGRAMS
        if program not in general
    ]
    return found
