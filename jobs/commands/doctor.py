"""Doctor: which engine can run here, with which versions, and what to do about what is missing."""

from __future__ import annotations

import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
from rich.table import Table
from rich.text import Text

from jobs.access.roles import EVERY_ROLE, ZONES
from jobs.launch.settings import load_settings
from jobs.runtime import private_network
from jobs.runtime.at_rest import AtRest, Machine
from jobs.runtime.console import Console
from jobs.runtime.errors import MingjingError
from jobs.runtime.last_words import NOT_FOR_THIS_MACHINE, NOT_INSTALLED
from jobs.runtime.paths import local_folder
from jobs.runtime.session import JARS_VARIABLE, delta_jars
from jobs.runtime.site_key import KEY_VARIABLE, stated_key

PACKAGES = {
    "pyspark": "",
    "delta-spark": "",
    "pysail": "pysail",
    "great-expectations": "",
    "scikit-learn": "sklearn",
    "mlflow": "",
    "polars": "polars",
    "polars-hash": "polars_hash",
    "fastexcel": "fastexcel",
    "deltalake": "deltalake",
    "typst": "typst",
    "xlsxwriter": "",
}
"""Each with the module to load, where it is built for one kind of machine and may be none for this."""
OLDEST_JAVA = 17
OLDEST_GLIBC = (2, 28)
"""For which the wheels of a bundle are chosen."""
LEAST_MEMORY_GIB = 4
"""Seen of a run over a city of 400,000 records on two cores: 3, and what the system needs beside it."""
LEAST_DISK_GIB = 10
"""Room for the versions of the tables that are kept, and for what a run writes before it takes their place: of such a city, with a margin."""
_ENCRYPT = "put it on an encrypted disk or into an encrypted folder: docs/security.md, encryption at rest"
_CGROUP = Path("/sys/fs/cgroup")
_GIB = 2**30


@dataclass(frozen=True)
class Diagnosis:
    """One thing looked at: is it well, what was seen, and what to do if not. `is_needed`: without it nothing runs."""

    what: str
    is_well: bool
    seen: str
    advice: str = ""
    is_needed: bool = False


def diagnose(out: Path | None = None, lake: str | None = None) -> list[Diagnosis]:
    """All that a run depends on, embedded engine first; of results in `out`, whether their restricted folders are encrypted."""
    found = [
        _python(),
        _c_library(),
        *(_package(name, module) for name, module in PACKAGES.items()),
        _configuration(),
        _memory(),
        _disk(out if out and out.is_dir() else Path.cwd()),
        _network(),
        _key(),
        _font(),
        _java(),
        _delta(),
    ]
    embedded = all(d.is_well for d in found if d.is_needed)
    spark = embedded and all(d.is_well for d in found if d.what in ("Java", "Delta jar"))
    return [
        *found,
        Diagnosis(
            "engine: embedded", embedded, "can run" if embedded else "cannot run", "mend what is marked above", is_needed=True
        ),
        Diagnosis(
            "engine: spark",
            spark,
            "can run" if spark else "cannot run",
            "mend Java or the Delta jar above; the embedded engine needs neither",
        ),
        *(at_rest(out, lake, Machine()) if out else ()),
    ]


def at_rest(out: Path, lake: str | None, machine: Machine) -> list[Diagnosis]:
    """What whoever takes the disk away could read, zones of which the same is seen in one line, and where else numbers come to lie while a
    run works."""
    root = local_folder(lake) if lake else out / "lake"
    places = {
        zone: root / zone.removeprefix("lake/") if root and zone.startswith("lake/") else out / zone
        for zone, roles in ZONES.items()
        if roles != EVERY_ROLE and (root or not zone.startswith("lake/"))
    }
    found = {zone: machine.folder(path) for zone, path in places.items() if path.is_dir()}
    found |= {"all else in OUT": machine.folder(out), "temporary files": machine.folder(Path(tempfile.gettempdir()))}
    found |= {f"swap {name}": kept for name, kept in machine.swaps().items()}
    if root is None:
        found["lake"] = AtRest(False, f"{lake} is on a store: ask whoever runs it")
    alike = {kept: ", ".join(what for what, other in found.items() if other == kept) for kept in found.values()}
    return [Diagnosis(f"at rest: {zones}", kept.is_encrypted, kept.seen, _ENCRYPT) for kept, zones in alike.items()]


def _python() -> Diagnosis:
    seen = ".".join(map(str, sys.version_info[:3]))
    return Diagnosis("Python", sys.version_info >= (3, 11), seen, "install Python 3.11 or newer", is_needed=True)


def _c_library() -> Diagnosis:
    name, seen = platform.libc_ver()
    is_well = name != "glibc" or tuple(map(int, seen.split(".")[:2])) >= OLDEST_GLIBC
    oldest = ".".join(map(str, OLDEST_GLIBC))
    return Diagnosis(
        "C library",
        is_well,
        f"{name} {seen}".strip() or "none named",
        f"use a system with glibc {oldest} or newer",
        is_needed=True,
    )


def _package(name: str, module: str) -> Diagnosis:
    try:
        seen = version(name)
    except PackageNotFoundError:
        return Diagnosis(name, False, "not installed", NOT_INSTALLED, is_needed=True)
    try:
        if module:
            import_module(module)
    except (ImportError, OSError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        return Diagnosis(name, False, f"{seen} cannot be loaded: {said}", NOT_FOR_THIS_MACHINE, is_needed=True)
    return Diagnosis(name, True, seen, is_needed=True)


def _configuration() -> Diagnosis:
    try:
        return Diagnosis("configuration", True, f"settings {load_settings().fingerprint}", is_needed=True)
    except MingjingError as error:
        return Diagnosis("configuration", False, str(error), "mend conf/base.yaml", is_needed=True)


def _memory() -> Diagnosis:
    free = free_memory() / _GIB
    advice = "end other programs, raise the limit (ulimit -v, the container's), or set engine.cores in conf/base.yaml lower"
    return Diagnosis("memory", free >= LEAST_MEMORY_GIB, f"{free:.1f} GiB free; a city may take {LEAST_MEMORY_GIB}", advice)


def _disk(results: Path) -> Diagnosis:
    """Where results are, or are likely to go, and where temporary files do."""
    places = dict.fromkeys((str(results.resolve()), tempfile.gettempdir()))
    free = {place: shutil.disk_usage(place).free / _GIB for place in places}
    seen = ", ".join(f"{gib:,.1f} GiB free at {place}" for place, gib in free.items())
    advice = f"a city may take {LEAST_DISK_GIB}: free space, or give an --out and a TMPDIR on another disk"
    return Diagnosis("disk", min(free.values()) >= LEAST_DISK_GIB, seen, advice)


def free_memory() -> float:
    """Bytes that this process can still have: of the machine, of its control group, of its own limit of addresses."""
    free: list[float] = [psutil.virtual_memory().available]
    try:
        most, used = ((_CGROUP / f"memory.{name}").read_text(encoding="ascii") for name in ("max", "current"))
        free.append(float(most) - float(used))
    except (OSError, ValueError):  # no control group, or no limit: "max"
        pass
    addresses = resource.getrlimit(resource.RLIMIT_AS)[0]
    return min([*free, addresses] if addresses != resource.RLIM_INFINITY else free)


def _network() -> Diagnosis:
    """Who can reach the embedded engine; this command has tried to enter a network of its own as any other does."""
    what = "engine's network"
    if private_network.is_private():
        return Diagnosis(what, True, "its own: nobody else can connect")
    others = private_network.who_else()
    if not others:
        return Diagnosis(what, True, "the machine's, on which nobody else can log in")
    try:
        is_accepted = load_settings().engine.accept_open_port
    except MingjingError:  # told by its own line
        is_accepted = False
    return Diagnosis(
        what,
        False,
        f"the machine's: {others}" + (", which engine.accept_open_port accepts" if is_accepted else ""),
        "unset SPARK_REMOTE and MLFLOW_TRACKING_URI if they are set; let user namespaces be made (sysctl user.max_user_namespaces, "
        "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns); else docs/closed-network.md",
        is_needed=not is_accepted,
    )


def _key() -> Diagnosis:
    try:
        if stated_key():
            return Diagnosis("key", True, f"{KEY_VARIABLE} is set")
    except MingjingError as error:
        return Diagnosis("key", False, str(error), f"mend {KEY_VARIABLE}", is_needed=True)
    return Diagnosis(
        "key",
        False,
        f"{KEY_VARIABLE} is not set",
        "a random key is made beside each lake; set one of your own to keep person ids equal across lakes",
    )


def _font() -> Diagnosis:
    """Pages for inspectors are printed in Chinese."""
    try:
        from jobs.papers.pdf import Printer  # what it needs may be what cannot be loaded

        return Diagnosis("Chinese font", True, Printer().font)
    except ImportError:
        return Diagnosis("Chinese font", False, "not looked for: typst cannot be loaded", "see typst above")
    except MingjingError:
        advice = "install one, on Debian the package fonts-noto-cjk; or copy its files to ~/.local/share/fonts"
        return Diagnosis("Chinese font", False, "none: no page can be printed", advice)


def _java() -> Diagnosis:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None) or shutil.which("java")
    if java is None:
        return Diagnosis("Java", False, "not found", f"install Java {OLDEST_JAVA} or newer, or stay with the embedded engine")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    number = re.search(r'version "(\d+)', said)
    is_well = bool(number) and int(number[1]) >= OLDEST_JAVA if number else False
    return Diagnosis("Java", is_well, said.splitlines()[0] if said else "says nothing", f"install Java {OLDEST_JAVA} or newer")


def _delta() -> Diagnosis:
    try:
        settings = delta_jars()
    except MingjingError as error:
        return Diagnosis("Delta jar", False, str(error), "see docs/closed-network.md")
    if "spark.jars" in settings:
        return Diagnosis("Delta jar", True, f"{len(settings['spark.jars'].split(','))} jars in {os.environ[JARS_VARIABLE]}")
    package = settings["spark.jars.packages"]
    artifact = package.split(":")[1]
    cached = any(Path.home().glob(f".ivy2*/jars/*{artifact}*"))
    advice = f"fetched on the first Spark run; without internet put the jars into a folder and name it in {JARS_VARIABLE}"
    return Diagnosis(
        "Delta jar", True, f"{package}, {'in the local cache' if cached else 'not fetched yet'}", "" if cached else advice
    )


def print_diagnoses(console: Console, diagnoses: list[Diagnosis]) -> None:
    table = Table(title="mingjing doctor", title_justify="left")
    for heading in ("", "what", "seen", "what to do"):
        table.add_column(heading, overflow="fold")
    for d in diagnoses:
        mark = Text("✓", "green") if d.is_well else Text("✗", "red") if d.is_needed else Text("–", "yellow")
        table.add_row(mark, d.what, d.seen, d.advice if d.advice and (not d.is_well or d.what == "Delta jar") else "")
    console.print(table)
