"""Who brought what people decided into the lake, and when: kept beside each verdict and decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.access.roles import AccessParams, person_now
from jobs.returns.tables import Line


@dataclass(frozen=True)
class Brought:
    """by: the account of the person, who may have asked for it by sudo. at: the instant, as ISO 8601 in UTC, with seconds. Given to a job,
    which asks nobody itself."""

    by: str
    at: str

    def beside(self, line: Line) -> dict[str, str | int]:
        """The columns BROUGHT of the contracts, for what the line decides."""
        return {
            "brought_by": self.by, "recorded_at": self.at, "source_file": line.file, "source_sha256": line.sha256,
            "source_sheet": line.sheet, "source_row": line.row,
        }  # fmt: skip


NOBODY = Brought("", "")
"""For a run that takes nothing in."""


def brought_now(access: AccessParams) -> Brought:
    return Brought(person_now(access).account, datetime.now(UTC).isoformat(timespec="seconds"))
