"""Check requests: households that apply, and whether a check of their means finds something."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulation.background_people import days, emptied, epoch_day_of
from simulation.dates import AS_OF_DAY
from simulation.population import ACTIVE, ALONE, COUPLE, FOUR, LONE_PARENT, THREE, Flags, People
from simulation.registers import Registers

HOUSEHOLDS_AT_SCALE_1 = 12_957
HIT_SHARE = 2_157 / 12_957
_BOOK_SHARES = {ALONE: 0.26, COUPLE: 0.36, THREE: 0.22, LONE_PARENT: 0.06, FOUR: 0.1}
_PROGRAMS = ("城市低保", "农村低保", "医疗救助", "临时救助", "特困供养")
# Where a check looks, and which rows there count: residents' insurance and pension tell nothing.
_MEANS = (
    ("vehicles", "owner_id", None),
    ("properties", "owner_id", None),
    ("enterprises", "legal_rep_id", None),
    ("enterprise_roles", "id_number", None),
    ("social_insurance", "id_number", "单位职工"),
    ("housing_fund", "id_number", None),
    ("pensions", "id_number", "城乡居民"),
    ("fiscal_staff", "id_number", None),
)


def apply_for_checks(rng: np.random.Generator, people: People, registers: Registers, scale: float) -> pl.DataFrame:
    """Writes `check_requests`; returns a row a household: number, authorised, finding (1 = something is found)."""
    has_means = _with_means(people, registers)
    book_has_means = np.add.reduceat(has_means.astype(np.int64), people.book_start[:-1]) > 0
    wanted = max(40, round(HOUSEHOLDS_AT_SCALE_1 * scale))
    heads = people.book_start[:-1]
    is_open = (people.status[heads] == ACTIVE) & (people.died[heads] < 0) & ~people.is_rostered[heads] & (people.age[heads] >= 20)
    chosen: list[int] = []
    for kind, share in _BOOK_SHARES.items():
        for hit, part in ((True, HIT_SHARE), (False, 1 - HIT_SHARE)):
            pool = np.flatnonzero(is_open & (people.book_type == kind) & (book_has_means == hit))
            chosen += rng.choice(pool, size=min(len(pool), max(1, round(wanted * share * part))), replace=False).tolist()
    books = rng.permutation(np.asarray(chosen, dtype=np.int64))
    applied = rng.integers(epoch_day_of(2017), AS_OF_DAY - 10, len(books))
    authorised = rng.random(len(books)) < 0.98
    authorised[:1] = False  # the smallest city has one, too
    numbers = pl.Series([f"SQ2017{i + 1:06d}" for i in range(len(books))])
    sizes = people.book_start[books + 1] - people.book_start[books]
    order = np.repeat(np.arange(len(books)), sizes)
    persons = np.repeat(people.book_start[books], sizes) + np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    texts = people.village_texts(persons)
    relations = np.array(["户主", "配偶", "子女", "父母", "孙子女"])
    program = rng.choice(_PROGRAMS, len(books), p=[0.25, 0.5, 0.12, 0.1, 0.03])
    given = emptied(pl.Series(days(applied[order] - 1)), ~authorised[order])
    registers.add_frame(
        "check_requests",
        {
            "application_no": numbers.gather(order),
            "county_code": texts["county_code"],
            "town": texts["town"],
            "program": program[order],
            "name": people.name.gather(persons),
            "id_number": people.number.gather(persons),
            "relation": relations[people.relation[persons]],
            "applied_on": days(applied[order]),
            "authorised_on": given,
        },
    )
    return pl.DataFrame(
        {
            "application_no": numbers,
            "authorised": authorised.astype(np.int64),
            "finding": book_has_means[books].astype(np.int64),
        }
    )


def _with_means(people: People, registers: Registers) -> Flags:
    """Who stands in a register of means under the full number."""
    found: list[pl.Series] = []
    for code, column, kind in _MEANS:
        frame = registers.frame(code)
        if code == "pensions":
            frame = frame.filter(pl.col("kind") != kind)
        elif kind is not None:
            frame = frame.filter(pl.col("kind") == kind)
        found.append(frame[column].drop_nulls().rename("number"))
    return people.number.is_in(pl.concat(found).unique().implode()).to_numpy()
