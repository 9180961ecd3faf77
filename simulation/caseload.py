"""Chooses the benefit households among the registered people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulation import names, population
from simulation.benefits import Case, Member
from simulation.dates import DECEMBER, JANUARY, day_in
from simulation.places import COUNTIES, Village
from simulation.population import ALONE, COUPLE, FOUR, LONE_PARENT, THREE, WITH_GRANDCHILD, WITH_PARENT, WITH_PARENTS, People

_SPOUSE_WORD, _CHILD_WORD = "配偶", "子女"
_RELATION_WORDS = {
    population.HEAD: "户主",
    population.SPOUSE: _SPOUSE_WORD,
    population.CHILD: _CHILD_WORD,
    population.PARENT: "父母",
    population.GRANDCHILD: "孙子女",
}
# Share of the low-income households by shape; "elders" leaves the younger generation of the book off the roster.
SHAPES = {"alone": 0.29, "whole": 0.35, "partial": 0.20, "elders": 0.16}
_SHAPE_BOOKS = {
    "alone": (ALONE,),
    "whole": (COUPLE, THREE, LONE_PARENT, FOUR, WITH_GRANDCHILD),
    "partial": (THREE, FOUR, WITH_GRANDCHILD, WITH_PARENT),
    "elders": (WITH_PARENT, WITH_PARENTS),
}
_URBAN_SHARE = 0.27
_INSTITUTIONAL_SHARE = 0.24


_LETTERS = {"城市低保": "CD", "农村低保": "ND", "城市特困": "CT", "农村特困": "NT"}


def certificate_number(program: str, village: Village, serial: int) -> str:
    """Benefit certificate: programme, county, village and a scattered running number, unique below 99,991 cases."""
    return f"{_LETTERS[program]}{COUNTIES[village.county].code}{village.index:04d}{serial * 3571 % 99_991:05d}"


@dataclass(frozen=True)
class Sizes:
    """How many households draw low-income benefit and how many people destitute support."""

    households: int
    tekun: int


class Caseload:
    """Turns household books into benefit cases; every book is used once."""

    def __init__(self, rng: np.random.Generator, people: People) -> None:
        self._rng = rng
        self._people = people
        self._serial = 0
        self._approvers: dict[tuple[int, str], str] = {}
        # One transfer day a month and county, between the 8th and the 20th.
        self._paydays = [tuple(int(d) for d in rng.integers(8, 21, 12)) for _ in COUNTIES]

    def draw(self, sizes: Sizes) -> list[Case]:
        """All cases, low-income households first, each shape in a random order."""
        cases: list[Case] = []
        for shape, share in SHAPES.items():
            wanted = round(sizes.households * share)
            cases += [self._household(shape, book) for book in self._books(_SHAPE_BOOKS[shape], wanted)]
        cases += [self._tekun(book) for book in self._books((ALONE,), sizes.tekun, minimum_age=60)]
        return cases

    def _books(self, kinds: tuple[int, ...], wanted: int, minimum_age: int = 0) -> list[int]:
        """Unused books of these types, the urban share of them in communities."""
        people = self._people
        heads = people.book_start[:-1]
        is_free = np.isin(people.book_type, kinds) & ~people.has_rostered_kin[heads]
        is_free &= people.age[heads] >= max(minimum_age, 24)
        is_urban = ~people.is_rural[heads]
        chosen: list[int] = []
        for urban, count in ((True, round(wanted * _URBAN_SHARE)), (False, wanted - round(wanted * _URBAN_SHARE))):
            pool = np.flatnonzero(is_free & (is_urban == urban))
            chosen += self._rng.choice(pool, size=min(count, len(pool)), replace=False).tolist()
        for book in chosen:
            people.has_rostered_kin[people.book_start[book] : people.book_start[book + 1]] = True
        return chosen

    def _household(self, shape: str, book: int) -> Case:
        people, rng = self._people, self._rng
        kin = list(range(int(people.book_start[book]), int(people.book_start[book + 1])))
        members = [Member(p, _RELATION_WORDS[int(people.relation[p])]) for p in kin]
        if shape == "elders":
            members = [m for m in members if people.relation[m.person] == population.PARENT]
            for place, member in enumerate(members):
                member.relation = "户主" if place == 0 else _SPOUSE_WORD
        elif shape == "partial":
            young = [m for m in members[1:] if people.age_of(m.person) >= 16] or members[-1:]
            young[-1].is_covered = False
        village = people.places.villages[int(people.village[kin[0]])]
        program = "城市低保" if village.is_urban else "农村低保"
        case = self._case(village, program, members)
        self._set_amount(case)
        if shape == "alone" and rng.random() < 0.05:
            case.is_single_cover = True
        return case

    def _tekun(self, book: int) -> Case:
        people, rng = self._people, self._rng
        person = int(people.book_start[book])
        village = people.places.villages[int(people.village[person])]
        case = self._case(village, "城市特困" if village.is_urban else "农村特困", [Member(person, "户主")])
        case.yuan_by_month = [case.standard] * 12
        if rng.random() < _INSTITUTIONAL_SHARE:
            case.institution = f"{village.town}福利院"
        return case

    def _case(self, village: Village, program: str, members: list[Member]) -> Case:
        rng = self._rng
        self._serial += 1
        start, approved_on = self._approval()
        heads = sum(m.is_covered for m in members)
        for member in members:
            self._people.is_rostered[member.person] = True
        case = Case(
            village=village,
            program=program,
            household_no=certificate_number(program, village, self._serial),
            members=members,
            approved_on=approved_on,
            start=start,
            yuan_by_month=[0.0] * 12,
            heads_by_month=[heads] * 12,
            account=f"9900{rng.integers(10**14, 10**15)}",
            phone=f"100{rng.integers(10**7, 10**8)}",
            approver=self._approver(village),
            category=str(rng.choice(["A", "B", "C"], p=[0.2, 0.5, 0.3])),
            payday=self._paydays[village.county],
        )
        if rng.random() < 0.015 and start < JANUARY:
            case.stop_paying(int(rng.integers(JANUARY + 2, DECEMBER)))
        return case

    def _approval(self) -> tuple[int, date]:
        """First month and the day of approval in the month before: mostly 2008-2016, a few during 2017."""
        rng = self._rng
        start = int(rng.integers(JANUARY + 1, DECEMBER)) if rng.random() < 0.03 else int(rng.integers(2008 * 12, JANUARY))
        return start, day_in(rng, start - 1)

    def _set_amount(self, case: Case) -> None:
        """A supplement: 35-100 % of the standard for every covered head, whole yuan."""
        share = float(self._rng.uniform(0.35, 1.0))
        heads = len(case.covered)
        case.yuan_by_month = [
            float(round(case.standard * share)) * heads if share < 0.95 else round(case.standard * heads, 2)
        ] * 12

    def _approver(self, village: Village) -> str:
        key = (village.county, village.town)
        if key not in self._approvers:
            self._approvers[key] = names.one_name(self._rng, is_male=bool(self._rng.random() < 0.6), birth_year=1975)
        return self._approvers[key]
