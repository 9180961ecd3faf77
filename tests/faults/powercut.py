"""What a power cut leaves: names and bytes that were synced, and of all others any, as a file system is free to choose.

A thing done to names (made, removed, moved) is there as a whole or not at all; it is there for certain once a folder that it touched was
synced. Of a file that was never synced there is all of it, nothing, or the first sectors.
"""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

SECTOR = 512
TRUSTED = "casework.db"
"""Files of SQLite, which syncs by itself, and tests that."""
Names = dict[str, int]
Change = list[tuple[int, str, int | None]]
"""Of a folder's inode: what a name stands for from then on; null for nothing."""


class Journal:
    """Follows a folder from now on, all of which is on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: list[int] = []
        self._folders: dict[int, Names] = {}
        self._bytes: dict[int, bytes] = {}
        self._modes: dict[int, int] = {}
        self._synced: dict[int, Names] = {}
        self._open: list[Change] = []
        self._enter(root)
        self._synced = {number: dict(names) for number, names in self._folders.items()}

    def seen(self, folders: Iterable[Path]) -> None:
        """The names in these folders are what they are now: one change."""
        change: Change = []
        for folder in sorted(folders):
            if not folder.is_dir() or not folder.is_relative_to(self._root):
                continue
            number, now = folder.stat().st_ino, self._names(folder)
            if number not in self._folders:
                self._enter(folder, is_synced=False)
                before: Names = {}
            else:
                before = self._folders[number]
            changed = [(number, name, now.get(name)) for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
            self._folders[number] = now
            change += changed
            for _, name, child in changed:
                if child is not None and child not in self._folders and (folder / name).is_dir():
                    self._enter(folder / name, is_synced=False)
                    change += [(child, inside, number) for inside, number in self._folders[child].items()]
        if change:
            self._open.append(change)

    def synced(self, descriptor: int) -> None:
        """The file's bytes, or the folder's names, are on the disk."""
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        number = os.fstat(descriptor).st_ino
        if not path.is_dir():
            self._keep(path, number)
            self._bytes[number] = path.read_bytes()
            return
        self.seen({path})
        for change in [change for change in self._open if any(folder == number for folder, _, _ in change)]:
            self._apply(change)
            self._open.remove(change)

    def cut(self, draw: random.Random) -> None:
        """The folder as it is found when the power is back."""
        now = {path.lstat().st_ino: path for path in self._root.rglob("*") if not path.is_dir()}
        is_late = draw.random() < 0.5  # an ordered file system keeps the first so many, another any
        kept = draw.randrange(len(self._open) + 1)
        for at, change in enumerate(self._open):
            if at < kept if is_late else draw.random() < 0.5:
                self._apply(change)
        fresh = self._root.with_name(f"{self._root.name}-after")
        self._rebuild(self._root.stat().st_ino, fresh, now, draw)
        for path in self._root.glob(f"{TRUSTED}*"):
            shutil.copy2(path, fresh / path.name)
        shutil.rmtree(self._root)
        fresh.rename(self._root)

    def close(self) -> None:
        for descriptor in self._held:
            os.close(descriptor)

    def _apply(self, change: Change) -> None:
        for folder, name, number in change:
            names = self._synced.setdefault(folder, {})
            if number is None:
                names.pop(name, None)
            else:
                names[name] = number

    def _rebuild(self, folder: int, place: Path, now: dict[int, Path], draw: random.Random) -> None:
        place.mkdir()
        for name, number in sorted(self._synced.get(folder, {}).items()):
            if number in self._folders:
                self._rebuild(number, place / name, now, draw)
            elif not name.startswith(TRUSTED):
                (place / name).write_bytes(self._content(number, now, draw))
                (place / name).chmod(self._modes.get(number, 0o600))
        place.chmod(self._modes.get(folder, 0o700))

    def _content(self, number: int, now: dict[int, Path], draw: random.Random) -> bytes:
        """What was synced may have been written over or added to since."""
        last = now[number].read_bytes() if number in now else self._bytes.get(number, b"")
        known = self._bytes.get(number)
        if known == last:
            return last
        if known is not None and last.startswith(known):
            return last[: draw.randrange(len(known), len(last) + 1)]
        sectors = draw.randrange(len(last) // SECTOR + 1) * SECTOR
        return draw.choice([known or b"", last[:sectors], last])

    def _enter(self, folder: Path, *, is_synced: bool = True) -> None:
        number = folder.stat().st_ino
        self._keep(folder, number)
        self._folders[number] = self._names(folder)
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                self._enter(path, is_synced=is_synced)
            elif is_synced and not path.name.startswith(TRUSTED):
                self._bytes[path.stat().st_ino] = path.read_bytes()

    def _names(self, folder: Path) -> Names:
        names = {}
        with os.scandir(folder) as entries:
            for entry in entries:
                names[entry.name] = entry.inode()
                self._keep(Path(entry.path), entry.inode())
        return names

    def _keep(self, path: Path, number: int) -> None:
        """Held open, its number is no other's; the mode that it has counts as synced with its name."""
        if number not in self._modes:
            self._held.append(os.open(path, os.O_RDONLY))
        self._modes[number] = stat.S_IMODE(path.stat().st_mode)
