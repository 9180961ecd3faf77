"""What is not encrypted, by made-up words of a kernel: mounts, devices, swaps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from jobs.commands import doctor
from jobs.runtime import at_rest
from jobs.runtime.at_rest import AtRest, Machine

LUKS, VERITY, LVM = "CRYPT-LUKS2-0123456789abcdef-data", "CRYPT-VERITY-0123456789abcdef-data", "LVM-0123456789abcdef"


class Kernel:
    """A machine in a folder: what it tells of itself, and where its mounts are."""

    def __init__(self, root: Path) -> None:
        self.root, self.machine, self._mounts = root, Machine(root / "proc", root / "sys"), list[str]()
        (root / "proc" / "self").mkdir(parents=True)
        (root / "sys" / "class" / "block").mkdir(parents=True)
        (root / "sys" / "dev" / "block").mkdir(parents=True)
        self.swaps()

    def device(
        self, name: str, number: str, *below: str, uuid: str = "", mapped: str = "", disk: str = "", backing: str = ""
    ) -> None:
        folder = self.root / "sys" / "devices" / disk / name
        folder.mkdir(parents=True)
        if disk:
            (folder / "partition").write_text("1\n")
        if backing:
            (folder / "backing_dev").write_text(f"{backing}\n")
        if uuid:
            (folder / "dm").mkdir()
            (folder / "dm" / "uuid").write_text(f"{uuid}\n")
            (folder / "dm" / "name").write_text(f"{mapped}\n")
        for other in below:
            (folder / "slaves").mkdir(exist_ok=True)
            (folder / "slaves" / other).symlink_to((self.root / "sys" / "class" / "block" / other).resolve())
        (self.root / "sys" / "class" / "block" / name).symlink_to(folder)
        (self.root / "sys" / "dev" / "block" / number).symlink_to(folder)

    def mount(self, at: Path, device: str, kind: str, source: str) -> None:
        at.mkdir(parents=True, exist_ok=True)
        written = str(at.resolve()).replace("\\", "\\134").replace(" ", "\\040")
        self._mounts.append(f"{len(self._mounts)} 1 {device} / {written} rw,relatime shared:1 - {kind} {source} rw")
        (self.root / "proc" / "self" / "mountinfo").write_text("\n".join(self._mounts) + "\n", encoding="utf-8")

    def swaps(self, *lines: str) -> None:
        (self.root / "proc" / "swaps").write_text(
            "Filename Type Size Used Priority\n" + "".join(f"{line} 1 0 -2\n" for line in lines)
        )

    def btrfs(self, *names: str) -> None:
        devices = self.root / "sys" / "fs" / "btrfs" / "0123" / "devices"
        devices.mkdir(parents=True)
        for name in names:
            (devices / name).symlink_to((self.root / "sys" / "class" / "block" / name).resolve())


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    """A disk sda with a bare partition, and one under LUKS, on which LVM lies; all is mounted at the bare one."""
    made = Kernel(tmp_path / "machine")
    made.device("sda", "8:0")
    made.device("sda1", "8:1", disk="sda")
    made.device("sda2", "8:2", disk="sda")
    made.device("dm-0", "253:0", "sda2", uuid=LUKS, mapped="data")
    made.device("dm-1", "253:1", "dm-0", uuid=LVM, mapped="city-out")
    made.mount(tmp_path, "8:1", "ext4", "/dev/sda1")
    return made


@pytest.mark.parametrize(
    ("device", "kind", "source", "is_encrypted", "said"),
    [
        ("8:1", "ext4", "/dev/sda1", False, "ext4 on sda1, not encrypted"),
        ("8:0", "xfs", "/dev/sda", False, "xfs on sda, not encrypted"),
        ("253:0", "ext4", "/dev/mapper/data", True, "ext4 on dm-0, dm-crypt"),
        ("253:1", "xfs", "/dev/mapper/city-out", True, "xfs on dm-1, dm-crypt"),
        ("0:40", "btrfs", "/dev/mapper/city-out", True, "btrfs on dm-1, dm-crypt"),
        ("0:40", "btrfs", "/dev/sda1", False, "btrfs on sda1, not encrypted"),
        ("0:41", "fuse.gocryptfs", "/srv/cipher", True, "fuse.gocryptfs at"),
        ("0:42", "tmpfs", "tmpfs", True, "in memory, and in the swap"),
        ("0:43", "nfs4", "store:/city", False, "nfs4 from store:/city: cannot be told from here"),
        ("0:43", "fuse.sshfs", "store:/city", False, "cannot be told from here"),
        ("0:43", "overlay", "overlay", False, "cannot be told from here"),
        ("9:9", "ext4", "/dev/nobody", False, "does not tell"),
        ("0:44", "new-kind", "nothing", False, "does not tell"),
    ],
)
def test_a_folder_is_as_its_mount_and_the_devices_below_it(
    kernel: Kernel, tmp_path: Path, device: str, kind: str, source: str, is_encrypted: bool, said: str
) -> None:
    at = tmp_path / "results of 市"
    kernel.mount(at, device, kind, source)
    (at / "restricted").mkdir()
    for folder in (at, at / "restricted"):
        found = kernel.machine.folder(folder)
        assert (found.is_encrypted, said in found.seen) == (is_encrypted, True), found
    assert kernel.machine.folder(tmp_path) == AtRest(False, "ext4 on sda1, not encrypted")


def test_what_only_proves_that_nothing_was_changed_encrypts_nothing(kernel: Kernel, tmp_path: Path) -> None:
    kernel.device("dm-2", "253:2", "sda1", uuid=VERITY, mapped="proved")
    kernel.mount(tmp_path / "out", "253:2", "ext4", "/dev/mapper/proved")
    assert not kernel.machine.folder(tmp_path / "out").is_encrypted


def test_what_lies_on_several_devices_is_as_the_least_of_them(kernel: Kernel, tmp_path: Path) -> None:
    kernel.device("dm-3", "253:3", "dm-0", "sda1", uuid=LVM, mapped="mixed")
    kernel.mount(tmp_path / "mixed", "253:3", "ext4", "/dev/mapper/mixed")
    assert not kernel.machine.folder(tmp_path / "mixed").is_encrypted
    kernel.btrfs("dm-1", "sda1")
    kernel.mount(tmp_path / "out", "0:40", "btrfs", "/dev/mapper/city-out")
    assert kernel.machine.folder(tmp_path / "out") == AtRest(False, "btrfs on sda1, not encrypted")


def test_a_folder_is_no_safer_than_what_is_mounted_in_it_and_as_safe_as_what_was_mounted_last(
    kernel: Kernel, tmp_path: Path
) -> None:
    kernel.mount(tmp_path / "out", "253:0", "ext4", "/dev/mapper/data")
    assert kernel.machine.folder(tmp_path / "out").is_encrypted
    kernel.mount(tmp_path / "out" / "lake" / "bronze", "8:1", "ext4", "/dev/sda1")
    assert not kernel.machine.folder(tmp_path / "out").is_encrypted
    kernel.mount(tmp_path / "out" / "lake" / "bronze", "0:41", "fuse.gocryptfs", "/srv/cipher")
    assert kernel.machine.folder(tmp_path / "out" / "lake" / "bronze").is_encrypted


def test_a_folder_that_its_file_system_encrypts_is_known_by_its_flag(
    kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(
            at_rest.fcntl, "ioctl", lambda *_: (0x80800).to_bytes(8, "little")
        )  # as ext4 says of a folder under fscrypt
        assert kernel.machine.folder(tmp_path / "out") == AtRest(True, "ext4, the folder itself is encrypted")
    assert not kernel.machine.folder(tmp_path / "out").is_encrypted


def test_swaps_are_told_one_by_one(kernel: Kernel, tmp_path: Path) -> None:
    kernel.device("zram0", "254:0", backing="none")
    kernel.device("zram1", "254:1", backing="/dev/sda1")
    kernel.swaps(
        "/dev/dm-0 partition", "/dev/sda1 partition", f"{tmp_path}/swap file", "/dev/zram0 partition", "/dev/zram1 partition"
    )
    told = {Path(name).name: swap.is_encrypted for name, swap in kernel.machine.swaps().items()}
    assert told == {"dm-0": True, "sda1": False, "swap": False, "zram0": True, "zram1": False}
    (kernel.root / "proc" / "swaps").unlink()
    assert [swap.is_encrypted for swap in kernel.machine.swaps().values()] == [False], "not read is not none"


def test_doctor_says_zone_by_zone_what_is_not_encrypted(kernel: Kernel, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for zone in ("lake/bronze", "lake/vault", "restricted", "exports"):
        (out / zone).mkdir(parents=True)
    kernel.mount(out / "lake", "253:0", "ext4", "/dev/mapper/data")
    kernel.swaps("/dev/sda1 partition")
    found = told(doctor.at_rest(out, None, kernel.machine))
    assert found == {
        "lake/bronze": True, "lake/vault": True, "restricted": False, "all else in OUT": False, "temporary files": False,
        "swap /dev/sda1": False,
    }  # fmt: skip
    assert told(doctor.at_rest(out, str(tmp_path), kernel.machine)).keys() & {"lake/bronze", "lake/vault"} == set()
    assert told(doctor.at_rest(out, "s3://bucket/lake", kernel.machine))["lake"] is False


def told(diagnoses: list[doctor.Diagnosis]) -> Mapping[str, bool]:
    return {zone: one.is_well for one in diagnoses for zone in one.what.removeprefix("at rest: ").split(", ")}
