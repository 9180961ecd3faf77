"""What keeps a folder from whoever takes the disk away: the encryption below it, as far as this machine's kernel tells.

Looked at are the mounts (/proc/self/mountinfo), the devices below them (/sys), and the flag of encrypted folders of ext4 and f2fs.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_STACKED = ("fuse.gocryptfs", "fuse.cryfs", "fuse.securefs", "fuse.encfs", "ecryptfs")
"""File systems that lay encrypted files into another one."""
_IN_MEMORY = ("tmpfs", "ramfs")
_ELSEWHERE = ("nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "virtiofs", "overlay", "zfs", "glusterfs", "lustre")
"""File systems whose disks this machine does not see, or does not tell of."""
_GET_FLAGS, _ENCRYPTED = 0x80086601, 0x800
"""FS_IOC_GETFLAGS and FS_ENCRYPT_FL: what lsattr shows as E."""
_DM_CRYPT = re.compile("CRYPT-(?!VERITY|INTEGRITY)")
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """A line of mountinfo. device: major:minor, of which some file systems have one of their own, that no disk has."""

    device: str
    at: Path
    kind: str
    source: str


@dataclass(frozen=True)
class AtRest:
    """is_encrypted: false, too, where it cannot be told. seen: in words, as `ext4 on vda1`."""

    is_encrypted: bool
    seen: str


@dataclass(frozen=True)
class Machine:
    """Where the kernel tells of itself."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")

    def folder(self, path: Path) -> AtRest:
        """Of the folder, and of whatever is mounted below it: it is as safe as the least of them."""
        real, mounts = path.resolve(), self._mounts()
        own = max((m for m in mounts if real.is_relative_to(m.at)), key=lambda m: len(m.at.parts), default=None)
        if own is None:
            return AtRest(False, "on no mount that the kernel names: cannot be told")
        found = AtRest(True, f"{own.kind}, the folder itself is encrypted") if _has_flag(real) else self._of_mount(own)
        below = [self._of_mount(m) for m in mounts if m.at != own.at and m.at.is_relative_to(real)]
        return next((one for one in (found, *below) if not one.is_encrypted), found)

    def swaps(self) -> dict[str, AtRest]:
        """By file or partition. What was in memory may lie there."""
        try:
            lines = (self.proc / "swaps").read_text(encoding="utf-8").splitlines()[1:]
        except OSError as error:
            return {"swap": AtRest(False, f"{self.proc / 'swaps'} cannot be read ({error.strerror})")}
        found = {}
        for line in lines:
            name, kind = line.split()[:2]
            name = _plain(name)
            found[name] = self.folder(Path(name).parent) if kind == "file" else self._of_device(name, "swap")
        return found

    def _mounts(self) -> list[Mount]:
        """The last one at a place first: it hides the others."""
        mounts = []
        for line in (self.proc / "self" / "mountinfo").read_text(encoding="utf-8").splitlines():
            _, _, device, _, at, *rest = line.split(" ")
            kind, source = rest[rest.index("-") + 1 :][:2]
            mounts.append(Mount(device, Path(_plain(at)), kind, _plain(source)))
        return mounts[::-1]

    def _of_mount(self, mount: Mount) -> AtRest:
        if mount.kind in _STACKED:
            return AtRest(True, f"{mount.kind} at {mount.at}")
        if mount.kind in _IN_MEMORY:
            return AtRest(True, f"{mount.kind} at {mount.at}: in memory, and in the swap")
        if mount.kind in _ELSEWHERE or mount.kind.startswith("fuse"):
            return AtRest(False, f"{mount.kind} from {mount.source}: cannot be told from here")
        return self._of_device(mount.source if mount.device.startswith("0:") else mount.device, mount.kind)

    def _of_device(self, device: str, kind: str) -> AtRest:
        """device: major:minor, or the path of its node."""
        folder = self.sys / "dev" / "block" / device if ":" in device else self._named(Path(device).name)
        if folder is None or not folder.is_dir():
            return AtRest(False, f"{kind} on {device}, of which {self.sys} does not tell")
        name, below = folder.resolve().name, self._all_of_btrfs(folder.resolve())
        if re.fullmatch("zram[0-9]+", name) and _text(folder / "backing_dev") in ("", "none"):
            return AtRest(True, f"{kind} on {name}: in memory")
        bare = [one for one in below if not self._is_encrypted(one)]
        if bare:
            return AtRest(False, f"{kind} on {', '.join(one.name for one in bare)}, not encrypted")
        return AtRest(True, f"{kind} on {name}, dm-crypt")

    def _named(self, name: str) -> Path | None:
        """A device by its own name, or by that which the device mapper shows."""
        if (self.sys / "class" / "block" / name).exists():
            return self.sys / "class" / "block" / name
        return next((path.parent.parent for path in self.sys.glob("class/block/*/dm/name") if _text(path) == name), None)

    def _all_of_btrfs(self, device: Path) -> list[Path]:
        """The devices of the file system that the device is one of; else the device."""
        for devices in self.sys.glob("fs/btrfs/*/devices"):
            if (devices / device.name).exists():
                return sorted(one.resolve() for one in devices.iterdir())
        return [device]

    def _is_encrypted(self, device: Path) -> bool:
        """Is it a mapping of dm-crypt, or made of such alone? A partition is as its disk."""
        if _DM_CRYPT.match(_text(device / "dm" / "uuid")):
            return True
        parts = list(_slaves(device)) or ([device.parent] if (device / "partition").exists() else [])
        return bool(parts) and all(self._is_encrypted(part) for part in parts)


def _slaves(device: Path) -> Iterator[Path]:
    if (device / "slaves").is_dir():
        yield from sorted(one.resolve() for one in (device / "slaves").iterdir())


def _has_flag(path: Path) -> bool:
    """Has the folder an encryption policy of its file system (fscrypt)?"""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        flags = fcntl.ioctl(descriptor, _GET_FLAGS, bytes(8))
    except OSError:  # a file system without flags
        return False
    finally:
        os.close(descriptor)
    return bool(struct.unpack_from("I", flags)[0] & _ENCRYPTED)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _plain(text: str) -> str:
    """The kernel writes blanks, tabs, line ends and backslashes in octal."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
