"""What each kind of event says: one frozen class a kind. Money is in yuan, months are their first day, days are days of people's acts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from expectations.conf import Conf
from expectations.contracts.returned import (
    VERDICT_OUTCOMES,
    AppealOutcome,
    Assistance,
    DataResult,
    Measure,
    NeedResult,
    Problem,
    Sanction,
)

Yuan = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Words = Annotated[str, Field(min_length=1)]


class SubjectKind(StrEnum):
    """What an event may be about."""

    CASE = "case"
    CLUE = "clue"
    NEED = "need"
    CHECK = "check"
    DATA_CLUE = "data_clue"


class Kind(StrEnum):
    """What people do with a case. Chinese terms stand in the glossary."""

    DISPATCHED = "dispatched"
    RECEIVED = "received"
    SENT_BACK = "sent_back"
    REFERRED = "referred"
    VERDICT = "verdict"
    NEED_OUTCOME = "need_outcome"
    DATA_OUTCOME = "data_outcome"
    CORRECTION = "correction"
    RECTIFICATION = "rectification"
    RECOVERY = "recovery"
    ACCOUNTABILITY = "accountability"
    APPEAL = "appeal"
    CLOSED = "closed"
    SNOOZED = "snoozed"
    REOPENED = "reopened"


class Severity(StrEnum):
    """How soon a case is due: `hard` where a record settles the fact, then those that touch a key person, then all others."""

    HARD = "hard"
    KEY_PERSON = "key_person"
    ORDINARY = "ordinary"


class Office(Conf):
    """Who has a case in hand: a township of a county, the county itself, or, without one, the city's own team."""

    county_code: str | None = None
    town: str | None = None


class DispatchedClue(Conf):
    """A clue that a dispatched case holds."""

    clue_id: str
    rule_code: str


class Listed(Conf):
    """A clue as the last list before the visit had it: what training may know of it. The fields are those of gold.listed_clues."""

    listed_on: date
    rule_code: str
    case_id: str
    county_code: str
    identity_grade: str | None = None
    months: int | None = None
    amount_upper: Decimal | None = None
    amount_estimate: Decimal | None = None
    anomaly_percentile: float | None = None
    clues_in_case: int | None = None
    doubt_code: str | None = None
    exemption_code: str | None = None
    signals: dict[str, float | None] | None = None
    stated_score: float | None = None
    score: float | None = None
    ranking_version: str | None = None


class Payload(Conf):
    """What an event of one kind says.

    KIND: the kind. SUBJECTS: what it may be about. REPLACES: is it the answer to the same question as the one before it of its
    subject, so that the one before is what stood `before`? BESIDE: fields that were known beside what a person said; two events
    that differ in nothing else are one.
    """

    KIND: ClassVar[Kind]
    SUBJECTS: ClassVar[frozenset[SubjectKind]] = frozenset({SubjectKind.CASE})
    REPLACES: ClassVar[bool] = True
    BESIDE: ClassVar[frozenset[str]] = frozenset()


class Dispatched(Payload):
    """交办 of a case on a list of visits. is_separate: past the office that approved. inspectors: who goes there, where somebody was
    named; return_to: where the papers go, where that is not the office itself."""

    KIND = Kind.DISPATCHED
    to: Office
    due_on: date
    severity: Severity
    is_separate: bool
    clues: tuple[DispatchedClue, ...] = Field(min_length=1)
    list_on: date
    list_no: int
    inspectors: str | None = None
    return_to: str | None = None


class Received(Payload):
    """签收. inspector: who goes there, where the office has named somebody."""

    KIND = Kind.RECEIVED
    inspector: str | None = None
    note: str | None = None


class SentBack(Payload):
    """退回重办: what was handed in is not enough."""

    KIND = Kind.SENT_BACK
    reason: Words


class Referred(Payload):
    """转办 to another office, or 转介 to a kind of assistance: one of the two."""

    KIND = Kind.REFERRED
    SUBJECTS = frozenset({SubjectKind.CASE, SubjectKind.NEED})
    office: Words | None = None
    assistance: Assistance | None = None
    reason: Words

    @model_validator(mode="after")
    def _to_one(self) -> Referred:
        if (self.office is None) == (self.assistance is None):
            raise ValueError("expected an office or a kind of assistance, one of the two")
        return self


class Verdict(Payload):
    """核查结论 of a visit; its day is the day of the visit. checkers: two or more names, joined by 、."""

    KIND = Kind.VERDICT
    SUBJECTS = frozenset({SubjectKind.CLUE})
    BESIDE = frozenset({"taken_in_on", "is_random", "listed"})
    verdict: str
    refutation_reason: str | None = Field(None, pattern=r"^R(0[1-9]|1\d|2[0-5]|99)$")
    checkers: str
    recovered_yuan: Yuan | None = None
    stop_month: date | None = None
    note: str | None = None
    taken_in_on: date = Field(description="as-of day of the take-in")
    is_random: bool | None = Field(None, description="was the case drawn at random? null: no ledger says")
    listed: Listed

    @property
    def outcome(self) -> str:
        """What it counts as."""
        return VERDICT_OUTCOMES[self.verdict]

    @model_validator(mode="after")
    def _is_known(self) -> Verdict:
        if self.verdict not in VERDICT_OUTCOMES:
            raise ValueError(f"expected one of {'、'.join(VERDICT_OUTCOMES)}")
        return self


class NeedOutcome(Payload):
    """处理结果 of a need. programme, month, yuan_per_month: of what was granted."""

    KIND = Kind.NEED_OUTCOME
    SUBJECTS = frozenset({SubjectKind.NEED})
    result: NeedResult
    programme: str | None = None
    month: date | None = None
    yuan_per_month: Yuan | None = None
    checkers: str
    note: str | None = None


class DataOutcome(Payload):
    """更正结果 of a data clue, or 复核结果 of what a check found. The corrected number itself is a restricted fact."""

    KIND = Kind.DATA_OUTCOME
    SUBJECTS = frozenset({SubjectKind.DATA_CLUE, SubjectKind.CHECK})
    result: DataResult
    checkers: str
    note: str | None = None


class Correction(Payload):
    """更正 of records that stand twice. kept, dropped: the records as FILE:ROW or FILE:SHEET:ROW."""

    KIND = Kind.CORRECTION
    SUBJECTS = frozenset({SubjectKind.CLUE, SubjectKind.DATA_CLUE})
    result: DataResult
    kept: str | None = None
    dropped: tuple[str, ...] = ()
    checkers: str
    note: str | None = None


class Rectification(Payload):
    """整改 of a confirmed clue, or of its whole case: one measure. done_on: null while it is under way."""

    KIND = Kind.RECTIFICATION
    SUBJECTS = frozenset({SubjectKind.CASE, SubjectKind.CLUE})
    problem: Problem
    measure: Measure
    due_on: date | None = None
    done_on: date | None = None
    to_recover_yuan: Yuan | None = None
    note: str | None = None


class Recovery(Payload):
    """追缴到账: one instalment; its day is the day of the receipt."""

    KIND = Kind.RECOVERY
    SUBJECTS = frozenset({SubjectKind.CASE, SubjectKind.CLUE})
    REPLACES = False
    yuan: Yuan
    receipt_no: Words
    note: str | None = None


class Accountability(Payload):
    """问责. people: how many; who they are is a restricted fact. role: their post, such as 村委会委员."""

    KIND = Kind.ACCOUNTABILITY
    SUBJECTS = frozenset({SubjectKind.CASE, SubjectKind.CLUE})
    REPLACES = False
    sanction: Sanction
    people: int = Field(ge=1)
    role: Words
    note: str | None = None


class Appeal(Payload):
    """申诉 of the person; its day is the day it was lodged. reviewers: who looked again. owed_yuan: to be paid to the
    person. resumed_month: from when the benefit is paid again."""

    KIND = Kind.APPEAL
    SUBJECTS = frozenset({SubjectKind.CLUE})
    reason: Words
    outcome: AppealOutcome | None = None
    decided_on: date | None = None
    reviewers: str | None = None
    owed_yuan: Yuan | None = None
    resumed_month: date | None = None

    @model_validator(mode="after")
    def _decided(self) -> Appeal:
        if (self.outcome is None) != (self.decided_on is None) or (self.outcome is None) != (self.reviewers is None):
            raise ValueError("expected outcome, day and reviewers together, or none of them yet")
        return self


class Closed(Payload):
    """销号."""

    KIND = Kind.CLOSED
    note: str | None = None


class Snoozed(Payload):
    """Set aside until a day, and in any case no longer than until the case changes."""

    KIND = Kind.SNOOZED
    until: date | None = None
    reason: Words


class Reopened(Payload):
    """Opened again, closed or asleep as it was."""

    KIND = Kind.REOPENED
    reason: Words


PAYLOADS: dict[Kind, type[Payload]] = {
    payload.KIND: payload
    for payload in (
        Dispatched, Received, SentBack, Referred, Verdict, NeedOutcome, DataOutcome, Correction, Rectification, Recovery, Accountability,
        Appeal, Closed, Snoozed, Reopened,
    )
}  # fmt: skip
"""The class of each kind."""


class Restricted(Conf):
    """Facts for the few who may see them. number: as the owner of the record corrected it. names: of people held to account."""

    number: str | None = None
    names: tuple[str, ...] = ()
