"""An event: who did what with which case or clue, on which day, by which paper. Recorded once, and never changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.payloads import Payload, Restricted, SubjectKind
from expectations.contracts.ids import DIGITS

SCHEMA_VERSION = 1
"""Of the payloads; a stored event keeps the one that it was written under."""
_LETTER = "E"


class Role(StrEnum):
    """In which role somebody acted."""

    OFFICE = "office"
    COUNTY = "county"
    TOWNSHIP = "township"
    INSPECTOR = "inspector"
    DATA_OWNER = "data_owner"


@dataclass(frozen=True)
class Subject:
    """What an event is about. id: begins with a letter."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True)
class Source:
    """The row of the file that said it. sheet: empty for a text file. row: from 1."""

    file: str
    sha256: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Place:
    """Where, and by which rule, as the list said it; null where it does not."""

    county_code: str | None = None
    town: str | None = None
    rule_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event before it is recorded.

    on_day: when it was done. by: the account that recorded it, and recorded_at the instant in ISO 8601, UTC; both null of what a
    version took in that kept neither. case_id: null of what belongs to no case. source: null of what no paper said. occasion: what
    tells two acts apart that say the same on the same day; empty for what comes from paper, of which a second copy is the same.
    """

    subject: Subject
    on_day: date
    after: Payload
    by: str | None
    role: Role
    recorded_at: str | None
    case_id: str | None = None
    place: Place = Place()
    source: Source | None = None
    restricted: Restricted | None = None
    occasion: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a subject that the kind cannot be about, an id without its letter, a restricted fact of no such kind."""
        if self.subject.kind not in self.after.SUBJECTS:
            raise ValueError(
                f"{self.after.KIND} is about {', '.join(sorted(self.after.SUBJECTS))}, not about a {self.subject.kind}"
            )
        if not self.subject.id[:1].isalpha() or (self.case_id is not None and not self.case_id[:1].isalpha()):
            raise ValueError("an id begins with a letter")
        if self.subject.kind is SubjectKind.CASE and self.case_id != self.subject.id:
            raise ValueError("the case of an event about a case is that case")

    @property
    def event_id(self) -> str:
        """E and 16 hex digits, of what was said alone: the same paper taken in again gives the same id. Restricted facts are not in it:
        a digest of a number gives the number away."""
        said = self.after.model_dump(mode="json", exclude=set(self.after.BESIDE))
        parts = [self.after.KIND, self.subject.kind, self.subject.id, self.on_day.isoformat(), said, self.occasion]
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return _LETTER + hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


@dataclass(frozen=True, kw_only=True)
class Event(NewEvent):
    """A recorded event. position: 1 for the first ever; without gaps. batch: of the take-in, from 1. before: what the last event of the
    same kind on the same subject said; null for the first, and of kinds that add up. restricted is never in it: see `Book.restricted`."""

    position: int
    batch: int
    before: Payload | None
    schema_version: int
