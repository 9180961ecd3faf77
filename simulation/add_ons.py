"""Add-ons to the benefit: for the severely ill or disabled, the old who live alone, the minors of a single parent."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulation.benefits import Case
from simulation.population import LONE_PARENT, People
from simulation.registers import Registers

COUNTY_WITHOUT = "420204"
"""Its roster leaves the two columns empty: nothing about add-ons can be said there."""
ILL, DISABLED, ALONE, SINGLE_PARENT = "重病", "重残", "独居老人", "单亲未成年人"
_ILL_FROM_YUAN, _OLD_FROM, _MINOR_BELOW = 20_000, 70, 18


def pay_add_ons(rng: np.random.Generator, people: People, cases: list[Case], registers: Registers) -> None:
    """Every class that the registers show is paid for, unless a scenario withholds it; the add-on is part of the monthly amount."""
    certificates = registers.frame("disabilities").filter(pl.col("level") <= 2)
    disabled = set(certificates["cert_no"].str.slice(0, 18))
    bills = registers.frame("medical_expenses").filter(pl.col("self_paid") >= _ILL_FROM_YUAN)
    ill = set(bills["id_number"].drop_nulls())
    for case in cases:
        if case.is_tekun or case.is_add_on_withheld or case.county_code == COUNTY_WITHOUT:
            continue
        numbers = {people.number_of(member.person) for member in case.covered}
        found = {
            ILL: bool(numbers & ill),
            DISABLED: bool(numbers & disabled),
            ALONE: is_old_and_alone(people, case),
            SINGLE_PARENT: has_single_parent(people, case),
        }
        case.add_on_kinds = [kind for kind, holds in found.items() if holds]
        if case.add_on_kinds:
            case.add_on_yuan = round(case.standard * float(rng.choice([0.2, 0.3, 0.5])), 2)


def is_old_and_alone(people: People, case: Case) -> bool:
    return len(case.members) == 1 and people.age_of(case.head.person) >= _OLD_FROM


def has_single_parent(people: People, case: Case) -> bool:
    """The head and the head's own children, one of them a minor, and no husband or wife in the book."""
    is_lone = people.book_type[people.book[case.head.person]] == LONE_PARENT
    return bool(is_lone) and any(people.age_of(member.person) < _MINOR_BELOW for member in case.covered)
