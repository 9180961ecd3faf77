"""Whom and what a confirmed clue is about, as a sheet tells it. Restricted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import functions as F

from expectations.contracts.lake import CASE_FILES, CASES, CLUES, PEOPLE
from jobs.casebook.matters import Matter
from jobs.runtime.lake import Lake
from jobs.sheets.clue_workbook import RULE_TITLES
from jobs.sheets.tables import joined


@dataclass(frozen=True)
class About:
    """Whom and what a matter is about. explanation: of the clue as the last run found it; empty where it did not find it again."""

    name: str
    number: str
    program: str
    household_no: str
    address: str
    explanation: str

    @property
    def who(self) -> str:
        return joined(self.name, self.number, self.program, self.household_no, self.address)

    def what(self, matter: Matter) -> str:
        """The clue, and what the visit found."""
        said = matter.verdict
        recovered = f"，已追回{said.recovered_yuan:,.2f}元" if said.recovered_yuan else ""
        stopped = f"，{said.stop_month:%Y-%m}起停发" if said.stop_month else ""
        rule = said.listed.rule_code
        return joined(
            f"【{RULE_TITLES.get(rule, rule)}】", self.explanation,
            f"核查：{matter.checked_on.isoformat()} {said.verdict}（{said.checkers}）{recovered}{stopped}",
        )  # fmt: skip


def about(lake: Lake, matters: Sequence[Matter]) -> dict[str, About]:
    """By clue. Restricted."""
    cases = {row["case_id"]: row for row in _among(lake, CASES, "case_id", [matter.case_id for matter in matters])}
    clues = {row["clue_id"]: row for row in _among(lake, CLUES, "clue_id", [matter.clue_id for matter in matters])}
    subjects = {matter.clue_id: _subject(matter, cases, clues) for matter in matters}
    people = {row["person_id"]: (row["name"], row["number"]) for row in _among(lake, PEOPLE, "person_id", subjects.values())}
    return {
        matter.clue_id: _about(people.get(subjects[matter.clue_id]), cases.get(matter.case_id), clues.get(matter.clue_id))
        for matter in matters
    }


def apart(lake: Lake, matters: Sequence[Matter]) -> frozenset[str]:
    """Cases that any list had apart from the office that approved."""
    return frozenset(
        row["case_id"] for row in _among(lake, CASE_FILES, "case_id", [one.case_id for one in matters]) if row["is_separate"]
    )


def _among(lake: Lake, table: Any, column: str, ids: Any) -> list[Any]:
    wanted = lake.session.createDataFrame([(one,) for one in sorted({*ids} - {None})], f"{column} string")
    return list(lake.read_or_empty(table).join(F.broadcast(wanted), column, "left_semi").collect())  # some a confirmed clue


def _subject(matter: Matter, cases: Mapping[str, Any], clues: Mapping[str, Any]) -> str | None:
    """Whom the clue is about, else the head of the household."""
    clue, case = clues.get(matter.clue_id), cases.get(matter.case_id)
    return (clue and clue["person_id"]) or (case and case["head_person_id"])


def _about(person: tuple[str, str] | None, case: Any, clue: Any) -> About:
    name, number = person or ("", "")
    place = [case[column] or "" for column in ("program", "household_no", "town", "village")] if case else [""] * 4
    return About(name, number, place[0], place[1], " ".join(filter(None, place[2:])), clue["explanation"] if clue else "")
