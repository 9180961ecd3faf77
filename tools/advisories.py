"""Known faults of what an archive is made of, from a database that the site brings: nothing is fetched.

python -m tools.advisories sbom.cdx.json DATABASE.zip ...: each DATABASE is an export of OSV for one ecosystem, PyPI or Maven: an archive with
a JSON file an advisory (https://ossf.github.io/osv-schema). The exit code is 1 where a component is named by one that was not withdrawn.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_ECOSYSTEMS = {"pypi": "PyPI", "maven": "Maven"}


@dataclass(frozen=True)
class Component:
    """A wheel or a jar of the bill of materials, as advisories name it."""

    ecosystem: str
    name: str
    version: str


@dataclass(frozen=True)
class Finding:
    """An advisory that names a component. others: ids of the same fault elsewhere; mended_in: the versions that it says are sound."""

    component: Component
    id: str
    others: tuple[str, ...]
    mended_in: tuple[str, ...]
    summary: str

    def __str__(self) -> str:
        sound = f"mended in {', '.join(self.mended_in)}" if self.mended_in else "no version is said to be sound"
        names = ", ".join((self.id, *self.others))
        return f"{self.component.name} {self.component.version}: {names}: {self.summary or 'no summary'} ({sound})"


def components_of(bill: Mapping[str, Any]) -> list[Component]:
    """Of a CycloneDX document, what advisories may speak of."""
    return [found for one in bill.get("components", []) if (found := _component(str(one.get("purl", "")))) is not None]


def _component(purl: str) -> Component | None:
    kind, _, rest = purl.removeprefix("pkg:").partition("?")[0].partition("/")
    name, _, version = rest.rpartition("@")
    if kind not in _ECOSYSTEMS or not name:
        return None
    told = unquote(name).replace("/", ":") if kind == "maven" else canonicalize_name(unquote(name))
    return Component(_ECOSYSTEMS[kind], told, unquote(version))


def advisories_in(path: Path) -> Iterator[Mapping[str, Any]]:
    """Raises BadZipFile, or ValueError, for what is no such export: a database that is not read must not pass for one without advisories."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        if not names:
            raise ValueError(f"{path} holds no advisory")
        for name in names:
            yield json.loads(archive.read(name))


def findings(components: Iterable[Component], advisories: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """In the order of the components' names and the advisories' ids."""
    by_name: dict[tuple[str, str], list[Component]] = {}
    for component in components:
        by_name.setdefault((component.ecosystem, component.name), []).append(component)
    found = []
    for advisory in advisories:
        if advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", []):
            package = affected.get("package", {})
            name, ecosystem = str(package.get("name")), str(package.get("ecosystem"))
            name = canonicalize_name(name) if ecosystem == "PyPI" else name
            for component in by_name.get((ecosystem, name), []):
                if _is_affected(component.version, affected):
                    found.append(_finding(component, advisory, affected))
    return sorted(dict.fromkeys(found), key=lambda one: (one.component.name, one.id))


def _finding(component: Component, advisory: Mapping[str, Any], affected: Mapping[str, Any]) -> Finding:
    mended = tuple(event["fixed"] for events in _ranges(affected) for event in events if "fixed" in event)
    return Finding(
        component, str(advisory["id"]), tuple(advisory.get("aliases", [])), mended, str(advisory.get("summary", "")).strip()
    )


def _is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Named among the versions, or within a range of them; a version that cannot be compared is taken for affected by any range."""
    if version in affected.get("versions", []):
        return True
    return any(_is_within(version, events) for events in _ranges(affected))


def _ranges(affected: Mapping[str, Any]) -> list[Sequence[Mapping[str, str]]]:
    """Events of the ranges that count by versions; those of a repository's commits name none."""
    return [one.get("events", []) for one in affected.get("ranges", []) if one.get("type") in ("ECOSYSTEM", "SEMVER")]


def _is_within(version: str, events: Sequence[Mapping[str, str]]) -> bool:
    try:
        own = Version(version)
        told = sorted(
            ((Version(at) if at != "0" else Version("0.dev0"), what) for event in events for what, at in event.items()),
            key=lambda e: e[0],
        )
    except InvalidVersion:
        return True
    is_within = False
    for at, what in told:
        if what == "introduced" and own >= at:
            is_within = True
        elif (what == "fixed" and own >= at) or (what == "last_affected" and own > at):
            is_within = False
    return is_within


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.advisories", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bill", type=Path, help="sbom.cdx.json of the archive")
    parser.add_argument("database", type=Path, nargs="+", help="exports of OSV")
    given = parser.parse_args(arguments)
    try:
        components = components_of(json.loads(given.bill.read_text(encoding="utf-8")))
        found = findings(components, (advisory for path in given.database for advisory in advisories_in(path)))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"Nothing was looked at: {error}. Name the bill of materials, and exports of OSV as archives.\n")
        return 2
    for one in found:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(f"{len(components)} components, {len(found)} advisories\n")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
