"""Background of property: vehicles, homes and firms of people outside the scenarios."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulation import firm_codes, person_numbers
from simulation.background_people import days, draw, emptied, epoch_day_of, untouched
from simulation.dates import AS_OF_DAY
from simulation.population import ACTIVE, Flags, Ints, People
from simulation.registers import Registers
from simulation.scenarios.firms import DEPARTMENTS, FIRM_NAMES, SUFFIXES, TRADES
from simulation.scenarios.vehicles import VEHICLE_KINDS

_PLATE_SHARES = {
    "小型汽车": 0.68,
    "大型汽车": 0.05,
    "普通摩托车": 0.2,
    "轻便摩托车": 0.03,
    "低速车": 0.01,
    "拖拉机": 0.028,
    "残疾人专用车": 0.002,
}
_PRICES = {"小型汽车": (35_000, 210_000), "大型汽车": (60_000, 320_000)}


def _adults(people: People) -> Flags:
    return untouched(people) & (people.age >= 20) & (people.age < 72)


def drive(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`vehicles`: one for every sixth inhabitant, some owners with two; a fiftieth belongs to firms."""
    count = round(0.15 * len(people))
    owners = rng.choice(np.flatnonzero(_adults(people)), size=count)
    kinds = list(_PLATE_SHARES)
    plate_kind = rng.choice(len(kinds), count, p=np.array(list(_PLATE_SHARES.values())) / sum(_PLATE_SHARES.values()))
    options = [VEHICLE_KINDS[kind] for kind in kinds]
    width = max(len(o) for o in options)
    words = pl.Series([o[i % len(o)] for o in options for i in range(width)])
    low = np.array([_PRICES.get(kind, (2500, 12_000))[0] for kind in kinds])[plate_kind]
    high = np.array([_PRICES.get(kind, (2500, 12_000))[1] for kind in kinds])[plate_kind]
    registered = rng.integers(epoch_day_of(2002), AS_OF_DAY - 5, count)
    status = rng.choice(
        ["正常", "逾期未检验", "注销", "报废", "被盗抢", "转出"], count, p=[0.87, 0.055, 0.025, 0.025, 0.001, 0.024]
    )
    inspected = np.where(status == "正常", AS_OF_DAY + rng.integers(5, 720, count), AS_OF_DAY - rng.integers(30, 1200, count))
    usage = np.where(plate_kind == 1, rng.choice(["货运", "营运"], count, p=[0.7, 0.3]), "非营运")
    price = np.round(low + (high - low) * rng.random(count) ** 1.7, -2)
    registers.add_frame(
        "vehicles",
        {
            "owner_name": people.name.gather(owners),
            "owner_id": people.number.gather(owners),
            "plate_kind": np.asarray(kinds)[plate_kind],
            "plate_no": firm_codes.plates(registers.serials("plate", count)),
            "vehicle_kind": words.gather(plate_kind * width + rng.integers(0, width, count)),
            "usage": usage,
            "registered_on": days(registered),
            "price": emptied(pl.Series(price), rng.random(count) < 0.12),
            "status": status,
            "inspected_to": days(inspected),
        },
    )


def house(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`properties`: a third of the adults own something, many two units; recipients at most one home."""
    adults = _adults(people)
    first = draw(rng, adults, round(0.22 * len(people)))
    more = rng.choice(first, size=round(0.065 * len(people)))
    modest = (people.status == ACTIVE) & (people.died < 0) & people.is_rostered & ~people.has_home_row & (people.age >= 24)
    homes = draw(rng, modest, round(0.35 * int(modest.sum())))
    owners = np.concatenate([first, more, homes])
    count = len(owners)
    is_first = np.arange(count) < len(first)
    is_modest = np.arange(count) >= len(first) + len(more)
    is_rural = people.is_rural[owners]
    use = np.where(
        is_first,
        "住宅",
        rng.choice(["住宅", "商业", "办公", "车库", "储藏间", "宅基地"], count, p=[0.45, 0.16, 0.03, 0.16, 0.1, 0.1]),
    )
    use = np.where(is_modest, "住宅", use)
    nature = np.where(
        is_rural,
        rng.choice(["自建房", "商品房", "继承"], count, p=[0.7, 0.25, 0.05]),
        rng.choice(["商品房", "还建房", "安置房", "继承"], count, p=[0.76, 0.12, 0.08, 0.04]),
    )
    nature = np.where(is_modest & is_rural, rng.choice(["自建房", "危房改造"], count, p=[0.75, 0.25]), nature)
    area = np.where(np.isin(use, ("车库", "储藏间")), rng.uniform(5, 30, count), rng.uniform(45, 150, count))
    registered = rng.integers(epoch_day_of(1999), AS_OF_DAY - 5, count)
    year = pl.Series(registered.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).cast(pl.String)
    serial = pl.Series(registers.serials("deed", count) * 7001 % 9_999_991).cast(pl.String).str.zfill(7)
    texts = people.village_texts(owners)
    registers.add_frame(
        "properties",
        {
            "cert_no": pl.select(pl.concat_str(pl.lit("鄂("), year, pl.lit(")合成不动产权第"), serial, pl.lit("号"))).to_series(),
            "owner_name": people.name.gather(owners),
            "owner_id": people.number.gather(owners),
            "share_pct": np.where(is_modest, 100.0, rng.choice([100.0, 50.0, 25.0], count, p=[0.8, 0.18, 0.02])),
            "use": use,
            "nature": nature,
            "area": np.round(area, 2),
            "registered_on": days(registered),
            "address": pl.select(
                pl.concat_str(
                    pl.lit("湖北省"),
                    texts["county"],
                    texts["town"],
                    texts["village"],
                    pl.Series(rng.integers(1, 400, count)).cast(pl.String),
                    pl.lit("号"),
                )
            ).to_series(),
        },
    )


def trade(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`enterprises`: one for every 25 inhabitants, mostly shops; `enterprise_roles`: their shareholders and members."""
    count = max(20, round(0.04 * len(people)))
    owners = rng.choice(np.flatnonzero(_adults(people)), size=count)
    kinds = np.asarray(["个体工商户", "有限责任公司", "农民专业合作社", "个人独资企业", "股份有限公司"])[
        rng.choice(5, count, p=[0.67, 0.24, 0.045, 0.03, 0.015])
    ]
    serials = registers.serials("firm", count)
    county = np.array([v.county for v in people.places.villages])[people.village[owners]]
    divisions = np.asarray(person_numbers.COUNTY_PREFIXES)[county]
    established = rng.integers(epoch_day_of(2000), AS_OF_DAY - 10, count)
    status = rng.choice(["存续", "经营异常", "吊销", "注销"], count, p=[0.68, 0.09, 0.1, 0.13])
    ended = np.minimum(established + rng.integers(200, 3000, count), AS_OF_DAY - 1)
    is_live = status == "存续"
    is_shop = kinds == "个体工商户"
    capital = np.round(np.where(is_shop, rng.gamma(1.5, 5, count).clip(0.5), rng.gamma(1.2, 120, count).clip(3)), 1)
    is_active = is_live & (rng.random(count) < 0.7)
    codes = [
        firm_codes.credit_code(DEPARTMENTS[str(k)], int(d), int(s)) for k, d, s in zip(kinds, divisions, serials, strict=True)
    ]
    licences = [
        firm_codes.licence_number(int(d), int(s)) if old else None
        for d, s, old in zip(divisions, serials, established < epoch_day_of(2014), strict=True)
    ]
    texts = people.village_texts(owners)
    parts = (rng.choice(FIRM_NAMES, count), rng.choice(TRADES, count), np.array([SUFFIXES[str(k)] for k in kinds]))
    names = pl.select(pl.concat_str(texts["county"], *(pl.Series(part.tolist()) for part in parts))).to_series()
    staff = np.where(is_active & ~is_shop, rng.integers(1, 30, count), 0)
    tax = np.round(np.where(is_active, rng.gamma(1.2, np.where(is_shop, 4000, 40_000), count), 0.0), 2)
    paid_in = np.round(capital * rng.random(count) * is_active, 1)
    registers.add_frame(
        "enterprises",
        {
            "uscc": emptied(pl.Series(codes), ~is_live & (rng.random(count) < 0.3) & (established < epoch_day_of(2014))),
            "reg_no": licences,
            "name": names,
            "kind": kinds,
            "legal_rep": people.name.gather(owners),
            "legal_rep_id": people.number.gather(owners),
            "capital": capital,
            "paid_in": emptied(pl.Series(paid_in), is_shop),
            "established_on": days(established),
            "status": status,
            "ended_on": emptied(pl.Series(days(ended)), np.isin(status, ("存续", "经营异常"))),
            "address": pl.select(pl.concat_str(texts["county"], texts["town"], texts["village"])).to_series(),
            "insured_staff": emptied(pl.Series(staff), is_shop),
            "tax_12m": tax,
        },
    )
    _share(
        rng,
        people,
        registers,
        pl.Series(codes).filter(pl.Series(~is_shop)),
        pl.Series(kinds.tolist()).filter(pl.Series(~is_shop)),
        established[~is_shop],
    )


def _share(
    rng: np.random.Generator,
    people: People,
    registers: Registers,
    codes: pl.Series,
    kinds: pl.Series,
    established: Ints,
) -> None:
    """Two to three people a firm, members in a cooperative."""
    firms = np.repeat(np.arange(len(codes)), rng.integers(2, 4, len(codes)))
    count = len(firms)
    holders = rng.choice(np.flatnonzero(_adults(people)), size=count)
    is_cooperative = (kinds == "农民专业合作社").to_numpy()[firms]
    role = np.where(is_cooperative, "成员", rng.choice(["股东", "董事", "监事", "经理"], count, p=[0.64, 0.12, 0.12, 0.12]))
    share = np.where(is_cooperative, rng.uniform(0.1, 8, count), rng.uniform(5, 70, count))
    registers.add_frame(
        "enterprise_roles",
        {
            "uscc": codes.gather(firms),
            "name": people.name.gather(holders),
            "id_number": people.number.gather(holders),
            "role": role,
            "share_pct": emptied(pl.Series(np.round(share, 2)), np.isin(role, ("董事", "监事", "经理"))),
            "since_on": days(established[firms]),
        },
    )
