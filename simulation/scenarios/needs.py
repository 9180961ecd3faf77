"""M01-M05: people outside the rosters who need help, and those who only look like it."""

from __future__ import annotations

from datetime import date

from simulation.benefits import Case, Member
from simulation.dates import DECEMBER, day_in
from simulation.places import COUNTIES
from simulation.population import ALONE, COUPLE, FOUR, THREE, WITH_GRANDCHILD
from simulation.scenarios.incomes import add_insurance, add_pension
from simulation.scenarios.stage import Finding, Stage, builds
from simulation.scenarios.table import BY_CODE, Scenario
from simulation.scenarios.vehicles import CAR, Vehicle, add_vehicle


@builds(
    "needs_disabled",
    "needs_disabled_means",
    "needs_medical",
    "needs_medical_means",
    "needs_monitored",
    "needs_monitored_means",
)
def needs(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """`cases` is empty: nobody involved is on a roster. The whole household book stays free of other events."""
    people, rng = stage.people, stage.rng
    person = stage.outsider(24, 78)
    for kin in people.kin_of(person):
        people.is_taken[kin] = True
    if scenario.rule == "M01":
        kind, level = (int(rng.integers(1, 8)), int(rng.integers(1, 3))) if rng.random() < 0.8 else (int(rng.integers(5, 7)), 3)
        stage.certify_disability(person, kind=kind, level=level)
    elif scenario.rule == "M02":
        self_paid = float(rng.uniform(42_000, 160_000))
        reimbursed = self_paid * float(rng.uniform(0.4, 1.2))
        stage.registers.add(
            "medical_expenses",
            name=people.name_of(person),
            id_number=people.number_of(person),
            year=2017,
            total=round(self_paid + reimbursed, 2),
            reimbursed=round(reimbursed, 2),
            self_paid=round(self_paid, 2),
        )
    else:
        person = _monitored_book(stage, person)
    if scenario.trap:
        _add_means(stage, person)
    _record(stage, scenario, person)


def _record(stage: Stage, scenario: Scenario, person: int) -> None:
    village = stage.people.places.villages[int(stage.people.village[person])]
    county, number = COUNTIES[village.county].code, stage.people.number_of(person)
    stage.findings.append(
        Finding(scenario.code, scenario.rule, scenario.trap, scenario.label, number, "", county, "", 0.0, None, number)
    )


@builds("destitute_old", "destitute_disabled", "destitute_pension", "destitute_spouse")
def destitute(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """Alone in the household book; no row of a pension but where the scenario gives one."""
    people, rng = stage.people, stage.rng
    is_disabled = scenario.code == "destitute_disabled"
    person = stage.outsider(*((26, 55) if is_disabled else (62, 88)), books=(ALONE,))
    people.has_own_pension_row[person] = True
    if is_disabled:
        stage.certify_disability(person, kind=4, level=1)
        _record(stage, BY_CODE["needs_disabled"], person)
    elif scenario.code == "destitute_pension":
        add_pension(stage, stage.identity(person), "企业职工", 2014 * 12, float(rng.uniform(1900, 3600)))
    elif scenario.code == "destitute_spouse":
        stage.spouse_elsewhere(Member(person, "户主"))
    _record(stage, scenario, person)


@builds("disabled_several", "disabled_several_means", "disabled_kept_by_old")
def several_disabled(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """The subject is the head of the book."""
    people, rng = stage.people, stage.rng
    is_kept = scenario.code == "disabled_kept_by_old"
    person = stage.outsider(66, 74, books=(WITH_GRANDCHILD,)) if is_kept else stage.outsider(32, 54, books=(COUPLE, THREE, FOUR))
    kin = people.kin_of(person)
    for member in kin:
        people.is_taken[member] = True
    if is_kept:
        stage.certify_disability(kin[2], kind=int(rng.integers(4, 7)), level=1)
        _record(stage, BY_CODE["needs_disabled"], kin[2])
    else:
        for member in kin[:2]:
            stage.certify_disability(member, kind=int(rng.integers(1, 5)), level=int(rng.integers(3, 5)))
    if scenario.trap:
        _add_means(stage, person)
    _record(stage, scenario, kin[0])


def _monitored_book(stage: Stage, person: int) -> int:
    """The household of the person as a monitored poor household; its head."""
    people, rng = stage.people, stage.rng
    head = people.kin_of(person)[0]
    number = f"MD{stage.registers.serial('poor household'):08d}"
    since = day_in(rng, stage.month(2015 * 12, DECEMBER - 6))
    income = round(float(rng.uniform(2100, 3300)), 2)
    for kin in people.kin_of(person):
        stage.registers.add(
            "poverty_register",
            book_no=number,
            name=people.name_of(kin),
            id_number=people.number_of(kin),
            relation="户主" if kin == head else "家庭成员",
            status="监测户",
            since_on=since,
            per_head_income=income,
        )
    return head


def _add_means(stage: Stage, person: int) -> None:
    """A pension, a job or a car, as the age allows, in the book of the person."""
    rng, people = stage.rng, stage.people
    adults = [kin for kin in people.kin_of(person) if people.age_of(kin) >= 22] or [person]
    owner = adults[int(rng.integers(len(adults)))]
    who = stage.identity(owner)
    if people.age_of(owner) >= 60:
        people.has_own_pension_row[owner] = True
        add_pension(stage, who, "企业职工", 2014 * 12, float(rng.uniform(1900, 3600)))
    elif rng.random() < 0.6:
        people.has_own_insurance_row[owner] = True
        add_insurance(stage, who, "单位职工", stage.month(2010 * 12, 2016 * 12), None, float(rng.uniform(3200, 7000)))
    else:
        bought = date(2014 + int(rng.integers(0, 4)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
        add_vehicle(stage, who, Vehicle(CAR, bought, float(rng.integers(600, 2200)) * 100))
