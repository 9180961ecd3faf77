"""Plays every scenario of the table on the city: what the registers show and what is true."""

from __future__ import annotations

from collections.abc import Callable

from simulation.scenarios import (
    deaths,
    firms,
    identities,
    incomes,
    needs,
    needs_of_recipients,
    offices,
    payment_files,
    properties,
    strange_groups,
    strange_money,
    strange_months,
    strange_offices,
    vehicles,
)
from simulation.scenarios.stage import BUILDERS, Stage
from simulation.scenarios.table import BY_CODE, SCENARIOS, Scenario

__all__ = ["BY_CODE", "SCENARIOS", "Scenario", "Stage", "play_all"]
# Importing a module registers its builders.
_MODULES = (
    deaths,
    firms,
    identities,
    incomes,
    needs,
    needs_of_recipients,
    offices,
    payment_files,
    properties,
    strange_groups,
    strange_money,
    strange_months,
    strange_offices,
    vehicles,
)


def play_all(stage: Stage, scale: float, report: Callable[[str], None], *, lookalikes: float = 1.0) -> None:
    """Every scenario `cases * scale` times, at least once; groups are played whole. lookalikes: times so many innocent ones.

    A scenario that finds no fitting household any more stops early: small cities run out of kin.
    """
    for scenario in SCENARIOS:
        wanted = scenario.cases * scale * (lookalikes if scenario.trap else 1.0)
        groups = max(1, round(wanted / scenario.group))
        build = BUILDERS[scenario.code]
        for done in range(groups):
            if scenario.wants == "outside":
                build(stage, scenario, [])
                continue
            cases = [case for case in (stage.take(scenario) for _ in range(scenario.group)) if case is not None]
            if len(cases) < scenario.group:
                report(f"{scenario.code}: {done} of {groups} played, no fitting household is left")
                if done == 0:
                    raise LookupError(f"No household fits scenario {scenario.code} ({scenario.wants}); simulate a larger city.")
                break
            build(stage, scenario, cases)
    deaths.die_in_order(stage)
