"""P01: several homes or a shop, and the second entries that mean nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulation.benefits import Case
from simulation.dates import DECEMBER, day_in, month_of
from simulation.places import Village
from simulation.registers import Identity
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario

HOME, COMMERCIAL, OFFICE, GARAGE, STORAGE, HOMESTEAD = "住宅", "商业", "办公", "车库", "储藏间", "宅基地"


@dataclass(frozen=True)
class Unit:
    """A registered unit: use, how it came about, m², percent held, day of registration."""

    use: str
    nature: str
    area: float
    registered: date
    share: float = 100.0


def add_unit(stage: Stage, who: Identity, village: Village, unit: Unit) -> None:
    serial = stage.registers.serial("deed")
    stage.registers.add(
        "properties",
        cert_no=deed_number(unit.registered.year, serial),
        owner_name=who.name,
        owner_id=who.number,
        share_pct=unit.share,
        use=unit.use,
        nature=unit.nature,
        area=round(unit.area, 2),
        address=f"{village.address}{stage.rng.integers(1, 400)}号",
        registered_on=unit.registered,
    )


def deed_number(year: int, serial: int) -> str:
    """Certificate number; the running number is scattered so that it tells nothing about who got it when."""
    return f"鄂({year})合成不动产权第{serial * 7001 % 9_999_991:07d}号"


@builds("flat_second", "shop_unit", "flat_beside_resettled", "flat_fifteen_digits", "flat_other_name")
def real_means(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    who = stage.identity(person)
    if scenario.code == "flat_fifteen_digits":
        who = stage.fifteen(person)
    elif scenario.code == "flat_other_name":
        who = stage.number_under_other_name(person)
    bought = day_in(rng, stage.event_month(case, earliest=2011 * 12))
    first = Unit(HOME, "商品房", rng.uniform(60, 120), day_in(rng, stage.month(2003 * 12, 2008 * 12)))
    second = Unit(HOME, "商品房", rng.uniform(75, 140), bought)
    if scenario.code == "shop_unit":
        units = [Unit(COMMERCIAL if rng.random() < 0.8 else OFFICE, "商品房", rng.uniform(20, 90), bought)]
    elif scenario.code == "flat_beside_resettled":
        units = [
            Unit(HOME, "还建房", rng.uniform(70, 110), first.registered),
            Unit(HOME, "商品房", rng.uniform(80, 110), first.registered),
            second,
        ]
    else:
        units = [first, second]
    for unit in units:
        add_unit(stage, who, case.village, unit)
    stage.people.has_home_row[person] = True
    stage.record(scenario, case, person, bought, case.paid_after(month_of(bought)))


@builds("flat_resettled", "homestead", "flat_inherited", "house_renovated", "garage")
def harmless_second(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    old = day_in(rng, stage.month(2000 * 12, 2008 * 12))
    later = day_in(rng, stage.month(2009 * 12, DECEMBER - 2))
    own = Unit(HOME, "自建房", rng.uniform(50, 110), old)
    extra = {
        "flat_resettled": Unit(HOME, "安置房" if rng.random() < 0.5 else "还建房", rng.uniform(60, 100), later),
        "homestead": Unit(HOMESTEAD, "自建房", rng.uniform(60, 140), later),
        "flat_inherited": Unit(HOME, "继承", rng.uniform(50, 100), later, float(rng.choice([12.5, 16.67, 20.0, 25.0]))),
        "house_renovated": Unit(HOME, "危房改造", rng.uniform(40, 75), later),
        "garage": Unit(GARAGE if rng.random() < 0.4 else STORAGE, "商品房", rng.uniform(6, 26), later),
    }[scenario.code]
    if scenario.code in ("homestead", "garage"):
        own = Unit(HOME, "商品房", rng.uniform(40, 75), old)
    for unit in (own, extra):
        add_unit(stage, stage.identity(person), case.village, unit)
    stage.people.has_home_row[person] = True
    stage.record(scenario, case, person, extra.registered)
