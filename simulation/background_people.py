"""Lives of the people outside the scenarios: deaths, moves, marriages, disability, poverty, illness, prison."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from simulation.dates import AS_OF_DAY
from simulation.population import ACTIVE, CHILD, DEAD, HEAD, MOVED_AWAY, PARENT, SPOUSE, STATUS_WORDS, Flags, Ints, People
from simulation.registers import Registers
from simulation.scenarios.death_records import FUNERAL_HOMES, PLACES_OF_DEATH
from simulation.scenarios.stage import DISABILITIES

DAY = np.dtype("datetime64[D]")


def days(values: Ints) -> Any:
    """Days from 1970 as dates."""
    return values.astype(DAY)


def untouched(people: People) -> Flags:
    """Living people whom no scenario and no roster knows."""
    mask: Flags = (people.status == ACTIVE) & ~people.is_taken & ~people.is_rostered & (people.died < 0)
    return mask


def draw(rng: np.random.Generator, mask: Flags, count: int, weight: Any = None) -> Ints:
    """That many different positions where the mask holds, in the order of the city."""
    pool = np.flatnonzero(mask)
    count = min(count, len(pool))
    if weight is None:
        return np.sort(rng.choice(pool, size=count, replace=False))
    # Weighted without replacement in one pass: the largest of u ** (1 / w).
    keys = rng.random(len(pool)) ** (1.0 / np.maximum(weight[pool], 1e-9))
    return np.sort(pool[np.argpartition(keys, len(pool) - count)[len(pool) - count :]])


def epoch_day_of(year: int) -> int:
    return int(np.datetime64(f"{year}-01-01").astype(np.int64))


def emptied(column: pl.Series, mask: Flags) -> pl.Series:
    """The column with empty cells where the mask holds."""
    return pl.select(pl.when(pl.Series(mask)).then(None).otherwise(column)).to_series()


def bury(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """Deaths of 2015-2017 (0.58 % a year, mostly old people) in up to four sources, and those who moved away."""
    age = people.age.astype(np.float64)
    dead = draw(rng, untouched(people), round(0.0175 * len(people)), weight=np.exp((age - 60) / 11))
    count = len(dead)
    died = np.maximum(rng.integers(epoch_day_of(2015), AS_OF_DAY - 5, count), people.birth[dead] + 1)
    died = np.minimum(died, AS_OF_DAY)
    is_rural = people.is_rural[dead]
    in_registry = rng.random(count) < 0.82
    cremated = rng.random(count) < np.where(is_rural, 0.52, 0.9)
    certified = rng.random(count) < np.where(is_rural, 0.62, 0.85)
    where = dead[in_registry]
    people.status[where] = DEAD
    people.died[where] = died[in_registry]
    lag = rng.gamma(1.1, 40, len(where)).astype(np.int64) + 2
    people.cancelled[where] = np.minimum(died[in_registry] + lag, AS_OF_DAY)
    _death_rows(rng, people, registers, dead, died, cremated, certified)
    people.is_taken[dead] = True
    people.died[dead] = died
    people.is_unregistered_death[dead[~in_registry]] = True
    moved = draw(rng, untouched(people) & ~people.has_rostered_kin, round(0.008 * len(people)))
    people.status[moved] = MOVED_AWAY
    people.cancelled[moved] = rng.integers(14_000, AS_OF_DAY, len(moved))


def _death_rows(
    rng: np.random.Generator,
    people: People,
    registers: Registers,
    dead: Ints,
    died: Ints,
    cremated: Flags,
    certified: Flags,
) -> None:
    numbers = people.number.gather(dead)
    has_number = rng.random(len(dead)) < 0.94
    numbers = emptied(numbers, ~has_number)
    names, sexes = people.name.gather(dead), np.where(people.is_male[dead], "男", "女")
    texts = people.village_texts(dead)
    county = np.array([v.county for v in people.places.villages])[people.village[dead]]
    homes = np.asarray(FUNERAL_HOMES)[np.where(county == 4, 1, np.where(county == 5, 2, 0))]
    everyone = pl.DataFrame(
        {
            "name": names,
            "id_number": numbers,
            "sex": sexes,
            "age": np.maximum(0, (died - people.birth[dead]) * 4 // 1461),
            "died_on": days(died),
            "cremated_on": days(np.minimum(died + rng.integers(1, 4, len(dead)), AS_OF_DAY)),
            "born_on": days(people.birth[dead]),
            "address": pl.select(pl.concat_str(pl.lit("湖北省"), texts["county"], texts["town"], texts["village"])).to_series(),
            "funeral_home": homes,
            "place": rng.choice(PLACES_OF_DEATH, len(dead), p=[0.5, 0.3, 0.08, 0.08, 0.04]),
        }
    )
    registers.add_frame("cremations", everyone.filter(pl.Series(cremated)).drop("born_on", "place").to_dict())
    registers.add_frame(
        "death_certificates", everyone.filter(pl.Series(certified)).drop("age", "cremated_on", "funeral_home").to_dict()
    )


def marry(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """Registrations of couples in one book married since the register went digital, some reissued, some divorced."""
    wives = np.flatnonzero((people.relation == SPOUSE) & (people.age < 68))
    wives = wives[rng.random(len(wives)) < 0.58]
    heads = people.book_start[people.book[wives]]
    husband = np.where(people.is_male[heads], heads, wives)
    wife = np.where(people.is_male[heads], wives, heads)
    of_age = np.maximum(people.birth[husband], people.birth[wife]) + 21 * 365
    registered = np.minimum(of_age + rng.integers(100, 2500, len(wives)), AS_OF_DAY - 40)
    registers.add_frame(
        "marriages",
        {
            "husband_name": people.name.gather(husband),
            "husband_id": people.number.gather(husband),
            "wife_name": people.name.gather(wife),
            "wife_id": people.number.gather(wife),
            "kind": rng.choice(["结婚", "补领", "离婚"], len(wives), p=[0.93, 0.05, 0.02]),
            "registered_on": days(registered),
        },
    )


def certify(rng: np.random.Generator, people: People, registers: Registers, certified: set[int]) -> None:
    """Disability certificates: mild ones anywhere, severe ones on the rosters and among people with an income."""
    age = people.age.astype(np.float64)
    known = np.zeros(len(people), dtype=np.bool_)
    known[list(certified)] = True
    living = (people.status == ACTIVE) & (people.died < 0) & ~known
    mild = draw(rng, untouched(people) & ~known, round(0.034 * len(people)), weight=0.3 + age / 60)
    known[mild] = True
    severe_share = 0.14
    rostered = np.flatnonzero(living & people.is_rostered)
    severe = rostered[rng.random(len(rostered)) < severe_share]
    secured = draw(rng, untouched(people) & ~known & people.has_income, round(0.002 * len(people)))
    for chosen, is_severe in ((mild, False), (severe, True), (secured, True)):
        count = len(chosen)
        kind = rng.choice(7, count, p=[0.14, 0.18, 0.04, 0.4, 0.1, 0.1, 0.04])
        level = rng.integers(1, 3, count) if is_severe else rng.integers(3, 5, count)
        # Level 3 of mind and intellect counts as severe, so the mild ones of these kinds have level 4.
        level = np.where((level == 3) & np.isin(kind, (4, 5)), 4, level)
        texts = people.village_texts(chosen)
        suffix = pl.Series(np.where(rng.random(count) < 0.04, "B1", ""))
        number = pl.select(
            pl.concat_str(
                people.number.gather(chosen),
                pl.Series(kind + 1).cast(pl.String),
                pl.Series(level).cast(pl.String),
                suffix,
            )
        ).to_series()
        registers.add_frame(
            "disabilities",
            {
                "name": people.name.gather(chosen),
                "cert_no": number,
                "kind": np.asarray(DISABILITIES)[kind],
                "level": level,
                "valid_to": days(rng.integers(AS_OF_DAY - 200, AS_OF_DAY + 3300, count)),
                "county_code": texts["county_code"],
                "town": texts["town"],
                "village": texts["village"],
            },
        )


_POOR_RELATIONS = {HEAD: "户主", SPOUSE: "配偶", CHILD: "子女", PARENT: "父母"}


def register_poor(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """Registered poor households in the villages, 7 % of the rural people; nobody monitored outside the rosters."""
    heads = people.book_start[:-1]
    rural = people.is_rural[heads]
    share = np.where(people.is_rostered[heads], 0.55, 0.05)
    chosen = np.flatnonzero(rural & (rng.random(len(heads)) < share) & ~people.is_taken[heads])
    sizes = people.book_start[chosen + 1] - people.book_start[chosen]
    first = np.repeat(people.book_start[chosen], sizes)
    place = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    persons = first + place
    order = np.repeat(np.arange(len(chosen)), sizes)
    rostered = people.is_rostered[heads[chosen]]
    status = np.where(
        rostered & (rng.random(len(chosen)) < 0.1),
        "监测户",
        np.where(rng.random(len(chosen)) < 0.55, "已脱贫", "未脱贫"),
    )
    income = np.round(np.where(status == "已脱贫", rng.uniform(3500, 9000, len(chosen)), rng.uniform(1800, 3300, len(chosen))), 2)
    since = rng.integers(epoch_day_of(2014), AS_OF_DAY - 200, len(chosen))
    keep = (people.status[persons] == ACTIVE) & (people.died[persons] < 0)
    words = np.array([_POOR_RELATIONS.get(r, "孙子女") for r in range(5)])
    registers.add_frame(
        "poverty_register",
        {
            "book_no": pl.Series(order + 1).cast(pl.String).str.zfill(8).str.replace("^", "PK").filter(pl.Series(keep)),
            "name": people.name.gather(persons[keep]),
            "id_number": people.number.gather(persons[keep]),
            "relation": words[people.relation[persons[keep]]],
            "status": status[order][keep],
            "since_on": days(since[order][keep]),
            "per_head_income": income[order][keep],
        },
    )


def fall_ill(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """Large medical bills; outside the rosters never ruinous ones, except for people with an income."""
    living = (people.status == ACTIVE) & (people.died < 0)
    ordinary = draw(rng, untouched(people), round(0.0055 * len(people)))
    rostered = draw(rng, living & people.is_rostered & ~people.is_taken, round(0.0012 * len(people)))
    secured = draw(rng, untouched(people) & people.has_income, round(0.0005 * len(people)))
    chosen = np.concatenate([ordinary, rostered, secured])
    ceiling = np.concatenate([np.full(len(ordinary), 18_000), np.full(len(rostered), 90_000), np.full(len(secured), 90_000)])
    _, first = np.unique(chosen, return_index=True)
    chosen, ceiling = chosen[first], ceiling[first]
    self_paid = np.round(5000 + (ceiling - 5000) * rng.random(len(chosen)) ** 2, 2)
    reimbursed = np.round(self_paid * rng.uniform(0.5, 1.8, len(chosen)), 2)
    registers.add_frame(
        "medical_expenses",
        {
            "name": people.name.gather(chosen),
            "id_number": people.number.gather(chosen),
            "year": np.full(len(chosen), 2017),
            "total": self_paid + reimbursed,
            "reimbursed": reimbursed,
            "self_paid": self_paid,
        },
    )


def imprison(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """Spells of ordinary people in prison, rehabilitation or community correction."""
    chosen = draw(rng, untouched(people) & (people.age >= 19) & (people.age < 66), max(3, round(0.0019 * len(people))))
    count = len(chosen)
    start = rng.integers(epoch_day_of(2012), AS_OF_DAY - 30, count)
    length = rng.integers(120, 2600, count)
    end = emptied(pl.Series(days(start + length)), start + length > AS_OF_DAY)
    registers.add_frame(
        "prisoners",
        {
            "name": people.name.gather(chosen),
            "id_number": people.number.gather(chosen),
            "kind": rng.choice(["监狱服刑", "强制隔离戒毒", "社区矫正"], count, p=[0.5, 0.2, 0.3]),
            "from_on": days(start),
            "to_on": end,
        },
    )


def write_registry(rng: np.random.Generator, people: People, registers: Registers) -> None:
    """`household_registry`: everybody, cancelled entries included, book by book."""
    count = len(people)
    rows = np.arange(count, dtype=np.int64)
    texts = people.village_texts(rows)
    word = np.array([["户主", "户主"], ["妻", "夫"], ["女", "子"], ["母亲", "父亲"], ["孙女", "孙子"]])
    relation = pl.Series(word.reshape(-1).tolist()).gather(pl.Series(people.relation * 2 + people.is_male))
    former = {**people.former_name}
    some = draw(rng, untouched(people), round(0.004 * count))
    for person, name in zip(some.tolist(), people.name.gather(rng.integers(0, count, len(some))).to_list(), strict=True):
        former[person] = people.name_of(person)[0] + name[1:]
    former_column = pl.Series([None], dtype=pl.String).new_from_index(0, count).scatter(list(former), list(former.values()))
    frame = pl.DataFrame(
        {
            "id_number": people.number,
            "name": people.name,
            "former_name": former_column,
            "sex": pl.Series(["女", "男"]).gather(pl.Series(people.is_male.astype(np.uint32))),
            "born_on": pl.Series(people.birth).cast(pl.Int32).cast(pl.Date),
            "county_code": texts["county_code"],
            "town": texts["town"],
            "village": texts["village"],
            "book_no": pl.Series(people.book * 7 + 10_000_019).cast(pl.String),
            "relation": relation,
            "status": pl.Series(list(STATUS_WORDS)).gather(pl.Series(people.status)),
            "cancelled_on": pl.Series(people.cancelled),
            "died_on": pl.Series(np.where(people.is_unregistered_death, -1, people.died)),
        }
    )
    frame = frame.with_columns(
        pl.when(pl.col(day) >= 0).then(pl.col(day).cast(pl.Int32).cast(pl.Date)).alias(day) for day in ("cancelled_on", "died_on")
    )
    # A registry entry of a death sometimes carries no day of death, only the day of the entry.
    hides_day = pl.Series((rng.random(count) < 0.08) & (people.status == DEAD) & ~people.is_rostered)
    frame = frame.with_columns(pl.when(hides_day).then(None).otherwise(pl.col("died_on")).alias("died_on"))
    registers.add_frame("household_registry", frame.to_dict())
