"""What a rule of needs is: who may need help, by which register, and how grave that is. Who is left out is the search's matter.

A rule states the fact only. Whether the person lives here, draws already or belongs to a household with means is decided once
for all rules, in jobs.find_needs.search.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import EVIDENCE
from jobs.registers.benefits import Silver
from jobs.registers.means.registered import RECORD_COLUMNS
from jobs.registers.policy import Policy
from jobs.registers.references import person_references
from jobs.rulebook.need_outcomes import DIBAO, TEKUN

CANDIDATE_COLUMNS = (
    *RECORD_COLUMNS, "household_no", "value", "threshold", "severity", "told", "event_on", "stated_county", "stated_town",
    "stated_village", "evidence",
)  # fmt: skip
"""
value, threshold  what the rule measured and the limit that it exceeds, in the rule's unit
severity          how grave the fact is, 0 (just over the limit) to 1
told              the fact in Chinese, after 登记显示该对象; without a name or number
stated_...        where the register says that the person lives; null where it does not say
"""


@dataclass(frozen=True)
class NeedFacts:
    """
    register  a delivered register's silver rows with the numbers that links lend, none where it was not delivered
    keep      computes a frame now, to be read many times; kept: what `once` has computed so
    """

    register: Silver
    policy: Policy
    as_of: date
    keep: Callable[[DataFrame, str], DataFrame] = lambda frame, name: frame
    kept: dict[Hashable, DataFrame] = field(default_factory=dict)


def nothing_lacks(facts: NeedFacts) -> list[str]:
    return []


NOT_COVERED = "，未查到正在享受低保或特困供养"
NO_MEANS = "，现有登记中未见家庭成员有工资、汽车、经营等收入财产，请入户了解是否需要帮助"


@dataclass(frozen=True)
class NeedRule:
    """
    candidates       CANDIDATE_COLUMNS, a row a record
    members          of a rule about a household, `household_no` and RECORD_COLUMNS of all in it
    met_by           programme families of which one that is drawn meets the need; none where it is a need of those who draw
    is_of_the_poor   means in the household say that it is none; otherwise they are not looked at
    is_of_the_alone  so does somebody in the household who could support the person
    is_after_a_stop  a benefit that was stopped a short while ago is where the need begins, and no reason to leave anybody out
    may_apply_alone  the person is covered alone where the household is at the margin of low income
    told_found       what the sentence says after the fact, of somebody on the list
    lacks            what of the delivery the rule cannot judge without, in English sentences for the summary
    """

    code: str
    title: str
    title_zh: str
    subject: str
    unit: str
    source: str
    in_force: tuple[date, date | None]
    candidates: Callable[[NeedFacts], DataFrame]
    verify: tuple[str, ...]
    members: Callable[[NeedFacts], DataFrame] | None = None
    met_by: tuple[str, ...] = (DIBAO, TEKUN)
    is_of_the_poor: bool = True
    is_of_the_alone: bool = False
    is_after_a_stop: bool = False
    may_apply_alone: bool = False
    told_found: str = NOT_COVERED + NO_MEANS
    lacks: Callable[[NeedFacts], list[str]] = nothing_lacks

    def is_in_force(self, day: date) -> bool:
        first, last = self.in_force
        return first <= day and (last is None or day <= last)


def years_before(day: date, years: int) -> date:
    """The latest birthday of whom are so old on the day: born on 29 February, one is a year older from 1 March on."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28) if is_leap_day else day.replace(year=day.year - years)


def record(rows: DataFrame, data_set: str, **columns: Column) -> DataFrame:
    """RECORD_COLUMNS of the person that each row is about, and the given columns: of a roster the member, not the head."""
    references = person_references(DATA_SETS[data_set])
    reference = next((reference for reference in references if reference.role == "person"), references[0])
    given = {
        "number_key": F.col(reference.number_key), "record_name_key": F.col(reference.name_key), "number_state": F.col(reference.state),
        "data_set": F.lit(data_set), "name_field": F.lit(reference.name_field), **columns,
    }  # fmt: skip
    return rows.select(*(given.get(name, F.col(name)).alias(name) for name in (*RECORD_COLUMNS, *columns)))


def need_candidates(rows: DataFrame, data_set: str, **columns: Column) -> DataFrame:
    """CANDIDATE_COLUMNS; what is not given is null."""
    types = {
        "household_no": "string",
        "event_on": "date",
        **{f"stated_{place}": "string" for place in ("county", "town", "village")},
    }
    given = {name: F.lit(None).cast(kind) for name, kind in types.items()} | columns
    doubles = {name: given[name].cast("double") for name in ("value", "threshold", "severity")}
    built = record(rows, data_set, **{**given, **doubles, "evidence": given["evidence"].cast(EVIDENCE)})
    return built.select(*CANDIDATE_COLUMNS)
