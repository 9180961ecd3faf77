"""Households whose months are strange, and as many whose months only look like it."""

from __future__ import annotations

from simulation.benefits import Case
from simulation.dates import JANUARY, MONTHS
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario


def _record(stage: Stage, scenario: Scenario, case: Case) -> None:
    stage.record(scenario, case, case.head.person, case.approved_on, case.paid_after(JANUARY - 1))


@builds("amount_creeps", "amount_reviewed")
def rising_amount(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    usual = min(case.yuan_by_month[0], 0.7 * case.standard * len(case.covered))
    rises = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5] if not scenario.trap else [0] * 6 + [3] * 6
    case.yuan_by_month = [float(round(usual + 12 * steps)) for steps in rises]
    _record(stage, scenario, case)


@builds("account_wanders", "card_replaced")
def changing_account(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    changes = (4, 8) if not scenario.trap else (stage.month(3, 9),)
    for change in changes:
        account = f"9900{stage.rng.integers(10**14, 10**15)}"
        case.account_of_month |= {month: account for month in MONTHS if month - JANUARY >= change}
    _record(stage, scenario, case)


@builds("paid_apart", "paid_late_once")
def days_of_its_own(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    late = range(3, 10) if not scenario.trap else (stage.month(2, 10),)
    case.payday = tuple(day + 5 + place % 3 if place in late else day for place, day in enumerate(case.payday))
    _record(stage, scenario, case)
