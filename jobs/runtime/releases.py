"""Which release wrote to a lake last: what a later one keeps there, this one may not know."""

from __future__ import annotations

import re
from pathlib import Path

from expectations.contracts.lake.runs import RUNS
from jobs import __version__
from jobs.runtime.delta_log import last_version, said_of
from jobs.runtime.errors import BadStore


def refuse_later(lake: Path) -> None:
    """Raises BadStore where a later release than this has written to the lake in this folder. Needs no engine."""
    place = f"{RUNS.zone}/{RUNS.name}"
    if (version := last_version(lake, place)) is not None:
        refuse_code(said_of(lake, place, version).get("code_version"), str(lake))


def refuse_code(code: str | None, root: str) -> None:
    """The same of a code as ops.runs names it, such as 0.1.0+3f2a9c51d0b7; of releases without a log there is none."""
    if code and _release(code) > _release(__version__):
        raise BadStore(
            f"The lake {root} was last written by version {code}, and this is {__version__}, an earlier one, which may not know all that is "
            "kept there. Use that version, or a later one. Nothing was changed."
        )


def _release(code: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", code.partition("+")[0])))
