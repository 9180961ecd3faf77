"""I01-I03 and S01: pensions, insured jobs, housing fund; prison."""

from __future__ import annotations

from datetime import date

from simulation.benefits import Case
from simulation.dates import DECEMBER, JANUARY, day_in, first_day, month_of
from simulation.registers import Identity
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario

EMPLOYERS = (
    "恒昌纺织厂",
    "东磊矿业公司",
    "江湾水泥厂",
    "金穗超市",
    "远航物流公司",
    "新源电子厂",
    "云岭酒店",
    "同济药房",
    "长青机械厂",
    "楚味食品厂",
)


def add_pension(stage: Stage, who: Identity, kind: str, since: int, yuan: float) -> None:
    stage.registers.add(
        "pensions",
        name=who.name,
        id_number=who.number,
        kind=kind,
        from_month=first_day(since),
        to_month=None,
        monthly=round(yuan, 2),
    )


@builds("pension_employee", "pension_fifteen_digits", "job_no_deduction", "pension_rigid", "pension_resident")
def pension(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    """The pension divided by the persons of the household exceeds the monthly standard."""
    case, rng = cases[0], stage.rng
    person = stage.elder(case).person
    line = case.standard * len(case.members)
    retired = stage.people.born_on(person).year + (60 if stage.people.is_male[person] else 55)
    since = min(retired * 12 + int(rng.integers(12)), DECEMBER - 6)
    who, kind = stage.identity(person), "企业职工" if rng.random() < 0.8 else "机关事业"
    yuan = line * float(rng.uniform(1.5, 2.6)) + 400
    if scenario.code == "pension_fifteen_digits":
        who = stage.fifteen(person)
    elif scenario.code == "pension_resident":
        kind, yuan = "城乡居民", line * float(rng.uniform(1.02, 1.3))
    elif scenario.code == "pension_rigid":
        case.rigid_expense = round(yuan - line * float(rng.uniform(0.3, 0.85)), 2)
    elif scenario.code == "job_no_deduction":
        case.rigid_expense = round((yuan - line) * float(rng.uniform(0.1, 0.4)), 2)
    add_pension(stage, who, kind, since, yuan)
    stage.people.has_own_pension_row[person] = True
    stage.record(scenario, case, person, first_day(since), case.paid_after(max(since, case.start - 1)))


def add_insurance(stage: Stage, who: Identity, kind: str, since: int, until: int | None, yuan: float) -> None:
    rng = stage.rng
    unit = {"单位职工": f"合成{rng.choice(EMPLOYERS)}", "公益性岗位": "合成市公益性岗位管理中心"}.get(kind)
    stage.registers.add(
        "social_insurance",
        name=who.name,
        id_number=who.number,
        unit=unit,
        kind=kind,
        from_month=first_day(since),
        to_month=first_day(until) if until else None,
        base=round(yuan, 2),
    )


@builds(
    "job_insured",
    "job_after_grace",
    "job_grace",
    "job_mistyped",
    "job_other_name",
    "job_ended",
    "job_flexible",
    "job_welfare_post",
)
def job(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    who, kind, until = stage.identity(person), "单位职工", None
    since = stage.event_month(case, earliest=2012 * 12)
    base = float(rng.uniform(3000, 5600))
    if scenario.code == "job_mistyped":
        who = stage.mistyped(person)
    elif scenario.code == "job_other_name":
        who = stage.number_under_other_name(person)
    elif scenario.code == "job_ended":
        until = case.start - stage.month(2, 24)
        since = until - stage.month(8, 60)
    elif scenario.code in ("job_flexible", "job_welfare_post"):
        kind = "灵活就业" if scenario.code == "job_flexible" else "公益性岗位"
        base = float(rng.uniform(2200, 3100))
    elif scenario.code == "job_grace":
        since = stage.month(JANUARY + 4, DECEMBER - 3)
        case.grace_until = since + 12
    elif scenario.code == "job_after_grace":
        since = stage.month(2015 * 12, 2015 * 12 + 11)
        case.start, case.approved_on = min(case.start, since - 6), min(case.approved_on, day_in(rng, since - 7))
        case.grace_until = min(since + 12, JANUARY - 1)
    add_insurance(stage, who, kind, since, until, base)
    stage.people.has_own_insurance_row[person] = True
    counted_from = max(since, case.start - 1, case.grace_until or 0)
    stage.record(scenario, case, person, first_day(since), case.paid_after(counted_from))


@builds("fund_paid", "fund_sealed")
def housing_fund(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    is_sealed = bool(scenario.trap)
    since = case.start - stage.month(30, 80) if is_sealed else stage.event_month(case, earliest=2010 * 12)
    who = stage.identity(person)
    stage.registers.add(
        "housing_fund",
        name=who.name,
        id_number=who.number,
        unit=f"合成{rng.choice(EMPLOYERS)}",
        base=round(float(rng.uniform(2600, 5200)), 2),
        from_month=first_day(since),
        to_month=first_day(case.start - stage.month(2, 20)) if is_sealed else None,
        status="封存" if is_sealed else "正常",
    )
    stage.record(scenario, case, person, first_day(since), case.paid_after(max(since, case.start - 1)))


@builds("prison", "prison_no_number", "prison_community", "prison_released", "prison_other_name")
def prison(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    who = stage.identity(person)
    kind = "监狱服刑" if rng.random() < 0.7 else "强制隔离戒毒"
    since = day_in(rng, stage.event_month(case, earliest=2015 * 12))
    until: date | None = None
    if scenario.code == "prison_no_number":
        who = stage.mistyped(person)
    elif scenario.code == "prison_community":
        kind = "社区矫正"
    elif scenario.code == "prison_released":
        until = day_in(rng, case.start - stage.month(2, 18))
        since = day_in(rng, month_of(until) - stage.month(6, 48))
    elif scenario.code == "prison_other_name":
        who = stage.number_under_other_name(person)
    stage.registers.add("prisoners", name=who.name, id_number=who.number, kind=kind, from_on=since, to_on=until)
    stage.record(scenario, case, person, since, case.paid_after(month_of(since), per_head=True))
