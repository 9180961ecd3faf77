"""Rosters and payments as rows, from the benefit cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.benefits import NORMAL, Case, Member
from simulation.dates import DECEMBER, JANUARY, first_day, months_as_dates
from simulation.places import COUNTIES
from simulation.population import ACTIVE, People
from simulation.registers import Registers

_SELF_CARE = ("全自理", "半护理", "全护理")


def write_rosters(rng: np.random.Generator, people: People, cases: list[Case], registers: Registers) -> None:
    """`dibao_roster`: a row a member; `tekun_roster`: a row a person; both as of the end of 2017."""
    for case in cases:
        if case.is_off_roster:
            continue
        if case.is_tekun:
            _tekun_row(rng, people, case, registers)
        else:
            for member in case.members:
                _dibao_row(people, case, member, registers)


def written_number(people: People, member: Member) -> str:
    """The number as the roster has it."""
    return member.number or people.number_of(member.person)


def written_name(people: People, member: Member) -> str:
    return member.name or people.name_of(member.person)


def _place(case: Case) -> dict[str, str]:
    county = COUNTIES[case.village.county]
    return {"county_code": county.code, "county": county.name, "town": case.village.town, "village": case.village.name}


def _dibao_row(people: People, case: Case, member: Member, registers: Registers) -> None:
    registers.add(
        "dibao_roster",
        **_place(case),
        household_no=case.roster_no or case.household_no,
        program=case.program,
        head_name=written_name(people, case.head),
        head_id=written_number(people, case.head),
        name=written_name(people, member),
        id_number=written_number(people, member),
        relation=member.relation,
        covered="是" if member.is_covered else "否",
        single_person_cover="是" if case.is_single_cover else "否",
        category=case.category,
        approved_on=case.approved_on,
        start_month=first_day(case.start),
        stop_month=first_day(case.stop) if case.stop else None,
        grace_until=first_day(case.grace_until) if case.grace_until else None,
        covered_heads=case.roster_heads or case.heads_by_month[-1],
        monthly_amount=case.roster_yuan or case.yuan_by_month[-1],
        declared_assets="；".join(case.declared_assets) or None,
        rigid_expense=case.rigid_expense,
        bank_account=case.account,
        account_name=case.account_name or written_name(people, case.head),
        phone=case.phone,
        approver=case.approver,
        add_on_kinds="；".join(case.add_on_kinds) or None,
        add_on_amount=case.add_on_yuan,
    )


def _tekun_row(rng: np.random.Generator, people: People, case: Case, registers: Registers) -> None:
    person = case.head
    registers.add(
        "tekun_roster",
        **_place(case),
        tekun_no=case.household_no,
        name=written_name(people, person),
        id_number=written_number(people, person),
        program=case.program,
        care_mode="集中" if case.institution else "分散",
        institution=case.institution,
        self_care=_SELF_CARE[int(rng.choice(3, p=[0.6, 0.25, 0.15]))],
        approved_on=case.approved_on,
        start_month=first_day(case.start),
        stop_month=first_day(case.stop) if case.stop else None,
        monthly_amount=case.yuan_by_month[-1],
        bank_account=case.account,
        account_name=case.account_name or written_name(people, person),
        guardian=case.guardian,
        approver=case.approver,
    )


def write_payments(people: People, cases: list[Case], registers: Registers) -> None:
    """`payments`: every transfer of 2017 drawn on a roster key; the payee is the head."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "county_code",
            "program",
            "household_no",
            "name",
            "id_number",
            "for_month",
            "paid_on",
            "heads",
            "amount",
            "kind",
            "bank_account",
            "account_name",
            "batch_no",
        )
    }
    for case in cases:
        name, number = written_name(people, case.head), written_number(people, case.head)
        code, holder = case.county_code, case.account_name or name
        for payment in case.payments():
            batch = f"{'FF' if payment.kind == NORMAL else 'BF'}{payment.paid_on:%Y%m}{code}"
            row = (
                code,
                payment.program,
                case.household_no,
                name,
                number,
                first_day(payment.month),
                payment.paid_on,
                payment.heads,
                payment.yuan,
                payment.kind,
                case.account_of_month.get(payment.month, case.account),
                holder,
                batch,
            )
            for column, cell in zip(columns.values(), row, strict=True):
                column.append(cell)
    registers.add_frame("payments", columns)


def write_next_payments(people: People, cases: list[Case], registers: Registers) -> None:
    """`payments_next`: what is to be paid for January 2018 to the households that still draw."""
    drawing = [case for case in cases if case.stop is None and case.paid_through is None]
    columns: dict[str, list[Any]] = {
        "county_code": [case.county_code for case in drawing],
        "program": [case.program for case in drawing],
        "household_no": [case.household_no for case in drawing],
        "name": [written_name(people, case.head) for case in drawing],
        "id_number": [written_number(people, case.head) for case in drawing],
        "for_month": [first_day(DECEMBER + 1) for _ in drawing],
        "heads": [case.heads_by_month[-1] for case in drawing],
        "amount": [case.yuan_by_month[-1] for case in drawing],
        "kind": [NORMAL for _ in drawing],
        "bank_account": [case.account for case in drawing],
        "account_name": [case.account_name or written_name(people, case.head) for case in drawing],
        "batch_no": [f"NF201801{case.county_code}" for case in drawing],
    }
    registers.add_frame("payments_next", columns)


def write_aids(rng: np.random.Generator, people: People, registers: Registers, count: int, excluded: set[int]) -> None:
    """Medical and temporary aids far below their caps, one a person, until the year's records are complete."""
    pool = np.flatnonzero((people.status == ACTIVE) & ~people.is_taken & (people.age >= 18) & (people.died < 0))
    pool = pool[~np.isin(pool, np.fromiter(excluded, dtype=np.int64, count=len(excluded)))]
    weight = np.where(people.is_rostered[pool], 8.0, 0.05)
    count = min(count, len(pool) // 4)
    payees = rng.choice(pool, size=count, replace=False, p=weight / weight.sum())
    is_medical = rng.random(count) < 0.72
    month = rng.integers(JANUARY, DECEMBER + 1, count)
    yuan = np.where(is_medical, rng.gamma(1.6, 1800, count).clip(200, 24_000), rng.gamma(2.0, 500, count).clip(200, 4000))
    codes = people.village_texts(payees)["county_code"]
    registers.add_frame(
        "payments",
        {
            "county_code": codes,
            "program": np.where(is_medical, "医疗救助", "临时救助"),
            "name": people.name.gather(payees),
            "id_number": people.number.gather(payees),
            "for_month": months_as_dates(month),
            "paid_on": months_as_dates(month) + rng.integers(3, 27, count).astype("timedelta64[D]"),
            "heads": np.ones(count, dtype=np.int64),
            "amount": np.round(yuan, 1),
            "kind": np.full(count, NORMAL),
            "bank_account": [f"9900{a}" for a in rng.integers(10**14, 10**15, count)],
            "account_name": people.name.gather(payees),
            "batch_no": [f"JZ{m - JANUARY + 1:02d}{c}" for m, c in zip(month, codes, strict=True)],
        },
    )
