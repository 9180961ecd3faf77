"""Money that rosters, registers or caps do not explain, and as much that only looks like it."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation import policy
from simulation.benefits import Case
from simulation.caseload import certificate_number
from simulation.dates import JANUARY, MONTHS, day_in, month_of
from simulation.population import MOVED_AWAY
from simulation.scenarios.death_records import record_death, some_sources
from simulation.scenarios.payment_files import MEDICAL_AID, TEMPORARY_AID, pay_aid
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.strange_groups import officer_of, record_all, to_one_village
from simulation.scenarios.table import BY_CODE, Scenario


@builds("off_roster", "certificate_renewed")
def certificate_unknown(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    if scenario.trap:
        case.roster_no = certificate_number(case.program, case.village, 90_000 + int(stage.rng.integers(9000)))
    else:
        case.is_off_roster = True
    record_all(stage, scenario, cases)


@builds("above_roster", "raise_not_written")
def roster_states_less(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    case.roster_yuan = float(round(0.5 * case.standard * len(case.covered)))
    more = float(round(case.roster_yuan * float(stage.rng.uniform(1.15, 1.7))))
    since = stage.month(10, 11) if scenario.trap else stage.month(0, 6)
    case.yuan_by_month = [case.roster_yuan if place < since else more for place in range(12)]
    record_all(stage, scenario, cases)


@builds("more_heads", "child_born")
def more_heads_than_people(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    people = len(case.covered)
    since = stage.month(10, 11) if scenario.trap else 0
    a_head = float(round(0.45 * case.standard))
    case.heads_by_month = [people + (place >= since) for place in range(12)]
    case.yuan_by_month = [a_head * heads for heads in case.heads_by_month]
    case.roster_heads, case.roster_yuan = people, a_head * people
    record_all(stage, scenario, cases)


@builds("on_and_off", "suspended_once")
def interrupted(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    first = stage.month(JANUARY + 1, JANUARY + 4)
    case.unpaid |= {first, first + 1} if scenario.trap else {first, first + 3, first + 4, first + 6}
    record_all(stage, scenario, cases)


@builds("all_moved_away", "one_moved_away")
def struck_off(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    for member in case.members[1:] if scenario.trap else case.members:
        stage.people.status[member.person] = MOVED_AWAY
        stage.people.cancelled[member.person] = (date(2016, 1, 1) - date(1970, 1, 1)).days + stage.month(0, 500)
    record_all(stage, scenario, cases)


@builds("peak", "left_out_and_made_up")
def one_high_month(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    usual, place = float(round(0.3 * case.standard * len(case.covered))), stage.month(3, 9)
    case.yuan_by_month = [usual if month != place else usual * 2 for month in range(12)]
    if scenario.trap:
        case.unpaid.add(JANUARY + place - 1)
    record_all(stage, scenario, cases)


@builds("begun_early")
def drawn_before_approved(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    case.start = stage.month(JANUARY, JANUARY + 4)
    case.approved_on = day_in(stage.rng, case.start + stage.month(2, 5))
    record_all(stage, scenario, cases)


@builds("below_cap", "cap_reached")
def aid_near_its_cap(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    for case in cases:
        stage.aid_payees.add(case.head.person)
        part = 1.0 if scenario.trap else float(stage.rng.uniform(0.983, 0.999))
        pay_aid(stage, case, TEMPORARY_AID, stage.month(MONTHS[0], MONTHS[-1]), part * policy.TEMPORARY_CAP_YUAN)
    record_all(stage, scenario, cases)


@builds("aid_again", "treated_monthly")
def aid_again_and_again(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    stage.aid_payees.add(case.head.person)
    for month in MONTHS[:: stage.month(1, 2)]:
        yuan = float(stage.rng.uniform(600, 1200))
        pay_aid(stage, case, MEDICAL_AID if scenario.trap else TEMPORARY_AID, month, yuan)
    record_all(stage, scenario, cases)


@builds("village_crowded")
def crowded_village(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """More households than a village of its size has, in the smallest one of the first one's county."""
    inhabitants = np.bincount(stage.people.village, minlength=len(stage.places.villages))
    first = cases[0].village
    county = [v for v in stage.places.villages if (v.county, v.is_urban) == (first.county, first.is_urban)]
    cases[0].village = min(county, key=lambda v: (inhabitants[v.index] < 100, inhabitants[v.index]))
    cases[0].approver = officer_of(stage, cases[0].village)
    to_one_village(cases)
    record_all(stage, scenario, cases)


@builds("deaths_unreported", "deaths_reported")
def village_of_deaths(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """In each household somebody died in 2016 or 2017: nothing changed anywhere, or everything at once."""
    to_one_village(cases)
    for case in cases:
        member, month = case.covered[-1], stage.month(2016 * 12 + 3, JANUARY + 6)
        died = day_in(stage.rng, month)
        record_death(stage, member.person, died, some_sources(stage, member.person))
        if scenario.trap:
            case.remove_from_benefit(member, after=month)
            stage.record(BY_CODE["death_member_removed"], case, member.person, died)
        else:
            stage.record(BY_CODE["death_member_counted"], case, member.person, died, case.paid_after(month, per_head=True))
        stage.record(scenario, case, case.head.person, died, case.paid_after(month_of(died)))
