"""E01, E02: firms, shops and cooperatives in a recipient's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulation import firm_codes, person_numbers
from simulation.benefits import Case
from simulation.dates import DECEMBER, day_in, month_of
from simulation.places import COUNTIES, Village
from simulation.registers import Identity
from simulation.scenarios.stage import Stage, builds
from simulation.scenarios.table import Scenario

LIMITED, SOLE, SHOP, COOPERATIVE, COLLECTIVE = (
    "有限责任公司",
    "个人独资企业",
    "个体工商户",
    "农民专业合作社",
    "农村集体经济组织",
)
DEPARTMENTS = {LIMITED: "91", SOLE: "91", SHOP: "92", COOPERATIVE: "93", COLLECTIVE: "N2", "股份有限公司": "91"}
TRADES = ("商贸", "建材", "餐饮", "服装", "运输", "农业", "装饰", "副食", "五金", "养殖", "水产", "电器", "茶叶")
FIRM_NAMES = (
    "顺达",
    "鑫隆",
    "惠民",
    "宏远",
    "恒兴",
    "家和",
    "永盛",
    "福源",
    "金地",
    "瑞丰",
    "锦程",
    "同心",
    "益康",
    "楚天",
    "旺达",
)
SUFFIXES = {
    LIMITED: "有限公司",
    SOLE: "经营部",
    SHOP: "店",
    COOPERATIVE: "专业合作社",
    COLLECTIVE: "经济合作社",
    "股份有限公司": "股份公司",
}


@dataclass(frozen=True)
class Firm:
    """How an entity stands on the register; yuan of tax a year, capital in 10,000 yuan."""

    kind: str
    established: date
    status: str = "存续"
    ended: date | None = None
    capital: float = 10.0
    paid_in: float | None = None
    staff: int | None = None
    tax: float | None = None


def add_firm(stage: Stage, who: Identity, village: Village, firm: Firm) -> tuple[str, str]:
    """The entity with its legal representative: credit code and name."""
    rng = stage.rng
    serial = stage.registers.serial("firm")
    county = COUNTIES[village.county]
    division = person_numbers.COUNTY_PREFIXES[village.county]
    code = firm_codes.credit_code(DEPARTMENTS[firm.kind], division, serial)
    name = f"{county.name}{rng.choice(FIRM_NAMES)}{rng.choice(TRADES)}{SUFFIXES[firm.kind]}"
    if firm.kind == COLLECTIVE:
        name = f"{county.name}{village.town}{village.name}股份经济合作社"
    stage.registers.add(
        "enterprises",
        uscc=code,
        reg_no=firm_codes.licence_number(division, serial) if firm.established.year < 2014 else None,
        name=name,
        kind=firm.kind,
        legal_rep=who.name,
        legal_rep_id=who.number,
        capital=firm.capital,
        paid_in=firm.paid_in,
        established_on=firm.established,
        status=firm.status,
        ended_on=firm.ended,
        address=f"{village.address}{rng.integers(1, 200)}号",
        insured_staff=firm.staff,
        tax_12m=firm.tax,
    )
    return code, name


def _live(stage: Stage, established: date, kind: str = LIMITED) -> Firm:
    rng = stage.rng
    if kind == SHOP:
        return Firm(SHOP, established, capital=float(rng.integers(3, 20)), tax=round(float(rng.uniform(1500, 16000)), 2))
    capital = float(rng.integers(20, 300))
    return Firm(
        kind,
        established,
        capital=capital,
        paid_in=round(capital * float(rng.uniform(0.3, 1)), 1),
        staff=int(rng.integers(2, 15)),
        tax=round(float(rng.uniform(6000, 90000)), 2),
    )


def _opened(stage: Stage, case: Case) -> date:
    """Before or during the benefit, half and half."""
    if stage.rng.random() < 0.5:
        return day_in(stage.rng, case.start - stage.month(3, 60))
    return day_in(stage.rng, stage.event_month(case, earliest=2010 * 12))


@builds(
    "firm_trading",
    "shop_trading",
    "firm_several",
    "shop_second",
    "coop_head",
    "firm_fifteen_digits",
    "firm_mistyped",
    "firm_borrowed",
)
def trading(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.adult(case).person
    who = stage.identity(person)
    if scenario.code == "firm_fifteen_digits":
        who = stage.fifteen(person)
    elif scenario.code == "firm_mistyped":
        who = stage.mistyped(person)
    kind = {"shop_trading": SHOP, "coop_head": COOPERATIVE}.get(scenario.code, LIMITED)
    if scenario.code == "firm_borrowed" and stage.rng.random() < 0.4:
        kind = SHOP
    opened = _opened(stage, case)
    add_firm(stage, who, case.village, _live(stage, opened, kind))
    if scenario.code == "firm_several":
        for _ in range(stage.month(1, 2)):
            add_firm(stage, who, case.village, _live(stage, _opened(stage, case), SHOP))
    elif scenario.code == "shop_second":
        _, shop = add_firm(stage, who, case.village, _micro(stage, case))
        case.declared_assets.append(f"个体户:{shop}")
    stage.record(scenario, case, person, opened, case.paid_after(max(month_of(opened), case.start - 1)))


def _micro(stage: Stage, case: Case) -> Firm:
    opened = day_in(stage.rng, case.start - stage.month(6, 70))
    return Firm(SHOP, opened, capital=float(stage.rng.integers(1, 4)), tax=0.0 if stage.rng.random() < 0.6 else None)


@builds("firm_revoked_trading", "firm_revoked", "firm_cancelled", "firm_dormant", "shop_declared", "village_collective")
def special_state(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    opened = day_in(rng, case.start - stage.month(40, 110))
    ended = day_in(rng, case.start - stage.month(2, 30))
    kind = SHOP if rng.random() < 0.7 else LIMITED
    small = float(rng.integers(1, 50))
    if scenario.code == "firm_revoked_trading":
        firm = Firm(
            LIMITED,
            opened,
            "吊销",
            ended,
            small,
            small,
            int(rng.integers(2, 8)),
            round(float(rng.uniform(4000, 30000)), 2),
        )
    elif scenario.code == "firm_revoked":
        firm = Firm(kind, opened, "吊销", ended, small)
    elif scenario.code == "firm_cancelled":
        firm = Firm(kind, opened, "注销", ended, small)
    elif scenario.code == "firm_dormant":
        opened = _opened(stage, case)
        firm = Firm(LIMITED, opened, "经营异常" if rng.random() < 0.5 else "存续", None, small, 0.0, 0, 0.0)
    elif scenario.code == "shop_declared":
        firm = _micro(stage, case)
    else:
        opened = day_in(rng, stage.month(2015 * 12, DECEMBER - 2))
        firm = Firm(COLLECTIVE, opened, capital=float(rng.integers(10, 80)), paid_in=0.0, staff=0, tax=0.0)
    _, name = add_firm(stage, stage.identity(person), case.village, firm)
    if scenario.code == "shop_declared":
        case.declared_assets.append(f"个体户:{name}")
    stage.record(scenario, case, person, firm.established, case.paid_after(max(month_of(firm.established), case.start - 1)))


@builds("firm_no_cover", "firm_single_cover")
def relatives_firm(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    owner = stage.uncovered(case).person
    opened = _opened(stage, case)
    add_firm(stage, stage.identity(owner), case.village, _live(stage, opened))
    if scenario.trap:
        stage.cover_alone(case)
    stage.record(scenario, case, owner, opened, case.paid_after(max(month_of(opened), case.start - 1)))


@builds("firm_spouse_elsewhere")
def spouses_firm(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    spouse = stage.spouse_elsewhere(case.head)
    opened = _opened(stage, case)
    add_firm(stage, stage.identity(spouse), case.village, _live(stage, opened))
    stage.record(scenario, case, spouse, opened, case.paid_after(max(month_of(opened), case.start - 1)))


@builds("firm_other_name")
def firm_twin(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case = cases[0]
    person = stage.adult(case).person
    opened = day_in(stage.rng, stage.month(2008 * 12, DECEMBER - 3))
    add_firm(stage, stage.number_under_other_name(person), case.village, _live(stage, opened))
    stage.record(scenario, case, person, opened)


@builds("firm_share", "coop_member")
def holds_role(stage: Stage, scenario: Scenario, cases: list[Case]) -> None:
    case, rng = cases[0], stage.rng
    person = stage.adult(case).person
    opened = _opened(stage, case)
    leader = stage.identity(stage.outsider(28, 62))
    is_share = scenario.code == "firm_share"
    idle = Firm(COOPERATIVE, opened, capital=float(rng.integers(10, 200)), paid_in=None, staff=0, tax=0.0)
    code, _ = add_firm(stage, leader, case.village, _live(stage, opened) if is_share else idle)
    who = stage.identity(person)
    stage.registers.add(
        "enterprise_roles",
        uscc=code,
        name=who.name,
        id_number=who.number,
        role="股东" if is_share else "成员",
        share_pct=round(float(rng.uniform(25, 60)), 2) if is_share else round(float(rng.uniform(0.1, 3)), 2),
        since_on=opened,
    )
    stage.record(scenario, case, person, opened, case.paid_after(max(month_of(opened), case.start - 1)))
