"""Households that are strange together, and as many that only look like it."""

from __future__ import annotations

import copy
from datetime import date, timedelta

from simulation.benefits import Case, Member
from simulation.caseload import certificate_number
from simulation.dates import JANUARY, day_in, month_of
from simulation.places import Village
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario


def to_one_village(cases: list[Case]) -> None:
    """Written down in the first one's village and by its officer, so that nothing but the scenario sets them apart."""
    for case in cases[1:]:
        case.village, case.approver, case.payday, case.program = (
            cases[0].village,
            cases[0].approver,
            cases[0].payday,
            cases[0].program,
        )


def officer_of(stage: Stage, village: Village) -> str:
    """Whoever approves in the village's town."""
    town = (village.county, village.town)
    return next(case.approver for case in stage.cases if (case.village.county, case.village.town) == town and not case.uses)


def _to_one_county(stage: Stage, cases: list[Case]) -> None:
    """Spread over villages of the first one's town, each under an officer of its own town."""
    town = [v for v in stage.places.villages if (v.county, v.town) == (cases[0].village.county, cases[0].village.town)]
    for n, case in enumerate(cases):
        case.village, case.approver, case.payday = town[n % len(town)], cases[0].approver, cases[0].payday


def _approve_together(stage: Stage, cases: list[Case]) -> None:
    first = day_in(stage.rng, stage.month(2015 * 12, 2016 * 12 + 9))
    for n, case in enumerate(cases):
        case.approved_on = first if n % 2 else date.fromordinal(first.toordinal() + 1)
        case.start = month_of(case.approved_on) + 1
        case.approver = cases[0].approver


def record_all(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    for case in cases:
        stage.record(scenario, case, case.head.person, case.approved_on, case.paid_after(JANUARY - 1))


@builds("account_row", "village_cards")
def cards_in_a_row(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    if scenario.trap:
        to_one_village(cases)
    else:
        _to_one_county(stage, cases)
    first = int(stage.rng.integers(10**14, 9 * 10**14))
    for n, case in enumerate(cases):
        case.account = f"9900{first + n}"
    record_all(stage, scenario, cases)


@builds("stray_telephone", "helper_telephone")
def one_telephone(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    if scenario.trap:
        to_one_village(cases)
    else:
        _to_one_county(stage, cases)
    for case in cases[1:]:
        case.phone = cases[0].phone
    record_all(stage, scenario, cases)


@builds("stranger_holds", "guardian_holds")
def one_holder(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    to_one_village(cases)
    holder = stage.other_name(cases[0].head.person)
    for case in cases:
        case.account_name = holder
        case.guardian = holder if scenario.trap else None
    record_all(stage, scenario, cases)


@builds("batch_alike", "campaign")
def in_one_go(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    _to_one_county(stage, cases)
    _approve_together(stage, cases)
    if not scenario.trap:
        a_head = float(stage.rng.integers(180, 320)) + 0.5
        for case in cases:
            case.yuan_by_month = [a_head * len(case.covered)] * 12
    record_all(stage, scenario, cases)


@builds("village_generous", "village_poor")
def in_one_village(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    to_one_village(cases)
    for case in cases:
        if not scenario.trap:
            case.category = "A"
            case.yuan_by_month = [round(case.standard * 1.2 * len(case.covered), 2)] * 12
    record_all(stage, scenario, cases)


@builds("before_approval", "reviewed_later")
def paid_before_approval(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    to_one_village(cases)
    for case in cases:
        case.approved_on = day_in(stage.rng, stage.month(JANUARY + 4, JANUARY + 9))
    record_all(stage, scenario, cases)


@builds("family_divided", "child_moved_out")
def two_of_one_book(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    leaving = case.covered[-1]
    second = copy.deepcopy(case)
    case.members.remove(leaving)
    case.heads_by_month, case.yuan_by_month = [len(case.covered)] * 12, [round(0.6 * case.standard * len(case.covered), 2)] * 12
    second.household_no = certificate_number(case.program, case.village, len(stage.cases) + 1)
    second.members = [Member(leaving.person, "户主")]
    second.heads_by_month, second.yuan_by_month = [1] * 12, [float(round(0.7 * case.standard))] * 12
    second.account, second.phone = f"9900{stage.rng.integers(10**14, 10**15)}", f"100{stage.rng.integers(10**7, 10**8)}"
    if scenario.trap:
        case.approved_on -= timedelta(days=3 * 365)
        case.start -= 36
    else:
        second.approved_on += timedelta(days=1)
    stage.cases.append(second)
    record_all(stage, scenario, [case, second])
