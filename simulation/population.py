"""The registered people: household books, kin inside them, numbers and names."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation import names, person_numbers
from simulation.dates import AS_OF_DAY, from_epoch_day
from simulation.places import COUNTIES, Places

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD = range(5)
# (share of books, members after the head)
BOOK_TYPES: tuple[tuple[float, tuple[int, ...]], ...] = (
    (0.16, ()),
    (0.16, (SPOUSE,)),
    (0.24, (SPOUSE, CHILD)),
    (0.16, (SPOUSE, CHILD, CHILD)),
    (0.05, (CHILD,)),
    (0.09, (SPOUSE, CHILD, PARENT)),
    (0.09, (SPOUSE, CHILD, CHILD, PARENT, PARENT)),
    (0.05, (SPOUSE, CHILD, GRANDCHILD)),
)
ALONE, COUPLE, THREE, FOUR, LONE_PARENT, WITH_PARENT, WITH_PARENTS, WITH_GRANDCHILD = range(len(BOOK_TYPES))
_HEAD_AGES = ((24, 90), (46, 82), (28, 54), (28, 50), (30, 52), (34, 56), (32, 52), (56, 74))
_MEAN_BOOK = sum(share * (1 + len(others)) for share, others in BOOK_TYPES)
ACTIVE, DEAD, MOVED_AWAY, RESTORED = range(4)
STATUS_WORDS = ("正常", "死亡注销", "迁出注销", "恢复")


@dataclass
class People:
    """Registered persons, one position in every array; the members of book b are `book_start[b]:book_start[b + 1]`.

    `died` and `cancelled` count days from 1970, -1 without; `status` is what the registry says,
    not what is true. `is_rostered`: on a benefit roster; `has_rostered_kin`: in the book of such a person;
    `is_taken`: part of a scenario or dead, so no background event may touch the person; `has_own_..._row`:
    a scenario wrote that row already; `has_income`: on the payroll, insured by a unit or on an employee's
    pension; `is_unregistered_death`: dead, and the registry does not know.
    """

    places: Places
    number: pl.Series
    name: pl.Series
    birth: Ints
    is_male: Flags
    village: Ints
    book: Ints
    relation: Ints
    book_start: Ints
    book_type: Ints
    status: Ints = field(init=False)
    died: Ints = field(init=False)
    cancelled: Ints = field(init=False)
    is_rostered: Flags = field(init=False)
    has_rostered_kin: Flags = field(init=False)
    is_taken: Flags = field(init=False)
    has_own_pension_row: Flags = field(init=False)
    has_own_insurance_row: Flags = field(init=False)
    has_home_row: Flags = field(init=False)
    has_income: Flags = field(init=False)
    is_unregistered_death: Flags = field(init=False)
    former_name: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.birth)
        self.status = np.zeros(count, dtype=np.int64)
        self.died = np.full(count, -1, dtype=np.int64)
        self.cancelled = np.full(count, -1, dtype=np.int64)
        for flag in (entry.name for entry in fields(self) if entry.type == "Flags" and entry.name != "is_male"):
            setattr(self, flag, np.zeros(count, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.birth)

    @property
    def county(self) -> Ints:
        return np.array([v.county for v in self.places.villages], dtype=np.int64)[self.village]

    @property
    def is_rural(self) -> Flags:
        return ~np.array([v.is_urban for v in self.places.villages])[self.village]

    @property
    def age(self) -> Ints:
        """Age in whole years at the end of 2017."""
        return (AS_OF_DAY - self.birth) * 4 // 1461

    def number_of(self, person: int) -> str:
        return str(self.number[person])

    def name_of(self, person: int) -> str:
        return str(self.name[person])

    def born_on(self, person: int) -> date:
        return from_epoch_day(int(self.birth[person]))

    def age_of(self, person: int) -> int:
        return int((AS_OF_DAY - self.birth[person]) * 4 // 1461)

    def sex_of(self, person: int) -> str:
        return "男" if self.is_male[person] else "女"

    def kin_of(self, person: int) -> range:
        """Everybody in the person's household book, the person included."""
        book = int(self.book[person])
        return range(int(self.book_start[book]), int(self.book_start[book + 1]))

    def village_texts(self, rows: Any) -> dict[str, pl.Series]:
        """`county_code`, `county`, `town` and `village` of the people at these positions."""
        where = pl.Series(self.village[rows]).cast(pl.UInt32)
        villages = self.places.villages
        return {
            "county_code": pl.Series([COUNTIES[v.county].code for v in villages]).gather(where),
            "county": pl.Series([COUNTIES[v.county].name for v in villages]).gather(where),
            "town": pl.Series([v.town for v in villages]).gather(where),
            "village": pl.Series([v.name for v in villages]).gather(where),
        }


def settle(rng: np.random.Generator, places: Places, count: int) -> People:
    """About `count` people in whole household books, spread over the villages."""
    books = int(count / _MEAN_BOOK) + 1
    shares = [share for share, _ in BOOK_TYPES]
    book_type = rng.choice(len(BOOK_TYPES), size=books, p=shares).astype(np.int64)
    village = np.sort(rng.choice(len(places.villages), size=books, p=places.weights)).astype(np.int64)
    sizes = np.array([1 + len(others) for _, others in BOOK_TYPES], dtype=np.int64)[book_type]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    book = np.repeat(np.arange(books, dtype=np.int64), sizes)
    place = np.arange(len(book), dtype=np.int64) - start[book]
    widest = max(len(others) for _, others in BOOK_TYPES) + 1
    table = np.zeros((len(BOOK_TYPES), widest), dtype=np.int64)
    for kind, (_, others) in enumerate(BOOK_TYPES):
        table[kind, 1 : 1 + len(others)] = others
    relation = table[book_type[book], place]
    is_male = _sexes(rng, book, relation, start, book_type)
    birth = _births(rng, book, relation, place, book_type)
    surname = _surnames(rng, book, relation, is_male, start)
    person_village = village[book]
    county = np.array([v.county for v in places.villages], dtype=np.int64)[person_village]
    prefix = np.asarray(person_numbers.COUNTY_PREFIXES, dtype=np.int64)[county]
    is_from_elsewhere = rng.random(len(book)) < np.where(relation == SPOUSE, 0.14, 0.05)
    prefix[is_from_elsewhere] = rng.choice(person_numbers.ELSEWHERE_PREFIXES, size=int(is_from_elsewhere.sum()))
    number = person_numbers.number_series(prefix, birth, person_numbers.sequences(prefix, birth, is_male))
    birth_year = birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    name = names.full_names(rng, surname, is_male, birth_year)
    return People(places, number, name, birth, is_male, person_village, book, relation, start, book_type)


def _sexes(rng: np.random.Generator, book: Ints, relation: Ints, start: Ints, book_type: Ints) -> Flags:
    """Mostly male heads, half of the lone parents women; a lone old parent is mostly the mother."""
    male_share = np.array([0.62, 0.86, 0.84, 0.84, 0.45, 0.84, 0.84, 0.86])[book_type]
    head_is_male = rng.random(len(book_type)) < male_share
    is_male = rng.random(len(book)) < 0.525
    is_male[relation == HEAD] = head_is_male
    spouses = relation == SPOUSE
    is_male[spouses] = ~head_is_male[book[spouses]]
    parents = np.flatnonzero(relation == PARENT)
    follows_parent = relation[parents - 1] == PARENT
    is_male[parents] = rng.random(len(parents)) < 0.35
    is_male[parents[follows_parent]] = False
    is_male[parents[follows_parent] - 1] = True
    return is_male


def _births(rng: np.random.Generator, book: Ints, relation: Ints, place: Ints, book_type: Ints) -> Ints:
    """Birth days: spouses within a few years, children 22-33 years after the head, parents as much before."""
    low, high = (np.array([span[i] for span in _HEAD_AGES])[book_type] for i in (0, 1))
    head_age = low + (high - low) * rng.random(len(book_type))
    age = head_age[book]
    gap = rng.random(len(book))
    age = np.where(relation == SPOUSE, age - 5 + 8 * gap, age)
    age = np.where(relation == CHILD, age - 22 - 8 * gap - np.where(place == 3, 3, 0), age)
    age = np.where(relation == PARENT, age + 21 + 8 * gap, age)
    age = np.where(relation == GRANDCHILD, age - 46 - 8 * gap, age)
    # Ages beyond the ends are drawn anew: one birthday for all of them would exhaust its order numbers.
    age = np.where(age < 0.05, 0.05 + 4 * gap, np.where(age > 97, 84 + 13 * gap, age))
    return (AS_OF_DAY - (age * 365.2425)).astype(np.int64)


def _surnames(rng: np.random.Generator, book: Ints, relation: Ints, is_male: Flags, start: Ints) -> Ints:
    """Children carry the father's surname, wives and mothers their own, a father the head's."""
    own = names.surname_codes(rng, len(book))
    heads = start[:-1]
    family = own[heads].copy()
    has_husband = np.zeros(len(heads), dtype=np.bool_)
    husbands = np.flatnonzero((relation == SPOUSE) & is_male)
    has_husband[book[husbands]] = True
    family[book[husbands]] = own[husbands]
    inherits = (relation == CHILD) | (relation == GRANDCHILD)
    surname = np.where(inherits, family[book], own)
    fathers = (relation == PARENT) & is_male
    return np.asarray(np.where(fathers, own[heads][book], surname), dtype=np.int64)
