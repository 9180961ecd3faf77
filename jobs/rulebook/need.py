"""What a rule of needs is: who may need help, by which register, and how grave that is. Who is left out is the search's matter.

A rule states the fact only. Whether the person lives here, draws already or belongs to a household with means is decided once
for all rules, in jobs.find_needs.search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.lake import EVIDENCE
from jobs.registers.benefits import Silver
from jobs.registers.means.registered import RECORD_COLUMNS
from jobs.registers.policy import Policy
from jobs.registers.references import person_references

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
    """register: a delivered register's silver rows with the numbers that links lend, none where it was not delivered."""

    register: Silver
    policy: Policy
    as_of: date


@dataclass(frozen=True)
class NeedRule:
    """candidates: CANDIDATE_COLUMNS, a row a record. members: of a rule about a household, `household_no` and RECORD_COLUMNS of all in it."""

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

    def is_in_force(self, day: date) -> bool:
        first, last = self.in_force
        return first <= day and (last is None or day <= last)


def record(rows: DataFrame, data_set: str, **columns: Column) -> DataFrame:
    """RECORD_COLUMNS of the first person that each row names, and the given columns."""
    reference = person_references(DATA_SETS[data_set])[0]
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
