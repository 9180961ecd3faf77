"""An inbox of deliveries: which of them are complete, and where those go that were dealt with."""

from __future__ import annotations

import os
from pathlib import Path

from jobs.delivery.manifest import MANIFEST_NAME
from jobs.runtime.durable import replace_text, sync

TAKEN, SENT_BACK = "已接收", "已退回"
"""Folders of the inbox for deliveries that were published, and for those that were refused."""

State = tuple[tuple[str, int, int], ...]
"""Of each file its name, bytes and time of change: whoever still copies changes one of them."""


class Inbox:
    """Folders of deliveries in a folder. A delivery is complete when its manifest, which is copied last, is there and nothing of it has
    changed between two looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[Path, State] = {}

    def complete(self) -> list[Path]:
        """Those that are complete, the one whose manifest came first in front. The first look finds none."""
        found = {path: _state(path) for path in self._deliveries()}
        ready = [path for path, state in found.items() if self._seen.get(path) == state]
        self._seen = found
        return sorted(ready, key=lambda path: ((path / MANIFEST_NAME).stat().st_mtime_ns, path.name))

    def _deliveries(self) -> list[Path]:
        aside = (TAKEN, SENT_BACK)
        folders = [path for path in self.folder.iterdir() if path.name not in aside and not path.name.startswith(".")]
        return [path for path in folders if not path.is_symlink() and (path / MANIFEST_NAME).is_file()]

    def put(self, delivery: Path, where: str, reason: str = "") -> Path:
        """Moves the delivery, as it is, out of the way; the reason lies beside it. A name that is there already gets a number."""
        target = self.folder / where
        if not target.is_dir():
            target.mkdir(exist_ok=True)
            sync(self.folder)  # without its name, what is moved into it would be nowhere
        names = (delivery.name if not n else f"{delivery.name} ({n})" for n in range(10_000))
        place = next(target / name for name in names if not (target / name).exists())
        if reason:  # first: of two steps, the one that can be done again
            replace_text(place.with_name(f"{place.name}.退回原因.txt"), reason + "\n", 0o644)
        os.rename(delivery, place)
        sync(target)
        sync(self.folder)
        return place


def _state(delivery: Path) -> State:
    files = sorted(path for path in delivery.rglob("*") if path.is_file())
    return tuple((str(path.relative_to(delivery)), (found := path.stat()).st_size, found.st_mtime_ns) for path in files)
