"""U01 and X01: numbers that do not fit the registry, and cases that are strange without any rule."""

from __future__ import annotations

from datetime import date, timedelta

from simulation import person_numbers
from simulation.benefits import Case
from simulation.dates import JANUARY, day_in, epoch_day, month_of
from simulation.population import MOVED_AWAY
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario


@builds("number_mistyped", "number_of_other", "number_unknown", "number_fifteen", "number_rare_name")
def odd_number(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    member = case.covered[int(stage.rng.integers(len(case.covered)))]
    people = stage.people
    registered = people.number_of(member.person)
    if scenario.code == "number_mistyped":
        member.number = person_numbers.mistyped(stage.rng, registered)
    elif scenario.code == "number_of_other":
        age = people.age_of(member.person)
        member.number = people.number_of(stage.outsider(max(20, age - 15), max(40, age + 15)))
    elif scenario.code == "number_unknown":
        born = people.born_on(member.person)
        member.number = stage.stranger(is_male=bool(people.is_male[member.person]), birth=born).number
    elif scenario.code == "number_fifteen":
        member.number = person_numbers.fifteen_digits(registered)
    else:
        member.name = people.name_of(member.person)[:-1] + str(stage.rng.choice(["?", "□"]))
    stage.record(scenario, case, member.person, case.approved_on)


@builds("ghost")
def ghost(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """The roster's person is made up: number and name that no register knows."""
    case = cases[0]
    born = stage.people.born_on(case.head.person) + timedelta(days=int(stage.rng.integers(-400, 400)))
    invented = stage.stranger(is_male=True, birth=born)
    # The registered person behind the case left the city long ago, so nothing else happens to them.
    stage.people.status[case.head.person] = MOVED_AWAY
    stage.people.cancelled[case.head.person] = epoch_day(case.approved_on - timedelta(days=900))
    stage.people.is_taken[case.head.person] = True
    stage.people.is_rostered[case.head.person] = False
    case.head.number, case.head.name = invented.number, invented.name
    case.account_name = stage.other_name(case.head.person)
    stage.record(scenario, case, case.head.person, case.approved_on, case.paid_after(JANUARY - 1), subject=invented.number)


@builds("batch", "relief_batch")
def one_day_batch(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    approved = day_in(stage.rng, stage.month(2015 * 12, 2016 * 12 + 9))
    is_real = not scenario.trap
    village = cases[0].village
    for case in cases:
        case.approved_on = approved if is_real else date(2016, 7, 25)
        case.start = month_of(case.approved_on) + 1
        case.approver = cases[0].approver
        case.village, case.payday = village, cases[0].payday
        if is_real:
            case.phone = cases[0].phone
            case.yuan_by_month = [case.standard] * 12
            case.category = "A"
        stage.record(scenario, case, case.head.person, case.approved_on, case.paid_after(JANUARY - 1))
