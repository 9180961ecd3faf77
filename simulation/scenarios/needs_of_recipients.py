"""M06-M08: people on the rosters, or stopped a short while ago, who get less than they should."""

from __future__ import annotations

from datetime import date

from simulation.benefits import Case
from simulation.dates import DECEMBER, JANUARY, first_day
from simulation.scenarios.incomes import add_insurance
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario
from simulation.visits import CADRE, TEAM


@builds("stopped_job_ended", "stopped_job_lasts")
def stopped(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """The benefit ends in the month in which somebody found work."""
    case, rng, people = cases[0], stage.rng, stage.people
    person = stage.adult(case).person
    month = stage.month(JANUARY + 1, DECEMBER - 5)
    case.stop_paying(month)
    for kin in people.kin_of(person):
        people.is_taken[kin] = True
    people.has_own_insurance_row[person] = True
    until = None if scenario.trap else stage.month(month + 1, DECEMBER - 3)
    add_insurance(stage, stage.identity(person), "单位职工", month, until, float(rng.uniform(3200, 5200)))
    stage.record(scenario, case, case.head.person, first_day(month))


@builds("add_on_withheld", "add_on_paid")
def add_on(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.adult(case).person
    stage.certify_disability(person, kind=int(stage.rng.integers(4, 7)), level=int(stage.rng.integers(1, 3)))
    case.is_add_on_withheld = not scenario.trap
    stage.record(scenario, case, person, first_day(case.start))


@builds("visits_no_team", "visits_no_cadre", "visits_made")
def visits(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    case.visits_missed = {"visits_no_team": TEAM, "visits_no_cadre": CADRE}.get(scenario.code, "")
    stage.record(scenario, case, case.head.person, date(2017, 10, 1))
