"""An edition: full lists that left as locked files, to whom, for what and until when. Recorded once, and never changed."""

from __future__ import annotations

import hashlib
from datetime import date

from pydantic import Field

from expectations.conf import Conf


class EditionFile(Conf):
    """A file of an edition. name: below the edition's folder. sha256: as it was handed out. made_from: SHA-256 of the list."""

    name: str
    sha256: str
    made_from: str


class Edition(Conf):
    """number: 1 for the first ever. mark: drawn, and hidden in every file. made_at: instant, ISO 8601 in UTC. second: the account that
    approved it; null where nobody was asked."""

    number: int = Field(ge=1)
    mark: str = Field(pattern=r"^[0-9a-f]{12}$")
    made_at: str
    made_by: str
    second: str | None = None
    recipient: str
    purpose: str
    expires_on: date
    files: tuple[EditionFile, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, in hex."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
