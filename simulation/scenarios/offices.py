"""K01-K03: on the public payroll, married or kin to it, village cadres and their kin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulation.benefits import Case
from simulation.dates import AS_OF, DECEMBER, day_between, day_in, first_day, month_of
from simulation.places import COUNTIES
from simulation.registers import Identity
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario

UNITS = (
    "财政局",
    "教育局",
    "水利局",
    "交通运输局",
    "人民医院",
    "第二中学",
    "实验小学",
    "疾控中心",
    "林业局",
    "农业局",
    "人社局",
    "文化馆",
)
POSTS = ("科员", "副科长", "教师", "护士", "工勤技术", "管理九级", "会计")
CADRE_POSTS = ("支部书记", "村主任", "副书记", "委员")


@dataclass(frozen=True)
class Payee:
    """A payee of the treasury who is no staff: kind, post, yuan a month from and to."""

    kind: str
    post: str
    low: int
    high: int


OTHER_PAYEES = {
    "staff_welfare_post": Payee("公益性岗位", "保洁员", 1100, 1500),
    "staff_survivor_grant": Payee("遗属补助", "", 300, 700),
    "staff_former_cadre": Payee("离任村干部补贴", "", 100, 400),
    "staff_veteran": Payee("优抚补助", "", 350, 1200),
    "staff_sanzhi": Payee("三支一扶", "支教", 1800, 2400),
}


def add_staff(stage: Stage, who: Identity, county: int, *, since: int, until: int | None = None) -> None:
    """An establishment spell in a unit of the county."""
    rng = stage.rng
    stage.registers.add(
        "fiscal_staff",
        name=who.name,
        id_number=who.number,
        unit=COUNTIES[county].name + str(rng.choice(UNITS)),
        post=str(rng.choice(POSTS)),
        staff_kind="行政编制" if rng.random() < 0.3 else "事业编制",
        status="离职" if until else "在职",
        from_month=first_day(since),
        to_month=first_day(until) if until else None,
        monthly_pay=round(float(rng.uniform(3200, 7500)), 2),
    )


def _hired(stage: Stage, person: int) -> int:
    """A month some years after the person's 22nd birthday, before 2015."""
    low = (stage.people.born_on(person).year + 22) * 12
    return stage.month(min(low, 2013 * 12), 2014 * 12)


@builds("staff_drawing", "staff_appointed", "staff_name_variant", "staff_fifteen_digits", "staff_mistyped", "staff_left")
def on_establishment(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.adult(case).person
    since = stage.event_month(case) if scenario.code == "staff_appointed" else min(_hired(stage, person), case.start - 1)
    until = case.start - stage.month(2, 24) if scenario.code == "staff_left" else None
    if until is not None:
        since = min(since, until - 12)
    who = stage.identity(person)
    if scenario.code == "staff_name_variant":
        who = Identity(stage.former_name(person), who.number)
    elif scenario.code == "staff_fifteen_digits":
        who = stage.fifteen(person)
    elif scenario.code == "staff_mistyped":
        who = stage.mistyped(person)
    add_staff(stage, who, case.village.county, since=since, until=until)
    stage.record(scenario, case, person, first_day(since), case.paid_after(max(since, case.start - 1)))


@builds(*OTHER_PAYEES)
def other_payee(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.elder(case).person if scenario.wants == "elder" else stage.adult(case).person
    payee = OTHER_PAYEES[scenario.code]
    since = stage.month(2012 * 12, DECEMBER - 10)
    who = stage.identity(person)
    stage.registers.add(
        "fiscal_staff",
        name=who.name,
        id_number=who.number,
        unit=f"{case.village.town}人民政府",
        post=payee.post or None,
        staff_kind=payee.kind,
        status="在职",
        from_month=first_day(since),
        to_month=None,
        monthly_pay=round(float(stage.rng.uniform(payee.low, payee.high)), 2),
    )
    stage.record(scenario, case, person, first_day(since))


@builds("staff_other_name")
def staff_twin(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    person = stage.adult(cases[0]).person
    since = stage.month(2008 * 12, 2015 * 12)
    add_staff(stage, stage.number_under_other_name(person), cases[0].village.county, since=since)
    stage.record(scenario, cases[0], person, first_day(since))


def declare(stage: Stage, cadre: Identity, kind: str, relative: Identity, relation: str, before: date) -> None:
    """Puts a cadre's relative on file before a day."""
    stage.registers.add(
        "kin_declarations",
        cadre_name=cadre.name,
        cadre_id=cadre.number,
        cadre_kind=kind,
        relative_name=relative.name,
        relative_id=relative.number,
        relation=relation,
        declared_on=day_between(stage.rng, date(2012, 3, 1), before),
    )


@builds("staff_spouse_on_roster", "staff_kin_declared", "staff_single_cover")
def staff_in_household(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    relative = stage.uncovered(case)
    since = min(_hired(stage, relative.person), case.start - 1)
    add_staff(stage, stage.identity(relative.person), case.village.county, since=since)
    if scenario.code == "staff_kin_declared":
        who, head = stage.identity(relative.person), stage.identity(case.head.person)
        declare(stage, who, "财政供养人员", head, "父母" if relative.relation == "子女" else "配偶", case.approved_on)
    elif scenario.code == "staff_single_cover":
        stage.cover_alone(case)
    stage.record(scenario, case, case.head.person, first_day(since), case.paid_after(max(since, case.start - 1)))


@builds("staff_spouse_elsewhere")
def staff_spouse(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    spouse = stage.spouse_elsewhere(case.head)
    since = min(_hired(stage, spouse), case.start - 1)
    add_staff(stage, stage.identity(spouse), case.village.county, since=since)
    stage.record(scenario, case, case.head.person, first_day(since), case.paid_after(max(since, case.start - 1)))


def add_cadre(
    stage: Stage, who: Identity, case: Case, *, since: date, until: date | None = None, post: str | None = None
) -> None:
    """A term in the village of the case."""
    village = case.village
    stage.registers.add(
        "village_cadres",
        name=who.name,
        id_number=who.number,
        county=COUNTIES[village.county].name,
        town=village.town,
        village=village.name,
        post=post or str(stage.rng.choice(CADRE_POSTS)),
        from_on=since,
        to_on=until,
    )


def _term_start(stage: Stage, case: Case) -> date:
    return day_in(stage.rng, stage.month(2011 * 12, 2016 * 12))


@builds("cadre_self", "cadre_other_name")
def cadre_draws(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.adult(case).person
    who = stage.number_under_other_name(person) if scenario.trap else stage.identity(person)
    since = _term_start(stage, case)
    add_cadre(stage, who, case, since=since)
    stage.record(scenario, case, person, since, case.paid_after(max(month_of(since), case.start - 1)))


@builds("cadre_kin", "cadre_other_declared", "cadre_declared", "cadre_term_ended", "cadre_group_leader")
def cadre_kin(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    relative = stage.kin_off_roster(case)
    stage.people.is_taken[relative] = True
    cadre, person = stage.identity(relative), case.head.person
    since, until = _term_start(stage, case), None
    if scenario.code == "cadre_term_ended":
        until = day_in(stage.rng, case.start - stage.month(2, 20))
        since = date(until.year - 3, until.month, 1)
    add_cadre(
        stage,
        cadre,
        case,
        since=since,
        until=until,
        post="村民小组长" if scenario.code == "cadre_group_leader" else None,
    )
    if scenario.code == "cadre_declared":
        declare(
            stage,
            cadre,
            "村干部",
            stage.identity(person),
            stage.parent_word(person),
            max(case.approved_on, date(2012, 4, 1)),
        )
    elif scenario.code == "cadre_other_declared":
        other = stage.identity(stage.outsider(40, 80, county=case.village.county))
        declare(stage, cadre, "村干部", other, "叔伯", AS_OF)
    stage.record(scenario, case, person, since, case.paid_after(max(month_of(since), case.start - 1)))


@builds("cadre_kin_by_marriage")
def cadre_spouse(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    spouse = stage.spouse_elsewhere(case.head)
    since = _term_start(stage, case)
    add_cadre(stage, stage.identity(spouse), case, since=since)
    stage.record(scenario, case, case.head.person, since, case.paid_after(max(month_of(since), case.start - 1)))
