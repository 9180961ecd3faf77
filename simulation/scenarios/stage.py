"""What a scenario works with: untouched households, the registers, the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulation import names, person_numbers
from simulation.add_ons import COUNTY_WITHOUT
from simulation.benefits import Case, Member
from simulation.dates import DECEMBER, JANUARY
from simulation.places import COUNTIES, Places
from simulation.population import ACTIVE, PARENT, People
from simulation.registers import Identity, Registers
from simulation.scenarios.table import BY_CODE, Scenario
from simulation.visits import is_visited

DISABILITIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")


@dataclass
class Finding:
    """A row of the truth; `visible` is filled in when the naive match has run."""

    scenario: str
    rule: str
    trap: str
    label: int
    subject: str
    household_no: str
    county_code: str
    household_no2: str
    amount: float
    event_on: date | None
    head: str
    visible: bool = False


Builder = Callable[["Stage", Scenario, list[Case]], None]
BUILDERS: dict[str, Builder] = {}


def builds(*codes: str) -> Callable[[Builder], Builder]:
    """Registers a function as the builder of these scenarios."""

    def register(builder: Builder) -> Builder:
        for code in codes:
            BUILDERS[code] = builder
        return builder

    return register


class Stage:
    """Hands out cases and people that no other scenario has touched, and collects what is true about them."""

    def __init__(self, rng: np.random.Generator, people: People, cases: list[Case], registers: Registers) -> None:
        self.rng = rng
        self.people = people
        self.cases = cases
        self.registers = registers
        self.findings: list[Finding] = []
        self.aid_payees: set[int] = set()
        self.certified: set[int] = set()
        self._order = [cases[i] for i in rng.permutation(len(cases))]
        self._queues: dict[str, Iterator[Case]] = {}
        self._shareable: dict[str, list[Case]] = {}
        self._strangers = 0

    @property
    def places(self) -> Places:
        return self.people.places

    # households

    def take(self, scenario: Scenario) -> Case | None:
        """A case of the kind the scenario wants, None when the city has no more of them.

        A scenario that shares takes every fourth case from households with another soft scenario.
        """
        pool = self._shareable.setdefault(scenario.wants, [])
        shared = int(self.rng.integers(len(pool))) if scenario.shares and pool and self.rng.random() < 0.25 else -1
        # Two scenarios of one rule on one household would contradict each other in the truth.
        if shared >= 0 and all(BY_CODE[use].rule[0] != scenario.rule[0] for use in pool[shared].uses):
            case = pool.pop(shared)
        else:
            queue = self._queues.setdefault(scenario.wants, self._candidates(scenario.wants))
            found = next(queue, None)
            if found is None:
                return None
            case = found
            if scenario.shares or scenario.rule in ("E01", "V01", "P01"):
                pool.append(case)
        case.uses.append(scenario.code)
        return case

    def _candidates(self, wants: str) -> Iterator[Case]:
        fits = _KINDS[wants]
        for case in self._order:
            if not case.uses and case.start < JANUARY and case.stop is None and fits(self.people, case):
                yield case

    # people

    def identity(self, person: int) -> Identity:
        return Identity(self.people.name_of(person), self.people.number_of(person))

    def adult(self, case: Case) -> Member:
        """A covered member of working age, the head if there is none."""
        fitting = [m for m in case.covered if 20 <= self.people.age_of(m.person) < 60]
        return fitting[int(self.rng.integers(len(fitting)))] if fitting else case.head

    def elder(self, case: Case) -> Member:
        """The oldest covered member."""
        return max(case.covered, key=lambda m: self.people.age_of(m.person))

    def uncovered(self, case: Case) -> Member:
        """An adult of the household who does not count for the benefit."""
        return next(m for m in case.members if not m.is_covered)

    def kin_off_roster(self, case: Case) -> int:
        """An adult of the same household book who is on no roster."""
        kin = [p for p in self.people.kin_of(case.head.person) if _is_free_adult(self.people, p)]
        return kin[int(self.rng.integers(len(kin)))]

    def other_name(self, person: int) -> str:
        """A name that is clearly another person's."""
        own = self.people.name_of(person)
        year = self.people.born_on(person).year + int(self.rng.integers(-12, 13))
        while True:
            name = names.one_name(self.rng, is_male=bool(self.rng.random() < 0.5), birth_year=year)
            if name[0] != own[0] and name[-1] != own[-1]:
                return name

    def number_under_other_name(self, person: int) -> Identity:
        return Identity(self.other_name(person), self.people.number_of(person))

    def fifteen(self, person: int) -> Identity:
        return Identity(self.people.name_of(person), person_numbers.fifteen_digits(self.people.number_of(person)))

    def mistyped(self, person: int) -> Identity:
        return Identity(self.people.name_of(person), person_numbers.mistyped(self.rng, self.people.number_of(person)))

    def stranger(self, *, is_male: bool, birth: date, name: str | None = None) -> Identity:
        """Somebody with a valid number whom the registry does not know."""
        self._strangers += 1
        number = person_numbers.foreign_number(self.rng, birth, is_male, self._strangers)
        return Identity(name or names.one_name(self.rng, is_male=is_male, birth_year=birth.year), number)

    def outsider(
        self, low: int, high: int, *, is_male: bool | None = None, county: int | None = None, books: tuple[int, ...] = ()
    ) -> int:
        """A living registered person of an age, in no book of a benefit household; nothing else happens to them. books: kinds of it."""
        people = self.people
        for _ in range(200_000):
            person = int(self.rng.integers(len(people)))
            if people.is_taken[person] or people.has_rostered_kin[person] or people.status[person] != ACTIVE:
                continue
            if not low <= people.age_of(person) <= high or (is_male is not None and bool(people.is_male[person]) != is_male):
                continue
            if books and int(people.book_type[people.book[person]]) not in books:
                continue
            if county is not None and people.places.villages[int(people.village[person])].county != county:
                continue
            people.is_taken[person] = True
            return person
        raise LookupError(f"No untouched person aged {low}-{high} is left among {len(people)}; simulate a larger city.")

    def spouse_elsewhere(self, member: Member) -> int:
        """A spouse in another household book, known from the marriage register only."""
        people = self.people
        age = people.age_of(member.person)
        is_man = bool(people.is_male[member.person])
        spouse = self.outsider(max(22, age - 8), max(30, age + 8), is_male=not is_man)
        husband, wife = (member.person, spouse) if is_man else (spouse, member.person)
        youngest = max(people.born_on(husband).year, people.born_on(wife).year)
        married = date(
            min(2014, youngest + 21 + int(self.rng.integers(0, 6))),
            int(self.rng.integers(1, 13)),
            int(self.rng.integers(1, 29)),
        )
        h, w = self.identity(husband), self.identity(wife)
        self.registers.add(
            "marriages",
            husband_name=h.name,
            husband_id=h.number,
            wife_name=w.name,
            wife_id=w.number,
            kind="结婚",
            registered_on=married,
        )
        return spouse

    # small facts shared by scenarios

    def former_name(self, person: int) -> str:
        """A former name with the same surname, which the registry knows."""
        people = self.people
        own = people.name_of(person)
        former = names.one_name(
            self.rng, is_male=bool(people.is_male[person]), birth_year=people.born_on(person).year, surname=own[0]
        )
        people.former_name[person] = former
        return former

    def cover_alone(self, case: Case) -> None:
        """Only the head counts, as a severely disabled person covered alone."""
        case.is_single_cover = True
        for member in case.members[1:]:
            member.is_covered = False
        share = len(case.members)
        case.yuan_by_month = [round(min(case.standard, yuan / max(1, share - 1)), 2) for yuan in case.yuan_by_month]
        case.heads_by_month = [1] * 12
        self.certify_disability(case.head.person, kind=int(self.rng.integers(4, 7)), level=int(self.rng.integers(1, 3)))

    def certify_disability(self, person: int, *, kind: int, level: int) -> None:
        """A certificate of the disabled persons' federation, once a person."""
        people = self.people
        if person in self.certified:
            return
        self.certified.add(person)
        village = people.places.villages[int(people.village[person])]
        self.registers.add(
            "disabilities",
            name=people.name_of(person),
            cert_no=f"{people.number_of(person)}{kind}{level}",
            kind=DISABILITIES[kind - 1],
            level=level,
            valid_to=date(2018 + int(self.rng.integers(0, 9)), int(self.rng.integers(1, 13)), 28),
            county_code=COUNTIES[village.county].code,
            town=village.town,
            village=village.name,
        )

    def parent_word(self, person: int) -> str:
        return "父亲" if self.people.is_male[person] else "母亲"

    # time

    def month(self, first: int, last: int) -> int:
        """A month between two months, both included."""
        return int(self.rng.integers(first, last + 1))

    def event_month(self, case: Case, *, earliest: int = 2014 * 12) -> int:
        """A month while the household drew: after its first one, a third of them in 2017."""
        low = max(case.start + 1, earliest)
        if low >= JANUARY or self.rng.random() < 0.35:
            return self.month(JANUARY, DECEMBER - 2)
        return self.month(low, JANUARY - 1)

    # truth

    def record(
        self,
        scenario: Scenario,
        case: Case,
        person: int,
        event_on: date | None,
        amount: float = 0.0,
        *,
        other_household: str = "",
        subject: str | None = None,
    ) -> None:
        """What a visit to the household would find about the person."""
        self.findings.append(
            Finding(
                scenario.code,
                scenario.rule,
                scenario.trap,
                scenario.label,
                subject or self.people.number_of(person),
                case.household_no,
                case.county_code,
                other_household,
                amount if scenario.label else 0.0,
                event_on,
                subject or self.people.number_of(case.head.person),
            )
        )


def _is_free_adult(people: People, person: int) -> bool:
    return not people.is_rostered[person] and not people.is_taken[person] and 22 <= people.age_of(person) <= 62


def _has_adult(people: People, case: Case) -> bool:
    return any(22 <= people.age_of(m.person) < 58 for m in case.covered)


def _is_lone(people: People, case: Case) -> bool:
    return len(case.members) == 1 and case.institution is None and not case.is_single_cover


_KINDS: dict[str, Callable[[People, Case], bool]] = {
    "any": lambda people, case: case.institution is None and not case.is_single_cover,
    "dibao": lambda people, case: not case.is_tekun and not case.is_single_cover,
    "lone": _is_lone,
    "lone_adult": lambda people, case: _is_lone(people, case) and people.age_of(case.head.person) < 70 and not case.is_tekun,
    "topped": lambda people, case: not case.is_tekun and not case.is_single_cover and case.county_code != COUNTY_WITHOUT,
    "visited": lambda people, case: not case.is_tekun and is_visited(case),
    "tekun": lambda people, case: case.is_tekun and case.institution is None,
    "family": lambda people, case: len(case.covered) >= 2,
    "worker": lambda people, case: not case.is_tekun and not case.is_single_cover and _has_adult(people, case),
    "elder": lambda people, case: not case.is_tekun and any(people.age_of(m.person) >= 60 for m in case.covered),
    "mixed": lambda people, case: any(not m.is_covered and people.age_of(m.person) >= 22 for m in case.members),
    "kin": lambda people, case: (
        people.relation[case.head.person] == PARENT and any(_is_free_adult(people, p) for p in people.kin_of(case.head.person))
    ),
}
