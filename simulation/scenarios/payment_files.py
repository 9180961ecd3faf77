"""R01 and F01-F04: twice on the rosters, and faults of the payment files themselves."""

from __future__ import annotations

import copy
from datetime import date

from simulation import names, person_numbers, policy
from simulation.benefits import ARREARS, NORMAL, Case, Member, Payment
from simulation.caseload import certificate_number
from simulation.dates import DECEMBER, JANUARY, day_in, first_day
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import BY_CODE, Scenario

MEDICAL_AID, TEMPORARY_AID = "医疗救助", "临时救助"


def _second_case(stage: Stage, case: Case, person: int, *, county_differs: bool, program: str | None = None) -> Case:
    """Another benefit for the person alone, in another village, and another county if so asked."""
    while True:
        village = stage.places.villages[int(stage.rng.integers(len(stage.places.villages)))]
        if (village.county != case.village.county) == county_differs:
            break
    second = copy.deepcopy(case)
    second.village = village
    second.members = [Member(person, "户主")]
    second.extra, second.unpaid, second.uses, second.declared_assets = [], set(), ["twice"], []
    second.program = program or ("城市低保" if village.is_urban else "农村低保")
    if program == "特困":
        second.program = "城市特困" if village.is_urban else "农村特困"
    # Cases are numbered as they are made, so the next number is free.
    second.household_no = certificate_number(second.program, village, len(stage.cases) + 1)
    second.heads_by_month = [1] * 12
    second.yuan_by_month = [second.standard if second.is_tekun else float(round(second.standard * 0.7))] * 12
    second.account = f"9900{stage.rng.integers(10**14, 10**15)}"
    second.payday = next(other.payday for other in stage.cases if other.village.county == village.county)
    stage.cases.append(second)
    return second


@builds("twice_counties", "twice_tekun", "twice_households", "twice_two_numbers")
def twice(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    member = stage.adult(case)
    program = (
        "特困" if scenario.code == "twice_tekun" and not case.is_tekun else "农村低保" if scenario.code == "twice_tekun" else None
    )
    second = _second_case(stage, case, member.person, county_differs=scenario.code == "twice_counties", program=program)
    if scenario.code == "twice_two_numbers":
        second.head.number = person_numbers.fifteen_digits(stage.people.number_of(member.person))
        stage.record(BY_CODE["number_fifteen"], second, member.person, second.approved_on)
    since = max(second.start, JANUARY)
    amount = second.paid_after(since - 1)
    stage.record(scenario, case, member.person, first_day(second.start), amount, other_household=second.household_no)


@builds("twice_transferred", "twice_reversed")
def twice_lawfully(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    member = case.head
    month = stage.month(JANUARY + 2, DECEMBER - 3)
    second = _second_case(stage, case, member.person, county_differs=bool(stage.rng.random() < 0.5))
    second.start, second.approved_on = month, day_in(stage.rng, month - 1)
    if scenario.code == "twice_transferred":
        case.stop_paying(month)
    else:
        last = month + stage.month(0, 1)
        second.stop_paying(last)
        second.stop = month
        second.refund(range(month, last + 1), day_in(stage.rng, last + 1))
    stage.record(scenario, case, member.person, first_day(month), other_household=second.household_no)


@builds("over_standard", "over_add_on", "over_lump")
def above_standard(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    allowed = case.standard * len(case.covered)
    month = stage.month(JANUARY + 1, DECEMBER - 4)
    amount = 0.0
    if scenario.code == "over_lump":
        owed = [month - 2, month - 1, month]
        case.unpaid.update(owed)
        lump = round(sum(case.yuan_by_month[m - JANUARY] for m in owed) + allowed, 2)
        case.extra.append(Payment(case.program, month, day_in(stage.rng, month + 1), len(case.covered), lump, ARREARS))
    else:
        factor = (
            float(stage.rng.uniform(1.25, 1.9)) if scenario.code == "over_standard" else float(stage.rng.choice([1.2, 1.3, 1.5]))
        )
        paid = round(allowed * factor, 2)
        case.yuan_by_month = [y if JANUARY + i < month else paid for i, y in enumerate(case.yuan_by_month)]
        amount = round((paid - allowed) * (DECEMBER - month + 1), 2)
        if scenario.code == "over_add_on":
            case.category = "A"
            stage.certify_disability(case.head.person, kind=4, level=1)
    stage.record(scenario, case, case.head.person, first_day(month), amount)


@builds("collector", "home_account", "guardian_account")
def one_account(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    account = f"9900{stage.rng.integers(10**14, 10**15)}"
    keeper = names.one_name(stage.rng, is_male=bool(stage.rng.random() < 0.6), birth_year=1970)
    home = f"{cases[0].village.town}福利院"
    for case in cases:
        case.account, case.account_name = account, keeper
        if scenario.code == "home_account":
            case.institution = case.account_name = home
        elif scenario.code == "guardian_account":
            case.guardian = keeper
        stage.record(scenario, case, case.head.person, date(2017, 1, 1), case.paid_after(JANUARY - 1))


@builds("paid_after_stop", "arrears_after_stop")
def after_stop(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    month = stage.month(JANUARY + 3, DECEMBER - 5)
    if scenario.trap:
        case.stop_paying(month)
        case.pay_arrears(range(month - 1, month + 1), day_in(stage.rng, month + 2))
    else:
        case.stop_paying(min(DECEMBER, month + stage.month(2, 5)))
        case.stop = month
    stage.record(scenario, case, case.head.person, first_day(month), case.paid_after(month))


def pay_aid(stage: Stage, case: Case, program: str, month: int, yuan: float) -> None:
    """An aid to the head of the case: no household number on the row."""
    who = stage.identity(case.head.person)
    paid = day_in(stage.rng, month)
    stage.registers.add(
        "payments",
        county_code=case.county_code,
        program=program,
        name=who.name,
        id_number=who.number,
        for_month=first_day(month),
        paid_on=paid,
        heads=1,
        amount=round(yuan, 2),
        kind=NORMAL,
        bank_account=case.account,
        account_name=who.name,
        batch_no=f"JZ{month - JANUARY + 1:02d}{case.county_code}",
    )


@builds("aid_above_cap", "aid_two_kinds")
def aid(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    stage.aid_payees.add(case.head.person)
    amount = 0.0
    if scenario.trap:
        pay_aid(
            stage,
            case,
            MEDICAL_AID,
            stage.month(JANUARY, DECEMBER),
            float(rng.uniform(0.8, 0.99)) * policy.MEDICAL_CAP_YUAN,
        )
        pay_aid(
            stage,
            case,
            TEMPORARY_AID,
            stage.month(JANUARY, DECEMBER),
            float(rng.uniform(0.9, 1.0)) * policy.TEMPORARY_CAP_YUAN,
        )
    else:
        program, cap = (
            (MEDICAL_AID, policy.MEDICAL_CAP_YUAN) if rng.random() < 0.6 else (TEMPORARY_AID, policy.TEMPORARY_CAP_YUAN)
        )
        paid = 0.0
        for _ in range(3):
            part = round(cap * float(rng.uniform(0.36, 0.5)), 2)
            pay_aid(stage, case, program, stage.month(JANUARY, DECEMBER), part)
            paid += part
        amount = round(paid - cap, 2)
    stage.record(scenario, case, case.head.person, first_day(JANUARY), amount)
