"""Where a death is written down: registry, funeral home, hospital, pension office."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.dates import AS_OF, epoch_day, first_day, month_of
from simulation.places import COUNTIES, Village
from simulation.population import DEAD
from simulation.registers import Identity
from simulation.scenarios.stage import Stage

REGISTRY, CREMATION, CERTIFICATE, PENSION = "registry", "cremation", "certificate", "pension"
FUNERAL_HOMES = ("合成市青松殡仪馆", "合成五县松鹤殡仪馆", "合成六市长青殡仪馆")
PLACES_OF_DEATH = ("家中", "医院病房", "急诊室", "养老机构", "来院途中")


def funeral_home(village: Village) -> str:
    """The home that serves the village's county."""
    return FUNERAL_HOMES[{"420222": 1, "420281": 2}.get(COUNTIES[village.county].code, 0)]


def some_sources(stage: Stage, person: int) -> set[str]:
    """One to four sources that know of the death; the registry most often, the pension office only of the old."""
    shares = {
        REGISTRY: 0.6,
        CREMATION: 0.45,
        CERTIFICATE: 0.5,
        PENSION: 0.25 if stage.people.age_of(person) >= 61 else 0.0,
    }
    known = {source for source, share in shares.items() if stage.rng.random() < share}
    return known or {(REGISTRY, CREMATION, CERTIFICATE)[int(stage.rng.integers(3))]}


def record_death(
    stage: Stage,
    person: int,
    died: date,
    sources: set[str],
    *,
    written: Identity | None = None,
    entered: date | None = None,
    age: int | None = None,
) -> None:
    """Enters the death in the sources. `written`: how they name the person; `entered`: day of the registry's entry."""
    people, rng = stage.people, stage.rng
    who = written or stage.identity(person)
    village = people.places.villages[int(people.village[person])]
    years = age if age is not None else (died - people.born_on(person)).days * 4 // 1461
    if REGISTRY in sources:
        people.status[person] = DEAD
        people.died[person] = epoch_day(died)
        people.cancelled[person] = epoch_day(entered or min(AS_OF, died + timedelta(days=int(rng.integers(3, 75)))))
    if CREMATION in sources:
        cremated = died + timedelta(days=int(rng.integers(1, 4)))
        stage.registers.add(
            "cremations",
            name=who.name,
            id_number=who.number,
            sex=people.sex_of(person),
            age=years,
            died_on=died,
            cremated_on=cremated,
            address=village.address,
            funeral_home=funeral_home(village),
        )
    if CERTIFICATE in sources:
        born = people.born_on(person) if age is None else None
        stage.registers.add(
            "death_certificates",
            name=who.name,
            id_number=who.number,
            sex=people.sex_of(person),
            born_on=born,
            died_on=died,
            address=village.address,
            place=str(rng.choice(PLACES_OF_DEATH, p=[0.5, 0.3, 0.08, 0.08, 0.04])),
        )
    if PENSION in sources:
        people.has_own_pension_row[person] = True
        stage.registers.add(
            "pensions",
            name=who.name,
            id_number=who.number,
            kind="城乡居民",
            from_month=first_day(2012 * 12),
            to_month=first_day(month_of(died)),
            monthly=round(float(rng.uniform(70, 130)), 2),
            stop_reason="死亡",
        )
    people.is_taken[person] = True
