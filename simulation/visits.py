"""Visits to households that draw, as two counties register them: the last quarter of 2017."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from simulation.benefits import Case
from simulation.dates import AS_OF, day_in, month_of
from simulation.population import People
from simulation.registers import Registers
from simulation.rolls import written_name, written_number

COUNTIES_WITH_VISITS = ("420222", "420281")
FIRST_DAY = date(2017, 10, 2)
"""A Monday; whole weeks from here to the end of the year."""
TEAM, CADRE = "驻村工作队", "村干部"
DUTIES = (TEAM, CADRE)
_WEEKS = (AS_OF - FIRST_DAY).days // 7 + 1


def is_visited(case: Case) -> bool:
    return case.county_code in COUNTIES_WITH_VISITS and case.stop is None and not case.is_tekun


def write_visits(rng: np.random.Generator, people: People, cases: list[Case], registers: Registers) -> None:
    """`visits`: a month one of the team, a week one of a village cadre; of an eighth of the households without a number."""
    rows: dict[str, list[object]] = {
        name: [] for name in ("county_code", "town", "village", "name", "id_number", "visitor", "visitor_kind", "visited_on")
    }
    for case in cases:
        if not is_visited(case):
            continue
        has_number = rng.random() >= 0.125
        months = [day_in(rng, month) for month in range(month_of(FIRST_DAY), month_of(AS_OF) + 1)]
        weeks = [FIRST_DAY + timedelta(days=7 * week + int(rng.integers(5))) for week in range(_WEEKS)]
        for kind, visits in ((TEAM, months), (CADRE, weeks)):
            for day in visits[:1] if case.visits_missed == kind else visits:
                cells = (
                    case.county_code, case.village.town, case.village.name, written_name(people, case.head),
                    written_number(people, case.head) if has_number else None, case.approver, kind, day,
                )  # fmt: skip
                for column, cell in zip(rows.values(), cells, strict=True):
                    column.append(cell)
    registers.add_frame("visits", rows)
