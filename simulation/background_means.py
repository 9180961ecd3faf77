"""Background of means: payroll, cadres, insurance, pensions, housing fund of people outside the scenarios.

Nobody on a roster gets more than a residents' pension, residents' insurance and one home here:
whatever else stands in a recipient's name comes from a scenario, so the truth knows about it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from simulation.background_people import days, draw, emptied, epoch_day_of, untouched
from simulation.dates import AS_OF_DAY, DECEMBER, months_as_dates
from simulation.population import ACTIVE, ALONE, Ints, People
from simulation.registers import Registers
from simulation.scenarios.incomes import EMPLOYERS
from simulation.scenarios.offices import CADRE_POSTS, OTHER_PAYEES, POSTS, UNITS


def _who(people: People, chosen: Ints) -> dict[str, pl.Series]:
    return {"name": people.name.gather(chosen), "id_number": people.number.gather(chosen)}


def employ(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`fiscal_staff`: establishment staff, a tenth of them gone; payees who are no staff."""
    open_to = untouched(people) & ~people.has_rostered_kin
    staff = draw(rng, open_to & (people.age >= 23) & (people.age < 60), round(0.019 * len(people)))
    count = len(staff)
    county_names = people.village_texts(staff)["county"]
    since = np.maximum((people.birth[staff] // 365 + 1970 + 22) * 12, 1980 * 12) + rng.integers(0, 60, count)
    since = np.minimum(since, DECEMBER - 3)
    has_left = rng.random(count) < 0.06
    until = np.minimum(since + rng.integers(24, 200, count), DECEMBER)
    registers.add_frame(
        "fiscal_staff",
        {
            **_who(people, staff),
            "unit": pl.select(pl.concat_str(county_names, pl.Series(rng.choice(UNITS, count).tolist()))).to_series(),
            "post": rng.choice(POSTS, count),
            "staff_kind": rng.choice(["行政编制", "事业编制"], count, p=[0.3, 0.7]),
            "status": np.where(has_left, "离职", "在职"),
            "from_month": months_as_dates(since),
            "to_month": emptied(pl.Series(months_as_dates(until)), ~has_left),
            "monthly_pay": np.round(rng.uniform(3000, 8200, count), 2),
        },
    )
    people.has_income[staff] = True
    for payee, share in zip(OTHER_PAYEES.values(), (0.0018, 0.0009, 0.0009, 0.001, 0.00012), strict=True):
        is_old = payee.kind in ("离任村干部补贴", "优抚补助")
        fitting = (people.age >= 60) if is_old else (people.age >= 22) & (people.age < 60)
        others = draw(rng, open_to & ~people.has_income & fitting, max(2, round(share * len(people))))
        town = people.village_texts(others)["town"]
        registers.add_frame(
            "fiscal_staff",
            {
                **_who(people, others),
                "unit": pl.select(pl.concat_str(town, pl.lit("人民政府"))).to_series(),
                "post": pl.Series([payee.post or None] * len(others), dtype=pl.String),
                "staff_kind": np.full(len(others), payee.kind),
                "status": np.full(len(others), "在职"),
                "from_month": months_as_dates(rng.integers(2010 * 12, DECEMBER - 6, len(others))),
                "to_month": pl.Series([None] * len(others), dtype=pl.Date),
                "monthly_pay": np.round(rng.uniform(payee.low, payee.high, len(others)), 2),
            },
        )


def elect(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`village_cadres`: seven or eight a village; `kin_declarations` of some of them for kin without benefit."""
    open_to = untouched(people) & ~people.has_rostered_kin & ~people.has_income & (people.age >= 26) & (people.age < 64)
    per_village = max(2.0, min(7.5, len(people) / len(people.places.villages) / 60))
    cadres = draw(rng, open_to, round(per_village * len(people.places.villages)))
    count = len(cadres)
    texts = people.village_texts(cadres)
    since = rng.integers(epoch_day_of(2011), epoch_day_of(2016), count)
    ended = rng.random(count) < 0.25
    registers.add_frame(
        "village_cadres",
        {
            **_who(people, cadres),
            "county": texts["county"],
            "town": texts["town"],
            "village": texts["village"],
            "post": rng.choice([*CADRE_POSTS, "村民小组长"], count, p=[0.15, 0.15, 0.12, 0.43, 0.15]),
            "from_on": days(since),
            "to_on": emptied(pl.Series(days(since + 1095)), ~ended),
        },
    )
    chosen = cadres[rng.random(count) < 0.04]
    relatives = people.book_start[people.book[chosen] + 1] - 1
    registers.add_frame(
        "kin_declarations",
        {
            "cadre_name": people.name.gather(chosen),
            "cadre_id": people.number.gather(chosen),
            "cadre_kind": np.full(len(chosen), "村干部"),
            "relative_name": people.name.gather(relatives),
            "relative_id": people.number.gather(relatives),
            "relation": np.full(len(chosen), "近亲属"),
            "declared_on": days(rng.integers(epoch_day_of(2013), AS_OF_DAY, len(chosen))),
        },
    )
    people.has_income[cadres] = True


def insure(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`social_insurance`: residents' insurance of many adults; employees and self-payers off the rosters."""
    adult = (people.age >= 18) & (people.age < 60) & (people.status == ACTIVE) & (people.died < 0) & ~people.has_own_insurance_row
    employees = draw(rng, untouched(people) & adult, round(0.098 * len(people)))
    is_employee = np.zeros(len(people), dtype=np.bool_)
    is_employee[employees] = True
    flexible = draw(rng, untouched(people) & adult & ~is_employee & ~people.has_income, round(0.031 * len(people)))
    is_flexible = np.zeros(len(people), dtype=np.bool_)
    is_flexible[flexible] = True
    residents = draw(rng, adult & ~is_employee & ~is_flexible, round(0.19 * len(people)))
    welfare = draw(rng, untouched(people) & adult & ~is_employee & ~is_flexible, max(2, round(0.0025 * len(people))))
    people.has_income[employees] = True
    kinds = (
        ("单位职工", employees, 3000, 9000),
        ("灵活就业", flexible, 2200, 3200),
        ("城乡居民", residents, 100, 101),
        ("公益性岗位", welfare, 2200, 2600),
    )
    for kind, chosen, low, high in kinds:
        count = len(chosen)
        since = np.maximum((people.birth[chosen] // 365 + 1970 + 19) * 12, 2008 * 12)
        since = np.minimum(since + rng.integers(0, 100, count), DECEMBER - 1)
        is_open = rng.random(count) < (0.88 if kind == "单位职工" else 0.95)
        until = np.minimum(since + rng.integers(3, 90, count), DECEMBER)
        unit: pl.Series = pl.Series([None] * count, dtype=pl.String)
        if kind == "单位职工":
            unit = pl.Series([f"合成{name}" for name in EMPLOYERS]).gather(rng.integers(0, len(EMPLOYERS), count))
        elif kind == "公益性岗位":
            unit = pl.Series(["合成市公益性岗位管理中心"] * count)
        registers.add_frame(
            "social_insurance",
            {
                **_who(people, chosen),
                "unit": unit,
                "kind": pl.Series([kind]).new_from_index(0, count),
                "from_month": months_as_dates(since),
                "to_month": emptied(pl.Series(months_as_dates(until)), is_open),
                "base": np.round(rng.uniform(low, high, count), 0),
            },
        )
    save_for_homes(rng, people, registers, employees)


def save_for_homes(rng: np.random.Generator, people: People, registers: Registers, employees: Ints) -> None:
    """`housing_fund`: accounts of two fifths of the employees, a seventh of them sealed."""
    chosen = employees[rng.random(len(employees)) < 0.42]
    count = len(chosen)
    since = np.minimum(
        np.maximum((people.birth[chosen] // 365 + 1970 + 22) * 12, 2004 * 12) + rng.integers(0, 60, count), DECEMBER - 1
    )
    sealed = rng.random(count) < 0.14
    registers.add_frame(
        "housing_fund",
        {
            **_who(people, chosen),
            "unit": pl.Series([f"合成{n}" for n in EMPLOYERS]).gather(rng.integers(0, len(EMPLOYERS), count)),
            "base": np.round(rng.uniform(2400, 9000, count), 2),
            "from_month": months_as_dates(since),
            "to_month": emptied(pl.Series(months_as_dates(np.minimum(since + 20, DECEMBER))), ~sealed),
            "status": np.where(sealed, "封存", "正常"),
        },
    )


def retire(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`pensions`: nearly everybody of 60 or more, all who live alone; stopped for the dead of 2015-2017 whom the office knows of."""
    old = (
        (people.age >= 60)
        & ~people.has_own_pension_row
        & ((people.status == ACTIVE) | (people.died >= 0))
        & ((rng.random(len(people)) < 0.94) | (people.book_type[people.book] == ALONE))
    )
    chosen = np.flatnonzero(old)
    count = len(chosen)
    can_be_employee = ~people.is_rostered[chosen] & (~people.is_taken[chosen] | (people.died[chosen] >= 0))
    kind = np.where(
        can_be_employee & (rng.random(count) < 0.27),
        rng.choice(["企业职工", "机关事业"], count, p=[0.75, 0.25]),
        "城乡居民",
    )
    is_resident = kind == "城乡居民"
    since = np.maximum(
        (people.birth[chosen] // 365 + 1970 + 60) * 12, np.where(is_resident, 2012 * 12, 1985 * 12)
    ) + rng.integers(0, 6, count)
    since = np.minimum(since, DECEMBER)
    died = people.died[chosen]
    # The office misses a few deaths; whether it knows of a recipient's death is for the scenarios to say.
    is_known = (died >= 0) & (people.is_unregistered_death[chosen] | ~people.is_rostered[chosen]) & (rng.random(count) < 0.93)
    stop = days(np.maximum(died, 0)).astype("datetime64[M]").astype("datetime64[D]")
    monthly = np.where(is_resident, rng.uniform(70, 135, count), rng.gamma(9.0, 270, count).clip(900, 7500))
    registers.add_frame(
        "pensions",
        {
            **_who(people, chosen),
            "kind": kind,
            "from_month": months_as_dates(since),
            "to_month": emptied(pl.Series(stop), ~is_known),
            "monthly": np.round(monthly, 2),
            "stop_reason": emptied(pl.Series(["死亡"]).new_from_index(0, count), ~is_known),
        },
    )
    people.has_income[chosen[~is_resident]] = True
