"""D01-D03: paid after death, dead member still counted, approved after death; and what only looks like it."""

from __future__ import annotations

from datetime import date, timedelta

from simulation import person_numbers
from simulation.benefits import FUNERAL_GRANT, Case, Payment
from simulation.dates import AS_OF, DECEMBER, JANUARY, day_in, epoch_day, first_day, last_day, month_of
from simulation.policy import FUNERAL_GRANT_MONTHS
from simulation.population import RESTORED
from simulation.registers import Identity
from simulation.scenarios.death_records import CERTIFICATE, CREMATION, PENSION, REGISTRY, record_death, some_sources
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import BY_CODE, Scenario


def _death_month(stage: Stage, case: Case, *, latest: int = DECEMBER - 3) -> int:
    """A month of 2015-2017 while the household drew."""
    low = max(case.start + 1, 2015 * 12)
    if low >= JANUARY or stage.rng.random() < 0.5:
        return stage.month(JANUARY, latest)
    return stage.month(low, JANUARY - 1)


def _late_day(month: int, case: Case) -> date:
    """A day of the month before its transfer, so that the month's pay comes after the death."""
    return first_day(month) + timedelta(days=case.paid_on(month).day // 2)


@builds("death_paid_on")
def paid_on(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = case.head.person
    month = _death_month(stage, case)
    died = day_in(stage.rng, month)
    record_death(stage, person, died, some_sources(stage, person))
    stage.record(scenario, case, person, died, case.paid_after(month))


@builds("death_cancelled_late")
def cancelled_late(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    month = _death_month(stage, case, latest=JANUARY + 5)
    died = day_in(stage.rng, month)
    entered = min(AS_OF, died + timedelta(days=int(stage.rng.integers(120, 430))))
    record_death(stage, case.head.person, died, {REGISTRY}, entered=entered)
    stage.record(scenario, case, case.head.person, died, case.paid_after(month))


@builds("death_two_months", "death_partly_refunded")
def stopped_late(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    month = stage.month(JANUARY, DECEMBER - 6)
    died = day_in(stage.rng, month, 1, 24)
    months_paid = stage.month(2, 3)
    if scenario.code == "death_partly_refunded":
        months_paid = stage.month(4, 5)
    last = month + months_paid
    case.stop_paying(last)
    if scenario.code == "death_partly_refunded":
        case.refund(range(last - 1, last + 1), day_in(stage.rng, last + 1))
    record_death(stage, case.head.person, died, some_sources(stage, case.head.person))
    stage.record(scenario, case, case.head.person, died, case.paid_after(month))


@builds("death_arrears_beyond", "death_arrears")
def arrears(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    month = stage.month(JANUARY + 3, DECEMBER - 4)
    died = day_in(stage.rng, month, 20, 28)
    last = month if scenario.trap else month + stage.month(1, 2)
    case.stop_paying(last)
    case.pay_arrears(range(last - 2, last + 1), day_in(stage.rng, last + 1))
    record_death(stage, case.head.person, died, some_sources(stage, case.head.person))
    stage.record(scenario, case, case.head.person, died, case.paid_after(month))


@builds("death_grant_and_pay", "death_funeral_grant")
def funeral_grant(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    month = stage.month(JANUARY, DECEMBER - 4)
    died = day_in(stage.rng, month, 22, 28)
    if scenario.trap:
        case.stop_paying(month)
    granted = Payment(
        FUNERAL_GRANT, month, day_in(stage.rng, month + 1), 1, round(case.standard * FUNERAL_GRANT_MONTHS, 2), "正常"
    )
    case.extra.append(granted)
    record_death(stage, case.head.person, died, {CREMATION} | some_sources(stage, case.head.person))
    stage.record(scenario, case, case.head.person, died, case.paid_after(month))


@builds("death_month", "death_lag", "death_refunded")
def lawful_end(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """The death month alone, stopped in time though the registry's entry came late, or months that came back."""
    case = cases[0]
    month = stage.month(JANUARY, DECEMBER - 4)
    entered = None
    if scenario.code == "death_month":
        died = _late_day(month, case)
        case.stop_paying(month)
    elif scenario.code == "death_lag":
        died = day_in(stage.rng, month)
        case.stop_paying(month)
        entered = min(AS_OF, last_day(month) + timedelta(days=int(stage.rng.integers(60, 200))))
    else:
        died = day_in(stage.rng, month)
        last = month + stage.month(1, 3)
        case.stop_paying(last)
        case.stop = month
        case.refund(range(month + 1, last + 1), day_in(stage.rng, last + 1))
    sources = {REGISTRY} if entered else some_sources(stage, case.head.person)
    record_death(stage, case.head.person, died, sources, entered=entered)
    stage.record(scenario, case, case.head.person, died)


@builds("death_member_counted", "death_head_counted", "death_member_no_number")
def still_counted(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    others = [m for m in case.covered if m is not case.head]
    member = case.head if scenario.code == "death_head_counted" else max(others, key=lambda m: stage.people.age_of(m.person))
    month = _death_month(stage, case)
    died = day_in(stage.rng, month)
    if scenario.code == "death_member_no_number":
        written = Identity(stage.people.name_of(member.person), None)
        record_death(stage, member.person, died, {CERTIFICATE}, written=written)
    else:
        record_death(stage, member.person, died, some_sources(stage, member.person))
    stage.record(scenario, case, member.person, died, case.paid_after(month, per_head=True))


@builds("death_survivors", "death_member_removed")
def recalculated(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    is_head = scenario.code == "death_survivors"
    member = case.head if is_head else [m for m in case.covered if m is not case.head][-1]
    month = _death_month(stage, case)
    died = day_in(stage.rng, month)
    case.remove_from_benefit(member, after=month)
    record_death(stage, member.person, died, some_sources(stage, member.person))
    stage.record(scenario, case, member.person, died)


@builds("death_approved_after")
def approved_after(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    case.start = stage.month(JANUARY, DECEMBER - 3)
    case.approved_on = day_in(stage.rng, case.start - 1)
    died = day_in(stage.rng, case.start - stage.month(3, 20))
    record_death(stage, case.head.person, died, some_sources(stage, case.head.person))
    stage.record(scenario, case, case.head.person, died, case.paid_after(month_of(died)))


@builds("death_reviewed")
def reviewed(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    month = stage.month(JANUARY, JANUARY + 4)
    died = _late_day(month, case)
    case.stop_paying(month)
    case.approved_on = date(2017, 6, 30)
    record_death(stage, case.head.person, died, some_sources(stage, case.head.person))
    stage.record(scenario, case, case.head.person, died)


@builds("death_no_number", "death_fifteen_digits", "death_mistyped")
def poorly_recorded(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = case.head.person
    month = _death_month(stage, case)
    died = day_in(stage.rng, month)
    written = {
        "death_no_number": Identity(stage.people.name_of(person), None),
        "death_fifteen_digits": stage.fifteen(person),
        "death_mistyped": stage.mistyped(person),
    }[scenario.code]
    source = CERTIFICATE if scenario.code == "death_no_number" and stage.rng.random() < 0.5 else CREMATION
    record_death(stage, person, died, {source}, written=written)
    stage.record(scenario, case, person, died, case.paid_after(month))


@builds("death_roster_mistyped")
def roster_mistyped(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = case.head.person
    month = _death_month(stage, case)
    died = day_in(stage.rng, month)
    case.head.number = person_numbers.mistyped(stage.rng, stage.people.number_of(person))
    record_death(stage, person, died, some_sources(stage, person) - {PENSION} | {CREMATION})
    stage.record(BY_CODE["number_mistyped"], case, person, case.approved_on)
    stage.record(scenario, case, person, died, case.paid_after(month))


@builds("death_wrong_number", "death_shared_number", "death_upgraded", "death_same_name")
def somebody_else_died(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """A death record of another person that carries the living recipient's number or name."""
    case = cases[0]
    person = case.head.person
    people, rng = stage.people, stage.rng
    died = day_in(rng, stage.month(2016 * 12, DECEMBER - 3))
    own_age = people.age_of(person)
    other_age = own_age + int(rng.integers(9, 25)) * (1 if own_age < 72 else -1)
    written = stage.number_under_other_name(person)
    source = CERTIFICATE if scenario.code == "death_shared_number" else CREMATION
    if scenario.code == "death_upgraded":
        written = Identity(stage.other_name(person), person_numbers.fifteen_digits(people.number_of(person)))
    elif scenario.code == "death_same_name":
        written = Identity(people.name_of(person), None)
    record_death(stage, person, died, {source}, written=written, age=other_age)
    stage.record(scenario, case, person, died)


@builds("death_revoked")
def revoked(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = case.head.person
    died = day_in(stage.rng, stage.month(2016 * 12, DECEMBER - 5))
    record_death(stage, person, died, {REGISTRY})
    stage.people.status[person] = RESTORED
    stage.people.died[person] = epoch_day(died)
    stage.record(scenario, case, person, died)


def die_in_order(stage: Stage) -> None:
    """Lawful ends: on half of the stopped, untouched lone cases the person died after the month's transfer."""
    for case in stage.cases:
        if case.stop is None or case.uses or len(case.members) > 1 or case.stop < JANUARY or stage.rng.random() < 0.5:
            continue
        died = day_in(stage.rng, case.stop, min(28, case.paid_on(case.stop).day + 1), 28)
        record_death(stage, case.head.person, died, some_sources(stage, case.head.person) - {PENSION} or {REGISTRY})
