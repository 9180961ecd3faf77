"""V01: vehicles in the name of a member of the household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulation import firm_codes
from simulation.benefits import Case
from simulation.dates import AS_OF, DECEMBER, day_in, month_of
from simulation.registers import Identity
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario

CAR, TRUCK, MOTORCYCLE, MOPED, SLOW, TRACTOR, AID = (
    "小型汽车",
    "大型汽车",
    "普通摩托车",
    "轻便摩托车",
    "低速车",
    "拖拉机",
    "残疾人专用车",
)
VEHICLE_KINDS = {
    CAR: ("小型轿车", "小型普通客车"),
    TRUCK: ("中型货车", "重型货车"),
    MOTORCYCLE: ("普通二轮摩托车", "正三轮摩托车"),
    MOPED: ("轻便二轮摩托车",),
    SLOW: ("低速货车", "三轮汽车"),
    TRACTOR: ("手扶拖拉机", "轮式拖拉机"),
    AID: ("正三轮残疾人专用车",),
}


@dataclass(frozen=True)
class Vehicle:
    """How a vehicle stands on the register; price in yuan."""

    plate_kind: str
    registered: date
    price: float | None
    status: str = "正常"
    usage: str = "非营运"
    kind: str | None = None
    inspected_to: date | None = None


def add_vehicle(stage: Stage, who: Identity, vehicle: Vehicle) -> None:
    serial = np.array([stage.registers.serial("plate")])
    inspected = vehicle.inspected_to
    if inspected is None and vehicle.status == "正常":
        inspected = AS_OF + timedelta(days=int(stage.rng.integers(20, 700)))
    stage.registers.add(
        "vehicles",
        owner_name=who.name,
        owner_id=who.number,
        plate_kind=vehicle.plate_kind,
        plate_no=firm_codes.plates(serial)[0],
        vehicle_kind=vehicle.kind or str(stage.rng.choice(VEHICLE_KINDS[vehicle.plate_kind])),
        usage=vehicle.usage,
        registered_on=vehicle.registered,
        price=vehicle.price,
        status=vehicle.status,
        inspected_to=inspected,
    )


def _price(stage: Stage, low: int, high: int) -> float:
    return float(round(float(stage.rng.uniform(low, high)), -2))


def _bought(stage: Stage, case: Case) -> date:
    return day_in(stage.rng, stage.event_month(case, earliest=2012 * 12))


def _new_car(stage: Stage, case: Case) -> Vehicle:
    return Vehicle(CAR, _bought(stage, case), _price(stage, 42_000, 165_000))


@builds(
    "car_bought",
    "car_several",
    "car_of_disabled",
    "car_beside_declared",
    "car_name_variant",
    "car_fifteen_digits",
    "car_mistyped",
    "car_borrowed",
    "car_other_name",
)
def live_car(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.adult(case).person
    who = {
        "car_name_variant": lambda: Identity(stage.former_name(person), stage.people.number_of(person)),
        "car_fifteen_digits": lambda: stage.fifteen(person),
        "car_mistyped": lambda: stage.mistyped(person),
        "car_other_name": lambda: stage.number_under_other_name(person),
    }.get(scenario.code, lambda: stage.identity(person))()
    car = _new_car(stage, case)
    add_vehicle(stage, who, car)
    if scenario.code == "car_several":
        for _ in range(stage.month(1, 2)):
            add_vehicle(
                stage,
                who,
                Vehicle(CAR, day_in(stage.rng, case.start - stage.month(1, 40)), _price(stage, 30_000, 90_000)),
            )
    elif scenario.code == "car_of_disabled":
        stage.certify_disability(person, kind=4, level=3)
    elif scenario.code == "car_beside_declared":
        case.declared_assets.append("摩托车1辆")
        add_vehicle(
            stage,
            who,
            Vehicle(MOTORCYCLE, day_in(stage.rng, case.start - stage.month(5, 50)), _price(stage, 3000, 7000)),
        )
    stage.record(scenario, case, person, car.registered, case.paid_after(month_of(car.registered)))


@builds("truck_for_hire", "car_overdue", "car_scrapped", "car_sold_before", "car_declared", "car_old_cheap")
def other_state(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    old = day_in(rng, case.start - stage.month(30, 110))
    if scenario.code == "truck_for_hire":
        vehicle = Vehicle(
            TRUCK, _bought(stage, case), _price(stage, 60_000, 240_000), usage="货运" if rng.random() < 0.6 else "营运"
        )
    elif scenario.code == "car_overdue":
        overdue = AS_OF - timedelta(days=int(rng.integers(15, 240)))
        vehicle = Vehicle(CAR, _bought(stage, case), _price(stage, 45_000, 110_000), "逾期未检验", inspected_to=overdue)
    elif scenario.code == "car_scrapped":
        status = str(rng.choice(["注销", "报废", "转出"], p=[0.4, 0.45, 0.15]))
        vehicle = Vehicle(CAR, old, _price(stage, 25_000, 90_000), status, inspected_to=day_in(rng, month_of(old) + 24))
    elif scenario.code == "car_sold_before":
        vehicle = Vehicle(
            CAR, old, _price(stage, 25_000, 90_000), "转出", inspected_to=day_in(rng, case.start - stage.month(1, 12))
        )
    elif scenario.code == "car_declared":
        vehicle = Vehicle(CAR, day_in(rng, case.start - stage.month(4, 50)), _price(stage, 18_000, 36_000), kind="微型面包车")
        case.declared_assets.append("面包车1辆")
    else:
        old = day_in(rng, stage.month(1996 * 12, 2002 * 12))
        overdue = day_in(rng, stage.month(2010 * 12, 2014 * 12))
        vehicle = Vehicle(
            CAR, old, None if rng.random() < 0.5 else _price(stage, 20_000, 40_000), "逾期未检验", inspected_to=overdue
        )
    add_vehicle(stage, stage.identity(person), vehicle)
    stage.record(scenario, case, person, vehicle.registered, case.paid_after(max(month_of(vehicle.registered), case.start - 1)))


@builds("motorcycle", "disability_vehicle")
def small_vehicle(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    registered = day_in(rng, stage.month(2006 * 12, DECEMBER - 1))
    if scenario.code == "disability_vehicle":
        kind, price = AID, _price(stage, 5000, 11_000)
        stage.certify_disability(person, kind=4, level=int(rng.integers(1, 3)))
    else:
        kind = str(rng.choice([MOTORCYCLE, MOPED, SLOW, TRACTOR], p=[0.7, 0.12, 0.08, 0.1]))
        price = _price(stage, 2500, 9000)
        if rng.random() < 0.3:
            case.declared_assets.append("拖拉机1台" if kind == TRACTOR else "摩托车1辆")
    add_vehicle(stage, stage.identity(person), Vehicle(kind, registered, price, usage="货运" if kind == SLOW else "非营运"))
    stage.record(scenario, case, person, registered)


@builds("car_no_cover", "car_single_cover", "car_spouse_elsewhere")
def relatives_car(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    owner = stage.spouse_elsewhere(case.head) if scenario.wants == "lone_adult" else stage.uncovered(case).person
    car = _new_car(stage, case)
    add_vehicle(stage, stage.identity(owner), car)
    if scenario.trap:
        stage.cover_alone(case)
    stage.record(scenario, case, owner, car.registered, case.paid_after(month_of(car.registered)))
