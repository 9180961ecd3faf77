"""What a command line says, judged before anything is opened: its day, its folders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from jobs.runtime.errors import BadConfiguration
from jobs.runtime.paths import local_folder

FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2099, 12, 31)
"""Days beyond these are slips of the keyboard: no record of welfare is older, no rule is written for later."""
WRITTEN_FOLDERS = (
    "lake",
    "mlflow",
    "quality",
    "slips",
    "exports",
    "restricted",
    "fairness",
    "learning",
    "plans",
    "prepay",
    "check",
    "audit",
    "editions",
    "certificates",
)
"""Folders of OUT that this program fills and replaces."""


def day(text: str, *, future: bool = False, option: str = "--as-of") -> date:
    """A day of the command line. Raises BadConfiguration for anything else, and for a day to come unless `future`."""
    try:
        given = date.fromisoformat(text)
    except ValueError:
        raise BadConfiguration(f"{option} is {text!r}. Expected a day such as 2017-12-31.") from None
    last = LAST_DAY if future else date.today()  # the one place where the clock is asked: every job is told its day
    if not FIRST_DAY <= given <= last:
        hint = f", or with --future up to {LAST_DAY}" if last < given <= LAST_DAY and option == "--as-of" else ""
        raise BadConfiguration(f"{option} is {text}. Expected a day from {FIRST_DAY} to {last}{hint}.")
    return given


def day_now(text: str, *, future: bool = False) -> date:
    """The same for what waits: `today` is the day on which it is asked. Raises BadConfiguration as `day` does."""
    return date.today() if text == "today" else day(text, future=future)


def refuse_overlap(delivery: Path, written: Mapping[str, Path | str | None]) -> None:
    """Raises BadConfiguration where an option names a place in the delivery, or the delivery lies in what a run replaces.

    A delivery is evidence: nothing is written to it, and nothing that is written is read as one.
    """
    source = delivery.resolve()
    for option, place in written.items():
        folder = local_folder(place) if isinstance(place, str) else place
        if folder is None:
            continue
        target = folder.resolve()
        if target.is_relative_to(source):
            raise BadConfiguration(f"{option} {place} lies in the delivery {delivery}. Name a folder outside of it.")
        if any(source.is_relative_to(target / name) for name in WRITTEN_FOLDERS):
            raise BadConfiguration(f"The delivery {delivery} lies in what a run writes to {option} {place}. Move it out first.")


def existing_lake(out: Path, lake_root: str | None) -> str:
    """The root of the lake of a run that is over. Raises BadConfiguration where its folder is not there."""
    root = lake_root or str(out.resolve() / "lake")
    folder = local_folder(root)
    if folder is not None and not folder.is_dir():
        raise BadConfiguration(f"No lake {root}. Name the folder that a run wrote its results to, or its --lake.")
    return root
