"""What one officer, one holder of an account or one village does with many households, and what only looks like it."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.benefits import Case
from simulation.dates import DECEMBER, JANUARY, day_in, month_of
from simulation.scenarios.offices import add_cadre, declare
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.strange_groups import record_all, to_one_village
from simulation.scenarios.table import Scenario

_WORKING_SATURDAYS = (
    date(2009, 1, 4), date(2010, 2, 20), date(2011, 1, 30), date(2012, 1, 21), date(2013, 1, 5), date(2014, 1, 26), date(2015, 1, 4),
    date(2016, 2, 6),
)  # fmt: skip
"""Days at weekends on which offices worked in exchange for a holiday, as the State Council had announced."""


def _approve_on(cases: list[Case], days: list[date]) -> None:
    for case, day in zip(cases, days, strict=True):
        case.approved_on, case.start = day, month_of(day) + 1


@builds("telephone_scattered", "grid_telephone")
def telephone_of_many(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    if scenario.trap:
        to_one_village(cases)
    for case in cases[1:]:
        case.phone = cases[0].phone
    record_all(stage, scenario, cases)


@builds("stranger_for_two", "kin_collects")
def holder_of_two(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    for case in cases:
        relative = stage.kin_off_roster(case)
        stage.people.is_taken[relative] = True
        case.account_name = stage.people.name_of(relative) if scenario.trap else stage.other_name(cases[0].head.person)
    if not scenario.trap:
        cases[1].village, cases[1].approver, cases[1].payday = cases[0].village, cases[0].approver, cases[0].payday
        cases[1].account_name = cases[0].account_name
    record_all(stage, scenario, cases)


@builds("officer_elsewhere", "stand_in")
def officer_of_another_town(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """Over years, one by one; or all within the three weeks in which the own officer approved nothing."""
    to_one_village(cases)
    place = cases[0].village
    other = next(
        case for case in stage.cases if case.village.county == place.county and case.village.town != place.town and not case.uses
    )
    if scenario.trap:
        first = day_in(stage.rng, stage.month(2015 * 12, JANUARY - 3))
        _approve_on(cases, [first + timedelta(days=4 * n) for n in range(len(cases))])
        for case in stage.cases:
            if case.village.county == place.county and case.village.town == place.town and case not in cases:
                while abs((case.approved_on - first).days - 10) < 40:
                    case.approved_on += timedelta(days=80)
    for case in cases:
        case.approver = other.approver
    record_all(stage, scenario, cases)


@builds("days_off", "working_saturdays")
def approved_at_weekends(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    to_one_village(cases)
    officer = stage.other_name(cases[0].head.person)
    first = day_in(stage.rng, stage.month(2009 * 12, 2010 * 12))
    days = [first + timedelta(days=5 - first.weekday() + 7 * 41 * n) for n in range(len(cases))]
    _approve_on(cases, list(_WORKING_SATURDAYS) if scenario.trap else days)
    for case in cases:
        case.approver = officer
    record_all(stage, scenario, cases)


@builds("village_admits")
def many_admitted(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """One village admits household after household within two years."""
    to_one_village(cases)
    _approve_on(cases, [day_in(stage.rng, stage.month(2015 * 12, JANUARY - 2)) for _ in cases])
    record_all(stage, scenario, cases)


@builds("heads_grow")
def growing_household(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    a_head, people = float(round(0.4 * case.standard)), len(case.covered)
    case.heads_by_month = [people + (place >= 6) + (place >= 8) for place in range(12)]
    case.yuan_by_month = [a_head * heads for heads in case.heads_by_month]
    case.roster_heads, case.roster_yuan = people + 2, a_head * (people + 2)
    record_all(stage, scenario, cases)


@builds("grace_without_end", "grace_of_months")
def long_grace(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    cases[0].grace_until = DECEMBER + (stage.month(3, 6) if scenario.trap else stage.month(20, 40))
    record_all(stage, scenario, cases)


@builds("one_sum", "sum_by_size")
def same_sum(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """Whatever the number of people, one sum a household; or by the number, and as different as means are."""
    to_one_village(cases)
    for case in cases:
        share = 0.3 if not scenario.trap else float(stage.rng.uniform(0.3, 0.9)) * len(case.covered)
        case.yuan_by_month = [float(round(share * case.standard)) + 7.0] * 12
    record_all(stage, scenario, cases)


@builds("one_deduction", "deductions")
def same_deduction(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    to_one_village(cases)
    same = float(stage.month(310, 690))
    for case in cases:
        case.rigid_expense = float(stage.month(150, 900)) if scenario.trap else same
    record_all(stage, scenario, cases)


@builds("kin_of_cadres")
def village_of_kin(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """Every household is close kin of a cadre of the village, and each was declared: one by one in order, together not."""
    to_one_village(cases)
    for case in cases:
        relative = stage.kin_off_roster(case)
        stage.people.is_taken[relative] = True
        cadre, person = stage.identity(relative), case.head.person
        add_cadre(stage, cadre, case, since=day_in(stage.rng, stage.month(2011 * 12, 2016 * 12)))
        declare(
            stage, cadre, "村干部", stage.identity(person), stage.parent_word(person), max(case.approved_on, date(2012, 4, 1))
        )
    record_all(stage, scenario, cases)


@builds("paid_at_once")
def no_week_of_publicity(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """Drawn from the month of approval on, where the county pays from the next."""
    to_one_village(cases)
    for case in cases:
        case.start = month_of(case.approved_on)
    record_all(stage, scenario, cases)
