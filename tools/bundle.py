"""`make bundle`: one archive with all that a machine without a network needs: wheels, Delta jars, the checkout, pages, checksums, SBOM.

python -m tools.bundle FOLDER [--arch x86_64] [--arch aarch64]: writes FOLDER/mingjing-VERSION.tar. Needs a network, and Java for the jars.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from jobs import __version__
from jobs.runtime.errors import BadConfiguration
from tools.bill_of_materials import bill_of_materials, metadata_of

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURES = ("x86_64", "aarch64")
PYTHON = (3, 11)
OLDEST_PYTHON = "3.11.0"
"""install.sh takes any 3.11: Debian 12 has 3.11.2."""
OLDEST_GLIBC = 28
"""The second number, as on Kylin V10 and openEuler 20.03: a wheel made for a newer one does not start there. `mingjing doctor` says so."""
JARS = ("delta-spark", "delta-storage", "delta-kernel-api", "delta-kernel-defaults", "delta-kernel-unitycatalog")
SUMS = "SHA256SUMS"
HASHES = ROOT / "hashes.txt"
SIGNING_KEY = "MINGJING_SIGNING_KEY"
"""Variable of the environment with the file of the maker's private key, on P-256; openssl asks for its passphrase where it has one."""
_FETCH_JARS = """
from jobs.launch.settings import load_settings
from jobs.runtime.session import SPARK, open_engine
with open_engine(SPARK, load_settings().engine):
    pass
"""


def platforms(arch: str) -> list[str]:
    """Platforms of wheels that start on a Linux of this architecture with the oldest glibc, the newest first."""
    return [f"manylinux_2_{minor}_{arch}" for minor in range(OLDEST_GLIBC, 4, -1)] + [f"manylinux2014_{arch}", f"linux_{arch}"]


def fitting(arch: str) -> frozenset[Tag]:
    """Tags of wheels that fit the target's Python and platform."""
    return frozenset(cpython_tags(PYTHON, platforms=platforms(arch))) | frozenset(
        compatible_tags(PYTHON, "cp311", platforms(arch))
    )


def misfits(wheels: Iterable[Path], arch: str) -> list[str]:
    """Names of the wheels that do not fit, such as one for a newer glibc."""
    tags = fitting(arch)
    return sorted(path.name for path in wheels if parse_wheel_filename(path.name)[3].isdisjoint(tags))


def too_new(wheels: Iterable[Path]) -> list[str]:
    """Names of the wheels that pip would refuse on the oldest Python of a target, whatever they are built for."""
    needed = ((path.name, metadata_of(path)["Requires-Python"]) for path in wheels)
    return sorted(name for name, python in needed if python and OLDEST_PYTHON not in SpecifierSet(python))


def pins(constraints: Path) -> list[str]:
    """The pinned versions, one a package."""
    return [line for line in constraints.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def missing(pinned: Iterable[str], wheels: Iterable[Path]) -> list[str]:
    """Pins for which no wheel is there, in the version pinned."""
    there = {(str(name), str(found)) for name, found, _, _ in (parse_wheel_filename(path.name) for path in wheels)}
    return sorted({_canonical(pin) for pin in pinned} - {f"{name}=={wanted}" for name, wanted in there})


def options_for(arch: str) -> list[str]:
    """Options by which pip takes wheels for such a machine, whatever it runs on."""
    options = [option for platform in platforms(arch) for option in ("--platform", platform)]
    return [*options, "--python-version", OLDEST_PYTHON, "--implementation", "cp", "--only-binary", ":all:"]


def hash_lines(hashes: Path) -> dict[str, str]:
    """By pin, the line by which pip holds it against the SHA-256 of all that it may be."""
    parted = ((_canonical(pin), digests) for pin, _, digests in (line.partition(" ") for line in pins(hashes)))
    return {pin: f"{pin} {digests}" for pin, digests in parted}


def _canonical(pin: str) -> str:
    name, _, wanted = pin.partition("==")
    return f"{canonicalize_name(name)}=={wanted}"


def fetch_wheels(folder: Path, arch: str, constraints: Path, hashes: Path = HASHES) -> None:
    """Wheels of all pins into `folder`. Raises BadConfiguration naming those that are not to be had for the target, or are not what
    `hashes` says: of a pin that pip refuses for its digest, no wheel comes."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = hash_lines(hashes)
    left, sources = missing(pins(constraints), folder.glob("*.whl")), list[str]()
    if unknown := [pin for pin in left if pin not in lines]:
        raise BadConfiguration(
            f"{hashes.name} does not say what {', '.join(unknown)} is. Make it anew: make hashes. Nothing was fetched."
        )
    while left:
        said = _pip("download", folder, [lines[pin] for pin in left], *options_for(arch))
        lacking = re.search(r"No matching distribution found for (\S+)", said)
        if lacking is None or lacking[1] not in left:  # all came, or the network gave way
            break
        left.remove(lacking[1])
        sources.append(lacking[1])
    for pin in sources:  # published as source only: built here, which must come out as a wheel for every machine
        _pip("wheel", folder, [lines[pin]])
    wheels = list(folder.glob("*.whl"))
    wrong = list(dict.fromkeys([*missing(pins(constraints), wheels), *misfits(wheels, arch), *too_new(wheels)]))
    if wrong:
        raise BadConfiguration(
            f"For {arch}, Python {OLDEST_PYTHON} and glibc 2.{OLDEST_GLIBC} there is no wheel of {', '.join(wrong)}. Pin another version in "
            "constraints.txt. No archive was written."
        )


def _pip(command: str, folder: Path, lines: Sequence[str], *options: str) -> str:
    """Puts what the lines name into the folder, if it has the digests that they state. Gives what pip says of its errors, shown as well."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("\n".join(lines))
        wanted.flush()
        into = ["--quiet", "--no-deps", "--require-hashes", "-d" if command == "download" else "-w", str(folder)]
        done = [sys.executable, "-m", "pip", command, *into, *options, "-r", wanted.name]
        told = subprocess.run(done, check=False, stderr=subprocess.PIPE, text=True).stderr
    sys.stderr.write(told)
    return told


def requirements(wheels: Iterable[Path]) -> str:
    """What install.sh has pip install, and hold every wheel against: of each package its version and the SHA-256 of its wheels."""
    found: dict[str, list[str]] = {}
    for path in sorted(wheels):
        name, wanted, _, _ = parse_wheel_filename(path.name)
        found.setdefault(f"{name}=={wanted}", []).append(f"--hash=sha256:{_sha256(path)}")
    return "".join(f"{' '.join((pin, *sorted(of)))}\n" for pin, of in sorted(found.items()))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def share_out(wheels: Path, arch: str) -> None:
    """Wheels for every processor go to wheels/any, so that two architectures hold them once."""
    (wheels / "any").mkdir(exist_ok=True)
    for path in (wheels / arch).glob("*-any.whl"):
        path.replace(wheels / "any" / path.name)


def collect_jars(folder: Path) -> None:
    """The Delta jars, from where Spark keeps what it has fetched; else Spark is started once. Raises BadConfiguration where one is missing."""
    folder.mkdir()
    for is_last in (False, True):
        found = {
            jar: next(Path.home().glob(f".ivy2*/jars/io.delta_{jar}[-_]*{version('delta-spark')}.jar"), None) for jar in JARS
        }
        if all(found.values()):
            break
        if is_last:
            lacking = ", ".join(jar for jar, path in found.items() if path is None)
            raise BadConfiguration(f"Spark has not fetched {lacking}. See what it said above; mingjing doctor looks at Java.")
        subprocess.run([sys.executable, "-c", _FETCH_JARS], cwd=ROOT, check=False)
    for path in filter(None, found.values()):
        shutil.copy2(path, folder)


def write_checksums(folder: Path) -> None:
    """SHA256SUMS of every file, as sha256sum --check reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def sign(folder: Path, key: str) -> None:
    """SHA256SUMS.sig, which openssl of any version verifies. Raises BadConfiguration where the key cannot be used."""
    command = ["openssl", "dgst", "-sha256", "-sign", key, "-out", f"{SUMS}.sig", SUMS]
    if subprocess.run(command, cwd=folder, check=False).returncode != 0:
        raise BadConfiguration(
            f"openssl cannot sign with {key}, which {SIGNING_KEY} names. Expected a private key on P-256 in PEM. No archive was written."
        )


def _committed() -> Iterator[str]:
    """Files of the checkout, as committed or changed since."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    yield from filter(None, told.stdout.split("\0"))


def build(target: Path, architectures: Sequence[str]) -> Path:
    """The archive. Wheels that were fetched before are kept in `target`/wheels and not fetched again."""
    constraints = ROOT / "constraints.txt"
    fetched = target / "wheels"
    for arch in architectures:
        fetch_wheels(fetched / arch, arch, constraints)
    name = f"mingjing-{__version__}"
    with tempfile.TemporaryDirectory(dir=target) as made:
        folder = Path(made) / name
        for arch in architectures:
            shutil.copytree(fetched / arch, folder / "wheels" / arch, copy_function=_linked)
            share_out(folder / "wheels", arch)
        for path in _committed():
            (folder / "source" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / "source" / path)
        for one in (ROOT / "tools/closed_network").iterdir():
            shutil.copy2(one, folder)
        shutil.copytree(ROOT / "site", folder / "site")
        collect_jars(folder / "delta-jars")
        content = bill_of_materials(sorted((folder / "wheels").rglob("*.whl")), sorted((folder / "delta-jars").iterdir()))
        (folder / "sbom.cdx.json").write_text(content, encoding="utf-8")
        (folder / "requirements.txt").write_text(requirements((folder / "wheels").rglob("*.whl")), encoding="utf-8")
        write_checksums(folder)
        if key := os.environ.get(SIGNING_KEY):
            sign(folder, str(Path(key).absolute()))
        archive = target / f"{name}.tar"
        with tarfile.open(Path(made) / "archive", "w") as tar:  # wheels and jars are compressed already
            tar.add(folder, name)
        (Path(made) / "archive").replace(archive)
    return archive


def _linked(source: str, target: str) -> str:
    Path(target).hardlink_to(source)
    return target


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bundle", description=__doc__)
    parser.add_argument("target", type=Path, help="folder for the archive")
    parser.add_argument("--arch", action="append", choices=ARCHITECTURES, help="default: both")
    given = parser.parse_args(arguments)
    given.target.mkdir(parents=True, exist_ok=True)
    try:
        archive = build(given.target, given.arch or ARCHITECTURES)
    except BadConfiguration as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    signed = "signed" if os.environ.get(SIGNING_KEY) else f"not signed: {SIGNING_KEY} names no key"
    sys.stdout.write(f"{archive}  {archive.stat().st_size / 2**20:,.0f} MiB, {signed}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
