"""The chain that a trace shows: what stands on the list, what was found, which payments it counts, which delivered rows it rests on.

This is the schema of `mingjing trace --json`, told in docs/trace.md. Amounts are texts with two places, days ISO 8601, months YYYY-MM.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from expectations.conf import Conf

FORMAT: Literal["mingjing-trace-1"] = "mingjing-trace-1"
Kind = Literal["clue", "case", "need", "check"]
Cell = str | int | float | bool | None


class RuleTold(Conf):
    """The rule that speaks."""

    code: str
    title: str
    title_zh: str
    unit: str = Field(description="unit of value and threshold")
    source: str = Field(description="legal source")
    in_force: tuple[str, str | None] = Field(description="first and last day of the source; null = still in force")
    fingerprint: str | None = Field(description="digest of code, parameters and law on the day; null for rules of needs")


class Finding(Conf):
    """What the rule found of one thing of the subject's."""

    thing: str = Field(description="kind of thing that was looked at, and with --full which")
    outcome: str = Field(description="found, or exempt: probably lawful")
    exemption: str | None = Field(description="code and words of the exemption")
    doubt: str | None = Field(description="exemption that may well apply, though data cannot decide")
    identity_grade: str | None
    event_on: str | None = Field(description="day of the fact")
    value: float | None = Field(description="what was measured")
    threshold: float | None = Field(description="the limit it was held against")
    months: int
    amount_upper: str = Field(description="yuan paid after the fact")
    amount_estimate: str = Field(description="yuan at stake after exemptions, grace and the person's share")
    is_personal: bool | None = Field(description="is only the subject's share of the months at stake?")
    counted: dict[str, str] = Field(description="yuan at stake by month counted; lawful months are not among them")
    explanation: str


class Score(Conf):
    """Why the clue stands where it does on the list."""

    probability: float | None = Field(description="that a visit confirms it, 0-1")
    reasons: str | None
    anomaly_percentile: float | None = Field(description="share of households that are less strange, 0-1")
    strange_for: str | None = Field(description="what makes the household strange, strongest first")
    pattern: str | None = Field(description="which kind of strangeness the clue is about, in words; null = a rule's")
    model_version: str | None = Field(description="registered version of the model of strangeness")
    ranking_version: str | None = Field(description="registered version of the ranking; null = stated priors")


class Transfer(Conf):
    """A delivered row of money."""

    record: int = Field(description="its place in `records`, from 0")
    program: str | None
    paid_on: str | None
    kind: str | None
    yuan: str | None


class Month(Conf):
    """A month of entitlement from that of the fact on, counted or not; of F04 a year of aid."""

    household: str = Field(description="certificate of the household paid")
    month: str
    paid_yuan: str = Field(description="paid for the month, refunds netted")
    refunded_yuan: str
    heads: int | None = Field(description="persons paid for")
    at_stake_yuan: str | None = Field(description="the most that one finding counts of it; null where it counts for none")
    transfers: tuple[Transfer, ...]


class Side(Conf):
    """One person with whom a record was compared."""

    person: str
    agreement: str
    bits: str = Field(description="log2 of the odds, where the linkage weighed it")


class Compared(Conf):
    """A thing that was compared between a record and the persons whom it may mean."""

    field: str
    record: str
    persons: tuple[Side, ...]


class Identity(Conf):
    """Whom a delivered row means, and why: what `mingjing why-linked` says."""

    role: str = Field(description="whose number the row holds: person, head, owner ...")
    tie: str = Field(description="grade and reason, or why the row is tied to nobody")
    compared: tuple[Compared, ...]


class Delivery(Conf):
    """How a file came."""

    number: int = Field(description="1 for the first delivery made to this lake")
    delivery_id: str
    department: str | None
    extract_date: str | None = Field(description="day that the extract stands for")
    taken_in_at: str | None = Field(
        description="instant of the first run that took the delivery in; null where no run is on record"
    )
    sha256: str | None = Field(description="of the file's bytes, as the manifest claims and the intake has checked")
    status: str = Field(description="accepted, or superseded by a newer extract")


class Record(Conf):
    """A delivered row."""

    part: str = Field(
        description="evidence, roster, kin (who is whose), payment, subject, book (of the subject's household) or request"
    )
    data_set: str
    title: str
    file: str
    sheet: str
    row: int = Field(description="row in the sheet or line in the file, the first is 1")
    delivery: Delivery
    cells: dict[str, str] = Field(description="cells as received, by header")
    seen: dict[str, str] = Field(description="what the rule saw of them, read and typed")
    identities: tuple[Identity, ...]


class Step(Conf):
    """A table that the chain passed through, in the version that was read."""

    table: str
    version: int
    job: str | None = Field(description="job that wrote the version; null in this and the next five where no run is on record")
    run_id: str | None
    started_at: str | None
    as_of: str | None
    code_version: str | None
    settings_fingerprint: str | None
    engine: str | None


class Chain(Conf):
    """Of one id, the whole way from the list to the delivered rows."""

    format: Literal["mingjing-trace-1"] = FORMAT
    id: str
    kind: Kind
    is_masked: bool
    lake: str
    line: dict[str, Cell] = Field(
        description="the line of the list, by its columns; of a case, its line among the cases to visit"
    )
    rule: RuleTold | None = Field(description="null for cases and checks")
    findings: tuple[Finding, ...]
    score: Score | None = Field(description="of clues")
    months: tuple[Month, ...]
    records: tuple[Record, ...]
    parts: tuple[Chain, ...] = Field(description="clues or needs of a case, things found of a household that was checked")
    steps: tuple[Step, ...]
    searched: dict[str, int | None] = Field(
        description="tables that the job which found it has looked at, with their versions: what is said not to be there is not in these"
    )
    remarks: tuple[str, ...] = Field(description="what whoever reads the chain must know")
